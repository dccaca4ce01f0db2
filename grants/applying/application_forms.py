"""The form of an application: what each step asks, as it is shown and as it is read back, every letter kept.

A step sends its own fields only; the rest of the content stands. Fields are named as `content.Unread` names places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from grants import fund_rules
from grants.applying import content as typed
from grants.applying.content_words import SAID, filled
from grants.applying.missing import MONEY, PROJECT, SEND, SUPPORT, asked_of
from portal.money import format_nok

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from grants.applying.content import Content
    from grants.models import Call, Question

LONGEST_TYPED = 20_000
"""Of one field: longer than any is taken, so that what is too long comes back to be shortened."""
UNSTORED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass
class Shown:
    """One field as it stands on the page."""

    place: str
    label: Any
    value: str = ""
    kind: str = "line"
    """line, long, date, number, email, tel, choice or check."""
    help: Any = ""
    options: Sequence[tuple[str, Any]] = ()
    is_optional: bool = False
    is_hidden: bool = False
    shown_if: int | None = None
    shown_if_answer: str = ""
    error: str = ""
    autocomplete: str = ""

    @property
    def words(self) -> str:
        """What stands there, in words."""
        return str(dict(self.options).get(self.value, self.value))


@dataclass
class Line:
    """One line of a table: what it is, and its fields."""

    name: str
    number: int
    kind: str
    label: Any
    fields: list[Shown] = field(default_factory=list)
    total_nok: int = 0
    may_go: bool = True

    @property
    def place(self) -> str:
        return f"{self.name}-{self.number}"


# ---- reading ----


def clean(text: str) -> str:
    """Return typed text without signs that no database keeps or that turn the reading; line ends are one sign."""
    return UNSTORED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST_TYPED]


def read_step(step: str, post: Mapping[str, str], before: Content, questions: Sequence[Question]) -> Content:
    """Return the content with what one step sent in place of what it held; the rest stands."""
    said = typed.of(typed.stored(before))
    reader = {PROJECT: _read_project, MONEY: _read_money, SUPPORT: _read_support, SEND: _read_send}.get(step)
    if reader is not None:
        reader(post, said)
    if step == PROJECT:
        for question in questions:
            if (name := f"q-{question.pk}") in post:
                said.answers[str(question.pk)] = clean(post[name])
    return said


LINES = ("title", "summary", "starts_on", "ends_on", "jobs", "contact_name", "contact_phone", "contact_email")


def _read_project(post: Mapping[str, str], said: Content) -> None:
    for name in LINES:
        if name in post:
            setattr(said, name, clean(post[name]))


def _read_money(post: Mapping[str, str], said: Content) -> None:
    said.is_vat_registered = SAID.get(post.get("is_vat_registered", ""), said.is_vat_registered)
    if "cost-0-kind" in post or "has-costs" in post:
        said.costs = [
            typed.Cost(_one_of(typed.COSTS, row("kind"), typed.OTHER), row("text"), row("hours"), row("amount"))
            for row in _rows(post, "cost")
        ]
    if "money-0-payer" in post or "has-money" in post:
        said.financing = [
            typed.Money(
                _one_of(typed.PAYERS, row("payer"), typed.OWN), row("text"), row("amount"), row("is_granted") == "yes"
            )
            for row in _rows(post, "money")
        ]


def _read_support(post: Mapping[str, str], said: Content) -> None:
    said.has_earlier_aid = SAID.get(post.get("has_earlier_aid", ""), said.has_earlier_aid)
    said.has_linked = SAID.get(post.get("has_linked", ""), said.has_linked)
    if "has-aid" in post:
        said.earlier_aid = [
            typed.Aid(row("giver"), row("decided_on"), row("amount"), row("is_minimis") == "yes")
            for row in _rows(post, "aid")
        ]
    if "has-linked" in post:
        said.linked = [typed.Linked(row("number"), row("name"), row("why")) for row in _rows(post, "linked")]


def _read_send(post: Mapping[str, str], said: Content) -> None:
    said.declared = post.get("declared") == "yes"


def _one_of(known: Sequence[str], given: str, else_: str) -> str:
    return given if given in known else else_


def _rows(post: Mapping[str, str], name: str) -> Any:
    """Give, for each line that was sent, a way to read its fields; a line is there when any of its fields is."""
    numbers = sorted({int(fits[1]) for key in post if (fits := re.fullmatch(rf"{name}-(\d{{1,3}})-\w+", key))})
    for n in numbers[: typed.MOST_ROWS]:
        yield lambda part, n=n: clean(post.get(f"{name}-{n}-{part}", ""))


ADDS = {"cost": typed.COSTS, "money": typed.PAYERS}


def change_lines(said: Content, pressed: str) -> str:
    """Add or take away a line as a button says, "add-cost-travel" or "drop-aid-2"; return where to look then."""
    verb, _dash, rest = pressed.partition("-")
    name, _dash, what = rest.partition("-")
    lists: dict[str, list[Any]] = {
        "cost": said.costs, "money": said.financing, "aid": said.earlier_aid, "linked": said.linked,
    }  # fmt: skip
    rows = lists.get(name)
    if rows is None:
        return ""
    if verb == "add" and len(rows) < typed.MOST_ROWS:
        made = {"cost": typed.Cost, "money": typed.Money, "aid": typed.Aid, "linked": typed.Linked}[name]
        rows.append(made(what) if what in ADDS.get(name, ()) else made())
        return f"{name}-{len(rows) - 1}"
    if verb == "drop" and what.isdecimal() and int(what) < len(rows):
        del rows[int(what)]
        return {"cost": "kost", "money": "fin", "aid": "tidligere", "linked": "tilknyttet"}[name]
    return ""


def with_a_line(said: Content) -> Content:
    """Return the content with a line to fill in, where one has said that there is something to tell."""
    shown = typed.of(typed.stored(said))
    if shown.has_earlier_aid and not shown.earlier_aid:
        shown.earlier_aid.append(typed.Aid())
    if shown.has_linked and not shown.linked:
        shown.linked.append(typed.Linked())
    return shown


# ---- showing: the project ----


def yes_no() -> list[tuple[str, str]]:
    return [("yes", _("Yes")), ("no", _("No"))]


def project_fields(said: Content, call: Call, questions: Sequence[Question], today: dt.date) -> list[Shown]:
    """Return the fields of the first step, the call's own questions where one tells of the project."""
    before = {
        "any": "", "submitted": _("Not before you have sent the application."),
        "decided": _("Not before you have got the answer."),
    }.get(call.starts, "")  # fmt: skip
    year = today.year + 1
    example = _("For example 1.2.%(year)d.") % {"year": year}
    found = [
        Shown("title", _("What is the project called?"), said.title),
        Shown(
            "summary", _("What will you do?"), said.summary, "long",
            _("Write so that one who does not know you understands it. Five to ten lines are enough."),
        ),
        *_questions(said, questions),
        Shown("starts_on", _("When does it start?"), said.starts_on, "date", f"{before} {example}".strip()),
        Shown("ends_on", _("When does it end?"), said.ends_on, "date",
              _("For example 31.12.%(year)d.") % {"year": year}),
    ]  # fmt: skip
    if call.asks_for_jobs:
        text = _("Full-time jobs that last when the project is over. Write 0 if there are none.")
        found.append(Shown("jobs", _("How many new jobs?"), said.jobs, "number", text))
    return found


def _questions(said: Content, questions: Sequence[Question]) -> list[Shown]:
    """Return the call's questions; one that is not asked yet is there and hidden, for the script to show."""
    asked = {row.pk for row in fund_rules.shown([asked_of(row) for row in questions], said.answers)}
    kinds = {"text": "line", "long": "long", "choice": "choice", "yes_no": "choice", "number": "number", "date": "date"}
    return [
        Shown(
            f"q-{row.pk}", row.text, said.answers.get(str(row.pk), ""), kinds[row.kind], row.help_text,
            yes_no() if row.kind == "yes_no" else [(option, option) for option in row.options],
            not row.required, row.pk not in asked, row.shown_if_id, row.shown_if_answer,
        )
        for row in questions
        if row.kind in kinds
    ]  # fmt: skip


def contact_fields(said: Content) -> list[Shown]:
    return [
        Shown("contact_name", _("Name"), said.contact_name, autocomplete="name"),
        Shown("contact_phone", _("Phone"), said.contact_phone, "tel", is_optional=True, autocomplete="tel"),
        Shown("contact_email", _("E-mail"), said.contact_email, "email", autocomplete="email"),
    ]


# ---- showing: money ----


def cost_labels() -> dict[str, str]:
    return {
        typed.OWN_WORK: _("Own work"), typed.BOUGHT: _("Bought services"), typed.MATERIAL: _("Equipment and materials"),
        typed.TRAVEL: _("Travel"), typed.OTHER: _("Other cost"),
    }  # fmt: skip


def payer_labels() -> dict[str, str]:
    return {
        typed.FUND: _("Support from this fund"), typed.OWN: _("Own money"), typed.OWN_WORK: _("Own work"),
        typed.PUBLIC: _("Other public support"), typed.PRIVATE: _("Money from other companies"),
        typed.LOAN: _("Loan"),
    }  # fmt: skip


def cost_lines(said: Content, call: Call) -> list[Line]:
    reading, found = typed.read(said, own_work_nok=call.own_work_nok), []
    for n, row in enumerate(said.costs):
        line = Line("cost", n, row.kind, cost_labels()[row.kind], total_nok=reading.costs[n])
        if row.kind == typed.OWN_WORK and call.own_work_nok:
            text = _("At %(rate)s an hour") % {"rate": format_nok(call.own_work_nok)}
            line.fields = [Shown(f"cost-{n}-hours", _("Hours"), row.hours, "number", text)]
            if row.amount.strip() and not row.hours.strip():
                line.fields.append(_amount("cost", n, row.amount))
        else:
            line.fields = [
                Shown(f"cost-{n}-text", _("What is it?"), row.text, is_optional=row.kind == typed.TRAVEL),
                _amount("cost", n, row.amount),
            ]
        found.append(line)
    return found


def _amount(name: str, n: int, value: str) -> Shown:
    return Shown(f"{name}-{n}-amount", _("Kroner"), value, "amount")


def money_lines(said: Content) -> list[Line]:
    asked = [n for n, row in enumerate(said.financing) if row.payer == typed.FUND]
    found = []
    for n, row in enumerate(said.financing):
        line = Line("money", n, row.payer, payer_labels()[row.payer], may_go=asked[:1] != [n])
        if row.payer in (typed.PUBLIC, typed.PRIVATE, typed.LOAN):
            line.fields.append(Shown(f"money-{n}-text", _("From whom?"), row.text))
        line.fields.append(_amount("money", n, row.amount))
        if row.payer == typed.PUBLIC:
            said_yes = "yes" if row.is_granted else ""
            line.fields.append(Shown(f"money-{n}-is_granted", _("It is granted already"), said_yes, "check"))
        found.append(line)
    return found


# ---- showing: support ----


def aid_lines(said: Content) -> list[Line]:
    return [
        Line("aid", n, "", _("Support %(number)d") % {"number": n + 1}, [
            Shown(f"aid-{n}-giver", _("Who gave it?"), row.giver),
            Shown(f"aid-{n}-decided_on", _("When was it granted?"), row.decided_on, "date"),
            _amount("aid", n, row.amount),
            Shown(f"aid-{n}-is_minimis", _("It was de minimis aid, or I do not know"),
                  "yes" if row.is_minimis else "", "check"),
        ])
        for n, row in enumerate(said.earlier_aid)
    ]  # fmt: skip


def linked_lines(said: Content) -> list[Line]:
    return [
        Line("linked", n, "", _("Company %(number)d") % {"number": n + 1}, [
            Shown(f"linked-{n}-number", _("Organisation number"), row.number, "amount"),
            Shown(f"linked-{n}-name", _("Name"), row.name, is_optional=True),
            Shown(f"linked-{n}-why", _("How do you belong together?"), row.why, is_optional=True),
        ])
        for n, row in enumerate(said.linked)
    ]  # fmt: skip


# ---- in words: to compare two texts, and to read through before sending ----


Words = list[tuple[str, str]]
"""Labels, and what stands there."""


def in_words(said: Content, call: Call, questions: Sequence[Question], today: dt.date) -> dict[str, Words]:
    """Return everything an application says by step, each thing with its label; what is empty is left out."""
    fields = project_fields(said, call, questions, today)
    project = [(str(row.label), row.words) for row in [*fields, *contact_fields(said)] if not row.is_hidden]
    return {PROJECT: filled(project), MONEY: _money_words(said, call), SUPPORT: filled(_support_words(said))}


def _known(said: bool | None) -> str:
    return {True: _("Yes"), False: _("No"), None: ""}[said]


def _money_words(said: Content, call: Call) -> Words:
    reading, costs, payers = typed.read(said, own_work_nok=call.own_work_nok), cost_labels(), payer_labels()
    found = [(_("Registered for VAT"), _known(said.is_vat_registered))]
    for row, amount in zip(said.costs, reading.costs, strict=True):
        if amount or row.text.strip():
            label = _("Cost: %(what)s") % {"what": _joined(costs[row.kind], row.text)}
            found.append((label, _hours(row.hours, amount)))
    found.append((_("Costs in all"), format_nok(sum(reading.costs))))
    for paid, amount in zip(said.financing, reading.financing, strict=True):
        if amount or paid.text.strip():
            label = _("Financing: %(what)s") % {"what": _joined(payers[paid.payer], paid.text)}
            found.append((label, format_nok(amount) if amount else paid.amount))
    found.append((_("Financing in all"), format_nok(sum(reading.financing))))
    return filled(found)


def _support_words(said: Content) -> Words:
    found = [(_("Public support the last three years"), _known(said.has_earlier_aid))]
    if said.has_earlier_aid:
        found += [(row.giver, f"{row.amount} ({row.decided_on})") for row in said.earlier_aid if row.giver.strip()]
    found.append((_("Other companies that belong together with yours"), _known(said.has_linked)))
    if said.has_linked:
        found += [(row.number, _joined(row.name, row.why)) for row in said.linked if row.number.strip()]
    return found


def _joined(first: str, second: str) -> str:
    return f"{first}: {second.strip()}" if second.strip() else first


def _hours(hours: str, amount: int) -> str:
    text = format_nok(amount)
    return _("%(hours)s hours, %(amount)s") % {"hours": hours.strip(), "amount": text} if hours.strip() else text


def differences(
    mine: Content, theirs: Content, call: Call, questions: Sequence[Question], today: dt.date
) -> list[tuple[str, str, str]]:
    """Return what two texts say differently: the label, mine and theirs."""
    ours = [pair for rows in in_words(mine, call, questions, today).values() for pair in rows]
    others = [pair for rows in in_words(theirs, call, questions, today).values() for pair in rows]
    found: dict[str, list[str]] = {}
    for at, rows in enumerate((ours, others)):
        for label, value in rows:
            found.setdefault(label, ["", ""])[at] = value
    return [(label, one, other) for label, (one, other) in found.items() if one != other]
