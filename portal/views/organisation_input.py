"""An organisation's input to a round: written by all who have a mandate, read through and sent by one who acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from portal import inputs, permissions, ratelimit, round_lists
from portal.acting_for import organisation_inputs as deeds
from portal.acting_for import organisation_lists as lists
from portal.acting_for.organisation_forms import OrganisationInputForm
from portal.models import InputRound
from portal.models.base import key_in
from portal.signing_in import step_up
from portal.strength import Deed
from portal.views import rounds
from portal.views.methods import read_or_act
from portal.views.organisations import facts_of, needs_more, organisation_of

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from portal.models import Input, InputDraft, Organisation

SAVES_A_MINUTE = 60
"""Of one person; the page's script saves some seconds after she stops typing."""


@never_cache
@login_required
@read_or_act
def organisation_input(request: HttpRequest, organisation: int, round: int) -> HttpResponseBase:  # noqa: A002
    """Show the organisation's draft in a round; save it, send it or delete it on POST."""
    today = timezone.localdate()
    found = organisation_of(request, organisation, today)
    public = InputRound.objects.public().select_related("authority", "case")
    asked = get_object_or_404(public, pk=round, authority_id=found.authority_id)
    if request.method == "POST":
        return act(request, found, asked)
    if "vedlegg" in request.GET:
        return attachment(found, asked, request.GET["vedlegg"])
    page = {"send": review, "slett": ask_to_discard}.get(request.GET.get("gjor", ""), write)
    return page(request, found, asked)


def act(request: Any, organisation: Organisation, round_: InputRound) -> HttpResponse:
    """Do what was pressed.

    Raises:
        Http404: nothing of the kind is done here.
    """
    if ratelimit.over_limit("organisation-input", str(request.user.pk), per_minute=SAVES_A_MINUTE):
        return quiet_answer(_("Not saved. Press “Save”."), 429) if is_quiet(request) else rounds.too_fast(request)
    deed = {"save": save, "quiet": save, "review": save, "send": send, "discard": discard}.get(
        request.POST.get("do", "")
    )
    if deed is None:
        raise Http404
    return deed(request, organisation, round_)


def is_quiet(request: Any) -> bool:
    """Say whether the page's script saves while one types."""
    return bool(request.POST.get("do") == "quiet")


def quiet_answer(said: str, status: int = 200, **facts: str) -> JsonResponse:
    return JsonResponse({"said": said, **facts}, status=status)


def page_of(organisation: Organisation, round_: InputRound, **query: str) -> str:
    return lists.address_of(organisation, round_) + (f"?{urlencode(query)}" if query else "")


# ---- the page ----


def write(
    request: Any, organisation: Organisation, round_: InputRound, *, form: OrganisationInputForm | None = None,
    overtaken: InputDraft | None = None, sent_now: Input | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Write out the page: the form while the round takes input, else why it does not."""
    today = timezone.localdate()
    facts = facts_of(request, organisation, today)
    draft = deeds.drafts_of(organisation).filter(round=round_).first()
    given = list(deeds.inputs_of(organisation, round_).select_related("sent_by"))
    obstacle = deeds.obstacle(round_, today)
    writes = form is not None or draft is not None or not given or "tillegg" in request.GET
    if form is None and not obstacle and writes:
        form = form_for(request, organisation, draft, len(given), today)
    if draft is not None:
        draft.round = round_
    context = {
        **facts, **round_lists.line_of(round_, today), "draft": draft, "form": form if not obstacle else None,
        "obstacle": obstacle, "given": given, "overtaken": overtaken, "sent_now": sent_now,
        "lost": form.data.get("text", "")[: inputs.LONGEST_TEXT] if form is not None and obstacle else "",
        "saved": lists.saved_words(draft, today) if draft else "", "documents": round_lists.documents_of(round_),
        "removed_on": deeds.removed_on(draft, today) if draft else None, "files": files_of(draft),
        "who_act": who_act(organisation, today) if not facts["may_bind"] else [],
        "chose_files": bool(form and form.is_bound and request.FILES),
    }  # fmt: skip
    return render(request, "portal/organisations/input.html", context, status=status)


def files_of(draft: InputDraft | None) -> list[Any]:
    return list(draft.files.order_by("pk")) if draft is not None else []


def who_act(organisation: Organisation, today: dt.date) -> list[str]:
    """Return the names of those who can send."""
    return list(dict.fromkeys(row.user.name for row in lists.who_may(organisation, today) if row.acts))


def form_for(
    request: Any, organisation: Organisation, draft: InputDraft | None, sent: int, today: dt.date
) -> OrganisationInputForm:  # fmt: skip
    """Return the form as the page shows it, or as it was filled in."""
    facts: dict[str, Any] = {"draft": draft, "may_bind": deeds.may_bind(request.user, organisation, today)}
    if request.method == "POST":
        return OrganisationInputForm(request.POST, request.FILES, **facts)
    start = {"text": draft.text, "may_publish": draft.may_publish} if draft else {}
    return OrganisationInputForm(initial={**start, "seen": deeds.version_of(draft), "sent": sent}, **facts)


def attachment(organisation: Organisation, round_: InputRound, typed: str) -> FileResponse:
    """Send one file of the draft, to those who prepare it.

    Raises:
        Http404: the draft has no such file, or it is gone from the store.
    """
    draft = deeds.drafts_of(organisation).filter(round=round_).first()
    file = draft.files.filter(pk=key_in(typed)).first() if draft else None
    try:
        content = file.file.open("rb") if file else None
    except FileNotFoundError as error:
        raise Http404 from error
    if file is None or content is None:
        raise Http404
    response = FileResponse(content, as_attachment=True, filename=file.filename)
    response["Content-Type"] = "application/octet-stream"
    return response


# ---- saving ----


def save(request: Any, organisation: Organisation, round_: InputRound) -> HttpResponse:
    """Keep what was typed; where a colleague was first, show both and keep neither from the other."""
    now, today = timezone.now(), timezone.localdate()
    before = deeds.drafts_of(organisation).filter(round=round_).first()
    form = form_for(request, organisation, before, 0, today)
    if not form.is_valid():
        return refuse(request, organisation, round_, form)
    given = form.cleaned_data
    try:
        draft = deeds.save(
            organisation, round_.pk, form.typed, [] if is_quiet(request) else given["files"], seen=given["seen"],
            sent=given["sent"] or 0, by=request.user, now=now, drop=given.get("drop", []),
        )  # fmt: skip
    except deeds.Overtaken as error:
        return show_both(request, organisation, round_, form, error.draft)
    except deeds.SentMeanwhile as error:
        return was_sent(request, organisation, round_, form, error.input)
    except deeds.TooManyFiles:
        text = _("The input can have at most %(most)d attachments. Take some away, or choose fewer.")
        form.add_error("files", text % {"most": inputs.MOST_FILES})
        return refuse(request, organisation, round_, form)
    except inputs.NotTaken:
        if is_quiet(request):
            return quiet_answer(_("Not saved: the round takes no more input."), 409)
        return write(request, organisation, round_, form=form, status=409)
    if is_quiet(request):
        return quiet_answer(lists.saved_words(draft, today), seen=deeds.version_of(draft))
    if request.POST["do"] == "review":
        return redirect(page_of(organisation, round_, gjor="send"))
    messages.success(request, _("Saved. Only you who have a mandate for %(name)s see it.") % {"name": organisation})
    return redirect(page_of(organisation, round_))


def refuse(request: Any, organisation: Organisation, round_: InputRound, form: OrganisationInputForm) -> HttpResponse:
    """Show what must be put right."""
    if is_quiet(request):
        return quiet_answer(" ".join(str(text) for texts in form.errors.values() for text in texts), 422)
    return write(request, organisation, round_, form=form)


def show_both(
    request: Any, organisation: Organisation, round_: InputRound, form: OrganisationInputForm, theirs: InputDraft | None
) -> HttpResponse:
    """Show a colleague's text beside one's own; saving once more puts one's own in its place, knowingly."""
    if is_quiet(request):
        return quiet_answer(_("Not saved: someone else has changed the text. Press “Save” to see both."), 409)
    form.now_seen(deeds.version_of(theirs), deeds.inputs_of(organisation, round_).count())
    return write(request, organisation, round_, form=form, overtaken=theirs, status=409)


def was_sent(
    request: Any, organisation: Organisation, round_: InputRound, form: OrganisationInputForm, input_: Input
) -> HttpResponse:
    """Say that the input has been sent, and keep what was typed as the beginning of an addition."""
    if is_quiet(request):
        return quiet_answer(_("Not saved: the input was sent meanwhile. Press “Save” to see more."), 409)
    form.now_seen("", deeds.inputs_of(organisation, round_).count())
    return write(request, organisation, round_, form=form, sent_now=input_, status=409)


# ---- sending ----


def review(request: Any, organisation: Organisation, round_: InputRound, **facts: Any) -> HttpResponse:
    """Show just what would be sent, by whom and for whom, with the button that sends it.

    Raises:
        PermissionDenied: her mandate lets her prepare only.
    """
    today = timezone.localdate()
    permissions.require(deeds.may_bind(request.user, organisation, today))
    draft = deeds.drafts_of(organisation).filter(round=round_).first()
    if draft is None or deeds.obstacle(round_, today):
        return redirect(page_of(organisation, round_))
    context = {
        **facts_of(request, organisation, today), **round_lists.line_of(round_, today), "draft": draft,
        "files": files_of(draft), "seen": deeds.version_of(draft), "saved": lists.saved_words(draft, today),
        "sent": deeds.inputs_of(organisation, round_).count(), "page_url": page_of(organisation, round_),
        "needs_more": needs_more(request, organisation, Deed.SUBMIT), **facts,
    }  # fmt: skip
    return render(request, "portal/organisations/send.html", context)


def send(request: Any, organisation: Organisation, round_: InputRound) -> HttpResponse:
    """Send the draft as the organisation's input. The note of the receipt lies in the session in the same transaction.

    Raises:
        PermissionDenied: her mandate lets her prepare only.
    """
    permissions.require(deeds.may_bind(request.user, organisation, timezone.localdate()))
    if (more := step_up.ask(request, Deed.SUBMIT, organisation.authority)) is not None:
        return more
    try:
        with transaction.atomic():
            received = deeds.send(
                organisation, round_.pk, seen=request.POST.get("seen", ""), sent=key_in(request.POST.get("sent", "")),
                by=request.user, now=timezone.now(),
            )  # fmt: skip
            rounds.remember(request, rounds.RECEIPTS, round_, received.pk)
            request.session.save()
    except deeds.SentMeanwhile as error:
        return to_receipt(request, round_, error.input)
    except deeds.Overtaken as error:
        if error.draft is None:
            messages.warning(request, _("The draft was deleted meanwhile. Nothing is sent."))
            return redirect("organisation_page", organisation.pk)
        return review(request, organisation, round_, is_overtaken=True)
    except deeds.NothingToSend:
        messages.warning(request, _("Write something before you send."))
        return redirect(page_of(organisation, round_))
    except inputs.NotTaken:
        return write(request, organisation, round_, status=409)
    return redirect("input_receipt", round_.authority.slug, round_.slug)


def to_receipt(request: Any, round_: InputRound, input_: Input) -> HttpResponse:
    """Lead to what was sent already: by another press of the same button, or by a colleague."""
    if input_.sent_by_id != request.user.pk:
        messages.info(request, _("%(name)s has sent the input meanwhile.") % {"name": input_.sent_by})
    receipt = reverse("input_receipt", args=[round_.authority.slug, round_.slug])
    return redirect(f"{receipt}?nr={input_.number}")


# ---- deleting ----


def ask_to_discard(request: Any, organisation: Organisation, round_: InputRound, **facts: Any) -> HttpResponse:
    """Show what would be deleted, with the button that does it."""
    today = timezone.localdate()
    draft = deeds.drafts_of(organisation).filter(round=round_).first()
    if draft is None:
        return redirect("organisation_page", organisation.pk)
    context = {
        **facts_of(request, organisation, today), "round": round_, "draft": draft, "files": files_of(draft),
        "seen": deeds.version_of(draft), "saved": lists.saved_words(draft, today),
        "page_url": page_of(organisation, round_), **facts,
    }  # fmt: skip
    return render(request, "portal/organisations/discard.html", context)


def discard(request: Any, organisation: Organisation, round_: InputRound) -> HttpResponse:
    """Delete the draft, unless it has been changed since it was read."""
    try:
        deeds.discard(
            organisation, round_.pk, seen=request.POST.get("seen", ""), by=request.user, now=timezone.now()
        )  # fmt: skip
    except deeds.Overtaken:
        return ask_to_discard(request, organisation, round_, is_overtaken=True)
    messages.success(request, _("The draft is deleted."))
    return redirect("organisation_page", organisation.pk)
