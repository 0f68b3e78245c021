"""What flexed the knee, source by source."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import UnknownNameError, named
from swinglever.records.fields import described, labels
from swinglever.records.record import Record


@dataclass(frozen=True, kw_only=True)
class Attribution(Record):
    """The knee's motion by source, in one scope; flexion positive, row 0 is toe-off.

    Parameters
    ----------
    scope
        What was released: ``shank``, ``leg`` or ``body``.
    released
        Names of the released coordinates.
    time_s
        (K).
    sources, groups
        (S) each source, and its group.
    knee_flexion_rad, knee_flexion_velocity_rad_s, knee_flexion_acceleration_rad_s2
        (K,S) from each source.
    closure_rad
        Largest difference between the sum over the sources and the recorded change, up to peak flexion.
    peak_index
        Row of peak flexion.
    """

    scope: Annotated[str, described("", "", "what was released: shank, leg or body")]
    released: Annotated[tuple[str, ...], described("", "", "released coordinates, the model's own names")]
    time_s: Annotated[Array, described("percent", "s", "time", from_holder="time_s")]
    sources: Annotated[tuple[str, ...], labels("source", "cause of the motion")]
    groups: Annotated[
        tuple[str, ...], described("source", "", "group that the source is summed up with", per="", kept_as="group")
    ]
    knee_flexion_rad: Annotated[
        Array,
        described("percent source", "rad", "knee flexion since toe-off, flexion positive", in_full_at="peak_index"),
    ]
    knee_flexion_velocity_rad_s: Annotated[Array, described("percent source", "rad/s", "knee flexion velocity")]
    knee_flexion_acceleration_rad_s2: Annotated[
        Array, described("percent source", "rad/s2", "knee flexion acceleration")
    ]
    closure_rad: Annotated[
        float, described("", "rad", "largest difference between the sum of the sources and the recorded change")
    ]
    peak_index: Annotated[int, described("", "1", "sample of peak flexion")]

    def degrees(self, source: str, until: int | None = None) -> float:
        """Degrees of flexion from one source, from toe-off to peak flexion (or to sample ``until``)."""
        if source not in self.sources:
            raise UnknownNameError(f"there is no source {source!r}; there are {named(self.sources)}")
        row = self.peak_index if until is None else until
        return float(np.degrees(self.knee_flexion_rad[row, self.sources.index(source)]))

    def flexion_of_group(self, group: str) -> Array:
        """Give the knee flexion (K) since toe-off from all sources of a group, rad; zeros where it has none."""
        chosen = [k for k, name in enumerate(self.groups) if name == group]
        return np.asarray(self.knee_flexion_rad[:, chosen].sum(axis=1))

    def degrees_by_group(self, until: int | None = None) -> dict[str, float]:
        """Degrees of flexion from every group, from toe-off to peak flexion (or to sample ``until``)."""
        row = self.knee_flexion_rad[self.peak_index if until is None else until]
        totals = dict.fromkeys(self.groups, 0.0)
        for group, share in zip(self.groups, np.degrees(row), strict=True):
            totals[group] += float(share)
        return totals
