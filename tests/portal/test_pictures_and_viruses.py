"""Photos are kept as JPEG without the place they were taken; what is dangerous, or could not be checked, is refused."""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import gettext
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from portal import pictures, uploads
from portal.integrations import antivirus
from tests.clamd import LIMIT, VIRUS, a_clamd
from tests.conftest import signed_in
from tests.portal.test_uploads import PDF

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + uploads.TEST_VIRUS + rb"$H+H*"
CAMERA, ORIENTATION, PLACE = 0x010F, 0x0112, 0x8825
SECRET = "Oppdiktet kamera"


def taken(format_: str, *, turned: int = 6, size: tuple[int, int] = (40, 30)) -> bytes:
    """Return a photo as a phone makes it: lying on its side, with camera and place in it."""
    exif, out = Image.Exif(), io.BytesIO()
    exif[CAMERA], exif[ORIENTATION] = SECRET, turned
    exif.get_ifd(PLACE)[1] = "N"
    pillow_heif.register_heif_opener()
    more = {"pnginfo": PngInfo()} if format_ == "PNG" else {}
    for info in more.values():
        info.add_text("Author", SECRET)
    Image.new("RGB", size, "teal").save(out, format_, exif=exif.tobytes(), **more)
    return out.getvalue()


def sent(name: str, content: bytes) -> Any:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    ("format_", "name", "kept", "size"),
    [
        ("HEIF", "IMG_0001.HEIC", "IMG_0001.jpg", (30, 40)), ("JPEG", "bilde.JPG", "bilde.JPG", (30, 40)),
        ("PNG", "skjerm.png", "skjerm.png", (40, 30)),
    ],
)  # fmt: skip
def test_a_photo_is_kept_upright_without_place_and_camera(
    format_: str, name: str, kept: str, size: tuple[int, int]
) -> None:
    content = taken(format_)
    assert SECRET.encode() in content
    checked = uploads.check(sent(name, content), limit=1_000_000, clean=True)
    stored = checked.content.read()
    assert SECRET.encode() not in stored
    assert checked.filename == kept
    picture = Image.open(io.BytesIO(stored), formats=["JPEG", "PNG"])
    assert not picture.getexif()
    assert picture.size == size or format_ == "PNG"
    assert (checked.size, checked.sha256) == (len(stored), uploads.sha256_of(checked.content))
    assert checked.content_type == ("image/png" if format_ == "PNG" else "image/jpeg")


def test_a_photo_from_a_phone_becomes_jpeg_wherever_it_is_sent() -> None:
    checked = uploads.check(sent("kvittering.heic", taken("HEIF")), limit=1_000_000)
    assert (checked.filename, checked.content_type) == ("kvittering.jpg", "image/jpeg")


def test_a_picture_that_is_cut_short_or_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = taken("JPEG", size=(400, 300))
    monkeypatch.setattr(pictures, "MOST_PIXELS", 400 * 300 - 1)
    lies = {"kuttet.jpg": whole[: len(whole) // 2], "stor.jpg": whole, "stor.heic": taken("HEIF", size=(400, 300)),
            "tull.heic": b"\0\0\0\x1cftypheic" + b"\0" * 80, "film.heic": b"\0\0\0\x1cftypisom" + b"\0" * 80}  # fmt: skip
    for name, content in lies.items():
        with pytest.raises(ValidationError) as refused:
            uploads.check(sent(name, content), limit=1_000_000, clean=True)
        assert refused.value.code == "not_what_it_says", name


def test_the_test_virus_is_refused_by_its_content_also_without_a_virus_check() -> None:
    for name, content in (("les.txt", EICAR), ("lang.txt", b"a" * 65_536 * 2 + EICAR), ("brev.pdf", PDF + EICAR)):
        with pytest.raises(ValidationError) as refused:
            uploads.check(sent(name, content), limit=1_000_000)
        assert refused.value.code == "virus", name


def test_a_file_is_shown_to_the_virus_check_whole(settings: Any) -> None:
    with a_clamd() as clamd:
        settings.ANTIVIRUS_URL = clamd.url
        content = PDF + b"x" * 200_000
        assert uploads.check(sent("brev.pdf", content), limit=LIMIT).content.read() == content
        assert clamd.seen == [content]
        with pytest.raises(ValidationError) as refused:
            uploads.check(sent("brev.pdf", PDF + VIRUS), limit=LIMIT)
        assert refused.value.code == "virus"


def test_nothing_is_kept_while_the_virus_check_does_not_answer(settings: Any) -> None:
    with a_clamd() as clamd:
        settings.ANTIVIRUS_URL = clamd.url
        assert antivirus.answers()
        with pytest.raises(ValidationError) as refused:
            uploads.check(sent("brev.pdf", PDF + b"x" * LIMIT), limit=LIMIT * 2)
        assert refused.value.code == "not_checked", "it would not read so much"
    assert not antivirus.answers()
    for url in (clamd.url, "unix:///finnes/ikke", "tull"):
        settings.ANTIVIRUS_URL = url
        with pytest.raises(ValidationError) as refused:
            uploads.check(sent("brev.pdf", PDF), limit=LIMIT)
        assert refused.value.code == "not_checked", url


@pytest.mark.django_db
def test_the_operators_page_says_whether_files_are_checked(world: Any, settings: Any) -> None:
    operator: Client = signed_in(world.user("operator"))
    page = "/drift/"
    assert gettext("are not checked for viruses") in operator.get(page).content.decode()
    with a_clamd() as clamd:
        settings.ANTIVIRUS_URL = clamd.url
        assert gettext("are checked for viruses") in operator.get(page).content.decode()
    assert gettext("The virus check does not answer.") in operator.get(page).content.decode()
