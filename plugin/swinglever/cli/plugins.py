"""Verbs of the command line about plugins and what they offer: ``plugins list|new|check`` and ``export``."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from swinglever.plugins.manager import Plugins


def plugin_options(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--plugins-dir`` and ``--strict-plugins`` to a verb."""
    folder = click.option(
        "--plugins-dir",
        multiple=True,
        type=click.Path(path_type=Path),
        help="Folder of one-file plugins; may be given several times.",
    )
    strict = click.option("--strict-plugins", is_flag=True, help="Fail when a plugin is at fault.")
    return folder(strict(verb))


def echo_faults(loaded: "Plugins") -> None:
    """Print the tracebacks of plugins that failed on standard error; their one-line warnings come with the report."""
    for fault in dict.fromkeys(loaded.faults):
        if fault.trace:
            click.echo(f"plugin {fault.plugin!r} failed ({fault.where}):\n{fault.trace}", err=True)


@click.group()
def plugins() -> None:
    """List plugins, start a new one, or check one."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@plugin_options
def list_plugins(as_json: bool, plugins_dir: tuple[Path, ...], strict_plugins: bool) -> None:
    """List the plugins that are installed: version, where from, hooks, faults."""
    from swinglever.plugins.manager import load_plugins

    loaded = load_plugins(plugins_dir, strict=strict_plugins)
    table = loaded.as_table()
    if as_json:
        click.echo(json.dumps(table, indent=1))
    else:
        _echo_plugins(loaded, table)
    loaded.check_names()


def _echo_plugins(loaded: "Plugins", table: dict[str, dict[str, Any]]) -> None:
    for name, entry in table.items():
        place = loaded.loaded[name].place if name in loaded.loaded else "not loaded"
        hooks = ", ".join(hook.removeprefix("swinglever_") for hook in entry["hooks"])
        click.echo(f"{name} {entry['version']} ({place}): {hooks or 'nothing'}")
    for fault in loaded.faults:
        click.echo(f"warning: {fault}", err=True)
    echo_faults(loaded)


@plugins.command("new")
@click.argument("name")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to make; NAME when not given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def new_plugin(name: str, out: Path | None, as_json: bool) -> None:
    """Make a working plugin: a metric, its test, how to install it."""
    from swinglever.plugins.skeletons import write_skeleton

    _echo_written(write_skeleton(name, out or Path(name)), as_json)


@plugins.command("check")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def check_plugin(path: Path, as_json: bool) -> None:
    """Try the plugin at PATH (a .py file, or the folder of its project) on a swing that comes with swinglever."""
    from swinglever.testing import check

    found = check(path)
    if as_json:
        click.echo(json.dumps(found.as_table(), indent=1))
    else:
        for line in found.lines():
            click.echo(line)
    if found.faults:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.option("--format", "form", required=True, help="csv, parquet, sto, or what a plugin offers.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to write into.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@plugin_options
def export(
    result: Path, form: str, out: Path, as_json: bool, plugins_dir: tuple[Path, ...], strict_plugins: bool
) -> None:
    """Write RESULT as files that other programs open."""
    from swinglever.errors import EngineError, SwingleverError, UnknownNameError
    from swinglever.output.store import read_report
    from swinglever.plugins.manager import load_plugins

    offered = load_plugins(plugins_dir, strict=strict_plugins).offers("swinglever_exporters")
    if form not in offered:
        raise UnknownNameError(f"there is no format {form!r}; there are {sorted(offered)}")
    report = read_report(result)
    plugin, write = offered[form]
    try:
        written = list(write(report, out))
    except (SwingleverError, OSError):
        raise
    except Exception as error:
        raise EngineError(f"plugin {plugin!r} failed to export {form!r}: {type(error).__name__}: {error}") from error
    _echo_written(written, as_json)


def _echo_written(paths: Iterable[Path], as_json: bool) -> None:
    written = [str(path) for path in paths]
    click.echo(json.dumps({"written": written}) if as_json else "\n".join(f"written: {path}" for path in written))
