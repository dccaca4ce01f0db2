"""Who got what, for what and when, as anyone may read it: what is marked exempt is left out here, before any page.

Every public page, file and feed is made from `PublicGrant`, and nothing else of a grant reaches them. Search and order
look at what is left, so that neither tells what is not. A grant that is exempt as a whole, or lies in such a case, is
counted in the sums and stands nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Exists, F, Q, Subquery, Sum
from django.utils.translation import gettext as _

from grants.models import BudgetLine, ExemptField, Grant, Scheme, Stage
from portal import case_path
from portal.models import Authority
from portal.models.case import Access
from strategy.filters import NORWEGIAN

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from portal.models import CaseStep

Field = ExemptField.Field
IS_OPEN = Q(access=Access.OPEN, case__access=Access.OPEN)
NET = F("balance__committed_nok") - F("balance__released_nok") - F("balance__repaid_nok")
PAID = F("balance__paid_nok") - F("balance__repaid_nok")


@dataclass(slots=True)
class PublicGrant:
    """What everyone may know of a grant. An empty text with a basis beside it is left out by that basis."""

    pk: int
    authority_slug: str
    year: int
    recipient: str
    recipient_basis: str
    number: str
    title: str
    title_basis: str
    description: str
    description_basis: str
    scheme: str
    scheme_slug: str
    area: str
    decided_on: dt.date | None
    decision: str
    case_url: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    state: str
    amount_nok: int
    """As it was decided."""
    released_nok: int
    repaid_nok: int
    paid_out_nok: int
    recipient_key: int
    """Tells recipients apart; nought for those that are left out."""
    invented: bool = False

    @property
    def net_nok(self) -> int:
        """What it has come to: as decided, less what has lapsed or was paid back."""
        return self.amount_nok - self.released_nok - self.repaid_nok

    @property
    def paid_nok(self) -> int:
        """Paid out, less what was paid back."""
        return self.paid_out_nok - self.repaid_nok

    @property
    def state_word(self) -> str:
        return str(Grant.State(self.state).label)

    @property
    def shown_recipient(self) -> str:
        """The recipient, or that it is left out, and why."""
        return self.recipient or left_out(self.recipient_basis)

    @property
    def shown_title(self) -> str:
        return self.title or left_out(self.title_basis)

    @property
    def has_exempt(self) -> bool:
        return bool(self.recipient_basis or self.title_basis or self.description_basis)

    @property
    def searched(self) -> str:
        return f"{self.recipient} {self.number} {self.title} {self.description} {self.scheme} {self.area}".casefold()


class Withheld(NamedTuple):
    """Grants that are exempt as a whole: how many, their sums, and by which legal bases."""

    count: int = 0
    net_nok: int = 0
    paid_nok: int = 0
    bases: str = ""


class Totals(NamedTuple):
    """The year's sums, those of exempt grants with them."""

    count: int
    recipients: int
    net_nok: int
    paid_nok: int


def left_out(basis: str) -> str:
    """Return what stands in an exempt fact's place."""
    return _("Exempt from public access (%(basis)s)") % {"basis": basis}


def granted(authority_id: int) -> QuerySet[Grant]:
    """Return the grants that were given by public schemes, exempt ones too: only sums may be made of those."""
    return Grant.objects.filter(authority=authority_id, state__in=Grant.HOLDING, scheme__is_public=True)


def rows(authority_id: int, year: int | None = None) -> list[PublicGrant]:
    """Return the public grants of a year, or of all years, the largest first; two queries."""
    found = granted(authority_id).filter(IS_OPEN)
    return in_order(of(found if year is None else found.filter(year=year)), "belop")


def newest(authority_id: int, most: int) -> list[PublicGrant]:
    """Return the public grants decided last; two queries."""
    return of(granted(authority_id).filter(IS_OPEN).order_by("-decided_on", "-pk")[:most])


def one(grant: Grant) -> PublicGrant:
    """Return what everyone may know of one grant; two queries."""
    return of(Grant.objects.filter(pk=grant.pk))[0]


def of(grants: QuerySet[Grant]) -> list[PublicGrant]:
    """Return what everyone may know of each grant, in the order given; two queries."""
    found = list(
        grants.select_related(
            "authority", "scheme", "organisation", "account__line", "balance", "case", "step__body__authority",
            "step__case",
        )
    )  # fmt: skip
    exempt: dict[int, dict[str, str]] = {}
    for row in ExemptField.objects.filter(grant__in=[grant.pk for grant in found]):
        exempt.setdefault(row.grant_id, {})[row.field] = row.basis
    return [_public(grant, exempt.get(grant.pk, {})) for grant in found]


def _public(grant: Grant, bases: dict[str, str]) -> PublicGrant:
    """Return one grant without what is marked; what could tell of it by the way is left out with it."""
    line = getattr(grant.account, "line", None)
    organisation, tells = grant.organisation, not (bases.get(Field.RECIPIENT) or bases.get(Field.TITLE))
    is_known = Field.RECIPIENT not in bases
    is_case_open = grant.case.access == Access.OPEN
    return PublicGrant(
        pk=grant.pk, authority_slug=grant.authority.slug, year=grant.year,
        recipient=organisation.name if is_known else "", recipient_basis=bases.get(Field.RECIPIENT, ""),
        number=organisation.number if is_known else "",
        title="" if Field.TITLE in bases else grant.title, title_basis=bases.get(Field.TITLE, ""),
        description="" if Field.DESCRIPTION in bases else grant.description,
        description_basis=bases.get(Field.DESCRIPTION, ""),
        scheme=grant.scheme.name, scheme_slug=grant.scheme.slug, area=line.area if line else "",
        decided_on=grant.decided_on, decision=_decision(grant, tells=tells),
        case_url=grant.case.get_absolute_url() if tells and is_case_open else "",
        starts_on=grant.starts_on, ends_on=grant.ends_on, state=grant.state, amount_nok=grant.amount_nok,
        released_nok=grant.balance.released_nok, repaid_nok=grant.balance.repaid_nok,
        paid_out_nok=grant.balance.paid_nok, recipient_key=grant.organisation_id if is_known else 0,
        invented=grant.invented or (is_known and organisation.invented),
    )  # fmt: skip


def _decision(grant: Grant, *, tells: bool) -> str:
    """Return who decided it and by which number; a free text only where nothing of it can tell what is left out."""
    step: CaseStep | None = grant.step
    said = []
    if step is not None and step.case.access == Access.OPEN:
        body = step.body
        said = [body.name if body else (step.actor if tells else ""), step.case_number if tells else ""]
    return ", ".join(filter(None, [*said, grant.decision_reference if tells else ""]))


# ---- order, search, sums ----

ORDERS = {
    "belop": lambda row: (-row.net_nok, row.pk),
    "mottaker": lambda row: (not row.recipient, row.recipient.casefold().translate(NORWEGIAN), row.pk),
    "dato": lambda row: (-row.decided_on.toordinal() if row.decided_on else 0, -row.pk),
    "ordning": lambda row: (row.scheme.casefold().translate(NORWEGIAN), -row.net_nok, row.pk),
}


def in_order(found: Iterable[PublicGrant], order: str) -> list[PublicGrant]:
    """Return the rows by amount, recipient, date or scheme: by what is shown of them."""
    return sorted(found, key=ORDERS.get(order, ORDERS["belop"]))


def that_fit(found: Iterable[PublicGrant], *, words: str = "", scheme: str = "") -> list[PublicGrant]:
    """Return the rows of a scheme in which all the words stand."""
    asked = words.casefold().split()
    return [row for row in found if (not scheme or row.scheme_slug == scheme) and all(w in row.searched for w in asked)]


def withheld(authority_id: int, year: int, *, scheme: str = "") -> Withheld:
    """Return the sums of the year's grants that are exempt as a whole; one query."""
    asked = granted(authority_id).filter(~IS_OPEN, year=year)
    if scheme:
        asked = asked.filter(scheme__slug=scheme)
    bases = asked.order_by().values_list("access_basis", "case__access_basis")
    found = bases.annotate(n=Count("pk"), net=Sum(NET), paid=Sum(PAID))
    count = net = paid = 0
    named = set()
    for of_grant, of_case, n, its_net, its_paid in found:
        count, net, paid = count + n, net + its_net, paid + its_paid
        named |= {of_grant or of_case}
    return Withheld(count, net, paid, ", ".join(sorted(named - {""})))


def totals(found: list[PublicGrant], kept_back: Withheld = Withheld()) -> Totals:  # noqa: B008
    """Return the sums of what is shown and what is kept back, and how many recipients are known by name."""
    return Totals(
        len(found) + kept_back.count, len({row.recipient_key for row in found if row.recipient_key}),
        sum(row.net_nok for row in found) + kept_back.net_nok, sum(row.paid_nok for row in found) + kept_back.paid_nok,
    )  # fmt: skip


# ---- the budget behind it ----


@dataclass(slots=True)
class PublicLine:
    """A sum of a public scheme's budget; of one to be divided, what is not divided yet."""

    scheme: str
    scheme_slug: str
    year: int
    name: str
    area: str
    recipient: str
    amount_nok: int
    stage: str
    decision: str
    source: str
    is_part: bool
    is_frame: bool
    """Part of it, or all, is divided between others."""
    goes_to_fund: bool
    invented: bool
    pk: int


def kept_back_accounts(authority_id: int) -> set[int]:
    """Return the accounts whose named recipient must not be told: it has got a grant that does not tell; one query."""
    exempt = Q(exempt__field=Field.RECIPIENT) | ~IS_OPEN
    return set(
        Grant.objects.filter(exempt, authority=authority_id, state__in=Grant.HOLDING).values_list("account", flat=True)
    )


def lines(authority_id: int, *, scheme: int | None = None, from_year: int | None = None) -> list[PublicLine]:
    """Return the adopted and the recommended lines of public schemes, by year and area; two queries.

    A line that names a recipient who is exempt as the holder of its grant is called by its area only.
    """
    asked = BudgetLine.objects.filter(authority=authority_id).exclude(stage=Stage.REJECTED)
    asked = asked.filter(scheme=scheme) if scheme else asked.filter(scheme__is_public=True)
    if from_year is not None:
        asked = asked.filter(year__gte=from_year)
    asked = asked.select_related("scheme", "recipient", "step__body", "step__case")
    found = list(asked.order_by("year", "area", "position", "pk"))
    hidden = kept_back_accounts(authority_id)
    divided: dict[int, int] = {}
    for line in found:
        if line.parent_id and line.stage == Stage.ADOPTED:
            divided[line.parent_id] = divided.get(line.parent_id, 0) + line.amount_nok
    return [_public_line(line, hidden, divided.get(line.pk, 0)) for line in found]


def _public_line(line: BudgetLine, hidden: set[int], divided_nok: int) -> PublicLine:
    is_hidden = line.recipient_id is not None and line.account_id in hidden
    decision = line.decision_reference
    if line.step and line.step.body and line.step.case.access == Access.OPEN:
        decision = ", ".join(filter(None, (line.step.body.name, case_path.when(line.step), decision)))
    return PublicLine(
        scheme=line.scheme.name, scheme_slug=line.scheme.slug, year=line.year,
        name=(line.area or _("Recipient not told")) if is_hidden else line.name, area=line.area,
        recipient="" if is_hidden or line.recipient is None else line.recipient.name,
        amount_nok=line.amount_nok - divided_nok, stage=line.stage, decision="" if is_hidden else decision,
        source="" if is_hidden else line.source, is_part=line.parent_id is not None, is_frame=bool(divided_nok),
        goes_to_fund=line.fund_id is not None, invented=line.invented, pk=line.pk,
    )  # fmt: skip


def years(authority_id: int) -> list[int]:
    """Return the years with public grants, or lines that are adopted or recommended, in order; one query."""
    with_grants = granted(authority_id).order_by().values_list("year")
    with_lines = BudgetLine.objects.filter(authority=authority_id, scheme__is_public=True).exclude(stage=Stage.REJECTED)
    return sorted(year for (year,) in with_grants.union(with_lines.order_by().values_list("year")))


class Known(NamedTuple):
    """The last years, up to this one, with a grant and with a line of the budget; and whether there is any scheme."""

    has_schemes: bool
    with_grants: int | None
    with_lines: int | None


def what_is_known(authority_id: int, today: dt.date) -> Known:
    """Return which year an authority's money is of; one query."""
    lines = BudgetLine.objects.filter(authority=authority_id, scheme__is_public=True).exclude(stage=Stage.REJECTED)
    passed = {"year__lte": today.year}
    found = Authority.objects.filter(pk=authority_id).values_list(
        Exists(Scheme.objects.filter(authority=authority_id, is_public=True)),
        Subquery(granted(authority_id).filter(**passed).order_by("-year").values("year")[:1]),
        Subquery(lines.filter(**passed).order_by("-year").values("year")[:1]),
    )
    return Known(*found.get())


def year_to_show(authority_id: int, today: dt.date) -> int:
    """Return the year a reader meets first: the last with a grant, else the last with a line, up to this year."""
    known = what_is_known(authority_id, today)
    return known.with_grants or known.with_lines or today.year
