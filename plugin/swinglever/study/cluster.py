"""Where a study's trials run: a cluster of this machine, one that runs already, or one that SLURM starts."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swinglever.errors import EngineError, InputError
from swinglever.output.frames import needed
from swinglever.system.scratch import scratch_folder
from swinglever.system.whole_files import write_whole

_ALLOWED_FAILURES = 100
"""Workers that may die under one trial: the trial itself runs in a process of its own and is not what killed them."""

_UNTOLD = "ignore::UserWarning:multiprocessing.resource_tracker"
"""Python tidies up the semaphores of an interrupted study's workers, and need not say so."""

SLURM = {"cores": 1, "processes": 1, "walltime": "12:00:00"}
"""What one worker asks SLURM for, where nothing else is said: one trial at a time needs one core."""


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where to run.

    Attributes
    ----------
    workers
        Processes on this machine, or jobs of SLURM; a trial at a time each. As many as cores when 0.
    scheduler
        Address of a scheduler that runs; its workers must see the same files. Empty for none.
    slurm
        Options of `dask_jobqueue.SLURMCluster`; None to use this machine.
    memory_bytes
        What a worker of SLURM may take.
    script
        Where the script of SLURM's jobs is written.
    """

    workers: int = 0
    scheduler: str = ""
    slurm: dict[str, Any] | None = None
    memory_bytes: float = 3e9
    script: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a call on a worker ended.

    Attributes
    ----------
    key
        Of the call.
    value
        What it gave.
    failure
        Why there is no value, in one line: the worker itself failed, which says nothing about its trial.
    """

    key: str
    value: Any = None
    failure: str = ""


@contextmanager
def connected(where: Where) -> Iterator[Any]:
    """Give a Dask client, and end what was started for it.

    Raises
    ------
    InputError
        When Dask is not installed, or no scheduler answers.
    """
    distributed = needed("distributed")
    import logging

    import dask

    # What goes wrong with the cluster is told by the outcomes of trials and by errors, in a line each. Dask gives
    # levels to some of its loggers one by one; asyncio tells of workers that an interrupt kept from starting.
    for name in (
        "asyncio",
        "distributed",
        *(name for name in logging.root.manager.loggerDict if name.startswith("distributed.")),
    ):
        logging.getLogger(name).setLevel(logging.CRITICAL)

    quiet = {
        "distributed.scheduler.allowed-failures": _ALLOWED_FAILURES,
        "distributed.worker.daemon": False,  # its trials are processes of their own
        "distributed.admin.system-monitor.gil.enabled": False,
    }
    with (
        scratch_folder() as folder,  # Dask leaves one of its own otherwise
        dask.config.set(quiet | {"temporary-directory": str(folder)}),
        _cluster(where, distributed, folder) as cluster,
    ):
        try:
            client = distributed.Client(cluster, timeout="60s", set_as_default=False)
        except OSError as error:
            raise InputError(f"expected a Dask scheduler at '{where.scheduler}', none answers: {error}") from None
        with client:
            yield client


@contextmanager
def _cluster(where: Where, distributed: Any, folder: Path) -> Iterator[Any]:
    if where.scheduler:
        yield where.scheduler
        return
    if where.slurm is not None:
        with slurm_cluster(where) as cluster:
            _write_script(cluster, where)
            cluster.scale(jobs=max(where.workers, 1))
            yield cluster
        return
    import logging

    from dask.system import CPU_COUNT

    # Loopback only; a worker itself takes little, and its trial's process has a limit of its own.
    with (
        _variables(TMPDIR=str(folder), PYTHONWARNINGS=_UNTOLD),
        distributed.LocalCluster(
            n_workers=where.workers or CPU_COUNT,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            # By the settings above too, but an interrupt ends these while both are still being started.
            local_directory=str(folder),
            scheduler_kwargs={"local_directory": str(folder)},
            silence_logs=logging.CRITICAL,
        ) as cluster,
    ):
        yield cluster


@contextmanager
def _variables(**values: str) -> Iterator[None]:
    """Set variables of the environment: workers take them over, and what they leave when they are killed is known."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _write_script(cluster: Any, where: Where) -> None:
    """Write the script that SLURM is given, and see that there is a SLURM to give it to."""
    if where.script is not None:
        where.script.parent.mkdir(parents=True, exist_ok=True)
        write_whole(where.script, cluster.job_script().encode())
    if shutil.which("sbatch") is None:
        raise InputError(
            f"expected SLURM's command sbatch on this machine, found none; the job's script is '{where.script}': start "
            "the study where sbatch is, or workers by hand and join them with --scheduler"
        )


def slurm_cluster(where: Where) -> Any:
    """Make a cluster whose workers SLURM starts; nothing is submitted until it is scaled.

    Raises
    ------
    InputError
        When dask-jobqueue is not installed.
    """
    jobqueue = needed("dask_jobqueue")
    options = SLURM | {"memory": f"{round(1.5 * where.memory_bytes / 1e9)}GB"} | (where.slurm or {})
    try:
        return jobqueue.SLURMCluster(**options)
    except (TypeError, ValueError) as error:
        raise InputError(f"expected options of dask_jobqueue.SLURMCluster: {error}") from None


def dashboard_of(client: Any) -> str:
    """Give the address of Dask's dashboard; empty where there is none."""
    return str(client.dashboard_link or "")


def as_they_end(client: Any, function: Callable[..., Any], calls: Mapping[str, Sequence[Any]]) -> Iterator[Ending]:
    """Let the workers call a function, and give what each call gave, in the order in which they end.

    Parameters
    ----------
    client
        As :func:`connected` gives it.
    function
        What a worker calls.
    calls
        Its arguments by the key of the call.

    Raises
    ------
    EngineError
        When the scheduler is lost.
    """
    import distributed

    futures = [client.submit(function, *call, key=key, pure=False) for key, call in calls.items()]
    ended = distributed.as_completed(  # type: ignore[no-untyped-call]
        futures, loop=client.loop, raise_errors=False
    )
    del futures  # each is forgotten by the scheduler as soon as it was heard
    for future in ended:
        yield _heard(future)


def _heard(future: Any) -> Ending:
    """Take what a call gave; where its worker was lost with it before it was heard, another one makes it again."""
    try:
        return Ending(key=future.key, value=future.result())
    except Exception as error:
        if future.status != "error":
            raise _lost(type(error).__name__) from error
        told = " ".join(f"its worker failed: {type(error).__name__}: {error}".split())
        return Ending(key=future.key, failure=told)


def _lost(why: str) -> EngineError:
    return EngineError(f"the Dask scheduler is gone ({why}); what was finished is kept: start the study again")
