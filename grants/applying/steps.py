"""What the pages of an application show: the steps, what is missing beside them, when it was saved, and the sums."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.applying import application_forms as forms
from grants.applying import content as typed
from grants.applying import drafting, missing, submitting
from grants.applying.missing import FILES, MONEY, PROJECT, SEND, STEPS, SUPPORT
from grants.models import Application
from portal.acting_for import organisation_lists
from portal.calendar import oslo_today
from portal.templatetags.portal_tags import clock, long_date, short_date

if TYPE_CHECKING:
    from grants.applying.content import Content
    from grants.applying.missing import Facts, Missing
    from grants.fund_rules import Sums
    from grants.models import Call
    from portal.models import User


def titles() -> dict[str, str]:
    return {
        PROJECT: _("The project"), MONEY: _("Money"), SUPPORT: _("Earlier support"), FILES: _("Attachments"),
        SEND: _("Read through and send"),
    }  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step in the row at the top."""

    name: str
    title: str
    url: str
    is_done: bool
    is_here: bool


@dataclass(frozen=True)
class Lack:
    """One line of what is missing, with the way to it."""

    words: str
    url: str
    place: str
    step: str


def url_of(application: Application, step: str) -> str:
    """Return a step's page; of a preview nothing leads anywhere."""
    return reverse("write_application", args=[application.pk, step]) if application.pk else ""


def lacks(application: Application, found: list[Missing]) -> list[Lack]:
    """Return what is missing with links; on the way there the step says what is wrong at each field."""
    return [
        Lack(row.words, f"{url_of(application, row.step)}?mangler=1#{row.place}", row.place, row.step) for row in found
    ]


def frame(
    application: Application, step: str, now: dt.datetime, content: Content | None = None, *, reader: Any = None
) -> dict[str, Any]:
    """Return what stands on every step: the row of steps, what is missing, when it was saved and when it must be sent.

    A fixed number of queries, however much is asked for.
    """
    from grants.desk import late

    today = oslo_today(now)
    facts = missing.facts_of(application, today, content)
    found = missing.of(facts)
    open_steps, names = {row.step for row in found}, titles()
    supplement = application.supplements.filter(state="open").first() if application.pk else None
    row = [
        Step(name, names[name], url_of(application, name), name not in open_steps and name != SEND, name == step)
        for name in STEPS
    ]
    return {
        "application": application, "call": application.call, "authority": application.call.authority, "step": step,
        "step_title": names[step], "step_number": STEPS.index(step) + 1, "steps": row, "facts": facts, "today": today,
        "lacking": found, "missing": lacks(application, [each for each in found if each.place != "declared"]),
        "done": [each.title for each in row if each.is_done], "saved": saved_words(application, today, reader),
        "takes": drafting.takes(application, now) or supplement is not None, "supplement": supplement,
        "is_asked_again": application.state != Application.State.DRAFT,
        "late_number": late.number_of(application) if application.pk else "",
    }  # fmt: skip


def saved_words(application: Application, today: dt.date, reader: Any = None) -> str:
    """Return when it was saved, and by whom where that is another than who reads."""
    if not application.pk:
        return ""
    if reader is not None and application.edited_by_id == reader.pk:
        at = timezone.localtime(application.edited_at)
        return _("Saved %(when)s") % {"when": clock(at) if at.date() == today else short_date(at)}
    return organisation_lists.saved_words(application, today)  # type: ignore[arg-type]


def closes_words(call: Call) -> str:
    """Return the last moment to send, in words."""
    if call.closes_at is None:
        return ""
    at = timezone.localtime(call.closes_at)
    return _("%(date)s at %(clock)s") % {"date": long_date(at), "clock": clock(at)}


# ---- what one has seen ----


def part_of(content: Content, step: str) -> dict[str, Any]:
    """Return what one step holds of the content."""
    names = {
        PROJECT: (*forms.LINES, "answers"), MONEY: ("is_vat_registered", "costs", "financing"),
        SUPPORT: ("has_earlier_aid", "earlier_aid", "has_linked", "linked"),
    }.get(step, ())  # fmt: skip
    stored = typed.stored(content)
    return {name: stored[name] for name in names}


def seen(application: Application, content: Content, step: str) -> str:
    """Return which wording one has in front of her: the row's version, and what this step held of it.

    Two who write on two steps are not in each other's way.
    """
    text = json.dumps(part_of(content, step), sort_keys=True)
    return f"{application.row_version}.{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def version_seen(application: Application, content: Content, step: str, given: str) -> int:
    """Return the version to save upon: the row's own where nobody has touched this step since it was read."""
    version, _dot, _mark = given.partition(".")
    if given.partition(".")[2] == seen(application, content, step).partition(".")[2]:
        return application.row_version
    return int(version) if version.isdecimal() and len(version) < 10 else -1


# ---- sums ----


@dataclass(frozen=True)
class Bar:
    """One piece of a bar, in per cent of its width."""

    ink: str
    x: str
    width: str


@dataclass(frozen=True)
class Key:
    """What a piece of the bars is, and its amount."""

    name: str
    ink: str
    label: str
    amount: int


@dataclass(frozen=True)
class Balance:
    """The two tables against each other: sums, shares, bars and what to say about them."""

    sums: Sums
    public: str
    own: str
    limit: int | None
    says: str
    colour: str
    is_over: bool
    top: list[Bar] = field(default_factory=list)
    below: list[Bar] = field(default_factory=list)
    legend: list[Key] = field(default_factory=list)


def balance(facts: Facts) -> Balance:
    """Return how costs and financing stand against each other."""
    sums, terms = facts.sums, facts.terms
    over = missing.limit_words(sums, terms) if sums.asked_nok else ""
    if not sums.cost_nok and not sums.financing_nok:
        says, colour = _("Write what it costs and who pays. Then we compute here."), "info"
    elif sums.balances:
        says, colour = _("Costs and financing are equal. It adds up."), "success"
    else:
        says, colour = missing.balance_words(sums), "warning"
    rest = sums.financing_nok - sums.public_nok - sums.own_work_paid_nok
    scale = max(sums.cost_nok, sums.financing_nok, 1)
    legend = [
        Key("cost", "f-neutral-3", _("Costs"), sums.cost_nok), Key("fund", "f-accent", _("This fund"), sums.asked_nok),
        Key("public", "f-accent-2", _("Other public support"), sums.other_public_nok),
        Key("work", "f-neutral-2", _("Own work"), sums.own_work_paid_nok),
        Key("rest", "f-neutral", _("The rest"), rest),
    ]  # fmt: skip
    return Balance(
        sums=sums, public=missing.permille_words(sums.permille(sums.public_nok)),
        own=missing.permille_words(sums.permille(sums.own_nok)), limit=terms.share_percent, says=over or says,
        colour="danger" if over else colour, is_over=bool(over), legend=legend, top=_bars(legend[:1], scale),
        below=_bars(legend[1:], scale),
    )  # fmt: skip


def _bars(parts: list[Key], scale: int) -> list[Bar]:
    """Return bars side by side; a drawing without a viewBox, so that nothing needs a style attribute."""
    found, x = [], 0.0
    for part in parts:
        width = part.amount * 100 / scale
        found.append(Bar(part.ink, f"{x:.2f}%", f"{max(width - 0.3, 0):.2f}%"))
        x += width
    return found


# ---- the pages ----


def page(
    application: Application, step: str, now: dt.datetime, *, content: Content | None = None, errors: bool = False,
    reader: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Return a step's page: its fields as they stand, with what is wrong at each when asked for."""
    call, said = application.call, content or typed.of(application.content)
    facts = frame(application, step, now, said, reader=reader)
    questions = list(call.questions.all())
    shown = forms.with_a_line(said)
    facts["seen"] = seen(application, typed.of(application.content), step)
    if step == PROJECT:
        facts["fields"] = forms.project_fields(shown, call, questions, facts["today"])
        facts["contact"] = forms.contact_fields(shown)
    if step == MONEY:
        facts |= {
            "costs": forms.cost_lines(shown, call), "money": forms.money_lines(shown), "vat": vat_field(shown),
            "balance": balance(facts["facts"]), "cost_kinds": forms.cost_labels(),
            "payers": {key: label for key, label in forms.payer_labels().items() if key != typed.FUND},
        }  # fmt: skip
    if step == SUPPORT:
        facts |= {
            "aid": forms.aid_lines(shown), "linked": forms.linked_lines(shown), "earlier": earlier_field(shown),
            "linked_field": linked_field(shown),
        }  # fmt: skip
    if errors:
        mark_errors(facts)
    return facts


def mark_errors(facts: dict[str, Any]) -> None:
    """Put what is wrong at each field, and sum it up in the order of the page."""
    words = {row.place: row.words for row in facts["lacking"] if row.step == facts["step"]}
    order = []
    for row in fields_in(facts):
        row.error = words.get(row.place, "")
        if row.error:
            order.append((row.place, row.error))
    known = {place for place, _words in order}
    facts["mistakes"] = [*order, *((place, text) for place, text in words.items() if place not in known)]


def fields_in(facts: dict[str, Any]) -> list[forms.Shown]:
    """Return every field of a page, in its order."""
    found = [*facts.get("fields", []), *facts.get("contact", [])]
    found += [facts["vat"]] if "vat" in facts else []
    for name in ("costs", "money"):
        found += [row for line in facts.get(name, []) for row in line.fields]
    for question, lines in (("earlier", "aid"), ("linked_field", "linked")):
        if question in facts:
            found += [facts[question], *(row for line in facts[lines] for row in line.fields)]
    return found


def vat_field(said: Content) -> forms.Shown:
    text = _("If you are, write all amounts without VAT. If you are not, write them with VAT.")
    return _asked("is_vat_registered", _("Are you registered for VAT?"), said.is_vat_registered, text)


def earlier_field(said: Content) -> forms.Shown:
    text = _(
        "Grants from a municipality, a county or the state, cheap loans and guarantees count. Count for all companies "
        "that belong together with yours."
    )
    label = _("Have you had public support the last three years?")
    return _asked("has_earlier_aid", label, said.has_earlier_aid, text)


def linked_field(said: Content) -> forms.Shown:
    text = _("For example a parent company, a subsidiary, or one the same person owns most of.")
    return _asked("has_linked", _("Do other companies belong together with yours?"), said.has_linked, text)


def _asked(place: str, label: str, value: bool | None, text: str) -> forms.Shown:
    stands = {True: "yes", False: "no", None: ""}[value]
    return forms.Shown(place, label, stands, "choice", text, forms.yes_no())


def review(application: Application, now: dt.datetime, *, reader: Any = None) -> dict[str, Any]:
    """Return all that would be sent, for the last step."""
    call, said = application.call, typed.of(application.content)
    facts = frame(application, SEND, now, reader=reader)
    words = forms.in_words(said, call, list(call.questions.all()), facts["today"])
    names = titles()
    facts |= {
        "parts": [(names[step], url_of(application, step), rows) for step, rows in words.items()],
        "files": list(application.files.select_related("requirement", "question").order_by("pk")),
        "files_url": url_of(application, FILES), "balance": balance(facts["facts"]),
        "declared": said.declared, "seen": application.row_version, "closes": closes_words(call),
        "stops": stops_of(application, facts["lacking"], is_asked_again=facts["is_asked_again"]),
        "trouble": drafting.obstacle(call, application.organisation) if not facts["is_asked_again"] else "",
    }  # fmt: skip
    return facts


def stops_of(application: Application, found: list[Missing], *, is_asked_again: bool) -> list[Lack]:
    """Return what must be mended before it can be sent; of a supplement, what was not missing before."""
    rows = submitting.new_lack(application, found) if is_asked_again else found
    return lacks(application, [row for row in rows if row.place != "declared"])


def preview(call: Call, step: str, *, by: User, now: dt.datetime) -> dict[str, Any]:
    """Return a step as an applicant would see it, with nothing in it; nothing is stored."""
    said = drafting.empty(call, by)
    row = Application(call=call, authority=call.authority, applicant_name=by.name, content=typed.stored(said))
    step = step if step in (PROJECT, MONEY, SUPPORT) else PROJECT
    facts = page(row, step, now, content=said)
    return {**facts, "is_preview": True, "attachments": list(call.attachments.all())}
