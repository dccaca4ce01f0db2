"""De minimis aid from decision to report: taken, refused, cut and ended; links, what is declared, and the register."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from grants import aid, cautions, granting, repaying
from grants.applying import content as typed
from grants.minimis_aid import copies, deadlines, declaring, earlier, law, panel, reading, reports, taking
from grants.models import (
    AidAward,
    AidCeiling,
    AidReport,
    DeclaredAid,
    ExchangeRate,
    Grant,
    LedgerEntry,
    RegisterAward,
    UndertakingLink,
)
from portal.impartiality import NotImpartial
from portal.integrations import aid_register, aid_register_standin, exchange_rates
from portal.models import Organisation
from tests import factories as people
from tests import factories_fund as fund
from tests import factories_money as make

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)
NUMBER, SISTER = "889640782", "923609016"
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def place() -> Any:
    return people.an_authority()


@pytest.fixture
def officer(place: Any) -> Any:
    return people.a_user("officer", place)


@pytest.fixture
def company(place: Any) -> Any:
    return people.an_organisation(place, number=NUMBER, name="Oppdiktet Snekkeri AS")


def proposed(owner: Any, amount: int, number: str = NUMBER, basis: str = "de_minimis", **facts: Any) -> Grant:
    """Make a grant of de minimis aid that is being assessed; ten kroner are a euro."""
    there = Organisation.objects.filter(authority=owner, number=number).exclude(number="").first()
    organisation = there or people.an_organisation(owner, number=number)
    account = make.a_line(make.a_scheme(owner), amount).account
    assert account is not None
    grant = make.a_grant(account, organisation, amount, state="proposed", **facts)
    make.an_aid_assessment(grant, basis=basis, legal_reference="Artikkel 3")
    return grant


def given(owner: Any, by: Any, amount: int, on: dt.date = TODAY, **facts: Any) -> Grant:
    return granting.decide(proposed(owner, amount, **facts), by=by, on=on, reference="FSK 1/26", today=TODAY)


def queue(grant: Grant) -> list[tuple[str, int, str]]:
    return list(AidReport.objects.filter(grant=grant).order_by("pk").values_list("kind", "amount_nok", "state"))


# ---- decided ----


def test_a_decision_counts_the_aid_at_its_days_rate_and_queues_its_report(
    place: Any, officer: Any, company: Any
) -> None:
    ExchangeRate.objects.create(day=dt.date(2026, 11, 20), nok_per_eur=Decimal("12.5"), source="Prøve")
    grant = given(place, officer, 100_000)
    award = AidAward.objects.get(grant=grant)
    assert (award.number, award.decided_on, award.nok_per_eur, award.amount_eur) == (
        NUMBER, TODAY, Decimal("12.5"), Decimal("8000.00"),
    )  # fmt: skip
    report = AidReport.objects.get(grant=grant)
    assert (report.kind, report.amount_nok, report.due_on) == ("award", 100_000, dt.date(2026, 12, 18))


def test_at_the_ceiling_passes_and_a_krone_more_is_refused_in_words_and_stands_in_the_cautions(
    place: Any, officer: Any, company: Any
) -> None:
    given(place, officer, 2_000_000)
    over = proposed(place, 1_000_001)
    assert any(one.code == "minimis" and one.stops for one in cautions.of(over, TODAY))
    with pytest.raises(ValidationError) as refused:
        granting.decide(over, by=officer, on=TODAY, reference="FSK 2/26")
    said = " ".join(refused.value.messages)
    assert "300" in said and "1 000 000" in said.replace("\u00a0", " "), said
    over.refresh_from_db()
    assert over.state == "proposed" and not LedgerEntry.objects.filter(grant=over).exists()
    assert given(place, officer, 1_000_000).state == "granted"


def test_another_basis_that_is_recorded_lets_it_through_and_is_reported_too(
    place: Any, officer: Any, company: Any
) -> None:
    grant = proposed(place, 4_000_000)
    facts = {"activity": "Ny ovn", "reason": "Gruppeunntak", "legal_reference": "Art. 17"}
    aid.assess(grant, by=officer, on=TODAY, basis="block", **facts)
    granting.decide(grant, by=officer, on=TODAY, reference="FSK 3/26")
    assert not AidAward.objects.filter(grant=grant).exists() and queue(grant) == [("award", 4_000_000, "waiting")]


def test_what_cannot_be_counted_is_not_decided(place: Any, officer: Any, company: Any) -> None:
    with pytest.raises(ValidationError, match=r"organisasjonsnummer|organisation number"):
        given(place, officer, 10, number="")
    UndertakingLink.objects.create(authority=place, number=NUMBER, linked=SISTER, declared_on=TODAY)
    with pytest.raises(ValidationError) as waits:
        given(place, officer, 10)
    assert waits.value.messages[0] == panel.obstacles(panel.of_grant(proposed(place, 10), TODAY))[0]
    UndertakingLink.objects.all().delete()
    AidCeiling.objects.all().delete()
    with pytest.raises(ValidationError):
        given(place, officer, 10)


def test_three_years_to_the_day_are_counted_over_every_authority_and_linked_company(officer: Any, place: Any) -> None:
    neighbour = people.an_authority()
    colleague = people.a_user("officer", neighbour)
    given(neighbour, colleague, 2_990_000, dt.date(2023, 11, 22))
    outside = given(place, officer, 1_500_000)
    found = panel.of_grant(proposed(place, 1_500_000), TODAY)
    assert found.fits and found.sum.margin_eur == 0
    given(neighbour, colleague, 1_000_000, dt.date(2025, 1, 1), number=SISTER)
    assert panel.of_grant(proposed(place, 1_500_000), TODAY).fits
    link = declaring.link(outside, SISTER, name="Søster AS", why="Eier alt", by=officer, on=TODAY)
    after = panel.of_grant(proposed(place, 1_500_000), TODAY)
    assert not after.fits and after.room_nok == 500_000 and after.members == [NUMBER, SISTER]
    assert {row.row.giver for row in after.others} == {place.full_name, neighbour.full_name}
    declaring.unlink(outside, link, by=officer, on=TODAY)
    assert panel.of_grant(proposed(place, 1_500_000), TODAY).fits


def test_python_and_postgresql_count_the_same(place: Any, officer: Any, company: Any) -> None:
    """The guard refuses exactly what the panel says is over, whatever rows there are."""
    given(place, officer, 600_000, dt.date(2024, 2, 29))
    services = given(place, officer, 700_000, dt.date(2025, 3, 1), basis="sgei")
    RegisterAward.objects.create(
        reference="R1", number=NUMBER, giver="Fylket", decided_on=dt.date(2025, 3, 1), amount_nok=700_000, basis="sgei"
    )
    RegisterAward.objects.create(
        reference="R2", number=NUMBER, giver="Fylket", decided_on=dt.date(2025, 5, 1), amount_nok=333_333,
        basis="de_minimis",
    )  # fmt: skip
    granting.lapse(services, 100_000, why="Ikke brukt", by=officer, on=TODAY)
    for basis in ("de_minimis", "sgei"):
        grant = proposed(place, 100, basis=basis)
        for amount in (333_333, 10):
            declaring.declare(
                grant, giver="Fylket", decided_on=dt.date(2025, 5, 1), amount_nok=amount, basis="de_minimis", by=officer
            )
        room = panel.of_grant(grant, TODAY).room_nok
        assert room == (2_066_657 if basis == "de_minimis" else 5_966_657)
        for amount, fits in ((room + 1, False), (room, True)):
            tried = proposed(place, amount, basis=basis)
            DeclaredAid.objects.filter(grant=grant).update(grant=tried)
            assert panel.of_grant(tried, TODAY).fits is fits
            if fits:
                AidAward.objects.create(**award_of(tried, basis))
            else:
                with pytest.raises(IntegrityError, match="ceiling"), transaction.atomic():
                    AidAward.objects.create(**award_of(tried, basis))
            DeclaredAid.objects.filter(grant=tried).update(grant=grant)
        AidAward.objects.filter(grant=tried).update(ended_on=TODAY)


def award_of(grant: Grant, basis: str) -> dict[str, Any]:
    return {
        "authority": grant.authority, "grant": grant, "number": NUMBER, "basis": basis, "decided_on": TODAY,
        "amount_nok": grant.amount_nok, "nok_per_eur": 10,
    }  # fmt: skip


# ---- afterwards ----


def test_what_lapses_cuts_the_aid_and_what_is_annulled_ends_it(place: Any, officer: Any, company: Any) -> None:
    grant = given(place, officer, 1_000_000)
    granting.lapse(grant, 400_000, why="Billigere enn tenkt", by=officer, on=TODAY)
    assert AidAward.objects.get(grant=grant).amount_eur == 60_000
    assert queue(grant) == [("award", 1_000_000, "waiting"), ("cut", 400_000, "waiting")]
    wrong = given(place, officer, 500_000)
    granting.annul(wrong, why="Feil mottaker", by=officer, on=TODAY)
    assert AidAward.objects.get(grant=wrong).ended_on == TODAY
    assert queue(wrong) == [("award", 500_000, "not_needed")], "what was never reported is not taken back"
    told = given(place, officer, 500_000)
    reports.mark([(told.aid_reports.get(), None)], by=officer, on=TODAY, today=TODAY)
    granting.annul(told, why="Feil mottaker", by=officer, on=TODAY)
    assert queue(told) == [("award", 500_000, "reported"), ("annulled", 500_000, "waiting")]


def test_a_repayment_is_reported_and_its_undone_receipt_too(place: Any, officer: Any, company: Any) -> None:
    grant = given(place, officer, 100_000)
    make.a_payout(grant, 100_000, "paid")
    claim = repaying.claim(grant, 40_000, reason="Brukt til annet", by=officer, on=TODAY)
    repaying.receive(claim, by=officer, on=TODAY)
    report = AidReport.objects.get(grant=grant, kind="repayment")
    assert report.entry is not None and report.amount_nok == 40_000
    assert AidAward.objects.get(grant=grant).cut_nok == 0
    reports.mark([(report, report.row_version)], by=officer, on=TODAY, today=TODAY, receipt="K-1")
    claim.refresh_from_db()
    repaying.undo_receipt(claim, why="Feil konto", by=officer, on=TODAY)
    assert queue(grant)[-1] == ("repayment", -40_000, "waiting")


def test_a_new_assessment_of_a_decided_grant_counts_it_or_counts_it_no_more(
    place: Any, officer: Any, company: Any
) -> None:
    facts = {"by": officer, "on": TODAY, "activity": "Torgdag", "reason": "Sett på nytt"}
    grant = given(place, officer, 100_000, basis="no_aid")
    assert queue(grant) == []
    aid.assess(grant, basis="de_minimis", **facts)
    assert AidAward.objects.get(grant=grant).decided_on == TODAY and queue(grant) == [("award", 100_000, "waiting")]
    aid.assess(grant, basis="no_aid", **facts)
    assert AidAward.objects.get(grant=grant).ended_on == TODAY and queue(grant)[0][2] == "not_needed"
    with pytest.raises(ValidationError) as again:
        aid.assess(grant, basis="de_minimis", **facts)
    assert "basis" in again.value.message_dict


def test_marking_is_done_once_by_those_who_may_and_never_on_a_stale_page(
    place: Any, officer: Any, company: Any
) -> None:
    report = given(place, officer, 10).aid_reports.get()
    seen = report.row_version
    with pytest.raises(PermissionDenied):
        reports.mark([(report, seen)], by=people.a_user("attester", place), on=TODAY, today=TODAY)
    with pytest.raises(ValidationError):
        reports.mark([(report, seen)], by=officer, on=TODAY + dt.timedelta(days=1), today=TODAY)
    assert len(reports.mark([(report, seen)], by=officer, on=TODAY, today=TODAY)) == 1
    with pytest.raises(ValidationError):
        reports.mark([(report, seen)], by=officer, on=TODAY, today=TODAY)
    assert reports.mark([(report, None)], by=officer, on=TODAY, today=TODAY) == []
    reports.open_again(report, by=officer)
    with pytest.raises(ValidationError):
        reports.leave_out(report, why=" ", by=officer)
    assert reports.leave_out(report, why="Fylket melder", by=officer).state == "not_needed"


# ---- declared ----


@pytest.fixture
def application(place: Any, company: Any) -> Any:
    scheme = fund.a_fund_with(place).scheme
    said = fund.some_content(
        has_earlier_aid=True, has_linked=True,
        earlier_aid=[
            {"giver": "Fylket", "decided_on": "1.5.2025", "amount": "120 000", "is_minimis": True},
            {"giver": "Staten", "decided_on": "1.5.2025", "amount": "1", "is_minimis": False},
        ],
        linked=[{"number": "923 609 016", "name": "Søster AS", "why": "Eies av oss"}, {"number": "123", "name": "X"}],
    )  # fmt: skip
    return fund.an_application(fund.a_call(scheme), company, content=said)


def test_what_the_application_declares_becomes_rows_once_and_follows_a_new_version(
    application: Any, officer: Any
) -> None:
    for _time in range(2):
        declaring.read_from(application, on=TODAY)
    (row,), (link,) = application.declared_aid.all(), application.links.all()
    assert (row.giver, row.amount_nok, row.number, link.linked) == ("Fylket", 120_000, NUMBER, SISTER)
    found = panel.of_application(application, TODAY)
    assert found.sum.total_eur == 42_000 and len(found.unanswered) == 1
    fund.no_ties(application, officer)
    declaring.unlink(application, link, by=officer, on=TODAY)
    declaring.read_from(application, on=TODAY)
    assert not panel.of_application(application, TODAY).unanswered, "an officer's answer is not asked for again"
    application.content = typed.stored(typed.Content(has_earlier_aid=False))
    declaring.read_from(application, on=TODAY)
    assert not application.declared_aid.exists()


def test_an_officer_says_what_a_declared_row_is_and_may_change_her_mind(application: Any, officer: Any) -> None:
    declaring.read_from(application, on=TODAY)
    row = application.declared_aid.get()
    known = RegisterAward.objects.create(
        reference="R9", number=NUMBER, giver="Fylkeskommunen", decided_on=dt.date(2025, 5, 2), amount_nok=125_000,
        basis="de_minimis",
    )  # fmt: skip
    with pytest.raises(NotImpartial):
        declaring.resolve(row, resolution="outside", why="Kjent", by=officer)
    fund.no_ties(application, officer)
    with pytest.raises(ValidationError):
        declaring.resolve(row, resolution="outside", by=officer)
    assert panel.of_application(application, TODAY).sum.total_eur == 54_500
    declaring.resolve(row, resolution="same", register=known, by=officer, seen="")
    assert panel.of_application(application, TODAY).sum.total_eur == 42_500
    with pytest.raises(ValidationError):
        declaring.resolve(row, resolution="", by=officer, seen="")
    declaring.resolve(row, resolution="", by=officer, seen="same")
    assert panel.of_application(application, TODAY).sum.total_eur == 54_500
    other = RegisterAward.objects.create(
        reference="R8", number="974760673", giver="X", decided_on=TODAY, amount_nok=1, basis="de_minimis"
    )
    with pytest.raises(ValidationError):
        declaring.resolve(row, resolution="same", register=other, by=officer)


def test_a_row_of_the_register_is_matched_with_an_own_award_once(place: Any, officer: Any, company: Any) -> None:
    grant = given(place, officer, 100_000)
    row = RegisterAward.objects.create(
        reference="R7", number=NUMBER, giver=place.name, decided_on=dt.date(2026, 11, 20), amount_nok=100_000,
        basis="de_minimis",
    )  # fmt: skip
    assert panel.of_grant(grant, TODAY).sum.total_eur == 20_000
    for _time in range(2):
        declaring.match(grant, row, grant.award, by=officer)
    assert panel.of_grant(grant, TODAY).sum.total_eur == 10_000
    declaring.unmatch(grant, row, by=officer)
    assert panel.of_grant(grant, TODAY).sum.total_eur == 20_000


# ---- copies from outside ----


def test_the_register_is_asked_and_its_answer_kept_until_it_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    number = "294580735"
    status, body = aid_register_standin.answer(
        "/soek/stoettetildeling", json.dumps([{"field": "STOETTEMOTTAKER_ORGNR", "value": number}]).encode()
    )
    said = [aid_register.read_award(row, number) for row in json.loads(body)["stoettetildeling"]]
    monkeypatch.setattr(aid_register, "awards_to", lambda _number: said)
    assert status == 200 and copies.refresh([number], NOW) == 2
    kept = RegisterAward.objects.filter(number=number).values_list("amount_nok", flat=True)
    assert sorted(kept) == [150_000, 420_000]
    monkeypatch.setattr(aid_register, "awards_to", lambda _number: said[:1])
    copies.refresh([number], NOW)
    assert RegisterAward.objects.filter(number=number).count() == 1


def test_a_copy_of_the_register_is_read_as_it_is_delivered(tmp_path: Any) -> None:
    from django.core.management import CommandError, call_command

    head = "stoettetildelingsnummer;stoettemottaker_orgnr;stoettegiver_navn;tildelingsdato;beloep;valuta;regelverk;status\n"
    lines = [
        f"T1;{NUMBER};Fylket;2025-05-01;120000;NOK;Forordning (EU) 2023/2831;Registrert",
        f"T2;{NUMBER};Fylket;02.05.2025;1000,50;EUR;Forordning (EU) 2023/2832;Registrert",
        f"T3;{NUMBER};Fylket;2025-05-01;99;NOK;Gruppeunntak 651/2014;Registrert",
        f"T4;{NUMBER};Fylket;2025-05-01;99;NOK;Bagatellmessig støtte;Annullert",
    ]
    path = tmp_path / "register.csv"
    path.write_bytes((head + "\n".join(lines)).encode("utf-16"))
    call_command("import_aid_register", path)
    found = RegisterAward.objects.filter(number=NUMBER).order_by("reference")
    assert list(found.values_list("reference", "amount_nok", "basis")) == [
        ("T1", 120_000, "de_minimis"),
        ("T2", 10_005, "sgei"),
    ]
    path.write_text(head + f"T5;{NUMBER};Fylket;i fjor;1;NOK;Bagatellmessig støtte;\n", encoding="utf-8")
    with pytest.raises(CommandError, match="2"):
        call_command("import_aid_register", path)
    path.write_text("navn;alder\n", encoding="utf-8")
    with pytest.raises(CommandError, match="stoettemottaker_orgnr"):
        call_command("import_aid_register", path)


def test_rates_are_added_and_never_changed(tmp_path: Any) -> None:
    listed = "FREQ;TIME_PERIOD;OBS_VALUE\nB;2026-11-19;11,7515\nB;2026-11-20;11.8\n"
    assert copies.keep_rates(exchange_rates.read(listed.encode())) == 2
    assert copies.keep_rates(exchange_rates.read(listed.replace("11.8", "9.9").encode())) == 0
    assert reading.rate_on(dt.date(2026, 11, 22)).nok_per_eur == Decimal("11.8")  # type: ignore[union-attr]
    assert reading.rate_on(dt.date(2019, 1, 1)).day == dt.date(2020, 1, 1)  # type: ignore[union-attr]
    for wrong in ("a;b\n", "TIME_PERIOD;OBS_VALUE\n2026-11-20;0\n", "TIME_PERIOD;OBS_VALUE\n20.11.2026;11\n"):
        with pytest.raises(exchange_rates.RateError):
            exchange_rates.read(wrong.encode())


def test_an_upgrade_brings_the_law_once_and_counts_what_was_granted_before(place: Any, company: Any) -> None:
    AidCeiling.objects.all().delete()
    ExchangeRate.objects.all().delete()
    assert law.load() == len(law.CEILINGS) + len(law.FIRST_RATES)
    AidCeiling.objects.filter(basis="sgei").update(amount_eur=800_000)
    assert law.load() == 0 and AidCeiling.objects.filter(amount_eur=800_000).count() == 2, "what is corrected stays"
    for amount in (1_000_000, 3_000_000):
        old = proposed(place, amount)
        old.state, old.decided_on, old.decision_reference = "granted", dt.date(2025, 3, 2), "V 1"
        make.deed(lambda row: (row.save(), make.ledger.commit(row, on=TODAY, by=None)))(old)
    assert earlier.count_earlier() == 1, "the one over the ceiling stands as it was granted, uncounted"
    assert earlier.count_earlier() == 0 and not AidReport.objects.filter(grant__organisation=company).exists()


def test_taking_is_no_part_of_what_is_no_aid(place: Any, officer: Any, company: Any) -> None:
    grant = given(place, officer, 10, basis="outside")
    taking.cut(grant, 5, on=TODAY)
    taking.end(grant, on=TODAY)
    assert queue(grant) == [] and not AidAward.objects.filter(grant=grant).exists()


def test_what_waits_to_be_reported_is_a_deadline_of_the_cases_officer(place: Any, officer: Any, company: Any) -> None:
    case = people.a_case(place, officer=officer)
    report = given(place, officer, 10, case=case).aid_reports.get()
    row = deadlines.to_report(TODAY).get(pk=report.pk)
    assert (row.day, row.who, row.path) == (report.due_on, officer.pk, f"/{place.slug}/stotteregister/")
    reports.mark([(report, None)], by=officer, on=TODAY, today=TODAY)
    assert not deadlines.to_report(TODAY).filter(pk=report.pk).exists()
