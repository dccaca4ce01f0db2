"""Calls as everyone reads them: open now first, in plain words, as a feed, and on the authority's own page."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants.models import Call
from portal.calendar import oslo_today
from portal.money import format_nok, format_percent
from portal.templatetags.portal_tags import clock, long_date

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from portal.models import Authority

DRAFT, UPCOMING, OPEN, CLOSED = "draft", "upcoming", "open", "closed"
SOON = 14
"""Days before the end from which the days that are left are said."""
IN_FEED = 50
ON_PANEL = 5


def public(authority_id: int) -> QuerySet[Call]:
    """Return the calls everyone may read: announced, of a scheme that is shown."""
    found = Call.objects.filter(authority=authority_id, published_at__isnull=False, scheme__is_public=True)
    return found.select_related("authority", "scheme")


def state_of(call: Call, now: dt.datetime) -> str:
    """Say where a call stands: not announced, to come, open, closed."""
    if call.published_at is None:
        return DRAFT
    if now < call.opens_at:
        return UPCOMING
    return OPEN if call.closes_at is None or now < call.closes_at else CLOSED


def moment(at: dt.datetime) -> str:
    """Return «15. mars 2027 kl. 12.00»."""
    return f"{long_date(at)} {clock(at)}"


def when_words(call: Call, now: dt.datetime) -> str:
    """Return when it opens, closes or closed, and how many days are left when they are few."""
    state = state_of(call, now)
    if state == UPCOMING:
        return _("Opens %(when)s") % {"when": moment(call.opens_at)}
    if call.closes_at is None:
        return _("Takes applications all the time")
    if state == CLOSED:
        return _("Closed %(when)s") % {"when": moment(call.closes_at)}
    text = _("Closes %(when)s") % {"when": moment(call.closes_at)}
    left = (oslo_today(call.closes_at) - oslo_today(now)).days
    if state != OPEN or left > SOON:
        return text
    days = ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left} if left else _("the last day")
    return f"{text}, {days}"


def money_words(call: Call) -> str:
    """Return how much one can get: the highest share and the highest grant; nothing where neither is set."""
    share = format_percent(Decimal(call.share_percent or 0), 0)
    facts = {"share": share, "cap": format_nok(call.cap_nok or 0)}
    if call.share_percent and call.cap_nok:
        return _("Up to %(share)s of the costs, at most %(cap)s") % facts
    if call.share_percent:
        return _("Up to %(share)s of the costs") % facts
    return _("At most %(cap)s") % facts if call.cap_nok else ""


class CallLine(NamedTuple):
    """A call as a list shows it."""

    call: Call
    standing: str
    when: str
    money: str


def line_of(call: Call, now: dt.datetime) -> CallLine:
    return CallLine(call, f"call_{state_of(call, now)}", when_words(call, now), money_words(call))


def going_on(authority_id: int, now: dt.datetime) -> dict[str, list[CallLine]]:
    """Return what is open, the first to close first, and what is to come, the first to open first; one query."""
    rows = public(authority_id).filter(Q(closes_at=None) | Q(closes_at__gt=now))
    lines = [line_of(call, now) for call in rows.order_by(F("closes_at").asc(nulls_last=True), "pk")]
    coming = [line for line in lines if line.standing == "call_upcoming"]
    return {
        "open": [line for line in lines if line.standing == "call_open"],
        "upcoming": sorted(coming, key=lambda line: line.call.opens_at),
    }


def over(authority_id: int, now: dt.datetime) -> QuerySet[Call]:
    """Return the calls that are closed, the last first."""
    return public(authority_id).filter(closes_at__lte=now).order_by("-closes_at", "-pk")


def newest(authority_id: int) -> list[Call]:
    return list(public(authority_id).order_by("-published_at", "-pk")[:IN_FEED])


def feed(authority: Authority, found: list[Call], page: str, own_address: str, now: dt.datetime) -> str:
    """Return the calls as an Atom feed, in the active language."""
    atom = Atom1Feed(
        title=_("Support to apply for in %(name)s") % {"name": authority.full_name}, link=page, feed_url=own_address,
        description=_("What you can apply for now, and what is to come."), language=authority.language_form,
        author_name=authority.full_name,
    )  # fmt: skip
    for call in found:
        link = settings.BASE_URL + call.get_absolute_url()
        said = [call.lede, f"{when_words(call, now)}.", _("invented for the demo") if call.invented else ""]
        atom.add_item(
            title=call.title, link=link, unique_id=link, description=" ".join(filter(None, said)),
            pubdate=call.published_at, updateddate=call.published_at,
        )  # fmt: skip
    return atom.writeString("utf-8")


def lines_in(text: str) -> list[str]:
    """Return a text's lines, without the marks people put before what they list."""
    return [line.strip().removeprefix("-").removeprefix("•").strip() for line in text.split("\n") if line.strip()]


def page_facts(call: Call, now: dt.datetime) -> dict[str, Any]:
    """Return what a call's page shows; four queries."""
    state = state_of(call, now)
    criteria = list(call.criteria.all())
    whole = sum(one.weight for one in criteria) or 1
    return {
        "call": call, "state": state, "standing": f"call_{state}", "when": when_words(call, now),
        "money": money_words(call), "eligible": lines_in(call.eligible), "not_eligible": lines_in(call.not_eligible),
        "criteria": [(one, Decimal(100 * one.weight) / whole) for one in criteria],
        "attachments": list(call.attachments.all()), "questions": list(call.questions.all()),
        "has_checks": call.checks.exists(),
        "applicants": [Call.Applicants(kind).label for kind in Call.Applicants.values if kind in call.applicants],
    }  # fmt: skip


def authority_panel(authority: Authority, user: Any) -> dict[str, Any] | None:
    """Return what one can apply for at an authority now and soon; nothing where it announces nothing. One query."""
    found = going_on(authority.pk, timezone.now())
    if not found["open"] and not found["upcoming"]:
        return None
    lines = [*found["open"], *found["upcoming"]]
    return {
        "template": "grants/calls/panel.html", "lines": lines[:ON_PANEL], "has_open": bool(found["open"]),
        "more": max(len(lines) - ON_PANEL, 0), "url": reverse("calls", args=[authority.slug]),
    }  # fmt: skip
