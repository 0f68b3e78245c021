"""The verb ``scale``: a generic model made to fit a person."""

import json
from pathlib import Path
from typing import Any

import click

from swinglever.cli.analyse import all_read
from swinglever.cli.console import print_table
from swinglever.cli.options import FILE, json_option
from swinglever.cli.targets import claim_targets, force_option


@click.command()
@click.argument("model", type=FILE)
@click.option("--static", required=True, type=FILE, help="Static trial (.trc, .c3d).")
@click.option("--setup", type=FILE, help="Setup of OpenSim's ScaleTool (.xml).")
@click.option("--mass", "mass_kg", type=float, help="Body mass, kg; the setup's own when not given.")
@click.option("--out", required=True, type=FILE, help="Scaled model (.osim).")
@force_option
@json_option
def scale(model: Path, static: Path, out: Path, force: bool, as_json: bool, **options: Any) -> None:
    """Scale a generic MODEL to a person by a static trial; markers are placed where the person has them."""
    from swinglever.scaling.scale import scale_model, setup_beside

    claim_targets([out, setup_beside(out)], all_read(model, static, options["setup"]), force=force)
    scaled = scale_model(model, static, out, **options)
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
    print_table(f"Scale factors; {scaled.mass_kg:.1f} kg", ["body", "x", "y", "z"], rows)
    for warning in scaled.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(f"written: {scaled.path}, {scaled.setup_path}")
