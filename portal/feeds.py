"""Calendar feeds: due dates as all-day events at a private address. Public titles only, and nobody's name."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from portal import due, keys, permissions, wiring
from portal.calendar import Precision, format_precise
from portal.models import Authority, LinkKey
from portal.outbox import one_line
from portal.signing_in.adapter import lacks_required_mfa

if TYPE_CHECKING:
    from portal.due import Due
    from portal.models import User

AHEAD = dt.timedelta(days=365)
REFRESH = dt.timedelta(hours=6)
USE_NOTED = dt.timedelta(hours=1)
AT_MOST = 10
"""Addresses one person may have at once."""
ME, OF_AUTHORITY = "me", "authority:"


def scopes_of(user: User) -> dict[str, str]:
    """Return what a person may have feeds of, with its name: what waits for her, and her authorities' due dates."""
    own = Authority.objects.filter(pk__in=permissions.casework_authorities(user))
    return {ME: _("What waits for you"), **{f"{OF_AUTHORITY}{one.pk}": name_of(one) for one in own.order_by("name")}}


def name_of(authority: Authority) -> str:
    return _("Due dates in %(name)s") % {"name": authority.name}


def own_keys(user: User) -> list[LinkKey]:
    """Return a person's addresses that still open, newest first."""
    held = LinkKey.objects.filter(purpose=LinkKey.Purpose.CALENDAR, user=user, revoked_at__isnull=True)
    return list(held.order_by("-created_at", "-pk"))


def find(raw: str, now: dt.datetime) -> LinkKey | None:
    """Return the key of a feed that still opens: it is not withdrawn, and its person may still see what it shows."""
    key = keys.find(LinkKey.Purpose.CALENDAR, raw, now=now)
    if key is None or key.user is None or not key.user.is_active or lacks_required_mfa(key.user):
        return None
    if key.scope == ME:
        return key if key.user.is_superuser or permissions.roles_of(key.user) else None
    authority = authority_of(key)
    return key if authority and permissions.does_casework(key.user, authority) else None


def authority_of(key: LinkKey) -> int | None:
    """Return the id of the authority a feed is about, or nothing for a person's own."""
    number = key.scope.removeprefix(OF_AUTHORITY)
    return int(number) if key.scope.startswith(OF_AUTHORITY) and number.isdecimal() else None


def note_use(key: LinkKey, now: dt.datetime) -> None:
    """Remember that the feed was fetched, at most once an hour."""
    unused = Q(used_at__isnull=True) | Q(used_at__lt=now - USE_NOTED)
    if key.used_at is None or key.used_at < now - USE_NOTED:
        LinkKey.objects.filter(unused, pk=key.pk).update(used_at=now)


def content_of(key: LinkKey, today: dt.date) -> bytes:
    """Return the feed's file, in its person's language form; the same bytes all day while nothing has moved."""
    user, authority = key.user, authority_of(key)
    assert user is not None
    with translation.override(user.language):
        if authority is None:
            return calendar_of(due.of_person(user, today, today + AHEAD), _("What waits for you"), today)
        owner = Authority.objects.get(pk=authority)
        return calendar_of(due.of_authority(authority, today, today + AHEAD), name_of(owner), today)


def calendar_of(rows: list[Due], name: str, today: dt.date) -> bytes:
    """Return the rows as an iCalendar file, as Outlook, Google and Apple read it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Naeringsportalen//Frister//NO")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{int(REFRESH.total_seconds() // 3600)}H")
    owners = Authority.objects.in_bulk({row.tenant for row in rows})
    for row in rows:
        calendar.add_component(event_of(row, owners[row.tenant], today))
    return bytes(calendar.to_ical())


def event_of(row: Due, owner: Authority, today: dt.date) -> Event:
    """Return one due thing as an all-day event that does not fill the day."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    kind = str(wiring.kinds()[row.what].label)
    midnight = timezone.make_aware(dt.datetime.combine(today, dt.time()))
    event = Event()
    event.add("uid", f"{row.what}-{row.about_id}@{host}")
    event.add("dtstamp", midnight.astimezone(dt.UTC))
    event.add("dtstart", row.day)
    event.add("dtend", row.day + dt.timedelta(days=1))
    event.add("summary", one_line(f"{row.headline} – {kind}{stated(row)}", 300))
    event.add("description", one_line(" · ".join(filter(None, (row.part_of, owner.name))), 300))
    event.add("url", settings.BASE_URL + row.path)
    event.add("transp", "TRANSPARENT")
    return event


def stated(row: Due) -> str:
    """Return what must be said of a date that is no day: the event stands on the last day it may mean."""
    precision = Precision(row.stated)
    if precision == Precision.DAY:
        return ""
    precision = Precision.MONTH if precision == Precision.PERIOD else precision
    when = format_precise(row.day, precision, translation.get_language() or "nb")
    return " " + _("(by the end of %(when)s)") % {"when": when}
