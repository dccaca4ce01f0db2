"""The desk's list of a round's candidates: names, categories, counts and states; nothing of what is said of them.

A round has some hundreds of candidates at most: they are fetched together and narrowed here, in the same few queries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from awards import permissions, rules
from awards.candidates import eligibility, gathering, holding
from awards.models import Candidate, RoundCategory
from portal import export, impartiality
from portal.impartiality import MAY, OUT
from portal.models.base import NorwegianKey, key_in

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from awards.models import PrizeRound

PER_PAGE = 100
MOST_SUGGESTED = 20
State, Answer = Candidate.State, Candidate.Answer
SHOWN: dict[str, Any] = {
    "": pgettext_lazy("candidates", "Take part"),
    "fortell": gettext_lazy("To be told"),
    "svar": gettext_lazy("Told, no answer"),
    "sjekk": gettext_lazy("To be checked"),
    "nei": pgettext_lazy("candidates", "Have declined"),
    "ut": pgettext_lazy("candidates", "Cannot win"),
    "alle": pgettext_lazy("candidates", "All"),
}
SORTS: dict[str, Any] = {
    "": gettext_lazy("Name"),
    "antall": gettext_lazy("Most nominations first"),
    "ny": gettext_lazy("Newest first"),
}


class Asked(NamedTuple):
    """What the address asks the list for."""

    show: str
    words: str
    category: int
    sort: str

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        given = request.GET
        show, sort = given.get("vis", ""), given.get("sorter", "")
        words = " ".join(given.get("q", "").replace("\0", "").split())[:80]
        return cls(
            show if show in SHOWN else "", words, key_in(given.get("kategori", "")), sort if sort in SORTS else ""
        )

    def query(self, **other: Any) -> str:
        """Return it as an address has it, with something else in its place where given."""
        named = {"vis": self.show, "q": self.words, "kategori": self.category, "sorter": self.sort}
        return urlencode({name: value for name, value in {**named, **other}.items() if value})


@dataclass(frozen=True)
class Line:
    """One candidate in the list, with what it waits for."""

    row: Candidate
    mark: str
    word: str
    detail: str = ""
    obstacles: list[str] = field(default_factory=list)


def state_of(row: Candidate, obstacles: list[str], today: dt.date) -> Line:
    """Return how a candidate stands, with what an officer does next."""
    if row.state == State.OUT:
        return Line(row, "cancelled", _("Cannot win"), "", obstacles)
    if row.state == State.DECLINED:
        return Line(row, "cancelled", _("Has declined"), "", obstacles)
    if obstacles:
        return Line(row, "not_reported", _("To be checked"), " ".join(obstacles), obstacles)
    if row.informed_on is None:
        return Line(row, "at_risk", _("To be told"), "" if row.email else _("No e-mail is known: tell on paper."))
    if row.answer == Answer.ACCEPTED:
        return Line(row, "done", _("Takes part"))
    if row.answer_due_on and row.answer_due_on < today:
        return Line(row, "on_hold", _("Told, no answer"), _("Takes part all the same."))
    return Line(row, "on_hold", _("Told, no answer"))


def rows_of(round_: PrizeRound) -> list[Candidate]:
    """Return the candidates of a round that are not gathered in another, with their nominations counted; one query."""
    counted = Q(nominations__dismissed_why="")
    rows = Candidate.objects.filter(round=round_, merged_into=None).select_related("category__category", "case")
    rows = rows.annotate(
        counted=Count("nominations", filter=counted), newest=Max("nominations__received_at"),
    )  # fmt: skip
    return list(rows.order_by(NorwegianKey("name"), "pk"))


def fits(line: Line, asked: Asked) -> bool:
    """Say whether a line is what the address asks for."""
    row = line.row
    if asked.category and row.category_id != asked.category:
        return False
    if asked.words and not _has(row, asked.words):
        return False
    active = row.state == State.ACTIVE
    return {
        "": active, "fortell": active and row.informed_on is None,
        "svar": active and row.informed_on is not None and not row.answer, "sjekk": active and bool(line.obstacles),
        "nei": row.state == State.DECLINED, "ut": row.state == State.OUT,
    }.get(asked.show, True)  # fmt: skip


def _has(row: Candidate, words: str) -> bool:
    number = "".join(words.split())
    if number.isdecimal():
        return number in row.number
    key = rules.name_key(words)
    return words.casefold() in row.name.casefold() or (bool(key) and key in rules.name_key(row.name))


def lines_of(round_: PrizeRound, today: dt.date) -> list[Line]:
    """Return every candidate of a round with how it stands; three queries."""
    rows = rows_of(round_)
    obstacles = eligibility.obstacles_among(round_, rows, today)
    return [state_of(row, obstacles[row.pk], today) for row in rows]


def sorted_by(lines: list[Line], sort: str) -> list[Line]:
    if sort == "antall":
        return sorted(lines, key=lambda line: -line.row.counted)  # type: ignore[attr-defined]
    if sort == "ny":
        newest: Any = lambda line: (line.row.newest is not None, line.row.newest)  # noqa: E731
        return sorted(lines, key=newest, reverse=True)
    return lines


def listed(round_: PrizeRound, asked: Asked, user: Any, today: dt.date, side: str | None) -> dict[str, Any]:
    """Return what the list shows."""
    every = lines_of(round_, today)
    chosen = sorted_by([line for line in every if fits(line, asked)], asked.sort)
    page = Paginator(chosen, PER_PAGE).get_page(side)
    categories = list(RoundCategory.objects.filter(round=round_).select_related("category"))
    numbers = {key: sum(fits(line, asked._replace(show=key)) for line in every) for key in SHOWN}
    may = permissions.may(user, round_.authority_id, permissions.SETS_UP)
    stands = standings_by_category(user, [line.row for line in every])
    takes = round_.state in holding.TAKES
    pairs = gathering.alike([line.row for line in every]) if takes and may else []
    return {
        "lines": page.object_list, "page": page, "asked": asked, "query": asked.query(), "count": len(chosen),
        "categories": categories, "sorts": SORTS.items(), "all": len(every), "may_handle": may, "takes": takes,
        "nominations": sum(line.row.counted for line in every),  # type: ignore[attr-defined]
        "chips": [
            {"word": word, "number": numbers[key], "query": asked.query(vis=key), "is_chosen": key == asked.show}
            for key, word in SHOWN.items() if key == asked.show or numbers[key] or key in ("", "alle")
        ],
        "is_narrowed": bool(asked.words or asked.category or asked.show),
        "to_tell": sum(line.row.state == State.ACTIVE and line.row.informed_on is None for line in every),
        "closed": [
            {"category": each, **stands[each.pk], "url": reverse("candidate_desk", args=[
                round_.authority.slug, round_.prize.slug, round_.year, stands[each.pk]["first"],
            ])}
            for each in categories if each.pk in stands and stands[each.pk]["waits"]
        ],
        "out_of": [each for each in categories if each.pk in stands and stands[each.pk]["is_out"]],
        "pairs": pairs[:MOST_SUGGESTED], "more_pairs": max(len(pairs) - MOST_SUGGESTED, 0),
    }  # fmt: skip


def standings_by_category(user: Any, rows: list[Candidate]) -> dict[int, dict[str, Any]]:
    """Return, for each category, how many a person has not declared for, and whether she is out of it; one query.

    The operator reads all, and declares nothing.
    """
    if getattr(user, "is_superuser", False):
        return {}
    field_ = [row for row in rows if row.state == State.ACTIVE]
    found = impartiality.standings(user, [row.case_id for row in field_])
    by: dict[int, dict[str, Any]] = {}
    for row in field_:
        each = by.setdefault(row.category_id, {"waits": 0, "is_out": False, "first": row.pk})
        each["waits"] += found[row.case_id] not in MAY
        each["is_out"] |= found[row.case_id] in OUT
    for each in by.values():
        each["waits"] = 0 if each["is_out"] else each["waits"]
    return by


def as_file(form: str, round_: PrizeRound, asked: Asked, today: dt.date) -> HttpResponse:
    """Return what the list shows as a file: no reasons, no addresses, no nominators.

    Raises:
        Http404: another form than csv or xlsx.
    """
    lines = sorted_by([line for line in lines_of(round_, today) if fits(line, asked)], asked.sort)
    columns: list[tuple[Any, Any]] = [
        ("row.name", _("Nominee")), ("row.number", _("Organisation number")), ("row.get_kind_display", _("Kind")),
        ("row.category", _("Category")), ("row.place", _("Place")), ("row.counted", _("Nominations")),
        ("word", _("State")), ("row.informed_on", _("Told")), ("row.get_answer_display", _("Answer")),
        (lambda line: " ".join(line.obstacles), _("What the statutes say against it")),
    ]  # fmt: skip
    return export.answer(form, f"kandidater-{round_.prize.slug}-{round_.year}", columns, lines)
