"""The way to the accounting system and back: payment files, how they are laid out, and return lists."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing as sealed
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants import notices, paying, payment_layout
from grants.account_numbers import masked
from grants.models import PaymentFile, PaymentRules, Payout
from grants.payout_forms import ReturnForm, RulesForm, column_set
from grants.permissions import APPROVES, ATTESTS, PAYS, may
from portal import permissions
from portal.money import format_nok
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.models import Authority

HERE = "grants/payments/"
PER_PAGE = 50
READS = PAYS | ATTESTS | APPROVES
"""Opens a payment file: it holds account numbers."""
SETS_RULES = frozenset({permissions.LEADER})
PREVIEW, PREVIEW_SECONDS = "grants.return-list", 3600


# ---- files ----


@never_cache
@login_required
@read_or_act
def payment_files(request: Any, authority: str) -> HttpResponse:
    """Show what the next payment file would hold, and the files that are made; make one."""
    found = desk_of(request.user, authority)
    if (request.GET.get("gjor") or request.POST.get("gjor")) == "oppsett":
        return layout(request, found)
    problems: list[str] = []
    if request.method == "POST":
        if request.POST.get("gjor") != "lag":
            raise Http404
        try:
            made = paying.make_file(found, by=request.user, now=timezone.now(), seen=request.POST.get("seen", ""))
        except ValidationError as error:
            problems = error.messages
        else:
            text = _("Payment file %(number)s is made: %(total)s. Fetch it, and give it to the accounting system.")
            messages.success(request, text % {"number": made.number, "total": format_nok(made.total_nok)})
            return redirect("payment_files", found.slug)
    batch, sees = paying.next_batch(found), may(request.user, found.pk, READS)
    columns = batch.columns
    kinds = Count("payouts", filter=Q(payouts__state=Payout.State.PAID))
    came_back = Count("payouts", filter=Q(payouts__state=Payout.State.RETURNED))
    files = PaymentFile.objects.filter(authority=found).defer("content").select_related("made_by")
    files = files.annotate(paid=kinds, came_back=came_back).order_by("-number")
    page = Paginator(files, PER_PAGE).get_page(request.GET.get("side"))
    context = {
        "authority": found, "batch": batch, "page": page, "problems": problems, "sees_files": sees,
        "may_pay": may(request.user, found.pk, PAYS), "may_set": may(request.user, found.pk, SETS_RULES),
        "heads": hide(columns, batch.table[0], sees=True),
        "rows": [hide(columns, row, sees=sees) for row in batch.table[1:]],
    }  # fmt: skip
    return render(request, f"{HERE}files.html", context, status=409 if problems else 200)


def hide(columns: list[Any], row: list[str], *, sees: bool) -> list[dict[str, Any]]:
    """Return a row of the preview by its headings; account numbers are masked for who does not work with them."""
    return [
        {"head": column.title, "value": masked(value) if column.what == "account" and not sees and value else value,
         "is_number": column.what == "amount"}
        for column, value in zip(columns, row, strict=True)
    ]  # fmt: skip


@never_cache
@login_required
@require_safe
def payment_file(request: Any, authority: str, number: int) -> HttpResponse:
    """Hand out a payment file as it was made; that it was fetched is written in the history."""
    owner = desk_of(request.user, authority)
    permissions.require(may(request.user, owner.pk, READS))
    found = get_object_or_404(PaymentFile, authority=owner, number=number)
    notices.record("payment_file_fetched", found, by=request.user, number=found.number)
    response = HttpResponse(bytes(found.content), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="utbetaling-{owner.slug}-{found.number}.csv"'
    return response


def layout(request: Any, authority: Authority) -> HttpResponse:
    """Show how the file is laid out, and change it: its columns, and how many sign."""
    permissions.require(may(request.user, authority.pk, SETS_RULES))
    columns, delimiter = paying.layout_of(authority.pk)
    rules = PaymentRules.objects.filter(authority=authority).first() or PaymentRules(authority=authority)
    first = {"persons": rules.persons, "delimiter": delimiter, "seen": rules.row_version if rules.pk else 0}
    sent = request.POST if request.method == "POST" else None
    form, rows = RulesForm(sent, initial=first), column_set(columns, sent)
    if sent is not None and form.is_valid() and rows.is_valid():
        if "lagre" in sent and save_layout(request, authority, form, rows):
            messages.success(request, _("The payment rules are saved."))
            return redirect("payment_files", authority.slug)
        columns = rows.columns()
    facts = paying.next_batch(authority).facts[:3] or [example()]
    lines = [hide(columns, row, sees=False) for row in payment_layout.table(columns, facts)]
    context = {
        "authority": authority, "form": form, "columns": rows, "heads": lines[0], "preview": lines[1:],
        "sent": sent is not None,
    }  # fmt: skip
    return render(request, f"{HERE}layout.html", context)


def example() -> payment_layout.PaymentFacts:
    """Return what the preview shows where nothing is approved yet."""
    values = {
        "reference": "NP-000123", "recipient": "Oppdiktet forening", "organisation_number": "", "amount": 12500,
        "account": "00000000000", "message": "NP-000123", "year": 2026,
    }  # fmt: skip
    return payment_layout.PaymentFacts(values)


def save_layout(request: Any, authority: Authority, form: RulesForm, rows: Any) -> bool:
    """Save the rules; False, with the reason in the form, when someone changed them meanwhile."""
    typed = form.cleaned_data
    with transaction.atomic():
        made, _is_new = PaymentRules.objects.get_or_create(authority=authority)
        held = PaymentRules.objects.select_for_update().get(pk=made.pk)
        if not _is_new and held.row_version != typed["seen"]:
            form.add_error(None, _("Someone changed the payment rules while you looked. Load the page again."))
            return False
        held.persons, held.delimiter = typed["persons"], typed["delimiter"]
        held.columns = payment_layout.as_rows(rows.columns())
        held.save()
        notices.record("payment_rules_changed", held, by=request.user, persons=held.persons, columns=len(held.columns))
    return True


# ---- what became of them ----


@never_cache
@login_required
@read_or_act
def return_list(request: Any, authority: str) -> HttpResponse:
    """Read a return list, show what it would do, and do it."""
    found = desk_of(request.user, authority)
    permissions.require(may(request.user, found.pk, PAYS))
    if request.method == "POST" and request.POST.get("gjor") == "les-inn":
        return apply(request, found)
    form = ReturnForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            rows = paying.read_returns(form.cleaned_data["list"])
            return show_plan(request, found, rows)
        except ValidationError as error:
            form.add_error(None, error.messages)
    waits = Payout.objects.filter(authority=found, state=Payout.State.SENT).count()
    return render(request, f"{HERE}returns.html", {"authority": found, "form": form, "waits": waits})


def show_plan(request: Any, authority: Authority, rows: list[paying.ReturnRow]) -> HttpResponse:
    """Show each line beside its payout, what does not fit first."""
    planned = paying.plan(rows, by=request.user, now=timezone.now(), authority=authority)
    order = {"": 0, paying.RETURNED_NOW: 1, paying.PAID_NOW: 2, paying.ALREADY: 3}
    numbers = {name: sum(one.does == does for one in planned) for does, name in
               (("", "misfits"), ("paid", "paid"), ("returned", "returned"), ("already", "already"))}  # fmt: skip
    context = {
        "authority": authority, "planned": sorted(planned, key=lambda one: (order[one.does], one.row.line)),
        "packed": pack(rows, authority, request.user), "numbers": numbers,
        "does": numbers["paid"] + numbers["returned"],
    }  # fmt: skip
    return render(request, f"{HERE}planned.html", context)


def apply(request: Any, authority: Authority) -> HttpResponse:
    """Do what was shown, and tell what did not fit."""
    rows = unpack(request.POST.get("innhold", ""), authority, request.user)
    if rows is None:
        messages.warning(request, _("What was shown is too old. Read the list again."))
        return redirect("return_list", authority.slug)
    counts = paying.apply_returns(rows, by=request.user, now=timezone.now(), authority=authority)
    if counts.paid:
        text = ngettext("%(n)d payout is marked as paid.", "%(n)d payouts are marked as paid.", counts.paid)
        messages.success(request, text % {"n": counts.paid})
    if counts.returned:
        text = ngettext(
            "%(n)d payout came back. Its money is on the grant again.",
            "%(n)d payouts came back. Their money is on the grants again.", counts.returned,
        )  # fmt: skip
        messages.warning(request, text % {"n": counts.returned})
    if counts.already:
        text = ngettext("%(n)d line stood so already.", "%(n)d lines stood so already.", counts.already)
        messages.info(request, text % {"n": counts.already})
    if counts.misfits:
        return render(
            request, f"{HERE}misfits.html", {"authority": authority, "misfits": counts.misfits, "counts": counts}
        )
    return redirect("payment_files", authority.slug)


def pack(rows: Iterable[paying.ReturnRow], authority: Authority, user: Any) -> str:
    """Return the lines as a signed text that their own form carries: what was shown is what is done."""
    lines = [
        [row.line, row.reference, row.paid_on.isoformat() if row.paid_on else "", row.is_returned, row.amount_nok,
         row.why, row.problem]
        for row in rows
    ]  # fmt: skip
    return sealed.dumps({"of": authority.pk, "user": user.pk, "rows": lines}, salt=PREVIEW, compress=True)


def unpack(text: str, authority: Authority, user: Any) -> list[paying.ReturnRow] | None:
    """Return the lines that were shown to this user here, or nothing: too old, or not ours."""
    try:
        said = sealed.loads(text, salt=PREVIEW, max_age=PREVIEW_SECONDS)
    except sealed.BadSignature:
        return None
    if (said["of"], said["user"]) != (authority.pk, user.pk):
        return None
    return [
        paying.ReturnRow(
            line, reference, dt.date.fromisoformat(on) if on else None, is_returned, amount, why, problem
        )
        for line, reference, on, is_returned, amount, why, problem in said["rows"]
    ]  # fmt: skip
