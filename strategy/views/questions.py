"""Questions from the business forum: what anyone reads, what a reviewer asks, and what the municipality answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import permissions
from portal.changes import changes_of
from portal.models.base import key_in
from portal.views.methods import read_or_act
from strategy import forum, sentences
from strategy.forum_forms import AnswerForm, AskForm
from strategy.models import ForumQuestion
from strategy.pages import lang_of
from strategy.permissions import may_ask
from strategy.views.plans import let_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from strategy.models import Plan
    from strategy.views.plans import Visit

PER_PAGE = 50


def frame(plan: Plan) -> dict[str, Any]:
    """Return what every page about a plan's questions shows."""
    return {
        "plan": plan, "authority": plan.authority, "words": sentences.Words.of(plan),
        "lang": lang_of(plan.authority.language_form),
        "page_url": reverse("plan_questions", args=[plan.authority.slug, plan.slug]),
    }  # fmt: skip


# ---- what anyone reads, and a reviewer asks ----


@never_cache
@read_or_act
def plan_questions(request: Any, authority: str, plan: str) -> HttpResponse:
    """Show the questions this reader may read with their answers; take a reviewer's new one."""
    visit = let_in(request, authority, plan)
    found, _participants = visit.fetch()
    asks = may_ask(request.user, visit.gate.participant_ids)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        permissions.require(asks)
        if "ta_tilbake" in request.POST:
            return take_back(request, found)
    form = form_for(request, found, visit) if asks else None
    if form is not None and form.is_valid():
        return ask(request, found, visit, form)
    return show(request, found, visit, form)


def form_for(request: Any, plan: Plan, visit: Visit) -> AskForm:
    """Return the form, begun with what the link that led here was about."""
    if request.method == "POST":
        return AskForm(request.POST, plan=plan, today=visit.today)
    measure, report = (key_in(request.GET.get(name, "")) for name in ("tiltak", "rapport"))
    about = f"t{measure}" if measure else f"r{report}" if report else ""
    return AskForm(initial={"about": about}, plan=plan, today=visit.today)


def ask(request: Any, plan: Plan, visit: Visit, form: AskForm) -> HttpResponse:
    asked = forum.ask(plan, form.asked, participant_ids=visit.gate.participant_ids, by=request.user, at=timezone.now())
    messages.success(request, _("The question is sent. You get an e-mail when it is answered."))
    return redirect(f"{reverse('plan_questions', args=[plan.authority.slug, plan.slug])}#s{asked.pk}")


def take_back(request: Any, plan: Plan) -> HttpResponse:
    """Take the reviewer's own unanswered question back."""
    own = ForumQuestion.objects.filter(plan=plan, asked_by=request.user)
    question = get_object_or_404(own, pk=key_in(request.POST["ta_tilbake"]))
    if forum.take_back(question, by=request.user):
        messages.success(request, _("The question is taken back."))
    else:
        messages.info(request, _("The question was answered meanwhile, so it stays."))
    return redirect("plan_questions", plan.authority.slug, plan.slug)


def show(request: Any, plan: Plan, visit: Visit, form: AskForm | None) -> HttpResponse:
    """Write out the page of a plan's questions, those that wait for an answer first."""
    everything = forum.reads_all(request.user, visit.gate, visit.gate.participant_ids)
    rows = forum.readable(plan.pk, everything=everything).select_related(
        "measure__current_entry__strategy", "report", "body"
    )
    waiting_first = F("answered_on").desc(nulls_first=True)
    in_order = rows.defer("report__content", "report__html").order_by(waiting_first, "-asked_on", "-pk")
    page = Paginator(in_order, PER_PAGE).get_page(request.GET.get("side"))
    context = {
        **frame(plan), "form": form, "page": page, "everything": everything,
        "shown": forum.shown(page, today=visit.today, reader=request.user),
        "may_answer": forum.may_answer(request.user, plan.authority_id),
    }  # fmt: skip
    return render(request, "strategy/questions/plan_questions.html", context)


# ---- what the municipality answers ----


@never_cache
@login_required
@read_or_act
def answer_question(request: Any, authority: str, plan: str, question: int) -> HttpResponse:
    """Show one question and the form that answers it; a colleague's answer is never overwritten unseen."""
    found = question_of(request, authority, plan, question)
    may_answer = forum.may_answer(request.user, found.authority_id)
    if request.method == "POST":
        permissions.require(may_answer)
        form, saved = save_answer(request, found)
        if saved:
            return redirect("plan_questions", authority, plan)
    else:
        form = AnswerForm(instance=found)
    today = timezone.localdate()
    context = {
        **frame(found.plan), "question": found, "form": form if may_answer else None,
        "each": forum.shown([found], today=today, reader=request.user)[0], "today": today,
        "changes": changes_of(found, request.user), "noindex": True,
    }  # fmt: skip
    return render(request, "strategy/questions/answer.html", context)


def question_of(request: Any, authority: str, plan: str, question: int) -> ForumQuestion:
    """Return the question for those who do casework where the plan belongs.

    Raises:
        Http404: for others it does not exist.
        PermissionDenied: a member of the authority whose role gives no casework.
    """
    rows = ForumQuestion.objects.select_related(
        "plan__authority", "measure__current_entry__strategy", "report", "body", "asked_by", "answered_by"
    ).defer("report__content", "report__html")
    found = get_object_or_404(rows, plan__authority__slug=authority, plan__slug=plan, pk=question)
    if permissions.does_casework(request.user, found.authority_id):
        return found
    permissions.turn_away(request.user, found.authority_id)


def save_answer(request: Any, question: ForumQuestion) -> tuple[AnswerForm, bool]:
    """Check the form against the answer as it stands under the row's lock, and save it."""
    with transaction.atomic():
        form = AnswerForm(request.POST, instance=ForumQuestion.objects.get(pk=question.pk))
        if not form.is_valid():
            return form, False
        was = bool(question.answer)
        forum.answer(
            question, text=form.cleaned_data["answer"], promised_on=form.cleaned_data["promised_on"], by=request.user,
            at=timezone.now(),
        )  # fmt: skip
    messages.success(
        request,
        _("The answer is changed, and who asked gets it by e-mail. The wording before stays in the history.")
        if was
        else _("The answer is sent to who asked."),
    )
    return form, True
