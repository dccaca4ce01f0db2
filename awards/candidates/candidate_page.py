"""One candidate with everything the desk knows of it; the same queries whatever there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards import permissions
from awards.candidates import answers, candidate_lists, eligibility, holding, informing
from awards.models import Candidate, Nomination
from portal.models import Document, Event, User
from portal.models.base import NorwegianKey

if TYPE_CHECKING:
    import datetime as dt

    from awards.models import PrizeRound

MOST_HAPPENINGS = 100
HAPPENED: dict[str, Any] = {
    "candidate_made": gettext_lazy("The first nomination came"),
    "nomination_received": gettext_lazy("A nomination came"),
    "nomination_registered": gettext_lazy("A nomination was registered from paper"),
    "nominee_told": gettext_lazy("The nominee was told by e-mail"),
    "nominee_told_on_paper": gettext_lazy("The nominee was told in another way"),
    "nominee_written_to": gettext_lazy("A letter to the nominee was written"),
    "nominee_answered": gettext_lazy("The nominee answered"),
    "candidates_gathered": gettext_lazy("Another nominee was gathered in this one"),
    "candidates_taken_apart": gettext_lazy("It was taken out of another again"),
    "nomination_moved": gettext_lazy("A nomination was moved here"),
    "nomination_dismissed": gettext_lazy("A nomination was found not to count"),
    "nomination_counts": gettext_lazy("A nomination counts after all"),
    "candidate_out": gettext_lazy("Found that it cannot win"),
    "candidate_in": gettext_lazy("Let in again"),
    "candidate_changed": gettext_lazy("What was written of the nominee was put right"),
    "nominee_thanked": gettext_lazy("The nominee was written to after the ceremony"),
    "access_assessed": gettext_lazy("Access was assessed"),
    "impartiality_declared": gettext_lazy("Ties to the case were declared"),
    "impartiality_ruled": gettext_lazy("A tie was ruled on"),
}


class Happening(NamedTuple):
    """A line of a candidate's history."""

    at: dt.datetime
    text: Any
    who: str


def desk_page(found: Candidate, user: Any, today: dt.date) -> dict[str, Any]:
    """Return what a candidate's page shows to one who may handle its whole field."""
    round_, rows = found.round, nominations_of(found)
    obstacles = eligibility.obstacles_of(found, today)
    gathered = list(found.merged.select_related("case").order_by("pk"))
    cases = [found.case_id, *[one.case_id for one in gathered]]
    may = permissions.may(user, found.authority_id, permissions.SETS_UP)
    takes, answerable = round_.state in holding.TAKES, answers.takes_answer(found)
    told = found.informed_on is not None
    return {
        "line": candidate_lists.state_of(found, obstacles, today), "obstacles": obstacles,
        "nominations": rows, "gathered": gathered, "documents": documents_of(cases),
        "answers": list(found.answers.select_related("registered_by").order_by("-pk")),
        "happenings": happenings(cases), "may_handle": may, "may_move": may and takes and answerable,
        "may_answer": may and answerable, "may_tell": may and round_.state in informing.TELLS and answerable,
        "others": others_in(round_, found) if may and takes else [], "neighbours": neighbours(found),
        "register": found.register_copy or {}, "told": told,
        "founded_on": eligibility.day((found.register_copy or {}).get("founded_on")),
        "tell_by": None if told else tell_by(rows), "finalist": found.is_finalist,
    }  # fmt: skip


def nominations_of(found: Candidate) -> list[Nomination]:
    """Return the nominations of a candidate with their files, in the order they came; two queries."""
    rows = found.nominations.select_related("registered_by", "category__category").prefetch_related("files__document")
    return list(rows.order_by("number"))


def documents_of(cases: list[int]) -> list[Document]:
    """Return the documents of a candidate's case, and of those gathered in it, which are no nomination's; one query."""
    rows = Document.objects.filter(case__in=cases, nomination_file=None)
    return list(rows.order_by("-dated_on", "-pk"))


def others_in(round_: PrizeRound, found: Candidate) -> list[tuple[str, list[Candidate]]]:
    """Return the other candidates of the round by category, its own first; one query."""
    rows = Candidate.objects.filter(round=round_, merged_into=None).exclude(pk=found.pk)
    by: dict[str, list[Candidate]] = {}
    own = str(found.category)
    for row in rows.select_related("category__category").order_by("category__position", NorwegianKey("name"), "pk"):
        by.setdefault(str(row.category), []).append(row)
    return sorted(by.items(), key=lambda each: each[0] != own)


def neighbours(found: Candidate) -> dict[str, Candidate | None]:
    """Return the candidates before and after this in its category, by name; one query."""
    rows = list(
        Candidate.objects.filter(category=found.category_id, merged_into=None).order_by(NorwegianKey("name"), "pk")
    )
    place = next((n for n, row in enumerate(rows) if row.pk == found.pk), None)
    if place is None:
        return {"before": None, "after": None}
    return {"before": rows[place - 1] if place else None, "after": rows[place + 1] if place + 1 < len(rows) else None}


def tell_by(rows: list[Nomination]) -> dt.date | None:
    """Return the day by which the law wants the nominee told: a month after the first nomination."""
    days = [row.received_on for row in rows]
    return min(days) + informing.WITHIN if days else None


def happenings(cases: list[int]) -> list[Happening]:
    """Return what has happened in these cases, the newest first; two queries."""
    rows = Event.objects.filter(case__in=cases, kind__in=HAPPENED).order_by("-at", "-pk")
    events = list(rows[:MOST_HAPPENINGS])
    names = dict(User.objects.filter(pk__in={event.actor_id for event in events}).values_list("pk", "name"))
    gone, outside = _("One who is not here any more"), _("The nominee or who nominates")
    return [
        Happening(row.at, HAPPENED[row.kind], names.get(row.actor_id, gone) if row.actor_id else outside)
        for row in events
    ]
