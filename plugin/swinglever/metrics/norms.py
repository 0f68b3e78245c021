"""What published runners measure at a speed: means, spreads and base rates to hold a recording's numbers against."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from swinglever.system.resources import model_table


@dataclass(frozen=True, kw_only=True)
class Norm:
    """A metric of published runners at one speed, in the metric's unit; nan where it was not published.

    Attributes
    ----------
    mean, sd
        Mean and standard deviation between runners.
    largest
        The largest of any runner; for differences between the legs, whose mean is of their size.
    speed_m_s
        The speed that it was interpolated to.
    source
        Where it comes from.
    """

    mean: float
    sd: float
    largest: float
    speed_m_s: float
    source: str

    @property
    def is_of_sizes(self) -> bool:
        """Whether the norm is about the size of a difference, whatever its sign."""
        return bool(np.isfinite(self.largest))


def published_norm(metric: str, speed_m_s: float) -> Norm | None:
    """Give what published runners measure at a speed; None where nothing was published for it.

    Parameters
    ----------
    metric
        Name of the metric.
    speed_m_s
        Running speed; there are norms from 2.5 to 4.5 m/s, and 0.1 m/s beyond counts as the end.
    """
    table = _table()
    speeds = np.array(table["speed_m_s"])
    if not speeds[0] - 0.1 <= speed_m_s <= speeds[-1] + 0.1:
        return None
    columns = _columns(metric)
    if columns is None:
        return None
    mean, sd, largest = (float(np.interp(speed_m_s, speeds, column)) for column in columns)
    if not np.isfinite(mean):
        return None
    return Norm(mean=mean, sd=sd, largest=largest, speed_m_s=speed_m_s, source=table["source"])


def _columns(metric: str) -> tuple[Any, Any, Any] | None:
    """Mean, standard deviation and largest at each speed."""
    table, unknown = _table(), np.full(len(_table()["speed_m_s"]), np.nan)
    if metric in table["mean_runner"]:
        found = [speed[table["mean_runner"][metric]] for speed in _mean_runner()["speed"]]
        return [f["mean"] for f in found], [f["sd"] for f in found], unknown
    if metric in table["difference"]:
        return table["difference"][metric]["mean"], unknown, table["difference"][metric]["largest"]
    return (table["mean"][metric], unknown, unknown) if metric in table["mean"] else None


@cache
def _table() -> dict[str, Any]:
    return model_table("metric_norms.toml")


@cache
def _mean_runner() -> dict[str, Any]:
    return model_table("running_norms.toml")
