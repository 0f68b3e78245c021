"""The verb ``predict``, which says whether the leg would fold by itself."""

import json
from typing import TYPE_CHECKING, Any

import click

from swinglever.cli.options import json_option

if TYPE_CHECKING:
    from swinglever.synthetic.predict import Prediction

_SPEEDS = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0)
"""Paces of the table, m/s: from the slowest to the fastest that the prediction is made for."""


@click.command()
@click.option("--speed", "speeds", type=float, multiple=True, help="Pace in m/s, 1.5 to 6; may be given several times.")
@click.option("--leg-length", type=float, default=1.0, show_default=True, help="Share of the mean runner's.")
@click.option("--foot-mass", type=float, default=1.0, show_default=True, help="Share of the mean runner's.")
@click.option("--stride-rate", type=float, default=1.0, show_default=True, help="Share of the mean runner's.")
@json_option
def predict(speeds: tuple[float, ...], as_json: bool, **shares: float) -> None:
    """Predict the passive fold: the mean runner's swing without any moment at the knee.

    Says for each pace how far the knee folds by itself, how high the heel gets and what it reaches of the other leg,
    and from which pace on it reaches calf, knee and buttock.
    """
    from swinglever.synthetic.predict import first_speeds, is_beyond_norms
    from swinglever.synthetic.predict import predict as predict_swing

    rows = [predict_swing(speed, **shares) for speed in speeds or _SPEEDS]
    first = first_speeds(**shares)
    known = {name: None if speed != speed else speed for name, speed in first.items()}
    beyond = {name: None if speed is None else is_beyond_norms(speed) for name, speed in known.items()}
    if as_json:
        told = [_as_json(row) for row in rows]
        table = {"predictions": told, "first_speed_m_s": known, "first_speed_extrapolated": beyond}
        click.echo(json.dumps(table, indent=1))
        return
    click.echo("pace m/s  peak as run °  passive peak °  heel up to m  reaches")
    for row in rows:
        click.echo(
            f"{row.speed_m_s:8.2f}  {row.peak_flexion_deg:13.1f}  {row.passive_flexion_deg:14.1f}  "
            f"{row.passive_heel_m:12.2f}  {row.reaches}{_mark(row.extrapolated)}"
        )
    for name, speed in known.items():
        text = "at no pace up to 6 m/s" if speed is None else f"from {speed:.2f} m/s{_mark(beyond[name])}"
        click.echo(f"a passive swing lifts the heel to the {name} {text}")


def _mark(extrapolated: bool | None) -> str:
    return "  (beyond the norms)" if extrapolated else ""


def _as_json(row: "Prediction") -> dict[str, Any]:
    return {**vars(row), "heights_m": list(row.heights_m), "reaches": row.reaches}
