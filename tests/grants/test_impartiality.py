"""Who has not declared, or is tied, opens nothing of a case: by page, file, export, bulk deed, choice or history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from grants.models import Application, Batch, Call
from portal import impartiality, impartiality_watch
from portal.impartiality import Standing
from portal.models import AccessLog, Case, CaseStep, Declaration, Document, Notice
from tests import factories as portal_make
from tests import factories_fund as make
from tests.conftest import signed_in
from tests.world_fund import CALL, SECRET_PROJECT

if TYPE_CHECKING:
    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(world: World) -> Application:
    return world.home.rows(Application).get(state="submitted")


@pytest.fixture
def paper(sent: Application) -> Document:
    assert sent.case is not None
    facts = {"title": "Søknaden", "access": "exempt", "access_basis": "Offl. § 13"}
    return portal_make.a_document(sent.case, b"Hva vi skal finne opp", **facts)


@pytest.fixture
def step(sent: Application) -> CaseStep:
    assert sent.case is not None
    return portal_make.a_step(sent.case, resolution="Gi dem penger.", outcome="adopted")


def page(row: Any, kind: str = "change") -> str:
    name = f"{row._meta.app_label}_{row._meta.model_name}_{kind}"
    return reverse(f"admin:{name}", args=[row.pk] if kind not in ("changelist", "add") else [])


def all_ways(sent: Application, paper: Document, step: CaseStep) -> list[str]:
    """Return every address where something that lies in the case is shown."""
    case: Any = sent.case
    ways = [reverse("document", args=[paper.pk]), reverse("case_impartiality", args=[sent.authority.slug, case.pk])]
    ways += [page(row, kind) for row in (case, paper, step) for kind in ("change", "history")]
    return [*ways, reverse("admin:portal_case_path", args=[case.pk]), page(step, "delete")]


# ---- the walls ----


def test_who_has_not_declared_opens_nothing_and_is_asked_to(
    world: World, sent: Application, paper: Document, step: CaseStep
) -> None:
    newcomer = portal_make.a_user("officer", world.home.authority)
    client = signed_in(newcomer)
    for way in all_ways(sent, paper, step):
        answer = client.get(way)
        assert answer.status_code == 403, way
        text = answer.content.decode()
        assert "Hva vi skal finne opp" not in text
        assert "Gi dem penger" not in text
        assert f'name="sak" value="{sent.case_id}"' in text, way
    assert not AccessLog.objects.filter(user_id=newcomer.pk).exists()
    make.no_ties(sent, newcomer)
    assert {client.get(way).status_code for way in all_ways(sent, paper, step)} == {200}


def test_lists_searches_exports_and_bulk_deeds_leave_out_what_is_closed(
    world: World, sent: Application, paper: Document, step: CaseStep
) -> None:
    open_case = portal_make.a_case(world.home.authority, title="Åpen sak")
    other = portal_make.a_document(open_case, b"annet", title="Annet papir")
    client = signed_in(portal_make.a_user("leader", world.home.authority))
    listed = client.get(page(paper, "changelist")).content.decode()
    assert "Annet papir" in listed
    assert f"/{paper.pk}/change/" not in listed
    assert "rader er utelatt" in listed or "left out" in listed
    steps = client.get(f"{page(step, 'changelist')}?q=penger").content.decode()
    assert f"/{step.pk}/change/" not in steps
    chosen = {"action": "delete_selected", "_selected_action": str(step.pk), "post": "yes"}
    client.post(page(step, "changelist"), chosen)
    assert CaseStep.objects.filter(pk=step.pk).exists()
    assert client.post(page(step, "delete"), {"post": "yes"}).status_code == 403
    assert other.pk  # what is open stays listed


def test_a_grant_that_is_proposed_stands_in_no_list_or_file_of_who_may_not_handle_it(
    world: World, sent: Application
) -> None:
    from tests import factories_money as money

    account = make.a_fund_with(world.home.authority).account
    money.a_grant(account, state="proposed", case=sent.case, organisation=sent.organisation, title="Til oppfinnelsen")
    officer = portal_make.a_user("officer", world.home.authority)
    client, ways = signed_in(officer), ("?vis=vurderes", "?vis=vurderes&fil=csv", "?q=oppfinnelsen")

    def shown() -> list[bool]:
        return [
            "Til oppfinnelsen" in client.get(f"/{world.home.slug}/penger/tilsagn/{way}").content.decode()
            for way in ways
        ]

    assert shown() == [False, False, False]
    make.no_ties(sent, officer)
    assert shown() == [True, True, True]


def test_nothing_is_put_in_a_closed_case(world: World, sent: Application, step: CaseStep) -> None:
    client = signed_in(portal_make.a_user("officer", world.home.authority))
    facts = {"case": sent.case_id, "stage": 1, "position": 0, "activity": "decision", "actor": "Meg selv",
             "precision": "day", "outcome": "pending"}  # fmt: skip
    before = CaseStep.objects.count()
    assert client.post(page(step, "add"), facts).status_code == 200
    assert CaseStep.objects.count() == before
    assert client.post(page(step), facts | {"resolution": "Nei"}).status_code == 403
    step.refresh_from_db()
    assert step.resolution == "Gi dem penger."


def test_a_guest_officer_declares_too(world: World) -> None:
    call = Call.objects.get(authority=world.home.authority, slug=CALL)
    application = make.an_application(call)
    guest = portal_make.a_user("guest_officer", world.home.authority, case=application.case)
    paper = portal_make.a_document(application.case, b"innhold")
    client = signed_in(guest)
    assert client.get(reverse("document", args=[paper.pk])).status_code == 403
    sent = {"sak": str(application.case_id), "svar": "no_ties", "tilknytning": ""}
    client.post(reverse("declare", args=[world.home.slug]), sent)
    assert client.get(reverse("document", args=[paper.pk])).status_code == 200


def test_the_public_page_of_an_application_case_tells_no_words_of_it(sent: Application, step: CaseStep) -> None:
    from django.test import Client

    answer = Client().get(reverse("case_page", args=[sent.authority.slug, sent.case_id])).content.decode()
    assert "Gi dem penger" not in answer
    assert SECRET_PROJECT not in answer


# ---- a batch shares a frame ----


def test_a_tie_to_one_closes_all_it_is_weighed_against_until_a_ruling_opens_them(world: World) -> None:
    call = Call.objects.get(authority=world.home.authority, slug=CALL)
    tied_to, other = make.an_application(call), make.an_application(call)
    batch = make.a_batch(call.scheme, tied_to, other)
    officer, leader = (portal_make.a_user(role, world.home.authority) for role in ("officer", "leader"))
    make.no_ties(other, officer)
    papers = [portal_make.a_document(case, b"x") for case in (tied_to.case, other.case, batch.case)]
    client = signed_in(officer)

    def opened() -> list[int]:
        return [client.get(reverse("document", args=[paper.pk])).status_code for paper in papers]

    assert opened() == [403, 200, 403]  # unanswered in one: that one, and what is said of all together
    tie = make.a_tie(tied_to, officer)
    assert opened() == [403, 403, 403]
    impartiality.rule(tie, is_impartial=True, reason="Fjern bekjent.", by=leader, now=timezone.now())
    assert opened() == [200, 200, 200]
    Declaration.objects.create(
        authority=batch.authority, case=tied_to.case, user=officer, answer="tie", tie="Igjen", text_version=1
    )
    assert opened() == [403, 403, 403]
    Batch.objects.filter(pk=batch.pk).update(state="closed", sent_at=timezone.now())
    assert opened() == [403, 200, 403]  # weighed and done: the other is a case of its own again


# ---- declaring and ruling ----


def declared_by(client: Any, slug: str, *cases: Any, **typed: str) -> Any:
    return client.post(
        reverse("declare", args=[slug]), {"sak": [str(case) for case in cases], "svar": "no_ties", **typed}
    )


def test_many_cases_are_answered_at_once_and_kept_each_for_itself(world: World) -> None:
    call = Call.objects.get(authority=world.home.authority, slug=CALL)
    cases = [make.an_application(call).case for _n in range(3)]
    foreign = Application.objects.get(authority=world.next.authority, state="submitted").case
    ordinary = portal_make.a_case(world.home.authority)
    officer = portal_make.a_user("officer", world.home.authority)
    client, keys = signed_in(officer), [case.pk for case in cases if case]
    for _press in range(2):
        declared_by(client, world.home.slug, *keys, foreign.pk, ordinary.pk)
    assert sorted(officer.declarations.values_list("case", flat=True)) == sorted(keys)
    assert {row.text_version for row in officer.declarations.all()} == {impartiality.TEXT_VERSION}
    refused = declared_by(client, world.home.slug, *keys, svar="tie", tilknytning="Broren min")
    assert refused.status_code == 200
    assert not officer.declarations.filter(answer="tie").exists()


def test_one_goes_on_to_where_one_was_stopped_and_never_to_another_site(world: World, sent: Application) -> None:
    client = signed_in(portal_make.a_user("officer", world.home.authority))
    wanted = reverse("case_impartiality", args=[world.home.slug, sent.case_id])
    assert declared_by(client, world.home.slug, sent.case_id, neste="https://evil.example/")["Location"].startswith("/")
    assert declared_by(client, world.home.slug, sent.case_id, neste=wanted)["Location"] == wanted


def test_a_tie_is_ruled_on_by_another_leader_and_never_taken_back(world: World, sent: Application) -> None:
    authority, case = world.home.authority, sent.case
    assert case is not None
    hers: User = portal_make.a_user("leader", authority)
    other: User = portal_make.a_user("leader", authority)
    client = signed_in(hers)
    declared_by(client, world.home.slug, case.pk, svar="tie", tilknytning="Søsteren min eier bedriften")
    tie = hers.declarations.get()
    assert Notice.objects.filter(user=other, kind="tie_declared").count() == 1
    assert "Søsteren" not in Notice.objects.get(user=other, kind="tie_declared").title
    address = reverse("rule_on_tie", args=[world.home.slug, tie.pk])
    client.post(address, {"kan": "ja", "grunn": "Jeg er jo ærlig"})
    declared_by(client, world.home.slug, case.pk)
    assert impartiality.standing(hers, case.pk) is Standing.TIED
    for role in ("officer", "attester"):
        assert (
            signed_in(portal_make.a_user(role, authority)).post(address, {"kan": "ja", "grunn": "x"}).status_code == 403
        )
    signed_in(other).post(address, {"kan": "nei", "grunn": "For nær slekt"})
    assert impartiality.standing(hers, case.pk) is Standing.DISQUALIFIED
    with pytest.raises(ValidationError):
        impartiality.declare([case], by=hers, now=timezone.now())
    with pytest.raises(ValidationError):
        impartiality.rule(tie, is_impartial=True, reason="Ombestemt", by=other, now=timezone.now())
    assert Notice.objects.filter(user=hers, kind="tie_ruled").count() == 1


def test_who_is_tied_herself_rules_on_no_one_and_the_operator_neither_declares_nor_rules(
    world: World, sent: Application
) -> None:
    officer, leader = (portal_make.a_user(role, world.home.authority) for role in ("officer", "leader"))
    tie = make.a_tie(sent, officer)
    make.a_tie(sent, leader)
    with pytest.raises(ValidationError):
        impartiality.rule(tie, is_impartial=True, reason="Vi er to", by=leader, now=timezone.now())
    operator = world.user("operator")
    with pytest.raises(PermissionDenied):
        impartiality.rule(tie, is_impartial=True, reason="Jeg kan alt", by=operator, now=timezone.now())
    with pytest.raises(PermissionDenied):
        impartiality.declare([sent.case], by=operator, now=timezone.now())  # type: ignore[list-item]
    assert impartiality_watch.opens(operator, sent.case)  # type: ignore[arg-type]


def test_the_desk_names_who_applied_and_nothing_of_the_application(world: World, sent: Application) -> None:
    client = signed_in(portal_make.a_user("officer", world.home.authority))
    text = client.get(reverse("impartiality_desk", args=[world.home.slug])).content.decode()
    assert sent.applicant_name in text
    assert f"i {world.home.authority.name}." not in text  # the summary
    assert world.next.authority.name not in text
    assert Case.objects.filter(series="").exists()
