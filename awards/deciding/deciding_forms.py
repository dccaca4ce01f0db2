"""What the officer fills in from the jury’s meeting: its day, the votes, the decision, and ties said there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.deciding.decisions import Decided
from awards.deciding.votes import Cast
from awards.models import CategoryDecision, JuryVote
from grants.calls.call_forms import MaybeLine
from grants.grant_forms import SEEN, Day, MaybeText
from portal.input_forms import LongText, OneLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from awards.deciding.meeting import Member
    from awards.models import Candidate

NONE, LONGEST = CategoryDecision.Outcome.NONE.value, 8000


class MeetingForm(forms.Form):
    """The day the jury met."""

    held_on = Day(
        label=gettext_lazy("When did the jury meet?"), error_messages={"required": gettext_lazy("Write the day.")}
    )
    seen = forms.IntegerField(**SEEN)


class TakeUpForm(forms.Form):
    """Why a decision is taken up again."""

    why = OneLine(
        label=gettext_lazy("Why is it taken up again?"), max_length=400,
        missing=gettext_lazy("Say why it is taken up again."),
        help_text=gettext_lazy("The minutes stay in the case. New ones are made with the new decision."),
    )  # fmt: skip


class TextsForm(forms.Form):
    """One or two sentences of each finalist, for those who vote."""

    mark_optional = False

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = list(candidates)
        for one in self.candidates:
            self.fields[f"text-{one.pk}"] = MaybeText(
                label=one.name, required=False, longest=400, initial=one.public_text,
                widget=forms.Textarea(attrs={"rows": 2}),
            )  # fmt: skip

    def texts(self) -> dict[int, str]:
        """Return what was typed of each."""
        return {one.pk: " ".join(self.cleaned_data[f"text-{one.pk}"].split()) for one in self.candidates}


class VotesForm(forms.Form):
    """One choice for each who votes; a common one for those who are left."""

    mark_optional = False

    def __init__(
        self, *args: Any, members: Sequence[Member], candidates: Sequence[Candidate], before: dict[int, JuryVote],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.members = list(members)
        choices = [
            *((str(one.pk), one.name) for one in candidates),
            (JuryVote.Choice.NONE.value, _("For no winner")), (JuryVote.Choice.BLANK.value, _("Abstained")),
        ]  # fmt: skip
        if len(self.members) > 1:
            self.fields["all"] = forms.ChoiceField(
                label=_("Did they vote alike?"), required=False, choices=[("", _("No, as written below")), *choices],
                help_text=_("What you choose here counts for everyone you write nothing for."),
            )  # fmt: skip
        for one in self.members:
            row = before.get(one.seat.pk)
            self.fields[self._name(one)] = forms.ChoiceField(
                label=one.name, required=False, choices=[("", _("Not registered")), *choices],
                initial="" if row is None else str(row.candidate_id or row.choice),
            )  # fmt: skip

    @staticmethod
    def _name(one: Member) -> str:
        return f"vote-{one.seat.pk}"

    def cast(self) -> dict[int, Cast | None]:
        """Return what each voted for."""
        common = self.cleaned_data.get("all", "")
        return {one.seat.pk: _cast(self.cleaned_data[self._name(one)] or common) for one in self.members}

    def refuse(self, keyed: dict[str, list[str]]) -> None:
        """Put what the deed refused at the members it is about."""
        for key, texts in keyed.items():
            name = f"vote-{key}"
            for text in texts:
                self.add_error(name if name in self.fields else None, text)


def _cast(chosen: str) -> Cast | None:
    if not chosen:
        return None
    if chosen in JuryVote.Choice.values:
        return Cast(chosen)
    return Cast(JuryVote.Choice.CANDIDATE, int(chosen))


class DecisionForm(forms.Form):
    """The winner or none, the reasons everyone reads, and what stands in the minutes alone."""

    winner = forms.ChoiceField(
        label=gettext_lazy("What did the jury decide?"),
        error_messages={
            "required": gettext_lazy("Choose the winner, or say that there is none."),
            "invalid_choice": gettext_lazy("This candidate takes no part any more. See how it stands."),
        },
    )  # fmt: skip
    reasons = LongText(
        label=gettext_lazy("Reasons"), longest=LONGEST, missing=gettext_lazy("Give the reasons."),
        help_text=gettext_lazy(
            "As they are read out at the ceremony. Everyone reads them when the winner is announced. If there is no"
            " winner: say why."
        ),
        widget=forms.Textarea(attrs={"rows": 7}),
    )  # fmt: skip
    settled_how = MaybeLine(
        label=gettext_lazy("How was it settled?"), required=False, max_length=400,
        help_text=gettext_lazy("Only if votes were equal, or if the jury decided otherwise than the votes say."),
    )  # fmt: skip
    grounds = MaybeText(
        label=gettext_lazy("What the jury weighed"), required=False, longest=LONGEST,
        help_text=gettext_lazy("For the minutes. It is not published."), widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    decided_on = Day(
        label=gettext_lazy("Day of the decision"), error_messages={"required": gettext_lazy("Write the day.")}
    )

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["winner"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")), *((str(one.pk), _("%(name)s wins") % {"name": one.name}) for one in candidates),
            (NONE, _("No winner this year")),
        ]  # fmt: skip

    def decided(self) -> Decided:
        """Return what was typed as the deed takes it."""
        typed = dict(self.cleaned_data)
        winner = typed.pop("winner")
        if winner == NONE:
            return Decided(NONE, None, **typed)
        return Decided(CategoryDecision.Outcome.WINNER.value, int(winner), **typed)


class PaperTiesForm(forms.Form):
    """What a member who does not sign in has said of her ties, with what the jury ruled."""

    mark_optional = False

    svar = forms.ChoiceField(
        label=gettext_lazy("What did the member say?"), widget=forms.RadioSelect,
        choices=[("no_ties", gettext_lazy("Nothing ties her or him to any of the candidates")),
                 ("tie", gettext_lazy("There is a tie to one of them"))],
        error_messages={"required": gettext_lazy("Choose one of the two answers.")},
    )  # fmt: skip
    tied_to = forms.ChoiceField(label=gettext_lazy("If there is a tie: to whom?"), required=False)
    tie = MaybeText(
        label=gettext_lazy("Which tie?"), required=False, longest=400, widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    may = forms.ChoiceField(
        label=gettext_lazy("What did the jury rule?"), required=False, widget=forms.RadioSelect,
        choices=[("nei", gettext_lazy("Disqualified in the category")), ("ja", gettext_lazy("Impartial all the same"))],
    )  # fmt: skip
    reason = MaybeText(
        label=gettext_lazy("Why did the jury rule so?"), required=False, longest=400,
        help_text=gettext_lazy("It stands in the minutes. Do not name the tie itself."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, candidates: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [("", _("Nobody")), *((str(one.pk), one.name) for one in candidates)]
        self.fields["tied_to"].choices = rows  # type: ignore[attr-defined]

    def clean(self) -> Any:
        typed: Any = super().clean()
        wanted = {
            "tied_to": _("Choose the candidate."), "tie": _("Say which tie it is."),
            "may": _("Choose what the jury ruled."), "reason": _("Give the reason for the ruling."),
        }  # fmt: skip
        given = [name for name in wanted if typed.get(name)]
        if typed.get("svar") == "tie":
            for name, text in wanted.items():
                if name not in given and name not in self.errors:
                    self.add_error(name, text)
        elif typed.get("svar") and given:
            self.add_error("svar", _("You have written of a tie. Choose that there is one, or remove what you wrote."))
        return typed
