"""What an application says, in words, for who reads it: on the desk, in the letter and in the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from grants import fund_rules
from grants.applying import content as typed
from grants.applying.missing import asked_of
from grants.models import Question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grants.applying.content import Content

SAID = {"yes": True, "no": False}


def kinds_of_cost() -> dict[str, str]:
    return {
        typed.OWN_WORK: _("Own work"), typed.BOUGHT: _("Bought services"), typed.MATERIAL: _("Material"),
        typed.TRAVEL: _("Travel"), typed.OTHER: _("Other"),
    }  # fmt: skip


def payers() -> dict[str, str]:
    return {
        typed.FUND: _("Applied for here"), typed.OWN: _("Own money"), typed.OWN_WORK: _("Own work"),
        typed.PUBLIC: _("Other public support"), typed.PRIVATE: _("Other private money"), typed.LOAN: _("Loan"),
    }  # fmt: skip


def yes_no(answer: bool | None) -> str:
    return "" if answer is None else _("Yes") if answer else _("No")


def filled(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the lines that say something."""
    return [(label, value) for label, value in rows if value.strip()]


def answers(content: Content, questions: list[Question]) -> list[tuple[str, str]]:
    """Return the call's questions that are asked of this applicant, each with what is answered; files are elsewhere."""
    asked = {each.pk for each in fund_rules.shown([asked_of(row) for row in questions], content.answers)}
    found = []
    for row in questions:
        if row.pk not in asked or row.kind == Question.Kind.FILE:
            continue
        answer = content.answers.get(str(row.pk), "").strip()
        found.append((row.text, yes_no(SAID.get(answer)) if row.kind == Question.Kind.YES_NO else answer))
    return found
