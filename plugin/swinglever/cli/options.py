"""Options that verbs share: the inputs and choices of an analysis, plugins, JSON."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from swinglever.cli.targets import force_option

if TYPE_CHECKING:
    from swinglever.plugins.manager import Plugins
    from swinglever.records.parameters import Parameters

FILE = click.Path(path_type=Path)
FILES = ("grf", "external_loads", "ik_setup", "emg", "forces", "names")
"""Options that name files beside the trial and the model, as `analyse` calls its arguments."""

_ANALYSIS = (
    click.argument("trial", type=FILE),
    click.option("--model", type=FILE, help="Musculoskeletal model (.osim); a session's own when not given."),
    click.option("--grf", type=FILE, help="Ground forces (.mot, .sto)."),
    click.option("--external-loads", type=FILE, help="Which force acts on which foot (.xml)."),
    click.option("--ik-setup", type=FILE, help="Inverse kinematics setup: marker weights (.xml)."),
    click.option("--emg", type=FILE, help="Surface EMG, raw or envelopes (.sto, .csv, .c3d, .edf, .bdf)."),
    click.option("--forces", type=FILE, help="Muscle forces to use, not solved for (.sto)."),
    click.option("--names", type=FILE, help="What is what in the model, where nothing tells (.toml)."),
    click.option("--config", type=FILE, help="Parameters (.toml)."),
    click.option("--filter-hz", type=float, help="Cut-off of the low-pass filter."),
    click.option("--start", "start_s", type=float, help="First instant to analyse, s."),
    click.option("--end", "end_s", type=float, help="Last instant to analyse, s."),
    click.option("--side", type=click.Choice(["r", "l", "both"]), help="Which leg."),
    click.option("--units", type=click.Choice(["mm", "cm", "m"]), help="Unit of the markers, where the file is wrong."),
    click.option(
        "--angles", type=click.Choice(["degrees", "radians"]), help="Unit of angles, where the file is wrong."
    ),
    click.option("--turn-axes", is_flag=True, default=None, help="Turn markers to the model's axes."),
    click.option("--knee-range", "knee_range_deg", type=float, help="Widen the model's knee to this flexion, deg."),
    click.option(
        "--engine", type=click.Choice(["swinglever", "opensim"]), help="Who solves kinematics and muscles, both."
    ),
    click.option("--ik-engine", type=click.Choice(["swinglever", "opensim"]), help="Who solves inverse kinematics."),
    click.option("--muscle-solver", help="static_optimization, opensim, none, or what a plugin offers."),
    click.option("--passive-force/--no-passive-force", default=None, help="Let passive fibre forces make moments too."),
    click.option("--body", "body_scope", is_flag=True, default=None, help="Split the fold in the whole free body too."),
    click.option("--uncertainty", type=int, metavar="N", help="Repeat N times with varied inputs; bands of numbers."),
    click.option("--seed", type=int, help="Of the variations: the same seed gives the same bands."),
    click.option(
        "--jobs", type=click.IntRange(min=1), help="Processes that share the work; 2 for a long trial, with room."
    ),
    click.option(
        "--playback", type=click.Choice(["full", "thin", "none"]), help="What viewers get; by length when not given."
    ),
    click.option("--out", type=FILE, help="Result file; TRIAL with .h5 when not given."),
)


def analysis_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Add everything that says what is analysed and how, the same for the verbs `analyse` and `check`."""
    verb = force_option(plugin_options(verb))
    for option in reversed(_ANALYSIS):
        verb = option(verb)
    return verb


def plugin_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--plugins-dir`` and ``--strict-plugins`` to a verb."""
    help_text = "Folder of one-file plugins; may be given several times."
    folder = click.option("--plugins-dir", multiple=True, type=FILE, help=help_text)
    strict = click.option("--strict-plugins", is_flag=True, help="Fail when a plugin is at fault.")
    patience = click.option(
        "--plugin-timeout", type=click.FloatRange(0.0, min_open=True), help="Seconds for a plugin's answer; else 20."
    )
    return folder(strict(patience(verb)))


PLUGIN_OPTIONS = ("plugins_dir", "strict_plugins", "plugin_timeout")
"""What `plugin_options` adds, as `load_asked` takes it."""


def json_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json`` to a verb."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for programs.")(verb)


def take(options: dict[str, Any], *names: str) -> dict[str, Any]:
    """Take some of the options out of all of them."""
    return {name: options.pop(name) for name in names}


def load_asked(plugins_dir: tuple[Path, ...], strict_plugins: bool, plugin_timeout: float | None) -> "Plugins":
    """Load the plugins that the options of `plugin_options` ask for."""
    from swinglever.plugins.hosted import PATIENCE_S
    from swinglever.plugins.manager import load_plugins

    return load_plugins(plugins_dir, strict=strict_plugins, patience_s=plugin_timeout or PATIENCE_S)


def parameters_of(config: Path | None, choices: Mapping[str, Any]) -> "Parameters":
    """Make parameters of a file and of the options that were given, which go before it."""
    from swinglever.records.parameters import Parameters

    chosen = {name: value for name, value in choices.items() if value is not None}
    if chosen.pop("engine", "swinglever") == "opensim":
        chosen = {"ik_engine": "opensim", "muscle_solver": "opensim"} | chosen
    return Parameters.from_toml(config, **chosen) if config else Parameters.from_table(chosen)
