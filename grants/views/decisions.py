"""What is decided of a grant: given or not, taken up again, annulled, lapsed, finished; and its conditions settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from grants import cautions, conditions, facts, grant_lists, granting, held, permissions
from grants.desk import gate
from grants.grant_forms import DecideForm, LapseForm, SettleForm, WhyForm, add
from grants.models import Condition, Grant, GrantReport
from grants.views.grants import ask, back, grant_of, tell
from portal import access_log
from portal.models import Document
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

State = Grant.State
HERE = "grants/decisions/"


@never_cache
@login_required
@read_or_act
def decide_grant(request: Any, authority: str, grant: int) -> HttpResponse:
    """Decide a grant that is assessed; what may be decided later has its own page under `gjor`."""
    found = grant_of(request.user, authority, grant)
    require(permissions.may(request.user, found.authority_id, permissions.DECIDES))
    if (stop := gate.of_grant(request, found)) is not None:
        return stop
    if (led := to_application(found, request.GET.get("gjor") or "")) is not None:
        return led
    access_log.saw(request.user, found.case, "case")
    deed = request.GET.get("gjor") or request.POST.get("gjor") or ""
    if deed not in DEEDS or (request.method == "POST" and not deed):
        raise Http404
    from_state, show = DEEDS[deed]
    if found.state not in from_state and request.method != "POST":
        text = _("Nothing is done now: it stands as “%(state)s”.") % {"state": found.get_state_display()}
        return back(request, found, text, messages.INFO)
    return show(request, found)


def to_application(grant: Grant, deed: str) -> HttpResponse | None:
    """Lead on to the application's own page where the grant answers one; nothing where it does not."""
    if deed or grant.state != State.PROPOSED or (applied := held.application_of(grant)) is None:
        return None
    return redirect("decide_application", grant.authority.slug, applied.pk)


# ---- given or not ----


def preview(request: Any, grant: Grant, **bound: DecideForm) -> HttpResponse:
    """Show what the decision would do, what to see to first, and the two answers."""
    today = timezone.localdate()
    forms = {
        name: bound.get(name) or DecideForm(grant=grant, today=today, prefix=name) for name in ("innvilg", "avsla")
    }
    known = facts.of_one(grant)
    reports = list(GrantReport.objects.filter(grant=grant))
    frame = cautions.frame_left(grant.account_id, today.year) if grant.account.year is None else None
    return ask(
        request, grant, f"{HERE}decide.html", heading=_("Decide the grant"), forms=forms, frame=frame,
        cautions=cautions.of(grant, today, request.user), left_nok=grant.account.balance.free_nok - grant.amount_nok,
        conditions=grant_lists.conditions_of(grant, known, reports, today), aid=getattr(grant, "aid", None),
    )  # fmt: skip


def give(request: Any, grant: Grant) -> HttpResponse:
    done = _("Granted. The amount is committed, and those who act for the recipient are told.")
    return answer(request, grant, "innvilg", granting.decide, done)


def refuse(request: Any, grant: Grant) -> HttpResponse:
    done = _("Not granted. Those who act for the recipient are told.")
    return answer(request, grant, "avsla", granting.decline, done)


def answer(request: Any, grant: Grant, name: str, deed: Callable[..., Any], done: str) -> HttpResponse:
    """Register the answer that was pressed, or show again what was typed, with what stopped it."""
    if request.method != "POST":
        raise Http404
    form = DecideForm(request.POST, grant=grant, today=timezone.localdate(), prefix=name)
    if form.is_valid():
        try:
            deed(grant, by=request.user, **form.decision())
        except held.Handled as handled:
            return back(request, grant, handled.messages[0], messages.WARNING)
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, grant, done)
    return preview(request, grant, **{name: form})


# ---- afterwards ----


def reopen(request: Any, grant: Grant) -> HttpResponse:
    """Ask before a grant is taken up again."""
    heading = _("Take the grant up again?")
    if grant.state == State.FINISHED:
        text = _("It stands as granted again, and can be paid from. Its amount is what it was.")
    else:
        text = _("It is assessed once more, and the answer that was given is taken away. The history keeps it.")
    return confirmed(request, grant, "gjenapne", granting.reopen, heading, text, _("Take it up again"),
                     _("The grant is taken up again."))  # fmt: skip


def finish(request: Any, grant: Grant) -> HttpResponse:
    """Ask before a grant is finished, and say what is missing."""
    missing = granting.standing_in_the_way(grant, timezone.localdate())
    text = _("All is paid or lapsed, and reported. Nothing more is expected of the recipient.")

    def deed(grant: Grant, **facts: Any) -> Grant:
        return granting.finish(grant, on=timezone.localdate(), **facts)

    return confirmed(request, grant, "ferdig", deed, _("Finish the grant?"), "" if missing else text,
                     _("Finish the grant"), _("The grant is finished."), missing=missing)  # fmt: skip


def confirmed(
    request: Any, grant: Grant, name: str, deed: Callable[..., Any], heading: str, text: str, button: str, done: str,
    **shown: Any,
) -> HttpResponse:  # fmt: skip
    """Do on POST what needs no more than a yes."""
    if request.method == "POST":
        try:
            deed(grant, by=request.user, version=key_in(request.POST.get("seen", "")))
        except ValidationError as error:
            tell(request, error)
            return back(request, grant)
        return back(request, grant, done)
    return ask(request, grant, f"{HERE}sure.html", heading=heading, text=text, button=button, deed=name, **shown)


def annul(request: Any, grant: Grant) -> HttpResponse:
    """Ask why a decision is undone."""
    return with_reason(request, grant, "annuller", WhyForm, _("Annul the grant"), _("The grant is annulled."))


def lapse(request: Any, grant: Grant) -> HttpResponse:
    """Ask how much lapses, and why."""
    done = _("It has lapsed. The money is free on the account again.")
    return with_reason(request, grant, "bortfall", LapseForm, _("Let the grant lapse"), done)


def with_reason(
    request: Any, grant: Grant, name: str, kind: type[WhyForm], heading: str, done: str
) -> HttpResponse:  # fmt: skip
    form = kind(request.POST if request.method == "POST" else None, initial={"seen": grant.row_version})
    today = timezone.localdate()
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        given = {"why": typed["why"], "by": request.user, "on": today, "version": typed["seen"]}
        try:
            if name == "bortfall":
                granting.lapse(grant, typed["amount"], once=typed["once"], **given)
            else:
                granting.annul(grant, **given)
        except held.Handled as handled:
            return back(request, grant, handled.messages[0], messages.WARNING)
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, grant, done)
    under_way = granting.asked_payouts(grant)
    return ask(
        request, grant, f"{HERE}end.html", form=form, heading=heading, deed=name, under_way=under_way,
        most_nok=grant.balance.unpaid_nok - under_way,
    )  # fmt: skip


DEEDS: dict[str, tuple[tuple[str, ...], Callable[[Any, Grant], HttpResponse]]] = {
    "": ((State.PROPOSED,), preview), "innvilg": ((State.PROPOSED,), give), "avsla": ((State.PROPOSED,), refuse),
    "annuller": ((State.GRANTED,), annul), "bortfall": ((State.GRANTED,), lapse),
    "ferdig": ((State.GRANTED,), finish), "gjenapne": ((State.DECLINED, State.FINISHED), reopen),
}  # fmt: skip
"""Each: the states it is shown for, and its page."""


# ---- conditions ----

SETTLED = {
    Condition.State.MET: gettext_lazy("The condition stands as met."),
    Condition.State.WAIVED: gettext_lazy("The condition is waived. The recipient is told."),
    Condition.State.OPEN: gettext_lazy("The condition is open again."),
}


@never_cache
@login_required
@read_or_act
def settle_condition(request: Any, authority: str, grant: int, condition: int) -> HttpResponse:
    """Say that a condition is met or waived, or open again."""
    found, today = grant_of(request.user, authority, grant), timezone.localdate()
    require(permissions.may(request.user, found.authority_id, permissions.DECIDES))
    if (stop := gate.of_grant(request, found)) is not None:
        return stop
    row = get_object_or_404(Condition.objects.select_related("settled_by", "document"), pk=condition, grant=found)
    row.grant = found
    documents = Document.objects.filter(case=found.case_id)
    form = SettleForm(
        request.POST if request.method == "POST" else None, condition=row, documents=documents, today=today
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            conditions.settle(
                row, by=request.user, on=typed["on"], state=typed["state"], note=typed["note"],
                document=typed["document"], version=typed["seen"],
            )  # fmt: skip
        except held.Handled as handled:
            return back(request, found, handled.messages[0], messages.WARNING, "#vilkar")
        except ValidationError as error:
            add(form, error)
        else:
            return back(request, found, str(SETTLED[Condition.State(typed["state"])]), at="#vilkar")
    access_log.saw(request.user, found.case, "case")
    reports = list(GrantReport.objects.filter(condition=row))
    line = next(
        one for one in grant_lists.conditions_of(found, facts.of_one(found), reports, today) if one.row.pk == row.pk
    )
    return ask(request, found, f"{HERE}settle.html", form=form, line=line, row=row, heading=_("Settle the condition"))
