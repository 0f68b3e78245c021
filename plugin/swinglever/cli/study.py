"""The verb ``study``: many trials, resumable, to one tidy table."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from swinglever.cli.options import FILE, PLUGIN_OPTIONS, json_option, load_asked, parameters_of, plugin_options, take
from swinglever.cli.study_progress import Teller, print_checked, print_ended

if TYPE_CHECKING:
    from swinglever.study.cluster import Where

_GB = 1e9


@click.command()
@click.argument("place", metavar="MANIFEST|FOLDER", type=FILE)
@click.option("--out", type=FILE, help="Folder of the study; derivatives/swinglever of a BIDS tree when not given.")
@click.option("--config", type=FILE, help="Parameters of every analysis (.toml).")
@click.option("--workers", type=click.IntRange(min=1), help="Trials at a time; as many as cores when not given.")
@click.option("--scheduler", default="", help="Address of a Dask scheduler that runs, as tcp://127.0.0.1:8786.")
@click.option("--slurm", is_flag=True, help="Let SLURM start the workers; the job's script is written to the folder.")
@click.option("--slurm-option", "chosen", multiple=True, metavar="NAME=VALUE", help="Of SLURM, as queue=short.")
@click.option("--report", "pages", is_flag=True, help="Make each trial's own page too; the study's page links to it.")
@click.option("--check", is_flag=True, help="Examine every trial's inputs, analyse nothing.")
@click.option("--retry-failed", "again", is_flag=True, help="Try again the trials that failed.")
@click.option("--time-limit", "time_s", type=float, default=3600.0, show_default=True, help="Of a trial, s.")
@click.option("--memory-limit", "memory_gb", type=float, default=3.0, show_default=True, help="Of a trial, GB.")
@plugin_options
@json_option
def study(place: Path, out: Path | None, as_json: bool, **options: Any) -> int:
    """Analyse the trials of a MANIFEST (.csv, .toml) or a FOLDER, each in a process of its own.

    What was finished is kept: started again, only what is missing or changed is computed. With --json, a line of JSON
    for each event.

    Exit status 0 when all trials are done, 1 when some failed, 2 when the manifest cannot be used.
    """
    from swinglever.output.frames import needed

    for package in ("distributed", "pandas", "psutil", "pyarrow", "statsmodels"):
        needed(package)
    from swinglever.study.folders import data_set_at, folder_of, read_study
    from swinglever.study.running import Limits
    from swinglever.study.study import Study, run_study

    trials = read_study(place, parameters_of(options.pop("config"), {}))
    plugins = load_asked(**take(options, *PLUGIN_OPTIONS))
    plugins.check_names()
    limits = Limits(time_s=options["time_s"], memory_bytes=options["memory_gb"] * _GB)
    target = folder_of(place, out)
    where = _where(options, limits.memory_bytes, target)
    if options["check"]:
        return print_checked(trials, plugins, where, limits.time_s, as_json)
    study = Study(
        trials=trials,
        out=target,
        plugins=plugins,
        where=where,
        limits=limits,
        pages=options["pages"],
        again=options["again"],
        data_set=data_set_at(place),
    )
    with Teller(len(trials), as_json) as teller:
        ended = run_study(study, on_start=teller.start, on_told=teller.tell)
    print_ended(ended, as_json)
    return 1 if ended.counts["failed"] else 0


def _where(options: dict[str, Any], memory_bytes: float, out: Path) -> "Where":
    from swinglever.errors import InputError
    from swinglever.study.cluster import Where

    chosen = dict(text.partition("=")[::2] for text in options["chosen"])
    unclear = [text for text in options["chosen"] if "=" not in text]
    if unclear:
        raise InputError(f"expected --slurm-option NAME=VALUE, got '{unclear[0]}'")
    if (chosen or options["slurm"]) and options["scheduler"]:
        raise InputError("expected --scheduler or --slurm, got both")
    return Where(
        workers=options["workers"] or 0,
        scheduler=options["scheduler"],
        slurm=chosen if chosen or options["slurm"] else None,
        memory_bytes=memory_bytes,
        script=out / "slurm_job.sh",
    )
