"""The winners announced at the desk, with what follows: diplomas, prize money and letters; and access assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from awards import gate, permissions
from awards.announcing import access, announcing, diplomas, money, thanks
from awards.announcing.forms import AccessForm, MoneyForm
from awards.models import PrizeRound, Winner
from grants.models import Grant
from grants.views.grants import tell
from portal import access_log
from portal.calendar import oslo_today
from portal.input_forms import add
from portal.letters import engine
from portal.letters.typesetting import PdfError
from portal.models import Document
from portal.models.base import key_in
from portal.permissions import require
from portal.views.methods import read_or_act, sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

HERE = "awards/announcing/"
PER_PAGE = 50
AT_ONCE = 20
"""Letters written while one waits; the worker writes the rest."""


def page_facts(request: HttpRequest, round_: PrizeRound) -> dict[str, Any]:
    return {
        "authority": round_.authority, "round": round_, "prize": round_.prize,
        "may_work": permissions.may(request.user, round_.authority_id, permissions.SETS_UP),
        "here": [round_.authority.slug, round_.prize.slug, round_.year],
    }  # fmt: skip


def back(round_: PrizeRound, at: str = "") -> HttpResponse:
    return redirect(
        reverse("announce_round", args=[round_.authority.slug, round_.prize.slug, round_.year]) + at
    )  # fmt: skip


# ---- the announcement ----


@never_cache
@login_required
@read_or_act
def announce_round(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """Show what will be announced and what follows; announced, what is done and what is left to do."""
    round_ = gate.round_of(request.user, authority, prize, year)
    is_announced = round_.state == PrizeRound.State.ANNOUNCED
    if not is_announced and (stop := gate.gate(request, round_, announcing.field_of(round_))) is not None:
        return stop
    if request.method == "POST":
        require(permissions.may(request.user, round_.authority_id, permissions.SETS_UP))
        deed = DEEDS.get(request.POST.get("gjor", ""))
        if deed is None:
            raise Http404
        return deed(request, round_)
    if (draft := drafted(request, round_)) is not None:
        return draft
    if is_announced:
        return after(request, round_)
    if round_.state != PrizeRound.State.DECIDED:
        return render(request, f"{HERE}not_yet.html", page_facts(request, round_))
    return before(request, round_)


def before(request: HttpRequest, round_: PrizeRound, status: int = 200) -> HttpResponse:
    """Ask once more, with what everyone will read and what stops it."""
    access_log.saw(request.user, round_.case, "case")
    decisions = announcing.decisions_of(round_)
    facts = {
        **page_facts(request, round_), "decisions": decisions, "stops": announcing.stops(round_, timezone.now()),
        "advice": announcing.advice(round_, decisions), "readers": announcing.readers_of(round_),
        "has_winner": any(one.candidate_id for one in decisions),
    }  # fmt: skip
    return render(request, f"{HERE}before.html", facts, status=status)


def after(request: HttpRequest, round_: PrizeRound, forms: dict[int, MoneyForm] | None = None) -> HttpResponse:
    """Show what is done since it was announced: winners, diplomas, money, letters, access."""
    today, winners = timezone.localdate(), announcing.winners_of(round_)
    accounts = money.accounts_of(round_, today) if round_.statutes.money_nok else []
    lines = [{"winner": one, "form": money_form(one, accounts, forms)} for one in winners]
    facts = {
        **page_facts(request, round_), "lines": lines, "progress": thanks.progress(round_),
        "decisions": announcing.decisions_of(round_), "papers": access.counts(round_, request.user),
        "has_accounts": bool(accounts), "amount": round_.statutes.money_nok,
    }  # fmt: skip
    return render(request, f"{HERE}after.html", facts, status=422 if forms else 200)


def money_form(winner: Winner, accounts: list[Any], forms: dict[int, MoneyForm] | None) -> MoneyForm | None:
    """Return the form that draws up a winner’s money, where it is not drawn up; the one that was typed in, if any."""
    if not accounts or (winner.grant is not None and winner.grant.state != Grant.State.DECLINED):
        return None
    return (forms or {}).get(winner.pk) or MoneyForm(winner=winner, accounts=accounts)


def drafted(request: HttpRequest, round_: PrizeRound) -> HttpResponse | None:
    """Return a diploma or a letter as it will be, where the address asks for one; nothing is kept.

    Raises:
        Http404: there is none like it in this round, or it is not decided.
    """
    decided, announced = PrizeRound.State.DECIDED, PrizeRound.State.ANNOUNCED
    for name, make, states in (
        ("diplom", _diploma_draft, (decided, announced)), ("brev", _letter_draft, (decided,)),
    ):  # fmt: skip
        if asked := request.GET.get(name):
            if round_.state not in states:
                raise Http404
            access_log.saw(request.user, round_.case, "case")
            filename, made = make(request, round_, key_in(asked))
            return HttpResponse(made, content_type=engine.PDF, headers={
                "Content-Disposition": f'inline; filename="{filename}"', "Cache-Control": "private, no-store",
            })  # fmt: skip
    return None


def _diploma_draft(request: HttpRequest, round_: PrizeRound, key: int) -> tuple[str, bytes]:
    decision = next((one for one in announcing.decisions_of(round_) if one.category_id == key), None)
    if decision is None or decision.candidate_id is None:
        raise Http404
    return engine.filename("diplom", f"diplom {round_}"), diplomas.draft_of(decision, now=timezone.now())


def _letter_draft(request: Any, round_: PrizeRound, key: int) -> tuple[str, bytes]:
    candidate = gate.candidate_of(round_, key)
    if not thanks.nominees_of(round_).filter(pk=candidate.pk).exists():
        raise Http404
    made = thanks.draft_of(candidate, on=timezone.localdate(), signer=request.user)
    return engine.filename("brev", f"utkast {round_}"), made


# ---- what is done on the page ----


def announce(request: Any, round_: PrizeRound) -> HttpResponse:
    """Announce the winners."""
    try:
        done = announcing.announce(
            round_, by=request.user, now=timezone.now(), seen=key_in(request.POST.get("seen", ""))
        )  # fmt: skip
    except ValidationError as error:
        tell(request, error)
        return back(round_)
    said = _("The winners are announced. The letters are being written.")
    if not announcing.winners_of(done):
        said = _("It is announced that there is no winner. The letters are being written.")
    messages.success(request, said)
    return back(round_)


def make_diploma(request: Any, round_: PrizeRound) -> HttpResponse:
    """Make the diploma that could not be made before."""
    winner = winner_in(request, round_)
    try:
        diplomas.make(winner, by=request.user, now=timezone.now())
    except ValidationError as error:
        tell(request, error)
    except PdfError:
        messages.warning(request, _("The diploma cannot be laid out. Tell those who run the portal."))
    else:
        messages.success(request, _("The diploma is made."))
    return back(round_, "#vinnere")


def propose_money(request: Any, round_: PrizeRound) -> HttpResponse:
    """Draw up a winner’s prize money, and go on at the grant."""
    winner, today = winner_in(request, round_), timezone.localdate()
    form = MoneyForm(request.POST, winner=winner, accounts=money.accounts_of(round_, today))
    if form.is_valid():
        try:
            grant = money.propose(winner, form.cleaned_data["account"], by=request.user, on=today)
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, _("The grant is drawn up. Assess the aid, then decide it."))
            return redirect("grant_desk", round_.authority.slug, grant.pk)
    return after(request, round_, {winner.pk: form})


def write_letters(request: Any, round_: PrizeRound) -> HttpResponse:
    """Write some of the letters that wait, without the worker."""
    done = thanks.rest(timezone.now(), of=round_, most=AT_ONCE)
    words = ngettext("%(count)d letter is written.", "%(count)d letters are written.", done["letters"])
    messages.success(request, words % {"count": done["letters"]})
    return back(round_, "#brev")


def winner_in(request: Any, round_: PrizeRound) -> Winner:
    rows = Winner.objects.select_related("prize", "decision__category", "grant")
    found: Winner = get_object_or_404(
        rows, pk=key_in(request.POST.get("vinner", "")), decision__category__round=round_
    )  # fmt: skip
    return found


DEEDS: dict[str, Callable[[Any, PrizeRound], HttpResponse]] = {
    "kunngjor": announce, "diplom": make_diploma, "penger": propose_money, "brev": write_letters,
}  # fmt: skip


# ---- access ----


@never_cache
@login_required
@read_or_act
def assess_prize_access(request: HttpRequest, authority: str, prize: str, year: int) -> HttpResponse:
    """List what was kept until the ceremony, and say of each document whether it is open now."""
    round_ = gate.round_of(request.user, authority, prize, year)
    if round_.state not in (PrizeRound.State.ANNOUNCED, PrizeRound.State.CANCELLED):
        if request.method == "POST":
            require(permissions.may(request.user, round_.authority_id, permissions.SETS_UP))
        return render(request, f"{HERE}kept.html", page_facts(request, round_))
    asked = access.Asked.of(request.GET)
    form = AccessForm(sent(request), initial={"access": "open"})
    chosen: list[int] = []
    if request.method == "POST":
        require(permissions.may(request.user, round_.authority_id, permissions.SETS_UP))
        chosen = [key_in(each) for each in request.POST.getlist("dokument")]
        if form.is_valid() and (done := assess(request, round_, form, chosen, asked)) is not None:
            messages.success(request, done)
            return redirect(request.get_full_path())
    return list_access(request, round_, asked, form, chosen)


def assess(
    request: Any, round_: PrizeRound, form: AccessForm, chosen: list[int], asked: access.Asked
) -> str | None:  # fmt: skip
    """Do what was chosen and return what to say of it; what is refused stands in the form."""
    said = {**form.cleaned_data, "by": request.user, "today": oslo_today(timezone.now())}
    try:
        if request.POST.get("gjelder") == "saker":
            count = access.assess_empty(round_, **said)
            return ngettext("%(n)d case is assessed.", "%(n)d cases are assessed.", count) % {"n": count}
        if request.POST.get("gjelder") == "alle":
            chosen = list(access.listed(round_, request.user, asked).values_list("pk", flat=True))
        count = access.assess(round_, chosen, **said)
    except ValidationError as error:
        add(form, error)
        return None
    return ngettext("%(n)d document is assessed.", "%(n)d documents are assessed.", count) % {"n": count}


def list_access(
    request: Any, round_: PrizeRound, asked: access.Asked, form: AccessForm, chosen: list[int]
) -> HttpResponse:  # fmt: skip
    page = Paginator(access.listed(round_, request.user, asked), PER_PAGE).get_page(request.GET.get("side"))
    access_log.saw_list(request.user, [row.case for row in page])
    query = {name: value for name, value in request.GET.items() if name in ("vis", "retning", "sok") and value}
    counts = access.counts(round_, request.user)
    facts = {
        **page_facts(request, round_), "page": page, "asked": asked, "form": form, "chosen": chosen,
        "counts": counts, "query": urlencode(query), "directions": Document.Direction.choices,
        "hidden": access.candidates_hidden(round_, request.user) if counts["hidden"] else [],
    }  # fmt: skip
    return render(request, f"{HERE}access.html", facts, status=422 if form.errors else 200)
