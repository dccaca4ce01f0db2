"""Input rounds as the public and the invited meet them: the list, the page, the form, the code, the receipt, the link."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from portal import codes, inputs
from portal.calendar import oslo_today
from portal.input_forms import STAMP
from portal.models import (
    Case,
    EmailCode,
    InputDraft,
    InputRound,
    Mail,
    Notice,
)
from tests import factories as make
from tests.conftest import signed_in
from tests.portal.test_inputs import digits_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = oslo_today(NOW)
DAY = dt.timedelta(days=1)


def a_stamp(seconds_ago: float = 60) -> str:
    return signing.dumps(timezone.now().timestamp() - seconds_ago, salt=STAMP)


def typed(**facts: Any) -> dict[str, Any]:
    return {"text": "La oss søke.", "speaks_for": "Askim bakeri", "address": "kari@test.example", "website": "",
            "started": a_stamp(), **facts}  # fmt: skip


@pytest.fixture
def asked(db: None) -> InputRound:
    authority = make.an_authority(contact_email="post@by.example", slug="byen", name="Byen")
    case = make.a_case(authority, title="Ny plan", officer=make.a_user("officer", authority))
    return make.a_round(
        case, slug="ny-plan", title="Hva bør planen love?", lede="Vi spør alle.", questions="Hva haster?\n\nHvem gjør hva?",
        due_on=TODAY + 4 * DAY,
    )  # fmt: skip


@pytest.fixture
def visitor() -> Client:
    return Client()


def page_of(client: Client, round_: InputRound, part: str = "", **asking: Any) -> str:
    answer = client.get(round_.get_absolute_url() + part, **asking)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, round_: InputRound, **facts: Any) -> Any:
    return client.post(round_.get_absolute_url(), typed(**facts))


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# ---- the list ----


def test_the_list_shows_open_rounds_first_with_days_left_in_words(asked: InputRound, visitor: Client) -> None:
    make.a_round(asked.case, title="Kommer snart?", opens_on=TODAY + 9 * DAY)
    make.a_round(asked.case, title="Gammel sak?", due_on=TODAY - 9 * DAY, takes_late=False)
    make.a_round(asked.case, title="Hemmelig?", is_published=False)
    html = visitor.get("/byen/innspill/").content.decode()
    text = text_of(html)
    assert "Fire dager igjen" in text
    assert text.index("Hva bør planen love?") < text.index("Kommer snart?") < text.index("Gammel sak?")
    assert "Hemmelig?" not in text


def test_an_authority_that_never_asked_says_so(visitor: Client) -> None:
    make.an_authority(slug="stille")
    assert "ikke spurt om noe her ennå" in visitor.get("/stille/innspill/").content.decode()
    make.an_authority(slug="utenfor", is_listed=False)
    assert visitor.get("/utenfor/innspill/").status_code == 404


def test_the_front_page_lists_five_open_rounds_the_first_due_on_top(asked: InputRound, visitor: Client) -> None:
    for days in (9, 1, 30, 2, 3):
        make.a_round(asked.case, title=f"Om {days}?", due_on=TODAY + days * DAY)
    make.a_round(asked.case, title="Uten frist?")
    text = text_of(visitor.get("/").content.decode())
    shown = [text.index(title) for title in ("Om 1?", "Om 2?", "Om 3?", "Hva bør planen love?", "Om 9?")]
    assert shown == sorted(shown)
    assert "Fire dager igjen" in text
    assert asked.authority.full_name in text
    assert not {title for title in ("Om 30?", "Uten frist?") if title in text}


@pytest.mark.parametrize(
    "facts",
    [
        {"is_published": False}, {"opens_on": TODAY + DAY}, {"due_on": TODAY - DAY}, {"closed_on": TODAY},
        {"is_over": True}, {"audience": "invited"},
    ],
)  # fmt: skip
def test_a_round_that_does_not_ask_everyone_now_is_not_on_the_front_page(
    visitor: Client, facts: dict[str, Any]
) -> None:
    InputRound.objects.update(is_over=True)
    make.a_round(make.a_case(make.an_authority()), title="Ikke nå?", **facts)
    make.a_round(make.a_case(make.an_authority(is_listed=False)), title="Ikke nå?")
    html = visitor.get("/").content.decode()
    assert "Ikke nå?" not in html
    assert "Si din mening" not in html


def test_a_month_is_open_to_its_last_day(asked: InputRound, visitor: Client) -> None:
    month = {"due_on": TODAY.replace(day=1), "due_precision": "month"}
    make.a_round(asked.case, title="Denne måneden?", **month)
    assert "Denne måneden?" in visitor.get("/").content.decode()


def test_the_authoritys_page_leads_to_its_open_rounds(asked: InputRound, visitor: Client) -> None:
    html = visitor.get("/byen/").content.decode()
    assert asked.get_absolute_url() in html
    assert "/byen/innspill/" in html


# ---- the page ----


def test_the_page_asks_and_says_how_long_it_is_open(asked: InputRound, visitor: Client) -> None:
    html = page_of(visitor, asked)
    for said in ("Hva bør planen love?", "Vi spør alle.", "Hva haster?", "Hvem gjør hva?", "Fire dager igjen", "<form"):
        assert said in html
    assert 'name="may_publish"' in html
    assert "checked" not in html, "showing on the web is never chosen beforehand"


@pytest.mark.parametrize(
    ("facts", "said", "has_form"),
    [
        ({"due_on": None}, "Ingen frist oppgitt", True),
        ({"due_on": TODAY}, "Siste dag er i dag", True),
        ({"due_on": TODAY + DAY}, "Én dag igjen", True),
        ({"due_on": dt.date(2098, 9, 1), "due_precision": "month"}, "innen utgangen av september 2098", True),
        ({"due_on": TODAY - DAY}, "merker at det kom for sent", True),
        ({"due_on": TODAY - DAY, "takes_late": False}, "Runden er lukket", False),
        ({"closed_on": TODAY}, "Runden er lukket", False),
        ({"opens_on": TODAY + DAY}, "Du kan ikke gi innspill ennå", False),
        ({"audience": "invited"}, "De inviterte kan svare", False),
    ],
)
def test_the_page_says_where_the_round_stands(
    asked: InputRound, visitor: Client, facts: dict[str, Any], said: str, has_form: bool
) -> None:
    InputRound.objects.filter(pk=asked.pk).update(**facts)
    html = page_of(visitor, asked)
    assert said in html
    assert ('name="text"' in html) is has_form


def test_a_round_that_is_not_published_is_for_its_caseworkers_only(asked: InputRound, visitor: Client) -> None:
    InputRound.objects.filter(pk=asked.pk).update(is_published=False)
    assert visitor.get(asked.get_absolute_url()).status_code == 404
    assert send(visitor, asked).status_code == 404
    neighbour = signed_in(make.a_user("officer", make.an_authority()))
    assert neighbour.get(asked.get_absolute_url()).status_code == 404
    html = page_of(signed_in(asked.case.officer), asked)
    assert "Ikke kunngjort" in html
    assert 'name="text"' not in html


def test_a_case_that_is_not_open_shows_no_path(asked: InputRound, visitor: Client) -> None:
    make.a_step(asked.case, activity="workshop", actor="Havneutvalget")
    assert "Havneutvalget" in page_of(visitor, asked)
    Case.objects.filter(pk=asked.case_id).update(access="exempt", access_basis="offl. § 13")
    html = page_of(visitor, asked)
    assert "Havneutvalget" not in html
    assert "Ny plan" not in html


# ---- from form to receipt ----


def test_from_the_form_by_code_to_the_receipt(asked: InputRound, visitor: Client) -> None:
    files = {"files": [SimpleUploadedFile("notat.pdf", b"%PDF-1.4\n"), SimpleUploadedFile("brev.txt", b"Hei")]}
    answer = visitor.post(asked.get_absolute_url(), {**typed(), **files})
    assert (answer.status_code, answer["Location"]) == (302, f"{asked.get_absolute_url()}kode/")
    html = page_of(visitor, asked, "kode/")
    assert 'inputmode="numeric"' in html
    assert 'autocomplete="one-time-code"' in html
    assert "kari@test.example" in html
    assert not asked.inputs.exists()
    answer = visitor.post(f"{asked.get_absolute_url()}kode/", {"code": digits_of()})
    assert (answer.status_code, answer["Location"]) == (302, f"{asked.get_absolute_url()}kvittering/")
    for _ in range(2):
        html = page_of(visitor, asked, "kvittering/")
        assert "La oss søke." in html
        assert "brev.txt" in html
    assert asked.inputs.get().attachments.count() == 2
    again = visitor.post(f"{asked.get_absolute_url()}kode/", {"code": "123456"})
    assert again["Location"] == f"{asked.get_absolute_url()}kvittering/", "the button pressed again leads on"
    assert asked.inputs.count() == 1


def test_the_receipt_is_for_who_sent_it(asked: InputRound, visitor: Client) -> None:
    make.an_input(asked, text="Andres ord")
    answer = visitor.get(f"{asked.get_absolute_url()}kvittering/")
    assert (answer.status_code, answer["Location"]) == (302, asked.get_absolute_url())
    assert visitor.get(f"{asked.get_absolute_url()}kode/")["Location"] == asked.get_absolute_url()


def test_reading_the_pages_writes_nothing(asked: InputRound, visitor: Client) -> None:
    send(visitor, asked)
    before = EmailCode.objects.values().latest("pk"), Mail.objects.count(), InputDraft.objects.count()
    for part in ("", "kode/", "kvittering/"):
        visitor.get(asked.get_absolute_url() + part)
        visitor.head(asked.get_absolute_url() + part)
    assert (EmailCode.objects.values().latest("pk"), Mail.objects.count(), InputDraft.objects.count()) == before


def test_a_wrong_code_says_how_many_attempts_are_left(asked: InputRound, visitor: Client) -> None:
    send(visitor, asked)
    wrong = f"{(int(digits_of()) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1):
        html = visitor.post(f"{asked.get_absolute_url()}kode/", {"code": wrong}).content.decode()
        assert f"{left} forsøk igjen" in html
        assert "<title>Feil:" in html
    html = visitor.post(f"{asked.get_absolute_url()}kode/", {"code": wrong}).content.decode()
    assert "feil fem ganger" in html
    assert 'name="code"' not in html
    assert "ny kode" in visitor.post(f"{asked.get_absolute_url()}kode/", {"do": "again"}).content.decode()
    assert visitor.post(f"{asked.get_absolute_url()}kode/", {"code": digits_of()}).status_code == 302


def test_what_is_no_code_costs_no_attempt(asked: InputRound, visitor: Client) -> None:
    send(visitor, asked)
    for code in ("", "12345", "abc", "1234567"):
        visitor.post(f"{asked.get_absolute_url()}kode/", {"code": code})
    assert EmailCode.objects.latest("pk").attempts == 0


def test_a_draft_that_went_in_the_same_moment_is_gone_when_a_new_code_is_asked_for(
    asked: InputRound, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(visitor, asked)
    real = inputs.send_code_again

    def too_late(draft_id: int, **facts: Any) -> bool:
        InputDraft.objects.filter(pk=draft_id).delete()
        return real(draft_id, **facts)

    monkeypatch.setattr(inputs, "send_code_again", too_late)
    answer = visitor.post(asked.get_absolute_url() + "kode/", {"do": "again"}, follow=True)
    assert answer.redirect_chain[-1][0] == asked.get_absolute_url()
    assert answer.status_code == 200


def test_the_address_can_be_changed_and_the_text_is_kept(asked: InputRound, visitor: Client) -> None:
    visitor.post(asked.get_absolute_url(), {**typed(), "files": SimpleUploadedFile("brev.txt", b"Hei")})
    html = page_of(visitor, asked)
    for kept in ("La oss søke.", "Askim bakeri", "kari@test.example", "brev.txt"):
        assert kept in html
    send(visitor, asked, address="ny@test.example")
    assert InputDraft.objects.get(round=asked).address == "ny@test.example"
    visitor.post(f"{asked.get_absolute_url()}kode/", {"code": digits_of()})
    received = asked.inputs.get()
    assert received.address == "ny@test.example"
    assert received.attachments.count() == 1


def test_mistakes_are_summed_up_and_nothing_typed_is_lost(asked: InputRound, visitor: Client) -> None:
    bad = {"files": SimpleUploadedFile("regning.pdf", b"MZ\x90\x00"), "may_publish": "on"}
    answer = visitor.post(
        asked.get_absolute_url(), {**typed(text="Min <b>mening</b>", speaks_for="", address="kari@"), **bad}
    )
    html = answer.content.decode()
    assert "<title>Feil:" in html
    for said in (
        'href="#id_speaks_for"',
        'href="#id_address"',
        'href="#id_files"',
        "regning.pdf",
        "filene må du velge på nytt",
    ):
        assert said in html
    assert "Min &lt;b&gt;mening&lt;/b&gt;" in html
    assert "checked" in html
    assert not InputDraft.objects.filter(round=asked).exists()


def test_a_text_that_is_too_long_says_by_how_much_and_is_kept(asked: InputRound, visitor: Client) -> None:
    html = send(visitor, asked, text="x" * 20_413).content.decode()
    assert "413 tegn for lang" in html
    assert "x" * 20_413 in html


@pytest.mark.parametrize("most", [6])
def test_too_many_files_are_refused(asked: InputRound, visitor: Client, most: int) -> None:
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(most)]
    assert "høyst 5" in visitor.post(asked.get_absolute_url(), {**typed(), "files": files}).content.decode()


def test_a_round_that_closed_meanwhile_gives_the_text_back(asked: InputRound, visitor: Client) -> None:
    InputRound.objects.filter(pk=asked.pk).update(closed_on=TODAY)
    answer = send(visitor, asked, text="Langt og viktig")
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "Langt og viktig" in html
    assert "post@by.example" in html


# ---- what is dangerous in names and addresses ----


@pytest.mark.parametrize(
    "address",
    [
        "kari@test.example\nBcc: alle@x.no",
        "kari@test.example\r\n",
        "a@b",
        "<x@y.no>",
        "x@y.no,z@y.no",
        "k\u202eari@test.example",
    ],
)
def test_an_address_that_could_be_a_header_gets_no_mail(asked: InputRound, visitor: Client, address: str) -> None:
    send(visitor, asked, address=address)
    for mail in Mail.objects.filter(subject__contains="Koden"):
        assert mail.to_address == "kari@test.example", "only the harmless line break at the end is cut away"


def test_names_and_text_lose_what_nobody_types(asked: InputRound, visitor: Client) -> None:
    send(visitor, asked, speaks_for="Askim\r\nBcc: x\u202e bakeri\x00", text="En\x00 linje\r\nto\u202e\x1b[31m")
    draft = InputDraft.objects.get(round=asked)
    assert draft.speaks_for == "Askim Bcc: x bakeri"
    assert draft.text == "En linje\nto[31m"


# ---- robots ----


def test_a_field_only_robots_fill_in_stops_the_form_and_loses_nothing(asked: InputRound, visitor: Client) -> None:
    html = send(visitor, asked, website="https://kjop.example").content.decode()
    assert "slik roboter gjør" in html
    assert "La oss søke." in html
    assert "kjop.example" not in html
    assert not InputDraft.objects.filter(round=asked).exists()


@pytest.mark.parametrize(("seconds", "taken"), [(0.5, False), (4, True), (86_400 * 3, True)])
def test_only_who_is_faster_than_any_person_must_wait(
    asked: InputRound, visitor: Client, seconds: float, taken: bool
) -> None:
    answer = send(visitor, asked, started=a_stamp(seconds))
    assert InputDraft.objects.filter(round=asked).exists() is taken
    if not taken:
        assert "La oss søke." in answer.content.decode()


@pytest.mark.parametrize(
    "stamp", ["", "x", signing.dumps(1, salt="annet"), signing.dumps("x", salt=STAMP)],
    ids=["none", "unsigned", "signed for another", "no time"],
)  # fmt: skip
def test_a_forged_opening_time_is_replaced_and_nothing_lost(asked: InputRound, visitor: Client, stamp: str) -> None:
    html = send(visitor, asked, started=stamp).content.decode()
    fresh = re.search(r'name="started" value="([^"]+)"', html)
    assert fresh
    assert signing.loads(fresh[1], salt=STAMP)
    assert "La oss søke." in html


def test_a_round_that_is_flooded_says_when_to_try_again_and_how_else_to_send(
    asked: InputRound, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "PER_PURPOSE", 0)
    answer = send(visitor, asked)
    html = answer.content.decode()
    assert answer.status_code == 429
    for said in ("om en time", "post@by.example", "i posten", "La oss søke."):
        assert said in html


@pytest.mark.slow
def test_ten_thousand_posts_from_one_robot_make_few_rows_and_no_work_for_officers(
    asked: InputRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.test import RequestFactory

    from portal.views import rounds

    monkeypatch.setattr(rounds, "show", lambda *args, **facts: None)  # what the page says is tried above
    monkeypatch.setattr(rounds, "too_fast", lambda request: None)
    monkeypatch.setattr(codes, "PER_PURPOSE", 40)
    factory, stamp = RequestFactory(), a_stamp()
    for number in range(10_000):
        request = factory.post("/", typed(started=stamp, address=f"r{number}@test.example"))
        request.META["REMOTE_ADDR"] = f"10.0.0.{number % 3}"
        request.user, request.session = None, {}
        rounds.input_round(request, "byen", "ny-plan")
    assert InputDraft.objects.filter(round=asked).count() <= 40
    assert Mail.objects.filter(to_address__startswith="r").count() <= 40
    assert not asked.inputs.exists()
    assert not Notice.objects.filter(user=asked.case.officer).exists()


def test_one_visitor_gets_so_many_codes_an_hour(asked: InputRound, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.views import rounds

    monkeypatch.setattr(rounds, "CODES_AN_HOUR", 2)
    answers = [send(Client(), asked, address=f"n{number}@test.example").status_code for number in range(4)]
    assert answers == [302, 302, 429, 429]


def test_a_visitor_is_a_whole_ipv6_network(asked: InputRound, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.views import rounds

    monkeypatch.setattr(rounds, "POSTS_A_MINUTE", 1)
    answers = [
        Client(REMOTE_ADDR=f"2001:db8::{number:x}").post(asked.get_absolute_url(), typed(text="")).status_code
        for number in (1, 2)
    ]
    assert answers == [200, 429]


# ---- the answers ----


@pytest.fixture
def answered(asked: InputRound) -> InputRound:
    shown = make.an_input(asked, speaks_for="Et bakeri", text="Vis meg.", may_publish=True, received_on=TODAY)
    hidden = make.an_input(asked, speaks_for="Kari Ukjent", text="Ikke vis meg.")
    late = make.an_input(asked, speaks_for="En forening", may_publish=True, received_on=TODAY + 9 * DAY)
    for one, consequence in ((shown, "taken_in"), (hidden, "not"), (late, "partly")):
        make.an_answer(one, text=f"Svar til {one.number}.", consequence=consequence)
    InputRound.objects.filter(pk=asked.pk).update(answers_published_at=NOW)
    return asked


def test_before_they_are_published_no_input_and_no_answer_is_shown(asked: InputRound, visitor: Client) -> None:
    make.an_answer(make.an_input(asked, text="Vis meg.", may_publish=True), text="Svaret.")
    html = page_of(visitor, asked)
    assert "Vis meg." not in html
    assert "Svaret." not in html


def test_published_answers_stand_with_what_followed(answered: InputRound, visitor: Client) -> None:
    text = text_of(page_of(visitor, answered))
    for said in (
        "Slik svarer vi",
        "Et bakeri",
        "Vis meg.",
        "Tatt inn",
        "Svar til 1.",
        "Delvis tatt inn",
        "Kom etter fristen",
    ):
        assert said in text
    for kept_back in ("Kari Ukjent", "Ikke vis meg.", "Svar til 2.", "@test.example"):
        assert kept_back not in text
    assert "1 innspill vises ikke her" in text
    assert "offentleglova § 3" in text
    assert "Skriv innspillet ditt" not in text


def test_answers_are_shown_fifty_at_a_time(answered: InputRound, visitor: Client) -> None:
    for _ in range(60):
        make.an_answer(make.an_input(answered, may_publish=True))
    assert page_of(visitor, answered).count('p-inn"') == 50
    assert page_of(visitor, answered, "?side=2").count('p-inn"') == 12
    assert page_of(visitor, answered, "?side=x").count('p-inn"') == 50
