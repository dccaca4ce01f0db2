"""An input round as the officer works with it: what came, what is answered, who was asked, what is published."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from portal import access_log, answer_lists, answers, permissions, round_words, rules, wiring
from portal.answer_forms import AnswerForm, RegisterForm
from portal.changes import changes_of
from portal.models import AccessLog, InputAnswer, InputRound, Invitation
from portal.models.base import key_in
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from portal.models import Input


def round_of(request: Any, authority: str, round: str) -> InputRound:  # noqa: A002
    """Return the round for those who work with it or read its case.

    Raises:
        Http404: for others it does not exist.
        PermissionDenied: a member of the authority whose role gives no casework.
    """
    rounds = InputRound.objects.select_related("authority", "case")
    found = get_object_or_404(rounds, authority__slug=authority, slug=round)
    user = request.user
    if permissions.does_casework(user, found.authority_id) or found.case_id in permissions.guest_cases(user):
        access_log.saw(user, found.case, AccessLog.What.CASE)
        return found
    permissions.turn_away(user, found.authority_id)


def facts_of(request: Any, round_: InputRound) -> dict[str, Any]:
    """Return what every page of the round shows."""
    today, places = timezone.localdate(), [round_.authority.slug, round_.slug]
    return {
        "authority": round_.authority, "round": round_, "today": today,
        "state": rules.round_state(round_.facts, today), "may_work": answers.may_work_with(request.user, round_),
        "due": round_words.due_words(round_), "page_url": reverse("round_inputs", args=places),
    }  # fmt: skip


# ---- the round ----


@never_cache
@login_required
@read_or_act
def round_inputs(request: HttpRequest, authority: str, round: str) -> HttpResponse:  # noqa: A002
    """Show where the round stands, what came and who was asked; ask before what cannot be taken back; act on POST."""
    found = round_of(request, authority, round)
    if request.method == "POST":
        return act(request, found)
    if form := request.GET.get("fil"):
        return answer_lists.as_file(form, found, answer_lists.Asked.of(request))
    if deed := request.GET.get("gjor"):
        return confirm(request, found, deed)
    facts = facts_of(request, found)
    if "utskrift" in request.GET:
        return render(request, "portal/answers/print.html", {**facts, "inputs": answer_lists.in_full(found)})
    context = {
        **facts, **answer_lists.what_came(found, answer_lists.Asked.of(request), request.GET.get("side")),
        **answer_lists.who_was_asked(found),
        "takes_invitations": facts["state"] in answers.TAKES_INVITATIONS,
        "may_close": facts["state"] in answers.TAKES_INVITATIONS,
    }  # fmt: skip
    return render(request, "portal/answers/round_inputs.html", context)


def confirm(request: HttpRequest, round_: InputRound, deed: str) -> HttpResponse:
    """Show what a deed would do, to whom, and a button that does it."""
    permissions.require(answers.may_work_with(request.user, round_))
    ask: dict[str, tuple[str, Callable[[InputRound], dict[str, Any]]]] = {
        "inviter": ("portal/answers/confirm_invite.html", answer_lists.before_inviting),
        "minn": ("portal/answers/confirm_remind.html", answer_lists.before_reminding),
        "lukk": ("portal/answers/confirm_close.html", lambda _round: {}),
        "publiser": ("portal/answers/confirm_publish.html", answer_lists.before_publishing),
    }
    if deed not in ask:
        raise Http404
    template, look = ask[deed]
    return render(request, template, {**facts_of(request, round_), **look(round_)})


def act(request: Any, round_: InputRound) -> HttpResponse:
    """Do what was pressed and say what came of it."""
    permissions.require(answers.may_work_with(request.user, round_))
    deeds = {
        "inviter": invite, "minn": remind, "lukk": close, "publiser": publish, "igjen": invite_again,
    }  # fmt: skip
    deed = deeds.get(request.POST.get("gjor", ""))
    if deed is None:
        raise Http404
    try:
        messages.success(request, deed(request, round_))
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    return redirect("round_inputs", round_.authority.slug, round_.slug)


def invite(request: Any, round_: InputRound) -> str:
    sent = answers.invite(round_, by=request.user, now=timezone.now())
    return ngettext("%d invitation is on its way.", "%d invitations are on their way.", sent) % sent


def remind(request: Any, round_: InputRound) -> str:
    sent = answers.remind(round_, by=request.user, now=timezone.now())
    return ngettext("%d reminder is on its way.", "%d reminders are on their way.", sent) % sent


def close(request: Any, round_: InputRound) -> str:
    answers.close_round(round_, by=request.user, on=timezone.localdate())
    return _("The round is closed.")


def publish(request: Any, round_: InputRound) -> str:
    told = answers.publish_answers(round_, by=request.user, now=timezone.now())
    if told is None:
        return _("The answers were published before.")
    text = ngettext(
        "The answers are published, and %d contributor gets hers by e-mail.",
        "The answers are published, and %d contributors get theirs by e-mail.",
        told,
    )
    return text % told


def invite_again(request: Any, round_: InputRound) -> str:
    invitation = get_object_or_404(Invitation, round=round_, pk=key_in(request.POST.get("invitasjon", "")))
    invitation.round = round_
    sent = answers.invite_again(invitation, seen=request.POST.get("sett", ""), by=request.user, now=timezone.now())
    if not sent:
        return _("The invitation was sent, answered or declined meanwhile, so nothing was sent now.")
    return _("A new invitation is on its way to %(name)s. The old link no longer works.") % {"name": invitation.name}


# ---- one input ----


@never_cache
@login_required
@read_or_act
def answer_input(request: Any, authority: str, round: str, number: int) -> HttpResponse:  # noqa: A002
    """Show one input as it came, and the form that answers it; a colleague's answer is never overwritten unseen."""
    found = round_of(request, authority, round)
    also = ("answer__answered_by", "registered_by", "invitation", "web_choice", "organisation", "sent_by")
    rows = found.inputs.select_related(*also)
    asked = get_object_or_404(rows.prefetch_related("attachments__document"), number=number)
    current = getattr(asked, "answer", None)
    if request.method == "POST" and "nettvalg" in request.POST:
        return note_web_choice(request, asked)
    if request.method == "POST":
        form, saved = save_answer(request, found, asked)
        if saved is not None:
            return redirect(where_next(found, asked) if "neste" in request.POST else request.path)
    else:
        form = form_for(asked, current)
    unanswered = list(found.inputs.unanswered().order_by("number").values_list("number", flat=True))
    context = {
        **facts_of(request, found), "input": asked, "answer": current, "form": form,
        "previous": max((other for other in unanswered if other < number), default=None),
        "next": min((other for other in unanswered if other > number), default=None),
        "left": len(unanswered), "effects": wiring.effects_of_inputs([asked.pk]).get(asked.pk, []),
        "record_at": wiring.where_to_record_effects(found.case, request.user),
        "changes": changes_of(current, request.user) if current else [],
        "mail": answer_lists.mails_about([asked.pk], []).get((answers.INPUT, asked.pk)),
    }  # fmt: skip
    return render(request, "portal/answers/answer_input.html", context)


def form_for(asked: Input, current: InputAnswer | None, data: Any = None) -> AnswerForm:
    return AnswerForm(data, instance=current or InputAnswer(input=asked, authority_id=asked.authority_id))


def save_answer(request: Any, round_: InputRound, asked: Input) -> tuple[AnswerForm, InputAnswer | None]:
    """Check the form against the answer as it stands under the round's lock, and save it; return both."""
    with transaction.atomic():
        round_ = answers.lock(round_, request.user)
        before = InputAnswer.objects.filter(input=asked).first()
        was = (before.text, before.consequence) if before else None
        form = form_for(asked, before, request.POST)
        if not form.is_valid():
            return form, None
        typed = form.cleaned_data
        saved = answers.answer(
            asked, text=typed["text"], consequence=typed["consequence"], by=request.user, now=timezone.now()
        )
    text = _("The answer to input no. %(number)d is saved.")
    if was == (saved.text, saved.consequence):
        text = _("The answer to input no. %(number)d was saved before; nothing has changed.")
    elif round_.answers_published_at and asked.address:
        text = _("The answer to input no. %(number)d is saved and public, and the contributor gets it by e-mail.")
    elif round_.answers_published_at:
        text = _("The answer to input no. %(number)d is saved. The contributor has no e-mail address: send a letter.")
    messages.success(request, text % {"number": asked.number})
    return form, saved


def note_web_choice(request: Any, asked: Input) -> HttpResponse:
    """Note that the contributor has changed her mind about the web, and say what follows."""
    may_publish = request.POST["nettvalg"] == "ja"
    if answers.note_web_choice(asked, may_publish=may_publish, by=request.user, now=timezone.now()):
        messages.success(
            request, _("Noted. The web may show the input.") if may_publish else _("Noted. The web shows it no longer.")
        )
    return redirect(request.path)


def where_next(round_: InputRound, asked: Input) -> str:
    """Return the page of the next unanswered input, counted round; the list when none is left."""
    numbers = list(round_.inputs.unanswered().order_by("number").values_list("number", flat=True))
    places = [round_.authority.slug, round_.slug]
    following = next((number for number in numbers if number > asked.number), numbers[0] if numbers else None)
    if following is None:
        return reverse("round_inputs", args=places)
    return reverse("answer_input", args=[*places, following])


@never_cache
@login_required
@read_or_act
def register_input(request: Any, authority: str, round: str) -> HttpResponse:  # noqa: A002
    """Register what came by post, mail or in a meeting."""
    found = round_of(request, authority, round)
    permissions.require(answers.may_work_with(request.user, found))
    make = partial(RegisterForm, round_=found, today=timezone.localdate())
    form = make(request.POST, request.FILES) if request.method == "POST" else make()
    if before := answers.registered_by_form(found, request.POST.get("once", ""), request.user):
        return redirect("answer_input", authority, round, before.number)
    if request.method == "POST" and form.is_valid():
        try:
            new = answers.register(
                found, form.facts(), files=form.cleaned_data["files"], by=request.user, now=timezone.now(),
                once=form.cleaned_data["once"],
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Registered as input no. %(number)d.") % {"number": new.number})
            return redirect("answer_input", authority, round, new.number)
    return render(request, "portal/answers/register_input.html", {**facts_of(request, found), "form": form})
