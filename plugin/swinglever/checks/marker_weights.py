"""Do the weights of a setup let inverse kinematics follow every segment of pelvis and legs."""

from collections.abc import Mapping

from swinglever.anatomy.model import Model
from swinglever.records.faults import Fault, warning
from swinglever.records.trial import Markers

_MOST = 30.0
"""How many times as much as the markers of another segment those of one may weigh, by the heaviest of each: 2 to 10
times in the setups of public and bundled trials. A shank whose weights are a hundred times as large has 100 times."""


def check_weights(markers: Markers, model: Model, weights: Mapping[str, float]) -> list[Fault]:
    """Name the segments of pelvis and legs that weigh far more, or far less, than others.

    Parameters
    ----------
    markers, model
        Those that both have are followed.
    weights
        Of each marker that is to be followed.
    """
    heaviest = dict[str, float]()
    segments = _segments(model)
    for site in model.markers:
        if site.name in weights and site.name in markers.names and (segment := segments.get(site.body)):
            heaviest[segment] = max(heaviest.get(segment, 0.0), weights[site.name])
    if not heaviest:
        return []
    least, most = min(heaviest, key=heaviest.__getitem__), max(heaviest, key=heaviest.__getitem__)
    times = heaviest[most] / heaviest[least]
    if times <= _MOST:
        return []
    expected = f"markers of one segment of at most {_MOST:g} times the weight of another's"
    got = f"{times:.3g} times: {heaviest[most]:g} on the {most}, {heaviest[least]:g} on the {least}"
    mend = "look at these weights: the heavy segment is followed, and its neighbours are pulled out of place"
    return [warning("marker-weights", "inverse kinematics setup", expected, got, mend)]


def _segments(model: Model) -> dict[int, str]:
    """What each body of pelvis and legs belongs to, in words."""
    found = dict[int, str]()
    for side, leg in model.legs.items():
        found[leg.pelvis_body] = "pelvis"
        found |= {body: f"{segment} of leg {side}" for segment, own in leg.segments.items() for body in own}
    return found
