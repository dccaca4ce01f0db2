"""Letters of an application: what the law asks for, in both language forms, whatever is typed, and the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re

import msgspec
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from grants import letters_of
from grants.letter_texts import applied, decided
from grants.models import AidAssessment, Application, ApplicationVersion, Condition, Decision, Payout, Supplement
from portal.letters import engine
from portal.letters.content import Listing, Text, typed
from portal.models import CaseStep, Letter, Notice, Role, User
from tests import factories as portal_make
from tests import factories_fund as make
from tests import factories_money as money
from tests.strategy.test_papers import unpacked

pytestmark = pytest.mark.django_db


def words(letter: Letter) -> str:
    """Return what a letter says, with ordinary spaces."""
    return json.dumps(letter.content, ensure_ascii=False).replace("\u00a0", " ")


@pytest.fixture
def application() -> Application:
    owner = portal_make.an_authority(
        postal_address="Postboks 1, 1800 Oppdiktet", phone="69 00 00 00", contact_email="post@kommune.example",
        complaint_body="Oppdiktet klagenemnd",
    )  # fmt: skip
    make.the_law()
    fund = make.a_fund_with(owner, name="Oppdiktet næringsfond")
    made = make.an_application(make.a_call(fund.scheme))
    Application.objects.filter(pk=made.pk).update(language="nb")
    made.refresh_from_db()
    return made


def a_granted(application: Application) -> Decision:
    leader = portal_make.a_user(Role.LEADER, application.authority)
    made = make.a_decision(application, leader)
    assert made.grant is not None
    Condition.objects.create(
        authority=made.authority, scheme=made.grant.scheme, grant=made.grant, kind="attested",
        title="Ovnen er kjøpt", due_on=dt.date(2027, 6, 1),
    )  # fmt: skip
    return make.notified(made, dt.date(2026, 12, 3))


def test_a_grant_letter_says_all_the_law_asks_for(application: Application) -> None:
    letter = letters_of.decision(a_granted(application))
    said = words(letter)
    for part in (
        "gir deg et tilskudd på inntil kr 300 000", "Søknaden er innenfor vedtektene.", "Vedtektene § 3",
        "Leder, etter delegert myndighet: Delegasjonsreglementet pkt. 4.2", "Ovnen er kjøpt. Innen 1. juni 2027.",
        "Ta imot tilsagnet på Min side innen 31. desember 2026",
        "tre uker fra den dagen dette brevet kom fram til deg", "forvaltningsloven § 29", "post@kommune.example",
        "Postboks 1, 1800 Oppdiktet", "avgjør Oppdiktet klagenemnd klagen", "venter til klagen er avgjort (§ 42)",
        "forvaltningsloven §§ 18 og 19", "69 00 00 00", "3. desember 2026", "Vi har vurdert at tilskuddet ikke er",
    ):  # fmt: skip
        assert part in said, part
    kept = letter.document
    assert (kept.direction, kept.access, kept.access_basis) == ("out", "exempt", "Offl. § 13, jf. fvl. § 13")
    assert kept.case == application.case and application.title not in kept.title


def test_de_minimis_aid_is_told_with_its_regulation_rate_and_ceiling(application: Application) -> None:
    made = a_granted(application)
    AidAssessment.objects.filter(grant=made.grant).update(basis="de_minimis")
    said = words(letters_of.decision(made))
    for part in (
        "(EU) 2023/2831 (Oppdiktet forskrift § 1)",
        "30 000,00 euro",
        "10,0000 kroner",
        "300 000 euro",
        "register",
    ):
        assert part in said, part


@pytest.mark.parametrize(
    ("outcome", "told"), [("refused", "Vi avslår søknaden din."), ("dismissed", "avvist uten å bli")]
)
def test_who_gets_nothing_is_told_why_and_how_to_complain(application: Application, outcome: str, told: str) -> None:
    made = make.a_decision(application, portal_make.a_user(Role.LEADER, application.authority), outcome)
    said = words(letters_of.refusal(make.notified(made)))
    assert told in said and "Søknaden er innenfor vedtektene." in said and "tre uker" in said
    assert "Ta imot" not in said and "Statsstøtte" not in said


def test_the_council_is_no_complaint_body_on_what_it_has_decided_itself(application: Application) -> None:
    made = a_granted(application)
    council = portal_make.a_body(application.authority, kind="council")
    made.step = CaseStep(case=application.case, authority=application.authority, body=council, item_number="12/27")
    said = words(letters_of.decision(made))
    assert "avgjør Statsforvalteren klagen" in said and "sak 12/27" in said


def test_letters_are_in_the_form_the_applicant_chose_and_nothing_in_it_is_left_in_bokmaal(
    application: Application,
) -> None:
    application.language = "nn"
    made = a_granted(application)
    made.application = application
    said = words(letters_of.decision(made)) + words(letters_of.preliminary(application))
    said += words(letters_of.supplement(make.a_supplement(application, text="Eit budsjett.")))
    complaint = make.a_complaint(made)
    said += words(letters_of.complaint_received(complaint)) + words(letters_of.complaint_answer(complaint))
    said += words(letters_of.payout(a_payout(made)))
    assert "tre veker frå den dagen" in said and "forvaltingslova" in said
    assert not re.findall(r"\b(ikke|fra|hvis|søker|vedtatt|blir vurdert|uker|jeg|noe|hva|saken|Min side|Leder)\b", said)


def a_payout(made: Decision) -> Payout:
    return Payout.objects.create(
        authority=made.authority, grant=made.grant, organisation=made.application.organisation, amount_nok=100_000,
        asked_by=portal_make.a_user(), asked_at=timezone.now(), key="x",
    )  # fmt: skip


NASTY = [
    "Fest 🎉 👨‍👩‍👧 \x07 og \x00 null \ud800", "مرحبا שלום \u202esnudd\u202c 漢字", "#panic('x') *fet* $x^2$ <a> `k` #{1+1}",
    "- ett\n• to\n\uf0b7 tre\n1. fire\n\nog\r\nså\u2028linje", "a" * 8000, "ord " * 2000, " \n\t\n ", "e\u0301\u0301" * 500,
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_any_text_a_person_can_type_gives_a_letter(application: Application, text: str) -> None:
    made = a_granted(application)
    made.grounds = made.legal_basis = made.reference = text
    application.applicant_name, application.title = text[:200], text[:160]
    application.call.title = application.call.scheme.name = application.authority.name = text[:160]
    made.application = application
    with translation.override("nb"):
        pages = engine.pdf(decided.content(made, dt.date(2026, 12, 3)))
        assert pages.startswith(b"%PDF-")
        version = application.versions.get()
        version.application = application
        version.content = make.some_content(title=text, summary=text, costs=[{"text": text, "amount": text}] * 2)
        assert engine.pdf(applied.content(version)).startswith(b"%PDF-")
    assert letters_of.supplement(Supplement(application=application, text=text, due_on=dt.date(2027, 1, 1),
                                            asked_by=portal_make.a_user())).pk  # fmt: skip


def test_what_is_typed_keeps_its_paragraphs_and_lists() -> None:
    assert typed("Først.\nSå.\n\n- ett\n• to\n\nSlutt 3. mai") == [
        Text(["Først.", "Så."]), Listing(["ett", "to"]), Text(["Slutt 3. mai"]),
    ]  # fmt: skip


def test_the_same_rows_give_the_same_bytes_and_a_stored_letter_can_be_made_again(application: Application) -> None:
    made = a_granted(application)
    with translation.override("nb"):
        first = engine.pdf(decided.content(made, dt.date(2026, 12, 3)))
    letter = letters_of.decision(made)
    letter.refresh_from_db()
    assert hashlib.sha256(first).hexdigest() == letter.document.sha256
    assert engine.again(letter) == first == letter.document.file.read()


def test_it_is_archivable_and_tagged(application: Application) -> None:
    made = unpacked(letters_of.decision(a_granted(application)).document.file.read())
    for told in (b"<pdfaid:part>2<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<", b"<rdf:li>nb-NO<", b"/Marked true",
                 b"/S/Title", b"/S/H1", b"/S/L", b"/DisplayDocTitle true"):  # fmt: skip
        assert told in made, told


def test_the_application_is_one_document_with_answers_and_sums_in_its_case(application: Application) -> None:
    question = application.call.questions.get()
    made = ApplicationVersion(
        authority=application.authority, application=application, number=2, sha256="0" * 64, sent_at=timezone.now(),
        content=make.some_content(answers={str(question.pk): "En ny ovn."}),
    )  # fmt: skip
    with translation.override("nb"):
        said = msgspec.json.encode(applied.content(made)).decode().replace("\u00a0", " ")
    for part in ("En ny ovn.", "600 000", "50,0 %", "Oppdiktet Kontakt", "0" * 64, question.text):
        assert part in said, part
    kept = letters_of.application_document(made)
    assert (kept.direction, kept.access) == ("in", "exempt") and application.title not in kept.title


# ---- the desk's page ----


@pytest.fixture
def officer(application: Application) -> User:
    found = portal_make.a_user(Role.OFFICER, application.authority)
    make.no_ties(application, found)
    return found


def page(application: Application) -> str:
    return reverse("application_letters", args=[application.authority.slug, application.pk])


def test_the_preliminary_answer_is_sent_once_and_names_no_project_in_the_notice(
    client: Client, application: Application, officer: User
) -> None:
    manager = portal_make.a_user()
    portal_make.a_mandate(application.organisation, manager)
    client.force_login(officer)
    assert "brev/preliminary.pdf" in client.get(page(application)).content.decode()
    for status in (302, 409):
        application.refresh_from_db()
        assert client.post(page(application), {"seen": application.row_version}).status_code == status
    letter = Letter.objects.get(case=application.case)
    assert letter.kind == "preliminary" and letter.made_by == officer
    told = Notice.objects.get(user=manager)
    assert application.title not in f"{told.title}{told.context}" and application.reference in told.title


def test_a_draft_of_the_decision_is_shown_and_nothing_is_stored(
    client: Client, application: Application, officer: User
) -> None:
    address = reverse("letter_preview", args=[application.authority.slug, application.pk, "decision"])
    client.force_login(officer)
    assert client.get(address).status_code == 404
    make.an_assessment(application, officer)
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert not Letter.objects.filter(case=application.case).exists() and not application.decisions.exists()


def test_who_has_not_declared_sees_no_letter(client: Client, application: Application) -> None:
    client.force_login(portal_make.a_user(Role.OFFICER, application.authority))
    letters_of.preliminary(application)
    for address in (page(application), page(application) + "preliminary.pdf"):
        answer = client.get(address)
        assert answer.status_code == 403 and b"svar innen" not in answer.content


def test_what_is_paid_of_a_grant_that_was_applied_for_gets_a_letter_without_the_account(
    application: Application,
) -> None:
    made = a_granted(application)
    assert made.grant is not None
    letter = letters_of.of_payout(money.a_payout(made.grant, 100_000, "paid"))
    assert letter is not None
    said = words(letter)
    assert "Vi har betalt ut kr 100 000 til deg." in said and "kr 200 000" in said and "Ovnen er kjøpt" in said
    account = made.grant.organisation.bank_accounts.get()
    assert account.number not in said and account.number[-5:] in said
    other = money.a_grant(made.grant.account, amount=10)
    assert letters_of.of_payout(money.a_payout(other, 10, "paid")) is None
