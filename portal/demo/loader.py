"""Turns the shared demo facts into rows: authorities with units and bodies, cases with steps, and sign-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from portal.demo.authorities import AUTHORITIES, DEMO_PASSWORD, REGIONS, USERS
from portal.demo.cases import CASES
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
    from portal.demo.facts import StepFact
    from portal.demo.shelf import Shelf


def load(shelf: Shelf) -> None:
    """Place everything that the areas' demo stands on."""
    authorities = _load_authorities(shelf)
    bodies = _load_bodies(shelf, authorities)
    cases = _load_cases(shelf, authorities, bodies)
    _load_users(shelf, authorities, bodies, cases)


def _load_authorities(shelf: Shelf) -> dict[str, Authority]:
    authorities = shelf.put(
        "authority",
        {
            fact.slug: Authority(
                slug=fact.slug, name=fact.name, kind=fact.kind, municipality_number=fact.number,
                number_valid_from=fact.number_from, theme=fact.theme, tagline=fact.tagline, is_listed=fact.listed,
                contact_email=fact.contact_email, complaint_body=fact.complaint_body,
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
    shelf.put(
        "unit",
        {
            f"{fact.slug}/{name}": Unit(authority=authorities[fact.slug], name=name)
            for fact in AUTHORITIES
            for name in fact.units
            if fact.slug in authorities
        },
        natural=lambda row: (row.authority_id, row.name),
    )
    return authorities


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


def _load_cases(shelf: Shelf, authorities: dict[str, Authority], bodies: dict[str, Body]) -> dict[str, Case]:
    cases = shelf.put(
        "case",
        {
            fact.key: Case(authority=authorities[fact.authority], title=fact.title)
            for fact in CASES
            if fact.authority in authorities
        },
    )
    steps = [
        (f"{fact.key}/{position}", cases[fact.key], position, step, bodies.get(f"{fact.authority}/{step.body}"))
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


def _step(case: Case, position: int, fact: StepFact, body: Body | None) -> CaseStep:
    return CaseStep(
        authority_id=case.authority_id, case=case, stage=fact.stage, position=position, body=body, actor=fact.actor,
        activity=fact.activity, description=fact.description, starts_on=fact.starts, ends_on=fact.ends,
        precision=fact.precision,
    )  # fmt: skip


def _load_users(
    shelf: Shelf, authorities: dict[str, Authority], bodies: dict[str, Body], cases: dict[str, Case]
) -> None:
    """Place one sign-in per role. They share one password, hashed once: the demo says it out loud anyway."""
    password = make_password(DEMO_PASSWORD)
    users = shelf.put(
        "user",
        {
            fact.key: User(email=fact.email, name=fact.name, is_superuser=not fact.role, password=password)
            for fact in USERS
        },
        natural=lambda row: row.email,
    )
    held = {fact.key: fact for fact in USERS if fact.key in users and fact.authority in authorities}
    shelf.put(
        "address",
        {key: EmailAddress(user=user, email=user.email, verified=True, primary=True) for key, user in users.items()},
        natural=lambda row: row.email,
    )
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
