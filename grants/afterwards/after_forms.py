"""What is filled in after a grant: a change that is asked for and its answer, final accounts and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.afterwards import accounts
from grants.afterwards.changing import LONGEST, LONGEST_ANSWER
from grants.afterwards.closing import Given
from grants.applying import content as typed
from grants.applying import content_words
from grants.forms import NokField
from grants.grant_forms import Day, MaybeText
from grants.own_forms import OptionalLine, Seen, files_field, prepare_files
from portal.input_forms import LongText, OneLine
from portal.money import format_nok

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grants.afterwards.accounts import Line

LONGEST_RESULT = 8000
MOST_JOBS = 9999
AGREED = (("ja", _("Agree")), ("nei", _("Do not agree")))


def said_of(line: Line) -> str:
    """Return what a line is called: what was typed, else its kind."""
    kinds = {**content_words.kinds_of_cost(), **content_words.payers(), typed.FUND: gettext("The grant")}
    kind = kinds.get(line.kind, line.kind)
    return f"{kind}: {line.text}" if line.text.strip() else kind


def sides_of(lines: list[Line]) -> list[dict[str, Any]]:
    """Return the lines as a table that is read: costs, then who paid."""
    sides = ((accounts.COST, gettext("What it cost")), (accounts.MONEY, gettext("Who paid")))
    return [
        {"title": title, "rows": [(line, said_of(line)) for line in lines if line.side == side],
         "budget_nok": sum(line.budget_nok for line in lines if line.side == side),
         "actual_nok": sum(line.actual_nok or 0 for line in lines if line.side == side)}
        for side, title in sides
    ]  # fmt: skip


# ---- changes ----


class AskChangeForm(forms.Form):
    """What changes in a project, and why."""

    text = LongText(
        label=_("What changes, and why?"), longest=LONGEST, missing=_("Write what changes, and why."),
        help_text=_("Such as a new end, other costs or another partner. Nothing changes before we agree."),
    )  # fmt: skip
    new_ends_on = Day(
        label=_("New end of the project"), required=False, help_text=_("Only if the project ends on another day.")
    )


class AnswerChangeForm(Seen):
    """A yes or a no to a change, and the dates that follow."""

    agreed = forms.ChoiceField(
        label=_("Do you agree?"), choices=AGREED, widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you agree.")},
    )  # fmt: skip
    answer = MaybeText(
        label=_("Answer"), longest=LONGEST_ANSWER, required=False,
        help_text=_("The recipient reads it. Needed when you do not agree."),
    )  # fmt: skip
    new_ends_on = Day(
        label=_("New end of the project"), required=False,
        help_text=_("The final accounts are then due as many days later as the project ends later."),
    )  # fmt: skip
    new_use_by = Day(
        label=_("To be asked for by"), required=False, help_text=_("The last day to ask for money of the grant.")
    )


# ---- final accounts ----


class AccountsForm(Seen):
    """What every line of the budget came to, lines that were not in it, and what came of the project."""

    jobs = forms.DecimalField(
        label=_("New jobs the project has given"), required=False, min_value=0, max_value=MOST_JOBS, decimal_places=1,
        localize=True, help_text=_("Full-time positions that exist now and did not before. A half one is 0,5."),
    )  # fmt: skip
    result = LongText(
        label=_("What came of the project?"), longest=LONGEST_RESULT, missing=_("Tell what came of the project.")
    )
    files = files_field(_("Accounts and vouchers"))

    def __init__(self, *args: Any, lines: list[Line], is_draft: bool = False, **kwargs: Any) -> None:
        self.lines = self.with_blank(lines)
        super().__init__(*args, **kwargs)
        if is_draft:
            self.fields["result"].required, self.fields["result"].missing = False, ""  # type: ignore[attr-defined]
        for n, line in enumerate(self.lines):
            if line.kind == typed.FUND:
                continue
            name = said_of(line)
            if line.is_added:
                new = gettext("Another cost") if line.side == accounts.COST else gettext("Another who has paid")
                self.fields[f"text{n}"] = OptionalLine(label=new, max_length=120, required=False, initial=line.text)
                name = new
            self.fields[f"nok{n}"] = NokField(
                label=gettext("%(what)s, in kroner") % {"what": name}, allow_nought=True, required=False,
                initial=line.actual_nok,
            )  # fmt: skip
        prepare_files(self)

    @staticmethod
    def with_blank(lines: list[Line]) -> list[Line]:
        """Return the lines with an empty one for each side, as long as there is room."""
        added = [line for line in lines if line.is_added]
        return [*lines, *(blank for blank in accounts.added()
                          if sum(line.side == blank.side for line in added) < accounts.MOST_ADDED)]  # fmt: skip

    def rows(self, side: str) -> Iterator[tuple[Line, str, Any, Any]]:
        """Yield each line of a side with its name, the field of what it is, if that is asked, and of its amount."""
        for n, line in enumerate(self.lines):
            if line.side == side and line.kind != typed.FUND:
                yield line, said_of(line), self[f"text{n}"] if line.is_added else None, self[f"nok{n}"]

    def cost_rows(self) -> Iterator[tuple[Line, str, Any, Any]]:
        return self.rows(accounts.COST)

    def money_rows(self) -> Iterator[tuple[Line, str, Any, Any]]:
        return self.rows(accounts.MONEY)

    def clean(self) -> dict[str, Any]:
        for n, line in enumerate(self.lines):
            if line.is_added and self.cleaned_data.get(f"nok{n}") and not self.cleaned_data.get(f"text{n}"):
                self.add_error(f"text{n}", gettext("Write what this is."))
        return self.cleaned_data

    @property
    def filled(self) -> list[Line]:
        """Return the lines with what was entered; an added one without an amount is left out."""
        given = self.cleaned_data
        found = [
            msgspec.structs.replace(
                line, actual_nok=given.get(f"nok{n}"), text=given[f"text{n}"] if line.is_added else line.text
            )
            for n, line in enumerate(self.lines)
        ]
        return [line for line in found if not line.is_added or line.actual_nok]

    @property
    def given(self) -> Given:
        return Given(self.filled, self.cleaned_data["jobs"], self.cleaned_data["result"])


class ReadAccountsForm(Seen):
    """An officer's yes to final accounts: the costs that count, and why where they are fewer."""

    counted_nok = NokField(label=_("Costs that count"), allow_nought=True)
    note = OptionalLine(
        label=_("Remark"), max_length=300, required=False,
        help_text=_("Needed when fewer costs count. The recipient reads it."),
    )  # fmt: skip

    def __init__(self, *args: Any, whole_nok: int, **kwargs: Any) -> None:
        self.whole_nok = whole_nok
        super().__init__(*args, **kwargs)
        self.fields["counted_nok"].help_text = gettext("The accounts say %(whole)s.") % {"whole": format_nok(whole_nok)}

    def clean_counted_nok(self) -> int:
        counted: int = self.cleaned_data["counted_nok"]
        if counted > self.whole_nok:
            raise ValidationError(gettext("At most %(most)s can count.") % {"most": format_nok(self.whole_nok)})
        return counted


class BackForm(Seen):
    """What is missing in final accounts that are sent back."""

    note = OneLine(
        label=_("What is missing?"), max_length=300, missing=_("Say what is missing."),
        help_text=_("The recipient reads it."),
    )  # fmt: skip
