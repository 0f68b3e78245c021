"""The verb ``export``: a result as files that other programs open."""

from pathlib import Path
from typing import Any

import click

from swinglever.cli.console import progress, say_written
from swinglever.cli.options import FILE, json_option, load_asked, plugin_options
from swinglever.cli.targets import force_option, staged
from swinglever.errors import named


@click.command()
@click.argument("result", type=FILE)
@click.option("--format", "form", required=True, help="csv, parquet, sto, setup, or what a plugin offers.")
@click.option("--out", required=True, type=FILE, help="Folder to write into.")
@force_option
@json_option
@plugin_options
def export(result: Path, form: str, out: Path, force: bool, as_json: bool, **asked: Any) -> None:
    """Write RESULT as files that other programs open."""
    from swinglever.errors import EngineError, ForeignError, SwingleverError, UnknownNameError, told
    from swinglever.output.store import read_report

    offered = load_asked(**asked).offers("swinglever_exporters")
    if form not in offered:
        raise UnknownNameError(f"there is no format {form!r}; there are {named(sorted(offered))}")
    plugin, write = offered[form]
    report = read_report(result)
    with progress(None, "write"), staged(out, force=force) as stage:
        try:
            written = [Path(path) for path in write(report, stage)]
        except Exception as error:
            if isinstance(error, SwingleverError | OSError) and not isinstance(error, ForeignError):
                raise
            raise EngineError(f"plugin {plugin!r} failed to export {form!r}: {told(error)}") from error
        for path in written:
            if not path.resolve().is_relative_to(stage.resolve()):
                raise EngineError(f"plugin {plugin!r} was to export into its folder, it wrote '{path}'")
    say_written([str(out / path.resolve().relative_to(stage.resolve())) for path in written], as_json)
