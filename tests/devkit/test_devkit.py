"""What dev.py says and decides, without starting a server."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devkit import cli, demo, guard, lock, places, postgres, valkey, venv
from devkit.commands import pytest_arguments
from devkit.places import Places, locked, write
from devkit.processes import Crew
from devkit.trouble import Trouble, explain_os_error, explain_output

LOCK = "django==5.2.19 \\\n    --hash=sha256:aa\ncelery==5.7.0 \\\n    --hash=sha256:bb\n"


def project(*requirements: str) -> str:
    return f"[project]\ndependencies = {json.dumps(requirements)}\n"


@pytest.fixture
def clone(tmp_path: Path) -> Places:
    places = Places(tmp_path)
    places.make()
    (tmp_path / "requirements").mkdir()
    places.lock.write_text(LOCK)
    (tmp_path / "pyproject.toml").write_text(project("django>=5.2,<5.3", "celery>=5.5"))
    return places


def finished_environment(places: Places) -> Path:
    python = places.venv / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    write(places.venv / "stamp", venv.stamp_for(LOCK, python))
    return python


# ---- addresses ----


def test_a_database_url_carries_the_socket_folder_encoded() -> None:
    assert postgres.database_url(Path("/run/pg x"), "portal_app") == "postgres://portal_app@%2Frun%2Fpg%20x/portal"


def test_a_valkey_url_names_socket_and_database() -> None:
    assert valkey.valkey_url(Path("/run/broker.sock")) == "unix:///run/broker.sock?db=0"


# ---- the lock and its stamp ----


def test_a_lock_that_gives_what_the_project_asks_for_has_no_complaints() -> None:
    assert lock.complaints(project("Django[x]>=5.2,<5.3", "celery"), LOCK) == []


@pytest.mark.parametrize(
    ("requirement", "complaint"),
    [
        ("gunicorn", "gunicorn is missing"),
        ("django>=6", "django is 5.2.19, wanted >=6"),
        ("celery==5.7.1", "celery is 5.7.0, wanted ==5.7.1"),
    ],
)
def test_a_lock_that_lags_behind_is_named(requirement: str, complaint: str) -> None:
    assert lock.complaints(project(requirement), LOCK) == [complaint]


def test_versions_compare_by_number_not_by_letter() -> None:
    assert lock.satisfies("5.10", ">=5.9")
    assert lock.satisfies("5.2.0", "==5.2")


def test_a_finished_environment_is_used_as_it_is(clone: Places) -> None:
    python = finished_environment(clone)
    assert venv.ensure(clone) == python


def test_another_lock_or_an_unfinished_environment_is_not_ready(clone: Places) -> None:
    finished_environment(clone)
    assert venv.is_ready(clone, LOCK)
    assert not venv.is_ready(clone, LOCK + "redis==8.0.0\n")
    (clone.venv / "stamp").unlink()
    assert not venv.is_ready(clone, LOCK)


def test_a_project_the_lock_does_not_fit_stops_in_one_line(clone: Places) -> None:
    (clone.root / "pyproject.toml").write_text(project("django>=6"))
    with pytest.raises(Trouble, match=r"^the lock does not match pyproject.toml: django is 5.2.19, wanted >=6$"):
        venv.ensure(clone)


def test_our_own_lock_fits_our_own_project() -> None:
    places = Places()
    assert lock.complaints((places.root / "pyproject.toml").read_text(), places.lock.read_text()) == []


def test_a_python_without_ensurepip_is_told_which_package_to_install() -> None:
    assert "sudo apt install python3.12-venv" in venv.missing_ensurepip((3, 12))
    assert "\n" not in venv.missing_ensurepip()


# ---- what went wrong ----


def test_a_full_disk_is_said_plainly() -> None:
    with pytest.raises(OSError) as full, open("/dev/full", "w") as file:
        file.write("x" * 100_000)
    assert explain_os_error(full.value) == "the disk is full; free some space and run it again"


def test_a_full_disk_ends_dev_py_with_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "some/file")

    monkeypatch.setitem(cli.PASSED_ON, "test", full)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert cli.main(["test"]) == 1
    assert capsys.readouterr().err == "dev.py: the disk is full; free some space and run it again (some/file)\n"


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "the lock does not match"),
        (
            "ERROR: In --require-hashes mode, all requirements must have their versions pinned",
            "the lock does not match",
        ),
        ("ERROR: No matching distribution found for django==9", "the lock does not match"),
        ("Max retries exceeded with url: /django/", "the package index cannot be reached"),
        ("something\n\nodd happened\n", "odd happened"),
        ("", "it said nothing"),
    ],
)
def test_a_failed_tool_becomes_one_line(output: str, sentence: str) -> None:
    assert explain_output(output).startswith(sentence)


def test_a_failed_set_up_names_its_log(clone: Places) -> None:
    with pytest.raises(Trouble, match=r"^set-up failed: oh dear; log: .*setup\.log$"):
        venv.tool(clone, [sys.executable, "-c", "import sys; sys.exit('oh dear')"])
    assert "oh dear" in (clone.logs / "setup.log").read_text()


def test_an_old_python_is_refused_in_a_line_it_can_read() -> None:
    text = (Places().root / "dev.py").read_text()
    before_the_check = text.partition("sys.version_info <")[0]
    assert [line for line in before_the_check.splitlines() if line.startswith(("import", "from"))] == ["import sys"]


# ---- ports ----


def test_a_taken_port_is_said_with_a_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Trouble) as trouble:
            demo.take_port(port)
    assert str(trouble.value) == demo.port_taken(port)
    assert f"port {port} is taken" in str(trouble.value) and "--port" in str(trouble.value)


def test_port_zero_gives_a_free_one() -> None:
    with demo.take_port(0) as listener:
        assert listener.getsockname()[1] > 0


@pytest.mark.parametrize("port", ["-1", "70000"])
def test_a_number_that_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(Trouble, match="is no port"):
        cli.run(["demo", "--port", port])


# ---- what to run ----


def test_tests_are_spread_over_processes_unless_the_person_says_otherwise() -> None:
    spread = ["-p", "no:valkey", "-n", "5", "--dist", "worksteal"]
    assert pytest_arguments(["-k", "plan"], 4) == [*spread, "-k", "plan"]
    for given in (["-n", "0"], ["-n0"], ["-p", "no:xdist"], ["--pdb"], ["tests/x.py::test_y"]):
        assert pytest_arguments(given, 4) == ["-p", "no:valkey", *given]


def test_demo_data_is_loaded_anew_when_code_or_data_or_database_change(tmp_path: Path) -> None:
    (tmp_path / "portal" / "demo").mkdir(parents=True)
    (tmp_path / "portal" / "views").mkdir()
    data = tmp_path / "portal" / "demo" / "plan.json"
    data.write_text("{}")
    before = demo.fingerprint(tmp_path, "a")
    (tmp_path / "portal" / "views" / "pages.py").write_text("# a view shapes no data")
    assert demo.fingerprint(tmp_path, "a") == before
    assert demo.fingerprint(tmp_path, "b") != before
    data.write_text("{ }")
    assert demo.fingerprint(tmp_path, "a") != before


def test_sign_ins_are_a_table() -> None:
    lines = demo.signin_lines(
        json.dumps([{"role": "officer", "authority": "Halden", "email": "a@b.example", "password": "x"}])
    )
    assert lines == ["  Role     Authority  E-mail       Password", "  officer  Halden     a@b.example  x"]


# ---- files and locks ----


def test_a_file_is_written_whole_and_for_its_owner(tmp_path: Path) -> None:
    write(tmp_path / "key", "secret")
    assert (tmp_path / "key").read_text() == "secret"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / "key"]


def test_a_second_holder_of_a_lock_is_told_so(tmp_path: Path) -> None:
    with locked(tmp_path / "x.lock", waiting=None) as first, locked(tmp_path / "x.lock", waiting=None) as second:
        assert first is not None and second is None


def test_resetting_deletes_data_and_keeps_locks(clone: Places) -> None:
    (clone.demo / "pgdata").mkdir()
    (clone.demo / "run.lock").touch()
    key = clone.secret_key()
    assert clone.secret_key() == key
    clone.forget()
    assert sorted(path.name for path in clone.demo.iterdir()) == ["logs", "run.lock"]


# ---- processes ----


def gone(pid: int) -> bool:
    end = time.monotonic() + 10
    while guard.is_alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not guard.is_alive(pid)


def test_databases_lie_in_memory_only_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "IN_MEMORY", tmp_path)
    monkeypatch.setattr(places, "ROOM", 1)
    folder = places.new_folder_in_memory()
    assert folder is not None and folder.parent == tmp_path
    assert folder.stat().st_mode & 0o077 == 0, "nobody else reads it"
    monkeypatch.setattr(places, "ROOM", 2**80)
    assert places.new_folder_in_memory() is None
    monkeypatch.setattr(places, "IN_MEMORY", tmp_path / "not-there")
    assert places.new_folder_in_memory() is None


def test_leaving_a_crew_stops_its_children_and_removes_its_folders(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    with Crew() as crew:
        crew.remove_at_the_end(folder)
        child = crew.start("A sleeper", ["sleep", "600"], env=os.environ, log=tmp_path / "log")
    assert gone(child.process.pid) and not folder.exists()


def test_a_killed_dev_py_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    program = (
        "import os, sys, signal\nfrom pathlib import Path\nfrom devkit.processes import Crew\n"
        "here = Path(sys.argv[1])\ncrew = Crew()\ncrew.remove_at_the_end(here / 'run')\n"
        "child = crew.start('S', ['sh', '-c', 'sleep 600 & echo $!; wait'], env=os.environ, log=here / 'log')\n"
        "while not (here / 'log').read_text():\n    pass\n"
        "print(child.process.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False, cwd=Places().root
    )
    leader = int(done.stdout)
    assert done.returncode == -signal.SIGKILL and gone(leader)
    end = time.monotonic() + 10
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert not folder.exists()
    assert gone(int((tmp_path / "log").read_text()))


def test_a_child_that_ends_by_itself_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    with Crew() as crew:
        child = crew.start(
            "The worker", ["sh", "-c", "echo no broker; exit 3"], env=os.environ, log=tmp_path / "worker.log"
        )
        child.process.wait()
        with pytest.raises(Trouble, match=r"(?s)^The worker stopped by itself \(exit code 3\).*no broker"):
            crew.refuse_dead()


def test_a_number_another_program_has_now_is_not_taken_for_our_postgresql(tmp_path: Path) -> None:
    assert not postgres.is_postgres(os.getpid(), tmp_path / "pgdata")
