"""Who has seen cases that are exempt from access: for those who watch how the work goes, to look at and take out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import access_log, permissions
from portal.admin.notices import ReadOnlyAdmin
from portal.admin.tenant import RelatedFilter
from portal.models import AccessLog, Case, Role, User
from portal.models.case import Access

if TYPE_CHECKING:
    from django.http import HttpRequest


class WatchedCaseFilter(RelatedFilter):
    """The cases that have been seen, or can be: by their public titles, so that choosing one shows no more."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        seen = AccessLog.objects.visible_to(request.user).values("case")
        cases = Case.objects.visible_to(request.user)
        found = (cases.filter(pk__in=seen) | cases.exclude(access=Access.OPEN)).order_by(*Case._meta.ordering)
        return [(case.pk, name_of(case)) for case in found]


def name_of(case: Case) -> str:
    """Return a case's public title with its number, by which two exempt ones are told apart."""
    number = case.external_number or case.reference
    return f"{case.shown_title} ({number})" if number else case.shown_title


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnlyAdmin):
    list_display = ("at", "who", "role_in_words", "what", "case_shown", "document_shown")
    list_display_links = None
    list_filter = ("what", ("case", WatchedCaseFilter))
    list_select_related = ("case", "document")
    date_hierarchy = "at"
    fields = ("at", "who", "role_in_words", "what", "case_shown", "document_shown")
    export_columns = (
        (lambda row: as_text(row.at), _("When")), (lambda row: who(row), _("Who")),
        (lambda row: as_what(row), _("As")), ("get_what_display", _("What")),
        (lambda row: name_of(row.case), _("Case")), (lambda row: document_of(row), _("Document")),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the rows with their readers' names, in the rows' own query; who is gone has none."""
        name = User.objects.filter(pk=OuterRef("user_id")).values("name")[:1]
        return super().get_queryset(request).annotate(reader=Subquery(name)).order_by("-at", "-pk")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_watch(request.user)

    @admin.display(description=_("seen by"), ordering="reader")
    def who(self, row: Any) -> str:
        return who(row)

    @admin.display(description=_("as"))
    def role_in_words(self, row: AccessLog) -> str:
        return as_what(row)

    @admin.display(description=_("case"))
    def case_shown(self, row: AccessLog) -> str:
        return name_of(row.case)

    @admin.display(description=_("document"))
    def document_shown(self, row: AccessLog) -> str:
        return document_of(row) or "–"


def may_watch(user: Any, authority: int | None = None) -> bool:
    """Say whether the user sees who has seen: in this authority, or anywhere."""
    watched = permissions.authorities_with(user, permissions.WATCHERS)
    return user.is_superuser or (bool(watched) if authority is None else authority in watched)


def who(row: Any) -> str:
    """Return the reader's name, or her number where she has no account any more."""
    return row.reader or gettext("Removed user no. %d") % row.user_id


def as_what(row: AccessLog) -> str:
    if row.role == access_log.OPERATOR:
        return gettext("Operator of the portal")
    return str(dict(Role.choices).get(row.role, row.role))


def as_text(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def document_of(row: AccessLog) -> str:
    """Return what anyone may know of the document."""
    found = row.document
    if found is None:
        return ""
    return found.title if found.access == Access.OPEN == row.case.access else found.public_title or f"{found.pk}"
