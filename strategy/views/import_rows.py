"""One row of a proposal on a page of its own, beside its text: changed, moved, put together, left out, added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from portal import permissions
from portal.changes import latest_change
from portal.models.base import key_in
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of
from strategy.importing import page_text, reviewing
from strategy.importing.holding import ChildrenAsked, Done, seen_in
from strategy.importing.lists import Asked
from strategy.importing.odd_words import Words
from strategy.importing.permissions import may_import
from strategy.importing.refusals import Overtaken
from strategy.importing.row_forms import FactsForm, MergeForm, NewRowForm, PlaceForm
from strategy.importing.tree import LIVE
from strategy.models import ImportRow, PlanImport

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from portal.models import Authority

HOME = "strategy/imports/review/"


class Here:
    """A document, one of its rows, and who asks: what each of these pages has in hand."""

    def __init__(self, request: Any, slug: str, pk: int, row: int | None = None) -> None:
        self.request = request
        self.owner: Authority = desk_of(request.user, slug)
        documents = PlanImport.objects.filter(state__in=[PlanImport.State.READY, PlanImport.State.APPLIED])
        self.found: PlanImport = get_object_or_404(documents, pk=pk, authority=self.owner)
        self.found.authority = self.owner
        rows = self.found.rows.select_related("parent", "merged_into")
        self.row: ImportRow | None = get_object_or_404(rows, pk=row) if row is not None else None
        self.words = Words.of(self.found)
        self.page_url = reverse("plan_import", args=[self.owner.slug, self.found.pk])

    @property
    def may(self) -> bool:
        is_open = self.found.state == PlanImport.State.READY
        return is_open and may_import(self.request.user, self.owner.pk)

    @property
    def seen(self) -> int | None:
        """The version of the row that the form was shown with."""
        return seen_in(self.request.POST.get("seen", ""))

    def rows(self) -> list[ImportRow]:
        """Return every row in order, without its long texts; one query."""
        return list(self.found.rows.order_by("position").defer("text", "description"))

    def back_url(self, done: Done | None = None, *, row: int = 0) -> str:
        """Return the list's address, as it was narrowed, at the row."""
        asked = Asked.of(self.request)._replace(row=0, text="")
        key = row or (self.row.pk if self.row else 0)
        given = {"sist": f"{key}-{done.event}"} if done and done.event else {"rad": key}
        return f"{self.page_url}?{asked.query(**given)}#rad-{key}"

    def show(self, template: str, **facts: Any) -> HttpResponse:
        stretch = page_text.stretch_of(self.found, self.row, self.request.GET.get("tekst", "")[:20])
        context = {
            "authority": self.owner, "found": self.found, "row": self.row, "chosen_row": self.row,
            "words": self.words, "page_url": self.page_url, "stretch": stretch, "back_url": self.back_url(),
            "list_url": reverse("plan_imports", args=[self.owner.slug]),
            "label": self.words.label(self.row) if self.row else "", **facts,
        }  # fmt: skip
        return render(self.request, f"{HOME}{template}.html", context)

    def answer(self, done: Done, text: str) -> HttpResponse:
        messages.add_message(self.request, messages.SUCCESS if done.event else messages.INFO, text)
        return redirect(self.back_url(done))


@never_cache
@login_required
@read_or_act
def import_row(request: HttpRequest, authority: str, pk: int, row: int) -> HttpResponse:
    """Show what `gjor` asks to do with a row; do it on POST. Without it one is led to the row in the list."""
    here = Here(request, authority, pk, row)
    deed = request.GET.get("gjor") or request.POST.get("gjor", "")
    if request.method == "POST" or deed:
        permissions.require(may_import(request.user, here.owner.pk))
    if not deed or here.found.state != PlanImport.State.READY:
        return redirect(here.back_url())
    if deed not in DEEDS:
        raise Http404
    return DEEDS[deed](here, here.row)  # type: ignore[arg-type]


def overtaken_words(row: ImportRow) -> str:
    """Say who changed the row while this was being written, and how to go on."""
    change = latest_change(row)
    facts = {
        "who": change["who"] if change else _("Someone"),
        "when": date_format(timezone.localtime(change["at"]), "j.n. \\k\\l. H.i") if change else "",
    }
    return _(
        "%(who)s changed this row while you were writing (%(when)s). What you wrote still stands here. "
        "Save once more to put yours in its place, or go back to keep theirs."
    ) % facts  # fmt: skip


# ---- its facts ----


def change(here: Here, row: ImportRow) -> HttpResponse:
    """Write the row's own facts; what was typed stays when a colleague was quicker."""
    post = here.request.POST if here.request.method == "POST" else None
    form = FactsForm.of(row, post)
    seen = row.row_version
    if post is not None and form.is_valid():
        accepts = "godta" in post
        try:
            done = reviewing.change(
                row, form.facts, accept=accepts, seen=here.seen, by=here.request.user, now=timezone.now()
            )
        except Overtaken:
            row.refresh_from_db()
            form.add_error(None, overtaken_words(row))
            seen = row.row_version
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return here.answer(done, changed_words(here, row, done, accepts=accepts))
    return here.show("change", form=form, seen=seen)


def changed_words(here: Here, row: ImportRow, done: Done, *, accepts: bool) -> str:
    facts = {"row": here.words.label(row)}
    if not done.event:
        return _("Nothing was changed.")
    return _("%(row)s is saved and accepted.") % facts if accepts else _("%(row)s is saved.") % facts


# ---- where it lies ----


def move(here: Here, row: ImportRow) -> HttpResponse:
    """Lay the row under something else, or make a strategy a measure."""
    post = here.request.POST if here.request.method == "POST" else None
    shown = {"level": row.level, "parent": str(row.parent_id or "")}
    form = PlaceForm(post, rows=here.rows(), words=here.words, row=row, initial=shown)
    if post is not None and form.is_valid():
        children = reviewing.UP if form.cleaned_data.get("up") else ""
        try:
            done = reviewing.move(
                row, form.above, form.cleaned_data["level"], children=children, seen=here.seen,
                by=here.request.user, now=timezone.now(),
            )  # fmt: skip
        except ChildrenAsked:
            form.add_error("up", _("What lies under it cannot lie there. Tick here, or move it first."))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            row.refresh_from_db()
            text = _("%(row)s lies where it lay.")
            if done.event:
                text = _("%(row)s is moved, and lies under %(above)s.") if row.parent else _("%(row)s is moved.")
            above = here.words.label(row.parent) if row.parent else ""
            return here.answer(done, text % {"row": here.words.label(row), "above": above})
    return here.show("move", form=form, seen=row.row_version)


# ---- together with another ----


def merge(here: Here, row: ImportRow) -> HttpResponse:
    """Put the row into another; the one above it is suggested."""
    post = here.request.POST if here.request.method == "POST" else None
    rows = here.rows()
    form = MergeForm(post, row=row, rows=rows, words=here.words, chosen=suggested(row, rows))
    if post is not None and form.is_valid():
        try:
            done = reviewing.merge(
                row, form.other, title=form.cleaned_data["title"], seen=here.seen, by=here.request.user,
                now=timezone.now(),
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            facts = {"row": here.words.label(row), "into": here.words.label(form.other)}
            text = _("%(row)s is put into %(into)s.") % facts
            return here.answer(done, text)
    return here.show("merge", form=form, seen=row.row_version, under=children_of(rows, row))


def suggested(row: ImportRow, rows: list[ImportRow]) -> ImportRow | None:
    """Return the row of the same level right above, or right under the first."""
    alike = [each for each in rows if each.level == row.level and each.decision in LIVE and each.pk != row.pk]
    above = [each for each in alike if each.position < row.position]
    return above[-1] if above else alike[0] if alike else None


def children_of(rows: list[ImportRow], row: ImportRow) -> list[ImportRow]:
    """Return what lies under a row, at any depth, and is not left out."""
    keys, found = {row.pk}, []
    for each in rows:
        if each.parent_id in keys:
            keys.add(each.pk)
            found += [each] if each.decision in LIVE else []
    return found


# ---- left out ----


def drop(here: Here, row: ImportRow) -> HttpResponse:
    """Ask what becomes of what lies under a row, and leave it out."""
    below = children_of(here.rows(), row)
    problem = ""
    if here.request.method == "POST":
        chosen = here.request.POST.get("children", "")
        children = chosen if chosen in (reviewing.FOLLOW, reviewing.UP) else ""
        try:
            done = reviewing.drop(row, children, seen=here.seen, by=here.request.user, now=timezone.now())
        except ValidationError as error:
            problem = " ".join(error.messages)
            row.refresh_from_db()
        else:
            return here.answer(done, dropped_words(here, row, done))
    return here.show("drop", seen=row.row_version, below=below, problem=problem)


def dropped_words(here: Here, row: ImportRow, done: Done) -> str:
    facts = {"row": here.words.label(row), "count": len(done.also)}
    if done.also:
        text = ngettext(
            "%(row)s is left out, and %(count)d row under it.", "%(row)s is left out, and %(count)d rows under it.",
            len(done.also),
        )  # fmt: skip
        return text % facts
    return _("%(row)s is left out.") % facts


DEEDS: dict[str, Callable[[Here, ImportRow], HttpResponse]] = {
    "endre": change, "flytt": move, "sla-sammen": merge, "utelat": drop,
}  # fmt: skip


# ---- a row that was not found ----


@never_cache
@login_required
@read_or_act
def new_import_row(request: HttpRequest, authority: str, pk: int) -> HttpResponse:
    """Add a row by hand: what the document has and we did not find."""
    here = Here(request, authority, pk)
    permissions.require(may_import(request.user, here.owner.pk))
    if here.found.state != PlanImport.State.READY:
        return redirect(here.page_url)
    rows = here.rows()
    under = next((row for row in rows if row.pk == key_in(request.GET.get("under", ""))), None)
    level = ImportRow.Level.GOAL if not rows else ImportRow.Level.MEASURE
    shown = {"level": level, "parent": str(under.pk) if under else ""}
    form = NewRowForm(request.POST if request.method == "POST" else None, rows=rows, words=here.words, initial=shown)
    if request.method == "POST" and form.is_valid() & form.place.is_valid():
        try:
            done = reviewing.add(
                here.found, form.place.cleaned_data["level"], form.place.above, form.facts,
                once=form.cleaned_data["once"], by=request.user, now=timezone.now(),
            )  # fmt: skip
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The row is added, and accepted."))
            return redirect(here.back_url(done, row=done.rows[0]))
    return here.show("new", form=form)
