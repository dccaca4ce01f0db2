"""What was kept until the ceremony is assessed document by document after it, by who may handle it."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from awards.announcing import access
from awards.rounds import overview
from portal.models import Document, Event, Role
from tests import factories as portal_make
from tests import factories_awards as make
from tests.awards.test_announcing import Year
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
BASIS = "Offl. § 5 tredje ledd"


class Papers(Year):
    """A decided year with a document in each of two nominees’ cases, and minutes in the round’s own."""

    def __init__(self) -> None:
        super().__init__()
        kept = {"access": "deferred", "access_basis": BASIS}
        self.of_winner = portal_make.a_document(self.winner.case, b"Vedlegg 1", **kept)
        self.of_other = portal_make.a_document(self.other.case, b"Vedlegg 2", title="Attest", **kept)
        self.minutes = portal_make.a_document(self.round.case, b"Protokoll", direction="internal", **kept)

    def assess(self, *documents: Document, to: str = "open", basis: str = "") -> int:
        return access.assess(
            self.round, [one.pk for one in documents], access=to, basis=basis, by=self.officer,
            today=timezone.localdate(),
        )  # fmt: skip


def waits_in(year: Year) -> list[overview.Wait]:
    return overview.round_lines([year.round], timezone.now())[0].waits


def test_nothing_is_assessed_before_the_winners_are_announced() -> None:
    year = Papers()
    with pytest.raises(ValidationError):
        year.assess(year.of_winner)
    page = signed_in(year.officer).get(year.url("assess_prize_access")).content.decode()
    assert "Attest" not in page
    year.of_winner.refresh_from_db()
    assert year.of_winner.access == "deferred"


def test_each_document_gets_its_own_basis_and_the_case_follows_its_last_one() -> None:
    year = Papers()
    year.announce()
    assert [one.url for one in waits_in(year)] == [year.url("assess_prize_access")]
    assert year.assess(year.of_winner, year.minutes) == 2
    assert year.assess(year.of_other, to="exempt", basis="  Offl. § 13, jf. fvl. § 13 ") == 1
    assert not waits_in(year)
    found = {one.pk: (one.access, one.access_basis) for one in access.documents_of(year.round)}
    assert found[year.of_winner.pk] == ("open", "") and found[year.minutes.pk] == ("open", "")
    assert found[year.of_other.pk] == ("exempt", "Offl. § 13, jf. fvl. § 13")
    for case, marked in ((year.winner.case, "open"), (year.other.case, "exempt")):
        case.refresh_from_db()
        assert (case.access, case.closed_on) == (marked, timezone.localdate())
    said = Event.objects.filter(kind="access_assessed", subject_type="portal.document", authority=year.authority)
    assert sorted(one.facts["to"] for one in said) == ["exempt", "open", "open"]
    assert all(one.facts["from"] == "deferred" and "fvl" not in str(one.facts) for one in said)


def test_what_is_exempt_names_the_law_and_the_same_again_changes_nothing() -> None:
    year = Papers()
    year.announce()
    for to, basis in (("exempt", "  "), ("deferred", BASIS), ("tull", "")):
        with pytest.raises(ValidationError):
            year.assess(year.of_winner, to=to, basis=basis)
    year.assess(year.of_winner)
    with pytest.raises(ValidationError):
        year.assess(year.of_winner)
    assert Event.objects.filter(kind="access_assessed", subject_id=year.of_winner.pk).count() == 1


def test_documents_of_another_round_or_of_a_case_not_declared_for_are_left_alone() -> None:
    year, elsewhere = Papers(), Papers()
    year.announce()
    stranger = portal_make.a_user(Role.OFFICER, year.authority)
    make.no_ties(year.winner, stranger)
    today = timezone.localdate()
    with pytest.raises(ValidationError):
        year.assess(elsewhere.of_winner)
    keys = [year.of_winner.pk, year.of_other.pk]
    assert access.assess(year.round, keys, access="open", basis="", by=stranger, today=today) == 1
    year.of_other.refresh_from_db()
    assert year.of_other.access == "deferred"
    page = signed_in(stranger).get(year.url("assess_prize_access")).content.decode()
    assert "Attest" not in page and f"sak={year.other.case_id}" in page
    with pytest.raises(PermissionDenied):
        access.assess(
            year.round, keys, access="open", basis="", by=portal_make.a_user(Role.EDITOR, year.authority), today=today
        )


def test_many_are_assessed_at_once_as_they_are_listed_and_cases_without_documents_too() -> None:
    year = Papers()
    year.announce()
    client, at = signed_in(year.officer), year.url("assess_prize_access")
    client.post(f"{at}?sok=Attest", {"gjelder": "alle", "access": "open", "basis": ""})
    year.of_other.refresh_from_db()
    year.of_winner.refresh_from_db()
    assert (year.of_other.access, year.of_winner.access) == ("open", "deferred")
    client.post(at, {"gjelder": "saker", "access": "exempt", "basis": "Offl. § 13"})
    year.third.case.refresh_from_db()
    assert (year.third.case.access, year.third.case.access_basis) == ("exempt", "Offl. § 13")
    refused = client.post(at, {"gjelder": "valgte", "access": "exempt", "basis": "", "dokument": year.of_winner.pk})
    assert refused.status_code == 422 and "checked" in refused.content.decode()
