"""Approved payouts go into one payment file, and a return list says what became of them, as often as it is read."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from grants import paying, payment_layout
from grants.models import GrantBalance, LedgerEntry, PaymentFile, PaymentRules, Payout
from grants.payment_layout import Column
from grants.refusals import Refused
from portal.models import Notice
from tests import factories as make
from tests import factories_money as money

if TYPE_CHECKING:
    from grants.models import Grant
    from portal.models import Authority, User

pytestmark = pytest.mark.django_db
State = Payout.State


@pytest.fixture
def authority() -> Authority:
    return make.an_authority()


@pytest.fixture
def grant(authority: Authority) -> Grant:
    scheme = money.a_scheme(authority, dimensions={"Ansvar": "4100", "funksjon": "325"})
    line = money.a_line(scheme, 100_000, dimensions={"ansvar": "4200"})
    made = money.a_grant(line.account, make.an_organisation(authority, name="Byforeningen"), 60_000)
    money.a_bank_account(made.organisation)
    return made


@pytest.fixture
def preparer(authority: Authority) -> User:
    return make.a_user("finance_preparer", authority)


def now() -> dt.datetime:
    return timezone.now()


def today() -> str:
    return timezone.localdate().strftime("%d.%m.%Y")


def as_is(payout: Payout) -> Payout:
    return Payout.objects.get(pk=payout.pk)


def rows_of(file: PaymentFile, delimiter: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bytes(file.content).decode("utf-8-sig")), delimiter=delimiter))


def sent(grant: Grant, amount: int = 10_000) -> Payout:
    return money.a_payout(grant, amount, "sent")


# ---- the file ----


def test_the_file_holds_what_is_approved_and_nothing_else(authority: Authority, grant: Grant, preparer: User) -> None:
    payout = money.a_payout(grant, 12_500, "approved")
    money.a_payout(grant, 1_000, "attested")
    file = paying.make_file(authority, by=preparer, now=now())
    (row,) = rows_of(file)
    assert (row["Referanse"], row["Mottaker"], row["Kontonummer"], row["Beløp"]) == (
        payout.reference, "Byforeningen", money.ACCOUNT_NUMBERS[0], "12500",
    )  # fmt: skip
    assert (file.number, file.payments, file.total_nok) == (1, 1, 12_500)
    assert as_is(payout).state == State.SENT
    assert as_is(payout).file == file


def test_the_lines_dimension_goes_before_the_schemes(authority: Authority, grant: Grant, preparer: User) -> None:
    money.a_payout(grant, 12_500, "approved")
    (row,) = rows_of(paying.make_file(authority, by=preparer, now=now()))
    assert (row["Ansvar"], row["Funksjon"], row["Prosjekt"]) == ("4200", "325", "")


def test_pressed_twice_there_is_one_file(authority: Authority, grant: Grant, preparer: User) -> None:
    money.a_payout(grant, 12_500, "approved")
    paying.make_file(authority, by=preparer, now=now())
    with pytest.raises(Refused):
        paying.make_file(authority, by=preparer, now=now())
    assert PaymentFile.objects.filter(authority=authority).count() == 1


def test_a_page_that_showed_something_else_makes_no_file(authority: Authority, grant: Grant, preparer: User) -> None:
    money.a_payout(grant, 12_500, "approved")
    seen = paying.next_batch(authority).mark
    money.a_payout(grant, 1_000, "approved")
    with pytest.raises(Refused):
        paying.make_file(authority, by=preparer, now=now(), seen=seen)
    assert paying.make_file(authority, by=preparer, now=now(), seen=paying.next_batch(authority).mark).payments == 2


@pytest.mark.parametrize("role", ["officer", "leader", "attester", "approver"])
def test_one_who_prepares_payments_makes_it_in_her_own_authority(authority: Authority, grant: Grant, role: str) -> None:
    money.a_payout(grant, 12_500, "approved")
    for person in (make.a_user(role, authority), make.a_user("finance_preparer", make.an_authority())):
        with pytest.raises(PermissionDenied):
            paying.make_file(authority, by=person, now=now())


def test_what_was_approved_for_an_account_no_longer_in_use_is_kept_out(
    authority: Authority, grant: Grant, preparer: User
) -> None:
    fine = money.a_grant(grant.account, None, 10_000)
    goes, stays = money.a_payout(fine, 5_000, "approved"), money.a_payout(grant, 12_500, "approved")
    account = stays.bank_account
    assert account is not None
    account.state = "replaced"
    account.save()
    assert paying.next_batch(authority).changed_account == [stays]
    file = paying.make_file(authority, by=preparer, now=now())
    assert [row["Referanse"] for row in rows_of(file)] == [goes.reference]
    assert as_is(stays).state == State.APPROVED


def test_what_begins_like_a_formula_is_text(authority: Authority, grant: Grant, preparer: User) -> None:
    grant.organisation.name = '=HYPERLINK("x")\nNP-1;0'
    grant.organisation.save()
    money.a_payout(grant, 12_500, "approved")
    (row,) = rows_of(paying.make_file(authority, by=preparer, now=now()))
    assert row["Mottaker"] == '\'=HYPERLINK("x") NP-1;0'
    assert row["Beløp"] == "12500"


def test_an_authority_lays_out_its_own_file(authority: Authority, grant: Grant, preparer: User) -> None:
    columns = [
        Column("text", "Bilagsart", "UT"), Column("reference", "Ref"), Column("account", "Konto"),
        Column("amount", "Sum"), Column("dimension", "Ansv", "ansvar", is_needed=True),
    ]  # fmt: skip
    payment_layout.check(columns)
    PaymentRules.objects.create(authority=authority, columns=payment_layout.as_rows(columns), delimiter="|")
    payout = money.a_payout(grant, 12_500, "approved")
    (row,) = rows_of(paying.make_file(authority, by=preparer, now=now()), "|")
    assert row == {
        "Bilagsart": "UT", "Ref": payout.reference, "Konto": money.ACCOUNT_NUMBERS[0], "Sum": "12500", "Ansv": "4200"
    }  # fmt: skip


def test_a_payout_without_a_value_the_file_must_have_is_kept_out_by_name(
    authority: Authority, grant: Grant, preparer: User
) -> None:
    columns = [*payment_layout.usual(), Column("dimension", "Anlegg", "anlegg", is_needed=True)]
    PaymentRules.objects.create(authority=authority, columns=payment_layout.as_rows(columns))
    payout = money.a_payout(grant, 12_500, "approved")
    assert paying.next_batch(authority).lacking == [(payout, ["Anlegg"])]
    with pytest.raises(Refused):
        paying.make_file(authority, by=preparer, now=now())


@pytest.mark.parametrize(
    "columns",
    [
        [],
        [Column("reference", "A"), Column("account", "B")],
        [Column("reference", "A"), Column("account", "B"), Column("amount", "b")],
        [Column("reference", "A"), Column("account", "B"), Column("amount", "")],
        [Column("reference", "A"), Column("account", "B"), Column("amount", "C"), Column("dimension", "D")],
        [Column("reference", "A"), Column("account", "B"), Column("amount", "=C")],
        [Column("reference", "A"), Column("account", "B"), Column("amount", "C"),
         *(Column("text", f"T{n}", "x") for n in range(30))],
    ],
)  # fmt: skip
def test_a_layout_one_cannot_pay_from_is_refused(columns: list[Column]) -> None:
    with pytest.raises(ValidationError):
        payment_layout.check(columns)


def test_the_usual_layout_holds() -> None:
    payment_layout.check(payment_layout.usual())
    assert payment_layout.of_rows([]) == payment_layout.usual()
    assert payment_layout.of_rows(payment_layout.as_rows(payment_layout.usual())) == payment_layout.usual()


# ---- the return list ----


def returned(text: str, by: User, **facts: Any) -> paying.Counts:
    return paying.apply_returns(paying.read_returns(text), by=by, now=now(), **facts)


def test_a_return_list_marks_what_is_paid_and_again_does_nothing(grant: Grant, preparer: User) -> None:
    payout = sent(grant)
    text = f"Referanse;Dato;Status\r\n{payout.reference};{today()};Betalt\r\n"
    assert returned(text, preparer).paid == 1
    assert as_is(payout).paid_on == timezone.localdate()
    again = returned(text, preparer)
    assert (again.paid, again.already, again.misfits) == (0, 1, [])
    assert LedgerEntry.objects.filter(payout=payout).count() == 1


def test_what_comes_back_is_undone_in_the_ledger_once(grant: Grant, preparer: User) -> None:
    payout = sent(grant)
    text = f"Referanse,Status,Melding\n{payout.reference},Retur,Kontoen er avsluttet\n"
    assert returned(text, preparer).returned == 1
    assert GrantBalance.objects.get(pk=grant.pk).paid_nok == 0
    assert (as_is(payout).state, as_is(payout).reason) == (State.RETURNED, "Kontoen er avsluttet")
    assert returned(text, preparer).already == 1
    assert LedgerEntry.objects.filter(payout=payout).count() == 2


def test_what_was_paid_may_still_come_back(grant: Grant, preparer: User) -> None:
    payout = sent(grant)
    paid = f"Referanse;Dato;Status\n{payout.reference};{today()};Betalt\n"
    returned(paid, preparer)
    assert returned(f"Referanse;Status\n{payout.reference};Retur\n", preparer).returned == 1
    assert returned(paid, preparer).already == 1
    assert as_is(payout).state == State.RETURNED


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{ref};{day};Betalt;9999", "9"),
        ("{ref};{day};Kanskje;10000", "kanskje"),
        ("{ref};31.02.2026;Betalt;10000", ""),
        ("{ref};;Betalt;10000", ""),
        ("{ref};01.01.2020;Betalt;10000", ""),
        ("{ref};01.01.2090;Betalt;10000", ""),
        ("{ref};{day};Betalt;12,5", ""),
        ("NP-999999999;{day};Betalt;10000", ""),
        ("12345;{day};Betalt;10000", ""),
    ],
)
def test_a_line_that_does_not_fit_changes_nothing_and_is_told(
    grant: Grant, preparer: User, line: str, why: str
) -> None:
    payout, other = sent(grant), sent(grant)
    text = "Referanse;Dato;Status;Beløp\n" + line.format(ref=payout.reference, day=today())
    counts = returned(f"{text}\n{other.reference};{today()};Betalt;10 000\n", preparer)
    assert (counts.paid, len(counts.misfits)) == (1, 1)
    assert why in counts.misfits[0].problem and counts.misfits[0].line == 2
    assert as_is(payout).state == State.SENT


def test_what_was_never_in_a_file_is_not_paid(grant: Grant, preparer: User) -> None:
    payout = money.a_payout(grant, 10_000, "approved")
    counts = returned(f"Referanse;Dato\n{payout.reference};{today()}\n", preparer)
    assert (counts.paid, len(counts.misfits)) == (0, 1)
    assert as_is(payout).state == State.APPROVED


def test_another_authoritys_payout_is_as_one_that_does_not_exist(grant: Grant) -> None:
    payout, elsewhere = sent(grant), make.a_user("finance_preparer", make.an_authority())
    text = f"Referanse;Dato\n{payout.reference};{today()}\nNP-999999999;{today()}\n"
    first, second = returned(text, elsewhere).misfits
    assert first.problem == second.problem
    assert as_is(payout).state == State.SENT


def test_one_who_makes_no_files_reads_no_list(authority: Authority, grant: Grant) -> None:
    with pytest.raises(PermissionDenied):
        returned("Referanse;Dato\n", make.a_user("approver", authority), authority=authority)


def test_lists_as_accounting_systems_write_them_are_read() -> None:
    for text in (
        "\ufeffReferanse;Betalingsdato;Beløp\r\nNP-000012;2.3.2026;12 500,00\r\n\r\n",
        "ref\tdato\tstatus\nnp-000012\t20260302\tOK\n",
        '"REFERANSE","Valutadato","Resultat"\n"NP-000012","2026-03-02","utført"\n',
    ):
        (row,) = paying.read_returns(text)
        assert (row.key, row.paid_on, row.is_returned, row.problem) == (12, dt.date(2026, 3, 2), False, "")


@pytest.mark.parametrize(
    "text", ["", "Navn;Sum\nA;1\n", "Referanse\nNP-000012\n", "\n".join(["Referanse;Dato"] + ["x;"] * 5001)]
)
def test_what_is_no_return_list_says_so(text: str) -> None:
    with pytest.raises(Refused):
        paying.read_returns(text)


def test_the_recipient_is_told_when_the_money_is_paid_or_came_back(grant: Grant, preparer: User) -> None:
    contact = make.a_user()
    make.a_mandate(grant.organisation, contact)
    paid, back = sent(grant), sent(grant)
    returned(f"Referanse;Dato;Status\n{paid.reference};{today()};ok\n{back.reference};;Retur\n", preparer)
    kinds = Notice.objects.filter(user=contact).order_by("kind").values_list("kind", flat=True)
    assert list(kinds) == ["payout_paid", "payout_stopped"]
