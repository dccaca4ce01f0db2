"""What an application must have before it can be sent: each thing that is missing or wrong, with where it is mended.

The same list stands beside the form, and stops the button. Computed on the server; `fund_rules` knows the sums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from grants import fund_rules
from grants.applying import content as typed
from grants.fund_rules import Asked, Terms
from portal.models.organisation import valid_organisation_number
from portal.money import format_nok, format_percent
from portal.templatetags.portal_tags import short_date

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator, Sequence

    from grants.applying.content import Content, Reading
    from grants.fund_rules import Sums
    from grants.models import Application, Call

PROJECT, MONEY, SUPPORT, FILES, SEND = "prosjekt", "okonomi", "stotte", "vedlegg", "send"
STEPS = (PROJECT, MONEY, SUPPORT, FILES, SEND)
LONGEST_LINE, LONGEST_TITLE = 300, 160
NEEDS_TEXT = frozenset({typed.BOUGHT, typed.MATERIAL, typed.OTHER, typed.PUBLIC, typed.PRIVATE, typed.LOAN})
"""Kinds of costs and payers that say nothing by themselves: what is bought, and who pays."""


@dataclass(frozen=True)
class Missing:
    """One thing to see to; `place` is the id of its field, and `is_wrong` says that something stands there."""

    step: str
    place: str
    words: str
    is_wrong: bool = False


@dataclass(frozen=True)
class Facts:
    """What the list is made from: what is typed, what the call asks for, and which files are enclosed."""

    content: Content
    reading: Reading
    sums: Sums
    terms: Terms
    questions: Sequence[Asked]
    texts: dict[int, str]
    asks_for_jobs: bool
    from_day: dt.date
    attachments: Sequence[tuple[int, str]]
    """Those that must be enclosed."""
    enclosed: Collection[int]
    answered: Collection[int]
    """Questions that a file answers."""


def terms_of(call: Call) -> Terms:
    """Return what a call asks for, in figures."""
    return Terms(call.share_percent, call.cap_nok, call.smallest_nok, call.own_work_nok, call.starts)


def asked_of(row: Any) -> Asked:
    return Asked(row.pk, row.kind, row.required, tuple(row.options), row.shown_if_id, row.shown_if_answer)


def questions_of(call: Call) -> list[Asked]:
    """Return the questions of a call, in their order."""
    return [asked_of(row) for row in call.questions.all()]


def facts_of(application: Application, today: dt.date, content: Content | None = None) -> Facts:
    """Return what the list is made from; three queries, however much is asked for."""
    call, said = application.call, content or typed.of(application.content)
    rows, reading = list(call.questions.all()), typed.read(said, own_work_nok=call.own_work_nok)
    files = list(application.files.values_list("requirement_id", "question_id")) if application.pk else []
    return Facts(
        content=said, reading=reading, sums=fund_rules.sums(said, reading), terms=terms_of(call),
        questions=[asked_of(row) for row in rows], texts={row.pk: row.text for row in rows},
        asks_for_jobs=call.asks_for_jobs, from_day=application.received_on or today,
        attachments=[(row.pk, row.title) for row in call.attachments.all() if row.required],
        enclosed={requirement for requirement, _question in files if requirement},
        answered={question for _requirement, question in files if question},
    )  # fmt: skip


def missing(application: Application, today: dt.date, content: Content | None = None) -> list[Missing]:
    """Return everything an application lacks, in the order of the form."""
    return of(facts_of(application, today, content))


def of(facts: Facts) -> list[Missing]:
    """Return everything that is missing, what cannot be read in the words of its field."""
    unread = {row.place: row.code for row in facts.reading.unread}
    found = [
        *_of_project(facts), *_of_questions(facts), *_of_contact(facts.content), *_of_costs(facts),
        *_of_financing(facts), *_of_support(facts), *_of_files(facts),
    ]  # fmt: skip
    if not facts.content.declared:
        found.append(Missing(SEND, "declared", _("Say that what you have written is right.")))
    rest = [row for row in found if row.place not in unread]
    wrong = [Missing(step_of(place), place, words_of(code), is_wrong=True) for place, code in unread.items()]
    return sorted([*rest, *wrong], key=lambda row: STEPS.index(row.step))


def step_of(place: str) -> str:
    """Return the step where a field stands, by its name."""
    first = place.split("-")[0]
    return {"cost": MONEY, "money": MONEY, "aid": SUPPORT, "linked": SUPPORT, "declared": SEND}.get(first, PROJECT)


def words_of(code: str) -> str:
    """Return what to do about something typed that cannot be read."""
    return {
        "not_a_date": _("Write the date with day, month and year, like 1.2.2027."),
        "not_whole_kroner": _("Write whole kroner, without øre."),
        "negative": _("Write an amount above nought."),
        "too_large": _("The amount is too large."),
    }.get(code, _("Write a number, like 12 500."))


# ---- the project ----


def _of_project(facts: Facts) -> Iterator[Missing]:
    said, read = facts.content, facts.reading
    if not said.title.strip():
        yield Missing(PROJECT, "title", _("Give the project a name."))
    elif len(said.title.strip()) > LONGEST_TITLE:
        text = _("The name of the project can have at most %(most)d characters.")
        yield Missing(PROJECT, "title", text % {"most": LONGEST_TITLE}, is_wrong=True)
    if not said.summary.strip():
        yield Missing(PROJECT, "summary", _("Write shortly what you will do."))
    elif len(said.summary) > typed.LONGEST:
        yield _too_long("summary")
    yield from _of_dates(facts)
    if facts.asks_for_jobs and read.jobs is None:
        yield Missing(PROJECT, "jobs", _("Write how many new jobs the project gives, 0 if none."))


def _too_long(place: str) -> Missing:
    text = _("The text can have at most %(most)d characters.") % {"most": typed.LONGEST}
    return Missing(PROJECT, place, text, is_wrong=True)


def _of_dates(facts: Facts) -> Iterator[Missing]:
    starts, ends = facts.reading.starts_on, facts.reading.ends_on
    if starts is None:
        yield Missing(PROJECT, "starts_on", _("Write when the project starts."))
    elif facts.terms.starts != "any" and starts < facts.from_day:
        text = (
            _("The project cannot start before you have got the answer. Write a later date.")
            if facts.terms.starts == "decided"
            else _("The project cannot start before you have sent the application. Write a later date.")
        )
        yield Missing(PROJECT, "starts_on", text, is_wrong=True)
    if ends is None:
        yield Missing(PROJECT, "ends_on", _("Write when the project ends."))
    elif starts is not None and ends < starts:
        text = _("The end must come after the start, %(start)s. Write a later date.") % {"start": short_date(starts)}
        yield Missing(PROJECT, "ends_on", text, is_wrong=True)


def _of_questions(facts: Facts) -> Iterator[Missing]:
    for asked in fund_rules.shown(facts.questions, facts.content.answers):
        answer, place = facts.content.answers.get(str(asked.pk), "").strip(), f"q-{asked.pk}"
        if asked.kind == "file":
            if asked.required and asked.pk not in facts.answered:
                yield Missing(FILES, f"fil-{asked.pk}", _("Enclose: %(what)s") % {"what": facts.texts[asked.pk]})
        elif not answer:
            if asked.required:
                yield Missing(PROJECT, place, _("Answer: %(question)s") % {"question": facts.texts[asked.pk]})
        elif wrong := _wrong_answer(asked, answer):
            yield Missing(PROJECT, place, wrong, is_wrong=True)


def _wrong_answer(asked: Asked, answer: str) -> str:
    """Return what is wrong with an answer, by the kind of its question; nothing where it is right."""
    if asked.kind == "choice" and answer not in asked.options:
        return _("Choose one of the answers.")
    if asked.kind == "yes_no" and answer not in ("yes", "no"):
        return _("Choose yes or no.")
    if asked.kind == "number" and not typed.is_number(answer):
        return words_of("not_a_number")
    if asked.kind == "date":
        try:
            typed.read_date(answer)
        except ValueError:
            return words_of("not_a_date")
    if len(answer) > typed.LONGEST:
        return _too_long("").words
    if asked.kind == "text" and len(answer) > LONGEST_LINE:
        return _("The answer can have at most %(most)d characters.") % {"most": LONGEST_LINE}
    return ""


def _of_contact(said: Content) -> Iterator[Missing]:
    if not said.contact_name.strip():
        yield Missing(PROJECT, "contact_name", _("Write who we can talk with."))
    if not said.contact_email.strip():
        yield Missing(PROJECT, "contact_email", _("Write an e-mail address we can use."))
        return
    try:
        validate_email(said.contact_email.strip())
    except ValidationError:
        text = _("Write the e-mail address as name@company.no.")
        yield Missing(PROJECT, "contact_email", text, is_wrong=True)


# ---- money ----


def _of_costs(facts: Facts) -> Iterator[Missing]:
    said, terms, cost = facts.content, facts.terms, facts.sums.cost_nok
    if said.is_vat_registered is None:
        yield Missing(MONEY, "is_vat_registered", _("Say whether you are registered for VAT."))
    if not cost:
        yield Missing(MONEY, "cost-0-amount", _("Write what the project costs."))
    elif terms.smallest_nok is not None and cost < terms.smallest_nok:
        text = _("The project costs %(cost)s. The fund supports projects of at least %(least)s.")
        facts_ = {"cost": format_nok(cost), "least": format_nok(terms.smallest_nok)}
        yield Missing(MONEY, "cost-0-amount", text % facts_, is_wrong=True)
    for n, (row, amount) in enumerate(zip(said.costs, facts.reading.costs, strict=True)):
        if amount and row.kind in NEEDS_TEXT and not row.text.strip():
            yield Missing(MONEY, f"cost-{n}-text", _("Write what this cost is for."))


def _of_financing(facts: Facts) -> Iterator[Missing]:
    said, sums, terms = facts.content, facts.sums, facts.terms
    fund = next((n for n, row in enumerate(said.financing) if row.payer == typed.FUND), 0)
    for n, (row, amount) in enumerate(zip(said.financing, facts.reading.financing, strict=True)):
        if amount and row.payer in NEEDS_TEXT and not row.text.strip():
            yield Missing(MONEY, f"money-{n}-text", _("Write who pays this."))
    if not sums.asked_nok:
        yield Missing(MONEY, f"money-{fund}-amount", _("Write how much you apply for."))
    elif limit := limit_words(sums, terms):
        yield Missing(MONEY, f"money-{fund}-amount", limit, is_wrong=True)
    if sums.own_work_paid_nok > sums.own_work_cost_nok:
        place = next(f"money-{n}-amount" for n, row in enumerate(said.financing) if row.payer == typed.OWN_WORK)
        text = _("Own work cannot pay more than it costs: %(cost)s.") % {"cost": format_nok(sums.own_work_cost_nok)}
        yield Missing(MONEY, place, text, is_wrong=True)
    if sums.cost_nok and sums.financing_nok and not sums.balances:
        own = next((n for n, row in enumerate(said.financing) if row.payer == typed.OWN), fund)
        yield Missing(MONEY, f"money-{own}-amount", balance_words(sums), is_wrong=True)


def balance_words(sums: Sums) -> str:
    """Return by how much costs and financing differ, and what to do."""
    short = sums.short_nok
    if short > 0:
        text = _("The financing is %(amount)s lower than the costs. Raise one of the amounts, or lower the costs.")
    else:
        text = _("The financing is %(amount)s higher than the costs. Lower one of the amounts, or raise the costs.")
    return text % {"amount": format_nok(abs(short))}


def limit_words(sums: Sums, terms: Terms) -> str:
    """Return why so much cannot be applied for; nothing where it can."""
    if terms.cap_nok is not None and sums.asked_nok > terms.cap_nok:
        return _("You can apply for at most %(cap)s.") % {"cap": format_nok(terms.cap_nok)}
    if terms.share_percent is None or not sums.cost_nok:
        return ""
    found = fund_rules.limits(
        replace(terms, cap_nok=None), asked_nok=sums.asked_nok, cost_nok=sums.cost_nok,
        other_public_nok=sums.other_public_nok,
    )  # fmt: skip
    most = fund_rules.largest_nok(found)
    if most >= sums.asked_nok:
        return ""
    text = _("All public support can be at most %(share)d %% of the costs. You can apply for at most %(most)s.")
    return text % {"share": terms.share_percent, "most": format_nok(most)}


def permille_words(permille: int | None) -> str:
    """Return a share as it is written, "50,0 %"; nothing where there are no costs."""
    return "" if permille is None else format_percent(Decimal(permille) / 10)


# ---- support, and files ----


def _of_support(facts: Facts) -> Iterator[Missing]:
    said = facts.content
    if said.has_earlier_aid is None:
        yield Missing(SUPPORT, "has_earlier_aid", _("Say whether you have had public support the last three years."))
    elif said.has_earlier_aid:
        yield from _of_earlier(facts)
    if said.has_linked is None:
        yield Missing(SUPPORT, "has_linked", _("Say whether other companies belong together with yours."))
    elif said.has_linked:
        yield from _of_linked(said)


def _of_earlier(facts: Facts) -> Iterator[Missing]:
    if not facts.content.earlier_aid:
        yield Missing(SUPPORT, "aid-0-giver", _("Write who gave the support, when and how much."))
    for n, (row, (decided_on, amount)) in enumerate(
        zip(facts.content.earlier_aid, facts.reading.earlier_aid, strict=True)
    ):
        if not row.giver.strip():
            yield Missing(SUPPORT, f"aid-{n}-giver", _("Write who gave the support."))
        if decided_on is None:
            yield Missing(SUPPORT, f"aid-{n}-decided_on", _("Write when the support was granted."))
        elif decided_on > facts.from_day:
            text = _("The support cannot have been granted after today. Write an earlier date.")
            yield Missing(SUPPORT, f"aid-{n}-decided_on", text, is_wrong=True)
        if not amount:
            yield Missing(SUPPORT, f"aid-{n}-amount", _("Write how large the support was."))


def _of_linked(said: Content) -> Iterator[Missing]:
    if not said.linked:
        yield Missing(SUPPORT, "linked-0-number", _("Write the organisation number of the other company."))
    for n, row in enumerate(said.linked):
        number = typed.bare(row.number)
        if not number:
            yield Missing(SUPPORT, f"linked-{n}-number", _("Write the organisation number of the other company."))
            continue
        try:
            valid_organisation_number(number)
        except ValidationError as error:
            yield Missing(SUPPORT, f"linked-{n}-number", error.messages[0], is_wrong=True)


def _of_files(facts: Facts) -> Iterator[Missing]:
    for pk, title in facts.attachments:
        if pk not in facts.enclosed:
            yield Missing(FILES, f"krav-{pk}", _("Enclose: %(what)s") % {"what": title})
