"""Candidates at the desk: told, heard, taken out and let in, by who may handle them; nothing is done twice."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from awards.candidates import answers, informing, standing
from awards.models import Candidate, NomineeAnswer, PrizeRound, RoundCategory
from awards.refusals import Refused
from grants.held import Handled
from portal.impartiality import NotImpartial
from portal.models import Event, Letter, Mail, Notice, Role, User
from tests import factories as people
from tests import factories_awards as make
from tests.conftest import signed_in
from tests.house.test_queries import queries_of, same_for_all_sizes

pytestmark = pytest.mark.django_db
NOW = timezone.now()
REASONS = "Hemmelig grunn"


@pytest.fixture
def category() -> RoundCategory:
    authority = people.an_authority(contact_email="post@kommune.example")
    round_ = make.a_prize_round(make.a_prize(authority, "Innovasjon", "Miljø"))
    return round_.categories.all()[0]  # type: ignore[no-any-return]


@pytest.fixture
def officer(category: RoundCategory) -> User:
    return people.a_user(Role.OFFICER, category.authority)


@pytest.fixture
def candidate(category: RoundCategory, officer: User) -> Candidate:
    made = make.a_candidate(category, nominations=0, name="Oppdiktet Ost AS")
    make.a_nomination(made, reasons=REASONS, nominator_name="Oppdiktet Nabo", nominator_email="nabo@test.example")
    make.no_ties(made, officer)
    return made


def address(name: str, row: Any, *more: Any) -> str:
    round_ = row if isinstance(row, PrizeRound) else row.round
    return reverse(name, args=[round_.authority.slug, round_.prize.slug, round_.year, *more])


def desk(row: Candidate) -> str:
    return address("candidate_desk", row, row.pk)


def link_in(mail: Mail) -> str:
    return re.search(r"https?://[^/]+(/\S+/nominert/\S+/)", mail.text).group(1)  # type: ignore[union-attr]


def text_of(client: Client, where: str, status: int = 200, data: Any = None) -> str:
    answer = client.get(where) if data is None else client.post(where, data, follow=True)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def said(text: str) -> str:
    with translation.override("nb"):
        return gettext(text)


def told_of(row: Candidate) -> list[Mail]:
    return list(Mail.objects.filter(to_address=row.email))


def now_is(row: Candidate) -> Candidate:
    return Candidate.objects.get(pk=row.pk)


# ---- who reads what ----


def test_the_list_shows_names_to_all_at_the_desk_and_nothing_of_what_is_said(candidate: Candidate) -> None:
    reader = signed_in(people.a_user(Role.OFFICER, candidate.authority))
    for where in (address("nominations", candidate), address("nominations_file", candidate, "csv")):
        text = reader.get(where).content.decode()
        assert "Oppdiktet Ost AS" in text
        assert REASONS not in text and "Nabo" not in text and "nabo@" not in text


def test_who_has_not_declared_for_the_whole_field_reads_no_reasons(candidate: Candidate, officer: User) -> None:
    client = signed_in(officer)
    assert REASONS in text_of(client, desk(candidate))
    make.a_candidate(candidate.category)
    assert REASONS not in text_of(client, desk(candidate), 403)
    assert REASONS not in text_of(client, desk(candidate), 403, {"gjor": "ut", "why": "x"})


def test_a_tie_to_one_closes_the_category_and_leaves_the_next_open(candidate: Candidate, officer: User) -> None:
    make.a_tie(make.a_candidate(candidate.category), officer)
    other = make.a_candidate(candidate.round.categories.all()[1])
    make.no_ties(other, officer)
    client = signed_in(officer)
    text_of(client, desk(candidate), 403)
    text_of(client, desk(other))
    text = text_of(client, address("nominations", candidate) + "?gjor=fortell")
    assert other.name in text and "Oppdiktet Ost AS" not in text


# ---- told ----


def test_a_nominee_is_told_once_with_a_link_of_her_own(candidate: Candidate, officer: User) -> None:
    client = signed_in(officer)
    for _press in range(2):
        text_of(client, desk(candidate), data={"gjor": "fortell", "seen": candidate.row_version})
    mail = Mail.objects.get(to_address=candidate.email)
    assert REASONS not in mail.text and "Nabo" not in mail.text
    assert now_is(candidate).informed_on == timezone.localdate()
    assert REASONS in text_of(Client(), link_in(mail))


def test_a_new_address_closes_the_link_that_was_sent_to_the_old(candidate: Candidate, officer: User) -> None:
    informing.inform(candidate, by=officer, now=NOW)
    link, client, row = link_in(told_of(candidate)[0]), signed_in(officer), now_is(candidate)
    sent = {"gjor": "rett", "kind": row.kind, "name": row.name, "number": "", "email": "ny@bedrift.example",
            "category": row.category_id, "seen": row.row_version}  # fmt: skip
    text_of(client, desk(row), data=sent)
    assert now_is(row).email == "ny@bedrift.example"
    text_of(client, link, 404)


def test_telling_all_reaches_those_with_an_address_in_ones_own_categories(candidate: Candidate, officer: User) -> None:
    bare = make.a_candidate(candidate.category, email="")
    make.no_ties(bare, officer)
    make.a_candidate(candidate.round.categories.all()[1])
    told = informing.inform_all(candidate.round, by=officer, now=NOW)
    assert (told.told, told.without_address, told.for_others) == (1, 1, 1)
    assert len(told_of(candidate)) == 1
    assert informing.inform_all(candidate.round, by=officer, now=NOW).told == 0


def test_who_is_told_in_another_way_is_not_told_before_the_nomination(candidate: Candidate, officer: User) -> None:
    first = candidate.nominations.get().received_on
    with pytest.raises(Refused):
        informing.inform_on_paper(candidate, first - make.DAY, by=officer, now=NOW)
    informing.inform_on_paper(candidate, first, by=officer, now=NOW)
    assert now_is(candidate).answer_due_on == first + informing.TO_ANSWER


def test_a_letter_is_kept_in_the_case_once_deferred_and_without_the_nominator(
    candidate: Candidate, officer: User
) -> None:
    client, version = signed_in(officer), now_is(candidate).row_version
    draft = client.get(desk(candidate) + "?brev=1")
    assert draft.content.startswith(b"%PDF") and not Letter.objects.filter(case=candidate.case).exists()
    for _press in range(2):
        text_of(client, desk(candidate), data={"gjor": "brev", "seen": version})
    letter = Letter.objects.get(case=candidate.case)
    assert REASONS in str(letter.content) and "Nabo" not in str(letter.content)
    assert (letter.document.access, letter.document.direction) == ("deferred", "out")
    assert "Ost" not in letter.document.public_title and now_is(candidate).informed_on == timezone.localdate()


# ---- answered ----


def test_an_answer_is_kept_once_and_the_officer_told_without_a_name(candidate: Candidate, officer: User) -> None:
    PrizeRound.objects.filter(pk=candidate.round_id).update(officer=officer)
    said = {"answer": "declined", "facts": "Vi vil ikke.", "now": NOW}
    assert answers.answer(candidate, **said) and not answers.answer(candidate, **said)
    row = now_is(candidate)
    assert (row.state, row.answer, row.facts) == ("declined", "declined", "Vi vil ikke.")
    notice = Notice.objects.get(kind="nominee_answered", user=officer)
    assert "Ost" not in notice.title + notice.context
    assert answers.answer(row, answer="accepted", facts="", now=NOW)
    assert (now_is(row).state, row.answers.count()) == ("active", 2)


def test_who_declines_is_no_finalist_and_after_the_decision_nothing_changes(officer: User) -> None:
    round_ = make.a_prize_round(make.a_prize(officer.memberships.get().authority), "judging")
    row = make.a_candidate(round_.categories.get(), finalist=True)
    make.no_ties(row, officer)
    answers.answer(row, answer="declined", now=NOW)
    assert not now_is(row).is_finalist
    make.a_category_decision(round_.categories.get(), None, by=officer)
    with pytest.raises(Refused):
        answers.answer(row, answer="accepted", now=NOW)


def test_an_answer_on_paper_says_who_registered_it(candidate: Candidate, officer: User) -> None:
    row = now_is(candidate)
    sent = {"gjor": "svar", "answer": "accepted", "facts": "Tolv ansatte.", "seen": row.row_version}
    assert "Tolv ansatte." in text_of(signed_in(officer), desk(row), data=sent)
    kept = NomineeAnswer.objects.get(candidate=row)
    assert (kept.how, kept.registered_by) == ("paper", officer)


# ---- taken out and let in ----


def test_a_candidate_is_taken_out_with_a_reason_and_let_in_again(candidate: Candidate, officer: User) -> None:
    client = signed_in(officer)
    version = now_is(candidate).row_version
    assert said("Say why the nominee cannot win.") in text_of(client, desk(candidate), data={"gjor": "ut", "why": " "})
    text_of(client, desk(candidate), data={"gjor": "ut", "why": "Konkurs", "seen": version})
    assert (now_is(candidate).state, now_is(candidate).out_why) == ("out", "Konkurs")
    with pytest.raises(Handled):
        standing.take_out(candidate, "Konkurs", by=officer, now=NOW)
    text_of(client, desk(candidate), data={"gjor": "inn", "seen": now_is(candidate).row_version})
    assert now_is(candidate).state == "active"


def test_a_page_that_has_grown_old_changes_nothing(candidate: Candidate, officer: User) -> None:
    with pytest.raises(Handled):
        standing.take_out(candidate, "Konkurs", seen=candidate.row_version - 1, by=officer, now=NOW)
    assert now_is(candidate).state == "active"


def test_a_nomination_that_does_not_count_is_shown_with_why_and_counts_again(
    candidate: Candidate, officer: User
) -> None:
    row, client = candidate.nominations.get(), signed_in(officer)
    sent = {"gjor": "avvis", "nominasjon": row.pk, "why": "Sendt to ganger"}
    assert "Sendt to ganger" in text_of(client, desk(candidate), data=sent)
    text_of(client, desk(candidate), data={"gjor": "teller", "nominasjon": row.pk})
    row.refresh_from_db()
    assert row.dismissed_why == ""


def test_another_rounds_nomination_is_not_touched_from_here(candidate: Candidate, officer: User) -> None:
    other = make.a_candidate(make.a_prize_round(make.a_prize(people.an_authority())).categories.get())
    row = other.nominations.get()
    text_of(signed_in(officer), desk(candidate), 404, {"gjor": "avvis", "nominasjon": row.pk, "why": "x"})
    row.refresh_from_db()
    assert row.dismissed_why == ""


def test_two_are_gathered_and_taken_apart_on_the_page(candidate: Candidate, officer: User) -> None:
    other, client = make.a_candidate(candidate.category, name="Oppdiktet Osten AS"), signed_in(officer)
    make.no_ties(other, officer)
    assert said("May these be the same?") in text_of(client, address("nominations", candidate))
    gather = address("gather_candidate", other, other.pk)
    text_of(client, gather, data={"into": candidate.pk, "seen": other.row_version})
    assert now_is(other).merged_into == candidate and candidate.nominations.count() == 2
    text_of(client, gather, data={"gjor": "del"})
    assert now_is(other).merged_into is None


@pytest.mark.parametrize("role", [Role.EDITOR, None])
def test_who_has_no_right_or_is_the_operator_does_nothing(candidate: Candidate, role: Any) -> None:
    person = people.a_user(role, candidate.authority) if role else people.a_user(is_superuser=True)
    if role:
        make.no_ties(candidate, person)
    text_of(signed_in(person), desk(candidate))
    for data in ({"gjor": "fortell"}, {"gjor": "ut", "why": "x"}, {"gjor": "svar", "answer": "declined"}):
        text_of(signed_in(person), desk(candidate), 403, data)
    assert not told_of(candidate) and now_is(candidate).state == "active"


def test_an_officer_who_is_tied_registers_no_answer(candidate: Candidate, officer: User) -> None:
    make.a_tie(make.a_candidate(candidate.category), officer)
    with pytest.raises(NotImpartial):
        answers.answer(candidate, answer="declined", by=officer, now=NOW)


def test_the_history_holds_numbers_and_codes_alone(candidate: Candidate, officer: User) -> None:
    informing.inform(candidate, by=officer, now=NOW)
    answers.answer(candidate, answer="accepted", facts=REASONS, now=NOW)
    for event in Event.objects.all():
        assert REASONS not in str(event.facts) and "Ost" not in str(event.facts) and "@" not in str(event.facts)


def test_the_list_costs_the_same_whatever_there_is() -> None:
    def grow(size: int) -> tuple[Client, dict[str, int | None]]:
        authority = people.an_authority()
        category = make.a_prize_round(make.a_prize(authority)).categories.get()
        by = people.a_user(Role.OFFICER, authority)
        rows = [make.a_candidate(category) for _ in range(size)]
        for row in rows:
            make.no_ties(row, by)
        files = {address("nominations_file", category, form): None for form in ("csv", "xlsx")}
        return signed_in(by), {address("nominations", category): 14, **files}

    same_for_all_sizes(grow)


def test_a_candidate_costs_the_same_whatever_there_is(candidate: Candidate, officer: User) -> None:
    client = signed_in(officer)
    before = queries_of(client, desk(candidate))
    for _ in range(3):
        make.a_nomination(candidate)
        make.no_ties(make.a_candidate(candidate.category), officer)
        answers.answer(candidate, answer="accepted", facts=str(candidate.answers.count()), now=NOW)
    after = queries_of(client, desk(candidate))
    assert len(after) - len(before) in (0, 1), "one more fetches the names of those in the history"
    assert len(after) <= 26
