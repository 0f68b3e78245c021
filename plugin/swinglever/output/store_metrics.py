"""Metrics <-> the groups `metrics` in a result file."""

from collections.abc import Mapping

import h5py
import numpy as np

from swinglever.output.store_arrays import read_names, write_array, write_scale
from swinglever.records.report import Measurement


def write_metrics(group: h5py.Group, metrics: Mapping[str, Measurement]) -> None:
    """Write metrics into an empty group."""
    write_scale(group, "names", np.array(list(metrics), object), "", "metrics")
    rows = list(metrics.values())
    for field, column, text in (
        ("unit", "units", "unit"),
        ("plugin", "plugins", "who measured it"),
        ("reason", "reasons", "why it is undefined"),
    ):
        write_array(group, column, np.array([getattr(m, field) for m in rows], object), "", text, ("names",))
    write_array(group, "values", np.array([m.value for m in rows]), "see units", "value", ("names",))
    if any(np.isfinite(m.p05) for m in rows):
        for bound in ("p05", "p95"):
            values = np.array([getattr(m, bound) for m in rows])
            write_array(group, bound, values, "see units", f"{bound[1:]}th percentile", ("names",))


def read_metrics(group: h5py.Group) -> dict[str, Measurement]:
    """Read what `write_metrics` wrote."""
    names = read_names(group["names"])
    units, plugins, reasons = (read_names(group[n]) for n in ("units", "plugins", "reasons"))
    nan = np.full(len(names), np.nan)
    low, high = (group[b][...] if b in group else nan for b in ("p05", "p95"))
    return {
        name: Measurement(
            value=float(v), unit=units[k], plugin=plugins[k], reason=reasons[k], p05=float(low[k]), p95=float(high[k])
        )
        for k, (name, v) in enumerate(zip(names, group["values"][...], strict=True))
    }
