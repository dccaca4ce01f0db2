"""Assessing an application by the call’s criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from grants import held
from grants.desk import assessing, gate
from grants.desk.assessing_forms import AssessmentForm, initial_of
from grants.desk.handling import handles
from grants.grant_forms import add
from grants.models import Application, Assessment
from grants.views.grants import tell
from portal import access_log
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@login_required
@read_or_act
def assess_application(request: HttpRequest, authority: str, application: int) -> HttpResponse:
    """Show the criteria with the points given, the largest grant the statutes allow, and what is recommended."""
    found = gate.application_of(request.user, authority, application)
    if (stop := gate.gate(request, found)) is not None:
        return stop
    may_assess = handles(request.user, found.authority_id) and found.state == Application.State.SUBMITTED
    row = Assessment.objects.filter(application=found).select_related("assessed_by", "complete_by").first()
    facts = assessing.facts_of(found, row)
    form = AssessmentForm(
        request.POST if request.method == "POST" else None, criteria=facts["criteria"], initial=initial_of(row)
    )
    if request.method == "POST":
        require(handles(request.user, found.authority_id))
        if (answered := act(request, found, form)) is not None:
            return answered
    access_log.saw(request.user, found.case, "case")  # type: ignore[arg-type]
    context = {
        **facts, "authority": found.authority, "application": found, "assessment": row, "form": form,
        "may_assess": may_assess, "is_done": row is not None and row.done_at is not None,
        "is_with_body": assessing.with_a_body(found),
    }  # fmt: skip
    return render(request, "grants/assessing/page.html", context)


def act(request: Any, found: Application, form: AssessmentForm) -> HttpResponse | None:
    """Do what was pressed; nothing where the form must be shown again with what was typed.

    Raises:
        Http404: no such deed.
    """
    pressed, facts = request.POST.get("gjor", ""), {"by": request.user, "now": timezone.now()}
    if pressed == "apne":
        try:
            assessing.reopen(found, **facts, seen=key_in(request.POST.get("seen", "")) or None)
        except ValidationError as error:
            tell(request, error)
        else:
            messages.success(request, _("The assessment is open again."))
        return redirect("assess_application", found.authority.slug, found.pk)
    if pressed not in ("lagre", "ferdig"):
        raise Http404
    if not form.is_valid():
        return None
    deed = assessing.done if pressed == "ferdig" else assessing.save
    try:
        deed(found, form.typed, seen=form.cleaned_data["seen"], **facts)
    except held.Handled as handled:
        add(form, handled)
        latest = Assessment.objects.filter(application=found).values_list("row_version", flat=True).first()
        form.data = form.data.copy()
        form.data["seen"] = str(latest or "")
        return None
    except ValidationError as error:
        add(form, error)
        return None
    said = _("The assessment is done.") if pressed == "ferdig" else _("The assessment is saved.")
    messages.success(request, said)
    return redirect("assess_application", found.authority.slug, found.pk)
