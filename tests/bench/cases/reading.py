"""What it costs to read a plan of three hundred pages, as a task does it, and to find its rows."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from tests.bench.data.world import World
    from tests.bench.server import Server

PAGES, CHAPTERS = 300, 43
MOST_SECONDS, MOST_MB = 20, 500
WORDS = (
    "kommunen", "næringslivet", "utvikling", "samarbeid", "bedrifter", "kompetanse", "arbeidsplasser", "regionen",
    "sentrum", "reiseliv", "landbruk", "havna", "gründere", "veiledning", "nettverk", "industri", "lokaler", "tomter",
    "energi", "skogen", "turister", "ungdom", "fagbrev", "handel", "innkjøp", "kultur", "frivillige", "pendlere",
)  # fmt: skip
READ = """
import json, resource, sys, time
from pathlib import Path
from strategy.importing.finding import find
from strategy.importing.reading import read_apart
began = time.perf_counter()
document = read_apart(Path(sys.argv[1]), "plan.pdf")
read = time.perf_counter()
rows = find(document).rows
print(json.dumps({
    "read": read - began, "found": time.perf_counter() - read, "pages": document.pages, "rows": len(rows),
    "child_kb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
    "own_kb": int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]),
}))
"""
BARE = """
import sys, time
import pypdfium2
began = time.perf_counter()
signs = sum(len(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(sys.argv[1]))
print(time.perf_counter() - began)
"""
HEAD = """
#set page(paper: "a4", header: [Næringsplan 2026–2030], footer: context [Side #counter(page).display()])
#set text(lang: "nb", size: 11pt, hyphenate: true)
#set par(justify: true)
#outline(depth: 2)
#pagebreak()
"""


def prose(seed: int, sentences: int) -> str:
    """Return sentences of words that mean nothing, the same for the same seed."""
    chance = random.Random(seed)
    said = (" ".join(chance.choices(WORDS, k=chance.randrange(8, 17))) for _ in range(sentences))
    return " ".join(f"{words.capitalize()}." for words in said)


def chapter(number: int) -> str:
    """Return a goal with three strategies: prose, five points and a table each, and two columns at the end."""
    parts = [f"\n= Mål {number}: {prose(number, 1)}\n{prose(number, 5)}\n"]
    for at in range(1, 4):
        seed = number * 100 + at * 20
        points = "".join(f"- Tiltak {n}: Utvikle {prose(seed + n, 2).lower()}\n" for n in range(1, 6))
        rows = ",".join(f"[Etablere {prose(seed + n, 1).lower()}],[Rådgiver],[2027],[{n}0 000]" for n in range(1, 10))
        heads = "table.header([*Tiltak*],[*Ansvar*],[*Frist*],[*Kostnad*])"
        parts.append(
            f"\n== Strategi {number}.{at}: {prose(seed, 1)}\n{prose(seed, 9)}#footnote[{prose(seed, 1)}]\n\n{points}"
        )
        parts.append(f"\n{prose(seed, 7)}\n\n#table(columns: (3fr, 2fr, 1fr, 1fr), {heads}, {rows})\n")
    return "".join([*parts, f"\n#columns(2)[{prose(number, 28)}\n\n{prose(number + 1, 28)}]\n#pagebreak()\n"])


class Read:
    """Seconds to read a PDF in a process of its own and find its rows; the baseline is PDFium's bare text of it."""

    name = "read_300"
    unit = "s"

    def __init__(self, _world: World) -> None:
        self.facts: dict[str, int] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="bench_reading_")
        self.file = Path(self._folder.name) / "plan.pdf"

    def prepare(self, _server: Server) -> None:
        import typst

        source = self.file.with_suffix(".typ")
        source.write_text(HEAD + "".join(map(chapter, range(1, CHAPTERS + 1))), encoding="utf-8")
        typst.compile(str(source), output=str(self.file))

    def baseline_round(self, _seconds: float) -> float:
        return float(self._run(BARE))

    def round(self, _seconds: float) -> float:
        began = time.perf_counter()
        told = json.loads(self._run(READ))
        taken = time.perf_counter() - began
        if told["pages"] < PAGES or not told["rows"]:
            raise BenchError(f"{self.name}: {told['pages']} pages, {told['rows']} rows")
        most = max(told["child_kb"], told["own_kb"]) // 1024
        self.facts |= {"pages": told["pages"], "rows": told["rows"], "mb": max(most, self.facts.get("mb", 0))}
        self.facts |= {"reading_ms": int(1000 * told["read"]), "finding_ms": int(1000 * told["found"])}
        if taken > MOST_SECONDS or most > MOST_MB:
            raise BenchError(
                f"{self.name}: {taken:.1f} s and {most} MB, at most {MOST_SECONDS} and {MOST_MB} are allowed"
            )
        return taken

    def close(self) -> None:
        self._folder.cleanup()

    def _run(self, script: str) -> str:
        """Run a script in a small process of its own: the most a child takes is counted from its parent's size."""
        around = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
        done = subprocess.run(
            [sys.executable, "-c", script, str(self.file)], env=around, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BenchError(f"{self.name}: {done.stderr[-400:]}")
        return done.stdout


def read_300(world: World) -> Read:
    return Read(world)
