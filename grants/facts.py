"""From rows to the facts that rules decide by; for many grants at once, in the same three queries."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import F, Sum

from grants import rules
from grants.models import Condition, Decision, FinancingSource, Grant, GrantBalance, GrantReport, Payout

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

UNDER_WAY = (Payout.State.ASKED, Payout.State.PREPARED, Payout.State.ATTESTED)
"""Payouts that are asked for and have not left the grant yet."""
ACCEPTED = (None, Decision.Answer.ACCEPTED)
"""Answers that let a grant be paid: none is asked for where there was no application."""


def condition_facts(condition: Condition, reports: Collection[str] = ()) -> rules.ConditionFacts:
    """Return one condition as the rules know it; `reports` is how those that answer it stand."""
    return rules.ConditionFacts(
        pk=condition.pk, kind=rules.Kind(condition.kind), title=condition.title,
        is_settled=condition.state != Condition.State.OPEN, due_on=condition.due_on,
        is_reported=GrantReport.State.APPROVED in reports, is_sent=GrantReport.State.SENT in reports,
        share_percent=condition.share_percent or 0, classes=frozenset(condition.classes),
        counts_in_kind=condition.counts_in_kind, holdback_percent=condition.holdback_percent or 0,
    )  # fmt: skip


def of(grants: Iterable[Grant], *, but: Payout | None = None) -> dict[int, rules.GrantFacts]:
    """Return what decides about payouts of each grant; `but` is left out of what is under way. Five queries.

    A condition that binds the authority itself stands in no payout's way, and is left out.
    """
    keys = [grant.pk for grant in grants]
    reports: dict[int, set[str]] = defaultdict(set)
    answers = GrantReport.objects.filter(grant__in=keys, condition__isnull=False)
    for answered, state in answers.order_by().values_list("condition_id", "state"):
        reports[answered or 0].add(state)
    conditions: dict[int, list[rules.ConditionFacts]] = defaultdict(list)
    binding = Condition.objects.filter(grant__in=keys, binds=Condition.Binds.RECIPIENT).order_by("position", "pk")
    for condition in binding:
        conditions[condition.grant_id].append(condition_facts(condition, reports[condition.pk]))
    sources: dict[int, list[rules.Source]] = defaultdict(list)
    for row in FinancingSource.objects.filter(grant__in=keys).order_by("pk"):
        sources[row.grant_id].append(
            rules.Source(row.payer_class, row.amount_nok, rules.Counted(row.state), row.form == row.Form.IN_KIND)
        )
    waiting = Payout.objects.filter(grant__in=keys, state__in=UNDER_WAY).exclude(pk=but.pk if but else None)
    underway = dict(waiting.order_by().values_list("grant_id").annotate(Sum("amount_nok")))
    return {
        balance.grant_id: rules.GrantFacts(
            balance.committed_nok, balance.released_nok, balance.paid_nok, tuple(conditions[balance.grant_id]),
            tuple(sources[balance.grant_id]), underway.get(balance.grant_id, 0), balance.answer in ACCEPTED,
        )
        for balance in GrantBalance.objects.filter(grant__in=keys).annotate(answer=F("grant__decision__answer"))
    }  # fmt: skip


def of_one(grant: Grant, *, but: Payout | None = None) -> rules.GrantFacts:
    """Return what decides about payouts of one grant."""
    return of([grant], but=but)[grant.pk]
