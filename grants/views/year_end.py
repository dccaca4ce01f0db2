"""A year's end as one reviewed action: every account gone through by one, and the year closed by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from grants import closing, year_lists
from grants.fund_forms import CloseForm, LineForm, SendForm, WhyForm, account_choices
from grants.grant_forms import add
from grants.models import YearEnd
from grants.permissions import CLOSES, may
from portal import export, permissions
from portal.models.base import EARLIEST_YEAR, LATEST_YEAR
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from portal.models import Authority

HERE = "grants/year_end/"


@never_cache
@login_required
@read_or_act
def year_end(request: Any, authority: str, year: int) -> HttpResponse:
    """Show how far a year's end has come; each deed is a press, the last two are asked about first (`gjor`)."""
    owner = desk_of(request.user, authority)
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Http404
    end = YearEnd.objects.filter(authority=owner, year=year).select_related(*year_lists.WITH).first()
    if deed := (request.GET.get("gjor") or request.POST.get("gjor")):
        if deed not in DEEDS or (request.method != "POST" and deed not in ASKED):
            raise Http404
        require_right(request.user, owner, deed)
        return DEEDS[deed](request, owner, year, end)
    if request.method == "POST":
        raise Http404
    if form := request.GET.get("fil"):
        if end is None:
            raise Http404
        return export.answer(form, f"arsslutt-{year}", year_lists.COLUMNS, year_lists.lines_of(end))
    return show(request, owner, year, end)


def require_right(user: Any, owner: Authority, deed: str) -> None:
    """Stop who may neither prepare nor close, as the deed asks for.

    Raises:
        PermissionDenied: the answer is 403.
    """
    prepares, closes = may(user, owner.pk, closing.MAKES_READY), may(user, owner.pk, CLOSES)
    permissions.require(closes if deed == "lukk" else prepares or closes if deed == "tilbake" else prepares)


def show(request: Any, owner: Authority, year: int, end: YearEnd | None, **facts: Any) -> HttpResponse:
    """Show the page; `forms` hold what was typed and could not be saved."""
    context = {
        **facts_of(request, owner, year), **year_lists.page_of(owner, year, end, request.user, timezone.localdate()),
    }  # fmt: skip
    if "utskrift" in request.GET:
        context["may_change"] = False
    elif context["may_change"] and context["prepares"] and "rows" not in facts:
        context["rows"] = with_forms(owner, year, context["rows"], None)
    return render(request, f"{HERE}page.html", {**context, **facts}, status=facts.pop("status", 200))


def facts_of(request: Any, owner: Authority, year: int) -> dict[str, Any]:
    return {
        "authority": owner, "year": year, "today": timezone.localdate(),
        "page_url": reverse("year_end", args=[owner.slug, year]),
        "prepares": may(request.user, owner.pk, closing.MAKES_READY), "closes": may(request.user, owner.pk, CLOSES),
    }  # fmt: skip


def with_forms(owner: Authority, year: int, rows: list[Any], data: Any) -> list[Any]:
    """Give each line its form."""
    takers = list(closing.takers(owner.pk, year).select_related("scheme").order_by("scheme__name", "year", "name"))
    choices = account_choices(takers)
    for row in rows:
        suggested = year_lists.suggested(row, takers)
        row.form = LineForm(data, line=row, choices=choices, suggested=suggested)
    return rows


def back(request: Any, owner: Authority, year: int, text: str, level: int = messages.SUCCESS) -> HttpResponse:
    messages.add_message(request, level, text)
    return redirect("year_end", owner.slug, year)


def seen(request: Any) -> int | None:
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def existing(end: YearEnd | None) -> YearEnd:
    if end is None:
        raise Http404
    return end


# ---- preparing ----


def prepare(request: Any, owner: Authority, year: int, end: YearEnd | None) -> HttpResponse:
    """Draw it up, or bring it up to date."""
    try:
        closing.prepare(owner, year, by=request.user, now=timezone.now())
    except ValidationError as error:
        return back(request, owner, year, " ".join(error.messages), messages.ERROR)
    if end is None:
        return back(request, owner, year, _("The year’s end is drawn up. Go through each account."))
    return back(request, owner, year, _("The figures are brought up to date."))


def save(request: Any, owner: Authority, year: int, end: YearEnd | None) -> HttpResponse:
    """Save what becomes of each account, or show what is wrong beside what was typed."""
    held = existing(end)
    rows = with_forms(owner, year, list(year_lists.lines_of(held)), request.POST)
    forms = [row.form for row in rows if row.form.add_prefix("carry") in request.POST]
    if faulty := [form for form in forms if not form.is_valid()]:
        return show(request, owner, year, held, rows=rows, faulty=faulty)
    try:
        closing.change(
            held, [form.wish for form in forms], by=request.user, now=timezone.now(), version=seen(request)
        )  # fmt: skip
    except ValidationError as error:
        return show(request, owner, year, held, rows=rows, refused=error.messages, status=409)
    return back(request, owner, year, _("It is saved. Nothing has moved yet."))


def send(request: Any, owner: Authority, year: int, end: YearEnd | None) -> HttpResponse:
    """Show the sums and ask; send it to those who close."""
    held = existing(end)
    form = SendForm(request.POST if request.method == "POST" else None, end=held)
    if form.is_bound and form.is_valid():
        try:
            closing.send(
                held, by=request.user, now=timezone.now(), note=form.cleaned_data["note"], **form.decision()
            )  # fmt: skip
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, owner, year, _("It is sent. Who may close the year is told."))
    return ask(request, owner, year, held, "send", form)


def take_back(request: Any, owner: Authority, year: int, end: YearEnd | None) -> HttpResponse:
    """Open it for changes again, with a reason where another has prepared it."""
    held = existing(end)
    form = WhyForm(request.POST if request.method == "POST" else None, initial={"seen": held.row_version})
    is_own = request.user.pk in closing.who_worked_on(held)
    form.fields["why"].required = not is_own
    if is_own:
        form.fields["why"].missing = ""  # type: ignore[attr-defined]
    if form.is_bound and form.is_valid():
        try:
            closing.take_back(
                held, by=request.user, now=timezone.now(), why=form.cleaned_data["why"],
                version=form.cleaned_data["seen"],
            )  # fmt: skip
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, owner, year, _("It can be changed again."))
    return ask(request, owner, year, held, "take_back", form, is_own=is_own)


def drop(request: Any, owner: Authority, year: int, end: YearEnd | None) -> HttpResponse:
    """Throw it away; nothing has moved."""
    try:
        closing.drop(existing(end), by=request.user, version=seen(request))
    except ValidationError as error:
        return back(request, owner, year, " ".join(error.messages), messages.ERROR)
    return back(request, owner, year, _("The year’s end is thrown away. Nothing has moved."))


# ---- closing ----


def close(request: Any, owner: Authority, year: int, end: YearEnd | None) -> HttpResponse:
    """Show all that will happen, and close the year for good."""
    held = existing(end)
    form = CloseForm(request.POST if request.method == "POST" else None, end=held)
    if form.is_bound and form.is_valid():
        try:
            closing.close(held, by=request.user, now=timezone.now(), **form.decision())
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, owner, year, _("%(year)d is closed. The money is moved.") % {"year": year})
    return ask(request, owner, year, held, "close", form)


def ask(request: Any, owner: Authority, year: int, end: YearEnd, page: str, form: Any, **facts: Any) -> HttpResponse:
    """Ask before a deed, with the lines and the sums in view."""
    context = {
        **facts_of(request, owner, year), **year_lists.page_of(owner, year, end, request.user, timezone.localdate()),
        "form": form, **facts,
    }  # fmt: skip
    status = 409 if form.is_bound and form.non_field_errors() else 200
    return render(request, f"{HERE}{page}.html", context, status=status)


def discard(request: Any, owner: Authority, year: int, end: YearEnd | None) -> HttpResponse:
    """Ask before it is thrown away."""
    if request.method == "POST":
        return drop(request, owner, year, end)
    form = WhyForm(initial={"seen": existing(end).row_version})
    del form.fields["why"]
    return ask(request, owner, year, existing(end), "drop", form)


DEEDS = {
    "lag": prepare, "lagre": save, "send": send, "tilbake": take_back, "kast": discard, "lukk": close,
}  # fmt: skip
ASKED = frozenset({"send", "tilbake", "kast", "lukk"})
"""Deeds with a page of their own that asks first."""
