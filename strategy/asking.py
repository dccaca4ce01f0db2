"""Who is asked to report, and the mails that ask: one to each person or partner, about all that waits for her.

A person answers where one is named, else the partner at the address the report carries, else nobody can be asked.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import keys, outbox, permissions
from portal.calendar import oslo_today
from portal.models import LinkKey, Membership, User
from strategy import links
from strategy.models import StatusReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from portal.models import Notice
    from strategy.models import ReportingPeriod


class Answerer(NamedTuple):
    """Who answers a report: a person, or a partner's address."""

    user: User | None = None
    address: str = ""

    @property
    def reader(self) -> dict[str, Any]:
        """The receiver as the outbox takes it."""
        return {"user": self.user} if self.user else {"address": self.address}


def with_people(reports: QuerySet[StatusReport]) -> QuerySet[StatusReport]:
    """Bring along what decides who answers, and how the measure is named."""
    return reports.select_related(
        "person", "participation__person", "participation__unit", "authority", "reported_by",
        "participation__measure__current_entry__strategy",
    )  # fmt: skip


def unanswered() -> Q:
    """Return the condition that someone is waited for: nothing came, or a question back is not answered."""
    return Q(reported_at__isnull=True) | Q(returned_at__gt=F("reported_at"))


def is_sent_back(report: StatusReport) -> bool:
    """Say whether a question back waits for its answer. The report counts as reported all the same."""
    return bool(report.returned_at and report.reported_at and report.returned_at > report.reported_at)


def who_answers(report: StatusReport) -> Answerer | None:
    """Return who is to answer; nothing where no one is named, or who is named has left."""
    person = report.person or (None if report.address else report.participation.person)
    if person is not None:
        return Answerer(user=person) if person.is_active else None
    return Answerer(address=report.address) if report.address else None


def colleagues(authority_id: int, on: dt.date) -> QuerySet[User]:
    """Return those a report may be given to: who works in the authority, or has a measure there already."""
    at_work = Membership.objects.filter(
        permissions.period_holds(on), authority_id=authority_id, role__in=permissions.CASEWORK
    )
    named = Q(pk__in=at_work.values("user_id")) | Q(measures__authority_id=authority_id)
    return User.objects.filter(named, is_active=True).distinct().order_by("name", "pk")


def groups(reports: Iterable[StatusReport]) -> dict[tuple[int, Answerer], list[StatusReport]]:
    """Return the reports by authority and who answers them; those nobody answers are left out."""
    found: dict[tuple[int, Answerer], list[StatusReport]] = defaultdict(list)
    for report in reports:
        if answerer := who_answers(report):
            found[report.authority_id, answerer._replace(address=answerer.address.lower())].append(report)
    return dict(found)


def nobody_to_ask(reports: Iterable[StatusReport]) -> list[StatusReport]:
    return [report for report in reports if who_answers(report) is None]


# ---- asking ----


def ask_all(period: ReportingPeriod, reports: list[StatusReport], *, at: dt.datetime) -> None:
    """Tell each person and each partner, once, what she is asked for now."""
    for (_authority, answerer), asked in groups(reports).items():
        ask(period, answerer, asked, at=at, occasion=f"asked-{min(report.pk for report in asked)}")


def ask(
    period: ReportingPeriod, answerer: Answerer, reports: list[StatusReport], *, at: dt.datetime, occasion: str,
    is_reminder: bool = False, is_handed: bool = False,
) -> Notice | None:  # fmt: skip
    """Tell one person or partner what is waited for: a person comes to her own page, a partner to a link for each."""
    common: dict[str, Any] = {
        **answerer.reader, "subject": period, "authority": reports[0].authority, "occasion": occasion,
        "on_date": oslo_today(at), "thread": outbox.thread_of(period), "context": str(period.plan), "period": period,
        "plan": period.plan, "count": len(reports), "is_reminder": is_reminder,
        "is_handed": is_handed,
        "title": lambda: asking_title(period, is_reminder),
    }  # fmt: skip
    if answerer.user:
        return outbox.notify(
            kind="report_asked", link=reverse("my_reporting"), link_text=gettext_lazy("Report now"),
            template="report_asked", unsubscribe=True, **common,
        )  # fmt: skip
    return outbox.notify(
        kind="partner_asked", link="", link_text="", template="partner_asked",
        measures=[(measure_title(report), private_link(report, at)) for report in reports], **common,
    )  # fmt: skip


def asking_title(period: ReportingPeriod, is_reminder: bool) -> str:
    """Return the subject of the mail, in the active language."""
    words = {"plan": period.plan.title, "period": period.name}
    if is_reminder:
        return _("Reminder: report on %(plan)s, %(period)s") % words
    return _("Report on %(plan)s, %(period)s") % words


def measure_title(report: StatusReport) -> str:
    entry = report.participation.measure.current_entry
    return entry.title if entry else str(report.participation.measure)


def private_link(report: StatusReport, now: dt.datetime) -> str:
    """Make a key for one report and return the address it opens."""
    address, key = links.into_partner_report(report, now)
    key.save(force_insert=True)
    return str(address)


def withdraw_links(reports: Iterable[StatusReport], *, at: dt.datetime) -> None:
    """Let the partner's links into these reports work no longer."""
    keys.revoke(LinkKey.Purpose.PARTNER_REPORT, now=at, subject_id__in=[report.pk for report in reports])


# ---- telling of one report ----


def tell(
    report: StatusReport, readers: Iterable[Answerer | None], *, kind: str, template: str, occasion: str,
    at: dt.datetime, title: Callable[[], str], but: User | None = None, opens: bool = True, **facts: Any,
) -> int:  # fmt: skip
    """Tell each of these, but the one who does it herself, something about one report; return how many were told.

    With `opens` the mail leads to the report: a person's own page, or a private link for a partner.
    """
    told = 0
    for reader in {each for each in readers if each is not None and (each.user is None or each.user != but)}:
        is_partner = reader.user is None
        link = "" if is_partner or not opens else reverse("report_measure", args=[report.pk])
        notice = outbox.notify(
            **reader.reader, kind=kind, subject=report, title=title, link=link,
            link_text=gettext_lazy("Go to the report"), template=template, authority=report.authority,
            occasion=occasion, on_date=oslo_today(at), thread=outbox.thread_of(report.period),
            context=report.period.plan.title, unsubscribe=not is_partner,
            url=private_link(report, at) if is_partner and opens else "", report=report, measure=measure_title(report),
            period=report.period, **facts,
        )  # fmt: skip
        told += notice is not None
    return told
