"""Checks of marker trajectories against the model that is to follow them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.checks.cloud import fit_cloud
from swinglever.checks.fills import find_fill
from swinglever.checks.marker_weights import check_weights
from swinglever.checks.names import common_prefix, nearest, several_prefixes, some
from swinglever.checks.smoothing import check_smoothing
from swinglever.readers.axes import axis_vector, find_axes, signed_axis
from swinglever.readers.markers import METRES_PER_UNIT, unit_of
from swinglever.records.faults import Fault, error, warning
from swinglever.records.trial import IKTasks, Markers, Trial
from swinglever.signals import low_pass, step_of

BODY_EXTENT_M = (0.4, 3.0)
"""Farthest markers of one body: from a child's leg to a tall man with raised arms."""
_FARTHEST_M = 1000.0
"""Nobody is followed further than along a marathon's straight."""
FASTEST_M_S = 30.0
"""No marker moves faster: a world-class sprinter runs at 12 m/s and his foot swings forward at about twice that."""
_MOST_JUMPS = 0.1
"""A marker that leaps in more of its frames is noise, and the filter carries it everywhere."""
_FARTHEST_FROM_MODEL_M = 0.1
"""Root mean square over two segments at a time: 23 to 51 mm for public and bundled recordings."""
_NOISE_M, _NOISE_HZ, _LEAST_HZ = 0.004, 12.0, 50.0
"""Standard deviation of an axis beyond the cut-off, at sampling rates that can tell: public markers have 1 mm at most,
those of forefeet. Of the simulated pull, shares stay in their bands with 3 mm in every marker; 5 may move
one out of its own."""
_STEP_M = 4e-3
"""Steps of markers that are coarse; cameras measure, and files have, a millimetre and finer."""


def check_markers(trial: Trial, model: Model) -> list[Fault]:
    """Every fault of a trial's markers that can be seen without solving for the motion."""
    if trial.markers is None:
        return []
    markers, place, weights = trial.markers, trial.place, wanted_markers(model, trial.tasks)
    faults = _check_names(place, markers, model, weights)
    if not (model.markers and weights):
        return faults
    sized = _check_extent(place, _followed(markers, weights))
    # In another unit every place and speed is wrong, and that is said once.
    faults += sized or [
        *_check_axes(place, markers, model),
        *_check_jumps(place, markers, weights),
        *_check_fills(place, markers, weights),
        *_check_rounded(place, markers, weights),
        *_check_noise(place, markers, weights),
        *check_smoothing(place, markers, model, weights),
    ]
    faults += _check_segments(place, markers, model, weights)
    return [*faults, *_check_trunk(place, markers, model, weights), *check_weights(markers, model, weights)]


def wanted_markers(model: Model, tasks: IKTasks | None) -> dict[str, float]:
    """Weight of every marker that inverse kinematics is to follow."""
    if tasks is None:
        return {site.name: 1.0 for site in model.markers}
    return {name: weight for name, weight in tasks.marker_weights.items() if weight > 0}


def _check_names(place: str, markers: Markers, model: Model, weights: Mapping[str, float]) -> list[Fault]:
    on_model = {site.name for site in model.markers}
    fitting = [name for name in markers.names if name in on_model and name in weights]
    if not on_model:
        mend = "give one with its marker set: add it to the model, or scale the model with it first"
        return [error("model-markers", place, "a model with markers", f"{model.name!r}, which has none", mend)]
    if not weights:
        expected, got = "an inverse kinematics setup that follows markers", "no marker task with a weight above zero"
        return [error("marker-names", place, expected, got, "look at <apply> and <weight> of its tasks")]
    prefix = common_prefix(markers.names, on_model)
    if len(fitting) < 3 and (persons := several_prefixes(markers.names, on_model)):
        got, mend = f"markers that begin with {' and with '.join(map(repr, persons))}", "export one person at a time"
        return [error("marker-persons", place, "markers of one person", got, mend)]
    if len(fitting) < 3:
        mend = f"all begin with {prefix!r}" if prefix else "rename the markers of one or the other"
        got = f"{len(fitting)} of {len(markers.names)} ({some(markers.names)}; the model has {some(sorted(on_model))})"
        return [error("marker-names", place, "markers of the model", got, mend)]
    spare = [name for name in markers.names if name not in fitting]
    faults = _check_absent(place, {name: w for name, w in weights.items() if name not in markers.names}, spare)
    not_on_model = sorted(name for name in weights if name not in on_model)
    if not_on_model:
        got, mend = some(not_on_model), "these tasks do nothing"
        faults.append(warning("task-not-on-model", "inverse kinematics setup", "markers of the model", got, mend))
    return faults


def _check_absent(place: str, absent: Mapping[str, float], spare: list[str]) -> list[Fault]:
    """One fault for each absent marker that has a likely other name, and one that names all the rest."""
    said = {name: f"{name!r} (weight {weight:g})" for name, weight in absent.items()}
    near = {name: other for name in absent if (other := nearest(name, spare))}
    faults = []
    for name, other in near.items():
        mend = f"nearest unused name {other!r}: rename it"
        faults.append(warning("marker-absent", place, f"marker {said[name]}", "none of that name", mend))
    lost = [said[name] for name in absent if name not in near]
    if lost:
        mend = "the marker is left out" if len(lost) == 1 else f"these {len(lost)} are left out"
        expected = f"marker{'s' * (len(lost) > 1)} {', '.join(lost)}"
        faults.append(warning("marker-absent", place, expected, "none of that name", mend))
    return faults


def _followed(markers: Markers, weights: Mapping[str, float]) -> Markers:
    """Markers of the body, as far as they are known: those of a laboratory, or of another person, may lie anywhere."""
    own = [k for k, name in enumerate(markers.names) if name in weights]
    names = tuple(markers.names[k] for k in own)
    return markers if len(own) < 3 else replace(markers, names=names, position_m=markers.position_m[:, own])


def _check_extent(place: str, markers: Markers) -> list[Fault]:
    """Compare the size of the marker cloud with that of a body."""
    with np.errstate(invalid="ignore"):
        size = np.nanmax(_finite(markers.position_m), axis=1) - np.nanmin(_finite(markers.position_m), axis=1)
    extent = float(np.median(np.linalg.norm(size, axis=1)))
    if BODY_EXTENT_M[0] <= extent <= BODY_EXTENT_M[1]:
        return _check_places(place, markers)
    stated = METRES_PER_UNIT.get(unit_of(markers.units), 1.0)
    fit = [u for u in ("mm", "cm", "m") if BODY_EXTENT_M[0] <= extent / stated * METRES_PER_UNIT[u] <= BODY_EXTENT_M[1]]
    mend = f"the numbers look like {fit[0]}: if they are, give --units {fit[0]}" if fit else "look at the file's units"
    got = f"markers spread over {extent:.3g} m with units {markers.units!r}"
    expected = f"a body of {BODY_EXTENT_M[0]:g} to {BODY_EXTENT_M[1]:g} m"
    return [error("marker-units", place, expected, got, mend)]


def _check_places(place: str, markers: Markers) -> list[Fault]:
    """Markers that were seen where no laboratory is."""
    with np.errstate(invalid="ignore"):
        far = (np.abs(markers.position_m) > _FARTHEST_M).any(axis=2)
    if not far.any():
        return []
    frame, column = np.argwhere(far)[0]
    got = f"marker {markers.names[column]!r} further out {np.count_nonzero(far)} times, first at"
    expected, mend = f"markers within {_FARTHEST_M:g} m", "look at these cells"
    return [error("marker-place", place, expected, f"{got} {markers.time_s[frame]:.3f} s", mend)]


def _finite(position_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Frames in which any marker is seen."""
    return np.asarray(position_m[np.isfinite(position_m).any(axis=(1, 2))])


def _check_axes(place: str, markers: Markers, model: Model) -> list[Fault]:
    """Which way is up, and whether left is right: from where the model has its markers, else from their names."""
    cloud, axes = fit_cloud(markers, model), find_axes(markers.names, markers.position_m)
    if axes.sides_swapped or (cloud is not None and cloud.is_mirrored):
        got = "a body that is its own mirror image, right-side markers on its left"
        mend = "exchange the names of left and right, or turn round the axis that was mirrored"
        return [error("sides-swapped", place, "right-side markers on the right of the body", got, mend)]
    if cloud is not None and cloud.rms_m > _FARTHEST_FROM_MODEL_M:
        got = f"markers {1e3 * cloud.rms_m:.0f} mm from where the model has them"
        mend = "look for names that were exchanged, another marker set, or a model that is not scaled"
        expected = f"markers within {1e3 * _FARTHEST_FROM_MODEL_M:.0f} mm of the model's, turned as a whole"
        return [error("marker-cloud", place, expected, got, mend)]
    up = axes.up if cloud is None else signed_axis(cloud.direction(model.up))
    if up is None or axis_vector(up) @ model.gravity <= -0.5 * np.linalg.norm(model.gravity):
        return []
    got, mend = f"a body that stands along {up}", "turn the markers, or give --turn-axes to have them turned"
    return [error("marker-axes", place, f"{_upwards(model)} upwards, as gravity in the model says", got, mend)]


def _upwards(model: Model) -> str:
    """Signed axis against gravity."""
    axis = int(np.argmax(np.abs(model.gravity)))
    return "-+"[int(model.gravity[axis] < 0)] + "xyz"[axis]


def marker_speeds(time_s: Array, position_m: Array) -> Array:
    """Speed (T-1, m), m/s, of markers (T, m, 3) from frame to frame; nan beside a gap."""
    return np.asarray(np.linalg.norm(np.diff(position_m, axis=0), axis=2) / np.diff(time_s)[:, None])


def _check_jumps(place: str, markers: Markers, weights: Mapping[str, float]) -> list[Fault]:
    """Markers that move faster than a body can, as when two trajectories are exchanged."""
    speed = marker_speeds(markers.time_s, markers.position_m)
    faults = []
    for column, name in enumerate(markers.names):
        fast = np.flatnonzero(speed[:, column] > FASTEST_M_S)
        if fast.size and name in weights:
            most, at = np.nanmax(speed[:, column]), markers.time_s[fast[0]]
            got = f"{most:.0f} m/s ({fast.size} jumps, the first at {at:.3f} s)"
            where, mend = f"{place} marker {name!r}", "look for exchanged or ghost markers there"
            make = error if fast.size > _MOST_JUMPS * len(markers.time_s) else warning
            faults.append(make("marker-jump", where, f"speeds below {FASTEST_M_S:g} m/s", got, mend))
    return faults


def _check_fills(place: str, markers: Markers, weights: Mapping[str, float]) -> list[Fault]:
    """Markers that were drawn for a while, and not seen."""
    wanted = {name: k for k, name in enumerate(markers.names) if name in weights}
    fills = {name: find_fill(markers.time_s, markers.position_m[:, k]) for name, k in wanted.items()}
    drawn = [
        f"{name} along {fill.curve} for {fill.rows} rows from {markers.time_s[fill.first]:.3f} s"
        for name, fill in fills.items()
        if fill is not None
    ]
    if not drawn:
        return []
    mend = "look for gaps that were filled: export them as gaps, or leave these swings out"
    return [warning("marker-filled", place, "markers that were seen, with their noise", some(drawn, 3), mend)]


def _check_rounded(place: str, markers: Markers, weights: Mapping[str, float]) -> list[Fault]:
    """Markers in coarse steps, as of metres with two decimals."""
    own = [markers.position_m[:, k].ravel() for k, name in enumerate(markers.names) if name in weights]
    step_m = float(np.median([step_of(one[np.isfinite(one)]) for one in own])) if own else 0.0
    if step_m < _STEP_M:
        return []
    got, mend = f"steps of {1e3 * step_m:.2g} mm", "export with more decimals: accelerations are made of this"
    return [warning("marker-rounded", place, "places of markers to a millimetre or finer", got, mend)]


def _check_trunk(place: str, markers: Markers, model: Model, weights: Mapping[str, float]) -> list[Fault]:
    """A trunk that the model holds on the pelvis while its markers are followed: they pull the pelvis about."""
    moves = (model.tree.body_ancestors @ model.tree.drives) > 0
    legs = list(model.legs.values())
    lower = {legs[0].pelvis_body, *(b for leg in legs for b in leg.bodies)}
    others = [b for b in range(len(model.body_names)) if b not in lower]
    if not others:
        return []
    trunk = max(others, key=lambda b: float(model.masses.mass_kg[b]))
    turns = moves[trunk] & ~moves[legs[0].pelvis_body]
    held = [c.name for c, own in zip(model.coordinates, turns, strict=True) if c.locked and own]
    seen = {name for name in markers.names if name in weights}
    followed = [site.name for site in model.markers if site.body == trunk and site.name in seen]
    if not (held and followed):
        return []
    got = f"{some(held)} locked beside its markers ({some(followed, 4)}), which pull the pelvis"
    mend = "unlock it in the model, or leave these markers out of the inverse kinematics setup"
    return [warning("model-trunk", place, "a trunk that may move as its markers do", got, mend)]


def _check_noise(place: str, markers: Markers, weights: Mapping[str, float]) -> list[Fault]:
    """Markers that tremble; a leap here and there counts as little as it lasts."""
    if markers.rate_hz < _LEAST_HZ or not len(markers.time_s):
        return []
    noise_m = dict[str, float]()
    for column, name in enumerate(markers.names):
        seen = np.isfinite(markers.position_m[:, column]).all(axis=1)
        if name in weights and seen.any():
            own = markers.position_m[:, column][seen]
            noise_m[name] = float(1.48 * np.median(np.abs(own - low_pass(own, markers.rate_hz, _NOISE_HZ))))
    loud = sorted((name for name in noise_m if noise_m[name] > _NOISE_M), key=noise_m.__getitem__, reverse=True)
    if not loud:
        return []
    expected = f"markers with less than {1e3 * _NOISE_M:.0f} mm beyond {_NOISE_HZ:g} Hz"
    got = f"{1e3 * noise_m[loud[0]]:.0f} mm of {some(loud, 3)}"
    return [warning("marker-noise", place, expected, got, "look for noise: accelerations are made of this")]


def _check_segments(place: str, markers: Markers, model: Model, weights: Mapping[str, float]) -> list[Fault]:
    """Segments of a leg that no marker follows, or fewer than three for part of the time."""
    faults = []
    columns = {name: k for k, name in enumerate(markers.names) if name in weights}
    for side, leg in model.legs.items():
        for segment, bodies in leg.segments.items():
            on_it = [site.name for site in model.markers if site.body in bodies]
            seen = np.isfinite(markers.position_m[:, [columns[n] for n in on_it if n in columns], 0])
            if fault := _segment_fault(place, f"{segment} of leg {side}", on_it, seen):
                faults.append(fault)
    return faults


def _segment_fault(place: str, segment: str, names: list[str], seen: NDArray[np.bool_]) -> Fault | None:
    """Fault of one segment, from which of its markers (T, m) are seen."""
    count = seen.sum(axis=1)
    never = not seen.any()
    if not never and (seen.shape[1] < 3 or (count >= 3).all()):
        return None
    return Fault(
        code="segment-markers",
        # A foot without markers leaves the knee alone; thigh and shank do not.
        severity="error" if never and not segment.startswith("foot") else "warning",
        place=place,
        expected=f"markers on the {segment} ({some(names, 4)})",
        got="none in any frame" if never else f"fewer than three in {(count < 3).sum()} of {len(count)} frames",
        mend="nothing holds the segment there" if never else "the segment may turn about the others there",
    )
