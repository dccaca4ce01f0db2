"""Files, handed out only to those who may see the case they lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.models import Document

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger("portal.documents")


@login_required
@require_safe
def download(request: HttpRequest, document: int) -> FileResponse:
    """Send one document as a download; what the user may not see does not exist."""
    found = get_object_or_404(Document.objects.visible_to(request.user), pk=document)
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        log.error("a document's file is missing", document=found.pk)
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=found.filename)
    response["Content-Type"] = "application/octet-stream"
    response["Cache-Control"] = "private, no-store"
    return response
