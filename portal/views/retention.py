"""How long what is kept, and what is ready to be looked through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal.archiving import retention as deeds
from portal.models import RetentionRule
from portal.models.base import key_in
from portal.permissions import does_casework, require
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@login_required
@read_or_act
def retention(request: HttpRequest, authority: str) -> HttpResponse:
    """Show each series with its rule and the cases whose time is over; set a rule on POST."""
    owner = desk_of(request.user, authority)
    require(does_casework(request.user, owner.pk))
    today = timezone.localdate()
    if request.method == "POST":
        try:
            deeds.set_rule(
                owner, request.POST.get("series", ""), action=request.POST.get("action", ""),
                years=min(key_in(request.POST.get("years", "")), 999) or None, basis=request.POST.get("basis", ""),
                by=request.user, on=today,  # type: ignore[arg-type]
            )  # fmt: skip
            messages.success(request, _("The rule is set."))
            return redirect("retention", owner.slug)
        except ValidationError as error:
            for text in error.messages:
                messages.warning(request, text)
    lines = deeds.lines(owner, today)
    ready = [
        (line.label, list(deeds.ready(owner, line.rule, today)[: deeds.SHOWN]))
        for line in lines
        if line.rule and line.ready
    ]
    chosen = next((line for line in lines if line.series == request.GET.get("serie", "?")), None)
    context = {
        "authority": owner, "lines": lines, "ready": ready, "chosen": chosen, "actions": RetentionRule.Action,
        "may": deeds.may_set(request.user, owner.pk), "typed": request.POST,
    }  # fmt: skip
    return render(request, "portal/archiving/retention.html", context)
