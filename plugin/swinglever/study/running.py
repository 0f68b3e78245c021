"""A trial's child process as a worker runs it: with limits, and an outcome whatever becomes of it."""

import sys
from dataclasses import dataclass, replace
from typing import Any

from swinglever.errors import OutputError
from swinglever.study.child import UNKEPT, Task
from swinglever.study.outcome import Outcome
from swinglever.study.store import keep_outcome, kept_outcome, part_of
from swinglever.system.isolation import ending_of, last_words
from swinglever.system.lifeline import Ending, run_with_limits

_KILLED = -9
"""Exit code of a child that somebody else killed: the system, short of memory, or a person."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of a trial's process: elapsed time, and memory of it and all that it starts."""

    time_s: float = 3600.0
    memory_bytes: float = 3e9


def run_trial(task_line: str, time_s: float, memory_bytes: float) -> dict[str, Any]:
    """Analyse a trial in a child process, and give its outcome as plain values: what Dask runs."""
    limits = Limits(time_s=time_s, memory_bytes=memory_bytes)
    return run(Task.from_json(task_line), limits).as_table()


def run(task: Task, limits: Limits) -> Outcome:
    """Analyse a trial in a child process; the outcome is kept where it says something about the trial."""
    command = [sys.executable, "-m", "swinglever.system.lifeline", "swinglever.study.child"]
    ending = run_with_limits(command, task.as_json(), time_s=limits.time_s, memory_bytes=limits.memory_bytes)
    kept = kept_outcome(task.results, task.address)
    if ending.code == 0 and kept is not None:
        return replace(kept, peak_bytes=max(kept.peak_bytes, ending.peak_bytes))
    found = _judge(task, ending, limits)
    if found.says_something:
        try:
            with part_of(task.results, task.address) as part:
                keep_outcome(part, found)
        except OutputError as error:
            return replace(found, kind="place", line=str(error))
    return found


def _judge(task: Task, ending: Ending, limits: Limits) -> Outcome:
    """Say how a trial ended whose child kept nothing."""
    words = last_words(ending.output)
    cost = {"elapsed_s": ending.elapsed_s, "peak_bytes": ending.peak_bytes}
    said: dict[str, Any] = {"address": task.address, "status": "failed"} | cost
    if ending.over == "time":
        line = f"did not end within {limits.time_s:g} s; its last words: {words}; give it longer with --time-limit"
        return Outcome(kind="time", line=line, limit=limits.time_s, **said)
    if ending.over == "memory":
        got, most = ending.peak_bytes / 1e9, limits.memory_bytes / 1e9
        line = f"took {got:.2f} GB of memory, more than {most:g} GB; analyse a part of it, or raise --memory-limit"
        return Outcome(kind="memory", line=line, limit=limits.memory_bytes, **said)
    if ending.code == UNKEPT:
        return Outcome(kind="place", line=words.rpartition(" | ")[2], **said)
    if ending.code == _KILLED:
        return Outcome(kind="place", line="its process was killed from outside; start the study again", **said)
    line = f"its process {ending_of(ending.code)}; its last words: {words}"
    return Outcome(kind="crash", line=line, **said)
