"""The page of a year's grants: what was asked for, the picture, the budget beside it, and the same as file and feed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from grants import public, schemes
from grants.models import Stage
from portal.money import format_nok
from strategy.filters import NORWEGIAN
from strategy.sentences import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from grants.public import PublicGrant, PublicLine, Totals, Withheld
    from portal.models import Authority

MOST_BARS = 8
AHEAD = 4
"""Years that a page looks ahead to, its own with them: those of a financial plan."""
LONGEST = 80


class Asked(NamedTuple):
    """How the reader has narrowed and ordered the year's grants; it stands in the address."""

    words: str = ""
    scheme: str = ""
    order: str = "belop"

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        """Read it from an address; what cannot be meant is left out."""
        order = given.get("sorter", "")
        words = given.get("q", "").replace("\x00", "").strip()[:LONGEST]
        return cls(words, given.get("ordning", "")[:LONGEST], order if order in public.ORDERS else "belop")

    def query(self, **changes: str) -> str:
        """Return the address's query with some of it changed."""
        wanted = self._replace(**changes)
        asked = {"q": wanted.words, "ordning": wanted.scheme, "sorter": wanted.order if wanted.order != "belop" else ""}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.words or self.scheme)


class Bar(NamedTuple):
    """One bar of the picture, with its share of all and its length beside the longest, in per cent."""

    name: str
    about: str
    amount_nok: int
    share: Decimal
    width: str
    colour: str
    invented: bool = False


class Area(NamedTuple):
    """What one area was set aside, and is recommended to get in the periods that differ."""

    name: str
    adopted_nok: int
    recommended: list[tuple[str, int]]
    change_nok: int | None


def year_facts(authority: Authority, year: int, asked: Asked, today: dt.date) -> dict[str, Any]:
    """Return all the page of a year shows; a fixed number of queries."""
    found = public.rows(authority.pk, year)
    kept_back = public.withheld(authority.pk, year)
    shown = public.in_order(public.that_fit(found, words=asked.words, scheme=asked.scheme), asked.order)
    lines = [line for line in public.lines(authority.pk, from_year=year) if line.year < year + AHEAD]
    into_funds = [line for line in lines if line.goes_to_fund and (line.year == year or line.stage == Stage.PROPOSED)]
    lines = [line for line in lines if not line.goes_to_fund]
    adopted = [line for line in lines if line.year == year and line.stage == Stage.ADOPTED]
    sums = public.totals(found, kept_back)
    set_aside = sum(line.amount_nok for line in adopted)
    bars = bars_of_grants(found, kept_back, sums) if sums.count else bars_of_lines(adopted, set_aside)
    return {
        "year": year, "years": chosen_years(public.years(authority.pk), year), "rows": shown,
        "shown": public.totals(shown), "totals": sums, "kept_back": kept_back,
        "is_whole": not asked.is_narrowed, "schemes": scheme_names(found), "adopted": adopted,
        "set_aside_nok": set_aside, "bars": bars, "has_grants": bool(sums.count), "keys": shares_of(adopted, set_aside),
        "longest_nok": max((bar.amount_nok for bar in bars), default=0), "heading": heading_of(adopted, sums),
        "sources": sorted({line.source for line in adopted if line.source}),
        **recommended_of(lines, adopted), "into_funds": into_funds,
        "sentence": sentence(authority, year, sums, adopted, into_funds),
        "has_invented": any(row.invented for row in (*found, *adopted)),
        "conditions": schemes.conditions(authority.pk, today, years=(year, year + AHEAD - 1)),
        "sorts": sorts(),
    }  # fmt: skip


def sentence(
    authority: Authority, year: int, sums: Totals, adopted: list[PublicLine], into_funds: list[PublicLine]
) -> str:
    """Return the year in a breath: what was set aside, what went into funds, what was granted, and what is paid."""
    said = []
    if adopted:
        text = ngettext(
            "%(name)s set aside %(sum)s in %(year)s, in %(count)s budget line.",
            "%(name)s set aside %(sum)s in %(year)s, in %(count)s budget lines.", len(adopted),
        )  # fmt: skip
        sum_nok = sum(line.amount_nok for line in adopted)
        said.append(text % {"name": authority.name, "year": year, "sum": format_nok(sum_nok), "count": len(adopted)})
    if in_fund := sum(line.amount_nok for line in into_funds if line.stage == Stage.ADOPTED):
        text = _("%(name)s put %(sum)s into funds in %(year)s.")
        said.append(text % {"name": authority.name, "year": year, "sum": format_nok(in_fund)})
    if sums.count:
        text = ngettext(
            "%(count)s grant of %(sum)s in all is given, and %(paid)s is paid.",
            "%(count)s grants of %(sum)s in all are given, and %(paid)s is paid.", sums.count,
        )  # fmt: skip
        said.append(text % {"count": sums.count, "sum": format_nok(sums.net_nok), "paid": format_nok(sums.paid_nok)})
    return " ".join(said) or _("No support is registered for %(year)s.") % {"year": year}


def heading_of(adopted: list[PublicLine], sums: Totals) -> str:
    """Return what the picture shows, in words."""
    if sums.count or all(line.recipient for line in adopted):
        count = sums.recipients if sums.count else len(adopted)
        text = ngettext("%(count)s recipient gets the money", "%(count)s recipients share the money", count)
    else:
        count = len(adopted)
        text = ngettext("%(count)s line in the budget", "%(count)s lines share the money", count)
    return text % {"count": capfirst(in_words(count))} if count else _("How the money is shared")


def chosen_years(years: list[int], year: int) -> list[int]:
    """Return the years to choose between, the newest first; the shown one is always among them."""
    return sorted({*years, year}, reverse=True)


def scheme_names(found: Iterable[PublicGrant]) -> list[tuple[str, str]]:
    """Return the schemes of the year's grants by address and name, in Norwegian order."""
    names = {row.scheme_slug: row.scheme for row in found}
    return sorted(names.items(), key=lambda pair: pair[1].casefold().translate(NORWEGIAN))


# ---- the picture ----


def share_of(part: int, whole: int) -> Decimal:
    """Return a part in per cent of a whole."""
    return Decimal(part) * 100 / whole if whole else Decimal(0)


def width_of(amount: int, longest: int) -> str:
    """Return a bar's length beside the longest."""
    return f"{max(share_of(amount, longest), Decimal(0)):.1f}%"


def bars_of_grants(found: list[PublicGrant], kept_back: Withheld, sums: Totals) -> list[Bar]:
    """Return a bar for each recipient, the largest first; those past the most are one bar, and so are the exempt."""
    groups: dict[int, list[PublicGrant]] = {}
    for row in found:
        groups.setdefault(row.recipient_key, []).append(row)
    exempt_nok = kept_back.net_nok + sum(row.net_nok for row in groups.pop(0, []))
    known = sorted(groups.values(), key=lambda rows: -sum(row.net_nok for row in rows))
    parts = [(rows[0].recipient, _about(rows), sum(row.net_nok for row in rows), rows) for rows in known[:MOST_BARS]]
    rest = [row for rows in known[MOST_BARS:] for row in rows]
    if rest:
        text = ngettext("%(count)s other", "%(count)s others", len(known) - MOST_BARS)
        name = text % {"count": len(known) - MOST_BARS}
        parts.append((name, "", sum(row.net_nok for row in rest), rest))
    if exempt_nok:
        parts.append((_("Exempt from public access"), "", exempt_nok, []))
    longest = max((amount for _name, _about, amount, _rows in parts), default=0)
    areas = sorted({row.area or row.scheme for row in found})
    return [
        Bar(
            name, about, amount, share_of(amount, sums.net_nok), width_of(amount, longest),
            _colour(areas, rows[0].area or rows[0].scheme) if rows and about else "neutral",
            any(row.invented for row in rows),
        )
        for name, about, amount, rows in parts
    ]  # fmt: skip


def bars_of_lines(adopted: list[PublicLine], whole: int) -> list[Bar]:
    """Return a bar for each line of the budget, the largest first, where nothing is granted yet."""
    known = sorted((line for line in adopted if line.amount_nok), key=lambda line: -line.amount_nok)
    longest = known[0].amount_nok if known else 0
    areas = sorted({line.area for line in known})
    return [
        Bar(
            line.recipient or line.name, line.area, line.amount_nok, share_of(line.amount_nok, whole),
            width_of(line.amount_nok, longest), _colour(areas, line.area), line.invented,
        )
        for line in known
    ]  # fmt: skip


def _about(rows: list[PublicGrant]) -> str:
    """Return the areas, or the schemes, that a recipient's grants belong to."""
    return ", ".join(dict.fromkeys(row.area or row.scheme for row in rows))


def _colour(areas: list[str], area: str) -> str:
    """Return the colour of an area: two stand apart, more share; the name always stands beside the bar."""
    return ("accent", "brand", "neutral")[min(areas.index(area), 2)] if area in areas else "neutral"


def shares_of(adopted: list[PublicLine], whole: int) -> list[tuple[str, Decimal, int]]:
    """Return each area's share of what was set aside, the largest first; nothing where there is only one."""
    sums: dict[str, int] = {}
    for line in adopted:
        sums[line.area] = sums.get(line.area, 0) + line.amount_nok
    parts = sorted(((area, share_of(amount, whole), amount) for area, amount in sums.items()), key=lambda one: -one[2])
    return parts if len(parts) > 1 and all(area for area, _share, _amount in parts) else []


# ---- recommended, never added to what is adopted ----


def recommended_of(lines: list[PublicLine], adopted: list[PublicLine]) -> dict[str, Any]:
    """Return what is recommended by area, years with the same sums together, beside what the year set aside."""
    by_year: dict[int, dict[str, int]] = {}
    for line in lines:
        if line.stage == Stage.PROPOSED and not line.is_part:
            sums = by_year.setdefault(line.year, {})
            sums[line.area] = sums.get(line.area, 0) + line.amount_nok
    spans: list[tuple[int, int, dict[str, int]]] = []
    for year, sums in sorted(by_year.items()):
        if spans and spans[-1][2] == sums and spans[-1][1] == year - 1:
            spans[-1] = (spans[-1][0], year, sums)
        else:
            spans.append((year, year, sums))
    held: dict[str, int] = {}
    for line in adopted:
        held[line.area] = held.get(line.area, 0) + line.amount_nok
    areas = {*held, *(area for _first, _last, sums in spans for area in sums)}
    names = sorted(areas, key=lambda name: (not name, name))
    labels = [_span(first, last) for first, last, _sums in spans]
    rows = [_area(name, held, spans, labels) for name in names] if spans else []
    total = _area("", {"": sum(held.values())}, [(a, b, {"": sum(s.values())}) for a, b, s in spans], labels)
    return {"recommended": rows, "recommended_total": total, "spans": labels, "recommended_years": _years(spans)}


def _span(first: int, last: int) -> str:
    if first == last:
        return _("Recommended %(year)s") % {"year": first}
    return _("Recommended each year %(first)s–%(last)s") % {"first": first, "last": last}


def _years(spans: list[tuple[int, int, dict[str, int]]]) -> str:
    """Return «2021–2023», or one year: all that something is recommended for."""
    first, last = (spans[0][0], spans[-1][1]) if spans else (0, 0)
    return "" if not spans else str(first) if first == last else f"{first}–{last}"


def _area(name: str, held: dict[str, int], spans: list[tuple[int, int, dict[str, int]]], labels: list[str]) -> Area:
    amounts = [sums.get(name, 0) for _first, _last, sums in spans]
    change = amounts[0] - held.get(name, 0) if len(amounts) == 1 and held.get(name) else None
    return Area(name, held.get(name, 0), list(zip(labels, amounts, strict=True)), change)


# ---- the choices, the file, the feed ----


def sorts() -> list[tuple[str, str]]:
    """Return what the grants can be ordered by."""
    names = {"belop": _("Amount, largest first"), "mottaker": _("Recipient"), "dato": _("Date, newest first")}
    return [*names.items(), ("ordning", _("Scheme"))]


def columns(year: int) -> list[tuple[Callable[[Any], Any], str]]:
    """Return the file's columns; the last row may be the sum of what is exempt as a whole."""

    def of(value: Callable[[PublicGrant], Any], kept_back: Callable[[Withheld], Any] = lambda _one: "") -> Any:
        return lambda row: kept_back(row) if isinstance(row, public.Withheld) else value(row)

    def basis(row: PublicGrant) -> str:
        return ", ".join(dict.fromkeys(filter(None, (row.recipient_basis, row.title_basis, row.description_basis))))

    return [
        (of(lambda row: row.year, lambda _one: year), _("Year")),
        (of(lambda row: row.shown_recipient, lambda one: exempt_words(one.count)), _("Recipient")),
        (of(lambda row: row.number), _("Organisation number")),
        (of(lambda row: row.shown_title), _("For what")),
        (of(lambda row: row.scheme), _("Scheme")),
        (of(lambda row: row.area), pgettext("budget", "Area")),
        (of(lambda row: row.decided_on), _("Decided")),
        (of(lambda row: row.decision), _("Decision")),
        (of(lambda row: row.amount_nok), _("Granted, as decided")),
        (of(lambda row: row.released_nok), _("Lapsed")),
        (of(lambda row: row.repaid_nok), _("Paid back")),
        (of(lambda row: row.net_nok, lambda one: one.net_nok), _("Granted")),
        (of(lambda row: row.paid_nok, lambda one: one.paid_nok), _("Paid out")),
        (of(lambda row: row.state_word), _("State")),
        (of(basis, lambda one: one.bases), _("Exempt by")),
        (of(lambda row: _("yes") if row.invented else ""), _("Invented for the demo")),
        (of(lambda row: settings.BASE_URL + page_of(row)), _("Address")),
    ]  # fmt: skip


def exempt_words(count: int) -> str:
    """Return «2 grants are exempt from public access»."""
    text = ngettext(
        "%(count)s grant is exempt from public access", "%(count)s grants are exempt from public access", count
    )  # fmt: skip
    return text % {"count": count}


def page_of(row: PublicGrant) -> str:
    """Return the address of a grant's public page."""
    return reverse("granted_page", args=[row.authority_slug, row.pk])


def feed(authority: Authority, found: list[PublicGrant], page: str, own_address: str) -> str:
    """Return the grants as an Atom feed, in the active language."""
    atom = Atom1Feed(
        title=_("Grants from %(name)s") % {"name": authority.full_name}, link=page, feed_url=own_address,
        description=_("Who gets support, for what, and how much."), language=authority.language_form,
        author_name=authority.full_name,
    )  # fmt: skip
    for row in found:
        when = row.decided_on and timezone.make_aware(dt.datetime.combine(row.decided_on, dt.time()))
        facts = {"name": row.shown_recipient, "sum": format_nok(row.net_nok)}
        said = [row.shown_title, row.scheme, row.area, row.decision, _("invented for the demo") if row.invented else ""]
        link = settings.BASE_URL + page_of(row)
        atom.add_item(
            title=_("%(name)s: %(sum)s") % facts, link=link, unique_id=link, description=". ".join(filter(None, said)),
            pubdate=when, updateddate=when,
        )  # fmt: skip
    return atom.writeString("utf-8")
