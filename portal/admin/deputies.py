"""Who stands in for whom while someone is away: set by the leader, and told to the deputy."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import outbox, permissions
from portal.admin.asks_again import AsksAgain
from portal.admin.forms import TenantForm
from portal.admin.tenant import RelatedFilter, TenantAdmin
from portal.models import Authority, Deputy, Event, Membership, User

if TYPE_CHECKING:
    from django.http import HttpRequest

LONGEST = dt.timedelta(days=366)


def people_of(authority_ids: list[int], today: dt.date) -> Any:
    """Return those who do casework in these authorities today."""
    roles = Membership.objects.filter(
        permissions.period_holds(today), authority__in=authority_ids, role__in=permissions.CASEWORK
    )
    return User.objects.filter(pk__in=roles.values("user"), is_active=True)


class DeputyForm(TenantForm):
    """Two who both do casework in the same authority, and a period that is not over."""

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        chosen = cleaned.get("authority")
        owner = chosen.pk if chosen else self.instance.authority_id or self.given_authority
        today = timezone.localdate()
        here = set(people_of([owner], today).values_list("pk", flat=True)) if owner else set()
        for name in ("person", "deputy"):
            one = cleaned.get(name)
            if one is not None and name in self.changed_data and one.pk not in here:
                self.add_error(name, _("This person does no casework in this authority."))
        if cleaned.get("person") and cleaned.get("person") == cleaned.get("deputy"):
            self.add_error("deputy", _("Nobody is her own deputy."))
        self.check_period(cleaned.get("valid_from"), cleaned.get("valid_to"), today)
        return cleaned

    def check_period(self, start: dt.date | None, end: dt.date | None, today: dt.date) -> None:
        if start is None or end is None:
            return
        if end < today and "valid_to" in self.changed_data and self.instance.pk is None:
            self.add_error("valid_to", _("This day has passed."))
        elif end - start > LONGEST:
            self.add_error("valid_to", _("Choose a year at most. Set a new period when it is over."))


@admin.register(Deputy)
class DeputyAdmin(AsksAgain, TenantAdmin):
    form = DeputyForm
    list_display = ("person", "deputy", "valid_from", "valid_to", "is_now", "authority")
    list_filter = (("authority", RelatedFilter),)
    list_select_related = ("person", "deputy", "authority")
    search_fields = ("person__name", "deputy__name")
    fields = ("authority", "person", "deputy", "valid_from", "valid_to", "reason")
    export_columns = (
        ("person.name", _("Who is away")), ("deputy.name", _("Deputy")), ("valid_from", _("From")),
        ("valid_to", _("To")),
    )  # fmt: skip

    @admin.display(description=_("holds today"), boolean=True)
    def is_now(self, row: Deputy) -> bool:
        return row.valid_from <= timezone.localdate() <= row.valid_to

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whom it is about never changes; another deputy is another row."""
        return ("person", "deputy") if obj is not None else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in ("person", "deputy"):
            owners = permissions.authorities_with(request.user, permissions.writers_of(self.model_label))
            if request.user.is_superuser:
                owners = list(Authority.objects.values_list("pk", flat=True))
            kwargs["queryset"] = people_of(owners, timezone.localdate()).order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store it and tell the deputy, in one transaction; she is told again when the period is another."""
        super().save_model(request, obj, form, change)
        if change and not form.has_changed():
            return
        Event.objects.create(
            authority_id=obj.authority_id, kind="deputy.changed" if change else "deputy.given",
            subject_type=self.model_label, subject_id=obj.pk, actor_id=request.user.pk, at=timezone.now(),
        )  # fmt: skip
        tell(obj)


def tell(row: Deputy) -> None:
    """Tell the deputy whom she stands in for, and when; never why."""
    authority = row.authority
    outbox.notify(
        row.deputy, kind="deputy_given", subject=row, authority=authority, template="deputy_given",
        occasion=f"{row.valid_from}-{row.valid_to}", link=reverse("waiting"),
        title=lambda: gettext("You are a deputy in %s") % authority.full_name,
        link_text=_("See what waits for you"), person=row.person.name, first=row.valid_from, last=row.valid_to,
    )  # fmt: skip
