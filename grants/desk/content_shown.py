"""What an application says, as an officer reads it: in the order of the form, amounts read and summed.

It is always what was sent. What an applicant types while she is asked to add something is hers until she sends it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from grants import fund_rules
from grants.applying import content as typed
from grants.applying import content_words as words
from grants.applying.missing import permille_words
from grants.models import Question
from portal.money import format_nok

if TYPE_CHECKING:
    from grants.applying.content import Content
    from grants.fund_rules import Sums
    from grants.models import Call


class Row(NamedTuple):
    """A line of a table: what it is, in words, and how much."""

    kind: str
    text: str
    amount_nok: int
    share: str = ""


@dataclass
class Shown:
    """An application, ready to be read."""

    title: str
    summary: str
    facts: list[tuple[str, str]]
    contact: list[tuple[str, str]]
    answers: list[tuple[str, str]]
    costs: list[Row]
    financing: list[Row]
    aid: list[tuple[str, str, str, str]]
    linked: list[tuple[str, str, str]]
    sums: Sums
    unread: list[str] = field(default_factory=list)

    @property
    def own_share(self) -> str:
        return permille_words(self.sums.permille(self.sums.own_nok))

    @property
    def asked_share(self) -> str:
        return permille_words(self.sums.permille(self.sums.asked_nok))

    @property
    def public_share(self) -> str:
        return permille_words(self.sums.permille(self.sums.public_nok))


def shown(content: Content, call: Call, questions: list[Question]) -> Shown:
    """Return what an application says; no query."""
    reading = typed.read(content, own_work_nok=call.own_work_nok)
    sums = fund_rules.sums(content, reading)
    project = [(_("Project starts"), content.starts_on), (_("Project ends"), content.ends_on)]
    if call.asks_for_jobs:
        project.append((_("New jobs planned"), content.jobs))
    contact = [
        (_("Contact person"), content.contact_name), (_("Telephone"), content.contact_phone),
        (_("E-mail"), content.contact_email), (_("Registered for VAT"), words.yes_no(content.is_vat_registered)),
    ]  # fmt: skip
    return Shown(
        title=content.title, summary=content.summary, facts=project, contact=contact,
        answers=words.answers(content, questions), costs=_costs(content, reading.costs, sums),
        financing=_financing(content, reading.financing, sums), sums=sums,
        aid=[(row.giver, row.decided_on, row.amount, words.yes_no(row.is_minimis)) for row in content.earlier_aid]
        if content.has_earlier_aid else [],
        linked=[(row.name, row.number, row.why) for row in content.linked] if content.has_linked else [],
    )  # fmt: skip


def _costs(content: Content, amounts: list[int], sums: Sums) -> list[Row]:
    kinds = words.kinds_of_cost()
    return [
        Row(kinds.get(row.kind, row.kind), _with_hours(row), amount, permille_words(sums.permille(amount)))
        for row, amount in zip(content.costs, amounts, strict=True)
        if amount or row.text.strip()
    ]


def _with_hours(row: Any) -> str:
    if not row.hours.strip():
        return str(row.text)
    return _("%(text)s (%(hours)s hours)") % {"text": row.text, "hours": row.hours}


def _financing(content: Content, amounts: list[int], sums: Sums) -> list[Row]:
    who = words.payers()
    return [
        Row(who.get(row.payer, row.payer), _public(row), amount, permille_words(sums.permille(amount)))
        for row, amount in zip(content.financing, amounts, strict=True)
        if amount or row.text.strip()
    ]


def _public(row: Any) -> str:
    if row.payer != typed.PUBLIC:
        return str(row.text)
    stands = _("granted") if row.is_granted else _("applied for")
    return f"{row.text} ({stands})".strip()


# ---- side by side ----


class Change(NamedTuple):
    """Something two versions do not say alike; empty where one says nothing."""

    label: str
    before: str
    after: str


def compared(before: Shown, after: Shown) -> list[Change]:
    """Return what differs between two versions, in the order of the form."""
    old, new = lines(before), lines(after)
    labels = list(dict.fromkeys([*new, *old]))
    found = [Change(label, old.get(label, ""), new.get(label, "")) for label in labels]
    return [change for change in found if change.before != change.after]


def lines(said: Shown) -> dict[str, str]:
    """Return all an application says as labels and texts; what stands twice gets a number."""
    found: dict[str, str] = {}

    def add(label: str, text: str) -> None:
        name, n = label, 1
        while name in found:
            n += 1
            name = f"{label} ({n})"
        found[name] = text

    add(_("The project’s name"), said.title)
    add(_("What it is about"), said.summary)
    for label, text in [*said.facts, *said.answers, *said.contact]:
        add(label, text)
    for group, rows in ((_("Cost"), said.costs), (_("Financing"), said.financing)):
        for row in rows:
            add(f"{group}: {row.kind}{f', {row.text}' if row.text else ''}", format_nok(row.amount_nok))
    add(_("All costs"), format_nok(said.sums.cost_nok))
    add(_("All financing"), format_nok(said.sums.financing_nok))
    minimis, earlier, linked = _("de minimis aid"), _("Earlier aid"), _("Linked company")
    for giver, day, amount, is_minimis in said.aid:
        add(f"{earlier}: {giver}", f"{amount}, {day} ({minimis}: {is_minimis.lower()})")
    for name, number, why in said.linked:
        add(f"{linked}: {name or number}", ", ".join(part for part in (number, why) if part))
    return found
