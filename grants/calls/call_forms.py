"""What officers fill in about a call: its texts and terms, its end, and a late one let in.

And what a reader answers in the check before she applies.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.utils import from_current_timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants import notices, permissions
from grants.calls import making
from grants.forms import NokField
from grants.grant_forms import SEEN, Choice, MaybeText
from grants.models import Call, Scheme
from portal.designsystemet import Affixed
from portal.input_forms import Asked, LongText, OneLine
from portal.models import User
from portal.models.base import sane_date
from portal.versions import NativeDateInput

if TYPE_CHECKING:
    from grants.models import EligibilityCheck
    from portal.models import Authority

LAST_MINUTE = dt.time(23, 59)
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class MaybeLine(OneLine):
    """One line that may be left empty."""

    missing = ""


class MomentWidget(forms.SplitDateTimeWidget):
    """A day and an hour in the browser's own fields."""

    def __init__(self) -> None:
        clock = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        forms.MultiWidget.__init__(self, [NativeDateInput(), clock])


class Moment(forms.SplitDateTimeField):
    """A day and an hour in Norwegian time; an hour left out is the given one."""

    widget = MomentWidget

    def __init__(self, *, hour: dt.time, missing: Any = "", **kwargs: Any) -> None:
        self.hour = hour
        super().__init__(require_all_fields=False, **kwargs)
        self.fields[0].validators.append(sane_date)
        for field in self.fields:
            field.required = False
        self.error_messages |= {
            "required": missing or _("Enter a day."), "incomplete": missing or _("Enter a day."),
            "invalid_date": _("Enter a day, for example 1.2.2027."), "invalid_time": _("Enter an hour, such as 12.00."),
        }  # fmt: skip

    def compress(self, data_list: list[Any]) -> dt.datetime | None:
        day, hour = [*data_list, None, None][:2]
        if day is None:
            if hour is not None:
                raise ValidationError(self.error_messages["invalid_date"], code="invalid_date")
            return None
        return from_current_timezone(dt.datetime.combine(day, hour or self.hour))  # type: ignore[no-any-return]


class PersonChoice(Choice):
    def label_from_instance(self, row: User) -> str:
        return row.name


# ---- begun ----


class NewForm(forms.Form):
    """For which scheme, under which name, and from which earlier call."""

    scheme = Choice(Scheme.objects.none(), label=_("Scheme"), missing=_("Choose the scheme."))
    title = OneLine(
        label=_("Title"), max_length=160, missing=_("Write the title."),
        help_text=_("What people would search for, for example “Support for new business ideas 2027”."),
    )  # fmt: skip
    copy = Choice(
        Call.objects.none(), label=_("Begin with a copy of"), required=False, empty_label=_("Nothing: begin afresh"),
        help_text=_("Texts, terms, criteria, questions and attachments are copied. Dates are not."),
    )  # fmt: skip

    def __init__(self, *args: Any, authority: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schemes = Scheme.objects.filter(authority=authority).exclude(kind=Scheme.Kind.OPERATING)
        self.fields["scheme"].queryset = schemes  # type: ignore[attr-defined]
        earlier = Call.objects.filter(authority=authority).order_by("-opens_at", "-pk")
        self.fields["copy"].queryset = earlier  # type: ignore[attr-defined]


# ---- texts and terms ----


class CallForm(forms.ModelForm):
    """A call's texts and terms; of one that is announced, the texts alone."""

    title = OneLine(label=_("Title"), max_length=160, missing=_("Write the title."))
    lede = MaybeLine(
        label=_("In one sentence: what is the money for?"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    text = MaybeText(label=_("What the money is for"), longest=8000, required=False)
    who_may_apply = MaybeText(
        label=_("Who may apply, in your own words"), longest=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    applicants = forms.MultipleChoiceField(
        label=_("Who can send an application?"), choices=Call.Applicants.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    opens_at = Moment(label=_("Opens"), hour=dt.time(8), missing=_("Enter the day it opens."))
    closes_at = Moment(
        label=_("Closes"), hour=LAST_MINUTE, required=False,
        help_text=_("Empty for a call that takes applications all the time. Without an hour: at 23.59."),
    )  # fmt: skip
    eligible = MaybeText(
        label=_("Costs that count"), longest=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line makes a list."),
    )  # fmt: skip
    not_eligible = MaybeText(
        label=_("Costs that do not count"), longest=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line makes a list."),
    )  # fmt: skip
    share_percent = forms.IntegerField(
        label=_("Highest share"), required=False, min_value=1, max_value=100,
        help_text=_("Of the costs, all public support counted. Empty where there is no such limit."),
    )  # fmt: skip
    cap_nok = NokField(label=_("Highest grant"), required=False)
    smallest_nok = NokField(label=_("Smallest project"), required=False)
    own_work_nok = NokField(
        label=_("An hour of own work"), required=False, help_text=_("Empty where applicants set the value themselves.")
    )
    starts = forms.ChoiceField(
        label=_("When may the project start?"), choices=Call.Starts.choices, widget=forms.RadioSelect
    )
    asks_for_jobs = forms.BooleanField(label=_("Ask how many new jobs the project gives"), required=False)
    source = MaybeLine(label=_("Source"), max_length=200, required=False)
    officer = PersonChoice(
        User.objects.none(), label=_("Officer"), required=False, empty_label=_("Nobody yet"),
        help_text=_("Gets what comes in. The name is not shown to everyone."),
    )  # fmt: skip
    seen = forms.IntegerField(**SEEN)
    mark_optional = False

    class Meta:
        model = Call
        fields = [*making.TEXTS, *making.TERMS]

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call = self.instance
        staff = [user.pk for user in notices.staff_with(call.authority_id, permissions.CALLS, today)]
        people = User.objects.filter(Q(pk__in=staff) | Q(pk=call.officer_id))
        self.fields["officer"].queryset = people.order_by("name")  # type: ignore[attr-defined]
        statutes: Any = self.fields["statutes"]
        statutes.queryset, statutes.empty_label = call.scheme.statutes.order_by("-version"), gettext("None")
        statutes.label_from_instance = lambda row: gettext("Version %(number)s") % {"number": row.version}
        for name in ("share_percent", "answer_weeks", "year"):
            self.fields[name].widget.attrs["data-w"] = "s"
        self.fields["seen"].initial = call.row_version
        self.is_announced = call.published_at is not None
        for name in making.TERMS if self.is_announced else ():
            del self.fields[name]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*self.sections())
        self.helper.disable_csrf = True

    def sections(self) -> list[Any]:
        """Return the fields under their headings; a heading without fields is left out."""
        money = [Affixed("share_percent", after="%")]
        money += [Affixed(name, before="kr") for name in ("cap_nok", "smallest_nok", "own_work_nok")]
        wanted = [
            (_("What it is about"), ["title", "lede", "text"]),
            (_("Who may apply"), ["applicants", "who_may_apply"]),
            (_("Dates"), ["opens_at", "closes_at", "answer_weeks", "starts"]),
            (_("Costs and amounts"), ["eligible", "not_eligible", *money]),
            (_("Rules and handling"), ["statutes", "year", "asks_for_jobs", "officer", "source", "seen"]),
        ]
        kept = [
            (heading, [one for one in fields if (one if isinstance(one, str) else one.fields[0]) in self.fields])
            for heading, fields in wanted
        ]
        return [Fieldset(heading, *fields) for heading, fields in kept if fields]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        opens, closes = typed.get("opens_at"), typed.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", gettext("The call closes before it opens."))
        return typed

    def facts(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        typed.pop("seen", None)
        return typed


# ---- its end, and after it ----


class EndForm(forms.Form):
    """When an announced call closes, later than now."""

    closes_at = Moment(
        label=_("Closes"), hour=LAST_MINUTE, required=False, help_text=_("Empty: it takes applications all the time.")
    )
    seen = forms.IntegerField(**SEEN)


class LetInForm(forms.Form):
    """Which draft is let in, why, and until when."""

    number = OneLine(
        label=_("The number of the draft"), max_length=24, missing=_("Write the number."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-w": "s"}),
        help_text=_("The applicant reads it from her own page, for example 1042-7391."),
    )  # fmt: skip
    why = LongText(
        label=_("Why is it let in?"), longest=400, missing=_("Say why."), widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays with the application, and can be asked for."),
    )  # fmt: skip
    until = Moment(label=_("Can be sent until"), hour=LAST_MINUTE, missing=_("Enter a day."))


# ---- the check one takes before applying ----


class Said(Asked, forms.TypedChoiceField):
    missing = _("Answer yes or no.")


class EligibilityForm(forms.Form):
    """Each question of the check with yes and no."""

    def __init__(self, *args: Any, checks: list[EligibilityCheck], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checks = checks
        for check in checks:
            self.fields[f"c{check.pk}"] = Said(
                label=check.text, choices=YES_NO, coerce=lambda said: said == "yes", empty_value=None,
                widget=forms.RadioSelect,
            )  # fmt: skip

    def said(self) -> dict[int, bool]:
        """Return what is answered, also where something is not."""
        found = {check.pk: self.cleaned_data.get(f"c{check.pk}") for check in self.checks}
        return {key: answer for key, answer in found.items() if isinstance(answer, bool)}
