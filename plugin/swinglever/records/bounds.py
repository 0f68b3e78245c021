"""What a recording allows a group of muscles to have done, of one swing."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import UnknownNameError, named
from swinglever.records.fields import EXACT, described, labels
from swinglever.records.record import Record

HAMSTRINGS = "hamstrings"
"""The group of which a verdict speaks."""


def bound_name(scope: str, until: str, group: str) -> str:
    """Name a bound: ``shank`` or ``leg``, until ``half`` of folding or its ``peak``, of a group of muscles.

    Examples
    --------
    >>> bound_name("leg", "peak", "gastrocnemius")
    'leg/peak/gastrocnemius'
    """
    return f"{scope}/{until}/{group}"


HEADLINE = bound_name("shank", "half", HAMSTRINGS)
"""What the verdict rests on."""
UNTIL_PEAK = bound_name("shank", "peak", HAMSTRINGS)
"""What another load sharing rests on."""


@dataclass(frozen=True, kw_only=True)
class SwingBounds(Record):
    """Least and largest parts that groups of muscles can have had in the fold, by their active force.

    Parameters
    ----------
    names
        (b) what is bounded, ``<scope>/<until>/<group>``: the scope, ``half`` of folding or its ``peak``, the group.
    levels
        (l) what is assumed. ``least_effort``: static optimization, one answer. ``moments``: nothing but the joint
        moments. ``plausible``: little more effort than needed. ``emg``: what the size of EMG allows; nan where there is
        none.
    tail_rad
        (b) what of the part with the least effort is a tail of stance: activation left over from toe-off.
    low_rad, high_rad
        (b,l) least and largest part.
    efforts
        (n) extra efforts, as shares of the least.
    reach_rad
        (n) largest part of the hamstrings, scope ``shank``, until half of folding, that so much effort can buy.
    pull_extra
        Extra effort at which the hamstrings' new part reaches that of a pull; inf where no effort does.
    informed_new_rad, informed_low_rad, informed_high_rad
        New part of the hamstrings that is likeliest by what EMG says, and the ends of the range that holds the true one
        nine times in ten: what the verdict rests on then; nan without EMG.
    """

    names: Annotated[tuple[str, ...], labels("bound", "scope, instant and group of muscles")]
    levels: Annotated[tuple[str, ...], labels("level", "what is assumed")]
    tail_rad: Annotated[
        Array, described("bound", "rad", "what of the least effort is left over from stance", step=EXACT)
    ]
    low_rad: Annotated[Array, described("bound level", "rad", "least part", step=EXACT)]
    high_rad: Annotated[Array, described("bound level", "rad", "largest part", step=EXACT)]
    efforts: Annotated[tuple[str, ...], labels("effort", "extra effort, as a share of the least")]
    reach_rad: Annotated[Array, described("effort", "rad", "largest part that so much effort can buy", step=EXACT)]
    pull_extra: Annotated[float, described("", "1", "extra effort at which the hamstrings reach a pull")]
    informed_new_rad: Annotated[
        float, described("", "rad", "hamstrings' new part until half of folding that is likeliest by EMG")
    ] = float("nan")
    informed_low_rad: Annotated[float, described("", "rad", "least new part that is likely by EMG")] = float("nan")
    informed_high_rad: Annotated[float, described("", "rad", "largest new part that is likely by EMG")] = float("nan")

    def degrees(self, name: str, level: str) -> tuple[float, float]:
        """Give the least and the largest part of one name on one level, degrees.

        Raises
        ------
        UnknownNameError
            Saying which there are.
        """
        for asked, there in ((name, self.names), (level, self.levels)):
            if asked not in there:
                raise UnknownNameError(f"there is no bound {asked!r}; there are {named(there)}")
        at = self.names.index(name), self.levels.index(level)
        return float(np.degrees(self.low_rad[at])), float(np.degrees(self.high_rad[at]))
