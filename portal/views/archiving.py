"""What is to the archive: what waits, packages, and a whole case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal import impartiality_watch
from portal.archiving import packages
from portal.models import ArchivePackage, Case, Document
from portal.models.base import key_in
from portal.permissions import does_casework, require
from portal.views.methods import read_or_act
from portal.views.waiting import desk_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from portal.models import Authority

PER_PAGE = 50
LARGEST_RECEIPT = 1_000_000
MOST_RECEIPTS = packages.MOST


@never_cache
@login_required
@read_or_act
def archive(request: HttpRequest, authority: str) -> HttpResponse:
    """Show what waits to be archived and the packages; make one, or register an answer, on POST."""
    owner = desk_of(request.user, authority)
    require(does_casework(request.user, owner.pk))
    if request.method == "POST":
        return _act(request, owner)
    waiting = packages.for_her(request.user, owner)
    count, all_of_them = waiting.count(), packages.waiting(owner).count()
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("side"))
    rows = ArchivePackage.objects.filter(authority=owner).select_related("case", "made_by")
    context = {
        "authority": owner, "page": page, "count": count, "not_hers": all_of_them - count,
        "packages": list(rows[:PER_PAGE]), "may": packages.may_hand_over(request.user, owner.pk),
        "most": packages.MOST, "asked": _asked(request, owner),
    }  # fmt: skip
    return render(request, "portal/archiving/archive.html", context)


def _asked(request: HttpRequest, owner: Authority) -> ArchivePackage | None:
    """Return the package whose answer is to be registered, if one is asked for."""
    number = key_in(request.GET.get("svar", ""))
    return ArchivePackage.objects.filter(authority=owner, number=number, state="made").first() if number else None


def _act(request: Any, owner: Authority) -> HttpResponse:
    try:
        match request.POST.get("do", ""):
            case "make":
                made = packages.hand_over(owner, by=request.user, now=timezone.now())
                messages.success(
                    request, _("Package %(number)d is made. Download it, and hand it over.") % {"number": made.number}
                )
            case "received" | "refused" as answer:
                _settle(request, owner, answer == "received")
            case _:
                raise Http404
    except ValidationError as error:
        for text in error.messages:
            messages.warning(request, text)
    return redirect("archive", owner.slug)


def _settle(request: Any, owner: Authority, received: bool) -> None:
    package = get_object_or_404(ArchivePackage, authority=owner, number=key_in(request.POST.get("number", "")))
    files = request.FILES.getlist("receipts")[:MOST_RECEIPTS]
    receipt = request.POST.get("receipt", "") or (_("Receipts by document") if files and received else "")
    packages.settle(package, received=received, receipt=receipt, by=request.user, now=timezone.now())
    if not (files and received):
        messages.success(request, _("The archive’s answer is registered."))
        return
    contents = [file.read() for file in files if file.size <= LARGEST_RECEIPT]
    fitted, unfit = packages.read_receipts(package, contents, by=request.user)
    unfit += len(files) - len(contents)
    said = ngettext("%(number)d receipt is read.", "%(number)d receipts are read.", fitted) % {"number": fitted}
    messages.success(request, said)
    if unfit:
        said = ngettext(
            "%(number)d file is no receipt for a document in this package.",
            "%(number)d files are no receipts for documents in this package.", unfit,
        )  # fmt: skip
        messages.warning(request, said % {"number": unfit})


@never_cache
@login_required
@require_safe
def archive_package(request: HttpRequest, authority: str, number: int) -> HttpResponseBase:
    """Hand out a package to who makes them, if she may handle every case in it."""
    owner = desk_of(request.user, authority)
    require(packages.may_hand_over(request.user, owner.pk) or bool(getattr(request.user, "is_superuser", False)))
    found = get_object_or_404(ArchivePackage, authority=owner, number=number)
    held = Document.objects.filter(packages__package=found)
    require(not held.exclude(pk__in=held.filter(impartiality_watch.may_open(request.user)).values("pk")).exists())
    try:
        content = packages.content_of(found)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=f"arkiv-{owner.slug}-{found.number}.zip")
    response["Content-Type"] = "application/zip"
    response["Cache-Control"] = "private, no-store"
    return response


@never_cache
@login_required
@read_or_act
def export_case(request: HttpRequest, authority: str, case: int) -> HttpResponse:
    """Show what a whole case would hand over; make the package on POST."""
    owner = desk_of(request.user, authority)
    require(packages.may_hand_over(request.user, owner.pk) or bool(getattr(request.user, "is_superuser", False)))
    found = get_object_or_404(Case, pk=case, authority=owner)
    found.authority = owner
    impartiality_watch.require(request.user, found)
    if request.method == "POST":
        try:
            made = packages.copy_of(found, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
            return redirect("export_case", owner.slug, found.pk)
        return redirect("archive_package", owner.slug, made.number)
    documents = list(Document.objects.filter(case=found).order_by("registered_at", "pk"))
    earlier = list(ArchivePackage.objects.filter(case=found).select_related("made_by")[:10])
    context = {
        "authority": owner, "case": found, "documents": documents, "earlier": earlier,
        "may": packages.may_hand_over(request.user, owner.pk),
    }  # fmt: skip
    return render(request, "portal/archiving/case.html", context)
