"""A person's own page: what waits for her, whom she acts for, what she has said."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from portal.models import Mandate, MandateRequest
from tests import factories as make
from tests.conftest import signed_in

if TYPE_CHECKING:
    from portal.models import Authority, User

PAGE = "/min-side/"
TODAY = timezone.localdate()
DAY = dt.timedelta(days=1)


@pytest.fixture
def person(db: None) -> User:
    return make.a_user(name="Oppdiktet Person")


def confirmed(person: User) -> User:
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    return person


def see(person: User, method: str = "idporten") -> dict[str, Any]:
    return signed_in(person, method).get(PAGE).context  # type: ignore[no-any-return]


def test_a_newcomer_is_told_that_it_is_empty_and_what_she_can_do(person: User) -> None:
    answer = signed_in(person, "idporten").get(PAGE)
    assert answer.context["is_new"]
    shown = answer.content.decode()
    assert "/min-side/fullmakter/ny/" in shown
    assert "Oppdiktet Person" in shown


def test_nobody_sees_it_without_signing_in(client: Any, db: None) -> None:
    assert client.get(PAGE).url == f"/konto/login/?next={PAGE}"
    assert client.post(PAGE).status_code == 302


def test_the_organisations_she_acts_for_say_what_is_going_on(person: User, place: Authority) -> None:
    organisation = make.an_organisation(place)
    make.a_mandate(organisation, person, valid_to=TODAY + 20 * DAY)
    asked, answered = (make.a_round(make.a_case(place)) for _ in range(2))
    make.a_draft(organisation, asked)
    make.an_input(asked, organisation=organisation)
    make.an_answer(make.an_input(answered, organisation=organisation))
    answered.answers_published_at = timezone.now()
    answered.save()
    row = see(person, "ansattporten")["acting"][0]
    assert (len(row.unsent), row.unanswered, row.answered) == (1, 1, 1)
    assert (row.acts, row.until, row.standing) == (True, TODAY + 20 * DAY, "input_draft")


def test_a_mandate_that_has_ended_or_is_anothers_is_not_shown(person: User, place: Authority) -> None:
    make.a_mandate(make.an_organisation(place), make.a_user())
    make.a_mandate(make.an_organisation(place), person, ended_at=timezone.now(), ended_why="Sluttet")
    assert see(person)["acting"] == []


def test_two_mandates_in_one_organisation_are_one_line_with_the_longest_that_acts(
    person: User, place: Authority
) -> None:
    organisation = make.an_organisation(place)
    host = make.a_mandate(organisation, make.a_user())
    make.a_mandate(organisation, person, valid_to=TODAY + 5 * DAY)
    make.a_mandate(organisation, person, invited_by=host, valid_to=TODAY + 300 * DAY)
    (row,) = see(person, "ansattporten")["acting"]
    assert (row.acts, row.until) == (True, TODAY + 5 * DAY)


def test_an_unsent_draft_waits_for_her_until_its_round_is_due(person: User, place: Authority) -> None:
    organisation = make.an_organisation(place)
    make.a_mandate(organisation, person)
    due, undated, closed = (
        make.a_round(make.a_case(place), **facts)
        for facts in ({"due_on": TODAY + 3 * DAY}, {}, {"due_on": TODAY - DAY, "closed_on": TODAY})
    )
    for round_ in (due, undated, closed):
        make.a_draft(organisation, round_)
    (line,) = see(person, "ansattporten")["waiting"]
    assert line.url == f"/min-side/virksomhet/{organisation.pk}/innspill/{due.pk}/"
    assert line.days_left == 3


def test_what_is_due_for_an_officer_stands_there_too(measure: Any, officer: User) -> None:
    assert measure.person == officer
    assert any("Ny kai" in line.title for line in see(officer, "password")["waiting"])


def test_her_own_input_is_found_by_who_sent_it_and_by_an_address_that_is_hers(person: User, place: Authority) -> None:
    asked = make.a_round(make.a_case(place))
    make.an_input(asked, sent_by=person)
    make.an_input(asked, address=person.email.upper())
    make.an_input(asked)
    assert len(see(person)["inputs"]) == 1, "an address that is not confirmed shows nothing"
    confirmed(person)
    assert len(see(person)["inputs"]) == 2


def test_input_in_a_round_that_is_no_longer_public_is_not_shown(person: User, place: Authority) -> None:
    make.an_input(make.a_round(make.a_case(place), is_published=False), sent_by=person)
    assert see(person)["inputs"] == []


@pytest.mark.parametrize(
    ("due", "word"), [(None, ""), (TODAY + 9 * DAY, "2"), (TODAY - DAY, "2")], ids=["no date", "to come", "late"]
)
def test_the_state_is_said_in_words(person: User, place: Authority, due: dt.date | None, word: str) -> None:
    make.an_input(make.a_round(make.a_case(place), answer_due_on=due), sent_by=person)
    (line,) = see(person)["inputs"]
    assert line["state"] == "input_received"
    assert word in line["text"]


def test_requests_and_invitations_are_there_with_their_state(person: User, place: Authority) -> None:
    make.a_mandate_request(place, person, name="Oppdiktet Havn")
    make.a_mandate_request(
        place, person, name="Oppdiktet Bakeri", number=make.ORGANISATION_NUMBERS[1], state="refused",
        reason="Vi fant ingen rolle.", decided_at=timezone.now(),
    )  # fmt: skip
    host = make.a_mandate(make.an_organisation(place), make.a_user())
    make.a_mandate_invitation(host, address=person.email)
    assert see(person)["invitations"] == [], "an address that is not confirmed shows nothing"
    context = see(confirmed(person))
    assert [row.name for row in context["requests"]] == ["Oppdiktet Havn", "Oppdiktet Bakeri"]
    assert len(context["invitations"]) == 1
    assert MandateRequest.objects.filter(user=person).count() == 2


def test_it_says_how_she_is_signed_in(person: User, place: Authority) -> None:
    provider = make.a_provider(place)
    client = signed_in(person, "idporten", provider=provider)
    session = client.get(PAGE).context["session"]
    assert (session["method"], session["authority"], session["is_strong"]) == ("ID-porten", place, True)


def test_who_could_bind_an_organisation_with_more_than_a_code_is_told_so(person: User, place: Authority) -> None:
    assert not see(person, "code")["only_prepares"], "she may bind nobody"
    make.a_mandate(make.an_organisation(place), person)
    assert not see(person, "code")["only_prepares"], "in trial mode a code is all one can ask for"
    make.a_provider(place)
    assert see(person, "code")["only_prepares"]
    assert not see(person, "idporten")["only_prepares"]


def test_a_session_older_than_the_marks_still_has_its_page(person: User) -> None:
    assert signed_in(person).get(PAGE).status_code == 200


def test_a_role_that_gives_nothing_in_this_session_is_said_to(officer: User) -> None:
    assert [each["counts"] for each in see(officer, "password")["roles"]] == [True]
    assert [each["counts"] for each in see(officer, "code")["roles"]] == [False]


def test_a_mandate_that_has_not_begun_is_not_shown(person: User, place: Authority) -> None:
    make.a_mandate(make.an_organisation(place), person, valid_from=TODAY + DAY)
    assert Mandate.objects.filter(user=person).exists()
    assert see(person)["acting"] == []
