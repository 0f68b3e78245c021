"""The command line. Verbs gather, call and print; whatever is slow to import is imported inside them."""

import json
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from swinglever import __version__
from swinglever.cli.compare import compare
from swinglever.cli.plot import plot
from swinglever.cli.plugins import echo_faults, export, plugin_options, plugins
from swinglever.cli.predict import predict
from swinglever.cli.report import report as report_page
from swinglever.errors import InputError, SwingleverError

if TYPE_CHECKING:
    from swinglever.hookspecs import Section
    from swinglever.plugins.manager import Plugins
    from swinglever.records.parameters import Parameters
    from swinglever.records.report import SwingReport


_TEXT_COLUMNS = ("verdict", "unit", "why undefined")


class _Verbs(click.Group):
    """Verbs in the order in which one meets them; ``analyze`` is ``analyse``."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, {"analyze": "analyse"}.get(cmd_name, cmd_name))

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="swinglever")
def cli() -> None:
    """What flexed the knee? Splits the fold of the swing leg by cause, swing by swing."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with 0 done, 1 failed on good input, 2 bad input or usage."""
    with suppress(ValueError):  # only the main thread hears signals
        # A scheduler's request to end is an interrupt like any other: children and temporary files are cleaned up.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    try:
        sys.exit(cli.main([a for a in given if a != "--debug"], prog_name="swinglever", standalone_mode=False))
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except (click.Abort, KeyboardInterrupt) as stop:
        notes = (*getattr(stop, "__notes__", ()), *getattr(stop.__cause__, "__notes__", ()))
        _fail("; ".join(["interrupted", *notes]), 130)
    except click.ClickException as error:
        _fail(error.format_message().rstrip("."), 2)
    except Exception as error:  # noqa: BLE001 - the last resort: one line instead of a traceback
        if debug:
            traceback.print_exc()
        for note in getattr(error, "__notes__", ()):
            click.echo(f"warning: {note}", err=True)
        if isinstance(error, OSError) and error.strerror and not isinstance(error, SwingleverError):
            _fail(f"cannot use '{error.filename}': {error.strerror}; check the path and its permissions", 2)
        if isinstance(error, SwingleverError):
            _fail(" ".join(str(error).split()), 2 if isinstance(error, InputError) else 1)
        _fail(f"{type(error).__name__}: {error}; this should not happen: run again with --debug and report it", 1)


def _fail(message: str, status: int) -> None:
    click.echo(f"error: {message}", err=True)
    sys.exit(status)


_INPUTS = (
    click.argument("trial", type=click.Path(path_type=Path)),
    click.option("--model", required=True, type=click.Path(path_type=Path), help="Musculoskeletal model (.osim)."),
    click.option("--grf", type=click.Path(path_type=Path), help="Ground forces (.mot, .sto)."),
    click.option("--external-loads", type=click.Path(path_type=Path), help="Which force acts on which foot (.xml)."),
    click.option(
        "--ik-setup", type=click.Path(path_type=Path), help="Inverse kinematics setup: marker weights (.xml)."
    ),
    click.option("--emg", type=click.Path(path_type=Path), help="Surface EMG, raw or envelopes (.sto, .csv, .c3d)."),
    click.option("--config", type=click.Path(path_type=Path), help="Parameters (.toml)."),
    click.option("--filter-hz", type=float, help="Cut-off of the low-pass filter."),
    click.option("--start", "start_s", type=float, help="First instant to analyse, s."),
    click.option("--end", "end_s", type=float, help="Last instant to analyse, s."),
    click.option("--units", type=click.Choice(["mm", "cm", "m"]), help="Unit of the markers, where the file is wrong."),
    click.option(
        "--angles", type=click.Choice(["degrees", "radians"]), help="Unit of angles, where the file is wrong."
    ),
    click.option("--turn-axes", is_flag=True, default=None, help="Turn markers to the model's axes."),
)
"""What `analyse` and `check` take alike: the recording, the model, what belongs to them, and how to read them."""


def _input_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of an analysis's inputs to a verb."""
    for option in reversed(_INPUTS):
        verb = option(verb)
    return verb


@cli.command()
@_input_options
@click.option("--ik-engine", type=click.Choice(["swinglever", "opensim"]), help="Who solves inverse kinematics.")
@click.option("--forces", type=click.Path(path_type=Path), help="Muscle forces to use, not solved for (.sto).")
@click.option("--muscle-solver", help="static_optimization, opensim, none, or what a plugin offers.")
@click.option("--body", "body_scope", is_flag=True, default=None, help="Split the fold in the whole free body too.")
@click.option("--passive-force/--no-passive-force", default=None, help="Let passive fibre forces make moments too.")
@click.option("--knee-range", "knee_range_deg", type=float, help="Widen the model's knee to this flexion, deg.")
@click.option("--side", type=click.Choice(["r", "l", "both"]), help="Which leg.")
@click.option("--uncertainty", type=int, metavar="N", help="Repeat N times with varied inputs; bands of the numbers.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, help="Processes that share the repeats.")
@click.option("--seed", type=int, help="Of the variations: the same seed gives the same bands.")
@click.option("--out", type=click.Path(path_type=Path), help="Result file; TRIAL with .h5 when not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@plugin_options
def analyse(
    trial: Path,
    model: Path,
    out: Path | None,
    config: Path | None,
    as_json: bool,
    plugins_dir: tuple[Path, ...],
    strict_plugins: bool,
    jobs: int,
    **options: Any,
) -> None:
    """Analyse TRIAL (markers or coordinates): what flexed the knee, and what if it had not."""
    target = out or Path(f"{trial.stem or 'trial'}.h5")
    inputs = {name: options.pop(name) for name in ("grf", "external_loads", "ik_setup", "emg", "forces")}
    with _progress(13 + (options["uncertainty"] or 0)) as advance:
        from swinglever import pipeline
        from swinglever.output import store
        from swinglever.plugins.manager import load_plugins

        parameters = _parameters(config, options)
        _check_target(target, trial, model, config, *inputs.values())
        loaded = load_plugins(plugins_dir, strict=strict_plugins)
        report = pipeline.analyse(
            trial,
            model,
            **inputs,
            parameters=parameters,
            plugins=loaded,
            command=_command_line(),
            jobs=jobs,
            on_stage=advance,
        )
        store.write_report(report, target)
    echo_faults(loaded)
    _print_report(report, as_json, loaded)
    if not as_json:
        click.echo(f"\nwritten: {target}")


@cli.command()
@_input_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def check(trial: Path, model: Path, config: Path | None, as_json: bool, **options: Any) -> int:
    """Check the inputs of an analysis of TRIAL: every fault, with where it is and how to mend it.

    Exit status 0 when an analysis can go on, 2 when a fault forbids it.
    """
    from dataclasses import asdict

    from swinglever import pipeline
    from swinglever.checks import examination

    inputs = {name: options.pop(name) for name in ("grf", "external_loads", "ik_setup", "emg")}
    parameters = _parameters(config, options)
    faults = examination.check_inputs(
        trial, lambda: pipeline.load_body(model), model=model, parameters=parameters, **inputs
    )
    stops = sum(fault.severity == "error" for fault in faults)
    if as_json:
        click.echo(json.dumps({"faults": [asdict(fault) for fault in faults], "can_go_on": not stops}, indent=1))
    else:
        for fault in faults:
            click.echo(f"{fault.severity}: {fault}")
        click.echo(f"{len(faults)} found, {stops} of them forbid an analysis" if faults else "no faults found")
    return 2 if stops else 0


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("swinglever_demo"), help="Folder for the results.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def demo(out: Path, as_json: bool) -> None:
    """Do the main job on the runners that come with swinglever: verdicts side by side, and where the results are.

    The mean of 23 runners at 3.5 m/s, and two swings simulated with a known cause. All of them are synthetic.
    """
    with _progress(13) as advance:
        from swinglever.demo import run_demo, verdict_table

        found = run_demo(out, advance)
    written = [str(path) for path in found.written]
    if as_json:
        from swinglever.output import tables as summary

        runners = {name: summary.as_json(report) for name, report in found.reports.items()}
        click.echo(json.dumps({"runners": runners, "written": written, "notes": list(found.notes)}, indent=1))
        return
    _print_table("Synthetic runners (peak knee flexion as recorded, and without …)", *verdict_table(found.reports))
    for name, report in found.reports.items():
        click.echo(f"{name}: {report.swings[0].verdict}; {report.swings[0].verdict_reason}")
    click.echo("\n".join(["", *(f"written: {path}" for path in written), *found.notes]))


@cli.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--static", required=True, type=click.Path(path_type=Path), help="Static trial (.trc, .c3d).")
@click.option("--setup", type=click.Path(path_type=Path), help="Setup of OpenSim's ScaleTool (.xml).")
@click.option("--mass", "mass_kg", type=float, help="Body mass, kg; the setup's own when not given.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Scaled model (.osim).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def scale(model: Path, static: Path, setup: Path | None, mass_kg: float | None, out: Path, as_json: bool) -> None:
    """Scale a generic MODEL to a person by a static trial; markers are placed where the person has them."""
    from swinglever.scaling.scale import scale_model

    _check_target(out, model, static, setup)
    scaled = scale_model(model, static, out, setup=setup, mass_kg=mass_kg)
    if as_json:
        told = {
            "model": str(scaled.path),
            "setup": str(scaled.setup_path),
            "mass_kg": scaled.mass_kg,
            "factors": dict(scaled.factors),
            "landmark_error_m": {name: scaled.marker_error_m.get(name) for name in scaled.landmarks},
            "warnings": scaled.warnings,
        }
        click.echo(json.dumps(told, indent=1))
        return
    rows = [[body, *(f"{value:.4f}" for value in factor)] for body, factor in scaled.factors.items()]
    _print_table(f"Scale factors; {scaled.mass_kg:.1f} kg", ["body", "x", "y", "z"], rows)
    for warning in scaled.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"written: {scaled.path}, {scaled.setup_path}")


@cli.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@plugin_options
def show(result: Path, as_json: bool, plugins_dir: tuple[Path, ...], strict_plugins: bool) -> None:
    """Show what is in RESULT, a file that analyse wrote."""
    from swinglever.output.store import read_report
    from swinglever.plugins.manager import load_plugins

    report = read_report(result)
    _print_report(report, as_json, load_plugins(plugins_dir, strict=strict_plugins))


cli.add_command(report_page)
cli.add_command(compare)
cli.add_command(plot)
cli.add_command(export)
cli.add_command(predict)
cli.add_command(plugins)


@cli.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Scene to write (.blend).")
@click.option("--render", type=click.Path(path_type=Path), help="Still (.png) or film (.mp4) to write.")
@click.option("--strobe", type=click.IntRange(min=0), metavar="N", help="Freeze N poses of the swing side by side.")
@click.option("--swing", help="Which swing, such as r_1; the first when not given.")
@click.option("--at", metavar="EVENT", help="Event that a still shows; peak_flexion when not given.")
@click.option("--colour-by", type=click.Choice(["contribution", "activation", "power"]), help="Colours of the muscles.")
@click.option("--ghost", metavar="CASE", help="Ghost leg to show: an ablation case, or none.")
@click.option("--theme", type=click.Choice(["dark", "light"]), help="Stage.")
@click.option("--speed", type=click.FloatRange(0.0, 100.0, min_open=True), help="Share of real speed; else 0.25.")
@click.option("--opacity", type=click.FloatRange(0.0, 1.0, min_open=True), help="Of bones or skin.")
@click.option("--measured", is_flag=True, help="Show markers and ground forces.")
@click.option("--overground", is_flag=True, help="Carry a treadmill runner forward.")
@click.option("--captions/--no-captions", default=True, help="Title, plots and legend in the picture.")
@click.option("--compare", type=click.Path(path_type=Path), help="A second result, beside this one.")
@click.option("--lock", type=click.Choice(["phase", "time"]), help="What two results share.")
@click.option("--overlaid", is_flag=True, help="Lay the second result over the first.")
@click.option("--size", type=(click.IntRange(16), click.IntRange(16)), metavar="W H", help="Pixels of the picture.")
@click.option("--engine", type=click.Choice(["workbench", "cycles", "eevee"]), help="Blender's renderer.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def scene(result: Path, out: Path | None, render: Path | None, as_json: bool, **looks: Any) -> None:
    """Make a Blender scene, a still or a film of RESULT, without opening Blender."""
    from swinglever.blender.scene import SceneOptions, write_scene

    options = SceneOptions(**{name: value for name, value in looks.items() if value is not None})
    target = out if out or render else Path(result.with_suffix(".blend").name)
    said = write_scene(result, scene=target, render=render, options=options)
    _say(said, as_json, [f"written: {said[kind]}" for kind in ("scene", "render") if kind in said])


@cli.group()
def addon() -> None:
    """The Blender extension."""


@addon.command("build")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the zips.")
@click.option("--platform", "platforms", multiple=True, help="linux-x64, windows-x64, macos-arm64; all when not given.")
@click.option("--wheels", type=click.Path(path_type=Path), help="Folder of h5py wheels, instead of fetching them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def build(out: Path, platforms: tuple[str, ...], wheels: Path | None, as_json: bool) -> None:
    """Build the extension's installable zips, one for each platform."""
    from swinglever.blender.addon import PLATFORMS, build_addon

    zips = [str(path) for path in build_addon(out, platforms=platforms or tuple(PLATFORMS), wheels=wheels)]
    _say({"zips": zips}, as_json, [f"written: {path}" for path in zips])


def _parameters(config: Path | None, options: Mapping[str, Any]) -> "Parameters":
    """Make parameters of a file and of the options that were given, which go before it."""
    from swinglever.records.parameters import Parameters

    chosen = {name: value for name, value in options.items() if value is not None}
    return Parameters.from_toml(config, **chosen) if config else Parameters.from_table(chosen)


def _say(said: dict[str, Any], as_json: bool, lines: list[str]) -> None:
    click.echo(json.dumps(said) if as_json else "\n".join(lines))


def _check_target(target: Path, *inputs: Path | None) -> None:
    """Refuse to write over an input or a folder, or into a folder that is not there."""
    for given in inputs:
        if given is not None and target.exists() and given.exists() and target.samefile(given):
            raise InputError(f"expected --out to be a file of its own, got '{target}', which is an input; change --out")
    if target.is_dir():
        raise InputError(f"expected a file to write, got the folder '{target}'; change --out")
    if not target.parent.is_dir():
        raise InputError(
            f"expected a folder at '{target.parent}' to write '{target.name}' into; make it, or change --out"
        )


def _command_line() -> str:
    import shlex

    return shlex.join(["swinglever", *sys.argv[1:]])


def _print_report(report: "SwingReport", as_json: bool, loaded: "Plugins") -> None:
    from swinglever.output import tables as summary

    if as_json:
        click.echo(json.dumps(summary.as_json(report), indent=1, allow_nan=False))
        return
    provenance = report.provenance
    count = len(report.swings)
    click.echo(f"{provenance.trial_name} with {provenance.model_name}: {count} swing{'s' * (count != 1)}")
    for section in loaded.sections(report):
        _print_section(section)
    for line in (*summary.verdict_lines(report), *summary.emg_lines(report)):
        click.echo(line)
    for warning in report.warnings:
        click.echo(f"warning: {warning}", err=True)


def _print_section(section: "Section") -> None:
    if section.header:
        _print_table(section.title, list(section.header), [list(row) for row in section.rows])
    if section.text:
        click.echo(section.text if section.header else f"{section.title}\n{section.text}")


def _print_table(title: str, header: list[str], rows: list[list[str]]) -> None:
    """Print a table that keeps its columns whatever the width of the terminal, so that it can be piped."""
    from rich.console import Console
    from rich.table import Table

    click.echo(title)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for k, name in enumerate(header):
        table.add_column(name, justify="left" if k == 0 or name in _TEXT_COLUMNS else "right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    needed = 2 * len(header) + sum(max(len(r[k]) for r in [header, *rows]) for k in range(len(header)))
    console = Console()
    console.width = max(console.width, needed)
    console.print(table)
    console.print()


@contextmanager
def _progress(n_stages: int) -> Iterator[Any]:
    """Show a bar on standard error when that is a terminal; gives a function to call at each stage."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("start", total=n_stages)
        yield lambda name: bar.update(task, description=name, advance=1)


if __name__ == "__main__":
    main()
