"""The numbers and curves of a swing that have bands, by the names that `Bands` gives them."""

import numpy as np

from swinglever.arrays import Array
from swinglever.records.report import Swing


def headline_numbers(swing: Swing) -> dict[str, float]:
    """Shares of the fold and peaks of the ablation, rad."""
    shares = {
        f"shares/{scope}/{group}": float(np.radians(degrees))
        for scope, attribution in swing.attribution.items()
        for group, degrees in attribution.degrees_by_group().items()
    }
    return shares | {f"ablation/{case}": a.peak_flexion_rad for case, a in swing.ablation.items()}


def headline_curves(swing: Swing) -> dict[str, Array]:
    """Shares over the swing (K), rad."""
    return {
        f"{scope}/{group}": attribution.flexion_of_group(group)
        for scope, attribution in swing.attribution.items()
        for group in dict.fromkeys(attribution.groups)
    }
