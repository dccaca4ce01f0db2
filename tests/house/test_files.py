"""Rules for files: no inline script or style, no address of this or another machine, nothing that grew too long."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OTHERS = ("static/vendor/", "tests/journeys/vendor/", "requirements/", "LICENSE")
"""What others wrote, or a tool."""
TEXT = {".py", ".html", ".css", ".js", ".md", ".txt", ".toml", ".yml", ".yaml", ".sh", ".po", ".conf", ".svg", ".json"}
INLINE = [
    re.compile(r"<style\b", re.IGNORECASE),
    re.compile(r"\sstyle\s*=", re.IGNORECASE),
    re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    re.compile(r"javascript:", re.IGNORECASE),
]
FOREIGN_SOURCE = re.compile(r"(?:src|href|action|url)\s*[=(]\s*[\"']?(?:https?:)?//", re.IGNORECASE)
TAGS = re.compile(r"({%.*?%})")
REGISTRIES = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|docker\.io|ghcr\.io|cdn\.|googleapis|unpkg|jsdelivr")
"""Where packages are fetched from is the machine's business, never the project's."""


def files(*suffixes: str) -> list[Path]:
    """Return the project's own files, tracked or new."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        found = [ROOT / line for line in listed.stdout.splitlines()]
    else:  # a copy without its history
        found = [
            p for p in ROOT.rglob("*") if not any(part.startswith((".", "__")) for part in p.relative_to(ROOT).parts)
        ]
    wanted = [p for p in found if p.is_file() and p.suffix in (suffixes or TEXT)]
    return [p for p in wanted if not str(p.relative_to(ROOT)).startswith(OTHERS)]


def hits(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def pages() -> list[Path]:
    return [path for path in files(".html") if "emails" not in path.parts]


def test_no_page_has_inline_style_or_script() -> None:
    """The content security policy has no exception; mails are read elsewhere and are exempt."""
    assert [hit for pattern in INLINE for hit in hits(pattern, pages())] == []


def test_what_a_template_names_in_one_block_it_does_not_use_in_another() -> None:
    """Django forgets the name at the block's end, and a link to it leads nowhere."""
    wrong = []
    for path in files(".html"):
        named: dict[str, set[str]] = {}
        used: dict[str, set[str]] = {}
        block = ""
        for part in TAGS.split(path.read_text("utf-8")):
            if found := re.match(r"{% (block|endblock)\b ?(\w*)", part):
                block = found[2] if found[1] == "block" else ""
            elif found := re.match(r"{% (?:url|firstof|translate) .*\bas (\w+) %}", part):
                named.setdefault(found[1], set()).add(block)
            for name in re.findall(r"{{ (\w+)", part):
                used.setdefault(name, set()).add(block)
        wrong += [
            f"{path.relative_to(ROOT)}: {name}"
            for name, blocks in named.items() for block in used.get(name, set()) - blocks if block and "" not in blocks
        ]  # fmt: skip
    assert wrong == []


def test_no_page_loads_anything_from_elsewhere() -> None:
    assert hits(re.compile(r"(?:src|srcset)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE), pages()) == []
    assert hits(FOREIGN_SOURCE, files(".css", ".js")) == []


def test_no_file_names_a_package_registry() -> None:
    others = [path for path in files() if path.name != Path(__file__).name]
    assert hits(REGISTRIES, others) == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    others = [path for path in files() if path.name != Path(__file__).name]
    assert hits(re.compile(r"(?<![\w.{}$])/(?:work|root|home)/[a-z]"), others) == []


def test_no_file_is_left_unsplit() -> None:
    long = {
        str(path.relative_to(ROOT)): length
        for path in files(".py", ".html", ".css", ".js")
        if (length := len(path.read_text("utf-8").splitlines())) > (500 if "tests" in path.parts else 400)
        and "migrations" not in path.parts
    }
    assert long == {}


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in files(".py")
        if not {"tests", "migrations"} & set(path.parts)
        and path.read_text("utf-8").strip()
        and not re.match(r'^(#!.*\n)?\s*"""', path.read_text("utf-8"))
    ]
    assert silent == []
