"""Whom the daily mail reaches: by choice, by invitation, and through the machinery."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from portal import keys, sweep, tasks
from portal.models import Heartbeat, LinkKey, Mail, Notice, NoticePreference, Run
from tests import factories as make
from tests.portal.mondays import DAY, MONDAY, at, due, mails_to, only_mail, send

if TYPE_CHECKING:
    from portal.models import Authority, User


pytestmark = pytest.mark.usefixtures("words_of_the_code")


# ---- choices ----


@pytest.mark.parametrize(
    ("choices", "comes"),
    [({"measure_due": False}, False), ({"*": False}, False), ({"*": False, "measure_due": True}, True),
     ({"*": True, "measure_due": False}, False), ({"papers": False}, True)],
)  # fmt: skip
def test_a_no_to_mail_is_kept_and_the_portal_still_says_it(
    plan: Any, officer: User, choices: dict[str, bool], comes: bool
) -> None:
    for kind, by_mail in choices.items():
        NoticePreference.objects.create(user=officer, kind=kind, by_mail=by_mail)
    due(plan, officer, 0)
    send()
    assert bool(mails_to(officer)) == comes
    (notice,) = Notice.objects.current().filter(user=officer)
    assert not notice.waits_for_digest


def test_another_persons_no_is_not_ours(plan: Any, officer: User) -> None:
    NoticePreference.objects.create(user=make.a_user(), kind="*", by_mail=False)
    NoticePreference.objects.create(address="noen@test.example", kind="*", by_mail=False)
    due(plan, officer, 0)
    send()
    assert len(mails_to(officer)) == 1


def test_what_may_not_be_stopped_is_mailed_whatever_was_chosen(
    plan: Any, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    from portal import wiring

    kinds = {name: dataclasses.replace(kind, may_stop=False) for name, kind in wiring.kinds().items()}
    monkeypatch.setattr(wiring, "kinds", lambda: kinds)
    NoticePreference.objects.create(user=officer, kind="*", by_mail=False)
    due(plan, officer, 0)
    send()
    assert only_mail(officer).unsubscribe_url == ""


def test_the_way_out_of_a_persons_mail_is_for_all_kinds(plan: Any, officer: User, settings: Any) -> None:
    due(plan, officer, 0)
    send()
    mail = only_mail(officer)
    assert mail.unsubscribe_url.startswith(f"{settings.BASE_URL}/varsler/stopp/")
    key = keys.find(LinkKey.Purpose.UNSUBSCRIBE, mail.unsubscribe_url.rstrip("/").rpartition("/")[2], now=at(MONDAY))
    assert key is not None
    assert (key.user, key.address, key.scope) == (officer, "", "*")
    assert mail.unsubscribe_url in mail.text


# ---- the invited ----


@pytest.fixture
def asked(place: Authority) -> Any:
    round_ = make.a_round(make.a_case(place), due_on=MONDAY + 7 * DAY, title="Hva haster?")
    return make.an_invitation(round_, address="Post@Forening.example", invited_at=timezone.now())


def test_the_invited_get_their_own_link_and_a_way_out(asked: Any, place: Authority) -> None:
    place.language_form = "nn"
    place.save()
    send()
    mail = Mail.objects.get(to_address="post@forening.example")
    (raw,) = re.findall(r"/invitasjon/([\w-]{43})/", mail.text)[:1]
    key = keys.find(LinkKey.Purpose.INVITATION, raw, now=at(MONDAY))
    assert key is not None
    assert key.subject_id == asked.pk
    assert key.expires_at == at(MONDAY) + dt.timedelta(days=67)
    assert mail.subject == "Reminder, give your input: Hva haster?"
    assert "/venter-pa-deg/" not in mail.text
    assert "asked for your input" in mail.text
    assert mail.language == "nn"
    stop = keys.find(LinkKey.Purpose.UNSUBSCRIBE, mail.unsubscribe_url.rstrip("/").rpartition("/")[2], now=at(MONDAY))
    assert stop is not None
    assert (stop.user, stop.address.lower(), stop.scope) == (None, "post@forening.example", "input_due")


def test_the_link_of_the_invited_opens_the_round(asked: Any) -> None:
    send()
    mail = Mail.objects.get(to_address="post@forening.example")
    path = re.findall(r"(/[\w-]+/innspill/[\w-]+/invitasjon/[\w-]{43}/)", mail.text)[0]
    assert Client().get(path).status_code == 200


def test_an_address_that_said_no_gets_no_reminder(asked: Any) -> None:
    NoticePreference.objects.create(address="post@forening.example", kind="input_due", by_mail=False)
    send()
    assert not Mail.objects.filter(to_address__iexact=asked.address).exists()


def test_an_invited_who_has_an_account_gets_one_mail(asked: Any, place: Authority, plan: Any) -> None:
    user = make.a_user("officer", place, email="post@forening.example")
    due(plan, user, 0)
    send()
    mail = only_mail(user)
    assert "/invitasjon/" in mail.text
    assert "/venter-pa-deg/" in mail.text


def test_an_address_that_is_none_stops_nobody_else(asked: Any, plan: Any, officer: User) -> None:
    type(asked).objects.filter(pk=asked.pk).update(address="ikke en adresse")
    due(plan, officer, 0)
    send()
    assert len(mails_to(officer)) == 1
    assert not Notice.objects.filter(waits_for_digest=True, address="ikke en adresse").exists()


# ---- the machinery ----


def test_each_task_leaves_a_row_and_a_sign_of_life(plan: Any, officer: User, time_machine: Any) -> None:
    time_machine.move_to(at(MONDAY), tick=False)
    due(plan, officer, 0)
    tasks.sweep_deadlines()
    tasks.send_digests()
    tasks.send_digests()
    tasks.clean_up()
    assert Run.objects.get(name="sweep").counts["made"] >= 1
    assert Run.objects.get(name="digest").counts["written"] >= 1  # the second had nothing to say
    assert Run.objects.get(name="clean").finished_at == at(MONDAY)
    assert set(Heartbeat.objects.values_list("name", flat=True)) >= {"sweep", "digest", "clean"}


def test_a_round_that_fails_says_so_without_anyones_address(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_now: Any) -> None:
        raise ValueError("noe gikk galt\nDETAIL: Key (email)=(kari@example.no) exists")

    monkeypatch.setattr(sweep, "sweep", fail)
    with pytest.raises(ValueError, match="noe gikk galt"):
        tasks.sweep_deadlines()
    run = Run.objects.get(name="sweep")
    assert run.error == "ValueError: noe gikk galt"
    assert run.finished_at is not None
    assert not Heartbeat.objects.filter(name="sweep").exists()
