"""Text is made plain, a text file's lines keep their numbers, and a file that does harm does it to no one else."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.importing import document
from strategy.importing.document import Kind, Role, Unreadable, Why
from strategy.importing.reading import kind_of, nothing, read, read_apart
from strategy.importing.reading.apart import Child, read_in_child
from strategy.importing.reading.clean import clean, join
from tests.strategy.importing.papers import PROSE, bare, lines, said, typeset

FILES = Path(__file__).parent / "files"
ANSWER = 'print(\'{"kind": "txt", "of": 1, "title": "."}\')'
LIMITED = "from strategy.importing.reading.__main__ import limit; limit(); "


def why(path, name="plan.txt", **kwargs) -> Why:
    with pytest.raises(Unreadable) as refused:
        read(path, name, **kwargs)
    return refused.value.why


def text_file(folder, text, coding="utf-8") -> Path:
    file = folder / "plan.txt"
    file.write_bytes(text.encode(coding))
    return file


# ---- text made plain ----


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("bla\u030a \u0061\u030a", "blå å"),
        ("\ufb01nansiering og e\ufb00ekt", "finansiering og effekt"),
        ("nærings\u00adliv\u200b", "næringsliv"),
        ("4\u00a0000\u202fkroner\t i\u2003året", "4 000 kroner i året"),
        ("ikke\u2011bindende", "ikke-bindende"),
        ("\uf0b7 Punkt", "• Punkt"),
        ("før\x07 og\x00 etter\x9f", "før og etter"),
        ("tilrette\u00ad", "tilrette-"),
    ],
)
def test_signs_that_are_not_seen_or_come_from_fonts_are_made_plain(raw, plain):
    assert clean(raw) == plain


@given(st.text())
def test_cleaning_again_changes_nothing_and_leaves_one_line(text):
    once = clean(text)
    assert clean(once) == once
    assert once == " ".join(once.split())


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("mellom kommune- ", "administrasjonen", "mellom kommuneadministrasjonen"),
        ("tilrette\u00ad", "legging", "tilrettelegging"),
        ("nærings-", "og reiseliv", "nærings- og reiseliv"),
        ("barne-", "eller ungdomsskole", "barne- eller ungdomsskole"),
        ("IKT-", "baserte tenester", "IKT-baserte tenester"),
        ("e-", "handel", "e-handel"),
        ("Midt-", "Norge", "Midt-Norge"),
        ("2026-", "2030", "2026-2030"),
        ("hindre drop-", "out", "hindre drop-out"),
        ("Tiltak 1 -", "være pådriver", "Tiltak 1 - være pådriver"),
        ("https://eksempel.no/nærings-", "plan", "https://eksempel.no/nærings-plan"),
        ("og/", "eller", "og/eller"),
        ("første linje", "", "første linje"),
        ("flere", "ord", "flere ord"),
    ],
)
def test_words_broken_over_lines_are_made_whole_and_true_hyphens_stay(first, second, joined):
    assert join([first, second]) == joined


def test_a_word_that_the_document_writes_with_a_hyphen_keeps_it():
    assert join(["fra case-", "kommuner"], {"case-kommuner"}) == "fra case-kommuner"
    assert join(["fra case-", "kommuner"]) == "fra casekommuner"


# ---- text files ----


def test_lines_are_numbered_as_in_the_file_with_their_gaps_and_indents(tmp_path):
    found = lines(read(text_file(tmp_path, "\ufeffMål 1\r\n\r\n \r\n  • Bygge\r\n\tkai\r\n\fMål 2\r\n"), "PLAN.TXT"))
    assert [(line.text, line.page, line.number, line.gap, line.indent) for line in found] == [
        ("Mål 1", 1, 1, 0, 0.0),
        ("• Bygge", 1, 4, 2, 2.0),
        ("kai", 1, 5, 0, 4.0),
        ("Mål 2", 2, 6, 0, 0.0),
    ]


@given(
    st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])), min_size=1)
)
def test_every_line_that_says_something_is_found_where_it_stands(tmp_path_factory, texts):
    file = text_file(tmp_path_factory.mktemp("plan"), "\n".join(["start", *texts]))
    found = {line.number: line.text for line in lines(read(file, "plan.txt"))}
    assert found == {number: said for number, text in enumerate(["start", *texts], 1) if (said := clean(text))}


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_norwegian_letters_survive_each_coding(tmp_path, coding):
    found = lines(read(text_file(tmp_path, "Få fleire i arbeid\nØke «verdiskapinga» – nå\n", coding), "plan.txt"))
    assert [line.text for line in found] == ["Få fleire i arbeid", "Øke «verdiskapinga» – nå"]


def test_running_lines_of_pages_that_are_told_apart_are_known(tmp_path):
    pages = [
        f"Næringsplan for Bjørkeli\n\nMål {n}\n{PROSE}\nTiltak:\n{PROSE}\n{PROSE}\n{PROSE}\n\nSide {n} av 4\n"
        for n in range(1, 5)
    ]
    document = read(text_file(tmp_path, "\f".join(pages)), "plan.txt")
    assert (document.pages, said(document, Role.HEADER)) == (4, ["Næringsplan for Bjørkeli"] * 4)
    assert said(document, Role.FOOTER) == [f"Side {n} av 4" for n in range(1, 5)]
    assert [text for text in said(document, Role.TEXT) if text.startswith("Mål ")] == [f"Mål {n}" for n in range(1, 5)]


def test_page_numbers_in_a_text_without_pages_are_known_by_growing_far_apart(tmp_path):
    pages = [f"{n + 2}\nNæringsplan for Bjørkeli\n\nStrategi\n" + f"{PROSE}\n" * 14 for n in range(5)]
    measures = "".join(f"{n}\nTiltaket står her\n" for n in range(1, 7))
    document = read(text_file(tmp_path, "".join(pages) + measures), "plan.txt")
    assert said(document, Role.FOOTER) == ["2", "3", "4", "5", "6"]
    assert said(document, Role.HEADER) == ["Næringsplan for Bjørkeli"] * 5
    kept = said(document, Role.TEXT)
    assert kept.count("Strategi") == 5
    assert kept.count("Tiltaket står her") == 6


def test_a_table_of_contents_is_known_by_its_leaders_or_its_heading(tmp_path):
    dotted = "Forord ........ 2\n1 Mål for et langt\nog godt næringsliv . . . . . 3\n2 Tiltak…… 5\n\nForord\nVi vil mer … og vi kan.\n"
    document = read(text_file(tmp_path, dotted), "plan.txt")
    assert said(document, Role.TEXT) == ["Forord", "Vi vil mer … og vi kan."]
    plain = "Innhald\nForord 2\nMål 1 3\nMål 2 5\nForord\nVi bygde 3 hus i 2019.\nTiltak i 2020\n"
    document = read(text_file(tmp_path, plain), "plan.txt")
    assert said(document, Role.CONTENTS) == ["Innhald", "Forord 2", "Mål 1 3", "Mål 2 5"]


# ---- what is refused ----


@pytest.mark.parametrize("name", ["plan", "plan.doc", "plan.pptx", ".hidden", "plan.pdf.exe", ""])
def test_a_name_that_ends_in_no_kind_we_read_is_refused_before_the_file_is_opened(name):
    assert why(Path("/nowhere/at/all"), name) is Why.UNKNOWN_KIND
    with pytest.raises(Unreadable):
        read_apart(Path("/nowhere/at/all"), name)


def test_the_ending_says_the_kind_in_capitals_too():
    assert [kind_of(name) for name in ("a.TXT", "b.Pdf", "c.docx", "d.e.xlsx", "f.csv")] == list(Kind)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Why.EMPTY),
        (b" \r\n\f\n\t\n", Why.EMPTY),
        (b"\xef\xbb\xbf", Why.EMPTY),
        (b"%PDF-1.7\n", Why.UNKNOWN_KIND),
        (b"{\\rtf1 M\xe5l}", Why.UNKNOWN_KIND),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00" * 40, Why.BROKEN),
        (bytes(range(1, 256)) * 8, Why.BROKEN),
    ],
)
def test_what_is_no_text_is_refused_for_what_it_is(tmp_path, content, reason):
    (tmp_path / "plan.txt").write_bytes(content)
    assert why(tmp_path / "plan.txt") is reason


def test_a_file_that_is_too_large_is_refused_before_it_is_opened(tmp_path):
    with (tmp_path / "plan.txt").open("wb") as file:
        file.truncate(document.MOST_BYTES + 1)
    assert why(tmp_path / "plan.txt") is Why.TOO_LARGE


# ---- apart ----


@dataclass(frozen=True, slots=True)
class Watched(Child):
    """A child of another command, whose processes are kept to look at."""

    started: list = field(default_factory=list)

    def start(self, *arguments):
        self.started.append(Child.start(self, *arguments))
        return self.started[-1]


def apart(code, *, seconds=20.0, on_page=nothing):
    child = Watched((sys.executable, "-c", code), seconds)
    try:
        return read_in_child(Path("plan.txt"), "plan.txt", on_page, child)
    finally:
        (process,) = child.started
        assert process.returncode is not None
        with pytest.raises(ChildProcessError):
            os.waitpid(process.pid, 0)


def refused_apart(code, **kwargs) -> Why:
    with pytest.raises(Unreadable) as refused:
        apart(code, **kwargs)
    return refused.value.why


def test_apart_and_here_say_the_same_of_each_kind(tmp_path):
    told = []
    pages = typeset(tmp_path, f"= Mål 1\n{PROSE}\n#table(columns: 2, [Tiltak], [Frist], [Bygge], [2027])")
    assert read_apart(pages, "plan.pdf", on_page=lambda *how_far: told.append(how_far)) == read(pages, "plan.pdf")
    assert told == [(1, 1)]
    written = text_file(tmp_path, "Mål 1\n\n  • Bygge kai\n")
    assert read_apart(written, "plan.txt") == read(written, "plan.txt")


def test_a_refusal_comes_out_of_the_child_with_what_it_knows(tmp_path):
    with pytest.raises(Unreadable) as refused:
        read_apart(bare(tmp_path / "long.pdf", pages=2000), "plan.pdf")
    assert (refused.value.why, refused.value.pages) == (Why.TOO_MANY_PAGES, 2000)
    with pytest.raises(Unreadable) as refused:
        read_apart(FILES / "locked.pdf", "plan.pdf")
    assert refused.value.why is Why.ENCRYPTED
    with pytest.raises(Unreadable) as refused:
        read_apart(tmp_path / "gone.txt", "plan.txt")
    assert refused.value.why is Why.BROKEN


def test_a_crash_is_a_broken_file():
    assert refused_apart("import os; os.abort()") is Why.BROKEN
    assert refused_apart("raise SystemExit(3)") is Why.BROKEN
    assert refused_apart("print('not an answer')") is Why.BROKEN
    assert refused_apart('print(\'{"read": 1, "of": 9}\', flush=True); import os; os.abort()') is Why.BROKEN


def test_one_that_hangs_is_stopped_and_takes_its_own_children_along():
    said = []
    code = (
        "import subprocess, sys, time\n"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        'print(\'{"read": %d, "of": 9}\' % grandchild.pid, flush=True)\n'
        "time.sleep(600)"
    )
    assert refused_apart(code, seconds=1.5, on_page=lambda done, _of: said.append(done)) is Why.TOO_SLOW
    assert ends(*said)


def test_one_that_counts_for_ever_is_stopped_by_the_processor_time_it_may_have():
    assert refused_apart(f"import os, signal; os.kill(os.getpid(), {int(signal.SIGXCPU)})") is Why.TOO_SLOW
    check = f"import resource; assert 0 < resource.getrlimit(resource.RLIMIT_CPU)[0] <= {document.MOST_SECONDS}; "
    assert apart(LIMITED + check + ANSWER).title == "."
    assert refused_apart(check + ANSWER) is Why.BROKEN


def test_one_that_takes_all_memory_is_refused_and_one_that_takes_some_is_not():
    most = document.MOST_MEMORY
    assert refused_apart(f"{LIMITED} bytearray({most}); {ANSWER}") is Why.BROKEN
    assert apart(f"{LIMITED} bytearray({most // 4}); {ANSWER}").title == "."


def test_one_that_says_too_much_is_stopped(monkeypatch):
    monkeypatch.setattr("strategy.importing.reading.apart.MOST_ANSWER", 1 << 20)
    assert refused_apart("import sys\nwhile True: sys.stdout.write('x' * 65536)") is Why.TOO_LARGE


def test_the_child_knows_no_secrets_and_its_complaints_go_nowhere(monkeypatch, capfd):
    monkeypatch.setenv("SECRET_KEY", "quite-secret")
    code = "import os, sys; print('quite broken', file=sys.stderr); open('/proc/self/fd/2', 'a').write('more')\n"
    code += 'print(\'{"kind": "txt", "title": "%s %s"}\' % (\' \'.join(sorted(os.environ)), os.getcwd()))'
    assert set(apart(code).title.split()) <= {"LANG", "LC_CTYPE", "PATH", "PYTHONPATH", "PYTHONSAFEPATH", "/"}
    assert capfd.readouterr() == ("", "")


def test_what_a_library_prints_is_no_answer(tmp_path):
    file = text_file(tmp_path, "Mål 1\n")
    code = (
        "import sys; from strategy.importing.reading import __main__, texts\n"
        "real = texts.read\n"
        "def read(path, on_page): print('chatter'); return real(path, on_page)\n"
        f"texts.read = read; sys.argv = ['', {str(file)!r}, 'plan.txt']; __main__.main()"
    )
    assert [line.text for line in lines(apart(code))] == ["Mål 1"]


def test_one_who_will_hear_no_more_ends_the_child():
    with pytest.raises(KeyboardInterrupt):
        apart('import time; print(\'{"read": 1, "of": 2}\', flush=True); time.sleep(600)', on_page=stop)


def ends(process: int) -> bool:
    """Say whether a process that was killed is gone; whoever inherits it may let it lie a while."""
    for _ in range(500):
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.01)
    return False


def stop(_read, _of):
    raise KeyboardInterrupt
