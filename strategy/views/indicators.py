"""What an authority measures, as its officers see to it: the list, one indicator, its values and their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from portal import permissions
from portal.integrations import statistics
from portal.models.base import key_in
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of
from strategy import figure_words, indicator_lists, observation_files, observations
from strategy.indicator_forms import IndicatorForm, NewIndicatorForm, ObservationForm, SeriesForm, UploadForm
from strategy.models import Indicator, Observation, Series

if TYPE_CHECKING:
    from django.http import HttpRequest

    from portal.models import Authority

HERE = "strategy/indicators/"


# ---- the list ----


@never_cache
@login_required
@read_or_act
def indicators(request: HttpRequest, authority: str) -> HttpResponse:
    """List what the authority measures; add an indicator."""
    found = desk_of(request.user, authority)
    if request.method == "POST" or "ny" in request.GET:
        return new_indicator(request, found)
    words, today = indicator_lists.asked_words(request.GET.get("q", "")), timezone.localdate()
    if form := request.GET.get("fil"):
        return indicator_lists.list_as_file(form, found, words, today)
    context = {
        "authority": found, "may_work": observations.may_work(request.user, found.pk),
        **indicator_lists.listed(found, words, request.GET.get("side"), today),
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


def new_indicator(request: Any, authority: Authority) -> HttpResponse:
    """Make an indicator with its first series."""
    permissions.require(observations.may_work(request.user, authority.pk))
    row = Indicator(authority=authority)
    form = NewIndicatorForm(request.POST or None, instance=row, initial={"area": authority.name})
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = form.save()
            Series.objects.create(authority=authority, indicator=made, area=form.cleaned_data["area"])
        messages.success(request, _("“%(name)s” is made. Add its values here.") % {"name": made.name})
        return redirect("indicator_page", authority.slug, made.pk)
    return render(request, f"{HERE}new.html", {"authority": authority, "form": form})


# ---- one indicator ----


@never_cache
@login_required
@read_or_act
def indicator_page(request: HttpRequest, authority: str, indicator: int) -> HttpResponse:
    """Show an indicator with its values and targets; what is done to it has an address of its own under `gjor`."""
    owner = desk_of(request.user, authority)
    found = get_object_or_404(Indicator, pk=indicator, authority=owner)
    found.authority = owner
    if request.method == "GET" and (form := request.GET.get("verdier")):
        return indicator_lists.values_as_file(form, found)
    if request.method == "GET" and (form := request.GET.get("mal")):
        return indicator_lists.template_as_file(form, found, timezone.localdate())
    if deed := (request.GET.get("gjor") or request.POST.get("gjor")):
        permissions.require(observations.may_work(request.user, owner.pk))
        if deed not in DEEDS:
            raise Http404
        return DEEDS[deed](request, found)
    if request.method == "POST":
        raise Http404
    context = {
        **facts_of(request, found), **indicator_lists.page_of(found, timezone.localdate()),
        "history": observations.history_of(found, request.user),  # type: ignore[arg-type]
    }  # fmt: skip
    return render(request, f"{HERE}page.html", context)


def facts_of(request: Any, indicator: Indicator) -> dict[str, Any]:
    """Return what every page of the indicator shows."""
    owner = indicator.authority
    return {
        "authority": owner, "indicator": indicator, "may_work": observations.may_work(request.user, owner.pk),
        "list_url": reverse("indicators", args=[owner.slug]), "page_url": page_url(indicator),
        "today": timezone.localdate(),
    }  # fmt: skip


def page_url(indicator: Indicator) -> str:
    return reverse("indicator_page", args=[indicator.authority.slug, indicator.pk])


def ask(request: Any, indicator: Indicator, template: str, **facts: Any) -> HttpResponse:
    return render(request, f"{HERE}{template}.html", {**facts_of(request, indicator), **facts})


def back(request: Any, indicator: Indicator, text: str, level: int = messages.SUCCESS) -> HttpResponse:
    messages.add_message(request, level, text)
    return redirect(page_url(indicator))


# ---- what it is ----


def change_indicator(request: Any, indicator: Indicator) -> HttpResponse:
    """Change the indicator's own facts."""
    with transaction.atomic():
        form = IndicatorForm(request.POST if request.method == "POST" else None, instance=indicator)
        if request.method == "POST" and form.is_valid():
            if form.has_changed():
                form.save()
            return back(request, indicator, _("The indicator is saved."))
    name = Indicator.objects.values_list("name", flat=True).get(pk=indicator.pk)  # not what was typed and refused
    return ask(request, indicator, "form", form=form, heading=_("Change “%(name)s”") % {"name": name}, deed="endre")


def change_series(request: Any, indicator: Indicator) -> HttpResponse:
    """Add a series, or change where one is fetched from; one without values may be removed."""
    key = key_in(request.GET.get("serie", request.POST.get("serie", "")))
    row = get_object_or_404(indicator.series, pk=key) if key else new_series(indicator)
    if request.method == "POST" and "fjern" in request.POST and row.pk:
        return remove_series(request, indicator, row)
    with transaction.atomic():
        if request.method == "POST":
            observations.lock(indicator)
        form = SeriesForm(request.POST if request.method == "POST" else None, instance=row)
        if request.method == "POST" and form.is_valid():
            form.save()
            return back(request, indicator, _("The series is saved."))
    heading = _("Change the series") if row.pk else _("Add a series")
    may_remove = bool(row.pk) and not row.observations.exists() and not row.targets.exists()
    return ask(
        request, indicator, "form", form=form, heading=heading, deed="serie", row=row, may_remove=may_remove,
        table_page=statistics.table_page(row.table_id) if row.table_id else "",
    )  # fmt: skip


def new_series(indicator: Indicator) -> Series:
    return Series(indicator=indicator, authority_id=indicator.authority_id, position=indicator.series.count())


def remove_series(request: Any, indicator: Indicator, row: Series) -> HttpResponse:
    with transaction.atomic():
        observations.lock(indicator)
        if row.observations.exists() or row.targets.exists():
            text = _("The series has values or a target, and stays.")
            return back(request, indicator, text, messages.WARNING)
        row.delete()
    return back(request, indicator, _("The series is removed."))


# ---- one value ----


def value_of(indicator: Indicator, key: str) -> Observation:
    rows = Observation.objects.filter(series__indicator=indicator).select_related("series__indicator")
    row: Observation = get_object_or_404(rows, pk=key_in(key))
    return row


def type_value(request: Any, indicator: Indicator) -> HttpResponse:
    """Add a value, or change one."""
    key = request.GET.get("verdi", request.POST.get("verdi", ""))
    row = value_of(indicator, key) if key else Observation(authority_id=indicator.authority_id)
    if not indicator.series.exists():
        return back(request, indicator, _("Add a series first."), messages.WARNING)
    with transaction.atomic():
        if request.method == "POST":
            observations.lock(indicator)
        form = ObservationForm(
            request.POST if request.method == "POST" else None, instance=row, indicator=indicator,
            today=timezone.localdate(),
        )  # fmt: skip
        if request.method == "POST" and form.is_valid():
            if not row.pk or form.has_changed():
                observations.save_one(form.save(commit=False), by=request.user, at=timezone.now())
            return back(request, indicator, _("The value is saved."))
    heading = _("Change a value") if key else _("Add a value")
    return ask(request, indicator, "form", form=form, heading=heading, deed="verdi", value=key)


def remove_value(request: Any, indicator: Indicator) -> HttpResponse:
    """Ask before a value is removed; remove it on POST."""
    row = value_of(indicator, request.GET.get("verdi", request.POST.get("verdi", "")))
    if request.method == "POST":
        try:
            seen = int(request.POST.get("seen", "-1") or -1) if request.POST.get("seen", "").isdecimal() else -1
            observations.remove(row, by=request.user, at=timezone.now(), seen=seen)
        except observations.Stale:
            text = _("A colleague changed the value while you looked. See if it is still to be removed.")
            messages.warning(request, text)
            return redirect(f"{page_url(indicator)}?gjor=fjern&verdi={row.pk}")
        return back(request, indicator, _("The value is removed. The history keeps it."))
    said = figure_words.level(row.value, indicator.unit, indicator.decimals)
    return ask(request, indicator, "remove", row=row, said=said, when=figure_words.when(row.observed_on))


# ---- many values ----


def upload(request: Any, indicator: Indicator) -> HttpResponse:
    """Read a file and show what it would change; nothing is saved yet."""
    series = list(indicator.series.all())
    if not series:
        return back(request, indicator, _("Add a series first."), messages.WARNING)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            incoming = observation_files.read(
                form.cleaned_data["file"], series=series, names=indicator_lists.names_of(series),
                decimals=indicator.decimals, today=timezone.localdate(),
            )  # fmt: skip
            return show_preview(request, indicator, incoming, way="fil")
        except ValidationError as error:
            form.add_error("file", error)
    return ask(request, indicator, "upload", form=form, names=[str(one) for one in series])


def fetch(request: Any, indicator: Indicator) -> HttpResponse:
    """Say what will be fetched; on POST fetch it and show what it would change."""
    series = list(indicator.series.exclude(table_id=""))
    problem = ""
    if request.method == "POST":
        try:
            incoming, answers = observations.fetch(indicator, timezone.localdate())
        except statistics.StatisticsError as error:
            problem = str(error)
        else:
            tables = sorted({answer.table for answer in answers})
            source = observations.source_of(", ".join(tables)) if tables else ""
            return show_preview(request, indicator, incoming, way="hent", source=source, answers=answers)
    pages = [(one, statistics.table_page(one.table_id)) for one in series]
    return ask(request, indicator, "fetch", series=pages, problem=problem, licence=statistics.LICENCE)


def show_preview(
    request: Any, indicator: Indicator, incoming: list[observation_files.Incoming], *, way: str, source: str = "",
    answers: Any = (),
) -> HttpResponse:  # fmt: skip
    """Show each value as new, changed or unchanged, and ask before they are saved."""
    planned = observations.compare(indicator, incoming)
    rows = [
        {
            "series": str(one.series), "when": figure_words.when(one.new.on), "kind": one.kind,
            "new": figure_words.level(one.new.value, indicator.unit, indicator.decimals),
            "is_estimated": one.new.is_estimated,
            "before": figure_words.level(one.before.value, indicator.unit, indicator.decimals) if one.before else "",
        }
        for one in sorted(planned, key=lambda one: (one.kind == "unchanged", one.kind == "new"))
    ]  # fmt: skip
    kinds = [row["kind"] for row in rows]
    return ask(
        request, indicator, "preview", rows=rows, way=way, source=source, answers=answers,
        licence=statistics.LICENCE, packed=observations.pack(planned, indicator, request.user, source),
        new=kinds.count("new"), changed=kinds.count("changed"), unchanged=kinds.count("unchanged"),
    )  # fmt: skip


def save_preview(request: Any, indicator: Indicator) -> HttpResponse:
    """Save what was shown, or say that it no longer holds."""
    preview = observations.unpack(request.POST.get("innhold", ""), indicator, request.user)
    if preview is None:
        text = _("What was shown is too old. Send the file again, or fetch the figures again.")
        return back(request, indicator, text, messages.WARNING)
    try:
        saved = observations.save(
            indicator, preview, by=request.user, at=timezone.now(), only_new="bare-nye" in request.POST
        )
    except observations.Stale:
        text = _("Nothing is saved: somebody changed a value after you looked. Send or fetch again to see it.")
        return back(request, indicator, text, messages.WARNING)
    if not any(saved):
        return back(request, indicator, _("Nothing new: all of it stands here already."), messages.INFO)
    new = ngettext("%d value is new", "%d values are new", saved.new) % saved.new
    changed = ngettext("%d is changed", "%d are changed", saved.changed) % saved.changed
    return back(request, indicator, _("Saved: %(new)s, and %(changed)s.") % {"new": new, "changed": changed})


DEEDS = {
    "endre": change_indicator, "serie": change_series, "verdi": type_value, "fjern": remove_value, "fil": upload,
    "hent": fetch, "lagre": save_preview,
}  # fmt: skip
