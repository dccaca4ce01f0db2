"""A frozen report as it stands on paper: the words and figures of the page, in its order, without layout.

The PDF and the Word document are both laid out from `Paper`, so that they cannot say two things. It asks no database;
the words come in the language that the caller has set, which is the plan's own.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from strategy import changes, figure_words, sentences
from strategy.papers.blocks import (
    Bar,
    Block,
    Cell,
    Column,
    Counted,
    GoalLine,
    Group,
    Heading,
    Late,
    Listing,
    Mark,
    News,
    NewsColumn,
    Paper,
    Spread,
    Table,
    Text,
    Value,
    mark_of,
)
from strategy.rules import Reporting, count
from strategy.status import assemble

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from strategy.content import Content, Figure, ReportHead, Treatment
    from strategy.levels import Aim, GoalBlock
    from strategy.models import PlanReport
    from strategy.rows import Row
    from strategy.status import Status

INVENTED = "oppdiktet"
"""The word is Norwegian in every language, as announced."""


def paper_of(content: Content, sha256: str) -> Paper:
    """Return the report on paper, in the active language.

    Raises:
        ValueError: the content is not of a numbered report.
    """
    head = content.report
    if head is None:
        raise ValueError("only a numbered report goes on paper")
    status = assemble(content, live=True)
    plan = str(content.plan)
    return Paper(
        language=content.plan.language, title=plan, subject=f"{plan}: {name_of(head)}", kicker=_("Status of the plan"),
        owner=content.plan.authority_name, lede=status.sentence, facts=list(facts_of(status, head)),
        foot=" · ".join(
            filter(None, (content.plan.authority_name, name_of(head), frozen_words(head), treated_by(head.treatment)))
        ),
        page_of=_("Page {page} of {pages}"), hash_line=f"SHA-256 {sha256}", blocks=list(_blocks(status)),
        invented=_("Everything marked “oppdiktet” is invented for the demonstration.") if status.invented else "",
    )  # fmt: skip


# ---- what it is ----


def name_of(head: ReportHead | PlanReport) -> str:
    """Return "Rapport nr. 2", and which version when it is a correction."""
    facts = {"number": head.number, "version": head.version}
    return (_("Report no. %(number)d, version %(version)d") if head.version > 1 else _("Report no. %(number)d")) % facts


def frozen_words(head: ReportHead) -> str:
    return _("frozen %(day)s") % {"day": _day(head.frozen_on)}


def treated_by(treatment: Treatment) -> str:
    """Return "Formannskapet 24. september 2026, sak 84/26": what of it is known."""
    when = sentences.long_day(treatment.on, treatment.precision) if treatment.on else ""
    number = _(", case %(number)s") % {"number": treatment.number} if treatment.number else ""
    return f"{treatment.body} {when}".strip() + number


def facts_of(status: Status, head: ReportHead) -> Iterator[str]:
    """Yield what the reader must know of the report itself."""
    yield status.heading
    if head.first_frozen_on is not None and head.first_frozen_on != head.frozen_on:
        yield _("The first version was frozen %(day)s.") % {"day": _day(head.first_frozen_on)}
    if status.treated:
        yield status.treated


def _day(day: dt.date) -> str:
    return sentences.long_day(day)


# ---- the blocks, in the page's order ----


def _blocks(status: Status) -> Iterator[Block]:
    words = sentences.Words.of(status.content.plan)
    if status.rows:
        yield _spread(status)
    yield from _news(status)
    yield from _goals(status, words)
    for figure in status.content.figures:
        yield from _figure(figure)
    if status.rows:
        yield from _late(status)
        yield from _not_reported(status)
    yield from _money(status)
    yield from _measures(status, words)
    yield from _around(status, words)
    yield Heading(_("How we set status"))
    yield Listing(_how_status_is_set())


def _spread(status: Status) -> Spread:
    counts = count(row.standing for row in status.rows)
    shown = [Counted(mark_of(each.value), number) for each, number in counts.items() if number]
    missing = sum(row.reporting == Reporting.NOT_REPORTED for row in status.rows)
    note = _("These add up to %(total)d.") % {"total": len(status.rows)}
    if missing:
        shown.append(Counted(mark_of("not_reported"), missing))
        note = _("All but the last add up to %(total)d. A measure that is not reported has its status as well.")
        note %= {"total": len(status.rows)}
    return Spread(
        alt=", ".join(f"{each.mark.word} {each.number}" for each in shown),
        parts=[(each.value, number) for each, number in counts.items() if number], counts=shown, note=note,
    )  # fmt: skip


def _news(status: Status) -> Iterator[Block]:
    yield Heading(_("Changed since the last report"))
    told = status.changed
    if told is None:
        yield Text(_("This is the first report of the plan, so there is none to compare with."))
        return
    yield Text(told.intro, "note")
    if told.groups:
        yield News([NewsColumn(Mark(group.heading, group.colour, group.icon), _lines(group)) for group in told.groups])
    if told.ending:
        yield Text(told.ending, "note")


def _lines(group: changes.Group) -> list[str]:
    return [f"{line.text}: {line.detail}" if line.detail else line.text for line in group.lines]


# ---- goals ----


def _goals(status: Status, words: sentences.Words) -> Iterator[Block]:
    """Yield one line for each target, those of the whole plan first, and one for each goal without any."""
    aim = status.content.plan.aim
    if not (status.aims or status.goals or aim):
        return
    yield Heading(_("How %(goals)s stand") % {"goals": words.the_goals})
    if status.has_targets:
        yield Text(_("The bar shows the way from start to target. The line across shows where we should be."), "note")
    if aim:
        yield GoalLine(_("Overall aim"), "", None if status.aims else mark_of("no_data"), text=aim)
    for each in status.aims:
        yield _target(each, each.line.title, "")
    for goal in status.goals:
        name = f"{goal.name}: {goal.title}" if goal.name else goal.title
        if not goal.aims:
            yield GoalLine(name, goal.description, mark_of("no_data"), text=_measures_of(goal))
        for place, each in enumerate(goal.aims):
            last = place == len(goal.aims) - 1
            yield _target(each, name if place == 0 else each.line.title, _measures_of(goal) if last else "")


def _target(aim: Aim, title: str, measures: str) -> GoalLine:
    line, bullet = aim.line, aim.bullet
    about = f"{line.indicator}, {line.area}" + (f", {line.unit}" if line.unit != figure_words.PER_CENT else "")
    values = [
        Value(fact.label, fact.value, " ".join(filter(None, (fact.about, INVENTED if fact.invented else ""))))
        for fact in bullet.facts
    ]
    bar = Bar()
    if bullet.is_measured:
        bar = Bar(_share(bullet.fill), _share(bullet.cross), bullet.is_stale, bullet.is_wrong_way)
    return GoalLine(
        title=title, note=". ".join(filter(None, ("" if title == line.title else line.title, about))),
        mark=mark_of(line.standing.value), bar=bar, values=values, text=" ".join([*bullet.texts, measures]).strip(),
        alt="; ".join(f"{each.label}: {each.value}" for each in values),
    )  # fmt: skip


def _share(per_cent: str) -> float | None:
    return float(per_cent.rstrip("%")) / 100 if per_cent else None


def _measures_of(goal: GoalBlock) -> str:
    """Return "6 tiltak: 1 forsinket, 4 i rute." """
    if not goal.all_rows:
        return ""
    return f"{goal.size}: {goal.counts_text}." if goal.counts_text else f"{goal.size}."


def _figure(figure: Figure) -> Iterator[Block]:
    """Yield an indicator's series as a table: dates down, areas across."""
    days = sorted({point.on for series in figure.series for point in series.points})
    known = [{point.on: point for point in series.points} for series in figure.series]
    rows = []
    for day in days:
        cells = [Cell(figure_words.when(day))]
        for points in known:
            point = points.get(day)
            text = figure_words.level(point.value, figure.unit, figure.decimals) if point else _("not measured")
            cells.append(Cell(f"{text} ({INVENTED})" if point and point.invented else text))
        rows.append(cells)
    names = [", ".join(filter(None, (series.area, series.category))) for series in figure.series]
    unit = "" if figure.unit == figure_words.PER_CENT else _("Counted in %(unit)s.") % {"unit": figure.unit}
    yield Heading(figure.name, 3, note=" ".join(filter(None, (figure.definition, unit))))
    share = 0.8 / max(len(names), 1)
    columns = [Column(_("When"), 0.2), *(Column(name, share, is_number=True) for name in names)]
    yield Table(figure.name, columns, [Group(rows)])
    if figure.source:
        source = ", ".join(filter(None, (figure.source, figure.licence)))
        yield Text(_("Source: %(source)s") % {"source": source}, "note")


def _late(status: Status) -> Iterator[Block]:
    yield Heading(_("Late: %(size)s") % {"size": status.late_size})
    if not status.late:
        yield Text(_("Nothing is late."))
        return
    day = {"date": _day(status.today)}
    yield Text(_("Longest past the date first. Days are counted to %(date)s.") % day, "note")
    for row in status.late:
        passed, due = row.what_is_late
        asked = bool(row.last_reported_on)
        not_given = _("not given") if asked else _("not reported")
        facts = [
            (_("What is late"), _("The milestone “%(title)s”") % {"title": passed} if passed else _("The due date")),
            (_("Date"), due),
            (_("Reason"), row.reason or not_given),
            (_("Next step"), row.next_step or not_given),
            (_("New date"), row.new_due or not_given),
            (_("We ask for"), row.asks or _("nothing now")),
        ]  # fmt: skip
        unit = ngettext("day past the date", "days past the date", row.days_late)
        title = f"{row.full_number} {row.title}".strip()
        who = f"{_who(row, status)} ({INVENTED})" if row.invented else _who(row, status)
        yield Late(str(row.days_late), unit, title, who, facts)


def _who(row: Row, status: Status) -> str:
    return f"{row.authority}: {row.responsible}" if status.is_shared and row.authority else row.responsible


def _not_reported(status: Status) -> Iterator[Block]:
    if not status.unreported:
        return
    size = sentences.counted(len(status.unreported), status.measure_word)
    yield Heading(_("Not reported: %(size)s") % {"size": size})
    yield Text(_("We do not guess: a measure without a report counts neither as good nor as bad."), "note")
    columns = [
        Column(capfirst(sentences.one(status.measure_word)), 0.55), Column(_("Responsible"), 0.27),
        Column(_("Last reported"), 0.18),
    ]  # fmt: skip
    listed = [
        [Cell(f"{row.full_number} {row.title}".strip()), Cell(_who(row, status)), Cell(row.last_reported or _("never"))]
        for row in (each.row for each in status.unreported)
    ]
    yield Table(_("Not reported"), columns, [Group(listed)])


def _money(status: Status) -> Iterator[Block]:
    money = status.money
    if money is None:
        return
    yield Heading(_("Money"))
    share = 0.6 / (len(money.years) + 1)
    columns = [
        Column(capfirst(status.content.plan.goal_word), 0.4),
        *(Column(year, share, is_number=True) for year in money.years),
        Column(_("Proposed"), share, is_number=True),
    ]
    rows = [
        [
            Cell(f"{row.name}: {row.title}" if row.name else row.title or _("Without a goal")),
            *(Cell(amount) for _year, amount in row.by_year), Cell(row.proposed),
        ]
        for row in money.rows
    ]  # fmt: skip
    total = [Cell(_("In all")), *(Cell(amount) for _year, amount in money.total.by_year), Cell(money.total.proposed)]
    yield Table(_("Set aside by budget year"), columns, [Group(rows)], total)


def _measures(status: Status, words: sentences.Words) -> Iterator[Block]:
    if not status.rows:
        return
    yield Heading(_("All %(size)s") % {"size": status.measures_size})
    numbered, mark = status.is_numbered, f"({INVENTED})" if status.invented else ""
    columns = [
        *([Column(_("No."), 0.07)] if numbered else []), Column(capfirst(words.measure), 0.36 if numbered else 0.43),
        *(Column(f"{word} {mark}".strip(), width) for word, width in
          ((_("Status"), 0.19), (_("Due"), 0.19), (_("Responsible"), 0.19))),
    ]  # fmt: skip
    for goal in status.tables:
        name = f"{goal.name}: {goal.title}" if goal.name else goal.title
        caption = name or _("Without a %(goal)s") % {"goal": words.goal}
        groups = [
            Group([_measure(row, status) for row in block.rows], f"{block.number} {block.title}".strip())
            for block in goal.blocks
            if block.rows
        ]
        if groups:
            yield Heading(caption, 3, note=f"{goal.size}: {goal.counts_text}." if goal.counts_text else goal.size)
            yield Table(caption, columns, groups)


def _measure(row: Row, status: Status) -> list[Cell]:
    marks = [mark_of(row.standing.value)]
    if row.reporting == Reporting.NOT_REPORTED:
        marks.append(mark_of("not_reported"))
    number = [Cell(row.full_number)] if status.is_numbered else []
    return [*number, Cell(row.title), Cell(marks=marks), Cell(row.due), Cell(_who(row, status))]


def _around(status: Status, words: sentences.Words) -> Iterator[Block]:
    """Yield what has no measures of its own, and what the plan itself says it is for."""
    if across := [*status.lines, *status.grips]:
        yield Heading(_("Across %(goals)s") % {"goals": words.the_goals})
        yield Listing([f"{block.number} {block.title}".strip() for block in across])
    plan = status.content.plan
    pairs = [
        (_("Vision"), plan.vision), (_("Mission"), plan.mission), (_("Values"), plan.values),
        (_("Superior plan"), plan.superior_plan), (_("Period"), plan.period), (_("Source"), plan.source),
        (_("Applies to"), ", ".join(f"{one.name} ({one.role_word.lower()})" for one in status.participants)),
    ]  # fmt: skip
    rows = [[Cell(word), Cell(text)] for word, text in pairs if text]
    yield Heading(_("About the plan"))
    yield Table(_("About the plan"), [Column(_("What"), 0.22), Column(_("As the plan says it"), 0.78)], [Group(rows)])


def _how_status_is_set() -> list[str]:
    """Return the sentences that the page itself shows."""
    page = render_to_string("portal/how_status_is_set.html")
    return [" ".join(unescape(strip_tags(item)).split()) for item in re.findall(r"<li>(.*?)</li>", page, re.DOTALL)]
