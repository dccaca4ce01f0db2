"""What officers fill in about a round: a new one, its dates, a step it takes, and who sits in a body."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from awards import permissions
from awards.models import PrizeCategory, PrizeRound, PrizeStatutes
from awards.rounds import making
from grants import notices
from grants.calls.call_forms import LAST_MINUTE, MaybeLine, Moment, PersonChoice
from grants.grant_forms import SEEN, Choice, Day, MaybeText, Why
from portal.models import Body, BodyMembership, User
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR

if TYPE_CHECKING:
    from awards.models import Prize
    from portal.models import Authority

MORNING, EVENING = dt.time(8), dt.time(18)


class YearChoice(Choice):
    def label_from_instance(self, row: PrizeRound) -> str:
        return str(row.year)


class NewRoundForm(forms.Form):
    """Which year, and from which earlier round."""

    year = forms.IntegerField(
        label=_("Year"), min_value=EARLIEST_YEAR, max_value=LATEST_YEAR,
        widget=forms.NumberInput(attrs={"data-w": "s"}), error_messages={"required": _("Enter the year.")},
    )  # fmt: skip
    copy = YearChoice(
        PrizeRound.objects.none(), label=_("Make it from the round of"), required=False,
        empty_label=_("None: begin afresh"),
        help_text=_("Texts, dates, officer and jury follow. Each date moves to the new year, and to a working day."),
    )  # fmt: skip

    def __init__(self, *args: Any, prize: Prize, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["copy"].queryset = prize.rounds.order_by("-year")  # type: ignore[attr-defined]


class RoundForm(forms.Form):
    """A round’s dates, jury and texts; of one that is published, only what may still be changed."""

    text = MaybeText(
        label=_("About this year"), longest=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Shown to everyone with the call for nominations."),
    )  # fmt: skip
    categories = forms.ModelMultipleChoiceField(
        PrizeCategory.objects.none(), label=_("Categories"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one category.")},
    )  # fmt: skip
    statutes = Choice(
        PrizeStatutes.objects.none(), label=pgettext_lazy("of a prize", "Statutes"), missing=_("Choose the statutes.")
    )
    opens_at = Moment(
        label=_("Nominations open"), hour=MORNING, required=False, help_text=_("Without an hour: at 08.00.")
    )
    closes_at = Moment(
        label=_("Nominations close"), hour=LAST_MINUTE, required=False, help_text=_("Without an hour: at 23.59.")
    )
    answer_due_on = Day(
        label=_("Nominees answer by"), required=False, help_text=_("They are told, and may decline or add facts.")
    )
    scores_due_on = Day(label=_("The jury gives points by"), required=False)
    jury_meets_on = Day(label=_("The jury meets"), required=False)
    vote_opens_at = Moment(label=_("The public vote opens"), hour=MORNING, required=False)
    vote_closes_at = Moment(label=_("The public vote closes"), hour=LAST_MINUTE, required=False)
    ceremony_at = Moment(
        label=_("Ceremony"), hour=EVENING, required=False,
        help_text=_("What is nominated, weighed and decided is secret until then. Without an hour: at 18.00."),
    )  # fmt: skip
    ceremony_place = MaybeLine(label=_("Where is the ceremony?"), max_length=160, required=False)
    jury = Choice(Body.objects.none(), label=_("Jury"), required=False, empty_label=_("None yet"))
    officer = PersonChoice(
        User.objects.none(), label=_("Officer"), required=False, empty_label=_("Nobody yet"),
        help_text=_("Gets what comes in. The name is not shown to everyone."),
    )  # fmt: skip
    seen = forms.IntegerField(**SEEN)
    mark_optional = False

    def __init__(self, *args: Any, round_: PrizeRound, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prize, fields = round_.prize, self.fields
        staff = [user.pk for user in notices.staff_with(round_.authority_id, permissions.SETS_UP, today)]
        people = User.objects.filter(Q(pk__in=staff) | Q(pk=round_.officer_id))
        fields["officer"].queryset = people.order_by("name")  # type: ignore[attr-defined]
        juries = Body.objects.filter(authority=round_.authority_id, kind=Body.Kind.JURY)
        fields["jury"].queryset = juries  # type: ignore[attr-defined]
        fields["statutes"].queryset = prize.statutes.exclude(valid_from=None)  # type: ignore[attr-defined]
        used = Q(is_in_use=True) | Q(in_rounds__round=round_)
        fields["categories"].queryset = prize.categories.filter(used).distinct()  # type: ignore[attr-defined]
        fields["seen"].initial = round_.row_version
        allowed = making.changeable(round_)
        for name in [name for name in fields if name not in allowed and name != "seen"]:
            del fields[name]
        self.helper = FormHelper()
        self.helper.form_tag, self.helper.disable_csrf = False, True
        self.helper.layout = Layout(*self.sections())

    def sections(self) -> list[Any]:
        """Return the fields under their headings; a heading without fields is left out."""
        wanted = [
            (_("Nominations"), ["text", "categories", "opens_at", "closes_at", "answer_due_on"]),
            (_("The jury’s work"), ["jury", "scores_due_on", "jury_meets_on"]),
            (_("Public vote"), ["vote_opens_at", "vote_closes_at"]),
            (_("The ceremony"), ["ceremony_at", "ceremony_place"]),
            (_("Rules and handling"), ["statutes", "officer"]),
        ]
        kept = [(heading, [one for one in fields if one in self.fields]) for heading, fields in wanted]
        return [*(Fieldset(heading, *fields) for heading, fields in kept if fields), "seen"]

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


def typed_of(round_: PrizeRound) -> dict[str, Any]:
    """Return a round as its form shows it."""
    names = [name for names in making.CHANGEABLE.values() for name in names if name != "categories"]
    return {
        **{name: getattr(round_, name) for name in names},
        "categories": list(round_.categories.values_list("category", flat=True)),
    }  # fmt: skip


class MoveForm(forms.Form):
    """A step of a round: why, and when it closes now, where that is asked."""

    why = Why(max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    closes_at = Moment(
        label=_("Nominations close"), hour=LAST_MINUTE, missing=_("Say when nominations close now: later than today.")
    )
    seen = forms.IntegerField(**SEEN)

    def __init__(self, *args: Any, asks_why: bool, asks_end: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, is_asked in (("why", asks_why), ("closes_at", asks_end)):
            if not is_asked:
                del self.fields[name]


# ---- bodies ----


class BodyForm(forms.Form):
    """One that is there, or a new one."""

    body = Choice(Body.objects.none(), label=_("Which?"), required=False, empty_label=_("A new one"))
    name = MaybeLine(label=_("Name of the new one"), max_length=120, required=False)
    mark_optional = False

    def __init__(self, *args: Any, authority: Authority, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Body.objects.filter(authority=authority, kind=kind)
        self.fields["body"].queryset = rows  # type: ignore[attr-defined]
        if not rows.exists():
            self.fields["body"].widget = self.fields["body"].hidden_widget()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not typed.get("body") and not typed.get("name") and "name" not in self.errors:
            self.add_error("name", _("Write what it is called."))
        return typed


class SeatForm(forms.ModelForm):
    """Who sits in a body, as what, and in which period."""

    user = PersonChoice(
        User.objects.none(), label=_("Who signs in here"), required=False,
        empty_label=_("Nobody: the member does not sign in"),
    )  # fmt: skip
    display_name = MaybeLine(
        label=_("Name"), max_length=120, required=False,
        help_text=_("For a member who does not sign in. An officer registers what she says."),
    )  # fmt: skip
    capacity = forms.ChoiceField(label=_("Sits as"), widget=forms.RadioSelect)
    is_chair = forms.BooleanField(label=_("Leads the body"), required=False)
    valid_from = Day(label=_("From"), required=False)
    valid_to = Day(label=_("To"), required=False)

    class Meta:
        model = BodyMembership
        fields = ["user", "display_name", "capacity", "is_chair", "valid_from", "valid_to"]

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["capacity"].choices = BodyMembership.Capacity.choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not typed.get("user") and not typed.get("display_name") and not self.errors:
            self.add_error("display_name", _("Choose a person or write a name."))
        if typed.get("user"):
            typed["display_name"] = ""
        return typed

    def _post_clean(self) -> None:
        """Leave the row to the deed, which checks it with the body it belongs to."""
        for name in self.Meta.fields:
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
