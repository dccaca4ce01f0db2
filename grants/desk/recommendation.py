"""A batch's recommendation on paper, in words and figures: what is recommended of each application, and why.

It is laid out as PDF and as a Word file from the same `Paper`, in the authority's language form.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants import fund_rules
from grants.desk import application_page, assessing
from grants.desk.proposing import limits_of
from grants.models import Assessment, BatchLine, Criterion, Outcome
from portal.calendar import Precision, format_precise
from portal.filing import EXEMPT_BASIS
from portal.models import Declaration
from portal.money import format_nok
from strategy.papers import pdf, word
from strategy.papers.blocks import Cell, Column, Group, Heading, Paper, Table, Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from grants.models import Application, Batch
    from strategy.papers.blocks import Block


def lines_of(batch: Batch) -> list[BatchLine]:
    """Return a batch's lines in their order, each with its application, assessment and treatment."""
    rows = batch.lines.select_related(
        "application__call", "application__case", "application__assessment__assessed_by", "step__body",
    ).prefetch_related("application__call__criteria", "application__assessment__scores__criterion")  # fmt: skip
    return list(rows.order_by("position", "pk"))


def assessment_of(application: Application) -> Assessment | None:
    return getattr(application, "assessment", None)


def paper_of(batch: Batch, *, is_draft: bool = False) -> Paper:
    """Return the recommendation, in the active language."""
    lines = lines_of(batch)
    meets = _day(batch.meets_on)
    foot = _("%(authority)s · %(title)s · meeting %(day)s")
    return Paper(
        language=batch.authority.language_form, title=batch.title, subject=f"{batch.title}, {meets}",
        kicker=_("Recommendation, not sent yet") if is_draft else _("Recommendation"), owner=batch.authority.full_name,
        lede=lede_of(lines), facts=list(_facts(batch, lines)),
        foot=foot % {"authority": batch.authority.full_name, "title": batch.title, "day": meets},
        page_of=_("Page {page} of {pages}"), hash_line=_("Exempt from access: %(basis)s") % {"basis": EXEMPT_BASIS},
        blocks=list(_blocks(batch, lines)),
        invented=_("Everything marked “oppdiktet” is invented for the demonstration.") if batch.invented else "",
    )  # fmt: skip


def files_of(batch: Batch, *, is_draft: bool = False) -> tuple[bytes, bytes]:
    """Return the recommendation as PDF and as .docx; the same batch gives the same bytes."""
    with translation.override(batch.authority.language_form):
        paper = paper_of(batch, is_draft=is_draft)
        return bytes(pdf.compiled(paper, at=batch.meets_on)), word.laid_out(paper, batch.meets_on)


def recommended_words(application: Application) -> str:
    """Return the resolution that is proposed, in the active language; nothing until it is assessed."""
    row = assessment_of(application)
    if row is None or not row.outcome:
        return ""
    texts = {
        Outcome.GRANTED.value: _("%(who)s is granted up to %(sum)s for “%(what)s”."),
        Outcome.REFUSED.value: _("The application from %(who)s for “%(what)s” is refused."),
        Outcome.DISMISSED.value: _("The application from %(who)s for “%(what)s” is dismissed without assessment."),
    }
    facts = {"who": application.applicant_name, "what": application.title, "sum": format_nok(row.amount_nok or 0)}
    return texts[row.outcome] % facts


# ---- what stands on top ----


def sum_of(lines: list[BatchLine]) -> int:
    """Return what is recommended in all."""
    rows = [assessment_of(line.application) for line in lines]
    return sum(row.amount_nok or 0 for row in rows if row is not None)


def lede_of(lines: list[BatchLine]) -> str:
    """Return what is recommended in one sentence, with figures."""
    outcomes = [row.outcome for line in lines if (row := assessment_of(line.application)) is not None]
    granted = outcomes.count(Outcome.GRANTED)
    text = ngettext(
        "%(n)d application: %(granted)d recommended for a grant, %(sum)s in all.",
        "%(n)d applications: %(granted)d recommended for a grant, %(sum)s in all.", len(lines),
    )  # fmt: skip
    return text % {"n": len(lines), "granted": granted, "sum": format_nok(sum_of(lines))}


def _facts(batch: Batch, lines: list[BatchLine]) -> Iterator[str]:
    yield _("To %(body)s, meeting %(day)s.") % {"body": batch.body.name, "day": _day(batch.meets_on)}
    money = application_page.money_of(lines[0].application.call) if lines else None
    if money is not None:
        facts = {"year": money.year, "left": format_nok(money.left_nok)}
        yield _("%(left)s can be granted in %(year)d.") % facts
        after = money.left_nok - sum_of(lines)
        if after >= 0:
            yield _("%(sum)s is left after this recommendation.") % {"sum": format_nok(after)}
        else:
            yield _("The recommendation is %(sum)s more than can be granted.") % {"sum": format_nok(-after)}


# ---- the blocks ----


def _blocks(batch: Batch, lines: list[BatchLine]) -> Iterator[Block]:
    if len(lines) > 1:
        yield Heading(_("All applications"))
        yield _overview(lines)
    for number, line in enumerate(lines, 1):
        yield from _one(number, line)
    yield Heading(_("Impartiality"))
    yield Text(impartiality_words(batch, lines))


def _overview(lines: list[BatchLine]) -> Table:
    columns = [
        Column(_("No."), 0.07, is_number=True), Column(_("Applicant and project"), 0.41),
        Column(_("Points"), 0.14, is_number=True), Column(_("Asked for"), 0.17, is_number=True),
        Column(_("Recommended"), 0.21, is_number=True),
    ]  # fmt: skip
    rows = []
    for number, line in enumerate(lines, 1):
        row, what = assessment_of(line.application), line.application
        rows.append(
            [
                Cell(str(number)), Cell(f"{what.applicant_name}: {what.title}"), Cell(points_of(what)),
                Cell(format_nok(what.asked_nok or 0)), Cell(outcome_words(row)),
            ]
        )  # fmt: skip
    asked = sum(line.application.asked_nok or 0 for line in lines)
    total = [Cell(), Cell(_("In all")), Cell(), Cell(format_nok(asked)), Cell(format_nok(sum_of(lines)))]
    return Table(_("All applications"), columns, [Group(rows)], total)


def outcome_words(row: Assessment | None) -> str:
    if row is None or not row.outcome:
        return _("not assessed")
    return format_nok(row.amount_nok) if row.amount_nok else str(row.get_outcome_display())


def points_of(application: Application) -> str:
    criteria = list(application.call.criteria.all())
    return assessing.points_words(assessing.score_of(assessment_of(application), criteria)) or "–"


def _one(number: int, line: BatchLine) -> Iterator[Block]:
    what, row = line.application, assessment_of(line.application)
    yield Heading(f"{number}. {what.applicant_name}: {what.title}", 2, note=f"{what.reference} · {what.call.title}")
    found = limits_of(what, row)
    names = {"asked": _("what is applied for"), "share": _("the highest share"), "cap": _("the highest grant")}
    bound = ", ".join(names[each.name] for each in found if each.binds)
    largest = _("%(sum)s, by %(limits)s") % {"sum": format_nok(fund_rules.largest_nok(found)), "limits": bound}
    facts = [
        (_("Asked for"), format_nok(what.asked_nok or 0)), (_("Costs"), format_nok(what.cost_nok or 0)),
        (_("Largest grant the statutes allow"), largest),
        (_("New jobs planned"), fund_rules.jobs_words(what.jobs_planned)),
        (_("Project period"), "–".join(_day(day) for day in (what.starts_on, what.ends_on) if day)),
    ]  # fmt: skip
    shown = [[Cell(name), Cell(text)] for name, text in facts if text]
    yield Table(_("Key figures"), [Column("", 0.4), Column("", 0.6)], [Group(shown)])
    if row is None:
        yield Text(_("Not assessed."))
        return
    yield from _paragraphs(row.summary)
    yield from _points(list(what.call.criteria.all()), row)
    yield Heading(_("Grounds"), 3)
    yield from _paragraphs(row.grounds)
    yield Heading(_("Recommendation"), 3)
    yield Text(recommended_words(what))


def _paragraphs(text: str) -> Iterator[Text]:
    for part in re.split(r"\n\s*\n", text):
        if part.strip():
            yield Text(part.strip())


def _points(criteria: list[Criterion], row: Assessment) -> Iterator[Table]:
    given = {score.criterion_id: score for score in row.scores.all()}
    rows = [
        [Cell(one.title), Cell(str(one.weight)), Cell(f"{score.points} / {one.most_points}"), Cell(score.reason)]
        for one in criteria
        if (score := given.get(one.pk)) is not None
    ]
    if rows:
        columns = [
            Column(_("Criterion"), 0.34), Column(_("Weight"), 0.1, is_number=True),
            Column(_("Points"), 0.13, is_number=True), Column(_("Why"), 0.43),
        ]  # fmt: skip
        yield Table(_("Points by criterion"), columns, [Group(rows)])


def impartiality_words(batch: Batch, lines: list[BatchLine]) -> str:
    """Return what the minutes are to say of those who prepared it: no name, only how many are out."""
    cases = [line.application.case_id for line in lines]
    ties = Declaration.objects.filter(case__in=cases, answer=Declaration.Answer.TIE, user__isnull=False)
    out = ties.exclude(ruling__is_impartial=True).values("user").distinct().count()
    text = _(
        "Everyone who prepared this recommendation has declared that nothing ties her or him to any of the"
        " applications, or was ruled impartial with a reason that stands in the case. The applications share a frame:"
        " who is tied to one of them takes part in none."
    )
    if out:
        more = ngettext(
            "%(n)d person at the desk has declared a tie and has taken no part.",
            "%(n)d persons at the desk have declared ties and have taken no part.", out,
        )  # fmt: skip
        more %= {"n": out}
        text = f"{text} {more}"
    members = _("Members of the body say whether they are impartial before the item is treated.")
    return f"{text} {members}"


def _day(day: dt.date) -> str:
    return format_precise(day, Precision.DAY, translation.get_language() or "nb", in_text=True)
