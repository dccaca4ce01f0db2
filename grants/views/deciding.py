"""Deciding an application, by the body’s resolution or by delegation; and the scale of what is delegated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from grants import aid, cautions, facts, grant_lists, held, letters_of, permissions
from grants.desk import answering, deciding, decision_forms, delegating, gate, proposing
from grants.desk.decision_forms import AnswerForm, DecisionForm, DelegationForm, EndForm, PostedForm, ProposeForm
from grants.grant_forms import AidForm, add
from grants.minimis_aid import panel
from grants.models import Delegation, ExemptField, GrantReport, Outcome
from grants.refusals import Refused
from portal import access_log
from portal.calendar import oslo_today
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from grants.models import Application, Decision, Grant

HERE = "grants/deciding/"


# ---- one application ----


@never_cache
@login_required
@read_or_act
def decide_application(request: HttpRequest, authority: str, application: int) -> HttpResponse:
    """Show what is recommended, draw up the grant, decide; or how it was decided, and what was answered."""
    found = gate.application_of(request.user, authority, application)
    if (stop := gate.gate(request, found)) is not None:
        return stop
    access_log.saw(request.user, found.case, "case")
    if request.method != "POST":
        return page(request, found)
    deed = DEEDS.get(request.POST.get("gjor", ""))
    if deed is None:
        raise Http404
    return deed(request, found)


def rights_of(request: Any, application: Application) -> dict[str, bool]:
    owner = application.authority_id
    return {
        "may_set_up": permissions.may(request.user, owner, permissions.SETS_UP) and not request.user.is_superuser,
        "may_decide": permissions.may(request.user, owner, permissions.DECIDES),
    }  # fmt: skip


def page_url(application: Application) -> str:
    return reverse("decide_application", args=[application.authority.slug, application.pk])


def back(application: Application, at: str = "") -> HttpResponse:
    return redirect(page_url(application) + at)


def can_be_decided(application: Application) -> bool:
    """Say whether a decision can be made now: it is received and not answered, or complained of."""
    try:
        proposing.refuse_decided(application)
    except ValidationError:
        return False
    return True


def page(request: Any, application: Application, **forms: Any) -> HttpResponse:
    """Show where the decision stands, with the forms that are open now; `forms` are those that were typed in."""
    today = oslo_today(timezone.now())
    standing, grant = proposing.standing_of(application), proposing.proposed_of(application)
    context = {
        "authority": application.authority, "application": application, "today": today, "standing": standing,
        "page_url": page_url(application), "is_open": can_be_decided(application),
        "assessment": proposing.assessment_of(application), **rights_of(request, application),
        **(of_decision(standing, application, today) if standing else {}),
    }  # fmt: skip
    if context["is_open"]:
        context |= to_decide(request, application, grant, today)
    elif standing is not None:
        context |= after_decision(standing, today)
    return render(request, f"{HERE}decide.html", {**context, **forms})


def to_decide(request: Any, application: Application, grant: Grant | None, today: Any) -> dict[str, Any]:
    """Return what is needed to decide: the grant that is drawn up, what stands in its way, and the forms."""
    assessment = proposing.assessment_of(application)
    limits = proposing.limits_of(application, assessment)
    aid_row = getattr(grant, "aid", None) if grant else None
    known: dict[str, Any] = {}
    if grant is not None:
        reports = list(GrantReport.objects.filter(grant=grant))
        known = {
            "cautions": cautions.of(grant, today, request.user), "left_nok": left_after(grant),
            "conditions": grant_lists.conditions_of(grant, facts.of_one(grant), reports, today),
            "frame": cautions.frame_left(grant.account_id, today.year),
            "beyond": deciding.beyond(application, grant.amount_nok),
            "panel": panel.of_grant(grant, today) if aid_row and aid_row.basis in aid.MINIMIS else None,
        }  # fmt: skip
    return {
        "grant": grant, "aid": aid_row, "limits": limits, **known,
        "propose_form": ProposeForm(application=application, grant=grant, initial=drawn_up(application, grant)),
        "aid_form": aid_form(aid_row),
        "form": DecisionForm(
            application=application, grant=grant, user=request.user, today=today,
            initial=decision_forms.begun(application, assessment, grant),
        ),
    }  # fmt: skip


def left_after(grant: Grant) -> int:
    return grant.account.balance.free_nok - grant.amount_nok


def drawn_up(application: Application, grant: Grant | None) -> dict[str, Any]:
    """Return the grant as it is drawn up, or as the recommendation suggests it."""
    if grant is not None:
        return {"amount_nok": grant.amount_nok, "public_title": grant.title, "use_by": grant.use_by,
                "organisation": grant.organisation_id}  # fmt: skip
    assessment = proposing.assessment_of(application)
    amount = assessment.amount_nok if assessment else None
    return {"amount_nok": amount, "public_title": application.call.title, "use_by": proposing.use_by_of(application)}


def aid_form(row: Any, data: Any = None) -> AidForm:
    initial = {name: getattr(row, name) for name in aid.TERMS} if row else {}
    return AidForm(data, initial={**initial, "seen": row.row_version if row else -1}, prefix="aid")


def of_decision(decision: Decision, application: Application, today: Any) -> dict[str, Any]:
    return {
        "exempt": list(ExemptField.objects.filter(grant=decision.grant_id)) if decision.grant_id else [],
        "waits": answering.waits(decision), "readers": deciding.readers_of(application, today),
    }  # fmt: skip


def after_decision(decision: Decision, today: Any) -> dict[str, Any]:
    """Return the forms of what is still to be written down: the letter posted, an answer on paper."""
    found: dict[str, Any] = {}
    if decision.notified_on is None:
        found["posted_form"] = PostedForm(today=today, prefix="post")
    elif answering.waits(decision):
        found["answer_form"] = AnswerForm(today=today, prefix="svar")
    return found


# ---- what is done on the page ----


def done(request: Any, application: Application, text: str, at: str = "") -> HttpResponse:
    messages.success(request, text)
    return back(application, at)


def stopped(request: Any, application: Application, error: ValidationError) -> HttpResponse:
    for text in error.messages:
        messages.warning(request, text)
    return back(application)


def propose(request: Any, application: Application) -> HttpResponse:
    """Draw up the grant, or change it."""
    grant, today = proposing.proposed_of(application), oslo_today(timezone.now())
    form = ProposeForm(request.POST, application=application, grant=grant)
    if form.is_valid():
        try:
            proposing.propose_grant(application, by=request.user, on=today, **form.terms())
        except held.Handled as handled:
            return stopped(request, application, handled)
        except ValidationError as error:
            add(form, error)
        else:
            return done(request, application, _("The grant is drawn up. No money is bound yet."), "#tilsagn")
    return page(request, application, propose_form=form)


def assess_aid(request: Any, application: Application) -> HttpResponse:
    """Say whether the grant is state aid."""
    grant = proposing.proposed_of(application)
    if grant is None:
        return back(application)
    form = aid_form(getattr(grant, "aid", None), request.POST)
    if form.is_valid():
        typed = dict(form.cleaned_data)
        try:
            aid.assess(
                grant, by=request.user, on=oslo_today(timezone.now()), version=typed.pop("seen"), **typed
            )  # fmt: skip
        except held.Handled as handled:
            return stopped(request, application, handled)
        except ValidationError as error:
            add(form, error)
        else:
            return done(request, application, _("The assessment is saved."), "#tilsagn")
    return page(request, application, aid_form=form)


def typed_decision(request: Any, application: Application) -> DecisionForm:
    return DecisionForm(
        request.POST, application=application, grant=proposing.proposed_of(application), user=request.user,
        today=oslo_today(timezone.now()),
    )  # fmt: skip


def preview(request: Any, application: Application) -> HttpResponse:
    """Show the decision once more before it is made."""
    require(rights_of(request, application)["may_decide"])
    form = typed_decision(request, application)
    if not form.is_valid():
        return page(request, application, form=form)
    context = {
        "authority": application.authority, "application": application, "form": form, "grant": form.grant,
        "typed": form.cleaned_data, "step": form.step(), "page_url": page_url(application),
        "outcome": Outcome(form.cleaned_data["outcome"]).label,
        "reached": bool(deciding.readers_of(application, form.today)),
    }  # fmt: skip
    return render(request, f"{HERE}sure.html", context)


def show_letter(request: Any, application: Application) -> HttpResponse:
    """Show the letter as it would be sent now; nothing is kept."""
    require(rights_of(request, application)["may_decide"])
    form, now = typed_decision(request, application), timezone.now()
    if not form.is_valid():
        return page(request, application, form=form)
    typed = form.decision()
    grant = form.grant if typed["outcome"] == Outcome.GRANTED else None
    named = {name: typed[name] for name in ("step", "delegation", "on", "grounds", "legal_basis")}
    before = proposing.standing_of(application)
    made = deciding.drawn(application, typed["outcome"], grant, before, by=request.user, now=now, **named)
    answer = HttpResponse(letters_of.preview_of(made, today=oslo_today(now)), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="utkast.pdf"'
    return answer


def edit_again(request: Any, application: Application) -> HttpResponse:
    return page(request, application, form=typed_decision(request, application))


def decide(request: Any, application: Application) -> HttpResponse:
    """Make the decision; what stops it is shown above what was typed."""
    form = typed_decision(request, application)
    if form.is_valid():
        try:
            made = deciding.decide(
                application, by=request.user, now=timezone.now(), replaces=proposing.standing_of(application),
                **form.decision(),
            )  # fmt: skip
        except held.Handled as handled:
            return stopped(request, application, handled)
        except ValidationError as error:
            add(form, error)
        else:
            if made.notified_on is not None:
                return done(request, application, _("Decided. The applicant is told, and can read the letter here."))
            text = _("Decided. Nobody can read it here for the applicant: print the letter and post it.")
            return done(request, application, text)
    return page(request, application, form=form)


def post_letter(request: Any, application: Application) -> HttpResponse:
    """Write down the day the letter was posted."""
    form = PostedForm(request.POST, today=oslo_today(timezone.now()), prefix="post")
    return afterwards(
        request, application, form, "posted_form", lambda decision: deciding.posted(
            decision, on=form.cleaned_data["on"], by=request.user
        ), _("The day is noted. The time to complain runs from then."),
    )  # fmt: skip


def register_answer(request: Any, application: Application) -> HttpResponse:
    """Write down what the applicant answered on paper."""
    form = AnswerForm(request.POST, today=oslo_today(timezone.now()), prefix="svar")
    return afterwards(
        request, application, form, "answer_form", lambda decision: answering.register(
            decision, form.cleaned_data["answer"], on=form.cleaned_data["on"], by=request.user, now=timezone.now()
        ), _("The answer is noted."),
    )  # fmt: skip


def afterwards(
    request: Any, application: Application, form: PostedForm, name: str, deed: Callable[[Decision], Any], text: str
) -> HttpResponse:
    """Do what follows a decision that stands, or show again what was typed."""
    decision = proposing.standing_of(application)
    if decision is None:
        raise Http404
    if form.is_valid():
        try:
            deed(decision)
        except (held.Handled, Refused) as error:
            return stopped(request, application, error)
        except ValidationError as error:
            add(form, error)
        else:
            return done(request, application, text)
    return page(request, application, **{name: form})


DEEDS = {
    "tilsagn": propose, "stotte": assess_aid, "se": preview, "brev": show_letter, "endre": edit_again, "vedta": decide,
    "postlagt": post_letter, "svar": register_answer,
}  # fmt: skip


# ---- what is delegated ----


@never_cache
@login_required
@read_or_act
def delegations(request: Any, authority: str) -> HttpResponse:
    """Show up to how much each role decides; leaders add to it, end it and take away what is a mistake."""
    owner = desk_of(request.user, authority)
    require(permissions.may(request.user, owner.pk, permissions.SEES))
    may_change = permissions.may(request.user, owner.pk, delegating.SETS_SCALE)
    form, ending = DelegationForm(authority=owner), None
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if request.POST.get("gjor") == "ny":
            form = DelegationForm(request.POST, authority=owner)
            answered = add_delegation(request, form)
        else:
            ending, answered = change_delegation(request, owner)
        if answered is not None:
            return answered
    today = oslo_today(timezone.now())
    rows = [
        {"row": row, "is_over": row.valid_to is not None and row.valid_to < today,
         "end": ending[1] if ending and ending[0] == row.pk else EndForm(
             prefix=f"d{row.pk}", initial={"on": today, "seen": row.row_version}
         )}
        for row in delegating.scale_of(owner)
    ]  # fmt: skip
    context = {"authority": owner, "rows": rows, "form": form, "may_change": may_change, "today": today}
    return render(request, f"{HERE}delegations.html", context)


def add_delegation(request: Any, form: DelegationForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    try:
        delegating.add(by=request.user, **form.cleaned_data)
    except ValidationError as error:
        add(form, error)
        return None
    messages.success(request, _("The delegation is written down."))
    return redirect(request.path)


def change_delegation(request: Any, owner: Any) -> tuple[tuple[int, EndForm] | None, HttpResponse | None]:
    """End a delegation, or take it away; return the form to show again, or the answer."""
    row = get_object_or_404(Delegation, pk=key_in(request.POST.get("rad", "")), authority=owner)
    form = EndForm(request.POST, prefix=f"d{row.pk}")
    try:
        if request.POST.get("gjor") == "fjern":
            delegating.remove(row, by=request.user, seen=key_in(request.POST.get(f"d{row.pk}-seen", "")))
            messages.success(request, _("The delegation is taken away."))
        elif form.is_valid():
            delegating.end(row, on=form.cleaned_data["on"], by=request.user, seen=form.cleaned_data["seen"])
            messages.success(request, _("The delegation ends that day."))
        else:
            return (row.pk, form), None
    except held.Handled as handled:
        messages.warning(request, handled.messages[0])
    except ValidationError as error:
        add(form, error) if form.is_bound and form.is_valid() else messages.warning(request, error.messages[0])
        return ((row.pk, form), None) if form.errors else (None, redirect(request.path))
    return None, redirect(request.path)
