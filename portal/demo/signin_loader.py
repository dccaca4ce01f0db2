"""Turns the demo's sign-in facts into rows: agreements, accounts, mandates, a request, a deputy, what was seen.

Periods count from the day of loading, so that what holds in the demo holds today.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.utils import timezone

from portal import sealed
from portal.acting_for import mandate_evidence
from portal.calendar import add_working_days
from portal.demo import signin_facts as facts
from portal.integrations import register, register_standin
from portal.integrations.openid_standin import RESOURCE, Service
from portal.integrations.openid_standin_tokens import subject
from portal.models import (
    AccessLog,
    Authority,
    Case,
    Deputy,
    Document,
    GroupRole,
    Identity,
    IdentityProvider,
    Mandate,
    MandateInvitation,
    MandateRequest,
    Organisation,
    User,
)

if TYPE_CHECKING:
    from portal.demo.shelf import Shelf

HOME = "halden"
LETTER = "FULLMAKT (oppdiktet)\n\nJorunn Oppdiktet eier Oppdiktet Verksted og handler for det overfor kommunen.\n"


def load_signins(shelf: Shelf, authorities: dict[str, Authority], users: dict[str, User]) -> None:
    """Place the agreements with the stand-ins, and in Halden people and companies in each state of a mandate."""
    _load_providers(shelf, authorities)
    people = _load_people(shelf)
    _load_identities(shelf, people)
    if HOME not in authorities:
        return
    home, now = authorities[HOME], timezone.now()
    cases = _load_cases(shelf, home, users)
    _load_mandates(shelf, home, cases, users, people, now)
    _load_request(shelf, home, people, now)
    _load_deputy(shelf, home, users, now)
    _load_seen(shelf, home, cases, users, now)


def _load_providers(shelf: Shelf, authorities: dict[str, Authority]) -> None:
    providers = shelf.put(
        "provider",
        {
            fact.key: IdentityProvider(
                authority=authorities[fact.authority], way=fact.way, environment="standin", tenant=fact.tenant,
                client_id=fact.client_id, client_secret=sealed.seal("client", facts.SECRET),
                resource=fact.resource, keeps_number_for=fact.keeps_number_for,
            )
            for fact in facts.PROVIDERS
            if fact.authority in authorities
        },
        natural=lambda row: (row.authority_id, row.way),
    )  # fmt: skip
    entra = {row.tenant: row for row in providers.values() if row.way == "entra"}
    shelf.put(
        "group-role",
        {
            group.id: GroupRole(
                authority_id=entra[group.tenant].authority_id, provider=entra[group.tenant], group=group.id,
                role=group.role,
            )
            for group in facts.GROUPS
            if group.role and group.tenant in entra
        },
        natural=lambda row: (row.provider_id, row.group, row.role),
    )  # fmt: skip


def _load_people(shelf: Shelf) -> dict[str, User]:
    """Place the accounts of those who have been here before. They have no password: they come by the services."""
    people = shelf.put(
        "person",
        {
            fact.key: User(email=fact.email, name=fact.name, password=make_password(None))
            for fact in facts.PEOPLE
            if fact.has_account
        },
        natural=lambda row: row.email,
    )
    shelf.put(
        "person-address",
        {key: EmailAddress(user=user, email=user.email, verified=True, primary=True) for key, user in people.items()},
        natural=lambda row: row.email,
    )
    return people


def _load_identities(shelf: Shelf, people: dict[str, User]) -> None:
    """Place who they are to each municipality's services; Ansattporten knows those who act for someone."""
    shelf.put(
        "identity",
        {
            f"{key}/{agreement.key}": _identity(user, agreement, facts.person(key))
            for key, user in people.items()
            for agreement in facts.PROVIDERS
            if agreement.way == "idporten" or (agreement.way == "ansattporten" and facts.person(key).acts_for)
        },
        natural=lambda row: (row.issuer, row.subject),
    )


def _identity(user: User, agreement: facts.ProviderFact, person: facts.PersonFact) -> Identity:
    service = Service(agreement.way)
    return Identity(
        user=user, way=agreement.way, issuer=service.issuer, subject=subject(service, agreement.client_id, person)
    )


# ---- for whom they act ----


def _load_cases(shelf: Shelf, home: Authority, users: dict[str, User]) -> dict[str, Case]:
    return shelf.put(
        "signin-case",
        {
            "mandates": Case(
                authority=home, title="Fullmakter til å handle for virksomheter", officer=users.get("officer"),
                invented=True,
            ),
            "exempt": Case(
                authority=home, title="Oppdiktet Handel AS ber om råd før konkurs",
                public_title="Henvendelse fra en virksomhet", access="exempt",
                access_basis="offentleglova § 13, jf. forvaltningsloven § 13", officer=users.get("officer"),
                invented=True,
            ),
        },
    )  # fmt: skip


def _load_organisations(shelf: Shelf, home: Authority, now: dt.datetime) -> dict[str, Organisation]:
    return shelf.put(
        "organisation",
        {
            number: Organisation(
                authority=home, name=facts.company(number).name.title().replace(" As", " AS"), number=number,
                form=facts.company(number).form, register_copy=looked_up(number).copy, register_copied_at=now,
                invented=True,
            )
            for number in (facts.BAKERY, facts.WORKSHOP)
        },
        natural=lambda row: (row.authority_id, row.number),
    )  # fmt: skip


def looked_up(number: str) -> mandate_evidence.Looked:
    """Return what the register would have said, without asking: the demo is loaded before its pages answer."""
    known = register_standin.units()[number]
    unit, held = register.read_unit(known["enhet"]), register.read_roles(known["roller"])
    troubles = mandate_evidence.troubles_of(unit)
    return mandate_evidence.Looked(unit.number, unit.name, unit.form, unit.place, unit.industry, troubles, held)


def _load_mandates(
    shelf: Shelf, home: Authority, cases: dict[str, Case], users: dict[str, User], people: dict[str, User],
    now: dt.datetime,
) -> None:  # fmt: skip
    """Place one mandate of each kind: from Ansattporten, invited, and confirmed by an officer with a document."""
    companies, today = _load_organisations(shelf, home, now), timezone.localdate(now)
    bakery, workshop = companies.get(facts.BAKERY), companies.get(facts.WORKSHOP)
    if bakery and "bo" in people:
        hers = Mandate(
            authority=home, organisation=bakery, user=people["bo"], source="ansattporten", reach="acts",
            evidence={"resource": RESOURCE + facts.RESOURCE, "unit_type": "AS"}, valid_from=today,
            valid_to=today + dt.timedelta(days=30), given_at=now, invented=True,
            identity=Identity.objects.filter(user=people["bo"], way="ansattporten").order_by("pk").first(),
        )  # fmt: skip
        acting = shelf.put("mandate", {"bo": hers}).get("bo")
        if acting and "cecilie" in people and acting.ended_at is None and acting.valid_to >= today:
            _load_invited(shelf, acting, people["cecilie"], now)
    if workshop and "jorunn" in people and "mandates" in cases and "officer" in users:
        letter = _letter(shelf, cases["mandates"], today)
        confirmed = Mandate(
            authority=home, organisation=workshop, user=people["jorunn"], source="officer", reach="acts",
            role="Innehaver", document=letter, verified_by=users["officer"], valid_from=today,
            valid_to=today + dt.timedelta(days=365), given_at=now, invented=True,
        )  # fmt: skip
        if letter is not None:
            shelf.put("mandate", {"jorunn": confirmed})


def _load_invited(shelf: Shelf, acting: Mandate, colleague: User, now: dt.datetime) -> None:
    """Place the colleague's mandate to prepare, and the invitation it came from."""
    today = timezone.localdate(now)
    invited = Mandate(
        authority_id=acting.authority_id, organisation_id=acting.organisation_id, user=colleague, source="invited",
        reach="drafts", role="Medarbeider", invited_by=acting, valid_from=today,
        valid_to=today + dt.timedelta(days=365), given_at=now, invented=True,
    )  # fmt: skip
    placed = shelf.put("mandate", {"cecilie": invited}).get("cecilie")
    if placed is not None:
        asked = MandateInvitation(
            authority_id=acting.authority_id, organisation_id=acting.organisation_id, invited_by=acting,
            name=colleague.name, address=colleague.email, sent_at=now, accepted_at=now, mandate=placed,
        )  # fmt: skip
        shelf.put("mandate-invitation", {"cecilie": asked})


def _letter(shelf: Shelf, case: Case, today: dt.date) -> Document | None:
    content = LETTER.encode()
    letter = Document(
        authority_id=case.authority_id, case=case, title="Fullmakt for Oppdiktet Verksted (oppdiktet)", direction="in",
        dated_on=today, sha256=hashlib.sha256(content).hexdigest(), size=len(content), content_type="text/plain",
        filename="fullmakt.txt", file=ContentFile(content, name="fullmakt.txt"),
    )  # fmt: skip
    return shelf.put("document", {"fullmakt": letter}).get("fullmakt")


def _load_request(shelf: Shelf, home: Authority, people: dict[str, User], now: dt.datetime) -> None:
    """Place a request that waits for an answer, with what the register said of the one who asks."""
    if "ivar" not in people:
        return
    looked, born = looked_up(facts.CLUB), facts.person("ivar").born
    request = MandateRequest(
        authority=home, user=people["ivar"], number=facts.CLUB, name=looked.name, role="Styrets leder",
        message="Jeg er leder i idrettslaget og vil gi innspill på vegne av det. (oppdiktet)",
        evidence=mandate_evidence.evidence_of(looked, born=born, method="idporten", now=now), asked_at=now,
        due_on=add_working_days(timezone.localdate(now), 5),
    )  # fmt: skip
    shelf.put("mandate-request", {"ivar": request}, natural=lambda row: (row.authority_id, row.user_id, row.number))


# ---- among the staff ----


def _load_deputy(shelf: Shelf, home: Authority, users: dict[str, User], now: dt.datetime) -> None:
    if {"decision_maker", "leader"} <= users.keys():
        today = timezone.localdate(now)
        away = Deputy(
            authority=home, person=users["decision_maker"], deputy=users["leader"], reason="Permisjon (oppdiktet)",
            valid_from=today - dt.timedelta(days=2), valid_to=today + dt.timedelta(days=19),
        )  # fmt: skip
        shelf.put("deputy", {"decision_maker": away})


def _load_seen(shelf: Shelf, home: Authority, cases: dict[str, Case], users: dict[str, User], now: dt.datetime) -> None:
    """Place that the exempt case has been looked at, by whom and when."""
    seen = [("officer", "officer", 26), ("leader", "leader", 3)]
    shelf.put(
        "seen",
        {
            key: AccessLog(
                authority=home, case=cases["exempt"], what="case", user_id=users[key].pk, role=role,
                at=now - dt.timedelta(hours=hours),
            )
            for key, role, hours in seen
            if key in users and "exempt" in cases
        },
    )  # fmt: skip
