"""What is loaded before measuring: one municipality with an officer and two plans, and many neighbours."""

from __future__ import annotations

import os
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.urls import reverse
from django.utils import timezone

from portal.models import Authority, Membership, Role, Unit, User
from tests.bench.data import reporting
from tests.bench.data.copy import Shipment
from tests.bench.data.plans import LATE, add_plan
from tests.bench.database import connect_owner

UNITS = ("Næring", "Plan og miljø", "Kultur", "Oppvekst", "Teknisk drift")


@dataclass(frozen=True)
class World:
    """What the cases need to know of the rows."""

    rows: int
    plan_path: str
    measure_titles: tuple[str, ...]
    late: int
    authority_names: tuple[str, ...]
    officer_id: int


def load(*, authorities: int) -> World:
    """Load the rows as the owner role: the measured municipality and so many others beside it."""
    with connect_owner(os.environ["OWNER_DATABASE_URL"]) as owner:
        shipment = Shipment(owner)
        first, officer, titles = _place(shipment, 0)
        names = [first.name, *(_place(shipment, number)[0].name for number in range(1, authorities + 1))]
        rows = shipment.finish() + reporting.fill(owner, timezone.localdate())
    return World(
        rows=rows,
        plan_path=reverse("plan_status", args=[first.slug, "handlingsplan"]),
        measure_titles=titles,
        late=LATE,
        authority_names=tuple(names),
        officer_id=officer.pk,
    )


def _place(shipment: Shipment, number: int) -> tuple[Authority, User, tuple[str, ...]]:
    """Land an authority with its officer, units and plan; the first has two plans, more than a hundred measures."""
    today = timezone.localdate()
    place = _authority(shipment, number)
    officer = _officer(shipment, place)
    units = [shipment.add(Unit(authority=place, name=name)) for name in UNITS]
    titles = add_plan(shipment, place, units, officer, today, slug="handlingsplan")
    if number == 0:
        add_plan(shipment, place, units, officer, today, slug="forrige-plan", ended=True)
    shipment.land()
    return place, officer, titles


def _authority(shipment: Shipment, number: int) -> Authority:
    themes = Authority.Theme.values
    return shipment.add(
        Authority(
            name=f"Prøvested {number:04}", slug=f"provested-{number:04}", municipality_number=f"{9000 - number:04}",
            theme=themes[number % len(themes)], tagline="Et sted der det er lett å drive næring, året rundt",
            contact_email=f"post{number}@bench.invalid", is_listed=True,
        )
    )  # fmt: skip


def _officer(shipment: Shipment, place: Authority) -> User:
    officer = shipment.add(
        User(email=f"officer{place.pk}@bench.invalid", name=f"Saksbehandler {place.pk}", password=make_password(None))
    )
    shipment.add(Membership(authority=place, user=officer, role=Role.OFFICER))
    return officer
