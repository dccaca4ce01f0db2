"""How early, how often and to whom an authority wants its deadlines told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import wiring
from portal.admin.forms import VersionedTenantForm
from portal.admin.tenant import RelatedFilter, TenantAdmin
from portal.models import NoticeRule

if TYPE_CHECKING:
    from portal.kinds import Kind


FARTHEST = 365


def deadline_kinds() -> dict[str, Kind]:
    """Return the kinds that a rule may be about, by name."""
    return {source.kind.name: source.kind for source in wiring.deadline_sources()}


def as_told(days_before: Any, late_every: int | None, escalate_after: int | None) -> str:
    """Return a rule in words."""
    ahead = ", ".join(str(days) for days in sorted(days_before, reverse=True))
    parts = [_("%(days)s days before") % {"days": ahead} if ahead else _("not before the date")]
    if late_every:
        words = ngettext("every day when late", "every %(days)d days when late", late_every)
        parts.append(words % {"days": late_every})
    if escalate_after is not None:
        words = ngettext("the leader after %(days)d day", "the leader after %(days)d days", escalate_after)
        parts.append(words % {"days": escalate_after})
    return ", ".join(parts)


def defaults_in_words() -> str:
    """Return what holds for each kind until an authority says otherwise."""
    rows = (
        (kind.label, as_told(kind.days_before, kind.late_every, kind.escalate_after))
        for kind in deadline_kinds().values()
    )
    return format_html("{}<br>{}", _("Without a rule of your own:"), format_html_join("", "{}: {}<br>", rows))


class RuleForm(VersionedTenantForm):
    """A rule with each day ahead once, the farthest first."""

    days_before = SimpleArrayField(
        forms.IntegerField(min_value=0, max_value=FARTHEST), max_length=8, required=False,
        label=gettext_lazy("Days before"), help_text=gettext_lazy("For example 30, 7, 1, 0. 0 is the day itself."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"] = forms.ChoiceField(
                label=self.fields["kind"].label, help_text=defaults_in_words(),
                choices=[("", "---------"), *((kind.name, kind.label) for kind in deadline_kinds().values())],
            )  # fmt: skip

    def clean_days_before(self) -> list[int]:
        return sorted(set(self.cleaned_data["days_before"] or []), reverse=True)


@admin.register(NoticeRule)
class NoticeRuleAdmin(TenantAdmin):
    form = RuleForm
    list_display = ("kind_in_words", "in_words", "authority")
    list_filter = (("authority", RelatedFilter),)
    list_select_related = ("authority",)
    ordering = ("authority", "kind")
    fields = ("authority", "kind", "days_before", "late_every", "escalate_after")

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_in_words(self, row: NoticeRule) -> str:
        kind = deadline_kinds().get(row.kind)
        return str(kind.label) if kind else row.kind

    @admin.display(description=gettext_lazy("when it is told"))
    def in_words(self, row: NoticeRule) -> str:
        return as_told(row.days_before, row.late_every, row.escalate_after)
