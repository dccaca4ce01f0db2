"""Attacks on rounds, links, notices and feeds: what a stranger, a robot or a clumsy client could take or break."""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from portal import answers, digest, due, inputs, keys, ratelimit, uploads
from portal.admin.rounds import InvitationFormSet
from portal.calendar import oslo_today
from portal.models import InputDraft, InputRound, Invitation, LinkKey, Mail, Notice
from tests import factories as make
from tests.conftest import BACKEND, signed_in
from tests.portal.test_admin_forms import form_of, new_row
from tests.portal.test_rounds import typed

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = oslo_today(NOW)
DAY = dt.timedelta(days=1)
RAW = "wB-12ZyiDkChpUiwOABMAUNQfyk6TTY1xmROGZjLc78"
MANY = "9" * 5000
"""More digits than Python turns into a number."""


@pytest.fixture
def closed(world: World) -> InputRound:
    round_ = make.a_round(world.home.case, due_on=dt.date(2026, 3, 1), closed_on=dt.date(2026, 3, 5))
    make.an_input(round_)
    return round_


@pytest.fixture
def asked(world: World) -> InputRound:
    return make.a_round(world.home.case, due_on=TODAY + 4 * DAY)


def page(round_: InputRound, name: str = "round_inputs", *more: Any) -> str:
    return reverse(name, args=[round_.authority.slug, round_.slug, *more])


# ---- keys in logs ----


def logged(text: str, *args: Any) -> str:
    line = {k: v for k, v in settings.LOGGING["formatters"]["line"].items() if k != "()"}
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, text, args, None)
    return structlog.stdlib.ProcessorFormatter(**line).format(record)


@pytest.mark.parametrize("after", ["/", ".ics", "", "?utm=1", "/x", "%20", ")", "."])
def test_a_key_is_kept_from_the_log_however_its_address_was_mangled(after: str) -> None:
    assert RAW not in logged("Not Found: %s", f"/byen/innspill/plan/invitasjon/{RAW}{after}")


@pytest.mark.parametrize("after", ["/", ".ics", "", ".", ")", "x/"])
def test_the_proxy_keeps_the_same_keys_from_its_log(after: str) -> None:
    config = Path(settings.BASE_DIR, "deploy", "nginx.conf").read_text()
    pattern = re.search(r'"~(\^[^"]+)" "\$before', config)
    assert pattern is not None
    uri = f"/byen/innspill/plan/invitasjon/{RAW}{after}"
    found = re.search(pattern[1].replace("(?<", "(?P<"), uri)
    assert (found is not None) == (after != "x/"), "a longer word is no key"


# ---- what no form sends ----


def test_a_nul_in_the_mark_of_a_form_is_no_fault(officer_client: Client, closed: InputRound) -> None:
    answer = officer_client.post(page(closed, "register_input"), {"once": "a\x00b"})
    assert answer.status_code == 200


@pytest.mark.parametrize("number", [MANY, "9" * 30, "²", "٣"])
def test_a_number_past_all_numbers_finds_nothing(
    world: World, officer_client: Client, asked: InputRound, number: str
) -> None:
    again = officer_client.post(page(asked), {"gjor": "igjen", "invitasjon": number})
    assert again.status_code == 404
    template = reverse("admin:portal_case_path", args=[world.home.case.pk])
    assert officer_client.post(template, {"do": "undo", "applied": number}).status_code == 404


def test_a_version_past_all_numbers_is_an_old_one() -> None:
    from strategy.admin.measures import version_seen

    assert version_seen(MANY) == -1


# ---- spreadsheets ----


@pytest.mark.parametrize("sign", ["\uffff", "\ufffe", "\x00", "\x1f"])
def test_no_sign_in_an_input_spoils_the_officers_spreadsheet(
    officer_client: Client, closed: InputRound, sign: str
) -> None:
    make.an_answer(
        make.an_input(closed, speaks_for=f"Navn{sign}".replace("\x00", ""), text=f"A{sign}B".replace("\x00", ""))
    )
    sheet = load_workbook(io.BytesIO(officer_client.get(page(closed), {"fil": "xlsx"}).content)).active
    assert sheet is not None and "AB" in {cell.value for row in sheet for cell in row}


# ---- pages that hold what is somebody's ----


@pytest.mark.parametrize(("name", "more"), [("round_inputs", ()), ("answer_input", (1,)), ("register_input", ())])
def test_what_officers_read_of_contributors_is_stored_nowhere(
    officer_client: Client, closed: InputRound, name: str, more: Any
) -> None:
    assert "no-store" in officer_client.get(page(closed, name, *more)).get("Cache-Control", "")
    assert "no-store" in officer_client.get(page(closed), {"fil": "csv"}).get("Cache-Control", "")


def test_a_page_that_shows_a_visitors_draft_is_stored_nowhere(asked: InputRound) -> None:
    visitor = Client()
    assert visitor.post(asked.get_absolute_url(), typed()).status_code == 302
    answer = visitor.get(asked.get_absolute_url())
    assert "kari@test.example" in answer.content.decode()
    assert "no-store" in answer.get("Cache-Control", "")


# ---- cases exempt from access ----


def test_who_acts_in_an_exempt_case_is_told_in_no_feed_and_no_mail(world: World) -> None:
    officer = world.user("officer")
    hidden = make.a_case(
        world.home.authority, title="Konkursen til Hansen", public_title="Bedriftssak", officer=officer,
        access="exempt", access_basis="offl. § 13",
    )  # fmt: skip
    make.a_step(hidden, activity="decision", actor="Boet etter Hansen", starts_on=TODAY, papers_due_on=TODAY)
    rows = [row for row in due.of_person(officer, TODAY, TODAY + DAY) if row.headline == "Bedriftssak"]
    assert {row.what for row in rows} == {"case_step", "papers"}
    assert not [row for row in rows if "Hansen" in f"{row.headline} {row.part_of}"]
    raw = keys.issue("calendar", now=NOW, user=officer, scope=f"authority:{world.home.authority.pk}")
    feed = Client().get(f"/kalender/{raw}.ics").content.decode()
    assert "Bedriftssak" in feed and "Hansen" not in feed
    digest.send(NOW, force=True)
    assert "Hansen" not in "".join(Mail.objects.values_list("text", flat=True))


# ---- links that wander ----


def test_a_reminder_to_an_old_address_carries_no_link_to_the_new_ones_invitation(
    asked: InputRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = make.an_invitation(asked, address="feil@test.example", invited_at=NOW)
    Notice.objects.create(
        authority=asked.authority, address="feil@test.example", kind="input_due", subject_type="portal.invitation",
        subject_id=invitation.pk, on_date=asked.due_on, occasion="before-7", title=asked.title, link="/x/",
        waits_for_digest=True,
    )  # fmt: skip
    # the address is corrected just after the sweep
    monkeypatch.setattr("portal.digest.sweep.sweep", lambda *_a, **_k: {})
    Invitation.objects.filter(pk=invitation.pk).update(address="rett@test.example")
    digest.send(NOW, force=True)
    assert not LinkKey.objects.filter(purpose="invitation", subject_id=invitation.pk).exists()


def test_opening_the_way_out_of_a_mail_writes_nothing(db: None) -> None:
    raw = keys.issue("unsubscribe", now=NOW, address="kari@test.example", scope="*")
    Client().get(f"/varsler/stopp/{raw}/")
    assert LinkKey.objects.get().used_at is None


def test_a_key_of_one_purpose_opens_nothing_of_another(asked: InputRound, world: World) -> None:
    officer = world.user("officer")
    for purpose in LinkKey.Purpose.values:
        raw = keys.issue(purpose, now=NOW, user=officer, scope="*" if purpose == "unsubscribe" else "me", subject_id=1)
        pages = {
            "invitation": page(asked, "input_invitation", raw), "unsubscribe": f"/varsler/stopp/{raw}/",
            "calendar": f"/kalender/{raw}.ics",
        }  # fmt: skip
        for name, url in pages.items():
            if name != purpose:
                assert Client().get(url).status_code == 404, (purpose, name)
                assert Client().post(url).status_code in (404, 405), (purpose, name)


def test_a_feed_gives_nothing_to_one_who_lacks_the_second_step_her_authority_requires(world: World) -> None:
    officer = world.user("officer")
    raw = keys.issue("calendar", now=NOW, user=officer, scope="me")
    assert Client().get(f"/kalender/{raw}.ics").status_code == 200
    type(world.home.authority).objects.filter(pk=world.home.authority.pk).update(mfa_required=True)
    assert Client().get(f"/kalender/{raw}.ics").status_code == 404


def pages_that_act(world: World, round_: InputRound) -> dict[str, str]:
    raw = keys.issue("invitation", now=NOW, subject_id=make.an_invitation(round_).pk)
    return {
        "page": round_.get_absolute_url(), "code": page(round_, "input_code"),
        "invitation": page(round_, "input_invitation", raw), "inputs": page(round_),
        "register": page(round_, "register_input"), "answer": page(round_, "answer_input", 1),
        "inbox": "/varsler/", "choices": "/varsler/valg/", "feeds": "/venter-pa-deg/kalender/",
        "path": reverse("admin:portal_case_path", args=[world.home.case.pk]),
    }  # fmt: skip


def test_every_press_carries_the_forms_token(world: World, closed: InputRound) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.user("officer"), backend=BACKEND)
    for name, url in pages_that_act(world, closed).items():
        assert client.post(url, {"gjor": "publiser", "do": "use", "all": "1"}).status_code == 403, name


def test_no_page_takes_a_method_it_does_not_know(world: World, closed: InputRound) -> None:
    client, read = signed_in(world.user("officer")), ["/venter-pa-deg/", "/drift/", closed.case.get_absolute_url()]
    raw = keys.issue("calendar", now=NOW, user=world.user("officer"), scope="me")
    acting = {name: url for name, url in pages_that_act(world, closed).items() if name != "path"}
    for url in [*acting.values(), *read, f"/kalender/{raw}.ics", "/metrikk/"]:
        for method in (client.put, client.delete, client.patch):
            assert method(url).status_code == 405, url
    for url in [*read, f"/kalender/{raw}.ics", "/metrikk/", page(closed, "input_receipt")]:
        assert client.post(url).status_code == 405, url


# ---- robots ----


def test_a_limit_counts_a_whole_ipv6_network_as_one(rf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    monkeypatch.setattr(ratelimit, "over_limit", lambda _name, key, **_most: counted.append(key))
    view = ratelimit.limit("x", per_minute=1)(lambda _request: HttpResponse())
    for number in (1, 2):
        view(rf.get("/", REMOTE_ADDR=f"2001:db8::{number}"))
    assert counted == ["2001:db8::/64"] * 2


def test_a_robot_does_not_fill_the_disk_with_files_nobody_confirms(
    asked: InputRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "DRAFT_BYTES_PER_ROUND", 1000)
    for number in range(5):
        file = uploads.check(SimpleUploadedFile("a.txt", b"a" * 400), limit=10_000)
        words = inputs.Typed("Tekst", "Robot", False, f"r{number}@test.example")
        if number < 2:
            inputs.start_draft(asked.pk, words, [file], now=NOW)
        else:
            with pytest.raises(inputs.TooMany):
                inputs.start_draft(asked.pk, words, [file], now=NOW)
    inputs.start_draft(asked.pk, inputs.Typed("Uten fil", "Kari", False, "kari@test.example"), now=NOW)
    assert InputDraft.objects.filter(round=asked).count() == 3


def test_an_archive_that_is_all_table_of_contents_is_refused_before_it_is_read() -> None:
    entry = b"PK\x01\x02" + bytes(24) + b"\x01" + bytes(17) + b"a"
    body = entry * 200_000
    for end in (b"\xff\xff", (1).to_bytes(2, "little")):
        last = b"PK\x05\x06" + bytes(4) + end * 2 + len(body).to_bytes(4, "little") + bytes(6)
        upload = SimpleUploadedFile("svar.docx", body + last)
        start = time.process_time()
        with pytest.raises(ValidationError):
            uploads.check(upload, limit=20_000_000)
        assert time.process_time() - start < 0.3


def test_codes_cannot_be_tried_on_past_their_sendings(asked: InputRound) -> None:
    draft = inputs.start_draft(asked.pk, inputs.Typed("T", "R", False, "kari@test.example"), now=NOW)
    tries = 0
    for _sending in range(10):
        for _try in range(20):
            assert inputs.confirm(draft.pk, "12345", now=NOW) is None
            tries += 1
        if not inputs.send_code_again(draft.pk, now=NOW):
            break
    draft.code.refresh_from_db()
    assert (draft.code.sendings, draft.code.attempts, tries) == (3, 5, 60)


# ---- two at once ----


def test_a_page_saved_as_it_stands_does_not_take_back_what_a_colleague_published_meanwhile(
    officer_client: Client, closed: InputRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.an_answer(closed.inputs.get())
    check = InvitationFormSet.clean

    def publish_meanwhile(formset: Any) -> None:
        InputRound.objects.filter(pk=closed.pk).update(answers_published_at=NOW)
        check(formset)

    url = reverse("admin:portal_inputround_change", args=[closed.pk])
    form = new_row(form_of(officer_client, url), "invitations", name="Ny", address="ny@test.example")
    monkeypatch.setattr(InvitationFormSet, "clean", publish_meanwhile)
    assert officer_client.post(url, form).status_code == 302
    assert closed.invitations.count() == 1
    closed.refresh_from_db()
    assert closed.answers_published_at == NOW


# ---- what the round hands out ----


def test_a_contributors_attachment_is_not_among_the_documents_to_hand_out(
    officer_client: Client, asked: InputRound
) -> None:
    file = uploads.check(SimpleUploadedFile("privat.txt", b"privat"), limit=10_000)
    inputs.keep_file(make.an_input(asked), file)
    make.a_document(asked.case, title="Utkast til plan")
    html = officer_client.get(reverse("admin:portal_inputround_change", args=[asked.pk])).content.decode()
    assert "Utkast til plan" in html and "privat.txt" not in html


def test_a_round_of_an_exempt_case_tells_nothing_of_it(world: World) -> None:
    hidden = make.a_case(
        world.home.authority, title="Konkursen til Hansen", access="exempt", access_basis="offl. § 13",
        officer=world.user("officer"),
    )  # fmt: skip
    make.a_step(hidden, actor="Boet etter Hansen", description="Hansen møter", starts_on=TODAY)
    round_ = make.a_round(hidden, due_on=TODAY + DAY)
    handed = make.a_document(hidden, title="Hansens gjeld", access="exempt", access_basis="offl. § 13")
    round_.documents.create(authority=round_.authority, document=handed)
    received = inputs.receive(round_, inputs.Typed("T", "R", True, "kari@test.example"), [], source="web", now=NOW)
    pages = [round_.get_absolute_url(), hidden.get_absolute_url(), page(round_).replace("svar/", ""), "/"]
    said = "".join(Client().get(url).content.decode() for url in pages)
    said += "".join(f"{mail.subject} {mail.text} {mail.html}" for mail in Mail.objects.all())
    said += "".join(f"{n.title} {n.context}" for n in Notice.objects.all())
    assert "Hansen" not in said
    assert Client().get(reverse("document", args=[handed.pk])).status_code == 302
    assert received.number == 1 and answers.events_of(round_, "round_opened").count() == 0
    outsider = make.a_user("officer", make.an_authority())
    assert signed_in(outsider).get(reverse("document", args=[handed.pk])).status_code == 404
