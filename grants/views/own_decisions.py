"""The decision as the applicant reads it, and her answer."""

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

from grants import schemes
from grants.complaining import rules_words
from grants.desk import answering, proposing
from grants.models import Condition, Decision
from grants.views.application_files import own_of
from grants.views.own_applications import may_bind
from portal.calendar import oslo_today
from portal.models.base import key_in
from portal.permissions import require
from portal.signing_in import step_up
from portal.strength import Deed
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from grants.applying.reach import Own

HERE = "grants/own_decisions/"
ANSWERS = {"ja": Decision.Answer.ACCEPTED, "nei": Decision.Answer.DECLINED}


@never_cache
@login_required
@read_or_act
def own_decision(request: HttpRequest, application: int) -> HttpResponse:
    """Show what was decided, why, and what one can do by when; accept the grant, or turn it down."""
    own = own_of(request, application)
    decision = proposing.standing_of(own.application)
    if decision is None or decision.notified_on is None:
        messages.info(request, _("The application is not decided yet."))
        return redirect("own_application", own.application.pk)
    decision.application = own.application
    if request.method == "POST":
        return answer(request, own, decision)
    context = facts_of(request, own, decision)
    if request.GET.get("gjor") == "nei" and context["waits"] and context["may_bind"]:
        return render(request, f"{HERE}turn_down.html", context)
    return render(request, f"{HERE}decision.html", context)


def facts_of(request: Any, own: Own, decision: Decision) -> dict[str, Any]:
    """Return what the pages show of a decision."""
    application, today = own.application, oslo_today(timezone.now())
    conditions = []
    if decision.grant_id:
        rows = Condition.objects.filter(grant=decision.grant_id, binds=Condition.Binds.RECIPIENT)
        conditions = [{"row": row, "asks": schemes.said_of(row)} for row in rows.order_by("position", "pk")]
    waits, accept_by = answering.waits(decision), answering.accept_until(decision)
    return {
        "own": own, "application": application, "owner": application.authority, "authority": None, "today": today,
        "decision": decision, "conditions": conditions, "waits": waits, "may_bind": may_bind(own, request.user),
        "is_over": waits and accept_by is not None and accept_by < today, "accept_by": accept_by,
        "needs_more": not step_up.is_enough(request, Deed.ACCEPT, application.authority),
        "can_complain": decision.complain_by is not None and today <= decision.complain_by,
        "complaint": (complaint := rules_words.latest_of(decision)),
        "complaint_shown": rules_words.to_complainant(complaint) if complaint else None,
        "page_url": reverse("own_decision", args=[application.pk]),
        "own_url": reverse("own_application", args=[application.pk]),
    }  # fmt: skip


def answer(request: Any, own: Own, decision: Decision) -> HttpResponse:
    """Accept or turn down, once she is known surely enough; what stands is told to a second press."""
    given = ANSWERS.get(request.POST.get("gjor", ""))
    if given is None:
        raise Http404
    require(may_bind(own, request.user))
    if (more := step_up.ask(request, Deed.ACCEPT, own.application.authority)) is not None:
        return more
    if key_in(request.POST.get("vedtak", "")) != decision.pk:
        messages.warning(request, _("The decision is replaced by another. Read it before you answer."))
        return redirect("own_decision", own.application.pk)
    try:
        answering.answer(decision, given, by=request.user, now=timezone.now())
    except ValidationError as error:
        for text in error.messages:
            messages.warning(request, text)
    else:
        if given == Decision.Answer.ACCEPTED:
            messages.success(request, _("You have accepted the grant. Now you can ask for payouts."))
        else:
            messages.success(request, _("You have turned the grant down."))
    return redirect("own_decision", own.application.pk)
