"""The causes of a knee's flexion as a picture tells them: a handful, named for people; nothing here knows Blender."""

import numpy as np

from .result import Swing

#: The scopes in the order in which a picture would rather tell one: with the shank alone free the causes are fewest.
_SCOPES = ("shank", "leg")
#: What the knee was given by speeds, those at toe-off and those of the thigh and the hip since.
_MOMENTUM = ("initial", "proximal", "momentum")
#: What is always told, since it is what is asked, and how many causes there is room for.
_ASKED, _MOST = ("momentum", "hamstrings"), 4
_LEAST_DEG = 0.5


def choose_scope(swing: Swing) -> str:
    """Name the scope that is plotted; none where nothing was attributed."""
    known = [*_SCOPES, *swing.contributions_deg]
    return next((scope for scope in known if scope in swing.contributions_deg), "")


def merge(groups: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Add up what is one cause for people: active and passive parts of muscles, and all that speeds did."""
    merged: dict[str, np.ndarray] = {}
    for name, values in groups.items():
        plain = name.removesuffix("_passive")
        plain = "momentum" if plain in _MOMENTUM else plain
        merged[plain] = merged[plain] + values if plain in merged else values
    return merged


def choose_causes(groups: dict[str, np.ndarray], peak: int, most: int = _MOST) -> dict[str, np.ndarray]:
    """Keep what is asked and what weighs most at the peak, and sum the others up: together they are the whole."""
    asked = [name for name in _ASKED if name in groups]
    order = sorted(groups, key=lambda name: -abs(float(np.nan_to_num(groups[name][peak]))))
    kept = [*asked, *(name for name in order if name not in asked)][:most]
    others = [groups[name] for name in order if name not in kept]
    rest = np.sum(others, axis=0) if others else np.zeros(1)
    return {name: groups[name] for name in kept} | (
        {"all others": rest} if np.nanmax(np.abs(rest)) > _LEAST_DEG else {}
    )


def told_causes(swing: Swing, peak: int) -> dict[str, np.ndarray]:
    """Give the curves that a picture tells, (K,) in degrees, by the names of their causes."""
    groups = swing.contributions_deg.get(choose_scope(swing), {})
    known = {name: values for name, values in groups.items() if np.isfinite(values).any()}
    return choose_causes(merge(known), peak) if known else {}
