"""Going through what was found in a plan document: its text on one side, the rows on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import permissions
from portal.models.base import key_in
from portal.views.waiting import desk_of
from strategy.importing import capitals, lists, odd_words, page_text, progress, reviewing
from strategy.importing.holding import ChildrenAsked, Done, seen_in
from strategy.importing.lists import Asked
from strategy.importing.odd_words import Words
from strategy.importing.permissions import may_import
from strategy.models import ImportRow, PlanImport
from strategy.views.import_rows import import_row, new_import_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from portal.models import Authority

__all__ = ["import_row", "import_text", "new_import_row", "review"]
HOME = "strategy/imports/review/"
LINES_OF_A_TEXT = 250
Decision, Change, State = ImportRow.Decision, ImportRow.Change, PlanImport.State


def facts_of(request: Any, owner: Authority, found: PlanImport) -> dict[str, Any]:
    """Return what every page of the going through shows."""
    page_url = reverse("plan_import", args=[owner.slug, found.pk])
    return {
        "authority": owner, "found": found, "page_url": page_url,
        "list_url": reverse("plan_imports", args=[owner.slug]),
        "may_import": may_import(request.user, owner.pk) and found.state == State.READY,
    }  # fmt: skip


def language_of(owner: Authority) -> str:
    """Return the language a plan of this authority is written in."""
    return owner.language_form or get_language() or "nb"


def review(request: Any, owner: Authority, found: PlanImport) -> HttpResponse:
    """Show the proposal with the document's text; do what was pressed and answer at the same place."""
    if request.method == "POST":
        return press(request, owner, found)
    if form := request.GET.get("fil"):
        return lists.as_file(form, found, language_of(owner))
    asked = Asked.of(request)
    said = list(messages.get_messages(request))
    context = {
        **facts_of(request, owner, found),
        **lists.page_of(found, asked, progress.counts(found), language_of(owner)), "said": said,
        "undoes": asked.done[1] if said else 0,
    }  # fmt: skip
    return render(request, f"{HOME}review.html", context)


@never_cache
@login_required
@require_safe
def import_text(request: HttpRequest, authority: str, pk: int) -> HttpResponse:
    """Show the document's text as it was read; to a script, only the stretch that a row stands on."""
    owner = desk_of(request.user, authority)
    found = get_object_or_404(PlanImport.objects.filter(state__in=[State.READY, State.APPLIED]), pk=pk, authority=owner)
    key = key_in(request.GET.get("rad", ""))
    row = get_object_or_404(found.rows, pk=key) if key else None
    asked = request.GET.get("tekst", "")[:20]
    is_part = request.headers.get("X-Requested-With") == "review"
    stretch = page_text.stretch_of(found, row, asked, *([] if is_part else [LINES_OF_A_TEXT]))
    context = {
        **facts_of(request, owner, found), "stretch": stretch, "chosen_row": row,
        "label": Words.of(found).label(row) if row else "",
    }  # fmt: skip
    return render(request, f"{HOME}{'stretch' if is_part else 'text'}.html", context)


# ---- what is pressed in the list ----


def press(request: Any, owner: Authority, found: PlanImport) -> HttpResponse:
    """Do the one thing that was pressed, and lead back to the row it was pressed at."""
    permissions.require(may_import(request.user, owner.pk))
    name = next((each for each in PRESSES if each in request.POST), "")
    if not name:
        raise Http404
    key, _dot, seen = request.POST[name].partition(".")
    row = found.rows.filter(pk=key_in(key)).first() if name in AT_ROW else None
    if name in AT_ROW and row is None:
        raise Http404
    done, key_at = Done(), row.pk if row else 0
    try:
        done, text = PRESSES[name](request, found, row or key_in(key), seen_in(seen))
        level = messages.SUCCESS if done.event else messages.INFO
    except ChildrenAsked:
        return redirect(f"{reverse('import_row', args=[owner.slug, found.pk, key_at])}?gjor=utelat")
    except ValidationError as error:
        text, level = " ".join(error.messages), messages.WARNING
    messages.add_message(request, level, text)
    at = key_at or next(iter(done.rows), 0) if name in ("merknad", "sett") else key_at
    return redirect(address_after(request, found, done, at, stays=name in STAYS, key=key_in(key), name=name))


def address_after(request: Any, found: PlanImport, done: Done, row: int, *, stays: bool, key: int, name: str) -> str:
    """Return where one comes after a press: the same list, at the same row, with the press to be undone."""
    asked = Asked.of(request)
    kept = {} if stays else {"rad": 0, "tekst": ""}
    query = asked.query(sist=f"{row}-{done.event}" if row or done.event else "", **kept)
    anchor = f"rad-{row}" if row else f"g-{key}" if name == "sikre" and key else "melding"
    return f"{reverse('plan_import', args=[found.authority.slug, found.pk])}?{query}#{anchor}"


def named(found: PlanImport, row: ImportRow) -> str:
    """Return "Tiltak 8" of a row, or the beginning of its title where no number is printed."""
    label = Words.of(found).label(row)
    return label if row.number else f"{label} “{row.title[:40]}”"


def accept(request: Any, found: PlanImport, row: Any, seen: int | None) -> tuple[Done, str]:
    done = reviewing.accept(row, seen=seen, by=request.user, now=timezone.now())
    if not done.event:
        return done, _("%(row)s was accepted already.") % {"row": named(found, row)}
    if row.change == Change.GONE:
        return done, _("%(row)s is to be taken out of the plan.") % {"row": named(found, row)}
    if done.also:
        above = found.rows.filter(pk__in=done.also).order_by("position")
        names = ", ".join(named(found, each) for each in above)
        return done, _("%(row)s is accepted, with what it lies under: %(above)s.") % {
            "row": named(found, row), "above": names,
        }  # fmt: skip
    return done, _("%(row)s is accepted.") % {"row": named(found, row)}


def drop(request: Any, found: PlanImport, row: Any, seen: int | None) -> tuple[Done, str]:
    done = reviewing.drop(row, seen=seen, by=request.user, now=timezone.now())
    if not done.event:
        return done, _("%(row)s was left out already.") % {"row": named(found, row)}
    if row.change == Change.GONE:
        return done, _("%(row)s stays in the plan.") % {"row": named(found, row)}
    return done, _("%(row)s is left out.") % {"row": named(found, row)}


def restore(request: Any, found: PlanImport, row: Any, seen: int | None) -> tuple[Done, str]:
    done = reviewing.restore(row, seen=seen, by=request.user, now=timezone.now())
    if done.also:
        text = ngettext(
            "%(row)s is not decided any more, and %(count)d other row with it.",
            "%(row)s is not decided any more, and %(count)d other rows with it.", len(done.also),
        )  # fmt: skip
        return done, text % {"row": named(found, row), "count": len(done.also)}
    return done, _("%(row)s is not decided any more.") % {"row": named(found, row)}


def keep(request: Any, found: PlanImport, row: Any, seen: int | None) -> tuple[Done, str]:
    done = reviewing.keep(row, seen=seen, by=request.user, now=timezone.now())
    return done, _("%(row)s keeps the words of the plan.") % {"row": named(found, row)}


def one_up(request: Any, found: PlanImport, row: Any, seen: int | None) -> tuple[Done, str]:
    done = reviewing.step(row, -1, seen=seen, by=request.user, now=timezone.now())
    moved = _("%(row)s is moved up.") if done.event else _("%(row)s is first where it lies.")
    return done, moved % {"row": named(found, row)}


def one_down(request: Any, found: PlanImport, row: Any, seen: int | None) -> tuple[Done, str]:
    done = reviewing.step(row, 1, seen=seen, by=request.user, now=timezone.now())
    moved = _("%(row)s is moved down.") if done.event else _("%(row)s is last where it lies.")
    return done, moved % {"row": named(found, row)}


def accept_sure(request: Any, found: PlanImport, key: Any, seen: int | None) -> tuple[Done, str]:
    under = get_object_or_404(found.rows, pk=key) if key else None
    done = reviewing.accept_sure(found, under, by=request.user, now=timezone.now())
    if not done.event:
        return done, _("All that is sure was accepted already.")
    count = len(done.rows)
    return done, ngettext("%(count)d row is accepted.", "%(count)d rows are accepted.", count) % {"count": count}


def decide_changed(request: Any, found: PlanImport, key: Any, seen: int | None) -> tuple[Done, str]:
    takes = request.POST["endringer"] == "inn"
    done = reviewing.decide_changed(found, takes=takes, by=request.user, now=timezone.now())
    count = len(done.rows)
    if takes:
        text = ngettext("%(count)d change is accepted.", "%(count)d changes are accepted.", count)
    else:
        text = ngettext(
            "%(count)d row keeps the words of the plan.", "%(count)d rows keep the words of the plan.", count
        )
    return done, text % {"count": count}


def calm(request: Any, found: PlanImport, key: Any, seen: int | None) -> tuple[Done, str]:
    done = capitals.write_in_running_text(found, by=request.user, now=timezone.now())
    count = len(done.rows)
    text = ngettext(
        "%(count)d title is written in small letters.", "%(count)d titles are written in small letters.", count
    )
    return done, text % {"count": count}


def settle(request: Any, found: PlanImport, key: Any, seen: int | None) -> tuple[Done, str]:
    odd = get_object_or_404(found.anomalies, pk=key)
    done = reviewing.settle(odd, accept=True, by=request.user, now=timezone.now())
    return done._replace(rows=(odd.row_id or 0,)), _("Seen. It stays as the document has it.")


def note(request: Any, found: PlanImport, key: Any, seen: int | None) -> tuple[Done, str]:
    """Let the plan's readers be told of something odd, in the words that the page showed."""
    odd = get_object_or_404(found.anomalies.select_related("row__parent"), pk=key)
    rows = {each.pk: each for each in (odd.row, odd.row.parent if odd.row else None) if each is not None}
    told = odd_words.told(odd, odd.row, rows, Words.of(found), language_of(found.authority))
    done = reviewing.settle(odd, note=told.note, accept=True, by=request.user, now=timezone.now())
    return done._replace(rows=(odd.row_id or 0,)), _("The plan’s readers will be told: %(note)s") % {"note": told.note}


def undo(request: Any, found: PlanImport, key: Any, seen: int | None) -> tuple[Done, str]:
    done = reviewing.undo(found, key, by=request.user, now=timezone.now())
    text = _("Undone. It is as it was before.") if done.event else _("It was undone already.")
    return done._replace(event=0), text


PRESSES: dict[str, Callable[[Any, PlanImport, Any, int | None], tuple[Done, str]]] = {
    "godta": accept, "utelat": drop, "angre": restore, "behold": keep, "opp": one_up, "ned": one_down,
    "sikre": accept_sure, "sma": calm, "endringer": decide_changed, "sett": settle, "merknad": note, "ta-tilbake": undo,
}  # fmt: skip
"""Each button's name, and what it does; its value is a row and the version that was shown."""
AT_ROW = ("godta", "utelat", "angre", "behold", "opp", "ned")
STAYS = ("angre", "opp", "ned", "sett", "merknad")
"""After these the row stays chosen; after the others the next to look at comes."""
