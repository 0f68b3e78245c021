"""The verb ``analyse``: a trial and a model in, a result file and its tables out."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from swinglever.cli.console import check_target, echo_faults, print_report, progress
from swinglever.cli.options import FILES, analysis_options, json_option, load_asked, parameters_of, take
from swinglever.errors import InputError

_STAGES = 12
"""Of `pipeline.analyse` with every scope; the bar of progress ends a little early with fewer."""


@click.command()
@analysis_options
@json_option
def analyse(trial: Path, model: Path, as_json: bool, **options: Any) -> None:
    """Analyse TRIAL (markers or coordinates): what flexed the knee, and what if it had not."""
    target = result_of(trial, options.pop("out"))
    with progress(_STAGES + (options["uncertainty"] or 0)) as advance:
        from swinglever import pipeline
        from swinglever.output.store import write_report

        files, config, jobs = take(options, *FILES), options.pop("config"), options.pop("jobs")
        asked = take(options, "plugins_dir", "strict_plugins")
        parameters = parameters_of(config, options)
        check_target(target, trial, model, config, *files.values(), *named_inside(files["external_loads"]))
        plugins = load_asked(**asked)
        command = shlex.join(["swinglever", *sys.argv[1:]]).encode("utf-8", "backslashreplace").decode("utf-8")
        chosen = {"parameters": parameters, "plugins": plugins, "command": command, "jobs": jobs, "on_stage": advance}
        report = pipeline.analyse(trial, model, **files, **chosen)
        write_report(report, target)
    echo_faults(plugins)
    print_report(report, as_json, plugins)
    if not as_json:
        click.echo(f"\nwritten: {target}")


def named_inside(external_loads: Path | None) -> tuple[Path, ...]:
    """Give the file of forces that external loads name; none where they cannot be read, which is said later."""
    from swinglever.readers.external_loads import read_external_loads

    if external_loads is None:
        return ()
    try:
        named = read_external_loads(external_loads).datafile
    except InputError:
        return ()
    return () if named is None else (named,)


def result_of(trial: Path, out: Path | None) -> Path:
    """Where the result of a trial goes: where the user says, or here."""
    return out or Path(f"{trial.stem or 'trial'}.h5")
