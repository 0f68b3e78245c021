"""The verb ``addon build``: the Blender extension as zips that Blender installs."""

from pathlib import Path

import click

from swinglever.cli.console import say
from swinglever.cli.options import FILE, json_option


@click.group()
def addon() -> None:
    """The Blender extension."""


@addon.command("build")
@click.option("--out", required=True, type=FILE, help="Folder for the zips.")
@click.option("--platform", "platforms", multiple=True, help="linux-x64, windows-x64, macos-arm64; all when not given.")
@click.option("--wheels", type=FILE, help="Folder of h5py wheels, instead of fetching them.")
@json_option
def build(out: Path, platforms: tuple[str, ...], wheels: Path | None, as_json: bool) -> None:
    """Build the extension's installable zips, one for each platform."""
    from swinglever.blender.addon import PLATFORMS, build_addon

    zips = [str(path) for path in build_addon(out, platforms=platforms or tuple(PLATFORMS), wheels=wheels)]
    say({"zips": zips}, as_json, [f"written: {path}" for path in zips])
