"""`import_plan FILE --json` prints the proposal and nothing else; a file that cannot be read is told of in words."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from devkit import commands
from devkit.places import ROOT, Places
from strategy.models import PlanImport
from tests import factories_imports as make

if TYPE_CHECKING:
    from tests.world import World

PLAN = make.document_of("Hjemby")
NOWHERE = "postgres://nobody@127.0.0.1:1/none"
POOR = {"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "DATABASE_URL": NOWHERE, "OWNER_DATABASE_URL": NOWHERE}
"""A terminal without æ, ø and å, and no database to touch."""


def run(folder: Path, *given: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a person does in some folder; the file is named as seen from there."""
    command = [sys.executable, str(ROOT / "manage.py"), "import_plan", *given]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **POOR}, capture_output=True, timeout=120, check=False
    )


def test_the_proposal_alone_is_printed_in_utf8_without_a_database(tmp_path: Path) -> None:
    (tmp_path / "næring.txt").write_bytes(PLAN)
    done = run(tmp_path, "næring.txt", "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    found = json.loads(done.stdout.decode("utf-8"))
    assert set(found) == {"goals", "strategies", "measures", "anomalies"}
    goal = found["goals"][0]
    assert (goal["number"], goal["title"], goal["line"], goal["measures"]) == ("1", "Flere i arbeid", 3, [])
    measures = goal["strategies"][0]["measures"]
    assert [(one["number"], one["line"]) for one in measures] == [("1", 7), ("3", 9)]
    assert "Besøke bedriftene" in done.stdout.decode("utf-8"), "not written in escapes"
    assert {"kind": "number_missing", "where": "1.1.2"}.items() <= found["anomalies"][0].items()


def test_what_is_wrong_is_said_on_stderr_and_nothing_on_stdout(tmp_path: Path) -> None:
    (tmp_path / "prosa.txt").write_text("Kjære leser.\n\nDette er et brev om været.\n" * 3)
    (tmp_path / "tom.txt").write_bytes(b"")
    (tmp_path / "plan.odt").write_bytes(b"x")
    wrong = {
        "prosa.txt": "Vi fant ingen mål og ingen tiltak", "tom.txt": "ingen tekst", "plan.odt": "ikke en filtype",
        "borte.txt": "Det finnes ingen fil «borte.txt»", ".": "er ikke en fil",
    }  # fmt: skip
    for name, says in wrong.items():
        with pytest.raises(CommandError) as refused:
            call_command("import_plan", str(tmp_path / name) if name != "borte.txt" else name, json=True)
        assert says in str(refused.value)
    done = run(tmp_path, "borte.txt", "--json")
    assert (done.returncode, done.stdout) == (1, b"")
    assert "Det finnes ingen fil «borte.txt»" in done.stderr.decode("utf-8")


def test_without_json_people_get_an_outline(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_bytes(PLAN)
    said = io.StringIO()
    call_command("import_plan", str(tmp_path / "plan.txt"), stdout=said)
    assert "1 Flere i arbeid\n  1.1 Plass til bedriftene\n    1 Klargjøre tomter" in said.getvalue()
    assert "1 mål, 1 strategi, 2 tiltak, 1 ting å se på" in said.getvalue()


@pytest.mark.django_db
def test_for_a_municipality_the_proposal_is_stored_ready_to_be_gone_through(world: World, tmp_path: Path) -> None:
    home, before = world.home.authority, PlanImport.objects.count()
    (tmp_path / "ny plan.txt").write_bytes(b"\n" + PLAN)
    printed, told = io.StringIO(), io.StringIO()
    call_command("import_plan", str(tmp_path / "ny plan.txt"), json=True, municipality=home.slug, stdout=printed,
                 stderr=told)  # fmt: skip
    made = PlanImport.objects.latest("pk")
    assert (made.authority, made.state, made.filename, made.sent_by) == (home, "ready", "ny plan.txt", None)
    assert (made.file.read(), made.rows.count(), made.anomalies.count()) == (b"\n" + PLAN, 4, 1)
    assert made.get_absolute_url() in told.getvalue()
    assert len(json.loads(printed.getvalue())["goals"]) == 1
    (tmp_path / "brev.txt").write_text("Kjære leser, dette er et brev.\n")
    for name, slug in (("brev.txt", home.slug), ("ny plan.txt", "finnes-ikke")):
        with pytest.raises(CommandError):
            call_command("import_plan", str(tmp_path / name), municipality=slug)
    assert PlanImport.objects.count() == before + 1


def test_dev_py_runs_a_command_where_it_was_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran: dict[str, Any] = {}

    class Crew:
        def __init__(self, **_facts: Any) -> None:
            pass

        def __enter__(self) -> Crew:
            return self

        def __exit__(self, *_error: Any) -> None:
            pass

        def run(self, command: list[Any], **facts: Any) -> int:
            ran.update(facts, command=command)
            return 7

    class Borrowed(dict[str, Any]):
        def __enter__(self) -> Borrowed:
            return self

        def __exit__(self, *_error: Any) -> None:
            pass

    monkeypatch.setattr(commands, "Crew", Crew)
    monkeypatch.setattr(commands, "session", lambda *_given: Borrowed(addresses={}, port=8000))
    monkeypatch.setattr(commands, "demo_environment", lambda *_given: {})
    monkeypatch.setattr(commands.venv, "ensure", lambda _places: Path("python"))
    monkeypatch.setattr(Places, "make", lambda _self: None)
    monkeypatch.chdir(tmp_path)
    assert commands.run_manage(Places(), ["import_plan", "plan.txt"]) == 7
    assert ran["cwd"] == tmp_path
    assert ran["command"][1:] == [ROOT / "manage.py", "import_plan", "plan.txt"]
