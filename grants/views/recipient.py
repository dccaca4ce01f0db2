"""A recipient's own pages: what is expected by when, each grant, what others pay, reports, and the files it sent.

They open for those who have a mandate for the organisation today; to others it does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grants import asking, held, own_lists, own_words, papers
from grants.afterwards import closing
from grants.models import Condition, FinancingSource, GrantReport, Payout
from grants.own_forms import ReportForm, SourceForm, add_errors
from portal.models.base import key_in
from portal.views.documents import file_of
from portal.views.methods import read_or_act
from portal.views.organisations import facts_of, organisation_of

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from grants.models import Grant
    from grants.own_lists import Own

HERE = "grants/own/"


# ---- all of them ----


@never_cache
@login_required
@require_safe
def own_grants(request: HttpRequest, organisation: int) -> HttpResponse:
    """Show what is expected of an organisation by when, and its grants, those that are open first."""
    today = timezone.localdate()
    found = organisation_of(request, organisation, today)
    grants = list(own_lists.grants_of([found]))
    facts, bank = facts_of(request, found, today), own_lists.bank_account(found)
    rows = own_lists.of(grants, today) if grants else []
    context = {
        **facts, **bank, "todos": own_lists.todos(rows, today, acts=facts["may_bind"], bank=bank),
        "live": [own for own in rows if own.is_open], "over": [own for own in rows if not own.is_open],
    }  # fmt: skip
    return render(request, f"{HERE}list.html", context)


# ---- one of them ----


def own_of(request: Any, organisation: int, grant: int) -> tuple[dict[str, Any], Own]:
    """Return what every page of a grant shows, and the grant.

    Raises:
        Http404: no mandate for the organisation, or no decided grant of its own.
    """
    today = timezone.localdate()
    found = organisation_of(request, organisation, today)
    row: Grant = get_object_or_404(own_lists.grants_of([found]), pk=grant)
    row.organisation, row.authority = found, found.authority
    own = own_lists.of([row], today)[0]
    return {**facts_of(request, found, today), "own": own, "grant": row, "page_url": own.url}, own


@never_cache
@login_required
@read_or_act
def own_grant(request: HttpRequest, organisation: int, grant: int) -> HttpResponse:
    """Show a grant whole: figures, conditions, papers and payouts; begin a report, or take back what was asked for."""
    facts, own = own_of(request, organisation, grant)
    if request.method == "POST":
        deed = {"vis": begin_report, "trekk": take_back_payout}.get(request.POST.get("gjor", ""))
        if deed is None:
            raise Http404
        return deed(request, own)
    today, bank = facts["today"], own_lists.bank_account(facts["organisation"])
    own_lists.with_files(own.sources)
    own_lists.with_files(own.reports)
    context = {
        **facts, **bank, "todos": own_lists.todos([own], today, acts=facts["may_bind"], bank=bank),
        "conditions": own_words.conditions(own), "obstacles": own_words.obstacles(own),
        "payouts": [own_words.payout(row, today) for row in own.payouts],
        "aid": getattr(own.grant, "aid", None),
    }  # fmt: skip
    return render(request, f"{HERE}grant.html", context)


def begin_report(request: Any, own: Own) -> HttpResponse:
    """Go to the report that answers a condition; it is made the first time."""
    row = get_object_or_404(Condition, pk=key_in(request.POST.get("vilkar", "")), grant=own.grant)
    try:
        report = papers.report_on(row, by=request.user, now=timezone.now())
    except ValidationError as error:
        return told(request, own, error)
    return redirect("own_report", *own.place, report.pk)


def take_back_payout(request: Any, own: Own) -> HttpResponse:
    """Take back what was asked for, while nobody has prepared it."""
    row = get_object_or_404(Payout, pk=key_in(request.POST.get("utbetaling", "")), grant=own.grant)
    try:
        asking.take_back(row, by=request.user, now=timezone.now(), seen=key_in(request.POST.get("seen", "")))
    except ValidationError as error:
        return told(request, own, error)
    messages.success(request, _("You have taken it back. You can ask again."))
    return redirect(f"{own.url}#utbetalinger")


def told(request: Any, own: Own, error: ValidationError, page: str = "") -> HttpResponse:
    """Say why nothing was done, on the page as it stands now."""
    for text in error.messages:
        messages.warning(request, text)
    return redirect(page or own.url)


# ---- what others pay ----


def financing_url(own: Own) -> str:
    return reverse("own_financing", args=own.place)


@never_cache
@login_required
@read_or_act
def own_financing(request: HttpRequest, organisation: int, grant: int) -> HttpResponse:
    """Show what others pay and the running total; add, change, take back or take away one of them at a time."""
    facts, own = own_of(request, organisation, grant)
    if request.method == "POST":
        deed = {"legg": add, "endre": change, "trekk": take_back, "fjern": remove}.get(request.POST.get("gjor", ""))
        if deed is None:
            raise Http404
        return deed(request, facts, own)
    if request.GET.get("gjor") == "fjern":
        return render(request, f"{HERE}remove.html", {**facts, "source": source_of(request.GET, own)})
    if "kilde" in request.GET:
        source = source_of(request.GET, own)
        if source.state not in papers.CHANGEABLE:
            return redirect(financing_url(own))
        return change_page(request, facts, own, source, SourceForm(source=source, classes=classes_of(own)))
    return financing_page(request, facts, own, SourceForm(classes=classes_of(own)))


def classes_of(own: Own) -> str:
    """Return whose money counts for the grant's conditions, in words."""
    return own_words.class_names(code for row in own.facts.conditions for code in row.classes)


def source_of(given: Any, own: Own) -> FinancingSource:
    """Return the source that a page or a press is about.

    Raises:
        Http404: it is none of this grant's.
    """
    key = key_in(given.get("kilde", ""))
    found = next((row for row in own.sources if row.pk == key), None)
    if found is None:
        raise Http404
    return found


def financing_page(request: Any, facts: dict[str, Any], own: Own, form: forms.Form) -> HttpResponse:
    own_lists.with_files(own.sources)
    context = {
        **facts, "form": form, "totals": own_words.running_totals(own),
        "chose_files": form.is_bound and bool(request.FILES),
    }  # fmt: skip
    return render(request, f"{HERE}financing.html", context)


def change_page(
    request: Any, facts: dict[str, Any], own: Own, source: FinancingSource, form: forms.Form
) -> HttpResponse:  # fmt: skip
    context = {
        **facts, "form": form, "source": source, "files": own_lists.with_files([source])[0].files,
        "chose_files": form.is_bound and bool(request.FILES),
    }  # fmt: skip
    return render(request, f"{HERE}change.html", context)


def add(request: Any, facts: dict[str, Any], own: Own) -> HttpResponse:
    """Add one more that pays; the page comes back ready for the next."""
    form = SourceForm(request.POST, request.FILES, classes=classes_of(own))
    if form.is_valid():
        try:
            made = papers.add_source(own.grant, form.facts, form.checked, by=request.user, now=timezone.now())
        except ValidationError as error:
            add_errors(form, error)
        else:
            say_sent(request, made)
            return redirect(f"{financing_url(own)}#legg")
    return financing_page(request, facts, own, form)


def change(request: Any, facts: dict[str, Any], own: Own) -> HttpResponse:
    """Change a source that is pledged or came back, and send it."""
    source = source_of(request.POST, own)
    form = SourceForm(request.POST, request.FILES, source=source, classes=classes_of(own))
    if form.is_valid():
        try:
            saved = papers.change_source(
                source, form.facts, form.checked, by=request.user, now=timezone.now(), seen=form.version
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            say_sent(request, saved)
            return redirect(financing_url(own))
    return change_page(request, facts, own, source, form)


def say_sent(request: Any, source: FinancingSource) -> None:
    """Say what became of a source."""
    name = {"payer": source.payer}
    if source.state == FinancingSource.State.SENT:
        messages.success(request, _("“%(payer)s” is sent. We read it before it counts.") % name)
    else:
        messages.success(
            request, _("“%(payer)s” is saved as pledged. It counts when you have sent what shows it.") % name
        )


def take_back(request: Any, facts: dict[str, Any], own: Own) -> HttpResponse:
    """Take back what nobody has read, to change it."""
    source, seen = source_of(request.POST, own), key_in(request.POST.get("seen", ""))
    try:
        papers.take_back(source, by=request.user, now=timezone.now(), seen=seen)
    except ValidationError as error:
        return told(request, own, error, financing_url(own))
    messages.success(request, _("You have taken it back, and can change it here."))
    return redirect(f"{financing_url(own)}?kilde={source.pk}")


def remove(request: Any, facts: dict[str, Any], own: Own) -> HttpResponse:
    """Take away a source that is pledged or came back; a second press finds nothing, and that is well."""
    key = key_in(request.POST.get("kilde", ""))
    source, seen = next((row for row in own.sources if row.pk == key), None), key_in(request.POST.get("seen", ""))
    if source is None:
        messages.info(request, _("It is taken away already."))
        return redirect(financing_url(own))
    try:
        papers.remove_source(source, by=request.user, now=timezone.now(), seen=seen)
    except ValidationError as error:
        return told(request, own, error, financing_url(own))
    messages.success(request, _("“%(payer)s” is taken away.") % {"payer": source.payer})
    return redirect(financing_url(own))


# ---- reports ----


@never_cache
@login_required
@read_or_act
def own_report(request: HttpRequest, organisation: int, grant: int, report: int) -> HttpResponse:
    """Write a report and send it; what is sent is shown as it is."""
    facts, own = own_of(request, organisation, grant)
    found = next((row for row in own.reports if row.pk == report), None)
    if found is None:
        raise Http404
    if (application := held.application_of(own.grant)) is not None and closing.is_final(found, application):
        return redirect("own_final_accounts", application.pk, found.pk)
    form = None
    if found.state in papers.UNSENT and own.takes_papers:
        form = ReportForm(initial={"text": found.text, "seen": found.row_version})
    if request.method == "POST":
        form = ReportForm(request.POST, request.FILES)
        if (answered := act_on_report(request, own, found, form)) is not None:
            return answered
    context = {
        **facts, "report": found, "form": form, "files": own_lists.with_files([found])[0].files,
        "chose_files": form is not None and form.is_bound and bool(request.FILES),
    }  # fmt: skip
    return render(request, f"{HERE}report.html", context)


def act_on_report(request: Any, own: Own, report: GrantReport, form: ReportForm) -> HttpResponse | None:
    """Save or send what was written; nothing when the form must be shown again."""
    pressed = request.POST.get("gjor", "")
    if pressed not in ("send", "lagre"):
        raise Http404
    if not form.is_valid():
        return None
    given: Any = {"by": request.user, "now": timezone.now(), "seen": form.version}
    try:
        if pressed == "send":
            papers.send_report(report, form.cleaned_data["text"], form.cleaned_data["files"], **given)
            messages.success(request, _("The report is sent. We read it and tell you."))
            return redirect(own.url)
        saved = papers.save_report(report, form.cleaned_data["text"], **given)
    except ValidationError as error:
        add_errors(form, error)
        return None
    messages.success(request, _("The text is saved, and not sent."))
    if form.cleaned_data["files"]:
        messages.warning(request, _("The files are not kept: choose them when you send."))
    return redirect("own_report", *own.place, saved.pk)


# ---- files ----


@never_cache
@login_required
@require_safe
def own_document(request: HttpRequest, organisation: int, grant: int, document: int) -> HttpResponseBase:
    """Send a file that came with one of the grant's papers, as a download.

    Raises:
        Http404: no such file came with this grant's papers, or its content is gone.
    """
    _facts, own = own_of(request, organisation, grant)
    papers_of = [*own_lists.with_files(own.sources), *own_lists.with_files(own.reports)]
    found = next((file for row in papers_of for file in row.files if file.pk == document), None)
    if found is None:
        raise Http404
    return file_of(found)
