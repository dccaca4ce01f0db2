"""What is known of an undertaking's de minimis aid: in the portal, in the register, and as the applicant says.

The one sanctioned look across authorities: of another's award it tells who gave it, when and how much; not for what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import DecimalField, Exists, F, Func, OuterRef, Q

from grants.minimis_aid import rules
from grants.models import (
    AidAward,
    AidCeiling,
    Application,
    DeclaredAid,
    ExchangeRate,
    Grant,
    RegisterAward,
    RegisterMatch,
    UndertakingLink,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from decimal import Decimal

HOLD = (
    "INSERT INTO grants_undertaking SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING",
    "SELECT 1 FROM grants_undertaking WHERE number = ANY (%s::text[]) ORDER BY number FOR UPDATE",
)
EUR = DecimalField(max_digits=14, decimal_places=2)


class Eur(Func):
    """Kroner in euro at the rate of a day, as the guard counts."""

    function, output_field = "grants_eur", EUR


def members_of(number: str) -> list[str]:
    """Return the numbers of the whole undertaking: the company and those confirmed to be linked; one query."""
    if not number:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(o ORDER BY o <> %s, o) FROM grants_undertaking_of(%s) o", [number, number])
        found: list[str] = cursor.fetchone()[0]
    return found


def lock(number: str) -> list[str]:
    """Take hold of a whole undertaking, so that decisions on it wait for each other; return its numbers.

    The rows are taken in the order of their numbers, as the guard takes them.
    """
    members = members_of(number)
    while True:
        with connection.cursor() as cursor:
            for statement in HOLD:
                cursor.execute(statement, [sorted(members)])
        held, members = set(members), members_of(number)
        if held.issuperset(members):
            return members


def rate_on(day: dt.date) -> ExchangeRate | None:
    """Return the rate that counts on a day: its own, else the latest before it, else the first there is."""
    latest = ExchangeRate.objects.filter(day__lte=day).order_by("-day").first()
    return latest or ExchangeRate.objects.order_by("day").first()


@dataclass(frozen=True)
class Ceilings:
    """The ceilings that hold on a day, by basis, with the act each stands in."""

    rows: dict[str, AidCeiling]

    @property
    def amounts(self) -> dict[str, int | None]:
        return {basis: row.amount_eur for basis, row in self.rows.items()}


def ceilings_on(day: dt.date) -> Ceilings:
    rows = AidCeiling.objects.filter(valid_from__lte=day).order_by("basis", "valid_from")
    return Ceilings({row.basis: row for row in rows})


def application_of(of: Application | Grant) -> Application | None:
    """Return the application a grant answers, or the application itself."""
    if isinstance(of, Application):
        return of
    return Application.objects.sent().filter(case=of.case_id).first()


def declared_for(of: Application | Grant) -> Any:
    """Return what was declared for an application or a grant: what one says counts for the other."""
    if isinstance(of, Application):
        fits = Q(application=of) | (Q(grant__case=of.case_id) if of.case_id else Q(pk__in=[]))
    else:
        fits = Q(grant=of) | Q(application__case=of.case_id)
    rows = DeclaredAid.objects.filter(fits, authority=of.authority_id).select_related("resolved_by")
    return rows.order_by("decided_on", "pk")


def rows_of(members: list[str], of: Application | Grant | None, number: str = "") -> list[rules.Row]:
    """Return every award known of an undertaking, and what the applicant declares; three queries."""
    return [*_ours(members, of), *_register(members), *(_declared(of, number) if of is not None else ())]


def _ours(members: list[str], of: Application | Grant | None) -> Iterable[rules.Row]:
    tied = RegisterMatch.objects.filter(award=OuterRef("pk"))
    found = AidAward.objects.filter(number__in=members).annotate(is_tied=Exists(tied))
    for row in found.select_related("authority", "grant__organisation"):
        is_this = isinstance(of, Grant) and row.grant_id == of.pk
        yield rules.Row(
            rules.THIS if is_this else rules.OURS, row.number, row.decided_on, row.amount_nok, row.amount_eur,
            row.basis, f"{row.pk:020}", is_over=row.ended_on is not None, same=row.is_tied,
            giver=row.authority.full_name, shown=row,
        )  # fmt: skip


def _register(members: list[str]) -> Iterable[rules.Row]:
    tied = RegisterMatch.objects.filter(register=OuterRef("pk"))
    found = RegisterAward.objects.filter(number__in=members).annotate(
        is_tied=Exists(tied), eur=Eur(F("amount_nok"), F("decided_on"))
    )
    for row in found:
        yield rules.Row(
            rules.REGISTER, row.number, row.decided_on, row.amount_nok, _some(row.eur), row.basis, row.reference,
            same=row.is_tied, giver=row.giver, shown=row,
        )  # fmt: skip


def _declared(of: Application | Grant, number: str) -> Iterable[rules.Row]:
    found = declared_for(of).annotate(eur=Eur(F("amount_nok"), F("decided_on")))
    for row in found:
        yield rules.Row(
            rules.DECLARED, row.number or number, row.decided_on, row.amount_nok, _some(row.eur), row.basis,
            f"{row.pk:020}", same=row.resolution == DeclaredAid.Resolution.SAME,
            outside=row.resolution == DeclaredAid.Resolution.OUTSIDE, giver=row.giver, shown=row,
        )  # fmt: skip


def _some(amount: Decimal | None) -> Decimal:
    """Return the amount; nought where no rate is known, which is said by itself."""
    return amount if amount is not None else rules.CENT * 0


def links_of(members: list[str], authority_id: int, application: Application | None) -> list[UndertakingLink]:
    """Return the links of an undertaking: those any authority has confirmed, and what is declared to this one."""
    of_it = Q(number__in=members) | Q(linked__in=members)
    if application is not None:
        of_it |= Q(application=application)
    here = Q(confirmed_on__isnull=False) | Q(authority=authority_id)
    found = UndertakingLink.objects.filter(of_it, here, ended_on=None)
    return list(found.select_related("confirmed_by", "authority").order_by("confirmed_on", "number", "linked", "pk"))


def unanswered(number: str, authority_id: int) -> int:
    """Return how many links an applicant has declared here that no officer has answered."""
    of_it = Q(number=number) | Q(linked=number)
    return UndertakingLink.objects.filter(of_it, authority=authority_id, confirmed_on=None, ended_on=None).count()
