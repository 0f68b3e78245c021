"""Which versions are at work: swinglever's own, and those of the engines beneath it."""

import platform

import click

from swinglever import __version__
from swinglever.system.versions import version_of

ENGINES = {"opensim": "OpenSim", "bpy": "Blender's module", "numpy": "numpy", "scipy": "scipy", "h5py": "h5py"}
"""Distributions whose versions a result may hang on, and what we call them."""


def say_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    """Print the versions and end, where that is asked for."""
    if asked and not ctx.resilient_parsing:
        click.echo(f"swinglever {__version__}")
        for distribution, name in ENGINES.items():
            click.echo(f"  {name}: {version_of(distribution, absent='not installed')}")
        click.echo(f"  Python: {platform.python_version()}, {platform.system()} {platform.machine()}")
        ctx.exit()
