"""The verb ``analyse``: a trial and a model in, a result file and its tables out."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from swinglever.checks.room import free_memory, jobs_that_pay
from swinglever.cli.console import echo_faults, print_report, progress
from swinglever.cli.grouping import GroupedCommand
from swinglever.cli.options import FILES, PLUGIN_OPTIONS, analysis_options, json_option, load_asked, parameters_of, take
from swinglever.cli.show import next_steps
from swinglever.cli.targets import claim_targets
from swinglever.engines.apart import loading_ahead
from swinglever.system.partner import partner_of

_STAGES = 12
"""Of `pipeline.analyse` with every scope; the bar of progress ends a little early with fewer."""


@click.command(cls=GroupedCommand)
@analysis_options
@json_option
def analyse(trial: Path, model: Path | None, as_json: bool, **options: Any) -> None:
    """Analyse TRIAL (markers or coordinates, or a session's folder): what flexed the knee, and what if it had not."""
    from swinglever.readers.session import open_session

    trial, model = open_session(trial, model)
    target, force = result_of(trial, options.pop("out")), options.pop("force")
    files, config, jobs = take(options, *FILES), options.pop("config"), options.pop("jobs")
    asked = take(options, *PLUGIN_OPTIONS)
    claim_targets(
        [target], all_read(trial, model, config, *files.values(), *asked["plugins_dir"]), force=force, result=True
    )
    jobs = jobs or jobs_that_pay(trial, free_memory())
    with (
        progress(_STAGES + (options["uncertainty"] or 0)) as advance,
        partner_of(jobs) as partner,
        loading_ahead(model, partner),
    ):
        from swinglever.checks.request import Request
        from swinglever.long_trials import analyse_to_file

        parameters = parameters_of(config, options)
        plugins = load_asked(**asked)
        command = shlex.join(["swinglever", *sys.argv[1:]]).encode("utf-8", "backslashreplace").decode("utf-8")
        request = Request.of(trial, model, parameters, **files)
        report = analyse_to_file(
            target, request, plugins, command=command, jobs=jobs, partner=partner, on_stage=advance
        )
    echo_faults(plugins)
    print_report(report, as_json, plugins)
    if not as_json:
        click.echo("\n".join([f"written: {target}", *next_steps(target)]))


def all_read(*given: Path | None) -> list[Path]:
    """Give every file that an analysis reads: those that the user gave, those that they name, and plugins."""
    from swinglever.readers.opensim_xml import files_named

    found = [path for path in given if path is not None]
    named = [inner for path in found if path.suffix.lower() in (".xml", ".osim") for inner in files_named(path)]
    plugins = [file for path in found if path.is_dir() for file in path.glob("*.py")]
    return [*found, *named, *plugins]


def result_of(trial: Path, out: Path | None) -> Path:
    """Where the result of a trial goes: where the user says, or here."""
    return out or Path(f"{trial.stem or 'trial'}.h5")
