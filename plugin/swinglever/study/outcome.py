"""How a trial of a study ended."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Status = Literal["done", "failed", "skipped"]
Kind = Literal["", "input", "analysis", "crash", "time", "memory", "place"]
"""Why a trial failed: bad input, an analysis that failed on good input, a process that crashed, a limit of time or of
memory, or the ``place``: a full disk, a lost worker. Only a failure of the place says nothing about the trial."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a trial ended.

    Attributes
    ----------
    address
        Name of its result in the store; empty where nothing was computed.
    status
        ``done``, ``failed`` or ``skipped``.
    kind, line
        Why it failed, and the line that `swinglever analyse` would say; empty where it did not.
    limit
        The limit that it went over: seconds, or bytes.
    swings
        Swings that were analysed.
    elapsed_s, cpu_s, peak_bytes
        What it cost, its own process and the processes that it started: elapsed and processor time, and memory.
    """

    address: str = ""
    status: Status
    kind: Kind = ""
    line: str = ""
    limit: float = 0.0
    swings: int = 0
    elapsed_s: float = float("nan")
    cpu_s: float = float("nan")
    peak_bytes: int = 0

    @property
    def says_something(self) -> bool:
        """Whether it tells about the trial: then it is kept, and the trial is not analysed again."""
        return self.kind != "place"

    def as_table(self) -> dict[str, Any]:
        """Give plain values, that JSON takes; null for what is not known."""
        return {name: None if value != value else value for name, value in asdict(self).items()}

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> Self:
        """Make it of what `as_table` gave."""
        known: dict[str, Any] = {name: float("nan") if value is None else value for name, value in table.items()}
        return cls(**known)
