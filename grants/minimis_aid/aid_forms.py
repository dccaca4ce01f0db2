"""What an officer fills in about an undertaking's aid: a link, earlier aid, what a declared row is, and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from grants.grant_forms import Amount, Day, Why
from grants.minimis_aid import rules
from grants.models import AidAward, DeclaredAid, RegisterAward
from grants.models.minimis import BASES
from portal.input_forms import OneLine
from portal.money import format_nok

if TYPE_CHECKING:
    from grants.minimis_aid.panel import Panel

COUNTS, OUTSIDE = "", "outside"
OURS, REGISTER = "a", "r"
"""How a choice names one of our awards, or the register's: with its key after it."""


class MaybeLine(OneLine):
    missing = ""


class LinkForm(forms.Form):
    """A linked company that the officer knows of."""

    linked = OneLine(
        label=_("Organisation number"), max_length=11, missing=_("Enter the number of the linked company.")
    )
    name = OneLine(label=_("Name"), max_length=200, missing=_("Enter the name of the company."))
    why = OneLine(
        label=_("How are they linked?"), max_length=300, missing=_("Say how they are linked."),
        help_text=_("For example that one owns more than half of the other."),
    )  # fmt: skip


class DeclareForm(forms.Form):
    """Earlier aid the recipient has told of."""

    giver = OneLine(label=_("Who gave it?"), max_length=200, missing=_("Enter who gave it."))
    decided_on = Day(label=_("When was it decided?"))
    amount_nok = Amount(label=_("Amount in kroner"))
    basis = forms.ChoiceField(label=_("What kind of aid?"), choices=BASES)


class AnswerForm(forms.Form):
    """What a declared row is: it counts, is the same as one we know, or is no such aid."""

    answer = forms.ChoiceField(label=_("What is this?"), required=False)
    why = MaybeLine(
        label=_("Why does it not count?"), max_length=300, required=False,
        help_text=_("Only when it is no such aid."),
    )  # fmt: skip
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: DeclaredAid, panel: Panel, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"d{row.pk}", initial=self.initial_of(row), **kwargs)
        same = [(key, label) for known in panel.rows if (key := key_of(known.row)) for label in [words_of(known.row)]]
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            (COUNTS, gettext("It counts in addition")),
            *((key, gettext("The same as: %(what)s") % {"what": label}) for key, label in same),
            (OUTSIDE, gettext("It is no such aid")),
        ]
        self.fields["seen"].initial = row.resolution

    @staticmethod
    def initial_of(row: DeclaredAid) -> dict[str, Any]:
        if row.same_award_id:
            return {"answer": f"{OURS}{row.same_award_id}"}
        if row.same_register_id:
            return {"answer": f"{REGISTER}{row.same_register_id}"}
        return {"answer": OUTSIDE if row.resolution == OUTSIDE else COUNTS, "why": row.why}

    def resolution(self) -> dict[str, Any]:
        """Return what the answer means, as the deed asks for it."""
        answer, why = self.cleaned_data["answer"], self.cleaned_data["why"]
        found: dict[str, Any] = {"resolution": answer if answer in (COUNTS, OUTSIDE) else "same", "why": why}
        if answer.startswith(OURS):
            found["award"] = AidAward.objects.filter(pk=answer[1:]).first()
        elif answer.startswith(REGISTER):
            found["register"] = RegisterAward.objects.filter(pk=answer[1:]).first()
        return found | {"seen": self.cleaned_data["seen"]}


def key_of(row: rules.Row) -> str:
    """Return how a choice names a row that another can be the same as; nothing for a declared one."""
    if row.shown is None or row.source not in (rules.OURS, rules.REGISTER):
        return ""
    return f"{OURS if row.source == rules.OURS else REGISTER}{row.shown.pk}"


def words_of(row: rules.Row) -> str:
    return f"{date_format(row.decided_on, 'j.n.Y')}, {row.giver}, {format_nok(row.nok)}"


class ReportedForm(forms.Form):
    """When it was reported, and the register's receipt."""

    on = Day(label=_("When did you report it?"))
    receipt = forms.CharField(
        label=_("Receipt from the register"), max_length=120, required=False,
        help_text=_("The number the register gave you, if it gave one."),
    )  # fmt: skip


class LeftOutForm(forms.Form):
    """Why something is not to be reported."""

    why = Why(help_text=pgettext_lazy("aid report", "For example that another authority reports it."))
    seen = forms.IntegerField(label="", required=False, widget=forms.HiddenInput)
