"""The pages of a fund, a year's end and reconciliation, as their people meet them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from grants import closing, funding
from grants.models import Account, Balance, Fund, FundFrame, LedgerEntry, Pledge, YearEnd
from portal.models import Mail
from tests import factories as ground
from tests import factories_money as make
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes
from tests.strategy.reading import english

if TYPE_CHECKING:
    from django.test import Client

    from portal.models import Authority
    from tests.world import World

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def place(db: None, time_machine: Any) -> Authority:
    time_machine.move_to(NOW, tick=False)
    return ground.an_authority(name="Prøveby")


@pytest.fixture
def officer(place: Authority) -> Client:
    return english(signed_in(ground.a_user("officer", place, name="Olga Oppdiktet")))


@pytest.fixture
def leader(place: Authority) -> Client:
    return english(signed_in(ground.a_user("leader", place, name="Leiv Oppdiktet")))


@pytest.fixture
def fund(place: Authority) -> Fund:
    return make.a_fund(make.a_scheme(place, kind="fund", name="Næringsfondet"), takes_pledges=True)


def text_of(answer: Any) -> str:
    return str(answer.content.decode()).replace("\xa0", " ")


def fund_url(fund: Fund) -> str:
    return reverse("fund_page", args=[fund.authority.slug, fund.pk])


def end_url(place: Authority, year: int = 2025) -> str:
    return reverse("year_end", args=[place.slug, year])


# ---- a fund ----


def test_an_empty_fund_says_what_fills_it(officer: Client, fund: Fund) -> None:
    text = text_of(officer.get(fund_url(fund)))
    assert "The fund is empty." in text
    assert "No money and no frame yet." in text
    assert "Nobody has pledged anything." in text


def test_decided_and_proposed_money_are_never_added_together(officer: Client, fund: Fund) -> None:
    make.a_line(fund.scheme, 2_500_000, fund=fund, name="Kapital")
    make.a_line(fund.scheme, 3_000_000, fund=fund, name="Mer kapital", year=2027, adopt=False)
    text = text_of(officer.get(fund_url(fund)))
    assert "The fund has kr 2 500 000 that is not granted." in text
    assert "kr 3 000 000" in text
    assert "kr 5 500 000" not in text


def test_a_pledge_is_registered_paid_in_part_and_withdrawn(officer: Client, fund: Fund) -> None:
    url = fund_url(fund)
    form = officer.get(f"{url}?gjor=lofte").context["form"]
    typed = {
        "gjor": "lofte", "payer": "Banken", "payer_class": "business", "amount": "kr 500 000,-",
        "pledged_on": "2026-11-01", "once": str(form["once"].value()),
    }  # fmt: skip
    for _press in range(2):
        answer = officer.post(url, typed, follow=True)
    (pledge,) = fund.pledges.all()
    assert "kr 500 000 is pledged and not paid." in text_of(answer)
    asked = officer.get(f"{url}?gjor=inn&lofte={pledge.pk}")
    assert asked.context["form"]["amount"].value() == "500\xa0000"
    paid = {"gjor": "inn", "lofte": pledge.pk, "amount": "200 000", "on": "2026-11-20",
            "once": str(asked.context["form"]["once"].value())}  # fmt: skip
    for _press in range(2):
        answer = officer.post(url, paid, follow=True)
    assert "kr 200 000 is registered as received." in text_of(answer)
    assert Balance.objects.get(account=fund.account_id).free_nok == 200_000
    pledge.refresh_from_db()
    officer.post(url, {"gjor": "trekk", "lofte": pledge.pk, "why": "Styret sa nei.", "seen": pledge.row_version})
    pledge.refresh_from_db()
    assert pledge.state == Pledge.State.WITHDRAWN
    assert "Styret sa nei." in text_of(officer.get(url))


@pytest.mark.parametrize(
    ("typed", "told"),
    [("12,5", "Enter whole kroner"), ("0", "Enter an amount over nought."), ("mye", "Enter the amount in figures")],
)
def test_an_amount_that_cannot_be_read_is_told_why_and_nothing_typed_is_lost(
    officer: Client, fund: Fund, typed: str, told: str
) -> None:
    answer = officer.post(
        fund_url(fund), {"gjor": "inn", "amount": typed, "on": "2026-11-20", "note": "Bilag 1", "once": "a"}
    )
    assert told in text_of(answer)
    assert "Bilag 1" in text_of(answer)
    assert not LedgerEntry.objects.filter(account=fund.account_id).exists()


def test_money_to_come_is_not_registered_as_received(officer: Client, fund: Fund) -> None:
    answer = officer.post(fund_url(fund), {"gjor": "inn", "amount": "5", "on": "2026-11-23", "once": "a"})
    assert "This day has not come yet." in text_of(answer)


def test_a_stale_page_says_so_and_keeps_what_was_typed(officer: Client, fund: Fund) -> None:
    pledge = make.a_pledge(fund)
    seen = pledge.row_version
    Pledge.objects.filter(pk=pledge.pk).update(due_on=dt.date(2026, 12, 1))
    answer = officer.post(fund_url(fund), {"gjor": "trekk", "lofte": pledge.pk, "why": "Styret sa nei.", "seen": seen})
    assert answer.status_code == 409
    assert "Someone else changed this just now." in text_of(answer)
    assert "Styret sa nei." in text_of(answer)


def test_a_frame_is_proposed_adopted_and_held(officer: Client, fund: Fund) -> None:
    url = fund_url(fund)
    make.a_line(fund.scheme, 1_000, fund=fund)
    officer.post(url, {"gjor": "ramme", "year": "2026", "amount": "400", "forslag": "1"})
    frame = FundFrame.objects.get(fund=fund)
    assert (frame.stage, "They bind nothing until they are adopted." in text_of(officer.get(url))) == ("proposed", True)
    answer = officer.post(url, {"gjor": "vedta", "ramme": frame.pk, "seen": frame.row_version})
    assert "Name the decision." in text_of(answer)
    typed = {"gjor": "vedta", "ramme": frame.pk, "seen": frame.row_version, "reference": "Formannskapet 3/26"}
    assert "Of the frame of kr 400 for 2026, kr 400 is left." in text_of(officer.post(url, typed, follow=True))
    make.a_grant(fund.account, amount=300)
    typed = {"gjor": "ramme", "year": "2026", "amount": "200", "reference": "Formannskapet 4/26"}
    assert "kr 300 is granted within this year already." in text_of(officer.post(url, typed))


def test_years_begin_with_what_the_years_before_left(officer: Client, fund: Fund) -> None:
    maker = ground.a_user("officer", fund.authority)
    for year, amount in ((2024, 100), (2025, 50), (2026, 25)):
        funding.receive(fund, amount, on=dt.date(year, 5, 1), by=maker, key=str(year))
    years = officer.get(fund_url(fund)).context["years"]
    assert [(row.year, row.before_nok, row.after_nok) for row in years] == [
        (2026, 150, 175),
        (2025, 100, 150),
        (2024, 0, 100),
    ]


def test_a_scheme_that_is_a_fund_gets_one(officer: Client, place: Authority) -> None:
    url = reverse("fund_page", args=[place.slug, 0])
    assert "No scheme waits for a fund." in text_of(officer.get(url))
    scheme = make.a_scheme(place, kind="fund")
    answer = officer.post(url, {"scheme": scheme.pk, "takes_pledges": "on"}, follow=True)
    assert answer.redirect_chain == [(fund_url(scheme.fund), 302)]
    assert "Others are invited to contribute." in text_of(answer)


def test_a_funds_page_costs_the_same_for_many_rows(place: Authority) -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        client = signed_in(ground.a_user("officer", place))
        held = make.a_fund(make.a_scheme(place, kind="fund"))
        for number in range(size):
            make.a_line(held.scheme, 10, fund=held)
            pledge = make.a_pledge(held, 50, organisation=ground.an_organisation(place))
            funding.receive(
                pledge, 5, on=dt.date(2000 + number % 24, 5, 1), by=ground.a_user("officer", place), key=str(number)
            )
            make.a_frame(held, 10, stage="proposed", decision_reference="")
        return client, {fund_url(held): 22, f"{fund_url(held)}?fil=csv": None}

    same_for_all_sizes(grow)


# ---- a year's end ----


@pytest.fixture
def account(place: Authority) -> Account:
    """An account of 2025 with 40,000 left."""
    line = make.a_line(make.a_scheme(place, name="Driftsstøtte"), 100_000, year=2025, name="Byen")
    assert line.account is not None
    make.a_grant(line.account, amount=60_000)
    return line.account


def test_a_year_is_drawn_up_gone_through_sent_and_closed_by_another(
    officer: Client, leader: Client, place: Authority, account: Account
) -> None:
    url = end_url(place)
    assert "1 account has kr 40 000 left." in text_of(officer.get(url))
    page = officer.post(url, {"gjor": "lag"}, follow=True)
    end = YearEnd.objects.get(authority=place)
    line = end.lines.get()
    typed = {"gjor": "lagre", "seen": page.context["end"].row_version, f"l{line.pk}-carry": "30 000",
             f"l{line.pk}-into": "-1", f"l{line.pk}-reason": "Arbeidet fortsetter."}  # fmt: skip
    assert "kr 30 000 is to be carried over, and kr 10 000 returned." in text_of(officer.post(url, typed, follow=True))
    end.refresh_from_db()
    asked = officer.get(f"{url}?gjor=send")
    assert "Leiv Oppdiktet" in text_of(asked)
    sent = officer.post(url, {"gjor": "send", "seen": end.row_version}, follow=True)
    assert "It is sent. Who may close the year is told." in text_of(sent)
    end.refresh_from_db()
    assert "Close 2025 for good?" in text_of(leader.get(f"{url}?gjor=lukk"))
    assert "Name the decision." in text_of(leader.post(url, {"gjor": "lukk", "seen": end.row_version}))
    typed = {"gjor": "lukk", "seen": end.row_version, "reference": "Kommunestyret 4/26"}
    closed = text_of(leader.post(url, typed, follow=True))
    assert "Leiv Oppdiktet closed 2025 on 22 November 2026." in closed or "closed 2025 on" in closed
    assert "kr 30 000 was carried over, and kr 10 000 was returned." in closed
    assert Balance.objects.get(account__scheme=account.scheme, account__year=2026).free_nok == 30_000
    assert 'value="lagre"' not in closed


def test_what_is_wrong_with_a_line_is_told_and_nothing_typed_is_lost(
    officer: Client, place: Authority, account: Account
) -> None:
    officer.post(end_url(place), {"gjor": "lag"})
    end = YearEnd.objects.get(authority=place)
    line = end.lines.get()
    typed = {"gjor": "lagre", "seen": end.row_version, f"l{line.pk}-carry": "50 000", f"l{line.pk}-into": "-1",
             f"l{line.pk}-reason": "Arbeidet fortsetter."}  # fmt: skip
    text = text_of(officer.post(end_url(place), typed))
    assert "Byen: kr 40 000 is left. No more is carried over." in text
    assert "Arbeidet fortsetter." in text
    assert "50 000" in text
    line.refresh_from_db()
    assert line.carry_nok == 0


def test_two_who_go_through_the_accounts_do_not_overwrite_each_other(
    officer: Client, place: Authority, account: Account
) -> None:
    officer.post(end_url(place), {"gjor": "lag"})
    end = YearEnd.objects.get(authority=place)
    line = end.lines.get()
    closing.change(
        end, [closing.Wish(line.pk, 5_000, closing.NEW, "Fordi")], by=ground.a_user("officer", place),
        now=timezone.now() + dt.timedelta(minutes=1),
    )  # fmt: skip
    typed = {"gjor": "lagre", "seen": end.row_version, f"l{line.pk}-carry": "7 000", f"l{line.pk}-into": "-1",
             f"l{line.pk}-reason": "Min grunn"}  # fmt: skip
    answer = officer.post(end_url(place), typed)
    assert (answer.status_code, "Min grunn" in text_of(answer)) == (409, True)
    line.refresh_from_db()
    assert line.carry_nok == 5_000


def test_money_that_has_moved_since_is_shown_and_brought_up_to_date(
    officer: Client, place: Authority, account: Account
) -> None:
    officer.post(end_url(place), {"gjor": "lag"})
    make.a_grant(account, amount=15_000)
    assert "kr 40 000 then, kr 25 000 now." in text_of(officer.get(end_url(place)))
    text = text_of(officer.post(end_url(place), {"gjor": "lag"}, follow=True))
    assert "The figures are brought up to date." in text
    assert "kr 25 000 is left" in text


def test_closing_names_what_it_stops_and_what_it_does_not(officer: Client, place: Authority, account: Account) -> None:
    make.a_grant(account, amount=10_000, state="proposed", title="Julemarked")
    make.a_line(account.scheme, 10, year=2025, name="Sen post", adopt=False)
    text = text_of(officer.get(end_url(place)))
    assert "kr 60 000 is committed and not paid. It can still be paid." in text
    assert "Julemarked" in text
    assert "Sen post" in text


def test_a_grant_that_is_exempt_is_not_named_there(officer: Client, place: Authority, account: Account) -> None:
    secret = make.a_grant(
        account, amount=10_000, state="proposed", title="Hemmelig", access="exempt", access_basis="§ 13"
    )
    make.a_grant(
        account, amount=5_000, state="proposed", title="Også hemmelig",
        case=ground.a_case(place, access="exempt", access_basis="§ 13"),
    )  # fmt: skip
    text = text_of(officer.get(end_url(place)))
    assert f"Grant no. {secret.pk}, exempt from access" in text
    assert "emmelig" not in text
    assert secret.organisation.name not in text


def test_for_print_the_lines_stand_as_they_are_without_fields(
    officer: Client, place: Authority, account: Account
) -> None:
    officer.post(end_url(place), {"gjor": "lag"})
    assert "-carry" in text_of(officer.get(end_url(place)))
    printed = text_of(officer.get(f"{end_url(place)}?utskrift=1"))
    assert "-carry" not in printed
    assert "Olga Oppdiktet prepared it" in printed


def test_one_who_closes_sends_it_back_with_a_reason_that_is_shown(
    officer: Client, leader: Client, place: Authority, account: Account
) -> None:
    officer.post(end_url(place), {"gjor": "lag"})
    officer.post(end_url(place), {"gjor": "send"})
    end = YearEnd.objects.get(authority=place)
    assert "Say why." in text_of(leader.post(end_url(place), {"gjor": "tilbake", "seen": end.row_version}))
    leader.post(end_url(place), {"gjor": "tilbake", "seen": end.row_version, "why": "Byen skal overføres."})
    assert "Sent back: Byen skal overføres." in text_of(officer.get(end_url(place)))
    assert Mail.objects.filter(to_address=end.prepared_by.email, text__contains="Byen skal overføres.").exists()


def test_a_year_that_is_not_over_is_not_offered_to_be_closed(officer: Client, leader: Client, place: Authority) -> None:
    officer.post(end_url(place, 2026), {"gjor": "lag"})
    officer.post(end_url(place, 2026), {"gjor": "send"})
    text = text_of(leader.get(end_url(place, 2026)))
    assert "Not before 2026 is over." in text
    assert "?gjor=lukk" not in text
    answer = leader.post(end_url(place, 2026), {"gjor": "lukk", "reference": "Kommunestyret 4/26"})
    assert "2026 is not over. You can close it from 1 January." in text_of(answer)


def test_what_is_thrown_away_is_asked_about_first(officer: Client, place: Authority, account: Account) -> None:
    officer.post(end_url(place), {"gjor": "lag"})
    assert "No money has moved." in text_of(officer.get(f"{end_url(place)}?gjor=kast"))
    officer.post(end_url(place), {"gjor": "kast"})
    assert not YearEnd.objects.filter(authority=place).exists()


def test_a_years_end_costs_the_same_for_many_accounts(place: Authority) -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        user = ground.a_user("officer", place)
        for number in range(size):
            scheme = make.a_scheme(place)
            line = make.a_line(scheme, 100, year=2025)
            assert line.account is not None
            make.a_line(scheme, 100, year=2026, name=line.name)
            make.a_grant(line.account, amount=10, state="proposed", title=f"Tilsagn {number}")
            make.a_line(scheme, 100, year=2025, adopt=False)
        closing.prepare(place, 2025, by=user, now=timezone.now())
        url = end_url(place)
        return signed_in(user), {url: 26, f"{url}?gjor=send": None, f"{url}?fil=csv": None}

    same_for_all_sizes(grow)


# ---- reconciliation ----


def test_the_desk_asks_and_is_told_that_everything_adds_up(world: World, leader_client: Client) -> None:
    url = reverse("reconciliation", args=[world.home.authority.slug])
    page = english(leader_client).get(url)
    assert "Not compared by night yet." in text_of(page)
    assert "Everything adds up." in text_of(leader_client.get(f"{url}?sjekk=1"))


def test_one_who_asks_again_and_again_is_asked_to_wait(world: World, leader_client: Client) -> None:
    url = f"{reverse('reconciliation', args=[world.home.authority.slug])}?sjekk=1"
    answers = [leader_client.get(url).status_code for _time in range(7)]
    assert answers == [200] * 6 + [429]
