"""Deciding a category: the ranking, the finalists, the jury’s meeting with its votes, the decision, the minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from awards import gate, permissions
from awards.deciding import decisions, finalists, meeting, minutes, pages, votes
from awards.deciding.deciding_forms import DecisionForm, MeetingForm, TakeUpForm, TextsForm, VotesForm
from awards.judging.field import is_blind
from awards.models import CategoryDecision
from awards.views import paper_sheets
from grants.views.grants import tell
from portal import access_log
from portal.impartiality import NotImpartial
from portal.impartiality_protocol import Page
from portal.input_forms import add
from portal.models import BodyMembership
from portal.models.base import key_in
from portal.permissions import require
from portal.views.documents import file_of
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from awards.deciding.pages import Standing
    from awards.models import PrizeRound, RoundCategory

HERE = "awards/deciding/"


@never_cache
@login_required
@read_or_act
def decide_category(request: HttpRequest, authority: str, prize: str, year: int, category: int) -> HttpResponse:
    """Show how a category stands, and register what the jury did in it."""
    round_ = gate.round_of(request.user, authority, prize, year)
    found = gate.category_of(round_, category)
    stand = pages.standing_of(round_, found, timezone.now())
    if (stop := gate.gate(request, round_, stand.field)) is not None:
        return stop
    access_log.saw_list(request.user, [one.case for one in stand.field])
    if request.method != "POST":
        return page(request, stand)
    require(permissions.may(request.user, round_.authority_id, permissions.SETS_UP))
    pressed = request.POST.get("gjor", "")
    if (deed := DEEDS.get(pressed)) is None:
        raise Http404
    if pressed not in ("mote", "oppmote") and is_blind(request.user, found, stand.today):
        messages.warning(request, _("You sit in the jury. Hand in your own points first."))
        return back(stand)
    return deed(request, stand)


def page(request: Any, stand: Standing, **forms: Any) -> HttpResponse:
    """Show the page, with the forms that are open now; `forms` are those that were typed in."""
    seats = forms.pop("seats", None) or (Page(stand.step, whole=True) if stand.step else None)
    step_seen = stand.step.pk if stand.step else 0
    shown: dict[str, Any] = {
        "meeting_form": MeetingForm(
            prefix="mote", initial={"held_on": stand.round.jury_meets_on or stand.today, "seen": step_seen}
        ),
        "votes_form": votes_form(stand), "form": decision_form(stand), "take_up_form": TakeUpForm(prefix="opp"),
        "texts_form": TextsForm(prefix="om", candidates=stand.finalists), **forms,
    }  # fmt: skip
    asked = request.GET.get("spor", "") if not forms else ""
    context = {
        **pages.facts_of(stand, request.user), **shown, "seats": seats, "asked": asked == "ta-opp",
        "typed": [each for each in (*forms.values(), *(seats.forms if seats else [])) if getattr(each, "is_bound", 0)],
        "new_meeting": asked == "mote" or (forms.get("meeting_form") is not None and stand.step is not None),
    }  # fmt: skip
    return render(request, f"{HERE}page.html", context)


def votes_form(stand: Standing, data: Any = None) -> VotesForm:
    return VotesForm(
        data, prefix="stemme", members=stand.voters, candidates=stand.electable,
        before={row.member_id: row for row in stand.votes},
    )  # fmt: skip


def decision_form(stand: Standing, data: Any = None) -> DecisionForm:
    day = (stand.step.starts_on if stand.step else None) or stand.today
    return DecisionForm(data, candidates=stand.electable, initial={"decided_on": min(day, stand.today)})


def page_url(category: RoundCategory) -> str:
    round_ = category.round
    return reverse("decide_category", args=[round_.authority.slug, round_.prize.slug, round_.year, category.pk])


def back(stand: Standing, at: str = "") -> HttpResponse:
    return redirect(page_url(stand.category) + at)


def facts_of(request: Any) -> dict[str, Any]:
    return {"by": request.user, "now": timezone.now()}


def as_now(stand: Standing) -> Standing:
    """Return how the category stands after somebody else has done something."""
    return pages.standing_of(stand.round, stand.category, timezone.now())


# ---- deeds ----


def hold_meeting(request: Any, stand: Standing) -> HttpResponse:
    """Write down the day the jury met."""
    form = MeetingForm(request.POST, prefix="mote")
    if form.is_valid():
        typed = form.cleaned_data
        try:
            meeting.hold(stand.round, on=typed["held_on"], seen=typed["seen"], **facts_of(request))
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, _("The meeting is noted. Register who took part."))
            return back(stand, "#mote")
    return page(request, stand, meeting_form=form)


def attend(request: Any, stand: Standing) -> HttpResponse:
    """Register who took part."""
    if stand.step is None:
        return back(stand, "#mote")
    seats = Page(stand.step, request.POST, whole=True)
    if not seats.forms or not seats.forms[0].is_bound:
        messages.warning(request, _("Another meeting is registered since. See how it stands."))
        return back(stand, "#mote")
    if seats.is_valid():
        try:
            meeting.attend(stand.round, stand.step, seats.seats(), all_asked=seats.all_asked, **facts_of(request))
        except NotImpartial:
            text = _("Who registers the meeting has declared for every candidate of the round. Ask a colleague.")
            messages.warning(request, text)
            return back(stand, "#mote")
        except ValidationError as error:
            seats.refuse(error)
        else:
            messages.success(request, _("Who took part is kept, for every category."))
            return back(stand, "#mote")
    return page(request, stand, seats=seats)


def choose(request: Any, stand: Standing) -> HttpResponse:
    """Let the chosen candidates go on as finalists."""
    keys = [key for text in request.POST.getlist("finalist") if (key := key_in(text))]
    try:
        chosen = finalists.choose(stand.category, keys, **facts_of(request))
    except ValidationError as error:
        tell(request, error)
    else:
        words = ngettext("%(n)d finalist is chosen.", "%(n)d finalists are chosen.", len(chosen))
        messages.success(request, words % {"n": len(chosen)} if chosen else _("No finalists are chosen."))
    return back(stand, "#rangering")


def describe(request: Any, stand: Standing) -> HttpResponse:
    """Keep what everyone reads of the finalists."""
    form = TextsForm(request.POST, prefix="om", candidates=stand.finalists)
    if form.is_valid():
        try:
            finalists.describe(stand.category, form.texts(), **facts_of(request))
        except ValidationError as error:
            tell(request, error)
        else:
            messages.success(request, _("The texts are kept."))
            return back(stand, "#om-finalistene")
    return page(request, stand, texts_form=form)


def vote(request: Any, stand: Standing) -> HttpResponse:
    """Register how each voted."""
    form = votes_form(stand, request.POST)
    if form.is_valid():
        try:
            votes.register(stand.category, form.cast(), **facts_of(request))
        except ValidationError as error:
            form.refuse(error.message_dict if hasattr(error, "error_dict") else {"": error.messages})
        else:
            messages.success(request, _("The votes are kept."))
            return back(stand, "#stemmer")
    return page(request, stand, votes_form=form)


def preview(request: Any, stand: Standing) -> HttpResponse:
    """Show the decision once more before it is made."""
    form = decision_form(stand, request.POST)
    drawn = _drawn(request, stand, form)
    if drawn is None:
        return page(request, stand, form=form)
    context = {
        "authority": stand.round.authority, "round": stand.round, "category": stand.category, "form": form,
        "drawn": drawn, "outcome": minutes.outcome_words(drawn), "page_url": page_url(stand.category),
        "is_last": not stand.round.categories.filter(decision=None).exclude(pk=stand.category.pk).exists(),
    }  # fmt: skip
    return render(request, f"{HERE}sure.html", context)


def _drawn(request: Any, stand: Standing, form: DecisionForm) -> CategoryDecision | None:
    """Return the decision as it would be kept; nothing, with the reason in the form, when it cannot be made."""
    if not form.is_valid():
        return None
    try:
        return decisions.preview(stand.category, form.decided(), **facts_of(request))
    except ValidationError as error:
        add(form, error)
        return None


def show_minutes(request: Any, stand: Standing) -> HttpResponse:
    """Show the minutes as they would be kept now; nothing is kept."""
    form = decision_form(stand, request.POST)
    drawn = _drawn(request, stand, form)
    if drawn is None:
        return page(request, stand, form=form)
    made = minutes.made(minutes.basis_of(drawn, stand.held, stand.today), is_draft=True)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="protokoll-utkast.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def edit_again(request: Any, stand: Standing) -> HttpResponse:
    return page(request, stand, form=decision_form(stand, request.POST))


def decide(request: Any, stand: Standing) -> HttpResponse:
    """Make the decision; what stops it is shown above what was typed."""
    form = decision_form(stand, request.POST)
    if form.is_valid():
        try:
            made = decisions.decide(stand.category, form.decided(), **facts_of(request))
        except ValidationError as error:
            add(form, error)
            stand = as_now(stand)
        else:
            messages.success(request, done_words(made.category.round))
            return back(stand)
    return page(request, stand, form=form)


def done_words(round_: PrizeRound) -> str:
    round_.refresh_from_db(fields=["state"])
    if round_.state == round_.State.DECIDED:
        return _("Decided, and so are all the others. The minutes are kept. Nothing is told before the ceremony.")
    return _("Decided, and the minutes are kept. Nothing is told before the ceremony.")


def take_up(request: Any, stand: Standing) -> HttpResponse:
    """Take the category up again."""
    form = TakeUpForm(request.POST, prefix="opp")
    if form.is_valid():
        try:
            decisions.take_up(stand.category, why=form.cleaned_data["why"], **facts_of(request))
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, _("The category is taken up again. The minutes stay in the case."))
            return back(stand)
    return page(request, stand, take_up_form=form)


DEEDS = {
    "mote": hold_meeting, "oppmote": attend, "finalister": choose, "tekster": describe, "stemmer": vote, "se": preview,
    "protokoll": show_minutes, "endre": edit_again, "vedta": decide, "ta-opp": take_up,
}  # fmt: skip


# ---- the minutes ----


@never_cache
@login_required
@require_safe
def category_minutes(
    request: HttpRequest, authority: str, prize: str, year: int, category: int
) -> HttpResponseBase:  # fmt: skip
    """Give the minutes of a decided category, as they were kept."""
    round_ = gate.round_of(request.user, authority, prize, year)
    found = gate.category_of(round_, category)
    if (stop := gate.gate(request, round_, gate.field_of(found))) is not None:
        return stop
    decision = CategoryDecision.objects.filter(category=found).select_related("minutes").first()
    if decision is None or decision.minutes is None:
        messages.info(request, _("There are no minutes until the category is decided."))
        return redirect(page_url(found))
    decision.minutes.case = round_.case
    access_log.saw(request.user, round_.case, "document", decision.minutes)
    return file_of(decision.minutes)


# ---- for members who do not sign in ----


@never_cache
@login_required
@read_or_act
def register_sheet(
    request: HttpRequest, authority: str, prize: str, year: int, category: int, member: int
) -> HttpResponse:
    """Register what a member who does not sign in has said of her ties, and her points."""
    round_ = gate.round_of(request.user, authority, prize, year, roles=permissions.SETS_UP)
    found = gate.category_of(round_, category)
    if (stop := gate.gate(request, round_, gate.field_of(found))) is not None:
        return stop
    rows = BodyMembership.objects.select_related("user", "body")
    seat = get_object_or_404(rows, pk=member, body=round_.jury_id)
    return paper_sheets.page(request, found, seat)
