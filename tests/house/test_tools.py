"""The tools agree: style, types, imports, migrations and translations are up to date."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.skipping import needs

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def tool(*command: str, cwd: Path = ROOT) -> None:
    """Run a tool of the virtual environment and show what it says when it does not agree."""
    program = BIN / command[0]
    done = subprocess.run(
        [str(program), *command[1:]], cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    tool("ruff", "check", "--no-cache", ".")


def test_every_file_is_formatted() -> None:
    tool("ruff", "format", "--no-cache", "--check", ".")


def test_imports_go_one_way() -> None:
    tool("lint-imports", "--no-cache")


@pytest.mark.slow
def test_what_is_pure_is_strictly_typed(tmp_path: Path) -> None:
    tool("mypy", "--cache-dir", str(tmp_path))


def test_templates_are_well_formed() -> None:
    tool("djlint", "templates", "--lint", "--quiet")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


# ---- translations ----

ENTRY = re.compile(r"^msgid (?P<id>(?:\".*\"\n?)+)(?:msgid_plural (?P<plural>(?:\".*\"\n?)+))?", re.MULTILINE)
AREAS = ("portal", "strategy", "grants", "awards", "templates")


def words(po: Path) -> set[str]:
    """Return a catalogue's message ids as they stand, obsolete ones not counted."""
    return {"".join(re.findall(r'"(.*)"', found["id"])) for found in ENTRY.finditer(po.read_text("utf-8"))} - {""}


@pytest.mark.slow
def test_the_catalogue_knows_every_text_and_no_other(tmp_path: Path) -> None:
    needs("xgettext", get_it="install gettext")
    for area in AREAS:
        if (ROOT / area).is_dir():
            shutil.copytree(ROOT / area, tmp_path / area, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "locale" / "nb" / "LC_MESSAGES").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "--locale", "nb", "--no-obsolete", "--no-location"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"PATH": _path()},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found, kept = words(tmp_path / "locale/nb/LC_MESSAGES/django.po"), words(ROOT / "locale/nb/LC_MESSAGES/django.po")
    assert len(found) > 200
    assert found - kept == set(), "run manage.py makemessages -l nb and translate these"
    assert kept - found == set(), "these are used nowhere any more"


@pytest.mark.slow
@pytest.mark.parametrize("area", [area for area in AREAS if (ROOT / area).is_dir()])
def test_no_text_hides_from_the_catalogue_in_an_f_string(area: str) -> None:
    """xgettext does not look into the braces of an f-string: such a text would stay English."""
    hidden = re.compile(r"""[fF]["'][^"\n]*\{(?:n?p?gettext|_)\(""")
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in sorted((ROOT / area).rglob("*.py"))
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if hidden.search(line)
    ]
    assert found == []


def test_bokmaal_is_complete_and_the_compiled_files_are_up_to_date(tmp_path: Path) -> None:
    msgfmt = needs("msgfmt", get_it="install gettext")
    for po in sorted((ROOT / "locale").rglob("*.po")):
        compiled = tmp_path / f"{po.parent.parent.name}.mo"
        done = subprocess.run(
            [msgfmt, "--check", "--statistics", "-o", str(compiled), str(po)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert po.with_suffix(".mo").read_bytes() == compiled.read_bytes(), f"run manage.py compilemessages: {po}"
        if po.parent.parent.name == "nb":
            assert "untranslated" not in done.stderr, done.stderr
            assert "fuzzy" not in done.stderr, done.stderr


def _path() -> str:
    import os

    return os.environ.get("PATH", "")
