"""Nominations on paper, by mail or from a meeting: registered by the officer, with the day they truly came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from awards import gate, permissions
from awards.nominating import choosing, deeds, visit
from awards.nominating.forms import PaperForm, WhoForm
from awards.nominating.telling import named
from awards.views.nominating import place_of
from portal.impartiality import NotImpartial
from portal.input_forms import add
from portal.views.methods import read_or_act

if TYPE_CHECKING:
    from django.http import HttpResponse

    from awards.models import Nomination, PrizeRound

HERE = "awards/nominating/"
KEY = visit.PAPERS


@never_cache
@login_required
@read_or_act
def register_nomination(request: Any, authority: str, prize: str, year: int) -> HttpResponse:
    """Ask who is nominated, then what the letter says, and register it."""
    round_ = gate.round_of(request.user, authority, prize, year, roles=permissions.SETS_UP)
    if round_.state not in deeds.TAKES_PAPER:
        return render(request, f"{HERE}register.html", {**facts_of(round_), "takes": False})
    nominee = visit.nominee_in(visit.kept(request, round_, KEY), round_)
    if request.method != "POST":
        return what_it_says(request, round_, nominee) if nominee else who(request, round_)
    if request.POST.get("do") in ("finn", "velg"):
        counted_by = f"desk:{request.user.pk}"
        asked = choosing.choose(request, round_, key=KEY, counted_by=counted_by)
        return who(request, round_, asked) if asked is not None else again(round_)
    once = request.POST.get("once", "").replace("\x00", "")[:40]
    if nominee is None and (made := deeds.registered_before(request.user, once, round_)):
        return told(request, round_, made)
    if request.POST.get("do") == "endre" or nominee is None:
        visit.go_back(request, round_, KEY)
        return again(round_)
    form = PaperForm(request.POST, request.FILES, today=timezone.localdate())
    if form.is_valid() and (answered := registered(request, round_, nominee, form)) is not None:
        return answered
    return what_it_says(request, round_, nominee, form)


def again(round_: PrizeRound) -> HttpResponse:
    return redirect("register_nomination", *place_of(round_))


def who(request: Any, round_: PrizeRound, form: WhoForm | None = None) -> HttpResponse:
    form = form or choosing.empty_form(request, round_, key=KEY)
    return render(request, f"{HERE}register.html", {**facts_of(round_), "form": form, "takes": True})


def what_it_says(
    request: Any, round_: PrizeRound, nominee: dict[str, Any], form: PaperForm | None = None
) -> HttpResponse:
    """Show the form of what the letter says."""
    form = form or PaperForm(today=timezone.localdate(), initial=visit.texts_in(visit.kept(request, round_, KEY)))
    context = {
        **facts_of(round_), "form": form, "takes": True, "nominee": nominee,
        "category": round_.categories.select_related("category").get(pk=nominee["category"]),
        "chose_files": bool(form.is_bound and form.errors and request.FILES),
    }  # fmt: skip
    return render(request, f"{HERE}register.html", context)


def registered(request: Any, round_: PrizeRound, nominee: dict[str, Any], form: PaperForm) -> HttpResponse | None:
    """Register what a valid form holds; nothing, with the reason in the form, where it was refused."""
    given = form.cleaned_data
    try:
        made = deeds.register_on_paper(
            round_, visit.typed(nominee, given), given["files"], received_on=given["received_on"], once=given["once"],
            by=request.user, now=timezone.now(),
        )  # fmt: skip
    except NotImpartial:
        text = _("You are tied to one who takes part in this category. Let a colleague register the nomination.")
        form.add_error(None, text)
        return None
    except ValidationError as error:
        add(form, error)
        return None
    visit.forget(request, KEY, round_)
    return told(request, round_, made)


def told(request: Any, round_: PrizeRound, made: Nomination) -> HttpResponse:
    """Say what is registered, also to who pressed twice."""
    said = {"number": made.number, "name": made.candidate.name}
    messages.success(request, _("Nomination no. %(number)d is registered under %(name)s.") % said)
    return redirect("nominations", *place_of(round_))


def facts_of(round_: PrizeRound) -> dict[str, Any]:
    return {"authority": round_.authority, "round": round_, "prize": round_.prize, "prize_year": named(round_)}
