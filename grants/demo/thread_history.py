"""The history of the invented thread: the lines that the deeds leave, on the days they are said to have happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grants.demo import thread
from grants.demo.rows import at_noon
from portal.models import Event

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from grants.demo.facts import GrantFact, PayoutFact
    from grants.models import Grant, Payout
    from portal.demo.shelf import Shelf
    from portal.models import User

SIGNED = (
    ("prepared", thread.PREPARER), ("attested", thread.ATTESTER), ("approved", thread.APPROVER),
    ("paid", thread.PREPARER),
)  # fmt: skip
"""What is done with a payout, and by whom."""


def of_grant(shelf: Shelf, fact: GrantFact, grant: Grant, who: dict[str, User]) -> None:
    """Place what has happened to a grant."""
    shelf.put(
        "grant-event",
        {
            f"{fact.key}/{kind}": _event(kind, grant, grant.case_id, day, who[thread.OFFICER], amount_nok=amount_nok)
            for kind, day, amount_nok in _happened(fact)
        },
    )


def _happened(fact: GrantFact) -> Iterator[tuple[str, dt.date, int]]:
    if fact.decided is not None:
        yield "grant_decided", fact.decided, fact.amount_nok
    if fact.released is not None:
        yield "grant_lapsed", fact.released[1], fact.released[0]
    if fact.claimed is not None:
        yield "repayment_claimed", fact.claimed[1], fact.claimed[0]


def of_payout(shelf: Shelf, key: str, each: PayoutFact, payout: Payout, who: dict[str, User]) -> None:
    """Place what has happened to a payout: asked for, signed by each, paid."""
    done = [("asked", each.asked, payout.asked_by)]
    done += [(name, day, who[role]) for name, role in SIGNED if (day := getattr(each, name)) is not None]
    shelf.put(
        "payout-event",
        {
            f"{key}/{name}": _event(
                f"payout_{name}", payout, payout.grant.case_id, day, user, amount_nok=payout.amount_nok
            )
            for name, day, user in done
        },
    )


def _event(kind: str, subject: Any, case_id: int, day: dt.date, by: User, **facts: int) -> Event:
    return Event(
        authority_id=subject.authority_id, case_id=case_id, kind=kind, subject_type=subject._meta.label_lower,
        subject_id=subject.pk, actor_id=by.pk, at=at_noon(day), facts=facts,
    )  # fmt: skip
