"""The verbs ``plugins list``, ``plugins new`` and ``plugins check``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from swinglever.cli.console import echo_faults, say_written
from swinglever.cli.options import FILE, json_option, load_asked, plugin_options

if TYPE_CHECKING:
    from swinglever.plugins.manager import Plugins

_KINDS = ("metric", "reader", "solver", "engine", "exporter", "section", "verb")


@click.group()
def plugins() -> None:
    """List plugins, start a new one, or check one."""


@plugins.command("list")
@json_option
@plugin_options
def list_plugins(as_json: bool, **asked: Any) -> None:
    """List the plugins that are installed: version, where from, hooks, faults."""
    loaded = load_asked(**asked)
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
@click.option("--kind", type=click.Choice(_KINDS), default="metric", help="What it offers.")
@click.option("--out", type=FILE, help="Folder to make; NAME when not given.")
@json_option
def new_plugin(name: str, kind: str, out: Path | None, as_json: bool) -> None:
    """Make a working plugin of some kind: its module, a test, licence, workflow, and how to install it."""
    from swinglever.plugins.skeletons import write_skeleton

    say_written([str(path) for path in write_skeleton(name, out or Path(name), kind)], as_json)


@plugins.command("check")
@click.argument("path", type=FILE)
@click.option("--trial", type=FILE, help="A recording for the plugin's reader to open.")
@click.option("--model", type=FILE, help="A model for the plugin's engine to load.")
@json_option
def check_plugin(path: Path, trial: Path | None, model: Path | None, as_json: bool) -> None:
    """Run all that the plugin at PATH offers on a swing with muscles that comes with swinglever.

    PATH is a .py file, or the folder of a project. Its metrics, sections, exporters and muscle solvers are run, and its
    reader and engine on the files that you give.
    """
    from swinglever.testing import check

    found = check(path, trial=trial, model=model)
    if as_json:
        click.echo(json.dumps(found.as_table(), indent=1))
    else:
        for line in found.lines():
            click.echo(line)
    if found.faults:
        raise click.exceptions.Exit(1)
