"""Who is told of a nomination: who sent it, by mail, and those at the desk, without a word of who is nominated.

The mails to who nominates belong to no authority: what is nominated is not for everyone at the desk to read there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from awards.candidates.telling import officers_of
from awards.models import Nomination, NominationDraft, PrizeRound
from grants import notices
from portal import codes, outbox
from portal.calendar import oslo_today
from portal.models import Notice
from portal.templatetags.portal_tags import long_date

if TYPE_CHECKING:
    import datetime as dt

    from portal.models import User


def day(moment: dt.datetime) -> str:
    """Return the day of a moment in Oslo, in words."""
    return str(long_date(oslo_today(moment)))


def named(round_: PrizeRound) -> str:
    return f"{round_.prize.name} {round_.year}"


def mail_code(draft: NominationDraft, digits: str) -> None:
    """Mail the digits."""
    round_ = draft.round
    language = round_.authority.language_form
    with translation.override(language):
        title = _("Your code for the nomination")
        facts: dict[str, Any] = {
            "subject": title, "authority": round_.authority, "language": language, "round": round_,
            "prize": named(round_), "digits": f"{digits[:3]} {digits[3:]}", "minutes": codes.LIFETIME.seconds // 60,
            "closes_at": timezone.localtime(round_.closes_at),
        }  # fmt: skip
        outbox.write(
            to=draft.address, subject=title, text=render_to_string("emails/nomination_code.txt", facts),
            html=render_to_string("emails/nomination_code.html", facts), language=language,
        )  # fmt: skip


def send_receipt(nomination: Nomination) -> Notice | None:
    """Mail the receipt to the address of who nominated; None where there is none."""
    if not nomination.nominator_email:
        return None
    round_ = nomination.round
    language = round_.authority.language_form
    with translation.override(language):
        files = [row.document.filename for row in nomination.files.select_related("document")]
        said = {"prize": named(round_), "number": nomination.number}
        return outbox.notify(
            address=nomination.nominator_email, kind="nomination_received", subject=nomination,
            title=_("We have received your nomination no. %(number)d to %(prize)s") % said,
            link=round_.get_absolute_url(), link_text=_("Read about the prize"), template="nomination_received",
            language=language, occasion="received", on_date=nomination.received_on, nomination=nomination,
            place=round_.authority, round=round_, prize=named(round_), files=files,
        )  # fmt: skip


def tell_desk(nomination: Nomination, *, now: dt.datetime, but: User | None = None) -> None:
    """Let the round's officer read in the daily mail that nominations came: one line, however many."""
    round_, on = nomination.round, oslo_today(now)
    waiting = Notice.objects.filter(
        kind="nomination_came", subject_type=round_._meta.label_lower, subject_id=round_.pk, waits_for_digest=True
    )
    told = {*waiting.values_list("user", flat=True), but.pk if but else None}
    notices.tell_in_daily_mail(
        [person for person in officers_of(round_, on) if person.pk not in told], round_, kind="nomination_came",
        occasion=f"came {nomination.number}", on=on,
        title=lambda: _("New nominations: %(prize)s") % {"prize": named(round_)},
        context="", link=reverse("nominations", args=[
            round_.authority.slug, round_.prize.slug, round_.year,
        ]),
    )  # fmt: skip
