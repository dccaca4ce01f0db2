"""Files, handed out to those who may see the case they lie in, and to anyone where a public round hands them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from portal import access_log, impartiality_watch
from portal.models import AccessLog, Document, InputRound, RoundDocument
from portal.models.case import Access

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponseBase

log = structlog.get_logger("portal.documents")


def for_all() -> Q:
    """Return the condition that a public round hands a document out to anyone."""
    handed_out = RoundDocument.objects.filter(round__in=InputRound.objects.public()).values("document")
    return Q(access=Access.OPEN, pk__in=handed_out)


def readable_by(user: Any) -> QuerySet[Document]:
    """Return the documents the user may have: of her own cases, and those that public rounds hand out to all."""
    if not user.is_authenticated:
        return Document.objects.filter(for_all())
    return Document.objects.filter(for_all() | Q(pk__in=Document.objects.visible_to(user).values("pk")))


@require_safe
def download(request: HttpRequest, document: int) -> HttpResponseBase:
    """Send one document as a download; what the user may not see does not exist. Who is not signed in may do so.

    Raises:
        Http404: there is no such document for this user, or its file is gone.
        ClosedCase: she has not declared, or is tied to the case.
    """
    found = readable_by(request.user).filter(pk=document).select_related("case__authority").first()
    if found is None and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if found is None:
        raise Http404
    if not Document.objects.filter(for_all(), pk=found.pk).exists():
        impartiality_watch.require(request.user, found.case)
    response = file_of(found)
    access_log.saw(request.user, found.case, AccessLog.What.DOCUMENT, found)
    return response


def file_of(found: Document) -> FileResponse:
    """Return a document's content as a download; whether the reader may have it is asked before.

    Raises:
        Http404: the file is gone.
    """
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        log.error("a document's file is missing", document=found.pk)
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=found.filename)
    response["Content-Type"] = "application/octet-stream"
    response["Cache-Control"] = "private, no-store"
    return response
