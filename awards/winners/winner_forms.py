"""What officers fill in about winners: those of earlier years, and a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from awards.models import Kind
from awards.winners import pictures
from grants.calls.call_forms import MaybeLine
from grants.grant_forms import SEEN, MaybeText
from portal.input_forms import Asked, OneLine
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR
from portal.models.organisation import OrganisationNumberField

if TYPE_CHECKING:
    from awards.models import Prize, Winner


class Year(Asked, forms.IntegerField):
    missing = _("Enter the year.")


class EarlierForm(forms.Form):
    """Who won in a year before the portal, and where it stands written."""

    year = Year(label=_("Year"), min_value=EARLIEST_YEAR, max_value=LATEST_YEAR)
    kind = forms.ChoiceField(label=_("Who won?"), choices=Kind.choices, widget=forms.RadioSelect)
    name = OneLine(label=_("Name of the winner"), max_length=200, missing=_("Write the name."))
    number = OrganisationNumberField(
        max_length=9, blank=True,
        help_text=_("Ties the winner to public support it has had, and to the rule on winning again."),
    ).formfield(label=_("Organisation number"), required=False)  # fmt: skip
    category_name = MaybeLine(
        label=_("Category"), max_length=80, required=False, help_text=_("Empty where the year had none.")
    )
    place = MaybeLine(label=_("Place"), max_length=80, required=False)
    reasons = MaybeText(
        label=_("The jury’s reasons"), longest=8000, required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Everyone reads them."),
    )  # fmt: skip
    source = OneLine(
        label=_("Where does it stand written?"), max_length=200, missing=_("Name the source."),
        help_text=_("For example the minutes of a meeting or a newspaper, with the date."),
    )  # fmt: skip
    seen = forms.IntegerField(**SEEN)

    @classmethod
    def facts_of(cls, winner: Winner) -> dict[str, Any]:
        """Return what the form begins with for a winner that stands there."""
        facts = {name: getattr(winner, name) for name in cls.base_fields if name != "seen"}
        return {**facts, "seen": winner.row_version}

    def __init__(self, *args: Any, prize: Prize, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category_name"].widget.attrs["list"] = "kategorier"
        self.categories = list(prize.categories.values_list("name", flat=True))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("number") and cleaned.get("kind") == Kind.PERSON:
            self.add_error("number", gettext("A person has no organisation number. Take it away."))
        return cleaned


class PictureField(forms.FileField):
    """A picture, checked and made ready for the web."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return pictures.checked(upload) if upload else None


class PictureForm(forms.Form):
    """A winner's picture, what it shows, who took it, and that those in it have said yes."""

    picture = PictureField(label=_("Picture"), required=False)
    alt = OneLine(
        label=_("What the picture shows"), max_length=200,
        missing=_("Say what the picture shows, for those who do not see it."),
        help_text=_("For those who do not see it. For example “Two people hold a diploma in front of a workshop”."),
    )  # fmt: skip
    credit = OneLine(
        label=_("Who took the picture?"), max_length=120, missing=_("Write who took the picture."),
        help_text=_("Stands under the picture. The photographer has a right to be named."),
    )  # fmt: skip
    consent = forms.BooleanField(
        label=_("We may publish it, and those who can be recognised have said yes"),
        error_messages={"required": _("Ask those who can be recognised first.")},
    )  # fmt: skip
    seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, winner: Winner, **kwargs: Any) -> None:
        start = {"alt": winner.picture_alt, "credit": winner.picture_by, "seen": winner.row_version}
        super().__init__(*args, initial=start, **kwargs)
        self.winner = winner
        field = self.fields["picture"]
        field.widget.attrs["accept"] = pictures.ACCEPT
        taken = gettext("JPEG, PNG or HEIC, at most 10 MB. We take out place, time and camera.")
        kept = gettext("Leave it empty to keep the picture that is there.")
        field.help_text = " ".join([kept, taken] if winner.picture else [taken])
        if winner.picture:
            field.label = gettext("Another picture")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("picture") and not self.winner.picture and "picture" not in self.errors:
            self.add_error("picture", ValidationError(gettext("Choose a picture."), code="missing"))
        return cleaned
