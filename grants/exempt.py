"""What of a grant the public does not see: an officer marks it, fact by fact, with the legal basis."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from grants import notices, permissions
from grants.models import ExemptField, Grant
from grants.refusals import deed
from portal.models.case import Access
from portal.permissions import require

if TYPE_CHECKING:
    from portal.models import User

Field = ExemptField.Field


class Stale(ValidationError):
    """Somebody marked the grant meanwhile; nothing was changed."""


def marks_of(grant: Grant) -> dict[str, str]:
    """Return the facts that are exempt, each with its legal basis; one query."""
    return dict(ExemptField.objects.filter(grant=grant).values_list("field", "basis"))


def version_of(grant: Grant, marks: dict[str, str]) -> str:
    """Return what changes whenever the grant's access or its marks do."""
    state = repr((grant.access, grant.access_basis, sorted(marks.items())))
    return blake2b(state.encode(), digest_size=8).hexdigest()


class ExemptForm(forms.Form):
    """Which facts of a grant are exempt, and by which law; or the grant as a whole."""

    mark_optional = False
    recipient = forms.BooleanField(label=_("The recipient is exempt"), required=False)
    recipient_basis = forms.CharField(label=_("Legal basis for the recipient"), max_length=120, required=False)
    title = forms.BooleanField(label=_("What it is for is exempt"), required=False)
    title_basis = forms.CharField(label=_("Legal basis for what it is for"), max_length=120, required=False)
    description = forms.BooleanField(label=_("The description is exempt"), required=False)
    description_basis = forms.CharField(label=_("Legal basis for the description"), max_length=120, required=False)
    access = forms.ChoiceField(
        label=_("The grant as a whole"), choices=Access.choices, widget=forms.RadioSelect,
        help_text=_("One that is not open is counted in the sums and stands nowhere else. Amounts are always public."),
    )  # fmt: skip
    access_basis = forms.CharField(label=_("Legal basis for the whole grant"), max_length=120, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, label="")

    @classmethod
    def about(cls, grant: Grant) -> ExemptForm:
        """Return the form as the grant stands."""
        marks = marks_of(grant)
        initial: dict[str, Any] = {"access": grant.access, "access_basis": grant.access_basis}
        for name in Field.values:
            initial |= {name: name in marks, f"{name}_basis": marks.get(name, "")}
        return cls(initial={**initial, "seen": version_of(grant, marks)}, grant=grant)

    def __init__(self, *args: Any, grant: Grant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grant = grant

    def clean(self) -> dict[str, Any]:
        """Ask for the legal basis of all that is marked."""
        cleaned: dict[str, Any] = super().clean() or {}
        text = _("Name the act and section, such as offl. § 13.")
        for name in Field.values:
            basis = cleaned[f"{name}_basis"] = " ".join((cleaned.get(f"{name}_basis") or "").split())
            if cleaned.get(name) and not basis:
                self.add_error(f"{name}_basis", text)
        if cleaned.get("recipient"):
            self._refuse_what_names_the_recipient(cleaned)
        cleaned["access_basis"] = " ".join((cleaned.get("access_basis") or "").split())
        if cleaned.get("access") != Access.OPEN and not cleaned["access_basis"]:
            self.add_error("access_basis", text)
        return cleaned

    def _refuse_what_names_the_recipient(self, cleaned: dict[str, Any]) -> None:
        """Ask to mark a text that names the recipient too: else it would be told by accident."""
        name = self.grant.organisation.name.casefold()
        for field, text in (("title", self.grant.title), ("description", self.grant.description)):
            if name in text.casefold() and not cleaned.get(field):
                self.add_error(field, _("It names the recipient. Mark it too, or change the text first."))
        case = self.grant.case
        if name in case.shown_title.casefold():
            self.add_error(
                "recipient", _("The title of the case names the recipient. Give the case a public title first.")
            )

    @property
    def marks(self) -> dict[str, str]:
        """Return what is to be exempt, each with its basis."""
        given = self.cleaned_data
        return {name: given[f"{name}_basis"] for name in Field.values if given[name]}


@deed
def mark(
    grant: Grant, marks: dict[str, str], *, access: str, access_basis: str, by: User, seen: str | None = None
) -> Grant:
    """Mark exactly these facts of a grant as exempt, and the grant as a whole; return it as it stands.

    Raises:
        Stale: somebody marked it after it was read (`seen`).
        PermissionDenied: she draws up no grants there.
    """
    held = Grant.objects.select_for_update(no_key=True, of=("self",)).get(pk=grant.pk)
    require(permissions.may(by, held.authority_id, permissions.SETS_UP))
    before = marks_of(held)
    basis = "" if access == Access.OPEN else access_basis
    if (before, held.access, held.access_basis) == (marks, access, basis):
        return held
    if seen is not None and seen != version_of(held, before):
        raise Stale(_("Somebody changed what is exempt after you opened the page. This is how it stands now."))
    for name in Field.values:
        if name in marks and marks[name] != before.get(name):
            ExemptField.objects.update_or_create(
                authority_id=held.authority_id, grant=held, field=name, defaults={"basis": marks[name]}
            )
    ExemptField.objects.filter(grant=held).exclude(field__in=marks).delete()
    held.access, held.access_basis = access, basis
    held.save(update_fields=["access", "access_basis"])
    notices.record("grant.exempted", held, by=by, case=held.case, fields=sorted(marks), access=access)
    return held
