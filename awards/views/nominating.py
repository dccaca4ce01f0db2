"""Nominating, as anyone does it: who, why, the code from the mail, the receipt.

Reading writes nothing. What a visitor writes, her unconfirmed draft and her receipt are known by her session only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from awards import gate
from awards.models import NominationDraft
from awards.nominating import choosing, deeds, visit
from awards.nominating.forms import NominationForm, WhoForm, WhyForm
from awards.nominating.telling import named
from awards.refusals import Refused
from awards.rules import Phase
from portal import codes, ratelimit
from portal.acting_for.organisation_lists import has_confirmed_address
from portal.input_forms import CodeForm, add
from portal.views import rounds
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from awards.models import PrizeRound

HERE = "awards/nominating/"
POSTS_A_MINUTE = 30
CODES_AN_HOUR = 30
"""Per visitor; a whole office may share one address."""
SENT_AN_HOUR = 30
"""By one person who is signed in."""


def place_of(round_: PrizeRound) -> list[Any]:
    return [round_.authority.slug, round_.prize.slug, round_.year]


def too_fast(request: HttpRequest) -> HttpResponse | None:
    """Return the page for who sends too much in a minute; nothing for others."""
    if request.method != "POST" or not ratelimit.over_limit(
        "nomination-post", ratelimit.visitor(request), per_minute=POSTS_A_MINUTE
    ):
        return None
    return rounds.too_fast(request)


@never_cache
@read_or_act
def nominate(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """Ask who, then why; take what was written and lead on to the code, or to the receipt when signed in."""
    if (stop := too_fast(request)) is not None:
        return stop
    round_ = gate.public_round(authority, prize, year)
    if round_.phase(timezone.now()) != Phase.OPEN:
        return closed(request, round_, status=409 if request.method == "POST" else 200)
    said = visit.kept(request, round_)
    nominee = visit.nominee_in(said, round_)
    if request.method != "POST":
        return ask_why(request, round_, nominee) if nominee else ask_who(request, round_)
    if request.POST.get("do") in ("finn", "velg"):
        return chosen(request, round_)
    if request.POST.get("do") == "endre" or nominee is None:
        return choose_again(request, round_)
    return send(request, round_, nominee)


# ---- who ----


def chosen(request: HttpRequest, round_: PrizeRound) -> HttpResponse:
    """Take who is nominated, and go on to why."""
    form = choosing.choose(request, round_, key=visit.NOMINEES, counted_by=ratelimit.visitor(request))
    return redirect("nominate", *place_of(round_)) if form is None else ask_who(request, round_, form)


def choose_again(request: HttpRequest, round_: PrizeRound) -> HttpResponse:
    """Go back to who; what was written of why is kept. A button pressed twice leads to the receipt."""
    sent, written = visit.receipt_of(request, round_), request.POST.get("reasons", "").replace("\r\n", "\n").strip()
    if sent is not None and written == sent.reasons and visit.nominee_in(visit.kept(request, round_), round_) is None:
        return redirect("nomination_receipt", *place_of(round_))
    visit.go_back(request, round_)
    return redirect("nominate", *place_of(round_))


def ask_who(request: HttpRequest, round_: PrizeRound, form: WhoForm | None = None) -> HttpResponse:
    form = form or choosing.empty_form(request, round_, key=visit.NOMINEES)
    return render(request, f"{HERE}who.html", {**facts_of(round_), "form": form, "step": 1})


# ---- why ----


def ask_why(
    request: HttpRequest, round_: PrizeRound, nominee: dict[str, Any], form: WhyForm | None = None, *, status: int = 200
) -> HttpResponse:
    """Show the form of why, with what was written before."""
    draft = visit.draft_of(request, round_)
    is_known = has_confirmed_address(request.user)
    form = form or (WhyForm if is_known else NominationForm)(**started_from(request, round_, draft))
    context = {
        **facts_of(round_), "form": form, "nominee": nominee, "draft": draft, "is_known": is_known, "step": 2,
        "category": round_.categories.select_related("category").get(pk=nominee["category"]),
        "chose_files": bool(form.is_bound and form.errors and request.FILES),
    }  # fmt: skip
    return render(request, f"{HERE}why.html", context, status=status)


def started_from(request: HttpRequest, round_: PrizeRound, draft: NominationDraft | None) -> dict[str, Any]:
    """Return what the form starts with: what was written before, or the name of one who is signed in."""
    texts = visit.texts_in(visit.kept(request, round_))
    if draft is not None:
        texts = {**{name: draft.content.get(name, "") for name in visit.TEXTS}, "address": draft.address, **texts}
    if not texts.get("nominator_name") and request.user.is_authenticated:
        texts["nominator_name"] = request.user.name
    return {"initial": texts, "kept_files": visit.names_of(draft)}


def send(request: HttpRequest, round_: PrizeRound, nominee: dict[str, Any]) -> HttpResponse:
    """Take a valid form: mail the code, or take the nomination at once from one whose address is known."""
    draft = visit.draft_of(request, round_)
    make = WhyForm if has_confirmed_address(request.user) else NominationForm
    form = make(request.POST, request.FILES, kept_files=visit.names_of(draft))
    if not form.is_valid():
        return ask_why(request, round_, nominee, form)
    act = begin if isinstance(form, NominationForm) else send_signed_in
    try:
        return act(request, round_, nominee, form, draft)
    except deeds.TooMany:
        form.add_error(None, too_many_words(round_))
        return ask_why(request, round_, nominee, form, status=429)
    except deeds.NotTaken:
        return closed(request, round_, lost=form.cleaned_data["reasons"], status=409)
    except ValidationError as error:
        if getattr(error, "code", "") == deeds.NOT_IN_TIME:
            return closed(request, round_, lost=form.cleaned_data["reasons"], status=409)
        add(form, error)
        return ask_why(request, round_, nominee, form)


def begin(
    request: HttpRequest, round_: PrizeRound, nominee: dict[str, Any], form: WhyForm, draft: NominationDraft | None
) -> HttpResponse:
    """Keep a valid form and mail its code, within the limits.

    Raises:
        TooMany, NotTaken, ValidationError: it was not kept.
    """
    if ratelimit.over_limit("nomination-codes", ratelimit.visitor(request), per_hour=CODES_AN_HOUR):
        raise deeds.TooMany
    new = deeds.start(
        round_.pk, visit.typed(nominee, form.cleaned_data), form.cleaned_data["files"], now=timezone.now(),
        earlier=draft.pk if draft else None, drop_files=form.cleaned_data.get("drop_files", False),
    )  # fmt: skip
    visit.remember(request, visit.DRAFTS, round_, new.pk)
    visit.put(request, round_, **dict.fromkeys(visit.TEXTS, ""))
    return redirect("nomination_code", *place_of(round_))


def send_signed_in(
    request: Any, round_: PrizeRound, nominee: dict[str, Any], form: WhyForm, draft: NominationDraft | None
) -> HttpResponse:
    """Take the nomination at once: the account's address is confirmed. Pressed twice, it is taken once.

    Raises:
        TooMany, NotTaken, ValidationError: it was not taken.
    """
    if ratelimit.over_limit("nomination-signed-in", str(request.user.pk), per_hour=SENT_AN_HOUR):
        raise deeds.TooMany
    with transaction.atomic():
        received, _is_new = deeds.send_signed_in(
            round_.pk, visit.typed(nominee, form.cleaned_data), form.cleaned_data["files"], by=request.user,
            now=timezone.now(), earlier=draft.pk if draft else None,
            drop_files=form.cleaned_data.get("drop_files", False),
        )  # fmt: skip
        done(request, round_, received.pk)
    return redirect("nomination_receipt", *place_of(round_))


def done(request: HttpRequest, round_: PrizeRound, key: int) -> None:
    """Note the receipt, and forget what was being written: the next nomination begins anew."""
    visit.remember(request, visit.RECEIPTS, round_, key)
    for kept in (visit.NOMINEES, visit.DRAFTS):
        visit.forget(request, kept, round_)
    request.session.save()


def too_many_words(round_: PrizeRound) -> str:
    """Return what to do when no more is taken from a visitor for a while."""
    owner = round_.authority
    if owner.contact_email:
        text = _("We cannot take more from you right now. Try again in an hour, or send it to %(email)s.")
        return text % {"email": owner.contact_email}
    text = _("We cannot take more from you right now. Try again in an hour, or send it to %(name)s by post.")
    return text % {"name": owner.full_name}


def facts_of(round_: PrizeRound) -> dict[str, Any]:
    """Return what every page of a nomination shows; who is nominated is nothing for an index."""
    return {
        "authority": round_.authority, "round": round_, "prize": round_.prize, "prize_year": named(round_),
        "noindex": True,
    }  # fmt: skip


def closed(request: HttpRequest, round_: PrizeRound, *, lost: str = "", status: int = 200) -> HttpResponse:
    """Say that nominations are not taken now, with what was written so that it is not lost."""
    lost = (lost or request.POST.get("reasons", ""))[: deeds.LONGEST_REASONS]
    phase = str(round_.phase(timezone.now()))
    context = {**facts_of(round_), "phase": phase, "standing": f"prize_{phase}", "lost": lost}
    return render(request, f"{HERE}closed.html", context, status=status)


# ---- the code ----


@never_cache
@read_or_act
def nomination_code(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """Ask for the mailed code; the right one makes the draft a nomination."""
    if (stop := too_fast(request)) is not None:
        return stop
    round_ = gate.public_round(authority, prize, year)
    draft = visit.draft_of(request, round_)
    if draft is None:
        has_receipt = visit.recalled(request, visit.RECEIPTS, round_) is not None
        return redirect("nomination_receipt" if has_receipt else "nominate", *place_of(round_))
    draft.round = draft.category.round = round_
    if request.method == "POST" and request.POST.get("do") == "again":
        return send_again(request, round_, draft)
    form = code_form(request)
    return confirm(request, round_, draft, form) if form.is_valid() else show_code(request, round_, draft, form)


def code_form(request: HttpRequest) -> CodeForm:
    """Return the form of the digits, with our own words on its button."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    form.helper.layout.fields[-1].fields[0].text = _("Confirm and send the nomination")
    return form


def send_again(request: HttpRequest, round_: PrizeRound, draft: NominationDraft) -> HttpResponse:
    """Mail new digits; a draft that went in the same moment is gone, as one that has had its day."""
    try:
        was_sent = deeds.again(draft.pk, now=timezone.now())
    except NominationDraft.DoesNotExist:
        return redirect("nomination_receipt", *place_of(round_))
    return show_code(request, round_, draft, code_form(request), sent_again=was_sent, refused=not was_sent)


def confirm(request: HttpRequest, round_: PrizeRound, draft: NominationDraft, form: CodeForm) -> HttpResponse:
    """Try the digits. The session's note of the receipt is written in the same transaction, so that a second press of
    the button, which waits for the first, finds it."""
    try:
        with transaction.atomic():
            received = deeds.confirm(draft.pk, form.cleaned_data["code"], now=timezone.now())
            if received is not None:
                done(request, round_, received.pk)
    except NominationDraft.DoesNotExist:
        return redirect("nomination_receipt", *place_of(round_))
    except (deeds.NotTaken, Refused):
        return closed(request, round_, lost=draft.content.get("reasons", ""), status=409)
    if received is not None:
        return redirect("nomination_receipt", *place_of(round_))
    form.add_error("code", _("This is not the code we sent last. Look in the newest e-mail from us."))
    return show_code(request, round_, draft, form)


def show_code(
    request: HttpRequest, round_: PrizeRound, draft: NominationDraft, form: CodeForm, **facts: Any
) -> HttpResponse:
    """Write out the page that asks for the code."""
    draft.code.refresh_from_db()
    left = max(codes.ATTEMPTS - draft.code.attempts, 0)
    context = {
        **facts_of(round_), "draft": draft, "form": form, "left": left, "files": visit.names_of(draft),
        "is_dead": left == 0 or draft.code.expires_at <= timezone.now(),
        "may_send_again": draft.code.sendings < codes.SENDINGS,
        "closes_soon": round_.closes_at and round_.closes_at - timezone.now() < 4 * codes.LIFETIME, **facts,
    }  # fmt: skip
    return render(request, f"{HERE}code.html", context)


# ---- the receipt ----


@never_cache
@require_safe
def nomination_receipt(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """Show the visitor what she has just sent; to everyone else there is only the prize."""
    round_ = gate.public_round(authority, prize, year)
    received = visit.receipt_of(request, round_)
    if received is None:
        return redirect("nominate", *place_of(round_))
    received.round = round_
    files = [row.document.filename for row in received.files.select_related("document")]
    is_open = round_.phase(timezone.now()) == Phase.OPEN
    context = {**facts_of(round_), "nomination": received, "files": files, "is_open": is_open}
    return render(request, f"{HERE}receipt.html", context)
