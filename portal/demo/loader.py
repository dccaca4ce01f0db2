"""Turns the shared demo facts into rows: authorities with units and bodies, cases with steps, and sign-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from portal.demo.authorities import AUTHORITIES, DEMO_PASSWORD, REGIONS, USERS
from portal.demo.cases import CASES
from portal.demo.rounds_loader import load_paths, load_rounds
from portal.demo.signin_facts import PASSWORD_OFF
from portal.demo.signin_loader import load_signins
from portal.models import (
    Authority,
    Body,
    BodyMembership,
    Case,
    CaseStep,
    Membership,
    RegionMembership,
    Unit,
    User,
)

if TYPE_CHECKING:
    from portal.demo.facts import CaseFact, StepFact
    from portal.demo.shelf import Shelf


def load(shelf: Shelf) -> None:
    """Place everything that the areas' demo stands on."""
    users = _load_people(shelf)
    authorities = _load_authorities(shelf)
    _load_units(shelf, authorities, users)
    bodies = _load_bodies(shelf, authorities)
    cases = _load_cases(shelf, authorities, bodies, users)
    _load_roles(shelf, authorities, bodies, cases, users)
    load_paths(shelf, authorities)
    load_rounds(shelf, cases, users)
    load_signins(shelf, authorities, users)


def _load_authorities(shelf: Shelf) -> dict[str, Authority]:
    authorities = shelf.put(
        "authority",
        {
            fact.slug: Authority(
                slug=fact.slug, name=fact.name, kind=fact.kind, municipality_number=fact.number,
                number_valid_from=fact.number_from, theme=fact.theme, tagline=fact.tagline, is_listed=fact.listed,
                contact_email=fact.contact_email, complaint_body=fact.complaint_body,
                password_allowed=fact.slug not in PASSWORD_OFF,
            )
            for fact in AUTHORITIES
        },
        natural=lambda row: row.slug,
    )  # fmt: skip
    shelf.put(
        "region-member",
        {
            f"{fact.region}/{member}": RegionMembership(region=authorities[fact.region], member=authorities[member])
            for fact in REGIONS
            for member in fact.members
            if fact.region in authorities and member in authorities
        },
        natural=lambda row: (row.region_id, row.member_id),
    )
    return authorities


def _load_units(shelf: Shelf, authorities: dict[str, Authority], users: dict[str, User]) -> None:
    shelf.put(
        "unit",
        {
            f"{fact.slug}/{name}": Unit(
                authority=authorities[fact.slug], name=name, leader=users.get(dict(fact.unit_leaders).get(name, ""))
            )
            for fact in AUTHORITIES
            for name in fact.units
            if fact.slug in authorities
        },
        natural=lambda row: (row.authority_id, row.name),
    )


def _load_bodies(shelf: Shelf, authorities: dict[str, Authority]) -> dict[str, Body]:
    return shelf.put(
        "body",
        {
            f"{fact.slug}/{body.kind}": Body(
                authority=authorities[fact.slug], kind=body.kind, name=body.name, founded_on=body.founded,
                seats=body.seats,
            )
            for fact in AUTHORITIES
            for body in fact.bodies
            if fact.slug in authorities
        },
        natural=lambda row: (row.authority_id, row.name),
    )  # fmt: skip


def _load_cases(
    shelf: Shelf, authorities: dict[str, Authority], bodies: dict[str, Body], users: dict[str, User]
) -> dict[str, Case]:
    cases = shelf.put(
        "case",
        {
            fact.key: Case(
                authority=authorities[fact.authority], title=fact.title, officer=users.get(fact.officer),
                invented=fact.invented,
            )
            for fact in CASES
            if fact.authority in authorities
        },
    )  # fmt: skip
    steps = [
        (f"{fact.key}/{position}", cases[fact.key], position, step, _body_of(fact, step, bodies))
        for fact in CASES
        for position, step in enumerate(fact.steps, 1)
        if fact.key in cases
    ]
    shelf.put(
        "step",
        {
            key: _step(case, position, step, body)
            for key, case, position, step, body in steps
            if body is not None or step.actor
        },
    )
    return cases


def _body_of(case: CaseFact, step: StepFact, bodies: dict[str, Body]) -> Body | None:
    """Return the body a step names: of the case's own authority, or of the one before the stroke."""
    return bodies.get(step.body if "/" in step.body else f"{case.authority}/{step.body}")


def _step(case: Case, position: int, fact: StepFact, body: Body | None) -> CaseStep:
    return CaseStep(
        authority_id=case.authority_id, case=case, stage=fact.stage, position=position, body=body, actor=fact.actor,
        activity=fact.activity, description=fact.description, starts_on=fact.starts, ends_on=fact.ends,
        precision=fact.precision, papers_due_on=fact.papers_due, case_number=fact.number, outcome=fact.outcome,
        resolution=fact.resolution, decided_on=fact.decided, invented=fact.invented,
    )  # fmt: skip


def _load_people(shelf: Shelf) -> dict[str, User]:
    """Place the people who sign in. They share one password, hashed once: the demo says it out loud anyway."""
    password = make_password(DEMO_PASSWORD)
    users = shelf.put(
        "user",
        {
            fact.key: User(email=fact.email, name=fact.name, is_superuser=not fact.role, password=password)
            for fact in USERS
        },
        natural=lambda row: row.email,
    )
    shelf.put(
        "address",
        {key: EmailAddress(user=user, email=user.email, verified=True, primary=True) for key, user in users.items()},
        natural=lambda row: row.email,
    )
    return users


def _load_roles(
    shelf: Shelf,
    authorities: dict[str, Authority],
    bodies: dict[str, Body],
    cases: dict[str, Case],
    users: dict[str, User],
) -> None:
    """Give each person her role and her seat."""
    held = {fact.key: fact for fact in USERS if fact.key in users and fact.authority in authorities}
    shelf.put(
        "membership",
        {
            key: Membership(
                user=users[key], authority=authorities[fact.authority], role=fact.role, case=cases.get(fact.case)
            )
            for key, fact in held.items()
            if not fact.case or fact.case in cases
        },
        natural=lambda row: (row.user_id, row.authority_id, row.role, row.case_id),
    )
    seated = {key: (users[key], fact, fact.seat) for key, fact in held.items() if fact.seat}
    shelf.put(
        "seat",
        {
            key: BodyMembership(
                authority=authorities[fact.authority], body=bodies[f"{fact.authority}/{kind}"], user=user,
                capacity=capacity,
            )
            for key, (user, fact, (kind, capacity)) in seated.items()
            if f"{fact.authority}/{kind}" in bodies
        },
        natural=lambda row: (row.body_id, row.user_id),
    )  # fmt: skip
