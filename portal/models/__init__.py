"""The nouns all areas stand on, one file per family."""

from portal.models.archive import (
    AccessAnswer,
    AccessRequest,
    ArchivedDocument,
    ArchivePackage,
    Letter,
    RetentionRule,
)
from portal.models.authority import Authority, RegionMembership, Unit
from portal.models.case import Body, BodyMembership, Case, CaseRelation, CaseStep, Document
from portal.models.history import CalendarDay, DemoLoad, Event, Heartbeat, Run
from portal.models.impartiality import Attendance, Declaration, Ruling
from portal.models.inputs import (
    DraftFile,
    Input,
    InputAnswer,
    InputAttachment,
    InputDraft,
    InputRound,
    Invitation,
    RoundDocument,
    WebChoice,
)
from portal.models.keys import EmailCode, LinkKey
from portal.models.mandate import Mandate, MandateInvitation, MandateRequest, Reach
from portal.models.notices import Mail, Notice, NoticePreference, NoticeRule
from portal.models.organisation import Organisation
from portal.models.paths import PathTemplate, PathTemplateStep
from portal.models.people import Membership, Role, User
from portal.models.signin import (
    AccessLog,
    Deputy,
    GroupRole,
    Identity,
    IdentityProvider,
    Method,
    SignIn,
    Way,
)

__all__ = [
    "AccessAnswer",
    "AccessLog",
    "AccessRequest",
    "ArchivePackage",
    "ArchivedDocument",
    "Attendance",
    "Authority",
    "Body",
    "BodyMembership",
    "CalendarDay",
    "Case",
    "CaseRelation",
    "CaseStep",
    "Declaration",
    "DemoLoad",
    "Deputy",
    "Document",
    "DraftFile",
    "EmailCode",
    "Event",
    "GroupRole",
    "Heartbeat",
    "Identity",
    "IdentityProvider",
    "Input",
    "InputAnswer",
    "InputAttachment",
    "InputDraft",
    "InputRound",
    "Invitation",
    "Letter",
    "LinkKey",
    "Mail",
    "Mandate",
    "MandateInvitation",
    "MandateRequest",
    "Membership",
    "Method",
    "Notice",
    "NoticePreference",
    "NoticeRule",
    "Organisation",
    "PathTemplate",
    "PathTemplateStep",
    "Reach",
    "RegionMembership",
    "RetentionRule",
    "Role",
    "RoundDocument",
    "Ruling",
    "Run",
    "SignIn",
    "Unit",
    "User",
    "Way",
    "WebChoice",
]
