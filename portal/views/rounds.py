"""Input rounds as anyone reads and answers them: the list, the page with its form, the code, the receipt.

Reading writes nothing. A visitor's unconfirmed draft and her receipts are known by her session only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import codes, inputs, permissions, ratelimit, round_lists, rules, wiring
from portal.acting_for import mandates, organisation_lists
from portal.input_forms import CodeForm, InputForm, SignedInForm
from portal.models import Authority, Input, InputAnswer, InputDraft, InputRound
from portal.models.base import key_in
from portal.models.inputs import ON_THE_WEB
from portal.rules import RoundState
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    import datetime as dt

    from django.http import HttpRequest, HttpResponse

INPUTS_A_PAGE = 50
POSTS_A_MINUTE = 30
CODES_AN_HOUR = 30
"""Per visitor; a whole office may share one address."""
SENT_AN_HOUR = 30
"""By one person who is signed in."""
DRAFTS, RECEIPTS = "input_drafts", "input_receipts"
"""Where the session keeps, by round, the draft and the input that are this visitor's."""


# ---- the list ----


@require_safe
def input_rounds(request: HttpRequest, authority: str) -> HttpResponse:
    """List an authority's rounds: those that take input first, then those to come, then the closed."""
    found = get_object_or_404(Authority, slug=authority, is_listed=True)
    lines = round_lists.lines_of(found, timezone.localdate())
    groups = {
        "open": [line for line in lines if line["state"] in rules.TAKES_INPUT],
        "upcoming": [line for line in lines if line["state"] == RoundState.UPCOMING],
        "closed": [line for line in lines if line["state"] in rules.OVER],
    }
    groups["open"].sort(key=round_lists.first_due)
    return render(request, "portal/rounds/rounds.html", {"authority": found, "groups": groups, "any": bool(lines)})


# ---- the page of one round ----


def round_for(request: HttpRequest, authority: str, slug: str) -> InputRound:
    """Return the round if this visitor may read it.

    Raises:
        Http404: it does not exist, or is not published and not hers to work with.
    """
    readable = InputRound.objects.readable_by(request.user).select_related("authority", "case")
    return get_object_or_404(readable, authority__slug=authority, slug=slug)


def is_for_all(round_: InputRound, today: dt.date) -> bool:
    """Say whether anyone may write in this round today."""
    return round_.audience == InputRound.Audience.ALL and inputs.takes_input(round_, today)


@read_or_act
def input_round(request: HttpRequest, authority: str, round: str) -> HttpResponse:  # noqa: A002
    """Show a round; take what was written in its form and lead on to the code, or to the receipt when signed in."""
    if request.method == "POST" and ratelimit.over_limit(
        "input-post", ratelimit.visitor(request), per_minute=POSTS_A_MINUTE
    ):
        return too_fast(request)
    found, today = round_for(request, authority, round), timezone.localdate()
    draft = draft_of(request, found)
    is_known = organisation_lists.has_confirmed_address(request.user)
    make = SignedInForm if is_known else InputForm
    if request.method != "POST":
        form = make(**started_from(draft, request.user)) if is_for_all(found, today) else None
        return show(request, found, today, form=form, draft=draft)
    if not is_for_all(found, today):
        return show(request, found, today, lost=request.POST.get("text", "")[: inputs.LONGEST_TEXT], status=409)
    form = make(request.POST, request.FILES, kept_files=names_of(draft))
    if not form.is_valid():
        return show(request, found, today, form=form, draft=draft)
    if isinstance(form, InputForm):
        return begin(request, found, today, form, draft)
    return send_signed_in(request, found, today, form, draft)


def send_signed_in(
    request: Any, round_: InputRound, today: dt.date, form: SignedInForm, draft: InputDraft | None
) -> HttpResponse:
    """Take the input at once: the account's address is confirmed. Pressed twice, it is taken once."""
    if ratelimit.over_limit("input-signed-in", str(request.user.pk), per_hour=SENT_AN_HOUR):
        form.add_error(None, _("You have sent much in a short time. Wait an hour, and send it then."))
        return show(request, round_, today, form=form, draft=draft, status=429)
    try:
        with transaction.atomic():
            received, _is_new = inputs.submit_signed_in(
                round_.pk, form.typed, form.cleaned_data["files"], by=request.user, now=timezone.now(),
                earlier=draft.pk if draft else None, drop_files=form.cleaned_data.get("drop_files", False),
            )  # fmt: skip
            remember(request, RECEIPTS, round_, received.pk)
            request.session.save()
    except inputs.NotTaken:
        return show(request, round_, today, lost=form.cleaned_data["text"], status=409)
    return redirect("input_receipt", round_.authority.slug, round_.slug)


def begin(
    request: HttpRequest, round_: InputRound, today: dt.date, form: InputForm, draft: InputDraft | None
) -> HttpResponse:
    """Keep a valid form and mail its code, within the limits."""
    visitor = ratelimit.visitor(request)
    try:
        if ratelimit.over_limit("input-codes", visitor, per_hour=CODES_AN_HOUR):
            raise inputs.TooMany
        new = inputs.start_draft(
            round_.pk, form.typed, form.cleaned_data["files"], now=timezone.now(), earlier=draft.pk if draft else None,
            drop_files=form.cleaned_data.get("drop_files", False),
        )  # fmt: skip
    except inputs.TooMany:
        form.add_error(None, too_many_words(round_))
        return show(request, round_, today, form=form, draft=draft, status=429)
    except inputs.NotTaken:
        return show(request, round_, today, lost=form.cleaned_data["text"], status=409)
    remember(request, DRAFTS, round_, new.pk)
    return redirect("input_code", round_.authority.slug, round_.slug)


def too_many_words(round_: InputRound) -> str:
    """Return what to do when no more codes are sent for a while."""
    if round_.authority.contact_email:
        return _(
            "We cannot send more codes right now. Try again in an hour, or send your input to %(email)s or by post to"
            " %(name)s: it counts just as much."
        ) % {"email": round_.authority.contact_email, "name": round_.authority.full_name}
    return _(
        "We cannot send more codes right now. Try again in an hour, or send your input by post to %(name)s: it counts"
        " just as much."
    ) % {"name": round_.authority.full_name}


def too_fast(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


def show(
    request: HttpRequest, round_: InputRound, today: dt.date, *, form: SignedInForm | None = None,
    draft: InputDraft | None = None, lost: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Write out the page of a round."""
    works_here = permissions.does_casework(request.user, round_.authority_id)
    context = {
        **round_lists.line_of(round_, today), **answers_of(round_, request.GET.get("side")),
        "authority": round_.authority, "form": form, "draft": draft, "lost": lost, "works_here": works_here,
        "documents": round_lists.documents_of(round_), "path": round_lists.path_of(round_, today),
        "chose_files": bool(form and form.is_bound and form.errors and request.FILES),
        "is_known": form is not None and not isinstance(form, InputForm),
        "acting": acting_in(request.user, round_, today),
    }  # fmt: skip
    response = render(request, "portal/rounds/round.html", context, status=status)
    if draft or lost or works_here or getattr(request.user, "is_authenticated", False):
        add_never_cache_headers(response)
    return response


def acting_in(user: Any, round_: InputRound, today: dt.date) -> list[dict[str, Any]]:
    """Return the organisations the reader may answer the round for, each with the page where it is done."""
    if not is_for_all(round_, today):
        return []
    held = mandates.held_by(user, today).filter(authority=round_.authority_id)
    found = {mandate.organisation_id: mandate.organisation for mandate in held}
    return [{"name": row.name, "url": organisation_lists.address_of(row, round_)} for row in found.values()]


def answers_of(round_: InputRound, page: str | None) -> dict[str, Any]:
    """Return what the page says of the inputs; each with its answer once the answers are published."""
    taken = {kind: Count("pk", filter=Q(answer__consequence=kind)) for kind in InputAnswer.Consequence.values}
    counts = round_.inputs.aggregate(total=Count("pk"), shown=Count("pk", filter=ON_THE_WEB), **taken)
    facts: dict[str, Any] = {"total": counts["total"], "hidden": counts["total"] - counts["shown"]}
    if round_.answers_published_at is None:
        return facts
    facts["consequences"] = [(f"input_{kind}", counts[kind]) for kind in taken if counts[kind]]
    shown = round_.inputs.on_the_web().answered().select_related("answer")
    in_order = shown.annotate(files=Count("attachments")).order_by("number")
    facts["page"] = Paginator(in_order, INPUTS_A_PAGE).get_page(page)
    rows = list(facts["page"])
    changed = wiring.effects_of_inputs([row.pk for row in rows])
    for row in rows:
        row.round = round_
    facts["answered"] = [{"input": row, "changed": changed.get(row.pk, [])} for row in rows]
    return facts


# ---- what the session knows ----


def remember(request: HttpRequest, key: str, round_: InputRound, pk: int) -> None:
    """Note in the session which draft or input of a round is this visitor's."""
    request.session[key] = {**request.session.get(key, {}), str(round_.pk): pk}


def draft_of(request: HttpRequest, round_: InputRound) -> InputDraft | None:
    """Return this visitor's unconfirmed draft in the round, while it is kept."""
    pk = request.session.get(DRAFTS, {}).get(str(round_.pk))
    if pk is None:
        return None
    kept = timezone.now() - inputs.DRAFT_LIFETIME
    own = InputDraft.objects.filter(pk=pk, round=round_, organisation=None, created_at__gt=kept)
    return own.select_related("code").first()


def names_of(draft: InputDraft | None) -> list[str]:
    return list(draft.files.order_by("pk").values_list("filename", flat=True)) if draft else []


def started_from(draft: InputDraft | None, user: Any) -> dict[str, Any]:
    """Return what the form starts with: the visitor's own draft, or the name of one who is signed in, or nothing."""
    if draft is None:
        return {"initial": {"speaks_for": user.name}} if getattr(user, "is_authenticated", False) else {}
    fields = ("text", "speaks_for", "address", "may_publish")
    return {"initial": {name: getattr(draft, name) for name in fields}, "kept_files": names_of(draft)}


# ---- the code ----


@never_cache
@read_or_act
def input_code(request: HttpRequest, authority: str, round: str) -> HttpResponse:  # noqa: A002
    """Ask for the mailed code; the right one makes the draft an input."""
    if request.method == "POST" and ratelimit.over_limit(
        "input-code", ratelimit.visitor(request), per_minute=POSTS_A_MINUTE
    ):
        return too_fast(request)
    found = round_for(request, authority, round)
    draft = draft_of(request, found)
    if draft is None:
        has_receipt = str(found.pk) in request.session.get(RECEIPTS, {})
        return redirect("input_receipt" if has_receipt else "input_round", authority, round)
    if request.method == "POST" and request.POST.get("do") == "again":
        return send_again(request, found, draft)
    form = CodeForm(request.POST if request.method == "POST" else None)
    return confirm(request, found, draft, form) if form.is_valid() else show_code(request, found, draft, form)


def send_again(request: HttpRequest, round_: InputRound, draft: InputDraft) -> HttpResponse:
    """Mail new digits; a draft that went in the same moment is gone, as one that has had its day."""
    try:
        was_sent = inputs.send_code_again(draft.pk, now=timezone.now())
    except InputDraft.DoesNotExist:
        return redirect("input_receipt", round_.authority.slug, round_.slug)
    return show_code(request, round_, draft, CodeForm(), sent_again=was_sent, refused=not was_sent)


def confirm(request: HttpRequest, round_: InputRound, draft: InputDraft, form: CodeForm) -> HttpResponse:
    """Try the digits. The session's note of the receipt is written in the same transaction, so that a second press of
    the button, which waits for the first, finds it."""
    try:
        with transaction.atomic():
            received = inputs.confirm(draft.pk, form.cleaned_data["code"], now=timezone.now())
            if received is not None:
                remember(request, RECEIPTS, round_, received.pk)
                request.session.save()
    except InputDraft.DoesNotExist:
        return redirect("input_receipt", round_.authority.slug, round_.slug)
    except inputs.NotTaken:
        return show(request, round_, timezone.localdate(), lost=draft.text, status=409)
    if received is not None:
        return redirect("input_receipt", round_.authority.slug, round_.slug)
    form.add_error("code", _("This is not the code we sent last. Look in the newest e-mail from us."))
    return show_code(request, round_, draft, form)


def show_code(
    request: HttpRequest, round_: InputRound, draft: InputDraft, form: CodeForm, **facts: Any
) -> HttpResponse:
    """Write out the page that asks for the code."""
    draft.code.refresh_from_db()
    left = max(codes.ATTEMPTS - draft.code.attempts, 0)
    context = {
        "authority": round_.authority, "round": round_, "draft": draft, "form": form, "left": left,
        "is_dead": left == 0 or draft.code.expires_at <= timezone.now(), "files": names_of(draft),
        "may_send_again": draft.code.sendings < codes.SENDINGS, "noindex": True, **facts,
    }  # fmt: skip
    return render(request, "portal/rounds/code.html", context)


# ---- the receipt ----


@never_cache
@require_safe
def input_receipt(request: HttpRequest, authority: str, round: str) -> HttpResponse:  # noqa: A002
    """Show the visitor what she has just sent, or, by its number, what is hers or her organisation's.

    To everyone else there is only the round.
    """
    found = round_for(request, authority, round)
    mine = request.session.get(RECEIPTS, {}).get(str(found.pk))
    if number := key_in(request.GET.get("nr", "")):
        received = organisation_lists.readable_input(request.user, found, number)
    else:
        received = Input.objects.filter(pk=mine, round=found).select_related("organisation").first() if mine else None
    if received is None:
        return redirect("input_round", authority, round)
    received.round = found
    files = [row.document.filename for row in received.attachments.select_related("document")]
    answer = getattr(received, "answer", None) if found.answers_published_at else None
    context = {
        "authority": found.authority, "round": found, "input": received, "files": files, "noindex": True,
        "is_new": not number, "answer": answer, "changed": wiring.effects_of_inputs([received.pk]).get(received.pk, [])
        if answer else [],
    }  # fmt: skip
    return render(request, "portal/rounds/receipt.html", context)
