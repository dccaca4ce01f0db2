"""What an applicant's own pages read: each application with its state in words, what is expected of her, and by when.

Drafts stand here and nowhere else. Each list costs a fixed number of queries, however many applications there are.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants import fund_rules, letters_of, own_words, states
from grants.applying import content as typed
from grants.applying import old_drafts, reach
from grants.models import Application, Decision
from grants.own_lists import FAR, Todo
from portal.calendar import oslo_today
from portal.models import Document
from portal.money import format_nok
from portal.templatetags.portal_tags import clock, long_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grants.models import ApplicationVersion
    from grants.states import Facts, Shown
    from portal.models import Organisation, User

SHOWN = 200
"""Applications on one page; nobody has had more."""
ON_MY_PAGE = 10
State = Application.State
LETTERS = (letters_of.PRELIMINARY, letters_of.SUPPLEMENT, letters_of.DECISION, letters_of.PAYOUT)
"""Letters in an application's case that are written to its applicant."""


@dataclass
class Line:
    """One application as its applicant sees it in a list."""

    row: Application
    shown: Shown
    known: Facts

    @property
    def url(self) -> str:
        return reverse("own_application", args=[self.row.pk])

    @property
    def is_open(self) -> bool:
        """Whether something is still going on: she is waited for, or the fund is."""
        return self.shown.who != states.NOBODY or self.row.state in (State.DRAFT, State.SUBMITTED)

    @property
    def about(self) -> str:
        """How much: "Application for kr 250 000"."""
        asked, decision = self.row.asked_nok, self.known.decision
        if self.row.state == State.DRAFT:
            asked = asked_in_draft(self.row)
        if decision is not None and decision.amount_nok and self.known.was_told:
            return _("Grant of %(amount)s") % {"amount": format_nok(decision.amount_nok)}
        return _("Application for %(amount)s") % {"amount": format_nok(asked)} if asked else _("Application")

    @property
    def due(self) -> str:
        """The day, in words, by which something happens."""
        day = self.shown.when
        if day is None:
            return ""
        text = _("By %(date)s") if self.shown.who == states.APPLICANT else _("Answer expected by %(date)s")
        return text % {"date": long_date(day)}

    @property
    def unread(self) -> int:
        return self.known.unread_by_applicant


def asked_in_draft(row: Application) -> int:
    """Return what a draft asks for so far, in kroner."""
    content = typed.of(row.content)
    reading = typed.read(content, own_work_nok=row.call.own_work_nok)
    return fund_rules.sums(content, reading).asked_nok


# ---- all of them ----


def rows_of(user: User, today: dt.date) -> list[Application]:
    """Return the applications that are one's own today, what was touched last first; one query."""
    rows = reach.ROWS.filter(reach.mine(user, today)).order_by("-edited_at", "-pk")
    return list(rows[:SHOWN])


def lines(rows: Sequence[Application], today: dt.date) -> list[Line]:
    """Return applications as lines; where she is waited for first, then by day."""
    known, now = states.facts_of(rows), timezone.now()
    found = [
        Line(row, states.of_application(row, today, for_applicant=True, facts=known[row.pk], now=now), known[row.pk])
        for row in rows
    ]
    return sorted(found, key=lambda line: states.sort_key(line.shown, for_applicant=True))


def todos(found: Iterable[Line], today: dt.date) -> list[Todo]:
    """Return what is expected of the applicant, the late and the near first."""
    todo = [one for line in found for one in _of_line(line)]
    for one in todo:
        if one.due_on is not None:
            one.days, one.is_late = own_words.distance(one.due_on, today), one.due_on < today
    return sorted(todo, key=lambda one: (one.may_wait, one.due_on or FAR))


def _of_line(line: Line) -> list[Todo]:
    row, known, shown = line.row, line.known, line.shown
    found = []
    if row.state == State.DRAFT and shown.who == states.APPLICANT:
        title = _("Finish the application “%(title)s”") % {"title": row}
        url = reverse("write_application", args=[row.pk, "prosjekt"])
        found.append(Todo(title, url, f"{row.call.title}. {saved_words(row)}", due_on=shown.when))
    elif known.supplement is not None and row.state == State.SUBMITTED:
        title = _("Send what is missing in %(reference)s") % {"reference": row.reference}
        found.append(Todo(title, line.url, str(row), due_on=known.supplement.due_on))
    elif shown.standing == "application_answer" and known.decision is not None:
        title = _("Answer the grant of %(amount)s") % {"amount": format_nok(known.decision.amount_nok or 0)}
        text = _("%(reference)s. If you do not accept in time, it lapses.") % {"reference": row.reference}
        found.append(Todo(title, reverse("own_decision", args=[row.pk]), text, due_on=shown.when))
    if line.unread:
        title = ngettext("Read %(count)d new message", "Read %(count)d new messages", line.unread)
        url = reverse("own_messages", args=[row.pk])
        found.append(Todo(title % {"count": line.unread}, url, row.reference, may_wait=True))
    return found


def saved_words(row: Application) -> str:
    """Return when a draft was saved: "Saved at 14.32 today."."""
    day = oslo_today(row.edited_at)
    if day == timezone.localdate():
        return _("Saved %(time)s today.") % {"time": clock(row.edited_at)}
    return _("Saved %(date)s.") % {"date": long_date(row.edited_at)}


# ---- on the person's page and the organisation's ----


def panel(organisations: list[Organisation], user: Any, today: dt.date) -> dict[int, dict[str, Any]]:
    """Return what each organisation has of applications, for the pages that show all it has; nothing where none."""
    del user
    rows = reach.ROWS.filter(organisation__in=organisations).order_by("-edited_at", "-pk")
    by_owner: dict[int, list[Line]] = defaultdict(list)
    for line in lines(list(rows[:SHOWN]), today):
        by_owner[line.row.organisation_id].append(line)  # type: ignore[index]
    return {pk: {**_summed(found, today), "url": reverse("own_applications")} for pk, found in by_owner.items()}


def _summed(found: list[Line], today: dt.date) -> dict[str, Any]:
    live, waits = [line for line in found if line.is_open], [one for one in todos(found, today) if not one.may_wait]
    text = ngettext("%d application is under way.", "%d applications are under way.", len(live)) % len(live)
    if waits:
        text += " " + ngettext("%d thing waits for you.", "%d things wait for you.", len(waits)) % len(waits)
    return {
        "template": "grants/own_applications/panel.html", "text": text if live else "", "waits": waits,
        "live": live[:ON_MY_PAGE], "more": max(len(live) - ON_MY_PAGE, 0), "title": _("Your applications"),
    }  # fmt: skip


def personal(user: Any, today: dt.date) -> dict[str, Any] | None:
    """Return all that one has applied for, herself or for others, for her own page; nothing where she has not."""
    found = lines(rows_of(user, today), today)
    if not found:
        return None
    return {**_summed(found, today), "url": reverse("own_applications"), "is_personal": True}


# ---- one of them ----


@dataclass(frozen=True)
class Happened:
    """One thing that has happened, for the applicant to read."""

    at: dt.date
    text: str
    detail: str = ""


def timeline(row: Application, known: Facts) -> list[Happened]:
    """Return what has happened with an application that the applicant may know, the newest first; three queries."""
    found = [Happened(oslo_today(row.created_at), _("Begun"))] if row.source == row.Source.WEB else []
    for version in row.versions.select_related("sent_by", "supplement"):
        who = _("by %(name)s") % {"name": version.sent_by} if version.sent_by and row.source == row.Source.WEB else ""
        text = _("Sent, version %(number)d") if version.number > 1 else _("Sent")
        day = oslo_today(version.sent_at) if version.number > 1 else row.received_on or oslo_today(version.sent_at)
        found.append(Happened(day, text % {"number": version.number} if version.number > 1 else text, who))
    for asked in row.supplements.all():
        due = _("answer by %(date)s") % {"date": long_date(asked.due_on)}
        found.append(Happened(oslo_today(asked.asked_at), _("We asked for more"), due))
        if asked.state == asked.State.CANCELLED and row.state != State.WITHDRAWN and asked.answered_at:
            found.append(Happened(oslo_today(asked.answered_at), _("What we asked for is not needed any more")))
    if known.assessment is not None and known.assessment.complete_on:
        found.append(Happened(known.assessment.complete_on, _("Found complete")))
    if row.withdrawn_at:
        found.append(Happened(oslo_today(row.withdrawn_at), _("Withdrawn by you"), row.withdrawn_why))
    for decision in row.decisions.exclude(notified_on=None).order_by("number"):
        found += _of_decision(decision)
    order = sorted(enumerate(found), key=lambda pair: (pair[1].at, pair[0]), reverse=True)
    return [one for _place, one in order]


def _of_decision(decision: Decision) -> list[Happened]:
    detail = format_nok(decision.amount_nok) if decision.amount_nok else ""
    words = {
        Decision.Answer.ACCEPTED: _("You accepted the grant"), Decision.Answer.DECLINED: _("You turned the grant down"),
        Decision.Answer.LAPSED: _("The grant lapsed"),
    }  # fmt: skip
    told = _("Decided: %(outcome)s") % {"outcome": decision.get_outcome_display().lower()}
    found = [Happened(decision.notified_on or decision.decided_on, told, detail)]
    if decision.answered_at and decision.answer:
        found.append(Happened(oslo_today(decision.answered_at), words[Decision.Answer(decision.answer)]))
    return found


def documents_of(row: Application) -> list[Document]:
    """Return what one has sent and been sent of an application, the newest first: never what others have asked of it.

    One query; nothing of a draft, whose files are not documents yet.
    """
    if row.case_id is None:
        return []
    theirs = Q(application_file__application=row) | Q(pk__in=row.versions.values("document"))
    letters = Q(letter__kind__in=LETTERS, direction=Document.Direction.OUTGOING)
    complaints = Q(case__complaint__decision__application=row) & ~Q(direction=Document.Direction.INTERNAL)
    rows = Document.objects.filter(((theirs | letters) & Q(case=row.case_id)) | complaints)
    return list(rows.order_by("-dated_on", "-pk").distinct())


def versions_of(row: Application) -> list[ApplicationVersion]:
    """Return an application as it was sent, each time, the newest first."""
    return list(row.versions.select_related("sent_by", "document", "supplement").order_by("-number"))


def facts_page(row: Application, today: dt.date) -> dict[str, Any]:
    """Return what an application's own page shows of it besides its content."""
    known = states.facts_of([row])[row.pk]
    line = Line(row, states.of_application(row, today, for_applicant=True, facts=known), known)
    return {
        "line": line, "shown": line.shown, "known": known, "todos": todos([line], today),
        "timeline": timeline(row, known), "documents": documents_of(row), "deleted_on": old_drafts.deleted_on(row),
    }  # fmt: skip
