"""From proposed to granted, and all the ways out: what moves, what is refused, and who is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from grants import aid, cautions, conditions, grant_lists, granting, held
from grants.models import Balance, Grant, GrantBalance, GrantReport, LedgerEntry
from grants.refusals import Refused
from portal.models import Event, Mail, Notice
from tests import factories as people
from tests import factories_money as make

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)
TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def authority() -> Any:
    return people.an_authority()


@pytest.fixture
def officer(authority: Any) -> Any:
    return people.a_user("officer", authority)


@pytest.fixture
def account(authority: Any) -> Any:
    return make.a_line(make.a_scheme(authority), 100).account


@pytest.fixture
def proposed(account: Any) -> Grant:
    grant = make.a_grant(account, amount=60, state="proposed")
    make.an_aid_assessment(grant)
    return grant


def decide(grant: Grant, by: Any, **facts: Any) -> Grant:
    return granting.decide(grant, **{"by": by, "on": DAY, "reference": "FSK 12/26", **facts})


def free(account: Any) -> int:
    return Balance.objects.get(account=account).free_nok


def a_contact(organisation: Any, reach: str = "acts") -> Any:
    user = people.a_user()
    people.a_mandate(organisation, user, reach=reach)
    return user


# ---- proposed ----


def test_a_proposed_grant_commits_nothing_and_gets_the_conditions_of_its_scheme_and_line(
    account: Any, officer: Any, authority: Any
) -> None:
    make.a_condition(account.scheme, "matching", title="Næringslivet bidrar like mye", first_year=2026)
    make.a_condition(account.scheme, title="Gjaldt før", last_year=2025)
    make.a_condition(account.scheme, title="Bare foreslått", stage="proposed")
    make.a_condition(account.scheme, title="Kommunen eier ikke", binds="authority")
    make.a_condition(account.scheme, "report", title="Regnskap", line=account.line, due_on=dt.date(2027, 3, 1))
    other = make.a_line(account.scheme, 5)
    make.a_condition(account.scheme, title="Gjelder en annen post", line=other)
    made = granting.propose(
        account=account, organisation=people.an_organisation(authority), case=None, amount_nok=60,
        title="Byfest Oppdiktet", by=officer, on=TODAY,
    )  # fmt: skip
    assert [one.title for one in made.conditions.all()] == ["Næringslivet bidrar like mye", "Regnskap"]
    assert made.case.title == "Byfest Oppdiktet" and made.year == 2026 and free(account) == 100
    report = GrantReport.objects.get(grant=made)
    assert (report.title, report.due_on, report.condition.title) == ("Regnskap", dt.date(2027, 3, 1), "Regnskap")


def test_a_double_press_proposes_once(account: Any, officer: Any, authority: Any) -> None:
    facts = {
        "account": account, "organisation": people.an_organisation(authority), "case": None, "amount_nok": 60,
        "title": "Byfest Oppdiktet", "by": officer, "on": TODAY,
    }  # fmt: skip
    assert granting.propose(**facts) == granting.propose(**facts)


def test_another_account_brings_the_conditions_that_hold_there(proposed: Grant, officer: Any, authority: Any) -> None:
    make.a_condition(proposed.scheme, title="Gjelder her")
    conditions.fetch_again(proposed, by=officer)
    elsewhere = make.a_line(make.a_scheme(authority), 500, year=2027).account
    make.a_condition(elsewhere.scheme, title="Gjelder der")
    changed = granting.change(proposed, by=officer, account=elsewhere)
    assert [one.title for one in changed.conditions.all()] == ["Gjelder der"]
    assert (changed.scheme, changed.year) == (elsewhere.scheme, 2027)


def test_what_will_be_refused_is_only_warned_of_while_it_is_assessed(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, amount=130, state="proposed")
    told = {one.code: one for one in cautions.of(grant, TODAY, officer)}
    assert told["free"].stops and "30" in str(told["free"]) and "100" in str(told["free"])
    assert told["aid"].stops and not told["number"].stops
    assert cautions.of(grant, TODAY)[0].stops, "what stops it comes first"


def test_grants_assessed_together_are_seen_against_what_is_free(account: Any, proposed: Grant) -> None:
    make.a_grant(account, amount=50, state="proposed")
    assert "110" in str({one.code: one for one in cautions.of(proposed, TODAY)}["asked"])


def test_warnings_cost_the_same_however_many_grants_there_are(
    account: Any, proposed: Grant, officer: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    costs = []
    for number in (1, 30):
        for _ in range(number):
            make.a_grant(account, proposed.organisation, amount=1, state="proposed")
        with CaptureQueriesContext(connection) as caught:
            cautions.of(Grant.objects.get(pk=proposed.pk), TODAY, officer)
        costs.append(len(caught))
    assert costs[0] == costs[1]


# ---- decided ----


def test_a_decision_commits_the_amount_and_tells_the_recipient(proposed: Grant, officer: Any, account: Any) -> None:
    contact = a_contact(proposed.organisation)
    decide(proposed, officer)
    entry = LedgerEntry.objects.get(grant=proposed)
    assert (entry.kind, entry.amount_nok, entry.reference, entry.on_date) == ("commitment", 60, "FSK 12/26", DAY)
    assert free(account) == 40
    assert Notice.objects.get(user=contact).kind == "grant_decided"
    mail = Mail.objects.get(to_address=contact.email)
    assert "60" not in mail.subject and proposed.title not in mail.subject + mail.text
    assert Event.objects.get(kind="grant_decided").facts == {"amount_nok": 60}


def test_a_second_press_commits_nothing_more_and_is_told_how_it_stands(proposed: Grant, officer: Any) -> None:
    version = Grant.objects.get(pk=proposed.pk).row_version
    decide(proposed, officer, version=version)
    with pytest.raises(held.Handled):
        decide(proposed, officer, version=version)
    assert LedgerEntry.objects.filter(grant=proposed).count() == 1


def test_more_than_is_free_is_refused_with_the_free_amount_named(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, amount=130, state="proposed")
    make.an_aid_assessment(grant)
    with pytest.raises(Refused) as refused:
        decide(grant, officer)
    assert "kr\xa0100" in refused.value.messages[0] and free(account) == 100
    assert (
        Grant.objects.get(pk=grant.pk).state == "proposed" and not Notice.objects.filter(kind="grant_decided").exists()
    )


def test_more_than_the_funds_frame_holds_is_refused_with_what_is_left_of_it(authority: Any, officer: Any) -> None:
    fund = make.a_fund(make.a_scheme(authority, kind="fund"))
    make.a_line(fund.scheme, 1000, fund=fund)
    make.a_frame(fund, 100)
    make.a_grant(fund.account, amount=70)
    grant = make.a_grant(fund.account, amount=60, state="proposed")
    make.an_aid_assessment(grant)
    assert "30" in str({one.code: one for one in cautions.of(grant, TODAY)}["frame"])
    with pytest.raises(Refused) as refused:
        decide(grant, officer)
    assert "kr\xa030" in refused.value.messages[0]


def test_a_closed_year_takes_no_new_grant(proposed: Grant, officer: Any, authority: Any) -> None:
    make.a_closed_year(authority, 2026)
    assert {one.code: one for one in cautions.of(proposed, TODAY)}["closed"].stops
    with pytest.raises(Refused):
        decide(proposed, officer)


def test_without_an_assessment_of_aid_nothing_is_granted(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, state="proposed")
    with pytest.raises(ValidationError, match=r"state aid|støtte"):
        decide(grant, officer)


def test_a_bankrupt_company_gets_nothing(proposed: Grant, officer: Any) -> None:
    proposed.organisation.register_copy = {"troubles": ["bankrupt"]}
    proposed.organisation.save()
    with pytest.raises(ValidationError):
        decide(proposed, officer)
    assert not LedgerEntry.objects.filter(grant=proposed).exists()


def test_a_decision_names_a_treatment_that_adopted_it_or_a_reference(proposed: Grant, officer: Any) -> None:
    with pytest.raises(ValidationError):
        decide(proposed, officer, reference=" ")
    rejected = people.a_step(proposed.case, activity="decision", outcome="rejected", resolution="Avslås.")
    with pytest.raises(ValidationError):
        decide(proposed, officer, reference="", step=rejected)
    adopted = people.a_step(proposed.case, activity="decision", outcome="adopted", resolution="Gis.")
    decide(proposed, officer, reference="", step=adopted)
    assert LedgerEntry.objects.get(grant=proposed).decision == adopted


@pytest.mark.parametrize("role", ["editor", "finance_preparer", "attester", "approver", "elected"])
def test_only_those_who_decide_register_a_decision(proposed: Grant, authority: Any, role: str) -> None:
    with pytest.raises(PermissionDenied):
        decide(proposed, people.a_user(role, authority))


def test_the_operator_signs_nothing(proposed: Grant) -> None:
    with pytest.raises(PermissionDenied):
        decide(proposed, people.a_user(is_superuser=True))


def test_nobody_decides_for_an_organisation_she_acts_for_herself(proposed: Grant, officer: Any) -> None:
    people.a_mandate(proposed.organisation, officer, reach="drafts")
    assert {one.code: one for one in cautions.of(proposed, TODAY, officer)}["tied"].stops
    with pytest.raises(ValidationError) as refused:
        decide(proposed, officer)
    assert refused.value.code == "tied"


def test_a_page_that_grew_old_decides_nothing(proposed: Grant, officer: Any) -> None:
    version = Grant.objects.get(pk=proposed.pk).row_version
    granting.change(proposed, by=officer, amount_nok=70)
    with pytest.raises(held.Handled):
        decide(proposed, officer, version=version)
    assert Grant.objects.get(pk=proposed.pk).state == "proposed"


def test_a_declined_grant_moves_no_money_and_can_be_taken_up_again(proposed: Grant, officer: Any, account: Any) -> None:
    contact = a_contact(proposed.organisation)
    granting.decline(proposed, by=officer, on=DAY, reference="FSK 13/26")
    assert free(account) == 100 and Notice.objects.filter(user=contact).count() == 1
    again = granting.reopen(proposed, by=officer)
    assert (again.state, again.decided_on, again.decision_reference) == ("proposed", None, "")
    decide(again, officer)
    assert free(account) == 40


# ---- it ends ----


def test_an_annulled_grant_gives_all_back(proposed: Grant, officer: Any, account: Any) -> None:
    decide(proposed, officer)
    granting.annul(proposed, why="Vedtaket var ugyldig.", by=officer, on=DAY)
    assert free(account) == 100 and Grant.objects.get(pk=proposed.pk).state == "annulled"
    assert GrantBalance.objects.get(grant=proposed).committed_nok == 0
    with pytest.raises(held.Handled):
        granting.annul(proposed, why="Igjen", by=officer, on=DAY)


def test_what_is_paid_from_is_not_annulled(account: Any, officer: Any) -> None:
    grant = make.a_grant(account)
    make.a_payout(grant, 10, "paid")
    with pytest.raises(ValidationError, match="10"):
        granting.annul(grant, why="Feil", by=officer, on=DAY)


def test_a_part_lapses_once_however_often_it_is_sent(account: Any, officer: Any) -> None:
    grant = make.a_grant(account)
    granting.lapse(grant, 20, why="Billigere enn ventet", by=officer, on=DAY, once="a")
    with pytest.raises(held.Handled):
        granting.lapse(grant, 20, why="Billigere enn ventet", by=officer, on=DAY, once="a")
    assert free(account) == 60 and Grant.objects.get(pk=grant.pk).state == "granted"
    granting.lapse(grant, why="Resten brukes ikke", by=officer, on=DAY, once="b")
    assert free(account) == 100 and Grant.objects.get(pk=grant.pk).state == "lapsed"


def test_what_is_asked_for_does_not_lapse(account: Any, officer: Any) -> None:
    grant = make.a_grant(account)
    make.a_payout(grant, 50)
    with pytest.raises(ValidationError) as refused:
        granting.lapse(grant, 20, why="Resten", by=officer, on=DAY)
    assert "kr\xa010" in refused.value.message_dict["amount"][0]
    with pytest.raises(ValidationError, match="50"):
        granting.lapse(grant, why="Resten", by=officer, on=DAY)


def test_what_is_partly_paid_is_finished_when_the_rest_lapses(account: Any, officer: Any) -> None:
    grant = make.a_grant(account)
    make.a_payout(grant, 50, "paid")
    granting.lapse(grant, why="Resten", by=officer, on=DAY)
    assert Grant.objects.get(pk=grant.pk).state == "finished" and free(account) == 50


def test_lapsing_goes_through_in_a_closed_year(account: Any, officer: Any, authority: Any) -> None:
    grant = make.a_grant(account)
    make.a_closed_year(authority, 2026)
    granting.lapse(grant, 20, why="Ikke brukt", by=officer, on=DAY)
    assert free(account) == 60


def test_a_grant_is_finished_when_nothing_is_missing_and_what_is_missing_is_named(account: Any, officer: Any) -> None:
    grant = make.a_grant(account)
    make.a_payout(grant, 60, "paid")
    report = make.a_grant_report(grant, title="Sluttrapport")
    with pytest.raises(ValidationError, match="Sluttrapport"):
        granting.finish(grant, by=officer, on=DAY)
    GrantReport.objects.filter(pk=report.pk).update(
        state="approved", sent_at="2026-04-01T00:00Z", read_by=officer, read_at="2026-04-02T00:00Z"
    )
    granting.finish(grant, by=officer, on=DAY)
    assert granting.reopen(grant, by=officer).state == "granted"


# ---- aid ----


def test_an_assessment_is_one_and_may_be_made_anew(account: Any, officer: Any) -> None:
    grant = make.a_grant(account, state="proposed")
    facts = {"by": officer, "on": DAY, "activity": "Torgdag", "reason": "Bare lokale kunder"}
    aid.assess(grant, basis="no_aid", version=-1, **facts)
    with pytest.raises(held.Handled):
        aid.assess(grant, basis="de_minimis", version=-1, **facts)
    with pytest.raises(ValidationError) as refused:
        aid.assess(grant, basis="block", **facts)
    assert "legal_reference" in refused.value.message_dict
    assert aid.assess(grant, basis="block", legal_reference="Artikkel 25", **facts).assessed_by == officer


def test_earlier_de_minimis_aid_is_counted_over_three_rolling_years(account: Any, officer: Any) -> None:
    recipient = people.an_organisation(account.authority, number=people.ORGANISATION_NUMBERS[3])
    grant = make.a_grant(account, recipient, amount=1, state="proposed")
    for day in (dt.date(2023, 11, 22), dt.date(2023, 11, 23)):
        other = make.a_grant(account, grant.organisation, 1, state="proposed", title=str(day))
        make.an_aid_assessment(other, basis="de_minimis")
        decide(other, officer, on=day)
    assert [one.title for one in aid.earlier(grant, TODAY)] == ["2023-11-23"]


def test_what_lapsed_of_earlier_aid_is_in_neither_the_rows_nor_the_sum(account: Any, officer: Any) -> None:
    recipient = people.an_organisation(account.authority, number=people.ORGANISATION_NUMBERS[3])
    grant = make.a_grant(account, recipient, amount=1, state="proposed")
    other = make.a_grant(account, grant.organisation, 80, state="proposed")
    make.an_aid_assessment(other, basis="de_minimis")
    decide(other, officer, on=TODAY)
    granting.lapse(other, 50, why="Ikke brukt.", by=officer, on=TODAY)
    earlier = grant_lists.earlier_of(grant, TODAY)
    assert [row.kept_nok for row in earlier["rows"]] == [30]
    assert earlier["sum"] == 30
