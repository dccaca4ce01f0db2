"""The desk's list of applications: what waits for the reader first, narrowed by the address, at a bounded cost.

Numbers are counted no further than a reader can use them, and words are looked up in an index: a hundred thousand
applications cost what a hundred do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from grants import notices
from grants.desk import turns
from grants.models import Application, Call
from grants.permissions import CALLS
from portal import export
from portal.models.base import NorwegianKey, key_in

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from portal.models import Authority, User

PER_PAGE = 100
MOST_FIRST = 500
"""So many that wait for the reader stand before all others; the rest of hers stand in the list's own order."""
MOST_COUNTED = 10_000
LARGEST_FILE = 20_000
ME, NOBODY = "meg", "ingen"
State = Application.State
SHOWN: dict[str, tuple[Any, Q]] = {
    "": (_("To be decided"), Q(state=State.SUBMITTED)),
    "min": (_("Your turn"), turns.alive() & Q(is_hers=True)),
    "soker": (_("Waits for the applicant"), turns.with_applicant()),
    "tilsagn": (pgettext_lazy("applications", "Granted"), Q(state=State.GRANTED)),
    "avslag": (pgettext_lazy("applications", "Refused"), Q(state=State.REFUSED)),
    "avvist": (pgettext_lazy("applications", "Dismissed"), Q(state=State.DISMISSED)),
    "trukket": (pgettext_lazy("applications", "Withdrawn"), Q(state=State.WITHDRAWN)),
    "alle": (pgettext_lazy("applications", "All"), Q()),
}
SORTS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "": (_("My turn first"), ("received_on", "pk")),
    "svar": (_("Answer expected first"), (F("expected_on").asc(nulls_last=True), "pk")),
    "ny": (_("Newest first"), ("-received_on", "-pk")),
    "navn": (_("Applicant"), (NorwegianKey("applicant_name"), "pk")),
}
REFERENCE = re.compile(r"nf-\d{4}-\d+", re.IGNORECASE)
WORD = re.compile(r"\w+")


class Asked(NamedTuple):
    """What the address asks the list for."""

    show: str
    words: str
    call: int
    officer: str
    sort: str

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        given = request.GET
        show, sort, officer = given.get("vis", ""), given.get("sorter", ""), given.get("saksbehandler", "")
        return cls(
            show if show in SHOWN else "", " ".join(given.get("q", "").replace("\0", "").split())[:80],
            key_in(given.get("utlysning", "")), officer if officer in (ME, NOBODY) or key_in(officer) else "",
            sort if sort in SORTS else "",
        )  # fmt: skip

    def query(self, **other: Any) -> str:
        """Return it as an address has it, with something else in its place where given."""
        named = {"vis": self.show, "q": self.words, "utlysning": self.call, "saksbehandler": self.officer,
                 "sorter": self.sort}  # fmt: skip
        return urlencode({name: value for name, value in {**named, **other}.items() if value})


def matching(words: str) -> Q:
    """Return the condition that an application is what was searched for: its number, or the beginnings of words."""
    if REFERENCE.fullmatch(words):
        return Q(reference=words.upper())
    number = "".join(words.split())
    if number.isdecimal() and len(number) == 9:
        return Q(organisation__number=number)
    parts = [f"'{part}':*" for part in WORD.findall(words)]
    if not parts:
        return Q(pk=None)
    return Q(search=SearchQuery(" & ".join(parts), config="norwegian", search_type="raw"))


def of_authority(authority: Authority, asked: Asked, user: User, today: dt.date) -> Any:
    """Return the applications that fit what was asked, each marked for its reader; never a draft."""
    rows = Application.objects.sent().filter(authority=authority)
    if asked.call:
        rows = rows.filter(call=asked.call)
    if asked.officer == ME:
        rows = rows.filter(case__officer=user.pk)
    elif asked.officer:
        rows = rows.filter(case__officer=None if asked.officer == NOBODY else key_in(asked.officer))
    if asked.words:
        rows = rows.filter(matching(asked.words))
    return turns.marked(rows, user, today).filter(SHOWN[asked.show][1])


@dataclass(frozen=True)
class Page:
    """One page of a list that is not counted to its end; as `components/pages.html` asks."""

    number: int
    count: int
    is_counted: bool
    num_pages: int

    @property
    def paginator(self) -> Page:
        return self

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.num_pages

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @classmethod
    def of(cls, rows: Any, wanted: str | None) -> Page:
        counted = rows.order_by()[: MOST_COUNTED + 1].count()
        pages = max(-(-min(counted, MOST_COUNTED) // PER_PAGE), 1)
        number = min(max(key_in(wanted or ""), 1), pages)
        return cls(number, min(counted, MOST_COUNTED), counted <= MOST_COUNTED, pages)


def page_rows(rows: Any, asked: Asked, page: Page, user: User, today: dt.date) -> tuple[list[Any], int]:
    """Return one page, the reader's own turns before the rest, and how many of those there are; two queries."""
    first: list[int] = []
    if not asked.sort:
        first = list(rows.filter(is_hers=True).order_by(*turns.pressing()).values_list("pk", flat=True)[:MOST_FIRST])
    start, end, order = (page.number - 1) * PER_PAGE, page.number * PER_PAGE, SORTS[asked.sort][1]
    rest = rows.exclude(pk__in=first).order_by(*order).values("pk")
    rest = rest[max(start - len(first), 0) : max(end - len(first), 0)] if end > len(first) else rest.none()
    place = {pk: number for number, pk in enumerate(first[start:end])}
    wanted = Application.objects.filter(Q(pk__in=list(place)) | Q(pk__in=rest)).select_related("call", "case__officer")
    found = list(turns.marked(wanted.defer("content", "register_copy"), user, today).order_by(*order))
    return sorted(found, key=lambda row: place.get(row.pk, PER_PAGE)), len(first)


def listed(authority: Authority, asked: Asked, user: User, today: dt.date, page: str | None) -> dict[str, Any]:
    """Return one page of the applications and what they may be narrowed by; five queries."""
    rows = of_authority(authority, asked, user, today)
    here = Page.of(rows, page)
    found, hers = page_rows(rows, asked, here, user, today)
    calls = Call.objects.filter(authority=authority, published_at__isnull=False).order_by("-opens_at", "-pk")
    people = notices.staff_with(authority.pk, CALLS, today)
    return {
        "rows": [Line(row, authority.slug) for row in found], "page": here, "hers": hers,
        "is_many_hers": hers == MOST_FIRST, "asked": asked, "query": asked.query(), "shown": SHOWN[asked.show][0],
        "chips": [
            {"word": word, "query": asked.query(vis=name), "is_chosen": name == asked.show}
            for name, (word, _keep) in SHOWN.items()
        ],
        "sorts": [(name, word) for name, (word, _order) in SORTS.items()],
        "calls": list(calls.values_list("pk", "title")),
        "officers": [(str(each.pk), each.name) for each in people if each.pk != user.pk],
        "is_narrowed": bool(asked.query(sorter="")),
    }  # fmt: skip


class Line:
    """A row of the list: what it waits for, and whether its reader may see what is asked for."""

    def __init__(self, row: Any, slug: str) -> None:
        self.row = row
        self.stage = turns.stage_of(row)
        self.page = turns.page_of(row, slug)
        self.may_see = row.stand == turns.MAY
        self.is_out = row.stand == turns.OUT
        self.mark = turns.mark_of(row)


# ---- the file ----

COLUMNS = (
    ("reference", _("Reference")), ("applicant_name", _("Applicant")),
    ("organisation.number", _("Organisation number")), ("title", _("Project")), ("call.title", _("Call")),
    ("get_state_display", _("State")), ("waits_for", _("Waits for")), ("received_on", _("Received")),
    ("get_source_display", _("How it came")), ("expected_on", _("Answer expected")),
    ("asked_nok", _("Asked for, in kroner")), ("cost_nok", _("Costs in kroner")),
    ("jobs_planned", _("New jobs planned")), ("starts_on", _("Project starts")), ("ends_on", _("Project ends")),
    ("case.officer.name", _("Officer")), ("case.external_number", _("Case number")),
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A line of the file that is no application: what it leaves out."""

    reference: str


def as_file(form: str, authority: Authority, asked: Asked, user: User, today: dt.date) -> HttpResponse:
    """Return what the list shows as a file, without those its reader may not handle; how many is said in it."""
    rows = of_authority(authority, asked, user, today)
    may = rows.filter(stand=turns.MAY).select_related("organisation", "call", "case__officer")
    found: list[Any] = list(may.defer("content", "register_copy").order_by(*SORTS[asked.sort][1])[:LARGEST_FILE])
    for row in found:
        row.waits_for = str(turns.stage_of(row).words)
    out = rows.exclude(stand=turns.MAY).order_by()[:MOST_COUNTED].count()
    if out:
        found.append(Said(left_out(out)))
    if len(found) >= LARGEST_FILE:
        text = _("The file holds the first %(n)d. Narrow the list to get the rest.")
        found.append(Said(str(text % {"n": LARGEST_FILE})))
    return export.answer(form, "soknader", COLUMNS, found)


def left_out(n: int) -> str:
    """Return how many are left out of a file, and why."""
    text = ngettext(
        "%(n)d application is left out: you have not said that nothing ties you to it, or something does.",
        "%(n)d applications are left out: you have not said that nothing ties you to them, or something does.", n,
    )  # fmt: skip
    return text % {"n": n}
