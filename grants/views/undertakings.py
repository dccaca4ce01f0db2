"""What an undertaking has had of de minimis aid: the panel, its links and what it declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from grants import held
from grants.desk import gate
from grants.grant_forms import add
from grants.minimis_aid import copies, declaring, panel, reading, rules
from grants.minimis_aid.aid_forms import AnswerForm, DeclareForm, LinkForm
from grants.models import AidAward, Application, DeclaredAid, Grant, RegisterAward, UndertakingLink
from grants.permissions import may
from grants.views.grants import grant_of, tell
from portal import access_log
from portal.integrations.aid_register import AidRegisterError
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpResponse

PAGE = "grants/undertakings/page.html"
Of = Application | Grant


@never_cache
@login_required
@read_or_act
def application_aid(request: Any, authority: str, application: int) -> HttpResponse:
    """Show the de minimis aid of who applies, with the application counted in."""
    found = gate.application_of(request.user, authority, application)
    if (stop := gate.gate(request, found)) is not None:
        return stop
    return aid_page(request, found)


@never_cache
@login_required
@read_or_act
def grant_aid(request: Any, authority: str, grant: int) -> HttpResponse:
    """Show the de minimis aid of a grant's recipient, with the grant counted in."""
    found = grant_of(request.user, authority, grant)
    applied = reading.application_of(found)
    if applied is not None:
        applied.authority = found.authority
        if (stop := gate.gate(request, applied)) is not None:
            return stop
    return aid_page(request, found)


def aid_page(request: Any, of: Of, **forms: Any) -> HttpResponse:
    """Show the panel; each deed is a press, with what was typed shown again where it is refused."""
    if request.method == "POST" and not forms:
        require(may(request.user, of.authority_id, declaring.ANSWERS))
        if (deed := request.POST.get("gjor", "")) not in DEEDS:
            raise Http404
        return DEEDS[deed](request, of)
    today = timezone.localdate()
    if isinstance(of, Grant):
        found = panel.of_grant(of, of.decided_on if of.state in Grant.HOLDING and of.decided_on else today)
    else:
        found = panel.of_application(of, today)
    access_log.saw(request.user, of.case, "case")
    return render(request, PAGE, {**facts_of(request, of, found), **forms})


def facts_of(request: Any, of: Of, found: panel.Panel) -> dict[str, Any]:
    writes = may(request.user, of.authority_id, declaring.ANSWERS)
    declared = list(reading.declared_for(of))
    ours = [row.row for row in found.rows if row.row.source in (rules.OURS, rules.THIS) and row.row.shown]
    return {
        "authority": of.authority, "of": of, "panel": found, "is_grant": isinstance(of, Grant), "writes": writes,
        "organisation": of.organisation, "name": of.organisation.name if of.organisation else of.applicant_name,  # type: ignore[union-attr]
        "back_url": of.get_absolute_url(), "obstacles": panel.obstacles(found),
        "is_decided": isinstance(of, Grant) and of.state in Grant.HOLDING,
        "link_form": LinkForm(), "declare_form": DeclareForm(),
        "declared": [(row, AnswerForm(row=row, panel=found) if writes else None) for row in declared],
        "counted": {row.row.shown.pk: row for row in found.rows if row.row.source == rules.DECLARED},
        "matchable": [row for row in ours if row.shown.authority_id == of.authority_id and not row.same],
        "unmatched": [row.row for row in found.rows if row.row.source == rules.REGISTER and not row.row.same],
        "matched": [row.row for row in found.rows if row.row.source == rules.REGISTER and row.row.same],
    }  # fmt: skip


def back(request: Any, of: Of, text: str = "", level: int = messages.SUCCESS, at: str = "") -> HttpResponse:
    if text:
        messages.add_message(request, level, text)
    name = "grant_aid" if isinstance(of, Grant) else "application_aid"
    return redirect(reverse(name, args=[of.authority.slug, of.pk]) + at)


# ---- the register ----


def fetch(request: Any, of: Of) -> HttpResponse:
    """Ask the national register what the undertaking has been given, and keep the answer with its time."""
    number = of.organisation.number if of.organisation else ""
    if not number:
        return back(request, of, _("There is no organisation number to ask the register about."), messages.WARNING)
    try:
        known = copies.refresh(reading.members_of(number), timezone.now())
    except AidRegisterError as error:
        return back(request, of, str(error), messages.WARNING, "#register")
    if not known:
        return back(request, of, _("The aid register knows of no de minimis aid to the undertaking."), messages.INFO)
    text = ngettext("The aid register knows of %d award.", "The aid register knows of %d awards.", known) % known
    return back(request, of, text, at="#rader")


def match(request: Any, of: Of) -> HttpResponse:
    """Say that a row of the register is one of ours, or take that back."""
    register = get_object_or_404(RegisterAward, pk=request.POST.get("register", "")[:60])
    try:
        if request.POST["gjor"] == "skill":
            declaring.unmatch(of, register, by=request.user)
            return back(request, of, _("They count as two again."), at="#register")
        award = get_object_or_404(AidAward, pk=key_in(request.POST.get("award", "")), authority=of.authority_id)
        declaring.match(of, register, award, by=request.user)
    except ValidationError as error:
        tell(request, error)
        return back(request, of, at="#register")
    return back(request, of, _("They count as one."), at="#register")


# ---- links ----


def add_link(request: Any, of: Of) -> HttpResponse:
    """Add a linked company."""
    form = LinkForm(request.POST)
    if form.is_valid():
        try:
            declaring.link(of, by=request.user, on=timezone.localdate(), **form.cleaned_data)
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, of, _("The company is linked, and its aid is counted."), at="#foretak")
    return aid_page(request, of, link_form=form, form=form)


def answer_link(request: Any, of: Of) -> HttpResponse:
    """Confirm a declared link, or say that the two are not linked."""
    row = get_object_or_404(UndertakingLink, pk=key_in(request.POST.get("kobling", "")), authority=of.authority_id)
    confirms = request.POST["gjor"] == "bekreft"
    try:
        (declaring.confirm if confirms else declaring.unlink)(of, row, by=request.user, on=timezone.localdate())
    except ValidationError as error:
        tell(request, error)
        return back(request, of, at="#foretak")
    done = _("The link is confirmed. Its aid is counted.") if confirms else _("The two are not counted together.")
    return back(request, of, done, at="#foretak")


# ---- declared ----


def declare(request: Any, of: Of) -> HttpResponse:
    """Add earlier aid that the recipient has told of."""
    form = DeclareForm(request.POST)
    if form.is_valid():
        try:
            declaring.declare(of, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, of, _("The aid is added, and counts."), at="#oppgitt")
    return aid_page(request, of, declare_form=form, form=form)


def answer(request: Any, of: Of) -> HttpResponse:
    """Say what a declared row is."""
    row: DeclaredAid = get_object_or_404(reading.declared_for(of), pk=key_in(request.POST.get("oppgitt", "")))
    found = panel.of_grant(of, timezone.localdate()) if isinstance(of, Grant) else panel.of_application(
        of, timezone.localdate()
    )  # fmt: skip
    form = AnswerForm(request.POST, row=row, panel=found)
    if form.is_valid():
        try:
            declaring.resolve(row, by=request.user, **form.resolution())
        except held.Handled as handled:
            return back(request, of, handled.messages[0], messages.WARNING, "#oppgitt")
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, of, _("Your answer is saved."), at="#oppgitt")
    everything = reading.declared_for(of)
    rows = [(each, form if each.pk == row.pk else AnswerForm(row=each, panel=found)) for each in everything]
    return aid_page(request, of, declared=rows, form=form)


DEEDS = {
    "hent": fetch, "samme": match, "skill": match, "kobling": add_link, "bekreft": answer_link, "avvis": answer_link,
    "oppgi": declare, "svar": answer,
}  # fmt: skip
