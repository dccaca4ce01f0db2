"""The nouns all areas stand on, one file per family."""

from portal.models.authority import Authority, RegionMembership, Unit
from portal.models.case import Body, BodyMembership, Case, CaseRelation, CaseStep, Document
from portal.models.history import CalendarDay, DemoLoad, Event, Heartbeat, Run
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
from portal.models.notices import Mail, Notice, NoticePreference, NoticeRule
from portal.models.organisation import Organisation
from portal.models.paths import PathTemplate, PathTemplateStep
from portal.models.people import Membership, Role, User

__all__ = [
    "Authority",
    "Body",
    "BodyMembership",
    "CalendarDay",
    "Case",
    "CaseRelation",
    "CaseStep",
    "DemoLoad",
    "Document",
    "DraftFile",
    "EmailCode",
    "Event",
    "Heartbeat",
    "Input",
    "InputAnswer",
    "InputAttachment",
    "InputDraft",
    "InputRound",
    "Invitation",
    "LinkKey",
    "Mail",
    "Membership",
    "Notice",
    "NoticePreference",
    "NoticeRule",
    "Organisation",
    "PathTemplate",
    "PathTemplateStep",
    "RegionMembership",
    "Role",
    "RoundDocument",
    "Run",
    "Unit",
    "User",
    "WebChoice",
]
