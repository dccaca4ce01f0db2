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
    unit_leaders: tuple[tuple[str, str], ...] = ()  # (unit, key of the user who leads it)
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
    """One treatment (behandling) of a case, by a body or by a named actor.

    `body` is a kind of the case's own authority ("council"), or another's ("eidskog/council").
    """

    stage: int
    activity: str
    description: str
    actor: str = ""
    body: str = ""
    starts: date | None = None
    ends: date | None = None
    precision: str = "month"
    papers_due: date | None = None
    number: str = ""  # the body's own case number
    outcome: str = "pending"
    resolution: str = ""
    decided: date | None = None
    invented: bool = False


@dataclass(frozen=True)
class CaseFact:
    """A case (sak) with its steps, and its annexes by title: the files themselves are not part of the demo."""

    key: str
    authority: str
    title: str
    steps: tuple[StepFact, ...]
    annexes: tuple[str, ...] = ()
    officer: str = ""  # key of the user
    invented: bool = False


@dataclass(frozen=True)
class PathStepFact:
    """A step of a template: months are counted from the month the case starts, which is 1."""

    stage: int
    activity: str
    description: str = ""
    body_kind: str = ""
    actor: str = ""
    each_member: bool = False
    starts_month: int | None = None
    ends_month: int | None = None


@dataclass(frozen=True)
class PathFact:
    """A template of the way cases go (mal for saksgang), for its authority and for others to use."""

    key: str
    authority: str
    name: str
    steps: tuple[PathStepFact, ...]


@dataclass(frozen=True)
class InvitationFact:
    """One who was asked. Always invented: no source prints who was."""

    key: str
    name: str
    address: str


@dataclass(frozen=True)
class InputFact:
    """An input with its answer, if it has one. Always invented."""

    number: int
    speaks_for: str
    text: str
    received: date
    source: str = "web"
    invitation: str = ""
    address: str = ""
    may_publish: bool = True
    answer: str = ""
    consequence: str = ""
    answered: date | None = None
    answered_by: str = ""


@dataclass(frozen=True)
class RoundFact:
    """An input round (innspillsrunde). Dates no source prints are left out, unless the whole round is invented."""

    key: str
    authority: str
    case: str
    slug: str
    title: str
    lede: str = ""
    questions: tuple[str, ...] = ()
    audience: str = "all"
    opens: date | None = None
    due: date | None = None
    due_precision: str = "day"
    takes_late: bool = False
    over: bool = False
    answer_due: date | None = None
    answers_published: date | None = None
    invited: date | None = None
    invitations: tuple[InvitationFact, ...] = ()
    inputs: tuple[InputFact, ...] = ()
    invented: bool = False
