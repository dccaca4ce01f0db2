"""What followers of a plan are told when a report is released: public facts only, each text made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from portal import outbox
from portal.templatetags.portal_tags import STANDINGS
from strategy import changes, status

if TYPE_CHECKING:
    from strategy.content import Content
    from strategy.models import PlanReport
    from strategy.rows import Row

STOP = "https://stop.invalid/"
"""Stands in a text where each receiver's own link comes."""
SHOWN = 10
"""So many changes stand in the mail; the page has them all."""


class News(NamedTuple):
    """One part of a measure that stands otherwise in public than it did."""

    title: str
    authority: str
    """Whose part it is, where several have one."""
    before: str
    after: str
    """Codes of standings. Empty: it was not told before, or it is no longer in the plan."""
    url: str

    @property
    def word_before(self) -> str:
        return str(STANDINGS[self.before].word) if self.before else ""

    @property
    def word_after(self) -> str:
        return str(STANDINGS[self.after].word) if self.after else ""


def of_measures(before: Content | None, after: Content) -> dict[int, list[News]]:
    """Return, by measure, the parts whose public standing is another than in the report before.

    Before the first report nothing was public, so every measure is news.
    """
    was = {row.part_id: row for row in before.rows} if before else {}
    now = {row.part_id: row for row in after.rows}
    is_shared = len({row.authority_id for row in after.rows}) > 1
    found: dict[int, list[News]] = {}
    for part, row in now.items():
        old = was.get(part)
        if old is None or old.standing != row.standing:
            found.setdefault(row.measure_id, []).append(_news(row, old, row, is_shared=is_shared))
    for part, row in was.items():
        if part not in now:
            found.setdefault(row.measure_id, []).append(_news(row, row, None, is_shared=is_shared))
    return found


def _news(row: Row, old: Row | None, new: Row | None, *, is_shared: bool) -> News:
    return News(
        f"{row.full_number} {row.title}".strip(), row.authority if is_shared else "",
        old.standing.value if old else "", new.standing.value if new else "", settings.BASE_URL + row.url,
    )  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A mail's words for everyone who follows the same; only the way out differs."""

    facts: dict[str, Any]

    def with_stop(self, url: str) -> dict[str, Any]:
        """Return the mail as `outbox.compose` takes it, with this receiver's own way out."""
        filled = {name: self.facts[name].replace(STOP, url) for name in ("text", "html")}
        return {**self.facts, **filled, "unsubscribe_url": url}


class Letters:
    """The mails of one release: each is put into words when the first who is to have it comes."""

    def __init__(self, report: PlanReport, after: Content, news: dict[int, list[News]]) -> None:
        self.report, self.after, self.news = report, after, news
        self.made: dict[tuple[str, tuple[int, ...], bool], Letter] = {}

    def words(self, language: str, measures: tuple[int, ...], *, of_plan: bool) -> Letter:
        """Return the mail for one who follows these measures, and perhaps the plan."""
        asked = (language, measures, of_plan)
        if asked not in self.made:
            with translation.override(language):
                self.made[asked] = self._write(language, measures, of_plan=of_plan)
        return self.made[asked]

    def _write(self, language: str, measures: tuple[int, ...], *, of_plan: bool) -> Letter:
        lines = [line for measure in measures for line in self.news.get(measure, [])]
        plan = self.report.plan
        facts: dict[str, Any] = {
            "subject": self._subject(lines, of_plan=of_plan), "authority": plan.authority, "language": language,
            "plan": plan, "report": self.report, "lines": lines, "of_plan": of_plan, "unsubscribe_url": STOP,
            "link": self._address(), "link_text": _("See the report"),
        }  # fmt: skip
        if of_plan:
            told = self.after.changes.lines if self.after.changes else []
            facts |= {
                "sentence": status.assemble(self.after, live=True).sentence, "since": self.after.changes,
                "groups": changes.groups(told[:SHOWN]), "more": max(len(told) - SHOWN, 0),
            }  # fmt: skip
        return Letter({
            "subject": facts["subject"], "text": render_to_string("emails/followed_news.txt", facts),
            "html": render_to_string("emails/followed_news.html", facts), "authority": plan.authority,
            "language": language, "thread": outbox.thread_of(plan),
        })  # fmt: skip

    def _subject(self, lines: list[News], *, of_plan: bool) -> str:
        if of_plan and self.report.version > 1:
            return _("Report no. %(number)d is corrected: %(plan)s") % self._named()
        if of_plan:
            return _("Report no. %(number)d is released: %(plan)s") % self._named()
        titles = {line.title for line in lines}
        if len(titles) == 1:
            return _("News of what you follow: %(title)s") % {"title": titles.pop()}
        return _("News of what you follow in %(plan)s") % self._named()

    def _named(self) -> dict[str, Any]:
        return {"number": self.report.number, "plan": self.report.plan}

    def _address(self) -> str:
        plan = self.report.plan
        return settings.BASE_URL + reverse("plan_report", args=[plan.authority.slug, plan.slug, self.report.number])
