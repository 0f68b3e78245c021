"""One trial in a process of its own: analysed, written and renamed into place, or refused with its line.

It ends with status 0 when how the trial ended is kept, and with `UNKEPT` when that could not be, saying why.
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swinglever.errors import EngineError, OutputError, failure_line
from swinglever.plugins.hosted import PATIENCE_S
from swinglever.study.address import address_of, plugins_table
from swinglever.study.asked import Asked
from swinglever.study.outcome import Outcome
from swinglever.study.store import PAGE, RESULT, keep_outcome, kept_outcome, part_of, place_of

UNKEPT = 75
"""Status of a child that could say nothing about its trial: EX_TEMPFAIL of sysexits.h, "try again later"."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What a child is to do.

    Attributes
    ----------
    asked
        The trial.
    address
        The address of its result, as the study's command found it.
    results
        Folder of the store.
    plugin_folders, strict
        Which plugins to load beside the installed ones, and whether a fault of one is an error.
    patience_s
        Longest that a plugin may take for a quick answer.
    page
        Whether to make the trial's own page too.
    again
        Whether to try again a trial that is known to fail.
    """

    asked: Asked
    address: str
    results: Path
    plugin_folders: tuple[str, ...] = ()
    strict: bool = False
    patience_s: float = PATIENCE_S
    page: bool = False
    again: bool = False

    def as_json(self) -> str:
        """Give it as one line."""
        told = vars(self) | {"asked": self.asked.as_table(), "results": str(self.results)}
        return json.dumps(told)

    @classmethod
    def from_json(cls, line: str) -> "Task":
        """Make it of what `as_json` gave."""
        told = json.loads(line)
        plain = {"asked": Asked.from_table(told["asked"]), "results": Path(told["results"])}
        return cls(**told | plain | {"plugin_folders": tuple(told["plugin_folders"])})


def main(line: str) -> int:
    """Do a task; the exit status."""
    task = Task.from_json(line)
    try:
        _carry_out(task)
    except Exception as error:  # noqa: BLE001 - whatever it was, the parent reports it
        print(failure_line(error)[0], file=sys.stderr)  # noqa: T201 - the parent reads it
        return UNKEPT
    return 0


def _carry_out(task: Task) -> None:
    with part_of(task.results, task.address) as part:
        kept = kept_outcome(task.results, task.address)
        if kept is None or (task.again and kept.status == "failed"):
            kept = _analyse(task, part)
            keep_outcome(part, kept)
    if task.page and kept.status == "done":
        _make_page(task)


def _analyse(task: Task, part: Path) -> Outcome:
    """Analyse the trial; its result stands in the folder ``part`` when that went well."""
    from swinglever.plugins.manager import load_plugins

    begin = time.monotonic()
    plugins, count, kind, line = (
        load_plugins(task.plugin_folders, strict=task.strict, patience_s=task.patience_s),
        0,
        "",
        "",
    )
    table = plugins_table(plugins)
    _require_same(task, table)
    try:
        count = _write(task, part, plugins)
    except OutputError:
        raise
    except MemoryError as error:
        raise EngineError("there was not enough memory left on the machine") from error
    except Exception as error:  # noqa: BLE001 - a study goes on whatever its trials do
        line, status = failure_line(error)
        kind = "input" if status == 2 else "analysis"
    _require_same(task, table)
    ended: dict[str, Any] = {"status": "failed" if line else "done", "kind": kind, "line": line, "swings": count}
    return Outcome(address=task.address, elapsed_s=time.monotonic() - begin, **_cost(), **ended)


def _write(task: Task, part: Path, plugins: Any) -> int:
    """Analyse and write the result and its tables; how many swings there are."""
    from swinglever import pipeline
    from swinglever.output.store import write_report
    from swinglever.study.parts import write_parts

    asked = task.asked
    given: dict[str, Any] = {"parameters": asked.parameters, "plugins": plugins, "command": "swinglever study"} | dict(
        asked.files
    )
    report = pipeline.analyse(asked.trial, asked.model, **given)
    write_report(report, part / RESULT)
    write_parts(report, part)
    return len(report.swings)


def _require_same(task: Task, plugins: dict[str, Any]) -> None:
    """Refuse to file under an address what does not belong there.

    Raises
    ------
    EngineError
        When the inputs, plugins or versions are not those that the study's command found.
    """
    if address_of(task.asked, plugins) != task.address:
        raise EngineError(
            f"expected the inputs of '{task.asked.name}' as they were when the study began, got others; they changed "
            "meanwhile, or this worker has other files, plugins or versions; start the study again"
        )


def _make_page(task: Task) -> None:
    from swinglever.output.store import read_report
    from swinglever.page.write import write_page

    place = place_of(task.results, task.address)
    if not (place / PAGE).is_file():
        write_page([read_report(place / RESULT)], place / PAGE)


def _cost() -> dict[str, Any]:
    """Processor time and greatest memory of this process and of those that it waited for."""
    if sys.platform == "win32":
        return {"cpu_s": time.process_time()}
    import resource

    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    unit = 1 if sys.platform == "darwin" else 1024
    cpu_s = sum(each.ru_utime + each.ru_stime for each in used)
    return {"cpu_s": cpu_s, "peak_bytes": unit * max(each.ru_maxrss for each in used)}
