"""Bands <-> the groups `bands` in a result file."""

import json

import h5py

from swinglever.output.store_arrays import read_names, write_array, write_scale
from swinglever.records.results import Bands


def write_bands(group: h5py.Group, bands: Bands) -> None:
    """Write the bands of a swing into an empty group."""
    write_scale(group, "names", bands.names, "", "numbers that have a band")
    write_array(group, "p05_rad", bands.p05_rad, "rad", "5th percentile over the repeats", ("names",))
    write_array(group, "p95_rad", bands.p95_rad, "rad", "95th percentile over the repeats", ("names",))
    group.attrs["verdicts"] = json.dumps(dict(bands.verdicts))


def read_bands(group: h5py.Group) -> Bands:
    """Read what `write_bands` wrote."""
    return Bands(
        names=read_names(group["names"]),
        p05_rad=group["p05_rad"][...],
        p95_rad=group["p95_rad"][...],
        verdicts=json.loads(group.attrs["verdicts"]),
    )
