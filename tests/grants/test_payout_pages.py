"""The desk's pages about payouts, in a browser without scripts: signing one and several, files, lists, accounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from grants import signing
from grants.models import BankAccount, PaymentFile, PaymentRules, Payout
from portal.models import Event
from tests import factories as make
from tests import factories_money as money
from tests.conftest import signed_in
from tests.house.test_queries import same_for_all_sizes

if TYPE_CHECKING:
    from django.test import Client

    from grants.models import Grant
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
State = Payout.State
NUMBER = "8601.11.17947"


@pytest.fixture
def authority() -> Authority:
    return make.an_authority()


@pytest.fixture
def grant(authority: Authority) -> Grant:
    return a_grant(authority)


def a_grant(authority: Authority) -> Grant:
    line = money.a_line(money.a_scheme(authority), 100_000)
    made = money.a_grant(line.account, make.an_organisation(authority, name="Byforeningen"), 60_000)
    money.a_bank_account(made.organisation)
    return made


@pytest.fixture
def people(authority: Authority) -> dict[str, User]:
    roles = ("finance_preparer", "attester", "approver", "officer", "leader", "editor")
    return {role: make.a_user(role, authority) for role in roles}


@pytest.fixture
def at(people: dict[str, User]) -> Any:
    return lambda role: signed_in(people[role])


def page(payout: Payout) -> str:
    return reverse("payout_page", args=[payout.authority.slug, payout.pk])


def named(name: str, authority: Authority) -> str:
    return reverse(name, args=[authority.slug])


def as_is(payout: Payout) -> Payout:
    return Payout.objects.get(pk=payout.pk)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))


def press(client: Client, payout: Payout, deed: str, **typed: str) -> Any:
    return client.post(page(payout), {"gjor": deed, "seen": str(as_is(payout).row_version), **typed})


# ---- one payout ----


def test_three_people_press_their_buttons_and_it_is_approved(grant: Grant, at: Any) -> None:
    payout = money.a_payout(grant, 20_000)
    for role, deed in (("finance_preparer", "forbered"), ("attester", "attester"), ("approver", "anvis")):
        assert f'value="{deed}"' in text_of(at(role).get(page(payout)))
        assert press(at(role), payout, deed).status_code == 302
    assert as_is(payout).state == State.APPROVED


def test_part_of_what_was_asked_is_prepared_as_typed(grant: Grant, at: Any) -> None:
    payout = money.a_payout(grant, 20_000)
    assert "12,5" in text_of(press(at("finance_preparer"), payout, "forbered", amount="12,5"))
    assert as_is(payout).state == State.ASKED
    press(at("finance_preparer"), payout, "forbered", amount="kr 12 500,-")
    assert (as_is(payout).state, as_is(payout).amount_nok) == (State.PREPARED, 12_500)


def test_the_page_names_what_is_missing_and_offers_no_button(grant: Grant, at: Any) -> None:
    money.a_condition(grant, "matching", title="Næringslivet bidrar like mye")
    payout = money.a_payout(grant, 20_000)
    shown = text_of(at("finance_preparer").get(page(payout)))
    assert "Næringslivet bidrar like mye" in shown and "kr 20 000 mangler" in shown
    assert 'value="forbered"' not in shown
    money.a_source(grant, 5_000)
    shown = text_of(at("finance_preparer").get(page(payout)))
    assert 'value="forbered"' in shown and 'value="5 000"' in shown


def test_a_page_that_grew_old_signs_nothing_and_says_so(grant: Grant, at: Any) -> None:
    payout = money.a_payout(grant, 20_000)
    press(at("finance_preparer"), payout, "forbered")
    answer = at("attester").post(page(payout), {"gjor": "attester", "seen": "0"})
    assert answer.status_code == 409
    assert as_is(payout).state == State.PREPARED


def test_it_is_sent_back_and_stopped_with_a_reason_only(grant: Grant, at: Any) -> None:
    payout = money.a_payout(grant, 20_000)
    press(at("finance_preparer"), payout, "forbered")
    assert press(at("attester"), payout, "tilbake", why="").status_code == 200
    press(at("attester"), payout, "tilbake", why="Feil beløp")
    assert (as_is(payout).state, as_is(payout).reason) == (State.ASKED, "Feil beløp")
    press(at("officer"), payout, "stopp", why="Trukket av mottakeren")
    assert as_is(payout).state == State.CANCELLED
    press(at("officer"), payout, "igjen")
    assert Payout.objects.filter(grant=grant, state=State.ASKED).count() == 1


def test_account_numbers_are_seen_by_those_who_work_with_them(grant: Grant, at: Any) -> None:
    payout = money.a_payout(grant, 20_000)
    assert NUMBER in text_of(at("attester").get(page(payout)))
    masked = text_of(at("editor").get(page(payout)))
    assert NUMBER not in masked and "•••• 17947" in masked
    operator = signed_in(make.a_user(is_superuser=True))
    for address in (page(payout), named("bank_accounts", grant.authority), named("payment_files", grant.authority)):
        assert "11.17947" not in text_of(operator.get(address)) and "86011117947" not in text_of(operator.get(address))


def test_one_tied_to_the_recipient_is_offered_nothing(grant: Grant, people: dict[str, User], at: Any) -> None:
    make.a_mandate(grant.organisation, people["finance_preparer"])
    payout = money.a_payout(grant, 20_000)
    shown = text_of(at("finance_preparer").get(page(payout)))
    assert 'value="forbered"' not in shown and "gjor=stopp" not in shown
    assert payout.reference not in text_of(at("finance_preparer").get(named("payouts", grant.authority)))


# ---- the list ----


def test_the_list_shows_ones_own_turn_first(grant: Grant, at: Any) -> None:
    asked, prepared = money.a_payout(grant, 1_000), money.a_payout(grant, 2_000, "prepared")
    address = named("payouts", grant.authority)
    hers = text_of(at("attester").get(address))
    assert prepared.reference in hers and asked.reference not in hers
    everything = text_of(at("attester").get(f"{address}?vis=alle"))
    assert prepared.reference in everything and asked.reference in everything
    assert asked.reference in text_of(at("attester").get(f"{address}?vis=alle&q={asked.reference}"))
    assert "Byforeningen" not in text_of(at("editor").get(address))


def test_several_are_signed_after_they_are_shown_together(grant: Grant, at: Any) -> None:
    first, second, third = (money.a_payout(grant, 1_000, "prepared") for _ in range(3))
    address, chosen = named("payouts", grant.authority), [first.pk, second.pk]
    shown = at("attester").get(address, {"gjor": "signer", "steg": "attester", "utbetaling": chosen})
    assert first.reference in text_of(shown) and third.reference not in text_of(shown)
    assert as_is(first).state == State.PREPARED
    form = {"gjor": "signer", "steg": "attester", "utbetaling": chosen}
    form |= {f"seen_{pk}": as_is(Payout(pk=pk)).row_version for pk in chosen}
    stale = {**form, f"seen_{second.pk}": 0}
    at("attester").post(address, stale)
    assert [as_is(one).state for one in (first, second, third)] == ["attested", "prepared", "prepared"]
    at("attester").post(address, form)
    assert as_is(second).state == State.ATTESTED


def test_a_payout_is_registered_at_the_desk_once(grant: Grant, at: Any) -> None:
    address, client = named("payouts", grant.authority), at("officer")
    key = client.get(f"{address}?gjor=ny&tilsagn={grant.pk}").context["form"].initial["key"]
    form = {"gjor": "ny", "grant": grant.pk, "amount": "10 000", "key": key}
    for _ in range(2):
        assert client.post(address, form).status_code == 302
    assert Payout.objects.filter(grant=grant).count() == 1
    assert "50 000" in text_of(client.post(address, {**form, "amount": "50 001", "key": "en annen"}))
    elsewhere = a_grant(make.an_authority())
    assert client.post(address, {**form, "grant": elsewhere.pk, "key": "x"}).status_code == 200
    assert not Payout.objects.filter(grant=elsewhere).exists()


def test_an_export_holds_no_account_number(grant: Grant, at: Any) -> None:
    payout = money.a_payout(grant, 1_000, "paid")
    sent = (
        at("finance_preparer").get(f"{named('payouts', grant.authority)}?vis=alle&fil=csv").content.decode("utf-8-sig")
    )
    assert payout.reference in sent and "17947" not in sent


@pytest.mark.slow
def test_the_lists_cost_the_same_for_all_sizes() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        authority = make.an_authority()
        client = signed_in(make.a_user("finance_preparer", authority))
        for _ in range(size):
            made = a_grant(authority)
            money.a_condition(made, "matching")
            money.a_source(made)
            money.a_bank_account(made.organisation, "proposed", number=money.ACCOUNT_NUMBERS[1])
            for state in ("asked", "approved", "sent"):
                money.a_payout(made, 10, state)
        addresses = [named("payouts", authority), f"{named('payouts', authority)}?vis=alle",
                     named("payment_files", authority), named("bank_accounts", authority)]  # fmt: skip
        return client, dict.fromkeys(addresses)

    same_for_all_sizes(grow)


# ---- files and lists ----


def test_the_file_shown_is_the_file_made_and_fetched(grant: Grant, at: Any) -> None:
    payout, address = money.a_payout(grant, 12_500, "approved"), named("payment_files", grant.authority)
    client = at("finance_preparer")
    mark = client.get(address).context["batch"].mark
    assert client.post(address, {"gjor": "lag", "seen": "noe annet"}).status_code == 409
    client.post(address, {"gjor": "lag", "seen": mark})
    assert client.post(address, {"gjor": "lag", "seen": mark}).status_code == 409
    file = PaymentFile.objects.get(authority=grant.authority)
    fetched = client.get(reverse("payment_file", args=[grant.authority.slug, 1]))
    assert fetched.content == bytes(file.content) and payout.reference in fetched.content.decode()
    assert "no-store" in fetched["Cache-Control"]
    assert Event.objects.filter(kind="payment_file_fetched", subject_id=file.pk).count() == 1


def test_a_leader_lays_out_the_file_and_says_how_many_sign(authority: Authority, at: Any) -> None:
    address = f"{named('payment_files', authority)}?gjor=oppsett"
    form = at("leader").get(address).context["columns"]
    sent: dict[str, Any] = {"gjor": "oppsett", "persons": "2", "delimiter": "|", "seen": "0", "lagre": "1"}
    sent |= {f"kol-{name}": value for name, value in form.management_form.initial.items()}
    kept = [("amount", "Sum", "3"), ("reference", "Ref", "1"), ("account", "Konto", "2")]
    for at_row, (what, title, place) in enumerate(kept):
        sent |= {f"kol-{at_row}-what": what, f"kol-{at_row}-title": title, f"kol-{at_row}-place": place}
    without = {**sent, "kol-0-what": ""}
    assert at("leader").post(address, without).status_code == 200
    assert not PaymentRules.objects.filter(authority=authority).exists()
    assert at("leader").post(address, sent).status_code == 302
    rules = PaymentRules.objects.get(authority=authority)
    assert ([row["title"] for row in rules.columns], rules.persons, rules.delimiter) == (
        ["Ref", "Konto", "Sum"],
        2,
        "|",
    )
    stale = at("leader").post(address, {**sent, "persons": "3", "seen": "99"})
    assert stale.status_code == 200
    assert PaymentRules.objects.get(authority=authority).persons == 2
    assert at("finance_preparer").post(address, sent).status_code == 403


def test_a_return_list_is_shown_before_it_is_read_in(grant: Grant, at: Any) -> None:
    payout, address, client = (
        money.a_payout(grant, 12_500, "sent"),
        named("return_list", grant.authority),
        at("finance_preparer"),
    )
    day = timezone.localdate().isoformat()
    content = f"Referanse;Dato;Beløp;Melding\n{payout.reference};{day};12500;\nNP-999999;{day};1;\n".encode("cp1252")
    shown = client.post(address, {"file": SimpleUploadedFile("retur.csv", content)})
    assert as_is(payout).state == State.SENT
    packed = shown.context["packed"]
    assert [one.does for one in shown.context["planned"]] == ["", "paid"]
    answer = client.post(address, {"gjor": "les-inn", "innhold": packed})
    assert "NP-999999" in text_of(answer)
    assert as_is(payout).state == State.PAID
    other = signed_in(make.a_user("finance_preparer", make.an_authority()))
    assert other.post(address, {"gjor": "les-inn", "innhold": packed}).status_code == 404
    colleague = signed_in(make.a_user("finance_preparer", grant.authority))
    assert colleague.post(address, {"gjor": "les-inn", "innhold": packed}).status_code == 302


# ---- bank accounts ----


def test_an_account_is_entered_by_one_and_confirmed_by_another(grant: Grant, at: Any) -> None:
    address = named("bank_accounts", grant.authority)
    form = {"gjor": "ny", "organisation": grant.organisation_id, "number": "1503.00.00002", "holder": "Byforeningen"}
    assert at("officer").post(address, {**form, "number": "1503 00 00003"}).status_code == 200
    answer = at("officer").post(address, form)
    assert answer.status_code == 302, answer.context["form"].errors
    account = BankAccount.objects.get(organisation=grant.organisation, state="proposed")
    here = reverse("bank_account", args=[grant.authority.slug, account.pk])
    own = text_of(at("officer").get(here))
    assert 'value="bekreft"' not in own
    assert at("officer").post(here, {"gjor": "bekreft", "how": "Jeg så det"}).status_code == 200
    shown = text_of(at("attester").get(here))
    assert 'value="bekreft"' in shown and "1503.00.00002" in shown and NUMBER in shown
    at("attester").post(here, {"gjor": "bekreft", "how": "Ringte styreleder"})
    account.refresh_from_db()
    assert account.state == "confirmed"
    assert at("editor").post(here, {"gjor": "bekreft", "how": "x"}).status_code == 403


def test_payouts_and_accounts_of_another_authority_do_not_exist(grant: Grant) -> None:
    stranger, own = signed_in(make.a_user("officer", other := make.an_authority())), other.slug
    payout = money.a_payout(grant, 10)
    account = grant.organisation.bank_accounts.get()
    for name, args in (("payout_page", [own, payout.pk]), ("bank_account", [own, account.pk]),
                       ("payout_page", [grant.authority.slug, payout.pk])):  # fmt: skip
        assert stranger.get(reverse(name, args=args)).status_code == 404


def test_the_same_rule_says_whose_turn_it_is_in_the_list_and_on_the_page(grant: Grant, people: dict[str, User]) -> None:
    from grants import payout_lists

    PaymentRules.objects.create(authority=grant.authority, persons=2)
    payouts = [money.a_payout(grant, 10, state) for state in State.values if state != "cancelled"]
    mine = money.a_payout(grant, 10)
    signing.prepare(mine, by=people["finance_preparer"], now=timezone.now())
    rows = Payout.objects.filter(authority=grant.authority)
    for person in people.values():
        turn = payout_lists.her_turn(person, grant.authority, timezone.localdate())
        assert set(rows.filter(turn)) == {one for one in rows if signing.is_her_turn(person, one)}, person
    assert len(payouts) == 7
