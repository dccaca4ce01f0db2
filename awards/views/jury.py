"""The jury’s pages: one’s rounds, declarations, points, and the discussion. Nothing opens before one has declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from awards import permissions
from awards.judging import candidate_page, declaring, field, lists, remarks, sheets
from awards.judging.opinion_forms import OpinionForm, RemarkForm, initial_of
from awards.models import Candidate, PrizeRound
from portal import access_log
from portal.impartiality import NotImpartial
from portal.impartiality_forms import DeclareForm
from portal.models import AccessLog, Authority, Document
from portal.models.base import key_in
from portal.permissions import authorities_with, roles_of
from portal.views.documents import file_of
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from awards.judging.field import Line, Place
    from portal.models import BodyMembership

HERE = "awards/jury/"


@never_cache
@login_required
@require_safe
def jury_home(request: HttpRequest, authority: str) -> HttpResponse:
    """Show the rounds of the juries one sits in, and what waits for one in each."""
    found, user = get_object_or_404(Authority, slug=authority), request.user
    if found.pk not in authorities_with(user, permissions.JUDGES):
        if found.pk in {held for held, _role, _case in roles_of(user)} or getattr(user, "is_superuser", False):
            raise PermissionDenied
        raise Http404
    lines = lists.rounds_of(user, timezone.localdate(), found.pk)  # type: ignore[arg-type]
    return render(request, f"{HERE}home.html", {"authority": found, "lines": lines})


@never_cache
@login_required
@require_safe
def jury_round(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """Show a round’s categories: how far one is in each, and what comes next."""
    found, seat = field.round_of(request.user, authority, prize, year)
    criteria = field.criteria_of(found)
    shows = found.state in field.READS
    context = {
        **facts_of(found, seat), "criteria": criteria, "shows": shows,
        "places": field.places(found, seat, wanted=len(criteria)) if shows else [],
        "members": permissions.seats_of(found, timezone.localdate()),
        "categories": [] if shows else list(found.categories.select_related("category")),
        "rulings": candidate_page.rulings_of(request.user, found),
    }  # fmt: skip
    return render(request, f"{HERE}round.html", context)


def facts_of(found: PrizeRound, seat: BodyMembership) -> dict[str, Any]:
    """Return what every page of a round shows the jury."""
    return {
        "authority": found.authority, "round": found, "seat": seat, "is_scored": field.is_scored(found),
        "works": found.state in field.WORKS,
    }  # fmt: skip


# ---- declarations ----


@never_cache
@login_required
@read_or_act
def jury_declare(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """Ask whether something ties one to the candidates of a category, all at once or one; keep the answers."""
    found, seat = field.round_of(request.user, authority, prize, year)
    if found.state not in field.WORKS:
        messages.info(request, _("The jury is not at work with this round now."))
        return redirect("jury_round", authority, prize, year)
    asked = request.POST if request.method == "POST" else request.GET
    place = field.place_of(found, seat, key_in(asked.get("kategori", "")))
    alone = key_in(asked.get("kandidat", ""))
    chosen = [line for line in place.lines if line.candidate.pk == alone] if alone else place.waits
    if alone and not chosen:
        raise Http404
    if not chosen:
        return redirect("jury_round", authority, prize, year)
    form = DeclareForm(request.POST if request.method == "POST" else None, several=len(chosen) > 1)
    if len(chosen) == 1:
        form.fields["svar"].label = _("Does anything tie you to %(name)s?") % {"name": chosen[0].candidate.name}
    if request.method == "POST" and form.is_valid() and declared(request, found, seat, chosen, form):
        if field.place_of(found, seat, place.category.pk).is_open:
            return redirect("jury_sheet", authority, prize, year, place.category.pk)
        return redirect("jury_round", authority, prize, year)
    context = {**facts_of(found, seat), "place": place, "chosen": chosen, "form": form, "alone": alone}
    return render(request, f"{HERE}declare.html", context)


def declared(request: Any, found: PrizeRound, seat: BodyMembership, chosen: list[Line], form: DeclareForm) -> bool:
    """Keep what was answered, and say so; what is refused stands in the form."""
    typed, shown = form.cleaned_data, {key_in(text) for text in request.POST.getlist("vist")}
    tie = typed["tilknytning"] if typed["svar"] == "tie" else ""
    if tie and len(chosen) > 1:
        form.add_error("svar", _("Choose the one candidate you are tied to, and answer for it alone."))
        return False
    if shown != {line.candidate.pk for line in chosen}:
        form.add_error(None, _("The list of candidates has changed. Read it again, and answer."))
        return False
    try:
        declaring.declare(
            found, seat, [line.candidate for line in chosen], tie=tie, by=request.user, now=timezone.now()
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    if tie:
        words = _("The tie is noted. You take no part in this category unless a leader rules that you may.")
        messages.info(request, words)
        return True
    n = len(chosen)
    told = ngettext(
        "You have declared no ties to %(n)d candidate.", "You have declared no ties to %(n)d candidates.", n
    )
    messages.success(request, told % {"n": n})
    return True


def closed(request: HttpRequest, found: PrizeRound, seat: BodyMembership, place: Place) -> HttpResponseBase | None:
    """Return nothing where a category is open to the member; else the page that says why not, or the way there."""
    if found.state not in field.READS:
        messages.info(request, _("The jury starts when nominations have closed."))
        return redirect("jury_round", found.authority.slug, found.prize.slug, found.year)
    if place.is_open or (not place.lines and found.state in field.READS):
        return None
    context = {**facts_of(found, seat), "place": place}
    return render(request, f"{HERE}closed.html", context, status=403)


# ---- points ----


@never_cache
@login_required
@read_or_act
def jury_sheet(request: HttpRequest, authority: str, prize: str, year: int, category: int) -> HttpResponseBase:
    """Show a category’s candidates with the points one has given; take the sheet when it is handed in."""
    found, seat = field.round_of(request.user, authority, prize, year)
    criteria = field.criteria_of(found)
    place = field.place_of(found, seat, category, wanted=len(criteria))
    if (stop := closed(request, found, seat, place)) is not None:
        return stop
    if request.method == "POST":
        return handed_in(request, found, seat, place)
    criteria, ranked = criteria if place.is_scored else [], candidate_page.so_far(place)
    shown = lists.page_of(place, request.GET, criteria, ranked)
    context = {
        **facts_of(found, seat), **shown, "place": place, "criteria": criteria, "ranked": ranked,
        "rows": lists.rows_of(shown["page"], criteria, ranked),
        "first_left": next((line.candidate.pk for line in place.lines if not line.is_done), None),
    }  # fmt: skip
    return render(request, f"{HERE}sheet.html", context)


def handed_in(request: Any, found: PrizeRound, seat: BodyMembership, place: Place) -> HttpResponse:
    """Hand in the sheet, and say how it stands."""
    if request.POST.get("gjor") != "lever":
        raise Http404
    try:
        sheets.hand_in(seat, place.category, by=request.user, now=timezone.now())
    except NotImpartial:
        messages.warning(request, _("A candidate came meanwhile. Declare whether something ties you to it first."))
        return redirect("jury_round", found.authority.slug, found.prize.slug, found.year)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("Your sheet is handed in. Now you see what the others have given."))
    return redirect("jury_sheet", found.authority.slug, found.prize.slug, found.year, place.category.pk)


@never_cache
@login_required
@read_or_act
def jury_candidate(request: HttpRequest, authority: str, prize: str, year: int, candidate: int) -> HttpResponseBase:
    """Show why a candidate is nominated, and take one’s points, comment and remarks."""
    found, seat = field.round_of(request.user, authority, prize, year)
    row = get_object_or_404(Candidate.objects.select_related("case"), pk=candidate, round=found)
    criteria = field.criteria_of(found)
    place = field.place_of(found, seat, row.category_id, wanted=len(criteria))
    if (stop := closed(request, found, seat, place)) is not None:
        return stop
    if row.pk not in {line.candidate.pk for line in place.lines}:
        messages.info(request, _("This nominee takes no part any more."))
        return redirect("jury_sheet", authority, prize, year, place.category.pk)
    row.authority = row.case.authority = found.authority
    opinion = candidate_page.opinion_of(row, place)
    came_later = place.is_handed_in and opinion is None
    data, pressed = (request.POST, request.POST.get("gjor", "")) if request.method == "POST" else (None, "")
    form = OpinionForm(
        data if pressed in ("lagre", "neste") else None, criteria=criteria if field.is_scored(found) else [],
        is_handed_in=place.is_handed_in, initial=initial_of(opinion, came_later=came_later),
    )  # fmt: skip
    remark = RemarkForm(data if pressed == "si" else None, prefix="innlegg")
    if data is not None and (answered := act(request, found, seat, row, place, form, remark)) is not None:
        return answered
    access_log.saw(request.user, row.case, AccessLog.What.CASE)
    context = {
        **facts_of(found, seat), **lists.around(place, row), **candidate_page.facts_of(row, place, seat, criteria),
        "place": place, "candidate": row, "criteria": criteria, "form": form, "remark": remark, "opinion": opinion,
        "came_later": came_later,
    }  # fmt: skip
    return render(request, f"{HERE}candidate.html", context)


def act(
    request: Any, found: PrizeRound, seat: BodyMembership, row: Candidate, place: Place, form: OpinionForm,
    remark: RemarkForm,
) -> HttpResponse | None:  # fmt: skip
    """Do what was pressed; nothing where the form must be shown again with what was typed.

    Raises:
        Http404: no such deed.
    """
    pressed, facts = request.POST.get("gjor", ""), {"by": request.user, "now": timezone.now()}
    if pressed not in ("lagre", "neste", "si"):
        raise Http404
    used: Any = remark if pressed == "si" else form
    if not used.is_valid():
        return None
    try:
        if pressed == "si":
            remarks.say(seat, row, remark.cleaned_data["text"], **facts)
        else:
            sheets.save(seat, row, **form.typed, **facts)
    except NotImpartial:
        messages.warning(request, _("A candidate came meanwhile. Declare whether something ties you to it first."))
        return redirect("jury_round", found.authority.slug, found.prize.slug, found.year)
    except ValidationError as error:
        candidate_page.refuse(used, error)
        return None
    where = [found.authority.slug, found.prize.slug, found.year]
    if pressed == "si":
        return redirect(reverse("jury_candidate", args=[*where, row.pk]) + "#drofting")
    messages.success(request, _("What you think of %(name)s is saved.") % {"name": row.name})
    onward = lists.around(place, row)["next_left"] if pressed == "neste" else None
    if pressed == "neste" and onward is None:
        return redirect("jury_sheet", *where, place.category.pk)
    return redirect("jury_candidate", *where, (onward or row).pk)


@login_required
@require_safe
def jury_document(request: HttpRequest, authority: str, prize: str, year: int, document: int) -> HttpResponseBase:
    """Send a file that came with a nomination as a download, to a member the category is open to."""
    found, seat = field.round_of(request.user, authority, prize, year)
    rows = Document.objects.select_related("case", "nomination_file__nomination__candidate")
    row = get_object_or_404(rows, pk=document, nomination_file__nomination__round=found)
    nomination = row.nomination_file.nomination
    place = field.place_of(found, seat, nomination.candidate.category_id)
    if (stop := closed(request, found, seat, place)) is not None:
        return stop
    if nomination.dismissed_why or nomination.candidate_id not in {line.candidate.pk for line in place.lines}:
        raise Http404
    response = file_of(row)
    access_log.saw(request.user, row.case, AccessLog.What.DOCUMENT, row)
    return response


__all__ = ["jury_candidate", "jury_declare", "jury_document", "jury_home", "jury_round", "jury_sheet"]
