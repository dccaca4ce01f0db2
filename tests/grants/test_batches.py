"""A batch of applications to one meeting: put together, sent with its recommendation, registered from the protocol."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from grants.desk import assessing, batching, protocol, recommendation
from grants.desk.protocol import Treated
from grants.held import Handled
from grants.models import Application, Batch
from portal import impartiality_protocol
from portal.impartiality_protocol import Seat
from portal.impartiality_watch import ClosedCase
from portal.models import Body, BodyMembership, Declaration
from tests import factories as portal_make
from tests import factories_fund as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes

if TYPE_CHECKING:
    from portal.models import User
    from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(world: World) -> User:
    return portal_make.a_user("officer", world.home.authority)


@pytest.fixture
def body(world: World) -> Body:
    made = portal_make.a_body(world.home.authority, kind="executive")
    for name, capacity in (
        ("Oppdiktet Leder", "elected"),
        ("Oppdiktet Medlem", "elected"),
        ("Oppdiktet Vara", "deputy"),
    ):
        BodyMembership.objects.create(authority=made.authority, body=made, display_name=name, capacity=capacity)
    return made


@pytest.fixture
def applications(world: World, officer: User) -> list[Application]:
    """Two assessed applications to one fund of a million."""
    fund = make.a_fund_with(world.home.authority)
    call = make.a_call(fund.scheme)
    made = [make.an_application(call, title=title) for title in ("Ny ovn", "Ny kai")]
    make.an_assessment(made[0], officer)
    make.an_assessment(made[1], officer, outcome="refused", amount_nok=None, grounds="Utenfor vedtektene.")
    return made


@pytest.fixture
def batch(applications: list[Application], body: Body, officer: User) -> Batch:
    now = timezone.now()
    made = batching.make(
        applications[0].call.scheme, body=body, title="Tildeling i desember", meets_on=timezone.localdate(),
        year=now.year, by=officer, now=now,
    )  # fmt: skip
    batching.add(made, [row.pk for row in applications], by=officer, now=now)
    return made


def words_in(docx: bytes) -> str:
    import docx as reader

    document = reader.Document(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([each.text for each in document.paragraphs] + cells)


def test_it_is_sent_with_files_and_stands_in_each_case(batch: Batch, applications: list[Any], officer: User) -> None:
    now = timezone.now()
    lines = list(batch.lines.all())
    batching.move(lines[1], up=True, by=officer, now=now)
    sent = batching.send(batch, by=officer, now=now)
    assert sent.document.access == sent.editable.access == "exempt"
    assert sent.document.file.open("rb").read().startswith(b"%PDF-1.7")
    said = words_in(sent.editable.file.open("rb").read())
    assert said.index("Ny kai") < said.index("Ny ovn")
    for words in ("300 000", "Prosjektet gir flere jobber.", "Utenfor vedtektene."):
        assert words.replace(" ", "\xa0") in said or words in said
    for application in applications:
        step = application.case.steps.get()
        assert (step.body, step.outcome) == (batch.body, "pending")
        assert application.applicant_name in step.director_recommendation
    for late in (
        lambda: batching.send(batch, by=officer, now=now),
        lambda: batching.remove(lines[0], by=officer, now=now),
    ):
        with pytest.raises(Handled):
            late()
    with pytest.raises(Handled):
        assessing.reopen(applications[0], by=officer, now=now)
    batching.take_back(batch, by=officer, now=now)
    assert not applications[0].case.steps.exists()
    assert assessing.reopen(applications[0], by=officer, now=now).done_at is None
    with pytest.raises(ValidationError, match=applications[0].reference):
        batching.send(batch, by=officer, now=now)
    first = recommendation.files_of(Batch.objects.get(pk=batch.pk))
    assert first == recommendation.files_of(Batch.objects.get(pk=batch.pk))


def test_what_one_is_tied_to_or_not_ready_is_left_out(world: World, batch: Batch, officer: User, body: Body) -> None:
    now, call = timezone.now(), batch.lines.first().application.call  # type: ignore[union-attr]
    other = portal_make.a_user("officer", world.home.authority)
    hers, open_, elsewhere = make.an_application(call), make.an_application(call), make.an_application(call)
    for row in (hers, open_):
        make.an_assessment(row, other, done_at=None if row is open_ else now)
    make.an_assessment(elsewhere, other)
    make.no_ties(elsewhere, officer)
    make.no_ties(open_, officer)
    make.a_batch(call.scheme, elsewhere, by=other)
    for key in (hers.pk, open_.pk, elsewhere.pk):
        with pytest.raises(ValidationError):
            batching.add(batch, [key], by=officer, now=now)
    assert batch.lines.count() == 2
    page = signed_in(officer).get(reverse("batch_page", args=[world.home.slug, batch.pk])).content.decode()
    assert hers.reference not in page
    with pytest.raises(ClosedCase):
        batching.move(batch.lines.first(), up=False, by=other, now=now)  # type: ignore[arg-type]
    for way in ("batch_page", "batch_protocol"):
        assert signed_in(other).get(reverse(way, args=[world.home.slug, batch.pk])).status_code == 403
    file = reverse("batch_document", args=[world.home.slug, batch.pk, "pdf"])
    assert signed_in(other).get(file).status_code == 403
    attester = portal_make.a_user("attester", world.home.authority)
    for line in batch.lines.all():
        make.no_ties(line.application, attester)
    with pytest.raises(PermissionDenied):
        batching.send(batch, by=attester, now=now)


def test_the_protocol_closes_it_and_a_decision_locks_what_is_registered(
    batch: Batch, applications: list[Any], officer: User
) -> None:
    now, today = timezone.now(), timezone.localdate()
    batching.send(batch, by=officer, now=now)
    lines = protocol.lines_in(batch)
    with pytest.raises(ValidationError):
        protocol.register(lines[0], Treated("adopted"), by=officer, now=now)
    treated = Treated("adopted", "Bakeriet får inntil kr 300 000.", "7 mot 2", "12/26", "PS 88/26", today)
    protocol.register(lines[0], treated, by=officer, now=now)
    batch.refresh_from_db()
    assert batch.state == "sent"
    protocol.register(lines[1], Treated("postponed"), by=officer, now=now)
    batch.refresh_from_db()
    assert batch.state == "closed"
    assert list(batching.candidates(batch)) == applications  # both may go to another meeting
    step = applications[0].case.steps.get()
    assert (step.votes, step.item_number, step.case_number) == ("7 mot 2", "12/26", "PS 88/26")
    make.a_decision(applications[0], officer, step=step, delegation=None)
    with pytest.raises(Handled):
        protocol.register(lines[0], Treated("rejected", "Likevel ikke.", decided_on=today), by=officer, now=now)


def test_who_left_as_disqualified_and_who_came_instead_stand_in_the_minutes(
    world: World, batch: Batch, officer: User, body: Body
) -> None:
    now = timezone.now()
    batching.send(batch, by=officer, now=now)
    lines = protocol.lines_in(batch)
    chair, member, deputy = body.members.order_by("pk")
    present = [Seat(chair, "present"), Seat(member, "present"), Seat(deputy)]
    protocol.attend(batch, present, all_asked=True, by=officer, now=now)
    left = [
        Seat(chair, "present"), Seat(member, "left", tie="Styreleder hos søkeren", reason="Leder i selskapet"),
        Seat(deputy, "present", stands_in_for=member.pk),
    ]  # fmt: skip
    first: Any = lines[0].step
    first.case = lines[0].application.case
    impartiality_protocol.record(first, left, all_asked=True, by=officer, now=now)
    protocol.attend(batch, present, all_asked=True, by=officer, now=now)  # the whole meeting once more
    assert sorted(first.attendance.values_list("presence", flat=True)) == ["left", "present", "present"]
    said = Declaration.objects.get(case=first.case, member=member, answer="tie")
    assert (said.ruling.is_impartial, said.ruling.body, said.registered_by) == (False, body, officer)
    again = protocol.lines_in(batch)
    assert [one["who"] for one in protocol.out_of_one(again)] == ["Oppdiktet Medlem"]
    page = signed_in(officer).get(reverse("batch_protocol", args=[world.home.slug, batch.pk])).content.decode()
    assert "Oppdiktet Medlem" in page
    wrong = [
        [Seat(member, "left")], [Seat(member, "absent", tie="x", reason="y")], [Seat(member, "present", tie="x")],
        [Seat(member, "present"), Seat(deputy, "present", stands_in_for=member.pk)],
        [Seat(member, "absent"), Seat(chair, "present", member.pk), Seat(deputy, "present", member.pk)],
    ]  # fmt: skip
    for seats in wrong:
        with pytest.raises(ValidationError):
            impartiality_protocol.check(seats)


def test_the_pages_carry_it_from_a_new_recommendation_to_the_protocol(
    world: World, applications: list[Any], body: Body, officer: User
) -> None:
    client, slug = signed_in(officer), world.home.slug
    day = timezone.localdate().isoformat()
    typed = {
        "scheme": applications[0].call.scheme_id,
        "body": body.pk,
        "meets_on": day,
        "title": "Møtet",
        "year": "2026",
    }
    made = client.post(reverse("batches", args=[slug]), typed)
    page = made["Location"]
    client.post(page, {"gjor": "legg-til", "soknad": [row.pk for row in applications]})
    batch = Batch.objects.get(title="Møtet")
    assert batch.lines.count() == 2
    draft = client.get(reverse("batch_document", args=[slug, batch.pk, "docx"]))
    assert applications[0].title in words_in(draft.content)
    client.post(page, {"gjor": "send", "seen": Batch.objects.get(pk=batch.pk).row_version})
    line = batch.lines.order_by("position").first()
    assert line is not None
    here = reverse("batch_protocol", args=[slug, batch.pk])
    assert client.get(here).status_code == 200
    name = f"linje-{line.pk}"
    given = {"linje": line.pk, "gjor": "vedtak", f"{name}-outcome": "adopted", f"{name}-resolution": "",
             f"{name}-decided_on": day, f"{name}-votes": "Enstemmig"}  # fmt: skip
    assert "Enstemmig" in client.post(here, given).content.decode()
    assert client.post(here, given | {f"{name}-resolution": "Får penger."}).status_code == 302
    line.refresh_from_db()
    assert line.step.resolution == "Får penger."  # type: ignore[union-attr]
    members = list(body.members.order_by("pk"))
    seats = {f"m{line.step_id}-{one.pk}-presence": "present" for one in members}
    mark = impartiality_protocol.Page(line.step).mark  # type: ignore[arg-type]
    sent = {"gjor": "oppmote", "behandling": line.step_id, "seen": mark, "alle_spurt": "1", **seats}
    assert client.post(here, sent).status_code == 302
    assert line.step.attendance.count() == 3  # type: ignore[union-attr]
    assert client.post(here, sent).status_code == 200  # the page has grown old


def test_the_pages_cost_the_same_for_one_application_and_a_hundred(world: World) -> None:
    def grow(size: int) -> tuple[Any, dict[str, int | None]]:
        authority = portal_make.an_authority()
        scheme = make.a_fund_with(authority).scheme
        officer, call = portal_make.a_user("officer", authority), make.a_call(scheme)
        rows = [make.an_application(call) for _n in range(size)]
        for row in rows:
            make.an_assessment(row, officer)
        make.a_batch(scheme, *rows, by=officer)
        sent = make.a_batch(scheme, *rows, by=officer, state="sent", sent_at=timezone.now())
        for line in sent.lines.all():
            line.step = portal_make.a_step(line.application.case, body=sent.body, activity="decision")
            line.save()
            for name in ("Oppdiktet Leder", "Oppdiktet Medlem"):
                member = BodyMembership.objects.create(
                    authority=authority, body=sent.body, display_name=f"{name} {line.pk}", capacity="elected"
                )
                impartiality_protocol.record(
                    line.step, [Seat(member, "present")], all_asked=True, by=officer, now=timezone.now()
                )
        here = f"/{authority.slug}"
        pages = [f"{here}/habilitet/?vis=alle", f"{here}/innstillinger/", f"{here}/innstillinger/{sent.pk}/protokoll/"]
        pages += [f"{here}/innstillinger/{batch.pk}/" for batch in Batch.objects.filter(authority=authority)]
        return signed_in(officer), dict.fromkeys(pages, 40)

    same_for_all_sizes(grow)
