"""What officers fill in about measures."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import outbox
from portal.admin.forms import TenantForm, VersionedTenantForm
from portal.admin.tenant import visible
from portal.models import Unit, User
from portal.models.base import sane_date
from portal.versions import NativeDateInput
from strategy import rules
from strategy.models import Goal, MeasureParticipation, Plan, Strategy

if TYPE_CHECKING:
    import datetime as dt


def sane(value: dt.date | None) -> dt.date | None:
    """Return the date of a field that no model checks.

    Raises:
        ValidationError: see `sane_date`.
    """
    if value is not None:
        sane_date(value)
    return value


def partner_is_named(form: forms.Form | forms.ModelForm, cleaned: dict[str, Any] | None) -> None:
    """Refuse, beside its field, an address that no mail can reach or that belongs to no named partner."""
    address = (cleaned or {}).get("partner_address")
    if not address:
        return
    try:
        outbox.checked_address(address)
    except forms.ValidationError as error:
        form.add_error("partner_address", error)
    if "partner" in form.fields and not (cleaned or {}).get("partner"):
        form.add_error("partner_address", _("Write who the partner is too: her name stands beside her report."))


class ParticipationForm(VersionedTenantForm):
    """A measure's facts; what becomes done is dated, and who does it takes part in the plan."""

    class Meta:
        model = MeasureParticipation
        fields = (
            "unit", "person", "partner", "partner_address", "state", "judgement", "due_on", "due_precision", "done_on",
            "note",
        )  # fmt: skip

    def clean(self) -> Any:
        cleaned = super().clean()
        partner_is_named(self, cleaned)
        if cleaned and "state" in cleaned:
            is_done = cleaned["state"] == rules.State.DONE
            cleaned["done_on"] = (cleaned.get("done_on") or timezone.localdate()) if is_done else None
        return cleaned


class NewMeasureForm(TenantForm):
    """A new measure: its wording and its first facts in one go."""

    crosses_tenants = frozenset({"plan"})
    plan = forms.ModelChoiceField(Plan.objects.none(), label=_("Plan"))
    strategy = forms.ModelChoiceField(Strategy.objects.none(), label=_("Strategy"), required=False)
    goal = forms.ModelChoiceField(
        Goal.objects.none(), label=_("Goal"), required=False, help_text=_("Only where it lies directly under a goal.")
    )
    number = forms.CharField(label=_("Printed number"), max_length=10, required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    description = forms.CharField(label=_("Description"), widget=forms.Textarea, required=False, max_length=20_000)

    once = forms.CharField(label="", max_length=36, required=False, widget=forms.HiddenInput, initial=uuid.uuid4)
    user: User

    class Meta:
        model = MeasureParticipation
        fields = ("unit", "person", "partner", "partner_address", "state", "due_on", "due_precision")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model in (("plan", Plan), ("strategy", Strategy), ("goal", Goal)):
            rows = visible(model, self.user)
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
            if name == "plan" and len(only := list(rows[:2])) == 1:
                self.fields["plan"].initial = only[0]

    def clean_due_on(self) -> Any:
        return sane(self.cleaned_data["due_on"])

    def clean(self) -> Any:
        cleaned = super().clean() or {}
        partner_is_named(self, cleaned)
        if cleaned.get("strategy") and cleaned.get("goal"):
            self.add_error("goal", _("A measure lies under a strategy or directly under a goal, not both."))
        if cleaned.get("plan"):
            self.instance.plan = cleaned["plan"]
            self.instance.authority_id = cleaned["plan"].authority_id
        self.instance.done_on = timezone.localdate() if cleaned.get("state") == rules.State.DONE else None
        return cleaned

    def _post_clean(self) -> None:
        """Leave the row to the deed that writes it; only the fields' own checks run here."""
        self._validate_unique = False


class ChangeManyForm(forms.Form):
    """One change for all chosen measures; what is left empty stays as it is."""

    mark_optional = False

    state = forms.ChoiceField(label=_("State"), required=False)
    due_on = forms.DateField(label=_("Due"), required=False, widget=NativeDateInput)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Responsible unit"), required=False)
    person = forms.ModelChoiceField(User.objects.none(), label=_("Responsible person"), required=False)
    clear_person = forms.BooleanField(label=_("Take the responsible person away"), required=False)

    def __init__(self, *args: Any, user: User, authority_ids: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = MeasureParticipation.StateWord.choices
        self.fields["state"].choices = [("", _("Leave as it is")), *words]  # type: ignore[attr-defined]
        units = visible(Unit, user).filter(authority_id__in=authority_ids)
        self.fields["unit"].queryset = units if len(authority_ids) == 1 else units.none()  # type: ignore[attr-defined]
        self.fields["person"].queryset = visible(User, user)  # type: ignore[attr-defined]
        for name in ("unit", "person"):
            self.fields[name].empty_label = _("Leave as it is")  # type: ignore[attr-defined]

    def clean_due_on(self) -> Any:
        return sane(self.cleaned_data["due_on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("person") and cleaned.get("clear_person"):
            self.add_error("person", _("Choose a person or take the person away, not both."))
        if not self.errors and not self.changes():
            raise forms.ValidationError(_("Choose what to change."))
        return cleaned

    def changes(self) -> dict[str, Any]:
        """Return what was chosen, as field and value."""
        chosen = {
            name: value for name in ("state", "due_on", "unit", "person") if (value := self.cleaned_data.get(name))
        }
        if "due_on" in chosen:
            chosen["due_precision"] = "day"
        if self.cleaned_data.get("clear_person"):
            chosen["person"] = None
        return chosen
