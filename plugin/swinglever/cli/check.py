"""The verb ``check``: the inputs of an analysis examined, its motion solved, without the causes."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from swinglever.cli.analyse import all_read, result_of
from swinglever.cli.console import echo_faults, say
from swinglever.cli.grouping import GroupedCommand
from swinglever.cli.options import FILES, PLUGIN_OPTIONS, analysis_options, json_option, load_asked, parameters_of, take
from swinglever.cli.targets import claim_targets
from swinglever.engines.apart import loading_ahead


@click.command(cls=GroupedCommand)
@analysis_options
@json_option
def check(trial: Path, model: Path | None, as_json: bool, **options: Any) -> int:
    """Check the inputs of an analysis of TRIAL: every fault, with where it is and how to mend it.

    It takes the options of analyse, solves the motion and finds the swings as analyse does, and what it calls an error,
    analyse refuses. Only analyse can tell how well the muscles make the joint moments.

    Exit status 0 when an analysis can go on, 2 when a fault forbids it.
    """
    from swinglever.readers.session import open_session

    trial, model = open_session(trial, model)
    target, force = result_of(trial, options.pop("out")), options.pop("force")
    files, config, asked = take(options, *FILES), options.pop("config"), take(options, *PLUGIN_OPTIONS)
    del options["jobs"]
    parameters = parameters_of(config, options)
    claim_targets(
        [target], all_read(trial, model, config, *files.values(), *asked["plugins_dir"]), force=force, result=True
    )
    with loading_ahead(model):
        from swinglever.checks.examination import examine
        from swinglever.checks.request import Request
        from swinglever.pipeline import foresee
        from swinglever.plugins.reading import readers

        plugins = load_asked(**asked)
        plugins.check_names()
        faults = foresee(examine(Request.of(trial, model, parameters, **files), readers(plugins)), plugins)
    said = {str(fault) for fault in faults}
    passed_over = [text for text in plugins.warnings() if text not in said]
    stops = sum(fault.severity == "error" for fault in faults)
    lines = [f"{fault.severity}: {fault}" for fault in faults] + [f"warning: {text}" for text in passed_over]
    lines.append(f"{len(lines)} found, {stops} of them forbid an analysis" if lines else "no faults found")
    told = {"faults": [asdict(fault) for fault in faults], "plugins": passed_over, "can_go_on": not stops}
    echo_faults(plugins)
    say(told, as_json, lines)
    return 2 if stops else 0
