"""Assessing an application: points, the largest grant the statutes allow, and a recommendation that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from grants.desk import assessing, completeness
from grants.desk.assessing import Typed
from grants.held import Handled
from grants.models import Application, Assessment, Criterion
from portal.impartiality import NotImpartial
from tests import factories as portal_make
from tests import factories_fund as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(world: World) -> User:
    return portal_make.a_user("officer", world.home.authority)


@pytest.fixture
def application(world: World, officer: User) -> Application:
    """An application for 300 000 of 600 000, in a call that gives at most half, 250 000, to two criteria."""
    fund = make.a_fund_with(world.home.authority, 2_000_000)
    call = make.a_call(fund.scheme, published=False, cap_nok=250_000)
    Criterion.objects.create(authority=call.authority, call=call, title="Nyskaping", weight=1, position=1)
    made = make.an_application(make.publish(call))
    make.no_ties(made, officer)
    return made


def all_points(application: Application, points: int = 4) -> dict[int, tuple[int, str]]:
    return dict.fromkeys(application.call.criteria.values_list("pk", flat=True), (points, "Gode planer."))


def whole(application: Application, **facts: Any) -> Typed:
    return Typed(
        **{"points": all_points(application), "outcome": "granted", "amount_nok": 250_000, "grounds": "Flere jobber.",
           **facts}
    )  # fmt: skip


def test_it_is_saved_half_done_and_computed_when_it_is_whole(application: Application, officer: User) -> None:
    now, first = timezone.now(), application.call.criteria.order_by("position", "pk")[0]
    row = assessing.save(application, Typed(points={first.pk: (4, "")}), by=officer, now=now)
    criteria = list(application.call.criteria.order_by("position", "pk"))
    assert assessing.score_of(row, criteria) is None
    points = {criteria[0].pk: (5, "Tolv nye"), criteria[1].pk: (2, "")}
    row = assessing.save(application, Typed(points=points), by=officer, now=now)
    assert assessing.points_words(assessing.score_of(row, criteria)) in ("80 of 100", "80 av 100")
    assert sorted(row.scores.values_list("points", flat=True)) == [2, 5]


def test_it_is_done_only_when_it_holds(application: Application, officer: User) -> None:
    now = timezone.now()
    with pytest.raises(ValidationError, match=r"complete|komplett"):
        assessing.done(application, whole(application), by=officer, now=now)
    completeness.complete(application, by=officer, now=now)
    wrong = [
        {"points": {}}, {"grounds": ""}, {"outcome": "", "amount_nok": None}, {"amount_nok": 250_001},
        {"amount_nok": None}, {"outcome": "refused"}, {"eligible_cost_nok": 400_000, "amount_nok": 200_001},
        {"eligible_cost_nok": 600_001},
    ]  # fmt: skip
    for facts in wrong:
        with pytest.raises(ValidationError):
            assessing.done(application, whole(application, **facts), by=officer, now=now)
    assert Assessment.objects.get(application=application).done_at is None
    row = assessing.done(
        application, whole(application, eligible_cost_nok=400_000, amount_nok=200_000), by=officer, now=now
    )
    assert row.done_at == now
    with pytest.raises(Handled):
        assessing.save(application, whole(application), by=officer, now=now)
    assert assessing.reopen(application, by=officer, now=now).done_at is None


def test_nobody_assesses_undeclared_tied_or_by_another_role(
    world: World, application: Application, officer: User
) -> None:
    now, tied = timezone.now(), portal_make.a_user("officer", world.home.authority)
    make.a_tie(application, tied)
    for person in (portal_make.a_user("officer", world.home.authority), tied):
        with pytest.raises(NotImpartial):
            assessing.save(application, whole(application), by=person, now=now)
        page = signed_in(person).get(reverse("assess_application", args=[world.home.slug, application.pk]))
        assert page.status_code == 403
    for role in ("attester", "decision_maker"):
        person = portal_make.a_user(role, world.home.authority)
        make.no_ties(application, person)
        with pytest.raises(PermissionDenied):
            assessing.save(application, whole(application), by=person, now=now)
    with pytest.raises(PermissionDenied):
        assessing.save(application, whole(application), by=world.user("operator"), now=now)


def test_two_officers_do_not_overwrite_each_other_and_nothing_typed_is_lost(
    world: World, application: Application, officer: User
) -> None:
    address = reverse("assess_application", args=[world.home.slug, application.pk])
    client = signed_in(officer)
    assert client.get(address).status_code == 200
    keys = list(application.call.criteria.values_list("pk", flat=True))
    typed = {"gjor": "lagre", "seen": "0", "grounds": "Min <b>tekst</b>", "outcome": "granted",
             "amount_nok": "kr 100 000", **{f"points-{key}": "3" for key in keys}}  # fmt: skip
    assert client.post(address, typed).status_code == 302
    again = client.post(address, typed | {"grounds": "En annen tekst"})
    assert again.status_code == 200
    assert "En annen tekst" in again.content.decode()
    row = Assessment.objects.get(application=application)
    assert (row.grounds, row.amount_nok) == ("Min <b>tekst</b>", 100_000)
    shown = client.get(address).content.decode()
    assert "<b>tekst</b>" not in shown
    above = client.post(address, typed | {"seen": str(row.row_version), "amount_nok": "abc"})
    assert above.status_code == 200
    assert "abc" in above.content.decode()
