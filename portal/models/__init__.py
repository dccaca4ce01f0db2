"""The nouns all areas stand on, one file per family."""

from portal.models.authority import Authority, RegionMembership, Unit
from portal.models.case import Body, BodyMembership, Case, CaseRelation, CaseStep, Document
from portal.models.history import DemoLoad, Event, Heartbeat
from portal.models.notices import Mail, Notice
from portal.models.organisation import Organisation
from portal.models.people import Membership, Role, User

__all__ = [
    "Authority",
    "Body",
    "BodyMembership",
    "Case",
    "CaseRelation",
    "CaseStep",
    "DemoLoad",
    "Document",
    "Event",
    "Heartbeat",
    "Mail",
    "Membership",
    "Notice",
    "Organisation",
    "RegionMembership",
    "Role",
    "Unit",
    "User",
]
