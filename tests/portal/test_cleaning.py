"""What has served its time goes, what still holds stays."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from portal import cleaning, sweep
from portal.models import DraftFile, EmailCode, IdentityProvider, InputDraft, LinkKey, Mail, Notice, Run, SignIn
from tests import factories as make

if TYPE_CHECKING:
    from portal.models import Authority

NOW = timezone.now()
DAY = dt.timedelta(days=1)
YEARS = 731 * DAY


@pytest.fixture
def place(db: None) -> Authority:
    return make.an_authority()


def a_draft(place: Authority, age: dt.timedelta) -> InputDraft:
    draft = InputDraft.objects.create(
        authority=place, round=make.a_round(make.a_case(place)), text="Ikke bekreftet", speaks_for="Noen",
        code=make.an_email_code(expires_at=NOW - age + DAY / 48), address="noen@test.example", created_at=NOW - age,
    )  # fmt: skip
    name = default_storage.save("drafts/vedlegg", ContentFile(b"x"))
    DraftFile.objects.create(
        authority=place, draft=draft, file=name, filename="x.pdf", content_type="application/pdf", size=1,
        sha256="0" * 64,
    )  # fmt: skip
    return draft


def a_key(**facts: Any) -> LinkKey:
    n = next(make.counter)
    return LinkKey.objects.create(**{"purpose": "unsubscribe", "key_hash": f"{n:064x}", **facts})


def left(model: Any) -> set[int]:
    return set(model.objects.values_list("pk", flat=True))


def test_input_that_was_never_confirmed_goes_after_a_day_with_its_files(place: Authority) -> None:
    old, new = a_draft(place, 2 * DAY), a_draft(place, DAY / 2)
    files = {draft.pk: draft.files.get().file.name for draft in (old, new)}
    counts = cleaning.clean_up(NOW)
    assert counts["drafts"] >= 1
    assert old.pk not in left(InputDraft)
    assert new.pk in left(InputDraft)
    assert (default_storage.exists(files[old.pk]), default_storage.exists(files[new.pk])) == (False, True)


def test_codes_go_a_day_after_they_expired(place: Authority) -> None:
    old, new = make.an_email_code(expires_at=NOW - 2 * DAY), make.an_email_code(expires_at=NOW + DAY)
    cleaning.clean_up(NOW)
    assert old.pk not in left(EmailCode)
    assert new.pk in left(EmailCode)


def test_keys_go_when_they_open_nothing_any_longer(db: None) -> None:
    gone = [a_key(expires_at=NOW - 2 * DAY), a_key(revoked_at=NOW - 40 * DAY)]
    stay = [a_key(), a_key(expires_at=NOW + DAY), a_key(revoked_at=NOW - DAY)]
    assert cleaning.clean_up(NOW)["keys"] == 2
    assert not {key.pk for key in gone} & left(LinkKey)
    assert {key.pk for key in stay} <= left(LinkKey)


def test_sessions_and_runs_go_when_they_are_old(db: None) -> None:
    Session.objects.create(session_key="gammel", session_data="x", expire_date=NOW - DAY)
    Session.objects.create(session_key="ny", session_data="x", expire_date=NOW + DAY)
    _old, new = (Run.objects.create(name="sweep", started_at=NOW - days * DAY) for days in (91, 89))
    counts = cleaning.clean_up(NOW)
    assert (counts["sessions"], counts["runs"]) == (1, 1)
    assert left(Run) == {new.pk}
    assert set(Session.objects.values_list("session_key", flat=True)) == {"ny"}


def test_notices_go_when_they_have_not_held_for_two_years(place: Authority) -> None:
    withdrawn = make.a_notice(place, kind="milestone", withdrawn_at=NOW - YEARS)
    told_long_ago = make.a_notice(place, kind="role_given", created_at=NOW - YEARS)
    recent = make.a_notice(place, kind="milestone", withdrawn_at=NOW - DAY)
    holds = make.a_notice(place, kind="milestone", created_at=NOW - YEARS)
    assert cleaning.clean_up(NOW)["notices"] >= 2
    assert not {withdrawn.pk, told_long_ago.pk} & left(Notice)
    assert {recent.pk, holds.pk} <= left(Notice)


def test_cleaning_lets_nothing_be_told_twice(place: Authority) -> None:
    officer = make.a_user("officer", place)
    make.a_measure(make.a_plan(place), person=officer, due_on=NOW.date() - YEARS)
    sweep.sweep(NOW)
    Notice.objects.filter(user=officer).update(created_at=NOW - YEARS, read_at=NOW - YEARS)
    cleaning.clean_up(NOW)
    assert sweep.sweep(NOW)["made"] == 0


def test_mails_go_after_two_years_unless_they_still_wait(db: None) -> None:
    sent = make.a_mail(state="sent", sent_at=NOW - YEARS, created_at=NOW - YEARS)
    waits = make.a_mail(created_at=NOW - YEARS)
    recent = make.a_mail(state="sent", sent_at=NOW)
    cleaning.clean_up(NOW)
    assert sent.pk not in left(Mail)
    assert {waits.pk, recent.pk} <= left(Mail)


def test_many_rows_go_in_small_batches(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "BATCH", 3)
    for _number in range(7):
        a_key(expires_at=NOW - 2 * DAY)
    assert cleaning.clean_up(NOW)["keys"] == 7
    assert cleaning.clean_up(NOW)["keys"] == 0


# ---- sign-ins ----


def a_sign_in(age: dt.timedelta, **facts: Any) -> SignIn:
    n = next(make.counter)
    return SignIn.objects.create(
        **{"user": make.a_user(), "method": "password", "at": NOW - age, "seen_at": NOW - age, "session_key": f"s{n}",
           "network": "203.0.113.7", **facts}
    )  # fmt: skip


def test_sign_ins_go_after_a_year_and_their_network_after_ninety_days(db: None) -> None:
    old, aged, new = (a_sign_in(days * DAY) for days in (366, 91, 89))
    assert cleaning.clean_up(NOW)["sign_ins"] == 1
    assert old.pk not in left(SignIn)
    networks = dict(SignIn.objects.values_list("pk", "network"))
    assert (networks[aged.pk], networks[new.pk]) == (None, "203.0.113.7")


def test_sessions_that_ran_out_are_closed_with_how_they_ended(db: None) -> None:
    Session.objects.create(session_key="gammel", session_data="x", expire_date=NOW + DAY)
    old = a_sign_in(DAY, session_key="gammel", seen_at=NOW)
    unused = a_sign_in(dt.timedelta(hours=3))
    live = a_sign_in(dt.timedelta(minutes=5))
    cleaning.clean_up(NOW)
    assert dict(SignIn.objects.values_list("pk", "ended_how")) == {old.pk: "old", unused.pk: "idle", live.pk: ""}
    assert not Session.objects.filter(session_key="gammel").exists()
    cleaning.clean_up(NOW + DAY / 24)
    unused.refresh_from_db()
    assert unused.ended_how == "idle"


def test_a_national_identity_number_goes_when_nobody_says_what_it_is_kept_for(place: Authority) -> None:
    provider = make.a_provider(place, keeps_number_for="Tilskudd til gründere")
    identity = make.an_identity(make.a_user(), national_number="forseglet", national_number_for="Tilskudd til gründere")
    cleaning.clean_up(NOW)
    identity.refresh_from_db()
    assert identity.national_number
    IdentityProvider.objects.filter(pk=provider.pk).update(keeps_number_for="Noe annet")
    assert cleaning.clean_up(NOW)["numbers"] == 1
    identity.refresh_from_db()
    assert (identity.national_number, identity.national_number_for) == ("", "")
