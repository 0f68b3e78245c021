"""A result file that can be shown: read whole, every shape, number and index looked at before anything is built.

Nothing here knows Blender. What is only odd (a name with a newline, a body without a mesh) is shown as it is.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from .result import Ghost, Lever, Mesh, Result, ResultError, Swing, read_result

#: An hour: longer than any trial, and at its own speed within what Blender counts.
_LONGEST_S = 3600.0
#: No body of a runner is further from the origin, no point further from its body, no lever longer.
_FAR_M, _LARGE_M, _LONG_M = 1e5, 100.0, 10.0
_FASTEST_M_S, _STRONGEST_N = 50.0, 1e6
_MOST_SWINGS, _MOST_GHOSTS, _MOST_CAUSES, _MOST_METRICS, _MOST_VERTICES = 5000, 50, 500, 5000, 20_000_000
#: Poses are stored in single precision.
_NOT_A_TURN = 1e-3
#: Events lie in the trial; the first and last sample of a swing may lie a little outside what was played.
_OUTSIDE_S = 0.5
_NEEDED = ("toe_off", "peak_flexion", "foot_strike")


def open_result(path: str | Path) -> Result:
    """Read a result that can be shown as it is; the error says in one line what is wrong with one that cannot."""
    name = Path(path).name
    try:
        return check_result(read_result(path))
    except ImportError as error:
        raise ResultError(
            f"{name} cannot be read: h5py does not load ({error}); install the extension again"
        ) from error
    except MemoryError as error:
        raise ResultError(
            f"{name} does not fit into memory; run 'swinglever analyse' on a part of the trial"
        ) from error


def check_result(result: Result) -> Result:
    """Look at a whole result; gives it without the events that its swings do not have."""
    try:
        _check_trial(result)
        for mesh in result.meshes:
            _check_mesh(mesh)
        _expect(
            sum(len(mesh.vertices_m) for mesh in result.meshes) <= _MOST_VERTICES, "the meshes", "fewer points", "more"
        )
        _expect(len(result.swings) <= _MOST_SWINGS, "the trial", f"at most {_MOST_SWINGS} swings", len(result.swings))
        swings = {key: _check_swing(swing, result) for key, swing in result.swings.items()}
    except ResultError as error:
        raise ResultError(f"{Path(result.path).name}: {error}; run 'swinglever analyse' again") from error
    return replace(result, swings=swings)


def _check_trial(result: Result) -> None:
    n_times, n_bodies = _check_times("time_s", result.time_s), len(result.body_names)
    _expect(
        np.ptp(result.time_s) <= _LONGEST_S, "time_s", f"at most {_LONGEST_S:.0f} s", f"{np.ptp(result.time_s):.3g} s"
    )
    _check_names("body_names", result.body_names)
    _expect(n_bodies > 0, "body_names", "one body or more", "none")
    _check_poses("body_pose", result.body_pose, (n_times, n_bodies))
    _expect(0.0 <= result.belt_speed_m_s <= _FASTEST_M_S, "belt_speed_m_s", "0 to 50", result.belt_speed_m_s)
    n_muscles, n_markers = len(result.muscle_names), len(result.marker_names)
    if result.muscle_path_m is not None:
        _check_array("muscle_path_m", result.muscle_path_m, (n_times, n_muscles, None, 3), largest=_FAR_M)
        _expect(
            result.muscle_path_m.shape[2] >= 2, "muscle_path_m", "two points or more", result.muscle_path_m.shape[2]
        )
    for name in ("muscle_activation", "muscle_power_w", "muscle_contribution_rad_s2", "muscle_force_n"):
        _check_optional(name, getattr(result, name), (n_times, n_muscles))
    _check_optional("muscle_crosses_knee", result.muscle_crosses_knee, (n_muscles,))
    _check_optional("marker_position_m", result.marker_position_m, (n_times, n_markers, 3), largest=_FAR_M)
    n_forces = result.force_n.shape[1] if result.force_n is not None and result.force_n.ndim == 3 else None
    _check_optional("force_n", result.force_n, (n_times, None, 3), largest=_STRONGEST_N)
    _check_optional("force_point_m", result.force_point_m, (n_times, n_forces, 3), largest=_FAR_M)


def _check_mesh(mesh: Mesh) -> None:
    """Look at a mesh: corners that name its own vertices, faces that begin in order and have three corners or more."""
    where = f"the mesh of '{mesh.body:.60}'"
    _check_array(f"{where}, vertices_m", mesh.vertices_m, (None, 3), largest=_LARGE_M)
    _check_array(f"{where}, colour", mesh.colour, (4,), largest=1.0)
    for name in ("loop_vertex", "loop_start"):
        values = getattr(mesh, name)
        _check_array(f"{where}, {name}", values, (None,))
        _expect(values.dtype.kind in "iu", f"{where}, {name}", "whole numbers", values.dtype)
    n_vertices, n_corners, start = len(mesh.vertices_m), len(mesh.loop_vertex), mesh.loop_start.astype(np.int64)
    corners = mesh.loop_vertex.astype(np.int64)
    inside = n_corners == 0 or 0 <= corners.min() <= corners.max() < n_vertices
    _expect(inside, f"{where}, loop_vertex", f"vertices 0 to {n_vertices - 1}", "others")
    in_order = start[0] == 0 if len(start) else n_corners == 0
    sizes = np.diff(np.append(start, n_corners))
    whole = in_order and (len(sizes) == 0 or bool((sizes >= 3).all()))
    _expect(whole, f"{where}, loop_start", f"faces of three or more of its {n_corners} corners, in order", "others")


def _check_swing(swing: Swing, result: Result) -> Swing:
    where = f"swing '{swing.swing_id:.60}'"
    _expect(swing.side in ("r", "l"), f"{where}, side", "'r' or 'l'", f"'{swing.side:.20}'")
    n_times = _check_times(f"{where}, time_s", swing.time_s)
    first, last = result.time_s[0] - _OUTSIDE_S, result.time_s[-1] + _OUTSIDE_S
    within = first <= swing.time_s[0] and swing.time_s[-1] <= last
    _expect(within, f"{where}, time_s", "times of the trial", f"{swing.time_s[0]:.6g} to {swing.time_s[-1]:.6g}")
    _check_array(f"{where}, knee_flexion", swing.knee_flexion_deg, (n_times,), largest=1e4)
    _expect(len(swing.ghosts) <= _MOST_GHOSTS, where, f"at most {_MOST_GHOSTS} ghosts", len(swing.ghosts))
    _expect(len(swing.metrics) <= _MOST_METRICS, where, f"at most {_MOST_METRICS} metrics", len(swing.metrics))
    for scope, groups in swing.contributions_deg.items():
        _expect(len(groups) <= _MOST_CAUSES, where, f"at most {_MOST_CAUSES} causes", len(groups))
        for name, values in groups.items():
            _check_optional(f"{where}, attribution {scope:.30} {name:.30}", values, (n_times,))
    if swing.lever is not None:
        _check_lever(where, swing.lever)
    for case, ghost in swing.ghosts.items():
        _check_ghost(f"{where}, ghost '{case:.60}'", ghost)
    return replace(swing, events_s=_check_events(where, swing.events_s, (first, last)))


def _check_events(where: str, events_s: dict[str, float], span: tuple[float, float]) -> dict[str, float]:
    """Look at the events; an event that a swing does not have is nan, and is left out."""
    known = {name: time_s for name, time_s in events_s.items() if not np.isnan(time_s)}
    missing = [name for name in _NEEDED if name not in known]
    _expect(not missing, where, f"the events {', '.join(_NEEDED)}", f"no {', '.join(missing)}")
    for name, time_s in known.items():
        _expect(span[0] <= time_s <= span[1], f"{where}, {name}", "a time of the trial", f"{time_s:.6g} s")
    toe_off, peak, strike = (known[name] for name in _NEEDED)
    said = f"{toe_off:.4g}, {peak:.4g} and {strike:.4g} s"
    _expect(toe_off < peak < strike, where, "toe-off before peak flexion before foot strike", said)
    return known


def _check_lever(where: str, lever: Lever) -> None:
    n_times = _check_times(f"{where}, lever, time_s", lever.time_s)
    for name in ("hip_m", "heel_m"):
        _check_array(f"{where}, lever, {name}", getattr(lever, name), (n_times, 3), largest=_FAR_M)
    _check_optional(f"{where}, radius_of_gyration_m", lever.radius_of_gyration_m, (n_times,), largest=_LONG_M)
    _check_optional(f"{where}, folding_rad_s", lever.folding_rad_s, (n_times, 2))


def _check_ghost(where: str, ghost: Ghost) -> None:
    n_times = _check_times(f"{where}, time_s", ghost.time_s)
    _check_names(f"{where}, body_names", ghost.body_names)
    _check_poses(f"{where}, body_pose", ghost.body_pose, (n_times, len(ghost.body_names)))
    for name in ("hip_m", "heel_m"):
        _check_array(f"{where}, {name}", getattr(ghost, name), (n_times, 3), largest=_FAR_M)


def _check_times(name: str, time_s: np.ndarray) -> int:
    """Look at a row of times, two or more, in order; gives how many there are."""
    _check_array(name, time_s, (None,))
    in_order = len(time_s) > 1 and bool((np.diff(time_s) > 0).all())
    _expect(in_order, name, "two or more times, each after the one before", f"{len(time_s)} that are not")
    return len(time_s)


def _check_names(name: str, names: list[str]) -> None:
    _expect(all(names), name, "a name for each", "an empty one")
    twice = next((each for each in names if names.count(each) > 1), "") if len(set(names)) < len(names) else ""
    _expect(not twice, name, "a name for each", f"'{twice:.60}' twice")


def _check_poses(name: str, pose: np.ndarray, shape: tuple[int, int]) -> None:
    """Look at poses: rotations without stretch or mirror image, places within reach."""
    _check_array(name, pose, (*shape, 4, 4), largest=_FAR_M)
    turn = pose[..., :3, :3].astype(float)
    off = np.abs(turn @ np.swapaxes(turn, -1, -2) - np.eye(3)).max() if turn.size else 0.0
    _expect(off < _NOT_A_TURN, name, "rotations", "matrices that stretch")
    _expect(not turn.size or bool((np.linalg.det(turn) > 0).all()), name, "rotations", "mirror images")


def _check_optional(
    name: str, values: np.ndarray | None, shape: tuple[int | None, ...], largest: float = np.inf
) -> None:
    """Look at an array that need not be there, and in which nan says that something is not known."""
    if values is not None:
        _check_kind(name, values, shape)
        known = values[~np.isnan(values)] if values.dtype.kind == "f" else values
        _expect(known.size == 0 or bool(np.isfinite(known).all()), name, "numbers or nan", "infinity")
        _check_largest(name, known, largest)


def _check_array(name: str, values: np.ndarray, shape: tuple[int | None, ...], largest: float = np.inf) -> None:
    """Look at an array of finite numbers."""
    _check_kind(name, values, shape)
    _expect(bool(np.isfinite(values).all()), name, "finite numbers", "nan or infinity")
    _check_largest(name, values, largest)


def _check_kind(name: str, values: np.ndarray, shape: tuple[int | None, ...]) -> None:
    _expect(isinstance(values, np.ndarray) and values.dtype.kind in "fiub", name, "numbers", "something else")
    fits = len(values.shape) == len(shape) and all(
        a in (b, None) or b is None for a, b in zip(values.shape, shape, strict=True)
    )
    said = " × ".join("any" if n is None else str(n) for n in shape)
    _expect(fits, name, said, " × ".join(map(str, values.shape)) or "one number")


def _check_largest(name: str, values: np.ndarray, largest: float) -> None:
    size = float(np.abs(values).max()) if values.size and np.isfinite(largest) else 0.0
    _expect(size <= largest, name, f"numbers up to {largest:g}", f"{size:g}")


def _expect(right: bool | np.bool, name: str, expected: str, got: object) -> None:
    if not right:
        raise ResultError(f"expected {name} to have {expected}, got {got}")
