"""Following a plan or one of its measures by e-mail: a confirmed address, one mail a release, out with one press.

Before the code from the mail is written, nothing is kept but the code itself. Nobody is told whether an address
follows already. Who stops following is forgotten: her address, and the mails that carried it.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal import codes, keys, outbox
from portal.models import EmailCode, LinkKey, Mail
from strategy import follower_news
from strategy.models import Follower, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strategy.content import Content
    from strategy.models import Measure, PlanReport

STOP_HOLDS = dt.timedelta(days=400)
"""A link in last year's mail still stops this year's."""
BATCH = 500
"""So many addresses are written to with the same few statements."""


def purpose_of(plan_id: int) -> str:
    """Return what a plan's codes are for: by this they are counted."""
    return f"follow:{plan_id}"


def locked(plan_id: int) -> Plan:
    """Return the plan, held until the commit, so that the limits on codes are exact."""
    return Plan.objects.select_related("authority").select_for_update(of=("self",), no_key=True).get(pk=plan_id)


# ---- begin, and confirm ----


@transaction.atomic
def start(plan_id: int, measure: Measure | None, address: str, *, now: dt.datetime) -> EmailCode:
    """Mail a code to the address; the same is done whether it follows already or not.

    Raises:
        TooMany: this address or this plan has had its codes for the hour.
    """
    plan, address = locked(plan_id), address.lower()
    codes.refuse_too_many(purpose_of(plan.pk), address, now)
    code, digits = codes.make(purpose_of(plan.pk), address, now=now)
    _mail_code(plan, measure, address, digits)
    return code


@transaction.atomic
def send_code_again(code_id: int, plan_id: int, measure: Measure | None, *, now: dt.datetime) -> bool:
    """Mail new digits for the same code; False when that was done too often."""
    plan = locked(plan_id)
    code = EmailCode.objects.get(pk=code_id, purpose=purpose_of(plan_id))
    try:
        codes.refuse_too_many(purpose_of(plan.pk), code.address, now)
    except codes.TooMany:
        return False
    made = codes.make_again(code.pk, now=now)
    if made is not None:
        _mail_code(plan, measure, code.address, made[1])
    return made is not None


def _mail_code(plan: Plan, measure: Measure | None, address: str, digits: str) -> None:
    """Mail the digits. The mail belongs to no authority: nobody there sees who has not confirmed."""
    owner = plan.authority
    with translation.override(owner.language_form):
        facts = {
            "subject": _("Your code to follow a plan"), "authority": owner, "language": owner.language_form,
            "what": measure or plan, "digits": f"{digits[:3]} {digits[3:]}", "minutes": codes.LIFETIME.seconds // 60,
        }  # fmt: skip
        outbox.write(
            to=address, subject=facts["subject"], text=render_to_string("emails/follow_code.txt", facts),
            html=render_to_string("emails/follow_code.html", facts), language=owner.language_form,
            thread=outbox.thread_of(plan),
        )  # fmt: skip


@transaction.atomic
def confirm(
    code_id: int, plan_id: int, measure_id: int | None, digits: str, *, language: str, now: dt.datetime
) -> Follower | None:
    """Let the code's address follow when the digits are right; None when they are not. Safe to press twice."""
    code = EmailCode.objects.get(pk=code_id, purpose=purpose_of(plan_id))
    if not codes.check(code.pk, digits, now=now):
        return None
    follower, _is_new = Follower.objects.get_or_create(
        plan_id=plan_id, measure_id=measure_id, address=code.address,
        defaults={"language": language, "confirmed_at": now},
    )  # fmt: skip
    return follower


# ---- stop ----


def of_key(raw: str, *, now: dt.datetime) -> list[Follower] | None:
    """Return all that the key's address follows in the key's plan: nothing when it has stopped, None for no key."""
    key = keys.find(LinkKey.Purpose.FOLLOW, raw, now=now)
    if key is None:
        return None
    own = Follower.objects.filter(pk=key.subject_id).values("plan", "address").first()
    return list(_everything(own["plan"], own["address"])) if own else []


def _everything(plan_id: int, address: str) -> Iterator[Follower]:
    """Yield what one address follows in a plan, the plan itself first."""
    rows = Follower.objects.filter(plan_id=plan_id, address=address)
    yield from rows.select_related("plan__authority", "measure__current_entry__strategy").order_by(
        F("measure_id").asc(nulls_first=True), "pk"
    )


@transaction.atomic
def stop(raw: str, *, only: int | None = None, now: dt.datetime) -> list[Follower]:
    """Stop what the key's address follows in its plan, or one thing of it; return what it still follows.

    The last thing stopped takes the address with it, and every mail about the plan that was sent there.
    """
    following = of_key(raw, now=now) or []
    gone = [row for row in following if only in (None, row.pk)]
    left = [row for row in following if row not in gone]
    Follower.objects.filter(pk__in=[row.pk for row in gone]).delete()
    links = LinkKey.objects.filter(purpose=LinkKey.Purpose.FOLLOW, subject_id__in=[row.pk for row in gone])
    if left:
        links.update(subject_id=left[0].pk)
    elif gone:
        links.update(used_at=now)
        EmailCode.objects.filter(purpose=purpose_of(gone[0].plan_id), address=gone[0].address).delete()
        thread = outbox.thread_of(gone[0].plan)
        Mail.objects.filter(to_address=gone[0].address, thread=thread).delete()
    return left


# ---- tell ----


def tell(report: PlanReport, before: Content | None, after: Content) -> int:
    """Write one mail to each address that follows the plan, or a measure whose public standing changed; say how many.

    In the transaction of the release. Each batch of addresses costs the same few statements, and a mail that many get
    is put into words once.
    """
    plan = report.plan
    if plan.status == Plan.Status.DRAFT or not plan.authority.is_listed:
        return 0
    news = follower_news.of_measures(before, after)
    rows = Follower.objects.filter(Q(measure=None) | Q(measure__in=list(news)), plan_id=plan.pk)
    facts = rows.order_by("address", "pk").values_list("address", "pk", "measure_id", "language")
    by_address = ((address, list(own)) for address, own in groupby(facts.iterator(2000), key=itemgetter(0)))
    letters = follower_news.Letters(report, after, news)
    written = 0
    while batch := list(islice(by_address, BATCH)):
        _write(batch, letters, timezone.now())
        written += len(batch)
    if written:
        outbox.ask_after_commit()
    return written


def _write(batch: list[tuple[str, list[tuple[str, int, int | None, str]]]], letters: follower_news.Letters,
           now: dt.datetime) -> None:  # fmt: skip
    """Put one mail to each of these addresses in the outbox; two statements."""
    mails, links = [], []
    for address, own in batch:
        raw, link = keys.new(LinkKey.Purpose.FOLLOW, now=now, subject_id=own[0][1], lifetime=STOP_HOLDS)
        stop_url = settings.BASE_URL + reverse("stop_following", args=[raw])
        measures = tuple(sorted(measure for _address, _pk, measure, _language in own if measure is not None))
        letter = letters.words(own[0][3], measures, of_plan=any(measure is None for _a, _pk, measure, _l in own))
        mails.append(outbox.compose(to=address, **letter.with_stop(stop_url)))
        links.append(link)
    LinkKey.objects.bulk_create(links)
    Mail.objects.bulk_create(mails)
