"""The daily mail: one to each reader on working days, gathering all she is to be told.

The sweep has said what waits; it runs once more before anything is written, so that what was done in the meantime is
silent. Readers are taken a hundred at a time, each hundred in a transaction of its own: a stop loses nothing, and the
next run goes on where it ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from portal import links, outbox, recheck, rules, sweep, wiring
from portal.calendar import oslo_today
from portal.digest_words import SHOWN, Letter, is_news, is_today, written
from portal.models import Deputy, LinkKey, Mail, Notice, User
from portal.notice_choices import EVERY_KIND, may_stop
from portal.permissions import period_holds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

LOCK = 7_310_121
CHUNK = 100
log = structlog.get_logger("portal.digest")

WAITING = """
FROM portal_notice n LEFT JOIN portal_user u ON u.id = n.user_id
WHERE n.waits_for_digest AND n.withdrawn_at IS NULL AND (u.id IS NULL OR u.is_active)"""
READER = "lower(coalesce(u.email, n.address))"

READERS = f"""
SELECT {READER} {WAITING} AND {READER} > %s AND NOT EXISTS (
    SELECT FROM portal_mail m WHERE m.to_address = {READER} AND m.digest_on = %s
) GROUP BY 1 ORDER BY 1 LIMIT %s"""

HELD = f"""
SELECT n.id, {READER}, n.user_id, n.kind, n.on_date, n.precision, coalesce(
    (SELECT by_mail FROM portal_noticepreference p WHERE p.kind IN (n.kind, '*')
    AND (p.user_id = n.user_id OR n.user_id IS NULL AND p.user_id IS NULL AND lower(p.address) = lower(n.address))
    ORDER BY p.kind = '*' LIMIT 1), true), EXISTS (
    SELECT FROM portal_notice m WHERE m.user_id IS NULL AND m.address = n.address
    AND m.subject_type = n.subject_type AND m.subject_id = n.subject_id
    AND m.occasion <> 'day' AND m.occasion !~ '^(before|late|leader)-'
    AND m.on_date >= (n.created_at AT TIME ZONE 'Europe/Oslo')::date)
{WAITING} AND {READER} = ANY(%s) ORDER BY n.on_date, n.id FOR UPDATE OF n SKIP LOCKED"""

SENT_WITH = """
UPDATE portal_notice n SET waits_for_digest = false, mail_id = w.mail_id
FROM unnest(%s::bigint[], %s::bigint[]) AS w (id, mail_id) WHERE n.id = w.id"""


def send(now: dt.datetime, *, force: bool = False) -> int:
    """Write the daily mails that are due; return how many. Safe to run twice and at once.

    `force` asks neither clock nor calendar, nor whether one has gone today.
    """
    day = None if force else rules.digest_day(now)
    if not force:
        if day is None:
            return 0
        recall(day)
        if not readers("", day, 1):
            return 0
    sweep.sweep(now, wait=True)
    count, last = 0, ""
    while True:
        with transaction.atomic():
            if not alone():
                return count
            chunk = readers(last, day, CHUNK)
            if not chunk:
                return count
            count += write_to(chunk, now, day)
        last = chunk[-1]


def recall(day: dt.date) -> int:
    """Take back daily mails that were never delivered: those of earlier days, and those that say what no longer holds.

    Their notices wait again and come with the next one, so that a mail server that was down for three days is not
    followed by three mails.
    """
    silenced = Notice.objects.filter(mail=OuterRef("pk"), withdrawn_at__isnull=False)
    queued = Mail.objects.filter(state=Mail.State.QUEUED, digest_on__isnull=False)
    with transaction.atomic():
        stale = list(
            queued.filter(Q(digest_on__lt=day) | Exists(silenced))
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)
        )
        recheck.take_back(stale)
    return len(stale)


def alone() -> bool:
    """Take the lock of the daily mail until the transaction ends; say no when another run has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def readers(after: str, day: dt.date | None, count: int) -> list[str]:
    """Return the next addresses that something waits for and that have had no daily mail of this day."""
    with connection.cursor() as cursor:
        cursor.execute(READERS, [after, day, count])
        return [row[0] for row in cursor.fetchall()]


def write_to(chunk: list[str], now: dt.datetime, day: dt.date | None) -> int:
    """Write one mail to each of these readers; the same number of queries whatever there is to say."""
    letters, unwanted = letters_for(chunk, oslo_today(now))
    fill(letters)
    private = add_private_links(letters, now)
    stops = [key for letter in letters if (key := add_stop_link(letter, now))]
    mails = []
    for letter in letters:
        mail = outbox.compose(
            to=letter.to, authority=letter.authority, language=letter.language, unsubscribe_url=letter.stop_url,
            digest_on=day, **written(letter, oslo_today(now)),
        )  # fmt: skip
        mails.append(mail)
    LinkKey.objects.bulk_create([*private, *stops])
    Mail.objects.bulk_create(mails)
    note_sent([(pk, mail.pk) for letter, mail in zip(letters, mails, strict=True) for pk in letter.notices], unwanted)
    if mails:
        outbox.ask_after_commit()
    return len(mails)


def letters_for(chunk: list[str], today: dt.date) -> tuple[list[Letter], list[int]]:
    """Return what each reader is to have, and the notices that nobody wants by mail; all of them locked.

    One who was asked or reminded by hand on the day the sweep first said it, or later, is not told the same again.
    """
    with connection.cursor() as cursor:
        cursor.execute(HELD, [chunk])
        rows = cursor.fetchall()
    away = Deputy.objects.filter(period_holds(today), deputy=OuterRef("pk"))
    people = User.objects.annotate(stands_in=Exists(away))
    users = people.in_bulk({user for _pk, _to, user, *_rest in rows if user})
    kinds = wiring.kinds()
    letters: dict[str, Letter] = {}
    unwanted: list[int] = []
    for pk, to, user, kind, on_date, precision, by_mail, is_said in rows:
        if is_said or not is_valid(to) or (not by_mail and kind in kinds and kinds[kind].may_stop):
            unwanted.append(pk)
            continue
        letter = letters.setdefault(to, Letter(to))
        letter.user = users.get(user, letter.user)
        letter.stands_in = getattr(letter.user, "stands_in", False)
        letter.notices.append(pk)
        if is_news(kind):
            letter.news += 1
        else:
            letter.late += on_date < today
            letter.today += is_today(on_date, precision, today)
    return list(letters.values()), unwanted


def is_valid(address: str) -> bool:
    """Say whether mail can be sent there; a notice to a wrong address still stands in the portal."""
    try:
        outbox.checked_address(address)
    except ValidationError:
        log.warning("no daily mail, an address is not valid")
        return False
    return True


def fill(letters: Iterable[Letter]) -> None:
    """Fetch the lines that are shown: the longest late first."""
    shown = {pk for letter in letters for pk in letter.notices[:SHOWN]}
    notices = Notice.objects.select_related("authority").in_bulk(shown)
    for letter in letters:
        letter.shown = [notices[pk] for pk in letter.notices[:SHOWN]]


def add_stop_link(letter: Letter, now: dt.datetime) -> LinkKey | None:
    """Give the mail a link that stops what may be stopped: all for a person, this kind for an address."""
    kinds = {notice.kind for notice in letter.shown if may_stop(notice.kind)}
    if not kinds:
        return None
    scope = kinds.pop() if letter.user is None and len(kinds) == 1 else EVERY_KIND
    letter.stop_url, key = links.out_of_mail(scope, now, user=letter.user, address="" if letter.user else letter.to)
    return key


def add_private_links(letters: Iterable[Letter], now: dt.datetime) -> list[LinkKey]:
    """Give those who are told at an address their own way in; they have no page where they could sign in."""
    letters = list(letters)
    found = wiring.private_links([n for letter in letters for n in letter.shown if n.address], now)
    for letter in letters:
        letter.links |= {n.pk: found[n.pk][0] for n in letter.shown if n.pk in found}
    return [key for _address, key in found.values()]


def note_sent(sent: list[tuple[int, int]], unwanted: list[int]) -> None:
    """Tie the notices to the mails that carry them, and let those wait no longer that nobody wants by mail."""
    with connection.cursor() as cursor:
        both: list[tuple[int, Any]] = [*sent, *((pk, None) for pk in unwanted)]
        cursor.execute(SENT_WITH, [[pk for pk, _mail in both], [mail for _pk, mail in both]])
