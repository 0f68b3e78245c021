"""How sure the numbers of a swing are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import UnknownNameError, named
from swinglever.records.fields import EXACT, described, labels
from swinglever.records.record import Record


@dataclass(frozen=True, kw_only=True)
class Bands(Record):
    """How far a swing's headline numbers spread when its inputs are varied within what is known of them.

    Parameters
    ----------
    names
        (b) ``shares/<scope>/<group>``: flexion from toe-off to the peak; ``ablation/<case>``: peak flexion.
    p05_rad, p95_rad
        (b) percentiles over the repeats.
    verdicts
        How many repeats gave each verdict.
    curves
        (c) ``SCOPE/GROUP``: flexion since toe-off, over the swing.
    p05_curve_rad, p95_curve_rad
        (K,c) percentiles over the repeats at each percent of the swing; None in results that have no such curves.
    """

    names: Annotated[tuple[str, ...], labels("number", "what has a band: shares/SCOPE/GROUP or ablation/CASE")]
    p05_rad: Annotated[Array, described("number", "rad", "5th percentile over the repeats", step=EXACT)]
    p95_rad: Annotated[Array, described("number", "rad", "95th percentile over the repeats", step=EXACT)]
    verdicts: Annotated[Mapping[str, int], described("", "", "how many repeats gave each verdict")]
    curves: Annotated[tuple[str, ...], labels("banded_curve", "share with a band over the swing: SCOPE/GROUP")] = ()
    p05_curve_rad: Annotated[
        Array | None, described("percent banded_curve", "rad", "5th percentile over the repeats, flexion since toe-off")
    ] = None
    p95_curve_rad: Annotated[
        Array | None,
        described("percent banded_curve", "rad", "95th percentile over the repeats, flexion since toe-off"),
    ] = None

    def degrees(self, name: str) -> tuple[float, float]:
        """Give the 5th and 95th percentile of one number in degrees.

        Raises
        ------
        UnknownNameError
            Saying which there are.
        """
        if name not in self.names:
            raise UnknownNameError(f"there is no band of {name!r}; there are {named(self.names)}")
        k = self.names.index(name)
        return float(np.degrees(self.p05_rad[k])), float(np.degrees(self.p95_rad[k]))

    def curve(self, scope: str, group: str) -> tuple[Array, Array] | None:
        """Give the 5th and 95th percentile (K) of a group's flexion since toe-off, rad; None where it has no band."""
        name = f"{scope}/{group}"
        if self.p05_curve_rad is None or self.p95_curve_rad is None or name not in self.curves:
            return None
        k = self.curves.index(name)
        return self.p05_curve_rad[:, k], self.p95_curve_rad[:, k]
