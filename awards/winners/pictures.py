"""Pictures of winners: made small for the web, without what they hide, and handed out as pictures alone."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import structlog
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _

from portal import uploads
from portal.pictures import QUALITY, reader

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest

    from awards.models import Winner

FILE_BYTES = 10 * 1024 * 1024
LARGEST_SIDE = 1600
"""Pixels: sharp on any screen across the width of the page, and light on a phone."""
ACCEPT = ".jpg,.jpeg,.png,.heic,.heif"
TYPE = "image/jpeg"
log = structlog.get_logger("awards.pictures")


def checked(upload: Any) -> ContentFile[bytes]:
    """Return a picture as we show it: upright, small, JPEG, without place, time and camera.

    Raises:
        ValidationError: it is no picture, too large, or dangerous.
    """
    kept = uploads.check(upload, limit=FILE_BYTES, clean=True)
    if kept.content_type not in uploads.PICTURES:
        text = _("“%(name)s” is not a picture. Choose a JPEG, PNG or HEIC.")
        raise ValidationError(text % {"name": kept.filename}, code="not_a_picture")
    return small(kept.content)


def small(content: Any) -> ContentFile[bytes]:
    """Return a picture we have cleaned, no larger than the page shows it."""
    from PIL import Image

    out = io.BytesIO()
    content.seek(0)
    with reader()(content, formats=["JPEG", "PNG"]) as picture:
        picture.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
        picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        shown, colours = picture, picture.info.get("icc_profile") if picture.mode == "RGB" else None
        if picture.mode in ("RGBA", "LA", "P", "PA"):
            shown = Image.new("RGB", picture.size, "white")
            over = picture.convert("RGBA")
            shown.paste(over, mask=over.getchannel("A"))
        shown.convert("RGB").save(out, "JPEG", quality=QUALITY, optimize=True, exif=b"", icc_profile=colours)
    return ContentFile(out.getvalue())


def answer(request: HttpRequest, winner: Winner) -> HttpResponse:
    """Return the picture as a browser shows it; asked about each time, so that one taken away is gone at once.

    Raises:
        Http404: there is none, or its file is gone.
    """
    if not winner.picture:
        raise Http404
    etag = f'"{str(winner.picture.name).rpartition("/")[2]}"'
    try:
        with winner.picture.open("rb") as file:
            response = HttpResponse(file.read(), content_type=TYPE)
    except FileNotFoundError as error:
        log.error("a winner's picture is missing", winner=winner.pk)
        raise Http404 from error
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'"
    response["ETag"] = etag
    patch_cache_control(response, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response) or response
