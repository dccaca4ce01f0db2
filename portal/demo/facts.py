"""The shapes the demo's shared facts are written in. Data only: no model, no clock."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class BodyFact:
    """An elected or appointed body (organ). `kind` is portal's own word for it; `seats` where they are known."""

    kind: str
    name: str
    founded: date | None = None
    seats: int | None = None


@dataclass(frozen=True)
class AuthorityFact:
    """A municipality or a region. Listed ones use the portal; the others are there as members of a region."""

    slug: str
    name: str
    kind: str = "municipality"
    number: str = ""
    number_from: date | None = None
    theme: str = "portal"
    listed: bool = False
    tagline: str = ""
    contact_email: str = ""
    complaint_body: str = ""
    units: tuple[str, ...] = ()
    bodies: tuple[BodyFact, ...] = ()


@dataclass(frozen=True)
class RegionFact:
    """A region and those who are members today; no source gives the dates they joined."""

    region: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class UserFact:
    """An invented person for the demo, with one role in one authority; the operator has none."""

    key: str
    email: str
    name: str
    role: str = ""
    authority: str = ""
    case: str = ""
    seat: tuple[str, str] | None = None  # (kind of body, capacity) where the person sits in one


@dataclass(frozen=True)
class StepFact:
    """One treatment (behandling) of a case, by a body of its authority (its kind) or by a named actor."""

    stage: int
    activity: str
    description: str
    actor: str = ""
    body: str = ""
    starts: date | None = None
    ends: date | None = None
    precision: str = "month"


@dataclass(frozen=True)
class CaseFact:
    """A case (sak) with its steps, and its annexes by title: the files themselves are not part of the demo."""

    key: str
    authority: str
    title: str
    steps: tuple[StepFact, ...]
    annexes: tuple[str, ...] = ()
