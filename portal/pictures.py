"""Photos as we keep them: upright, as JPEG or PNG, without what they say of where, when and by whom they were taken.

A picture's size is read before its content, so that none unpacks to more than a server can hold.
"""

from __future__ import annotations

import functools
import io
from typing import Any

from django.core.files.base import ContentFile

MOST_PIXELS = 50_000_000
"""As large as phones take; three times as many bytes while it is read."""
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
QUALITY = 88


class Unreadable(Exception):
    """It is no whole picture, or more of one than we can read."""


def is_heic(upload: Any) -> bool:
    """Say whether a file begins as the photos of a phone do."""
    head = upload.read(12)
    return bool(head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS)


@functools.cache
def reader() -> Any:
    """Return Pillow's opener, once it knows HEIC; loaded where a picture comes, since it costs every process memory."""
    import pillow_heif
    from PIL import Image

    pillow_heif.register_heif_opener()
    return Image.open


def cleaned(upload: Any) -> tuple[ContentFile[bytes], str]:
    """Return a picture's content without what it hides, and its type: PNG stays PNG, all else becomes JPEG.

    Raises:
        Unreadable: it is cut short, no picture, or unpacks to far too much.
    """
    from PIL import Image, ImageOps

    out = io.BytesIO()
    upload.seek(0)
    try:
        with reader()(upload, formats=["JPEG", "PNG", "HEIF"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unreadable
            colours = {"icc_profile": picture.info.get("icc_profile")}
            if picture.format == "PNG":
                picture.load()
                picture.save(out, "PNG", **colours)
                return ContentFile(out.getvalue()), "image/png"
            if picture.format == "JPEG" and picture.getexif().get(0x0112, 1) == 1:
                picture.save(out, "JPEG", quality="keep", exif=b"", comment=b"", xmp=b"", **colours)
            else:
                upright = ImageOps.exif_transpose(picture)
                upright = upright if upright.mode in ("RGB", "L", "CMYK") else upright.convert("RGB")
                upright.save(out, "JPEG", quality=QUALITY, exif=b"", comment=b"", xmp=b"", **colours)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        raise Unreadable from error
    finally:
        upload.seek(0)
    return ContentFile(out.getvalue()), "image/jpeg"
