"""What the desk's pages of calls show: every call with what has come, and one call with what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from grants.calls import lacking, parts, public_calls
from grants.models import Application, Call

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import Authority

PER_PAGE = 50
RECEIVED = ~Q(applications__state=Application.State.DRAFT)
"""Only what was sent: the fund neither counts nor sums drafts."""
ASKED = RECEIVED & ~Q(applications__state=Application.State.WITHDRAWN)


def page_of(authority: Authority, now: dt.datetime, number: str | None) -> Any:
    """Return a page of the authority's calls: those being made, open, to come, then closed; two queries."""
    order = Case(
        When(published_at=None, then=Value(0)), When(closes_at__lte=now, then=Value(3)),
        When(opens_at__gt=now, then=Value(2)), default=Value(1), output_field=IntegerField(),
    )  # fmt: skip
    rows = Call.objects.filter(authority=authority).select_related("scheme").annotate(
        order=order, received=Count("applications", filter=RECEIVED),
        asked_nok=Sum("applications__asked_nok", filter=ASKED, default=0),
    )  # fmt: skip
    page = Paginator(rows.order_by("order", F("closes_at").desc(nulls_first=True), "-pk"), PER_PAGE).get_page(number)
    for call in page:
        call.authority = authority
    return page


def lines_of(page: Any, now: dt.datetime) -> list[public_calls.CallLine]:
    return [public_calls.line_of(call, now) for call in page]


class Missing(NamedTuple):
    """One thing a call lacks, with the way to where it is mended."""

    words: str
    url: str
    stops: bool


def missing_of(call: Call, now: dt.datetime) -> list[Missing]:
    """Return what a call that is not announced lacks, with links."""
    if call.published_at is not None:
        return []
    return [
        Missing(lack.words, f"{reverse(lack.page, args=[call.authority.slug, call.pk])}#{lack.place}", lack.stops)
        for lack in lacking.lacks(call, now)
    ]


def desk_facts(call: Call, now: dt.datetime) -> dict[str, Any]:
    """Return what every desk page of a call shows."""
    sent = Application.objects.sent().filter(call=call)
    figures = sent.aggregate(
        received=Count("pk"), asked_nok=Sum("asked_nok", filter=~Q(state=Application.State.WITHDRAWN), default=0)
    )
    found = missing_of(call, now)
    state = public_calls.state_of(call, now)
    return {
        "call": call, "authority": call.authority, "state": state, "standing": f"call_{state}",
        "when": public_calls.when_words(call, now), "missing": found, "stops": [one for one in found if one.stops],
        "advice": [one for one in found if not one.stops],
        "edit_url": reverse("edit_call", args=[call.authority.slug, call.pk]),
        "form_url": reverse("edit_call_form", args=[call.authority.slug, call.pk]), **figures,
    }  # fmt: skip


class Section(NamedTuple):
    """All parts of one kind, as the page of the form lists them."""

    kind: str
    heading: Any
    intro: Any
    empty: Any
    add: Any
    rows: list[Any]


WORDS: dict[str, tuple[Any, Any, Any, Any]] = {
    "sjekk": (
        _("Questions to check with first"),
        _("Asked before one applies. Who answers otherwise is told why it does not fit, and cannot begin."),
        _("No question is asked first."), _("Add a question to check with"),
    ),
    "sporsmal": (
        _("Questions in the form"),
        _("Asked besides the project, its costs, who pays and earlier support, which every form asks for."),
        _("No questions of your own yet."), _("Add a question"),
    ),
    "vedlegg": (
        _("Attachments"), _("What the applicant encloses, each in its own place."), _("Nothing is asked for."),
        _("Ask for an attachment"),
    ),
    "kriterium": (
        _("Criteria"), _("What applications are weighed by. Everyone sees them, with their weight."),
        _("No criteria yet."), _("Add a criterion"),
    ),
}  # fmt: skip


def sections_of(call: Call) -> list[Section]:
    """Return the parts of a call, kind by kind, each part with what is said of it; four queries."""
    found = []
    for kind, (heading, intro, empty, add) in WORDS.items():
        rows = parts.rows_of(call, kind)
        by_key = {row.pk: row for row in rows}
        whole = sum(row.weight for row in rows) if kind == "kriterium" else 0
        for row in rows:
            row.share = 100 * row.weight / whole if whole else None
            row.how = parts.KIND_WORDS.get(getattr(row, "kind", ""), "")
            row.hangs_on = by_key.get(getattr(row, "shown_if_id", None))
        found.append(Section(kind, heading, intro, empty, add, rows))
    return found
