"""Writing an application: step by step, saved as one types, sent when it is whole.

The pages open for those whose application it is; to others it does not exist. Drafts are seen by nobody at the fund.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from grants.applying import application_forms as forms
from grants.applying import content as typed
from grants.applying import drafting, reach, steps, submitting
from grants.applying.drafting import Overtaken, SentMeanwhile
from grants.applying.missing import FILES, MONEY, SEND, STEPS
from grants.calls import eligibility
from grants.models import Application
from grants.views.calls import call_of
from portal import permissions, ratelimit
from portal.acting_for import mandates
from portal.models.base import key_in
from portal.signing_in import step_up
from portal.strength import Deed
from portal.views import rounds
from portal.views.methods import read_or_act
from portal.views.organisation_input import who_act

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

    from grants.applying.content import Content
    from grants.applying.reach import Own
    from grants.models import Call

HERE = "grants/applying/"
SAVES_A_MINUTE = 90


# ---- beginning ----


@never_cache
@read_or_act
def start_application(request: Any, authority: str, call: str) -> HttpResponse:
    """Choose who applies and begin; nobody comes here past the check of the call."""
    found, row, _works = call_of(request.user, authority, call)
    if not drafting.is_open(row, timezone.now()):
        messages.info(request, _("The call is not open now."))
        return redirect(row)
    answers = eligibility.passed(row, request.GET.get(eligibility.NAME, ""))
    if answers is None:
        return redirect("call_check", found.slug, row.slug)
    if not request.user.is_authenticated:
        back = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('signin_ways', args=[found.slug])}?{back}")
    choices = applicants(request, row)
    if request.method == "POST":
        return begin(request, row, choices, answers)
    return choose(request, row, choices)


def applicants(request: Any, call: Call) -> list[dict[str, Any]]:
    """Return whom she can apply for at the call's authority, herself last where founders may."""
    today, found = timezone.localdate(), {}
    for mandate in mandates.held_by(request.user, today).filter(organisation__authority=call.authority_id):
        row = mandate.organisation
        found[row.pk] = {
            "key": str(row.pk), "organisation": row, "name": row.name, "number": row.number,
            "why_not": drafting.obstacle(call, row),
        }  # fmt: skip
    rows = list(found.values())
    if not drafting.obstacle(call, None):
        rows.append({"key": "0", "organisation": None, "name": request.user.name, "number": "", "why_not": ""})
    return rows


def choose(
    request: Any, call: Call, choices: list[dict[str, Any]], *, error: str = "", chosen: str = ""
) -> HttpResponse:  # fmt: skip
    mine = Application.objects.filter(reach.mine(request.user, timezone.localdate()), call=call)
    able = [row for row in choices if not row["why_not"]]
    companies = [row["key"] for row in able if row["organisation"]] or [row["key"] for row in able]
    context = {
        "authority": call.authority, "call": call, "choices": choices, "able": able, "error": error,
        "chosen": chosen or (companies[0] if len(companies) == 1 else ""),
        "begun": mine.filter(state=Application.State.DRAFT).select_related("organisation").order_by("-edited_at")[:10],
        "closes": steps.closes_words(call),
    }  # fmt: skip
    return render(request, f"{HERE}start.html", context)


def begin(request: Any, call: Call, choices: list[dict[str, Any]], answers: dict[str, bool]) -> HttpResponse:
    """Make the draft of whom was chosen, and go on to the first step."""
    given = request.POST.get("applicant", "")
    chosen = next((row for row in choices if row["key"] == given), None)
    if chosen is None:
        return choose(request, call, choices, error=_("Choose who applies."))
    try:
        made = drafting.start(
            call, by=request.user, organisation=chosen["organisation"], eligibility=answers, now=timezone.now()
        )
    except ValidationError as error:
        return choose(request, call, choices, error=" ".join(error.messages), chosen=given)
    return redirect("write_application", made.pk, STEPS[0])


# ---- a step ----


@never_cache
@login_required
@read_or_act
def write_application(request: Any, application: int, step: str) -> HttpResponse:
    """Show one step of an application; save it on POST, and go where the button says."""
    if step not in STEPS:
        raise Http404
    own = reach.own(request.user, application, timezone.localdate())
    if request.method == "POST":
        return act(request, own, step)
    if not drafting.may_write(own.application):
        return redirect("own_application", own.application.pk)
    if step == FILES:
        return redirect("application_files", own.application.pk)
    if step == SEND:
        return review(request, own)
    shows_errors = "mangler" in request.GET
    facts = steps.page(own.application, step, timezone.now(), errors=shows_errors, reader=request.user)
    return write(request, own, facts)


@never_cache
@login_required
@require_POST
def save_application(request: HttpRequest, application: int) -> HttpResponse:
    """Save one step as the page's script asks, or as it is sent again after signing in."""
    step = request.POST.get("step", "")
    if step not in STEPS or step in (FILES, SEND):
        raise Http404
    return act(request, reach.own(request.user, application, timezone.localdate()), step)


def is_quiet(request: Any) -> bool:
    """Say whether the page's script saves while one types."""
    return bool(request.POST.get("do") == "quiet" and request.headers.get("Accept") == "application/json")


def told(said: str, status: int = 200, **facts: Any) -> JsonResponse:
    return JsonResponse({"said": said, **facts}, status=status)


def act(request: Any, own: Own, step: str) -> HttpResponse:
    """Do what was pressed; whatever it is, what is typed is kept first."""
    if ratelimit.over_limit("write-application", str(request.user.pk), per_minute=SAVES_A_MINUTE):
        return told(_("Not saved. Press “Save”."), 429) if is_quiet(request) else rounds.too_fast(request)
    if step == SEND:
        return send(request, own)
    if step == FILES:
        raise Http404
    now, row = timezone.now(), own.application
    before = typed.of(row.content)
    said = forms.read_step(step, request.POST, before, list(row.call.questions.all()))
    pressed = request.POST.get("do", "")
    place = forms.change_lines(said, pressed) if pressed.startswith(("add-", "drop-")) else ""
    version = steps.version_seen(row, before, step, request.POST.get("seen", ""))
    try:
        saved = drafting.save(own, said, seen=version, by=request.user, now=now)
    except Overtaken as error:
        return show_both(request, own, step, said, error.application)
    except SentMeanwhile as error:
        return was_sent(request, own, said, error.application)
    if is_quiet(request):
        return quiet(request, saved, step, now)
    return go_on(request, own, saved, step, pressed, place, now)


def go_on(
    request: Any, own: Own, saved: Application, step: str, pressed: str, place: str, now: dt.datetime
) -> HttpResponse:
    """Go where the button says: on when the step is right, else here with what is wrong at its field."""
    here = steps.url_of(saved, step)
    if place or pressed == "count":
        return redirect(f"{here}#{place or 'balanse'}")
    if pressed == "later":
        messages.success(request, _("Saved. You find the application here when you want to write on."))
        return redirect("own_application", saved.pk)
    if pressed == "next":
        facts = steps.page(saved, step, now, errors=True, reader=request.user)
        if facts["mistakes"]:
            return write(request, own, facts)
        return redirect("write_application", saved.pk, STEPS[STEPS.index(step) + 1])
    messages.success(request, _("Saved."))
    return redirect(here)


def write(request: Any, own: Own, facts: dict[str, Any], status: int = 200, **more: Any) -> HttpResponse:
    """Write out a step's page."""
    context = {
        **facts, "own": own, "acts": own.acts, "closes": steps.closes_words(own.application.call),
        "who_act": who_sends(own), **more,
    }  # fmt: skip
    return render(request, f"{HERE}write.html", context, status=status)


def who_sends(own: Own) -> list[str]:
    """Return the names of those who can send, for one who prepares only."""
    if own.acts or own.organisation is None:
        return []
    return who_act(own.organisation, timezone.localdate())


def quiet(request: Any, saved: Application, step: str, now: dt.datetime) -> HttpResponse:
    """Tell the page's script that it is saved, with what is missing and the sums as the server computes them."""
    facts = steps.page(saved, step, now, reader=request.user)
    answer = {"seen": facts["seen"], "missing": render_to_string(f"{HERE}missing_list.html", facts)}
    if step == MONEY:
        answer["balance"] = render_to_string(f"{HERE}balance.html", facts)
        answer["asked"] = facts["balance"].sums.asked_nok
    return told(facts["saved"], **answer)


def show_both(request: Any, own: Own, step: str, mine: Content, theirs: Application) -> HttpResponse:
    """Show what someone else saved beside one's own; saving once more puts one's own in its place, knowingly."""
    if is_quiet(request):
        return told(_("Not saved: someone else has changed this step. Press “Save” to see both."), 409)
    facts = steps.page(theirs, step, timezone.now(), content=mine, reader=request.user)
    differs = _differences(mine, theirs)
    return write(request, own, facts, status=409, overtaken=theirs, differences=differs)


def was_sent(request: Any, own: Own, mine: Content, theirs: Application) -> HttpResponse:
    """Say that it was sent meanwhile, and show what one wrote that did not come along."""
    if is_quiet(request):
        return told(_("Not saved: the application was sent meanwhile. Press “Save” to see more."), 409)
    context = {
        "application": theirs, "authority": theirs.authority, "call": theirs.call,
        "differences": _differences(mine, theirs),
    }  # fmt: skip
    return render(request, f"{HERE}sent_meanwhile.html", context, status=409)


def _differences(mine: Content, theirs: Application) -> list[tuple[str, str, str]]:
    questions = list(theirs.call.questions.all())
    return forms.differences(mine, typed.of(theirs.content), theirs.call, questions, timezone.localdate())


# ---- sending ----


def review(request: Any, own: Own, **more: Any) -> HttpResponse:
    """Show just what would be sent, by whom, with the button that sends it."""
    facts = steps.review(own.application, timezone.now(), reader=request.user)
    context = {
        **facts, "own": own, "acts": own.acts, "who_act": who_sends(own), "language": own.application.language,
        "needs_more": not step_up.is_enough(request, Deed.SUBMIT, own.authority), **more,
    }  # fmt: skip
    return render(request, f"{HERE}send.html", context)


def send(request: Any, own: Own) -> HttpResponse:
    """Send the application, or the answer to a supplement, as it was read through.

    Raises:
        PermissionDenied: her mandate lets her prepare only.
    """
    row = own.application
    if not drafting.may_write(row):
        return already(request, row)
    permissions.require(own.acts)
    if (more := step_up.ask(request, Deed.SUBMIT, own.authority)) is not None:
        return more
    now, read = timezone.now(), key_in(request.POST.get("seen", ""))
    before = typed.of(row.content)
    said = forms.read_step(SEND, request.POST, before, [])
    language = request.POST.get("language", "")
    try:
        saved = drafting.save(
            own, said, seen=read, by=request.user, now=now, language=language if language in ("nb", "nn") else ""
        )
        version = read if saved.row_version == row.row_version else saved.row_version
        if row.state == Application.State.DRAFT:
            done = submitting.submit(own, seen=version, by=request.user, now=now)
            return redirect("application_receipt", done.pk)
        submitting.answer_supplement(own, seen=version, by=request.user, now=now)
    except Overtaken as error:
        return review(request, as_it_is(own, error.application), is_overtaken=True)
    except SentMeanwhile as error:
        return already(request, error.application)
    except submitting.NotWhole as error:
        lacks = steps.lacks(row, error.missing)
        return review(request, as_it_is(own), mistakes=[(lack.url, lack.words) for lack in lacks])
    except ValidationError as error:
        return review(request, as_it_is(own), refused=error.messages)
    messages.success(request, _("Sent. We have got what we asked for."))
    return redirect("own_application", row.pk)


def as_it_is(own: Own, found: Application | None = None) -> Own:
    """Return the application as it stands now."""
    row = found or reach.ROWS.get(pk=own.application.pk)
    return reach.Own(row, own.acts, row.organisation)


def already(request: Any, row: Application) -> HttpResponse:
    """Lead to what was sent before: by another press of the button, or by a colleague."""
    if row.submitted_by_id not in (None, request.user.pk) and row.submitted_by is not None:
        messages.info(request, _("%(name)s has sent the application meanwhile.") % {"name": row.submitted_by})
    return redirect("application_receipt" if row.versions.count() < 2 else "own_application", row.pk)
