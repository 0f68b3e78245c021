"""All of OpenSim's tools beside ours, one after the other, on one result."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from swinglever.errors import EngineError, InputError
from swinglever.records.report import SwingReport
from swinglever.verification.comparisons import COMPARISONS, Row
from swinglever.verification.sample import take_sample


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What came of running OpenSim's tools beside ours.

    Parameters
    ----------
    rows
        A quantity each: largest difference, tolerance, processor times.
    left_out, failed
        Tools that had nothing to work on, and tools that ended with an error, with the reason.
    n_frames
        How many frames were compared.
    """

    rows: tuple[Row, ...]
    left_out: tuple[str, ...]
    failed: tuple[str, ...]
    n_frames: int

    @property
    def passes(self) -> bool:
        """Whether every tool ran and every difference is within its tolerance."""
        return all(row.passes for row in self.rows) and not self.failed


def verify(
    report: SwingReport,
    trial: str | Path,
    model: str | Path,
    *,
    grf: str | Path | None = None,
    external_loads: str | Path | None = None,
    ik_setup: str | Path | None = None,
    names: str | Path | None = None,
    frames: int = 30,
    on_tool: Callable[[str], None] | None = None,
) -> Verification:
    """Run OpenSim's own tools beside ours on some frames of the trial that a report was made from.

    Parameters
    ----------
    report
        The result of `analyse`.
    trial, model, grf, external_loads, ik_setup, names
        The files that it was made from.
    frames
        How many to compare, from the first toe-off on; 6 at least, which OpenSim's splines need.
    on_tool
        Called with the name of each tool as it begins.

    Raises
    ------
    InputError, MissingFileError
        When a file is not the one that was analysed, or the trial is too short.
    """
    beside = {"grf": grf, "external_loads": external_loads, "ik_setup": ik_setup, "names": names}
    files = {name: Path(path) for name, path in {"trial": trial, "model": model, **beside}.items() if path is not None}
    sample = take_sample(report, frames, files)
    rows: list[Row] = []
    left_out, failed = [], []
    for tool, compare in COMPARISONS:
        if on_tool is not None:
            on_tool(tool)
        try:
            rows += compare(sample)
        except InputError as error:
            left_out.append(f"{tool}: left out; {error}")
        except EngineError as error:
            failed.append(f"{tool}: {error}")
    return Verification(rows=tuple(rows), left_out=tuple(left_out), failed=tuple(failed), n_frames=len(sample.time_s))
