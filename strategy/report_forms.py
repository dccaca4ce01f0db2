"""The form a measure is reported in: one question, and three more when it is late."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.calendar import Precision, last_day
from portal.input_forms import Asked, LongText, OneLine
from portal.models.case import PRECISIONS
from portal.templatetags.portal_tags import STANDINGS, standing_word
from portal.versions import NativeDateInput
from strategy import reporting, rules
from strategy.reporting import Answer
from strategy.rules import Judgement, State

if TYPE_CHECKING:
    from strategy.models import StatusReport

UNCHANGED = "unchanged"
WAYS: dict[str, tuple[State, Judgement]] = {
    "on_track": (State.UNDER_WAY, Judgement.ON_TRACK),
    "at_risk": (State.UNDER_WAY, Judgement.AT_RISK),
    "not_started": (State.NOT_STARTED, Judgement.NONE),
    "done": (State.DONE, Judgement.NONE),
    "on_hold": (State.ON_HOLD, Judgement.NONE),
    "cancelled": (State.CANCELLED, Judgement.NONE),
}
"""What may be said of a measure, by the word that stands for it."""
LATE_WORDS = {
    "on_track": _("Under way, and the new date will hold"), "at_risk": _("Under way, but the new date is uncertain"),
}  # fmt: skip
STATED = [(value, label) for value, label in PRECISIONS if value != "period"]
LONGEST_DONE, LONGEST_WORDS, LONGEST_ASK, LONGEST_NAME = 1000, 500, 300, 120


class Way(NamedTuple):
    """One choice as the page writes it: the input, its label, and the mark beside it."""

    input: str
    id: str
    label: str
    code: str
    colour: str


class Choice(Asked, forms.ChoiceField):
    missing = _("Choose how it is going.")


class FreeText(LongText):
    """Several lines that may be left empty."""

    missing = ""


class ShortText(OneLine):
    """A sentence on one line; what is too long is kept and said."""

    missing = ""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(required=kwargs.pop("required", False), **kwargs)
        self.longest = longest

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.longest:
            raise ValidationError(
                gettext("The text is %(over)d characters too long. We take at most %(longest)d.")
                % {"over": len(value) - self.longest, "longest": self.longest},
                code="too_long",
            )


class ReportForm(forms.Form):
    """An answer to “how is it going?”.

    `asks_who` is the help for the field that says who answers: a partner, or one who phoned an officer.
    """

    mark_optional = False

    how = Choice(label=_("How is it going now?"), required=False)
    done_on = forms.DateField(label=_("When was it done?"), required=False, widget=NativeDateInput)
    reached = forms.TypedMultipleChoiceField(
        label=_("Milestones that are reached"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    done_since = FreeText(
        label=_("What is done since last time? (optional)"), longest=LONGEST_DONE, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    reason = FreeText(
        label=_("Why? (needed if it is cancelled)"), longest=LONGEST_WORDS, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    next_step = ShortText(label=_("What is the next step? (optional)"), longest=LONGEST_WORDS)
    new_due_on = forms.DateField(label=_("New date (optional)"), required=False, widget=NativeDateInput)
    new_due_precision = forms.ChoiceField(label=_("How precise is the date?"), choices=STATED, required=False)
    asks = ShortText(
        label=_("What do you need from those who decide? (optional)"), longest=LONGEST_ASK,
        help_text=_("It stands in the report to the body. Leave it empty if you need nothing."),
    )  # fmt: skip
    reported_as = ShortText(label=_("Who answers?"), longest=LONGEST_NAME, required=True)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, report: StatusReport, before: StatusReport | None, today: dt.date,
        asks_who: str = "",
    ) -> None:  # fmt: skip
        super().__init__(data, prefix=f"r{report.pk}")
        self.report, self.before, self.today, self.asks_who = report, before, today, asks_who
        self.is_change = report.reported_at is not None
        self.milestones = reporting.offered(report.participation.milestones.all(), report)
        self.now = rules.standing(report.participation.facts, today)
        self.late_since = reporting.passed(report.participation, Answer(state=State.UNDER_WAY), today)
        self.fields["how"].choices = self.ways()  # type: ignore[attr-defined]
        self.fields["how"].widget = forms.RadioSelect(
            choices=self.ways(), attrs={"class": "ds-input", "data-color": "accent"}
        )
        self.fields["done_on"].widget.attrs["max"] = today.isoformat()
        if self.late_since:
            self.fields["reason"].label = _("Why is it late?")
            self.fields["next_step"].label = _("What is the next step?")
            self.fields["new_due_on"].label = _("New date")
        if self.milestones:
            self.fields["reached"].choices = [(each.pk, str(each)) for each in self.milestones]  # type: ignore[attr-defined]
        else:
            del self.fields["reached"]
        if asks_who:
            self.fields["reported_as"].help_text = asks_who
            self.fields["reported_as"].missing = _("Write who answers.")  # type: ignore[attr-defined]
        else:
            del self.fields["reported_as"]
        self.initial = self.first_values()
        self.overtaken: StatusReport | None = None

    # ---- what it asks ----
    def ways(self) -> list[tuple[str, str]]:
        """Return the choices: unchanged first, by the word for where it stands, and then the others."""
        words = {way: str(standing_word(way)) for way in WAYS}
        if self.late_since:
            words |= {way: str(text) for way, text in LATE_WORDS.items()}
        elif not self.is_dated():
            words["on_track"] = gettext("Under way")
        # one who opened the page before it was answered may say “unchanged” still, and then sees the first's answer
        if self.is_change and self.data.get(self.add_prefix("how")) != UNCHANGED:
            return list(words.items())
        part = self.report.participation
        same = gettext("Unchanged: %(standing)s") % {"standing": self.now_word().lower()}
        judgement = part.judgement or (Judgement.ON_TRACK if part.state == State.UNDER_WAY else Judgement.NONE)
        rest = {way: text for way, text in words.items() if WAYS[way] != (part.state, judgement)}
        return [(UNCHANGED, same), *rest.items()]

    def now_word(self) -> str:
        """Return where it stands in a word; what is under way without a date is not called undated here."""
        return gettext("Under way") if self.now == rules.Standing.UNDATED else str(standing_word(self.now.value))

    @property
    def rest_word(self) -> str:
        """Return what the style shows fields by: what rests, what is in danger, or what just goes on."""
        in_danger = (rules.Standing.LATE, rules.Standing.AT_RISK)
        resting = (rules.Standing.DONE, rules.Standing.ON_HOLD, rules.Standing.CANCELLED)
        return self.now.value if self.now in (*in_danger, *resting) else "going"

    @property
    def is_milestone(self) -> bool:
        """Whether it is a milestone's day that has passed first."""
        part = self.report.participation
        return part.due_on is None or last_day(part.due_on, Precision(part.due_precision)) != self.late_since

    def is_dated(self) -> bool:
        part = self.report.participation
        return part.due_on is not None or any(each.reached_on is None for each in part.milestones.all())

    @property
    def options(self) -> list[Way]:
        """The choices as the page writes them, each with its mark."""
        found = []
        for option in self["how"].subwidgets:
            way = str(option.data["value"])
            code = self.now.value if way == UNCHANGED else way
            found.append(Way(option.tag(), option.id_for_label, str(option.choice_label), code, STANDINGS[code].colour))
        return found

    def first_values(self) -> dict[str, Any]:
        """Return what the form shows first: the answer that is given, or last time's words where they may hold."""
        row = self.report
        values: dict[str, Any] = {
            "seen": row.row_version, "how": UNCHANGED, "new_due_precision": "day",
            "reached": [each.pk for each in self.milestones if each.reached_on],
        }  # fmt: skip
        if self.is_change:
            said = (State(row.state), Judgement(row.judgement))
            values["how"] = next((way for way, meant in WAYS.items() if meant == said), NEAREST.get(said[0], ""))
            names = ("done_on", "done_since", "reason", "next_step", "new_due_on", "new_due_precision", "asks",
                     "reported_as")  # fmt: skip
            return values | {name: getattr(row, name) for name in names}
        if self.before is None or not self.late_since:
            return values
        values["reason"] = self.before.reason
        if reporting.one_press(row, self.before, self.today):
            names = ("next_step", "new_due_on", "new_due_precision", "asks")
            values |= {name: getattr(self.before, name) for name in names}
        return values

    # ---- what it says ----
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            answer = self.answer()
            late = reporting.passed(self.report.participation, answer, self.today)
            for name, text in reporting.faults(answer, late, self.today).items():
                self.add_error("how" if name == "state" else name, text)
        return cleaned

    def answer(self) -> Answer:
        """Return what was said."""
        given = self.cleaned_data
        part = self.report.participation
        is_unchanged = given["how"] == UNCHANGED
        state, judgement = (State(part.state), Judgement(part.judgement)) if is_unchanged else WAYS[given["how"]]
        done_on = (part.done_on if is_unchanged else given["done_on"]) if state == State.DONE else None
        return Answer(
            state=state.value, judgement=judgement.value, done_on=done_on, is_unchanged=is_unchanged,
            done_since=given["done_since"], reason=given["reason"], next_step=given["next_step"],
            new_due_on=given["new_due_on"], new_due_precision=given["new_due_precision"] or "day", asks=given["asks"],
            reported_as=given.get("reported_as", ""),
            reached=frozenset(given["reached"]) if "reached" in self.fields else None,
        )  # fmt: skip

    def as_typed(self) -> ReportForm:
        """Return the form as if what it shows first had been sent."""
        data: MultiValueDict[str, str] = MultiValueDict()
        for name in self.fields:
            value = self.initial.get(name, "")
            each = value if isinstance(value, list) else [value.isoformat() if isinstance(value, dt.date) else value]
            data.setlist(self.add_prefix(name), ["" if one is None else str(one) for one in each])
        form = ReportForm(data, report=self.report, before=self.before, today=self.today, asks_who=self.asks_who)
        form.is_valid()
        return form

    def refuse(self, error: ValidationError) -> None:
        """Put what the deed refused beside its fields."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, texts in error.message_dict.items():
            field = "how" if name == "state" else name
            for text in texts:
                self.add_error(field if field in self.fields else None, text)

    def refuse_overwriting(self, first: StatusReport, *, with_name: bool = True) -> None:
        """Show the first's answer beside hers; sending once more puts hers in its place, knowingly."""
        self.overtaken = first
        when = date_format(timezone.localtime(first.reported_at), "j.n. \\k\\l. H.i") if first.reported_at else ""
        who = first.reported_as or (str(first.reported_by) if first.reported_by else "")
        who = (who if with_name else "") or gettext("Someone")
        self.add_error(
            None,
            gettext(
                "%(who)s answered this while you were writing (%(when)s). What you wrote still stands here. "
                "Send once more to put yours in its place, or keep the answer that is given."
            )
            % {"who": who, "when": when},
        )
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = first.row_version


NEAREST = {State.UNDER_WAY: "on_track", State.NOT_STARTED: "not_started"}
"""The nearest word for what the form cannot say: under way without a judgement, not started and at risk."""
