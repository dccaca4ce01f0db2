"""Papers on a grant as the desk reads them: what waits first, each approved or sent back with what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from grants import paper_lists, papers
from grants.afterwards import closing
from grants.desk import gate
from grants.models import FinancingSource, Grant, GrantReport
from grants.own_forms import add_errors
from portal import access_log, permissions
from portal.models.base import key_in
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@never_cache
@login_required
@read_or_act
def read_papers(request: HttpRequest, authority: str, grant: int) -> HttpResponse:
    """Show a grant's papers, what waits first; approve one, or send it back."""
    found = desk_of(request.user, authority)
    row = get_object_or_404(Grant.objects.select_related("organisation", "case", "scheme"), pk=grant, authority=found)
    row.authority, bound = found, {}
    if (stop := gate.of_grant(request, row)) is not None:
        return stop
    may_read = papers.may_read(request.user, row)
    if request.method == "POST":
        permissions.require(may_read)
        answered, bound = act(request, row)
        if answered is not None:
            return answered
    access_log.saw(request.user, row.case, "case")
    context = {
        "authority": found, "grant": row, "may_read": may_read, "accounts_url": closing.desk_page(row),
        **paper_lists.page_of(row, timezone.localdate(), bound),
    }  # fmt: skip
    return render(request, "grants/papers/read.html", context)


def paper_of(request: Any, grant: Grant) -> Any:
    """Return the paper that a press is about.

    Raises:
        Http404: it is none of this grant's.
    """
    kind, _mark, key = request.POST.get("papir", "").partition("-")
    model: Any = {"kilde": FinancingSource, "rapport": GrantReport}.get(kind)
    if model is None:
        raise Http404
    return get_object_or_404(model, pk=key_in(key), grant=grant)


def act(request: Any, grant: Grant) -> tuple[HttpResponse | None, dict[str, Any]]:
    """Give the answer that was pressed; the form with what was typed, when it must be shown again."""
    row, pressed = paper_of(request, grant), request.POST.get("gjor", "")
    if pressed not in ("ja", "nei"):
        raise Http404
    make = paper_lists.yes_form if pressed == "ja" else paper_lists.no_form
    form = make(row, request.POST)
    if form.is_valid():
        try:
            answer(row, form, ok=pressed == "ja", by=request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            said = _("“%(what)s” is approved.") if pressed == "ja" else _("“%(what)s” is sent back.")
            messages.success(request, said % {"what": row})
            return redirect("read_papers", grant.authority.slug, grant.pk), {}
    return None, {form.prefix: form}


def answer(row: Any, form: Any, *, ok: bool, by: Any) -> None:
    """Read the paper with the answer that was given."""
    given = form.cleaned_data
    facts = {"by": by, "now": timezone.now(), "ok": ok, "note": given["note"], "seen": form.version}
    if isinstance(row, FinancingSource):
        papers.read_source(row, amount_nok=given.get("amount_nok"), **facts)
    else:
        papers.read_report(row, **facts)
