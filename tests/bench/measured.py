"""What a case must offer to be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from tests.bench.server import Server


class Measured(Protocol):
    """A case; one that says nothing more is held against the web server's ceiling."""

    name: str
    unit: str
    facts: dict[str, int]

    def prepare(self, server: Server) -> None: ...

    def round(self, seconds: float) -> float: ...


@runtime_checkable
class Closes(Protocol):
    """A case that holds servers or databases of its own, and lets them go at the end."""

    def close(self) -> None: ...


@runtime_checkable
class OwnBaseline(Protocol):
    """A case that is no web page brings the bare thing it is held against, in its own unit.

    `baseline_round` is asked right before each `round`, so that a disturbance of the machine meets both.
    """

    def baseline_round(self, seconds: float) -> float: ...
