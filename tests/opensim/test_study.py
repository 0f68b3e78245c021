"""A study: every trial ends as it should, whatever the others do, and nothing is lost or computed twice."""

import csv
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import distributed
import duckdb
import h5py
import numpy as np
import pandas as pd
import pytest

from swinglever.plugins.manager import load_plugins
from swinglever.study.cluster import Where, as_they_end, connected
from swinglever.study.conduct import Plan, Told, make_plan
from swinglever.study.manifest import read_manifest
from swinglever.study.running import Limits, run
from swinglever.study.study import Ended, Study, run_study
from swinglever.synthetic.trials import bundled_trial

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")

HARM = '''"""An engine for models that do harm: .crash ends the process, .endless never comes back."""
import os, signal, time
from swinglever.hookspecs import Engine, hookimpl

def crash(path):
    os.kill(os.getpid(), signal.SIGSEGV)

def wait(path):
    time.sleep(10**6)

@hookimpl
def swinglever_engines():
    return {"crash": Engine(suffixes=(".crash",), load=crash), "endless": Engine(suffixes=(".endless",), load=wait)}
'''
GOOD = ("mean_25", "mean_35", "mean_45")
TABLES = ("swings.parquet", "metrics.parquet", "curves.parquet", "trials.parquet", "comparisons.parquet", "swings.csv")


def lay_out(folder: Path, bad: bool = True) -> Path:
    """Write a study of three good trials, cut short so that they are quick, and of six that are none."""
    (folder / "plugins").mkdir(parents=True)
    (folder / "plugins" / "harm.py").write_text(HARM)
    for ending in ("crash", "endless"):
        (folder / f"model.{ending}").write_text("harm")
    shared = {"model": str(bundled_trial("mean_35").model), "muscle_solver": "none", "end_s": "1.1"}
    rows = [shared | {"name": name, "trial": str(copied(name, folder)), "condition": name[-2:]} for name in GOOD]
    short = folder / "short.trc"
    short.write_bytes(Path(rows[0]["trial"]).read_bytes()[:2000])
    whole = rows[0]["trial"]
    if bad:
        rows += [
            shared | {"name": "truncated", "trial": str(short)},
            shared | {"name": "absent", "trial": str(folder / "absent.trc")},
            shared | {"name": "wrong model", "trial": whole, "model": whole},
            shared | {"name": "crash", "trial": whole, "model": str(folder / "model.crash")},
            shared | {"name": "left out", "trial": whole, "skip": "she fell"},
            rows[0] | {"name": "the same again"},
        ]
    path = folder / "manifest.csv"
    with path.open("w", newline="") as file:
        names = ("name", "trial", "model", "subject", "condition", "muscle_solver", "end_s", "skip")
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(row | {"subject": "s1"} for row in rows)
    return path


def copied(name: str, folder: Path) -> Path:
    target = folder / f"{name}.trc"
    target.write_bytes(bundled_trial(name).files.trial.read_bytes())
    return target


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """One cluster for the module; loopback only."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", memory_limit=0
    ) as cluster:
        yield cluster.scheduler_address


def conducted(manifest: Path, out: Path, scheduler: str, on_told: Any = None) -> tuple[Ended, list[Told], Plan]:
    """Run a study on the module's cluster: how it ended, what was told on the way, and its plan."""
    told, plans = list[Told](), list[Plan]()
    asked = Study(
        trials=read_manifest(manifest),
        out=out,
        plugins=load_plugins([manifest.parent / "plugins"]),
        where=Where(scheduler=scheduler),
        limits=Limits(),
    )
    ended = run_study(asked, on_start=lambda plan, _: plans.append(plan), on_told=on_told or told.append)
    return ended, told, plans[0]


@pytest.fixture(scope="module")
def study(scheduler: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Ended]:
    """A study of good and bad trials that came to its end: manifest, folder, end."""
    folder = tmp_path_factory.mktemp("study")
    manifest = lay_out(folder)
    ended, _, _ = conducted(manifest, folder / "out", scheduler)
    return manifest, folder / "out", ended


def outcomes(ended: Ended) -> dict[str, Any]:
    return {each.asked.name: each.outcome for each in ended.told}


def contents(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in TABLES}


def command_line(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "swinglever", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def test_exactly_the_bad_trials_fail_each_with_its_line(study):
    found = outcomes(study[2])
    assert {name for name, o in found.items() if o.status == "done"} == {*GOOD, "the same again"}
    assert (found["left out"].status, found["left out"].line) == ("skipped", "she fell")
    assert (found["crash"].kind, found["truncated"].kind, found["absent"].kind) == ("analysis", "input", "input")
    assert found["crash"].line.endswith("its process crashed (Segmentation fault)")
    assert found["wrong model"].line.startswith("expected a model as a file that ends in one of .crash")


def test_a_failed_trials_line_is_what_analyse_says(study):
    ended = study[2]
    asked = next(each.asked for each in ended.told if each.asked.name == "truncated")
    said = command_line("analyse", asked.trial, "--model", asked.model, "--muscle-solver", "none", "--end", 1.1)
    assert (said.returncode, said.stderr) == (2, f"error: {outcomes(ended)['truncated'].line}\n")


def test_tables_hold_every_swing_once_with_who_ran_how(study):
    _, out, ended = study
    swings = pd.read_parquet(out / "swings.parquet")
    assert len(swings) == sum(o.swings for o in outcomes(ended).values()) > 6
    assert not swings.duplicated(["trial", "swing"]).any()
    assert set(swings["condition"]) == {"25", "35", "45"}
    assert set(swings["subject"]) == {"s1"}
    metrics = pd.read_parquet(out / "metrics.parquet")
    peak = metrics[metrics["metric"] == "peak_knee_flexion"].merge(swings, on=["trial", "swing"])
    assert (peak["value"] - peak["peak_flexion_deg"]).abs().max() < 1e-9
    assert list(pd.read_csv(out / "trials.csv")["status"]) == ["done"] * 3 + ["failed"] * 4 + ["skipped", "done"]


def test_rows_that_ask_for_the_same_are_computed_once(study):
    found = outcomes(study[2])
    assert found["the same again"].address == found["mean_25"].address
    assert len(list((study[1] / "results").iterdir())) == 7  # three results and four failures


def test_every_result_is_reached_through_the_index(study):
    with h5py.File(study[1] / "study.h5") as file:
        assert list(file["trials/status"].asstr()) == ["done"] * 3 + ["failed"] * 4 + ["skipped", "done"]
        assert file["results/mean_35"].attrs["format"] == "swinglever"
        assert file["results/mean_35/swings/verdict"].shape[0] > 1


def test_a_trial_costs_less_memory_than_a_laptop_has(study):
    """The issue of a worker is its trial's process; the worker itself only waits."""
    assert max(o.peak_bytes for o in outcomes(study[2]).values()) < 1.5e9


def test_a_study_started_again_computes_nothing_and_writes_the_same(study, scheduler):
    manifest, out, _ = study
    before = contents(out)
    ended, _, plan = conducted(manifest, out, "tcp://127.0.0.1:1")  # nobody is asked: no worker is needed
    assert (plan.open, ended.counts) == ((), {"done": 4, "failed": 4, "skipped": 1})
    assert contents(out) == before


def test_what_changed_is_computed_again_and_nothing_else(study, scheduler):
    manifest, out, _ = study
    trial = manifest.parent / "mean_45.trc"
    whole = trial.read_bytes()
    try:
        trial.write_bytes(whole[: whole.rindex(b"\n", 0, -1) + 1])  # one frame less
        results, plugins = out / "results", load_plugins([manifest.parent / "plugins"])
        plan = make_plan(read_manifest(manifest), results, plugins, Limits())
        assert [row.name for _, rows in plan.open for row in rows] == ["mean_45"]
        toml = manifest.with_name("other.toml")
        model = bundled_trial("mean_35").model
        toml.write_text(f"[[trials]]\ntrial = '{manifest.parent}/mean_35.trc'\nmodel = '{model}'")
        other = read_manifest(toml)
        assert len(make_plan(other, results, plugins, Limits()).open) == 1  # other parameters
    finally:
        trial.write_bytes(whole)


def test_a_trial_that_never_ends_is_ended(study, tmp_path):
    manifest, _, _ = study
    asked = replace(read_manifest(manifest)[0], model=manifest.parent / "model.endless")
    plugins = load_plugins([manifest.parent / "plugins"])
    ((task, _),) = make_plan([asked], tmp_path, plugins, Limits()).open
    outcome = run(task, Limits(time_s=3.0))
    assert (outcome.status, outcome.kind, outcome.limit) == ("failed", "time", 3.0)
    assert outcome.line.startswith("did not end within 3 s")
    assert make_plan([asked], tmp_path, plugins, Limits(time_s=3.0)).open == ()
    assert len(make_plan([asked], tmp_path, plugins, Limits(time_s=9.0)).open) == 1  # it may end in a longer time


def test_a_full_disk_loses_nothing_and_says_so(study, tmp_path):
    """Files of more than 20 kB cannot be written: what the kernel says of a quota goes the way of a full disk."""
    manifest, _, _ = study
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    asked, plugins = read_manifest(manifest)[:1], load_plugins([manifest.parent / "plugins"])
    plan = make_plan(asked, tmp_path, plugins, Limits())
    ((task, _),) = plan.open
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        outcome = run(task, Limits())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (outcome.status, outcome.kind) == ("failed", "place"), outcome.line
    assert "cannot write" in outcome.line
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert run(task, Limits()).status == "done"


def test_a_worker_that_is_killed_costs_nothing(study, scheduler, tmp_path):
    manifest, out, _ = study
    with distributed.Client(scheduler, set_as_default=False) as client:
        numbers = list(client.run(os.getpid).values())[:1]
        # Both workers have trials at hand when the first one has ended.
        ended, _, _ = conducted(
            manifest, tmp_path / "out", scheduler, on_told=lambda _: numbers and os.kill(numbers.pop(), signal.SIGKILL)
        )
    assert numbers == []
    failed = {each.asked.name: each.outcome.line for each in ended.told if each.failed}
    assert ended.counts == {"done": 4, "failed": 4, "skipped": 1}, failed
    assert contents(tmp_path / "out") == contents(out)


def test_a_result_that_is_lost_before_it_was_heard_is_made_again(scheduler):
    """Both workers are killed when both calls are done and one of them was heard."""
    with distributed.Client(scheduler, set_as_default=False) as client:
        workers = set(client.run(os.getpid).values())
        endings = as_they_end(client, os.getpid, {"one": (), "other": ()})
        first = next(endings)
        until(lambda: all(state.status == "finished" for state in client.futures.values()))
        for number in workers:
            os.kill(number, signal.SIGKILL)
        until(lambda: all(state.status != "finished" for state in client.futures.values()))
        (second,) = endings
    assert (first.failure, second.failure) == ("", "")
    assert {first.key, second.key} == {"one", "other"}
    assert first.value in workers
    assert second.value not in workers


def test_a_cluster_of_its_own_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with connected(Where(workers=1)) as client:
        assert client.submit(os.getpid).result(timeout=600) != os.getpid()
        assert list(tmp_path.iterdir()) != []
    assert list(tmp_path.iterdir()) == []


def until(so: Any) -> None:
    while not so():
        time.sleep(0.01)


def finished(results: Path) -> dict[str, int]:
    """When each outcome that is kept was written."""
    kept = (path for path in results.glob("*/outcome.json") if not path.parent.name.startswith("."))
    return {path.parent.name: path.stat().st_mtime_ns for path in kept}


def test_a_command_that_is_killed_goes_on_where_it_stopped(study, tmp_path):
    """Killed with signal 9 after the first and after the second result: the same tables to the bit, nothing twice."""
    manifest, out, _ = study
    target = tmp_path / "out"
    arguments = [manifest, "--out", target, "--plugins-dir", manifest.parent / "plugins", "--workers", 1, "--json"]
    seen = dict[str, int]()
    for count in (1, 3):
        command = [sys.executable, "-m", "swinglever", "study", *map(str, arguments)]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(target / "results", count, child)
        child.kill()
        child.wait()
        seen |= finished(target / "results")
    done = command_line("study", *arguments)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1, done.stderr  # some trials fail, by intention
    after = finished(target / "results")
    assert {address: after[address] for address in seen} == seen  # untouched
    assert events[0]["known"] >= len(seen)
    assert contents(target) == contents(out)
    assert not list((target / "results").glob(".part-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_study_leaves_no_folder_and_says_no_more_than_that(study, tmp_path, number):
    manifest, _, _ = study
    results, temporary = tmp_path / "out" / "results", tmp_path / "temporary"
    temporary.mkdir()
    arguments = [manifest, "--out", tmp_path / "out", "--plugins-dir", manifest.parent / "plugins", "--workers", 1]
    command = [sys.executable, "-m", "swinglever", "study", *map(str, arguments), "--json"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    child = subprocess.Popen(command, env=os.environ | {"TMPDIR": str(temporary)}, **quiet)
    wait_for(results, 1, child)
    until(lambda: list(results.glob(".part-*")))  # the next trial is under way
    child.send_signal(number)
    assert child.communicate(timeout=600)[1].strip() == "error: interrupted"
    assert child.returncode == 130
    assert not list(temporary.iterdir())


def wait_for(results: Path, count: int, command: "subprocess.Popen[Any]") -> None:
    while len(finished(results)) < count:
        assert command.poll() is None, "the study ended before it should be killed"
        time.sleep(0.02)


def test_a_scheduler_that_is_killed_is_told_and_loses_nothing(study, tmp_path):
    manifest, out, _ = study
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    where = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen([*dask, "--no-dashboard", "--scheduler-file", str(where)], **quiet)
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(where), "--nthreads", "1"]
    options = ["--host", "127.0.0.1", "--no-dashboard", "--no-nanny", "--death-timeout", "10"]
    while not where.exists() or not where.read_text().endswith("}"):
        time.sleep(0.05)
    working = subprocess.Popen([*worker, *options], **quiet)
    target, address = tmp_path / "out", json.loads(where.read_text())["address"]
    command = [sys.executable, "-m", "swinglever", "study", str(manifest), "--out", str(target)]
    command += ["--plugins-dir", str(manifest.parent / "plugins"), "--scheduler", address]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(target / "results", 1, running)
        scheduler.kill()
        said = running.communicate()[1].splitlines()
    finally:
        for process in (scheduler, working, running):
            process.kill()
            process.wait()
    assert running.returncode == 1
    assert said[-1].startswith("error: the Dask scheduler is gone")
    assert not any("Traceback" in line for line in said)
    seen = finished(target / "results")
    done = command_line(
        "study", manifest, "--out", target, "--plugins-dir", manifest.parent / "plugins", "--workers", 1, "--json"
    )
    assert '{"event": "end"' in done.stdout, done.stderr
    assert {name: finished(target / "results")[name] for name in seen} == seen
    assert contents(target) == contents(out)


def test_two_commands_do_not_share_a_folder(study):
    manifest, out, _ = study
    from swinglever.study.store import alone_in

    with alone_in(out):
        told = command_line("study", manifest, "--out", out, "--plugins-dir", manifest.parent / "plugins")
    assert told.returncode == 2
    assert "another study writes there" in told.stderr


def test_check_examines_every_trial_and_analyses_none(study, scheduler, tmp_path):
    manifest, _, ended = study
    arguments = ["--plugins-dir", manifest.parent / "plugins", "--scheduler", scheduler, "--json"]
    told = command_line("study", manifest, "--out", tmp_path / "none", "--check", *arguments)
    events = {event["trial"]: event for event in map(json.loads, told.stdout.splitlines()) if event["event"] == "check"}
    stopped = {name for name, event in events.items() if not event["can_go_on"]}
    assert stopped == {name for name, outcome in outcomes(ended).items() if outcome.status == "failed"}
    assert (told.returncode, (tmp_path / "none").exists()) == (1, False)


def test_the_script_of_slurms_jobs_asks_for_what_a_trial_needs(study, tmp_path):
    """The job starts one worker of one thread; without SLURM the study says what it lacks."""
    manifest, _, _ = study
    options = ["--slurm", "--slurm-option", "interface=lo", "--slurm-option", "queue=short", "--memory-limit", 4]
    told = command_line("study", manifest, "--out", tmp_path / "out", *options)
    script = (tmp_path / "out" / "slurm_job.sh").read_text()
    assert (told.returncode, "found none" in told.stderr) == (2, True)
    assert "#SBATCH -p short" in script
    assert "#SBATCH --mem=6G" in script
    assert "--nthreads 1" in script


def test_the_query_of_the_docs_gives_the_table_that_the_docs_print(study, monkeypatch):
    """Cell by cell what `metrics_of_public_runners.py` makes of the same swings."""
    page = (Path(__file__).parents[2] / "docs" / "study.md").read_text(encoding="utf-8")
    query = page.split("```sql\n")[1].split("```")[0]
    monkeypatch.chdir(study[1])
    table = duckdb.sql(query).df().set_index("metric")
    rows = pd.read_parquet("metrics.parquet")
    for (metric, trial), mine in rows.groupby(["metric", "trial"]):
        values = mine["value"].to_numpy()
        if not np.isfinite(values).any():
            expected = "–"
        elif (mine["swing"] == "").all():
            expected = f"{values[0]:.3g}"
        else:
            expected = f"{np.nanmean(values):.3g} ± {np.nanstd(values):.2g}"
        assert _as_numbers(table.loc[metric, trial]) == pytest.approx(_as_numbers(expected), abs=1e-9), (metric, trial)
    assert len(table) == rows["metric"].nunique() > 40


def _as_numbers(cell: str) -> list[float]:
    """A spread of nothing but rounding differs in its last digits."""
    return [float(part) if part != "–" else -1.0 for part in cell.split(" ± ")]
