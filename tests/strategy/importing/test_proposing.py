"""Finding runs in a process of its own too: what the rules do there, the portal goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devkit.places import ROOT
from strategy.importing.document import Document, Kind, Line, Unreadable, Why
from strategy.importing.proposing import COMMAND, Failed, find_apart
from tests.faults.servers import wait_until
from tests.strategy.importing.test_reading import ends

PLAN = ["Mål 1: Flere i arbeid", "Tiltak 1 – Klargjøre tomter ved stasjonen.", "Tiltak 2 – Besøke bedriftene hvert år."]


def document(*lines: str) -> Document:
    return Document(Kind.TXT, 1, tuple(Line(text, 1, number) for number, text in enumerate(lines, 1)))


def child(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_what_is_found_apart_comes_back_whole() -> None:
    found = find_apart(document(*PLAN))
    assert [(row.level.value, row.number, row.parent) for row in found.rows] == [
        ("goal", "1", None), ("measure", "1", 0), ("measure", "2", 0),
    ]  # fmt: skip
    assert found.kind is Kind.TXT


def test_a_document_without_goals_and_measures_is_refused_as_that() -> None:
    with pytest.raises(Unreadable) as refused:
        find_apart(document("Kjære leser.", "Dette er et brev om været."))
    assert refused.value.why is Why.NO_STRUCTURE


def test_rules_that_never_end_or_take_all_time_are_stopped() -> None:
    with pytest.raises(Unreadable) as refused:
        find_apart(document(*PLAN), command=child("import sys; sys.stdin.read()\nwhile True: pass"), seconds=0.5)
    assert refused.value.why is Why.TOO_SLOW
    with pytest.raises(Unreadable) as refused:
        find_apart(document(*PLAN), command=child("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)"))
    assert refused.value.why is Why.TOO_SLOW


def test_a_fault_in_the_rules_is_named_without_what_the_document_says() -> None:
    with pytest.raises(Failed) as failed:
        find_apart(document(*PLAN), command=child("import sys; raise KeyError(sys.stdin.read())"))
    assert str(failed.value) == "KeyError"


def test_the_child_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hemmelig")
    code = "import os; raise SystemExit(3 if 'SECRET_KEY' in os.environ or 'DATABASE_URL' in os.environ else 4)"
    with pytest.raises(Failed) as failed:
        find_apart(document(*PLAN), command=child(code))
    assert str(failed.value) == "ended with 4"


def test_a_child_that_hangs_ends_when_who_waits_for_it_is_killed() -> None:
    code = f"import subprocess, time; print(subprocess.Popen({COMMAND!r}).pid, flush=True); time.sleep(600)"
    unsaid, never = os.pipe()  # the child waits for a document that does not come
    waiting = subprocess.Popen(
        [sys.executable, "-c", code], stdin=unsaid, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)}
    )
    assert waiting.stdout is not None
    process = int(waiting.stdout.readline())
    limits = Path(f"/proc/{process}/limits")
    wait_until(lambda: "Max open files            64" in limits.read_text(), 60, "the beginning of the child's work")
    waiting.kill()
    waiting.wait()
    waiting.stdout.close()
    assert ends(process)
    os.close(never)
    os.close(unsaid)
