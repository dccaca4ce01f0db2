"""The admin site: opens by role, signs in through the portal's own page, and answers for nothing unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import desk_pages, due, due_lines, permissions

if TYPE_CHECKING:
    from django.http import HttpRequest

APPS = ["strategy", "grants", "portal"]
MODELS = [
    "MeasureParticipation", "Plan", "Goal", "Strategy", "Tag", "Scheme", "BudgetLine", "Grant", "Payout", "Case",
    "CaseStep", "InputRound", "Document", "Body",
]  # fmt: skip

OF_A_CASE = frozenset({"Case", "CaseStep", "Document", "InputRound"})


def place(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


class CasesAreNoted(AutocompleteJsonView):
    """The choices while one types; cases that are not open are noted as seen."""

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**facts)
        self.model_admin.note_list(self.request, context["object_list"])
        return context

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        """Name a case in full, since it is noted who saw it."""
        from portal.models import Case

        named: dict[str, str] = super().serialize_result(obj, to_field_name)
        return named | {"text": obj.title} if isinstance(obj, Case) else named


class PortalAdminSite(AdminSite):
    """Django's admin with our doors: who comes in follows from roles held today."""

    site_title = _("Casework")
    site_header = _("Casework")
    index_title = _("What do you want to work with?")
    enable_nav_sidebar = False
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take only pages that keep to a tenant; libraries' own pages would show all tenants' rows."""
        from portal.admin.tenant import TenantRules

        if admin_class is not None and issubclass(admin_class, TenantRules):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and permissions.may_use_admin(request.user)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Answer 403, not a sign-in page, to someone who is signed in and lacks the right."""
        checked = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return checked(request, *args, **kwargs)

        return guarded

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("account_change_password")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        try:
            return CasesAreNoted.as_view(admin_site=self)(request)  # type: ignore[return-value]
        except (AttributeError, ValueError) as error:  # a field that leads nowhere
            raise PermissionDenied from error

    def get_urls(self) -> list[Any]:
        from django.urls import path

        shortcut = path(
            "r/<int:content_type_id>/<path:object_id>/", self.admin_view(self.view_on_site), name="view_on_site"
        )
        return [shortcut, *(url for url in super().get_urls() if getattr(url, "name", None) != "view_on_site")]

    def view_on_site(self, request: HttpRequest, content_type_id: int, object_id: str) -> HttpResponse:
        """Lead from a row in the admin to its public page; a row the user does not see does not exist."""
        content_type = ContentType.objects.filter(pk=content_type_id).first()
        model = content_type.model_class() if content_type else None
        admin = self._registry.get(model) if model else None
        found = admin.get_object(request, object_id) if admin and admin.has_view_permission(request) else None
        if found is None or not hasattr(found, "get_absolute_url"):
            raise Http404
        return redirect(found.get_absolute_url())

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Put what officers open most first, the rest by name; a guest finds what her one case is made of."""
        apps = sorted(super().get_app_list(request, app_label), key=lambda app: place(APPS, app["app_label"]))
        if permissions.is_only_guest(request.user):
            for app in apps:
                app["models"] = [row for row in app["models"] if row["object_name"] in OF_A_CASE]
            apps = [app for app in apps if app["models"]]
        for app in apps:
            app["models"].sort(key=lambda row: (place(MODELS, row["object_name"]), row["name"]))
        return apps

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Say first what waits for the one who comes in."""
        today = timezone.localdate()
        lines = due_lines.lines_of(due.of_person(request.user, today, today + due_lines.AHEAD), today)  # type: ignore[arg-type]
        context = {
            "waiting": due_lines.how_it_stands(lines),
            "may_watch": bool(permissions.authorities_with(request.user, permissions.WATCHERS)),
            "desks": desk_pages.of(request.user),  # type: ignore[arg-type]
        }
        return super().index(request, {**context, **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "in_casework": True}
