"""Files, handed out only to those who may see the case they lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.models import Document

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_required
@require_safe
def download(request: HttpRequest, document: int) -> FileResponse:
    """Send one document as a download; what the user may not see does not exist."""
    found = get_object_or_404(Document.objects.visible_to(request.user), pk=document)
    response = FileResponse(found.file.open("rb"), as_attachment=True, filename=found.filename)
    response["Content-Type"] = "application/octet-stream"
    response["Cache-Control"] = "private, no-store"
    return response
