"""What an officer registers for a member of the jury who does not sign in: ties, points, and that they are all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from awards.deciding.deciding_forms import PaperTiesForm
from awards.judging import declaring, sheets
from awards.judging import field as jury_field
from awards.judging.candidate_page import opinion_of
from awards.judging.opinion_forms import OpinionForm, initial_of
from portal.impartiality import NotImpartial
from portal.impartiality_protocol import name_of
from portal.input_forms import add
from portal.models.base import key_in

if TYPE_CHECKING:
    from awards.judging.field import Line, Place
    from awards.models import RoundCategory
    from portal.models import BodyMembership


class Sheet:
    """One member’s sheet in a category, with the candidate whose points are registered now."""

    def __init__(self, category: RoundCategory, seat: BodyMembership, wanted: int | None, user: Any) -> None:
        self.category, self.round, self.seat = category, category.round, seat
        self.criteria = jury_field.criteria_of(self.round)
        self.place: Place = jury_field.place_of(self.round, seat, category.pk, wanted=len(self.criteria))
        self.lines = self.place.lines
        first = next((line for line in self.lines if not line.is_done), None)
        self.line: Line | None = next((line for line in self.lines if line.candidate.pk == wanted), first)
        self.signs_in = jury_field.signs_in(seat, timezone.localdate())
        self.is_blind = jury_field.is_blind(user, category, timezone.localdate())

    @property
    def takes_points(self) -> bool:
        is_open = self.place.is_open and self.place.is_scored and self.round.state in jury_field.WORKS
        return is_open and not self.is_blind

    @property
    def after(self) -> int | None:
        """The candidate after this one."""
        keys = [line.candidate.pk for line in self.lines]
        place = keys.index(self.line.candidate.pk) + 1 if self.line else len(keys)
        return keys[place] if place < len(keys) else None

    def url(self, candidate: int | None = None, at: str = "") -> str:
        where = [self.round.authority.slug, self.round.prize.slug, self.round.year, self.category.pk, self.seat.pk]
        return reverse("register_sheet", args=where) + (f"?kandidat={candidate}" if candidate else "") + at


def page(request: Any, category: RoundCategory, seat: BodyMembership) -> HttpResponse:
    """Show what is registered for a member, and take more; for one who signs in, say that she does it herself.

    Raises:
        Http404: no such deed.
    """
    sheet = Sheet(category, seat, key_in(request.GET.get("kandidat", "")), request.user)
    data, pressed = (request.POST, request.POST.get("gjor", "")) if request.method == "POST" else (None, "")
    ties = PaperTiesForm(data if pressed == "erklar" else None, candidates=[line.candidate for line in sheet.lines])
    form = opinion_form(sheet, data if pressed in ("lagre", "neste") else None)
    if data is not None:
        if (deed := DEEDS.get(pressed)) is None:
            raise Http404
        if (answered := deed(request, sheet, ties if pressed == "erklar" else form)) is not None:
            return answered
    context = {
        "authority": sheet.round.authority, "round": sheet.round, "category": category, "seat": seat, "sheet": sheet,
        "name": name_of(seat), "ties": ties, "form": form if sheet.takes_points else None, "criteria": sheet.criteria,
        "place": sheet.place, "works": sheet.round.state in jury_field.WORKS,
    }  # fmt: skip
    return render(request, "awards/deciding/sheet.html", context)


def opinion_form(sheet: Sheet, data: Any) -> OpinionForm | None:
    if sheet.line is None:
        return None
    opinion = opinion_of(sheet.line.candidate, sheet.place)
    is_handed_in = sheet.place.is_handed_in
    initial = initial_of(opinion, came_later=is_handed_in and opinion is None)
    return OpinionForm(data, criteria=sheet.criteria, is_handed_in=is_handed_in, initial=initial)


def facts_of(request: Any) -> dict[str, Any]:
    return {"by": request.user, "now": timezone.now()}


# ---- deeds ----


def declare(request: Any, sheet: Sheet, form: Any) -> HttpResponse | None:
    """Register what the member has said of her ties."""
    if not form.is_valid():
        return None
    typed, tied_to = form.cleaned_data, None
    if typed["svar"] == "tie":
        tied_to = next(line.candidate for line in sheet.lines if str(line.candidate.pk) == typed["tied_to"])
    try:
        declaring.register(
            sheet.seat, sheet.category, tie_to=tied_to, tie=typed["tie"], is_impartial=typed["may"] == "ja",
            reason=typed["reason"], **facts_of(request),
        )  # fmt: skip
    except ValidationError as error:
        add(form, error)
        return None
    messages.success(request, _("What the member said is kept."))
    return redirect(sheet.url(at="#poeng"))


def save(request: Any, sheet: Sheet, form: Any) -> HttpResponse | None:
    """Keep the points of one candidate, and go on to the next if asked to."""
    if sheet.line is None or form is None:
        raise Http404
    if not form.is_valid():
        return None
    try:
        sheets.save(sheet.seat, sheet.line.candidate, **form.typed, **facts_of(request))
    except NotImpartial:
        messages.warning(request, _("Register what the member has said of her or his ties first."))
        return redirect(sheet.url())
    except ValidationError as error:
        add(form, error)
        return None
    messages.success(request, _("The points for %(name)s are kept.") % {"name": sheet.line.candidate.name})
    goes_on = request.POST.get("gjor") == "neste" and sheet.after
    return redirect(sheet.url(sheet.after if goes_on else sheet.line.candidate.pk, "#poeng"))


def hand_in(request: Any, sheet: Sheet, form: Any) -> HttpResponse:
    """Hand in the member’s sheet."""
    try:
        sheets.hand_in(sheet.seat, sheet.category, **facts_of(request))
    except NotImpartial:
        messages.warning(request, _("Register what the member has said of her or his ties first."))
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("The sheet is handed in. It counts in the ranking."))
    return redirect(sheet.url(at="#poeng"))


DEEDS: dict[str, Any] = {"erklar": declare, "lagre": save, "neste": save, "lever": hand_in}
