"""Does the lock fit what pyproject.toml asks for? Pure: texts in, complaints out."""

from __future__ import annotations

import re
import tomllib

NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*([^;]*)")
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def numbers(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version without closing zeros: 5.10.0rc1 → (5, 10)."""
    found = re.match(r"\d+(?:\.\d+)*", version.strip())
    parts = [int(part) for part in found.group().split(".")] if found else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def satisfies(version: str, wanted: str) -> bool:
    """Return whether a version keeps every part of a specifier such as >=5.2,<5.3. Unknown operators pass."""
    have = numbers(version)
    tests = {
        "==": lambda limit: have == limit,
        "!=": lambda limit: have != limit,
        ">=": lambda limit: have >= limit,
        "<=": lambda limit: have <= limit,
        ">": lambda limit: have > limit,
        "<": lambda limit: have < limit,
    }
    for part in filter(None, (part.strip() for part in wanted.split(","))):
        found = re.match(r"(==|!=|>=|<=|>|<)\s*([\w.]+)$", part)
        if found and not tests[found.group(1)](numbers(found.group(2))):
            return False
    return True


def complaints(pyproject: str, lock: str) -> list[str]:
    """Return what pyproject.toml asks for and the lock does not give."""
    project = tomllib.loads(pyproject).get("project", {})
    wanted = list(project.get("dependencies", [])) + list(project.get("optional-dependencies", {}).get("dev", []))
    pinned = {canonical(name): version for name, version in PIN.findall(lock)}
    wrong = []
    for requirement in wanted:
        found = NAME.match(requirement)
        if not found:
            continue
        name, specifier = canonical(found.group(1)), found.group(2)
        if name not in pinned:
            wrong.append(f"{name} is missing")
        elif not satisfies(pinned[name], specifier):
            wrong.append(f"{name} is {pinned[name]}, wanted {specifier.strip()}")
    return wrong
