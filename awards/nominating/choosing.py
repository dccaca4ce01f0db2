"""Choosing who is nominated: the first page of a nomination, on the web and at the desk.

What is written is sent, never put in the address: addresses are kept in logs, and who is nominated is not for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from awards.candidates import eligibility
from awards.models import Kind
from awards.nominating import lookup, visit
from awards.nominating.forms import AS_WRITTEN, PaperWhoForm, WhoForm
from portal import ratelimit
from portal.integrations import register

if TYPE_CHECKING:
    from django.http import HttpRequest

    from awards.models import PrizeRound, RoundCategory
    from portal.integrations.register import Unit

LOOK_UPS_AN_HOUR = 60
"""Per visitor, or per officer."""
LONGEST_KEPT_NAME = 200


FORMS: dict[str, type[WhoForm]] = {visit.NOMINEES: WhoForm, visit.PAPERS: PaperWhoForm}


def categories_of(round_: PrizeRound) -> list[RoundCategory]:
    return list(round_.categories.select_related("category").order_by("position", "pk"))


def empty_form(request: HttpRequest, round_: PrizeRound, *, key: str) -> WhoForm:
    """Return the form as it stands when the page is opened: with the nominee that was chosen before, if any."""
    said = visit.kept(request, round_, key)
    initial = {
        "category": str(said.get("category") or ""), "kind": said.get("kind") or Kind.ORGANISATION.value,
        "who": said.get("number") or said.get("name") or "",
    }  # fmt: skip
    return FORMS[key](round_=round_, categories=categories_of(round_), initial=initial)


def choose(request: HttpRequest, round_: PrizeRound, *, key: str, counted_by: str) -> WhoForm | None:
    """Take what was written of who is nominated; None when it is chosen, else the form that asks on."""
    chooses = request.POST.get("do") == "velg"
    found = _found(visit.kept(request, round_, key), request.POST.get("who", "")) if chooses else None
    form = FORMS[key](request.POST, round_=round_, categories=categories_of(round_), hits=found)
    if not form.is_valid():
        return form
    given, unit = form.cleaned_data, None
    if given["kind"] == Kind.ORGANISATION:
        if found is not None:
            unit = _chosen(form, found)
        elif (units := look(form, given["who"], counted_by)) is not None:
            if len(units) != 1 or not lookup.number_in(given["who"]):
                return ask_which(request, round_, form, units, key)
            unit = units[0]
    if form.errors:
        return form
    name, number = (unit.name, unit.number) if unit else (given["who"], "")
    if why := eligibility.refuse_at_the_door(round_, given["kind"], name, number, unit):
        form.add_error("who", why)
        return form
    visit.put(
        request, round_, key, category=int(given["category"]), kind=given["kind"], name=name, number=number,
        copy=eligibility.copy_of(unit) if unit else None, again=False, hits=[], looked_for="",
    )  # fmt: skip
    return None


def _chosen(form: WhoForm, found: list[Unit]) -> Unit | None:
    """Return the unit that was chosen among those found; None for the name as written."""
    chosen = form.cleaned_data["chosen"]
    if chosen == AS_WRITTEN and lookup.number_in(form.cleaned_data["who"]):
        form.add_error("who", _("Write the name instead of the number."))
    return next((one for one in found if one.number == chosen), None)


def _found(said: dict[str, Any], who: str) -> list[Unit] | None:
    """Return what the register found for the same words the last time; None where it was not asked for them."""
    if not said.get("looked_for") or said["looked_for"] != who.strip():
        return None
    return [unit for copy in said.get("hits") or [] if (unit := lookup.unit_of(copy)) is not None]


def look(form: WhoForm, who: str, counted_by: str) -> list[Unit] | None:
    """Ask the register; None where it could not be asked, with the reason at the field."""
    if ratelimit.over_limit("nominee-look-up", counted_by, per_hour=LOOK_UPS_AN_HOUR):
        form.add_error("who", _("You have looked up many names. Wait an hour, and try again."))
        return None
    try:
        units = lookup.look(who)
    except ValidationError as error:
        form.add_error("who", error)
        return None
    except register.RegisterError as error:
        if lookup.number_in(who):
            form.add_error("who", str(error) + " " + _("Or write the name instead of the number."))
            return None
        form.is_down = True
        return []
    if not units and lookup.number_in(who):
        form.add_error("who", _("The business register has no such number. Check it, or write the name instead."))
        return None
    return units


def ask_which(request: HttpRequest, round_: PrizeRound, form: WhoForm, units: list[Unit], key: str) -> WhoForm:
    """Show what was found, to choose among; what was found is kept, so that the choice needs no new question."""
    who = request.POST.get("who", "").strip()[:LONGEST_KEPT_NAME]
    visit.put(request, round_, key, hits=[eligibility.copy_of(unit) for unit in units], looked_for=who)
    asked = FORMS[key](initial=form.cleaned_data, round_=round_, categories=categories_of(round_), hits=units)
    asked.looked, asked.is_down = who, form.is_down
    return asked
