"""The verb ``verify``: OpenSim's own tools beside ours, on the user's own trial."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from swinglever.cli.console import plain, print_table, progress
from swinglever.cli.options import FILE, json_option

if TYPE_CHECKING:
    from swinglever.verification.run import Verification


@click.command()
@click.argument("result", type=FILE)
@click.option("--frames", type=click.IntRange(min=6), default=30, help="Frames to compare, from the first toe-off on.")
@click.option("--trial", type=FILE, help="The trial that was analysed, where the result does not say it.")
@click.option("--model", type=FILE, help="The model, likewise.")
@click.option("--grf", type=FILE, help="Ground forces, likewise.")
@click.option("--external-loads", type=FILE, help="Which force acts on which foot, likewise.")
@click.option("--ik-setup", type=FILE, help="Inverse kinematics setup, likewise.")
@click.option("--names", type=FILE, help="What is what in the model, likewise.")
@json_option
def verify(result: Path, frames: int, as_json: bool, **given: Path | None) -> int:
    """Run OpenSim's own tools beside ours on some frames of the trial that RESULT was made from.

    Each tool runs in a child process: InverseKinematics at accuracy 1e-6, InverseDynamics, MuscleAnalysis,
    StaticOptimization at equal assumptions, InducedAccelerations. The files are those of the command that made RESULT,
    seen from this folder, unless told otherwise.

    Exit status 0 when every difference is within its tolerance, 1 when one is not.
    """
    with progress(6) as advance:
        from swinglever.checks.made_of import files_of
        from swinglever.output.store import read_report
        from swinglever.verification.run import verify as run_tools

        report = read_report(result)
        files = {role: path for role, path in files_of(report, given).items() if role not in ("emg", "forces")}
        found = run_tools(report, **files, frames=frames, on_tool=advance)
    if as_json:
        rows = [asdict(row) | {"passes": row.passes} for row in found.rows]
        told = {"rows": rows, "left_out": found.left_out, "failed": found.failed, "passes": found.passes}
        click.echo(json.dumps(told, indent=1))
    else:
        _print(report.provenance.trial_name, found)
    return 0 if found.passes else 1


def _print(name: str, found: "Verification") -> None:
    header = ["tool", "quantity", "difference", "unit", "tolerance", "", "OpenSim s", "ours s"]
    cells = [
        [
            row.tool,
            row.quantity,
            f"{row.difference:.2g}",
            row.unit,
            f"{row.tolerance:g}",
            "pass" if row.passes else "FAIL",
            f"{row.opensim_s:.2f}",
            f"{row.ours_s:.3f}",
        ]
        for row in found.rows
    ]
    print_table(f"{name}, {found.n_frames} frames: largest differences, and processor time of both", header, cells)
    reasons: dict[str, Any] = {row.reason: row.tool for row in found.rows if row.reason}
    click.echo("Why they may differ:")
    for reason, tool in reasons.items():
        click.echo(f"  {tool}: {reason}")
    for line in (*found.left_out, *found.failed):
        click.echo(plain(line))
    failed = sum(not row.passes for row in found.rows)
    crashed = f", {len(found.failed)} tools failed" if found.failed else ""
    click.echo(f"{failed or 'none'} of {len(found.rows)} outside of their tolerance{crashed}")
