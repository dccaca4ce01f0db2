"""A prize round at the desk: where it stands and what waits for whom, its dates, its jury, and each step it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from awards import gate, permissions
from awards.models import CANDIDATES_TAKE_PART, PrizeRound
from awards.rounds import making, moving, overview, round_words, seats
from awards.rounds.jury_lines import seat_lines
from awards.rounds.round_forms import BodyForm, MoveForm, NewRoundForm, RoundForm, typed_of
from awards.views.prize_desk import prize_of, seat_deed, take_up_stale
from grants.grant_forms import add, done
from grants.views.grants import tell
from portal.models import Body
from portal.models.base import key_in
from portal.permissions import period_holds
from portal.views.methods import read_or_act, sent

if TYPE_CHECKING:
    from django.http import HttpResponse

HERE = "awards/round_desk/"
State = PrizeRound.State
DATES = ("opens_at", "closes_at", "answer_due_on", "scores_due_on", "jury_meets_on", "vote_opens_at", "vote_closes_at",
         "ceremony_at")  # fmt: skip


# ---- a new one ----


@never_cache
@login_required
@read_or_act
def new_round(request: Any, authority: str, prize: str) -> HttpResponse:
    """Make a year's round, from last year's where there is one."""
    found = prize_of(request.user, authority, prize)
    now = timezone.now()
    rounds = list(found.rounds.select_related("statutes").order_by("-year"))
    last, next_year = overview.next_of(rounds, timezone.localdate(now).year)
    year = key_in(request.GET.get("ar", "")) or next_year
    form = NewRoundForm(sent(request), prize=found, initial={"year": year, "copy": last})
    if form.is_bound and form.is_valid():
        typed = form.cleaned_data
        try:
            made = making.make_round(found, typed["year"], from_=typed["copy"], by=request.user, now=now)
        except ValidationError as error:
            add(form, error)
        else:
            messages.success(request, _("The round is made. Look over its dates. Nobody sees it until you publish it."))
            return redirect("round_desk", found.authority.slug, found.slug, made.year)
    has_statutes = making.in_force(found, timezone.localdate(now)) is not None
    moved = _moved(last, year) if last and not form.is_bound else []
    context = {
        "authority": found.authority, "prize": found, "form": form, "has_statutes": has_statutes, "last": last,
        "moved": moved, "year": year,
    }  # fmt: skip
    return render(request, f"{HERE}new.html", context)


def _moved(last: PrizeRound, year: int) -> list[tuple[Any, Any, Any]]:
    """Return the dates of an earlier round with what they become: name, then, now."""
    found = []
    for name in DATES:
        if (then := getattr(last, name)) is not None:
            label = PrizeRound._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            found.append((label, then, making.moved(then, year - last.year)))
    return found


# ---- one round ----


def show(request: Any, round_: PrizeRound, template: str, status: int = 200, **facts: Any) -> HttpResponse:
    now = timezone.now()
    phase = round_.phase(now)
    shown = {
        "authority": round_.authority, "prize": round_.prize, "round": round_, "here": template,
        "mark": round_words.mark_of(phase), "phase": phase, "next": round_words.next_step(round_, now),
        "may_work": permissions.may(request.user, round_.authority_id, permissions.SETS_UP),
        "urls": {name: overview.address(name, round_) for name in PAGES}, **facts,
    }  # fmt: skip
    return render(request, f"{HERE}{template}.html", shown, status=status)


def mended_at(round_: PrizeRound, to: str) -> str:
    """Return where what is missing before a step is put right."""
    if to == State.PUBLISHED:
        return overview.address("edit_round", round_)
    if to == State.JUDGING:
        return overview.address("round_jury", round_)
    return f"{overview.address('round_desk', round_)}#kategorier"


PAGES = ("round_desk", "edit_round", "move_round", "round_jury", "nominations", "vote_desk", "announce_round",
         "assess_prize_access", "register_nomination")  # fmt: skip
"""The round's pages that have an address without more."""


@never_cache
@login_required
@require_safe
def round_desk(request: Any, authority: str, prize: str, year: int) -> HttpResponse:
    """Show where a round stands: what waits for whom, its dates, categories and jury, in counts and days alone."""
    found, now = gate.round_of(request.user, authority, prize, year), timezone.now()
    (line,) = overview.round_lines([found], now)
    forward = moving.forward(found)
    facts = {
        "line": line, "figures": line.figures, "waits": line.waits,
        "rows": categories_of(found), "dates": dates_of(found, timezone.localdate(now)),
        "forward": forward, "forward_word": round_words.deed_word(found.state, forward) if forward else "",
        "stops": moving.missing(found, forward, now) if forward and forward != State.ANNOUNCED else [],
        "stops_url": mended_at(found, forward),
        "advice": moving.advice(found) if found.state == State.DRAFT else [],
        "others": [(to, round_words.deed_word(found.state, to)) for to in moving.moves_of(found) if to != forward],
        "winners": list(found.prize.winners.filter(year=found.year)) if found.state == State.ANNOUNCED else [],
    }  # fmt: skip
    return show(request, found, "round", **facts)


def categories_of(round_: PrizeRound) -> Any:
    """Return the round's categories with how far each has come; one query."""
    return round_.categories.select_related("category", "decision").annotate(
        n=Count("candidates", filter=CANDIDATES_TAKE_PART, distinct=True),
        finalists=Count("candidates", filter=CANDIDATES_TAKE_PART & Q(candidates__is_finalist=True), distinct=True),
        handed_in=Count("sheets", filter=Q(sheets__handed_in_at__isnull=False), distinct=True),
    )  # fmt: skip


def dates_of(round_: PrizeRound, today: Any) -> list[dict[str, Any]]:
    """Return the round's days in their order: name, when, and whether it has passed."""
    found = []
    for name in DATES:
        when = getattr(round_, name)
        if when is None and (name.startswith("vote_") and round_.statutes.vote == "none"):
            continue
        day = timezone.localdate(when) if hasattr(when, "hour") else when
        label = PrizeRound._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        found.append({
            "label": label, "when": when, "has_clock": hasattr(when, "hour"), "is_over": bool(day and day < today),
            "place": round_.ceremony_place if name == "ceremony_at" else "",
        })  # fmt: skip
    return found


@never_cache
@login_required
@read_or_act
def edit_round(request: Any, authority: str, prize: str, year: int) -> HttpResponse:
    """Change a round's dates and texts; one that is not published can be removed here."""
    found = gate.round_of(request.user, authority, prize, year, roles=permissions.SETS_UP)
    now = timezone.now()
    if request.POST.get("gjor") == "slett":
        return remove_round(request, found)
    form = RoundForm(sent(request), round_=found, today=timezone.localdate(now), initial=typed_of(found))
    if done(form, lambda: making.change_round(
        found, form.facts(), seen=form.cleaned_data["seen"], by=request.user, now=now
    )):  # fmt: skip
        messages.success(request, _("It is saved."))
        return redirect("round_desk", found.authority.slug, found.prize.slug, found.year)
    is_stale = take_up_stale(form, found)
    asks = request.GET.get("gjor") == "slett" and found.state == State.DRAFT
    return show(
        request, found, "edit", 409 if is_stale else 200, form=form, is_stale=is_stale, asks_removal=asks
    )  # fmt: skip


def remove_round(request: Any, round_: PrizeRound) -> HttpResponse:
    """Remove a round that was never published."""
    seen = key_in(request.POST.get("seen", "")) if request.POST.get("seen") else None
    try:
        making.remove_round(round_, seen=seen, by=request.user)
    except ValidationError as error:
        tell(request, error)
        return redirect("round_desk", round_.authority.slug, round_.prize.slug, round_.year)
    messages.success(request, _("The round is removed."))
    return redirect("prize_desk", round_.authority.slug)


# ---- its steps ----


@never_cache
@login_required
@read_or_act
def move_round(request: Any, authority: str, prize: str, year: int) -> HttpResponse:
    """Ask once more before a round takes a step: what happens, and what is missing.

    Announcing has a page of its own.

    Raises:
        Http404: there is no such step.
    """
    found = gate.round_of(request.user, authority, prize, year, roles=permissions.SETS_UP)
    to, now = request.POST.get("til") or request.GET.get("til") or "", timezone.now()
    if to == State.ANNOUNCED:
        return redirect("announce_round", found.authority.slug, found.prize.slug, found.year)
    if to not in State.values:
        raise Http404
    if to not in moving.moves_of(found):
        told = _("Nothing is done now: the round stands as “%(state)s”.") % {"state": found.get_state_display()}
        messages.info(request, told)
        return redirect("round_desk", found.authority.slug, found.prize.slug, found.year)
    if (found.state, to) == (State.DECIDED, State.JUDGING):
        messages.info(request, _("Choose the category you take up again."))
        return redirect(f"{overview.address('round_desk', found)}#kategorier")
    is_reopened = (found.state, to) == (State.JUDGING, State.PUBLISHED)
    form = MoveForm(
        sent(request), asks_why=moving.needs_reason(found.state, to), asks_end=is_reopened,
        initial={"seen": found.row_version},
    )  # fmt: skip
    if done(form, lambda: moving.move(found, to, by=request.user, now=now, **form.cleaned_data)):
        found.refresh_from_db()
        messages.success(request, _("Done. The round stands as “%(state)s”.") % {"state": found.get_state_display()})
        return redirect("round_desk", found.authority.slug, found.prize.slug, found.year)
    status = 409 if form.is_bound and form.non_field_errors() else 200
    stops = moving.missing(found, to, now) if not form.is_bound else []
    return show(
        request, found, "move", status, form=form, to=to, stops=stops, word=round_words.deed_word(found.state, to),
        advice=moving.advice(found) if to == State.PUBLISHED and not is_reopened else [], is_reopened=is_reopened,
        stops_url=mended_at(found, to), line=overview.round_lines([found], now)[0],
        dates=dates_of(found, timezone.localdate(now)),
    )  # fmt: skip


# ---- its jury ----


@never_cache
@login_required
@read_or_act
def round_jury(request: Any, authority: str, prize: str, year: int) -> HttpResponse:
    """Show who sits in the round's jury and how far each has come; choose the jury, and give seats in it."""
    reads = request.method != "POST" and "gjor" not in request.GET
    found = gate.round_of(
        request.user, authority, prize, year, roles=permissions.SEES if reads else permissions.SETS_UP
    )
    if found.jury is None or request.POST.get("gjor") == "velg" or request.GET.get("gjor") == "velg":
        return choose_jury(request, found)
    if not reads:
        return seat_deed(
            request, found.jury, show_form=lambda **facts: show(request, found, "seat", **facts),
            back=overview.address("round_jury", found),
        )  # fmt: skip
    today = timezone.localdate()
    seats_now = permissions.seats_of(found, today)
    later = found.jury.members.exclude(period_holds(today)).select_related("user").order_by("valid_from", "pk")
    return show(
        request, found, "jury", lines=seat_lines(found, seats_now, today), others=later,
        leads=seats.leads(request.user, found.authority_id), may_choose="jury" in making.changeable(found),
        is_scored=found.statutes.method == "scoring", today=today,
        people_url=reverse("admin:portal_membership_add"),
    )  # fmt: skip


def choose_jury(request: Any, round_: PrizeRound) -> HttpResponse:
    """Ask which jury the round has, or what a new one is called."""
    may_choose = "jury" in making.changeable(round_)
    form = BodyForm(
        sent(request), authority=round_.authority, kind=Body.Kind.JURY,
        initial={"body": round_.jury_id, "name": _("The jury for %(prize)s") % {"prize": round_.prize.name}},
    )  # fmt: skip
    if done(form, lambda: seats.set_jury(round_, by=request.user, **form.cleaned_data)):
        messages.success(request, _("The jury is chosen. See that its members are right."))
        return redirect("round_jury", round_.authority.slug, round_.prize.slug, round_.year)
    return show(request, round_, "jury_choose", form=form, may_choose=may_choose)
