"""The verb ``study``: many trials, resumable, to one tidy table."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from swinglever.cli.options import FILE, json_option, load_asked, parameters_of, plugin_options, take

if TYPE_CHECKING:
    from swinglever.study.conduct import Plan, Told

_GB = 1e9


@click.command()
@click.argument("manifest", type=FILE)
@click.option("--out", required=True, type=FILE, help="Folder of the study; started again there, it goes on.")
@click.option("--config", type=FILE, help="Parameters of every analysis (.toml).")
@click.option("--workers", type=click.IntRange(min=1), help="Trials at a time; as many as cores when not given.")
@click.option("--scheduler", default="", help="Address of a Dask scheduler that runs, as tcp://127.0.0.1:8786.")
@click.option("--report", "pages", is_flag=True, help="Make a page of each trial too, to which the study's page links.")
@click.option("--retry-failed", "again", is_flag=True, help="Try again the trials that failed.")
@click.option("--time-limit", "time_s", type=float, default=3600.0, show_default=True, help="Of a trial, s.")
@click.option("--memory-limit", "memory_gb", type=float, default=3.0, show_default=True, help="Of a trial, GB.")
@plugin_options
@json_option
def study(manifest: Path, out: Path, as_json: bool, **options: Any) -> int:
    """Analyse the trials of MANIFEST (.csv, .toml), each in a process of its own.

    What was finished is kept: started again, only what is missing or changed is computed.

    Exit status 0 when all trials are done, 1 when some failed, 2 when the manifest cannot be used.
    """
    from swinglever.study.cluster import Where
    from swinglever.study.manifest import read_manifest
    from swinglever.study.running import Limits
    from swinglever.study.study import run_study

    trials = read_manifest(manifest, parameters_of(options.pop("config"), {}))
    plugins = load_asked(**take(options, "plugins_dir", "strict_plugins"))
    plugins.check_names()
    limits = Limits(time_s=options["time_s"], memory_bytes=options["memory_gb"] * _GB)
    where = Where(workers=options["workers"] or 0, scheduler=options["scheduler"], memory_bytes=limits.memory_bytes)
    asked = {"where": where, "limits": limits, "pages": options["pages"], "again": options["again"]}
    ended = run_study(trials, out, plugins=plugins, **asked, on_start=_start, on_told=_told)
    click.echo(json.dumps({"event": "end"} | ended.counts | {"written": [str(path) for path in ended.written]}))
    return 1 if ended.counts["failed"] else 0


def _start(plan: "Plan", dashboard: str) -> None:
    click.echo(json.dumps({"event": "start", "known": len(plan.known), "open": len(plan.open), "dashboard": dashboard}))


def _told(told: "Told") -> None:
    click.echo(
        json.dumps({"event": "trial", "trial": told.asked.name, "reused": told.reused} | told.outcome.as_table())
    )
