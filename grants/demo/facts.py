"""The shapes the demo's facts about money are written in. Data only: no model, no clock; whole kroner."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class OrganisationFact:
    """One who gets money. The real ones have no number here: the sources print none, and no grant has needed it."""

    key: str
    authority: str
    name: str
    number: str = ""
    form: str = ""
    invented: bool = False


@dataclass(frozen=True)
class ConditionFact:
    """A condition (vilkår) of a scheme, of one of its lines, or of a grant."""

    key: str
    kind: str  # matching | by_date | report | holdback | attested
    title: str
    description: str = ""
    stage: str = "adopted"  # proposed | adopted
    binds: str = "recipient"  # recipient | authority
    line: str = ""
    first_year: int | None = None
    last_year: int | None = None
    classes: tuple[str, ...] = ()
    share: int | None = None
    due: date | None = None
    holdback: int | None = None
    met: date | None = None
    met_note: str = ""


@dataclass(frozen=True)
class LineFact:
    """A budget line (budsjettpost). Without a decision it is proposed, and holds no money."""

    key: str
    year: int
    name: str
    amount_nok: int
    area: str = ""
    recipient: str = ""
    decision: str = ""
    decided: date | None = None
    step: str = ""  # key of a shared step, where the decision stands in a case of the demo
    parent: str = ""
    to_fund: bool = False
    serves: str = ""  # key of a measure of the scheme's plan, where it is another than the scheme's own


@dataclass(frozen=True)
class PledgeFact:
    """What someone says she will pay into a fund (løfte). Always invented."""

    key: str
    payer: str
    payer_class: str
    amount_nok: int
    pledged: date
    due: date | None = None


@dataclass(frozen=True)
class SchemeFact:
    """A scheme (støtteordning) with its cases, money and conditions."""

    key: str
    authority: str
    slug: str
    name: str
    kind: str  # operating | fund | project
    purpose: str
    source: str = ""
    first_year: int | None = None
    last_year: int | None = None
    cases: tuple[tuple[str, str], ...] = ()  # (key of the shared case, purpose)
    plan: str = ""
    serves: str = ""
    takes_pledges: bool = False
    lines: tuple[LineFact, ...] = ()
    conditions: tuple[ConditionFact, ...] = ()
    pledges: tuple[PledgeFact, ...] = ()
    dimensions: tuple[tuple[str, str], ...] = ()
    invented: bool = False


@dataclass(frozen=True)
class SourceFact:
    """What someone else pays for the same, and the day its document was sent and read."""

    key: str
    payer: str
    payer_class: str
    amount_nok: int
    state: str = "documented"  # pledged | sent | documented | returned
    sent: date | None = None
    note: str = ""


@dataclass(frozen=True)
class ReportFact:
    """A report a grant asks for; `condition` names the one that it meets."""

    key: str
    title: str
    due: date
    condition: str = ""
    sent: date | None = None
    approved: date | None = None
    text: str = ""


@dataclass(frozen=True)
class PayoutFact:
    """A payout, and the day of each thing that was done with it; nobody is named twice."""

    key: str
    amount_nok: int
    asked: date
    text: str = ""
    prepared: date | None = None
    attested: date | None = None
    approved: date | None = None
    file: int | None = None
    paid: date | None = None

    @property
    def state(self) -> str:
        done = [("paid", self.paid), ("sent", self.file), ("approved", self.approved), ("attested", self.attested),
                ("prepared", self.prepared)]  # fmt: skip
        return next((name for name, when in done if when), "asked")


@dataclass(frozen=True)
class GrantFact:
    """A grant (tilsagn) of the invented thread. Without a decision it is being assessed."""

    key: str
    scheme: str
    line: str
    organisation: str
    title: str
    description: str
    amount_nok: int
    decided: date | None = None
    decision: str = ""
    starts: date | None = None
    ends: date | None = None
    use_by: date | None = None
    aid: tuple[str, str, str] = ("", "", "")  # (basis, activity, why)
    conditions: tuple[ConditionFact, ...] = ()
    copies: tuple[str, ...] = ()  # keys of the scheme's conditions it has copies of
    sources: tuple[SourceFact, ...] = ()
    reports: tuple[ReportFact, ...] = ()
    payouts: tuple[PayoutFact, ...] = ()
    released: tuple[int, date, str] | None = None
    claimed: tuple[int, date, date, str] | None = None  # (amount, claimed, due, why)
    state: str = ""  # finished or lapsed, where it has come so far
    exempt: tuple[str, ...] = ()
    exempt_basis: str = ""
