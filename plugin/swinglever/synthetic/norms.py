"""The mean runner: joint angles and events over 23 runners, as smooth functions of time at three speeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from swinglever.errors import UnknownNameError, named
from swinglever.synthetic.tables import Array, Table, read_table

_PELVIS = ("pelvis_tilt", "pelvis_list", "pelvis_rotation", "pelvis_tx", "pelvis_ty", "pelvis_tz")
_LEG = {
    "hip_flexion": "hip_flexion",
    "hip_adduction": "hip_adduction",
    "hip_rotation": "hip_rotation",
    "knee_angle": "knee_flexion",
    "ankle_angle": "ankle_dorsiflexion",
}
"""Coordinate of our model, and the curve of the norms that it follows; signs are the same."""

_STILL = ("subtalar_angle", "mtp_angle")
"""Coordinates that the norms do not know, because they were locked where the norms come from."""


@dataclass(frozen=True, kw_only=True)
class Norm:
    """A stride event or quantity: mean and standard deviation between runners, in the table's unit."""

    mean: float
    sd: float


@dataclass(frozen=True, kw_only=True)
class MeanRunner:
    """The mean runner at one speed; the right foot strikes at 0 s and every stride time after."""

    speed_m_s: float
    stride_time_s: float
    stance_share: float
    norms: dict[str, Norm]
    curves: dict[str, Array]
    trunk_lean_rad: float

    def toe_off_s(self, side: str) -> float:
        """First toe-off of this side after the right foot's first strike."""
        phase = self.stance_share if side == "r" else self.stance_share - 0.5
        return (phase % 1.0) * self.stride_time_s

    def coordinate(self, name: str, time_s: Array, order: int = 0) -> Array:
        """A coordinate of our model at these times, or its derivative of some order; rad and m, per s to the order.

        Raises
        ------
        UnknownNameError
            When neither the norms nor the runner's trunk have this coordinate.
        """
        if name in _PELVIS:
            return self._curve(name, time_s, 0.0, order)
        joint, _, side = name.rpartition("_")
        if joint in _LEG and side in ("r", "l"):
            return self._curve(_LEG[joint], time_s, 0.0 if side == "r" else 0.5, order)
        if joint in _STILL:
            return np.zeros(np.shape(time_s))
        return self._trunk(name, time_s, order)

    def coordinates(self, names: Sequence[str], time_s: Array, order: int = 0) -> Array:
        """Several coordinates (T, n), or their derivatives of some order."""
        return np.stack([self.coordinate(name, time_s, order) for name in names], axis=-1)

    def _curve(self, name: str, time_s: Array, shift: float, order: int) -> Array:
        """Sum of harmonics of the stride, differentiated ``order`` times."""
        terms = self.curves[name]
        cosines, sines = terms[1::2], terms[2::2]
        harmonic = 2.0 * np.pi * np.arange(1, len(cosines) + 1)
        angle = np.multiply.outer(np.asarray(time_s) / self.stride_time_s + shift, harmonic) + order * np.pi / 2.0
        size = (harmonic / self.stride_time_s) ** order
        total: Array = np.cos(angle) @ (size * cosines) + np.sin(angle) @ (size * sines)
        return total + (terms[0] if order == 0 else 0.0)

    def _trunk(self, name: str, time_s: Array, order: int) -> Array:
        """The trunk keeps its lean and faces forward: the lumbar joint undoes what the pelvis does."""
        undone = {
            "lumbar_extension": "pelvis_tilt",
            "lumbar_bending": "pelvis_list",
            "lumbar_rotation": "pelvis_rotation",
        }
        if name not in undone:
            known = [*_PELVIS, *(f"{joint}_r" for joint in _LEG), *(f"{joint}_l" for joint in _LEG), *undone]
            raise UnknownNameError(f"the mean runner has no coordinate {name!r}; it has {named(known)}")
        lean = self.trunk_lean_rad if name == "lumbar_extension" and order == 0 else 0.0
        return -self._curve(undone[name], time_s, 0.0, order) - lean


@cache
def mean_runner(speed_m_s: float) -> MeanRunner:
    """The mean runner at a speed of the norms, or between two of them: straight lines drawn from one to the other.

    Raises
    ------
    UnknownNameError
        When the speed is beyond the norms; the message lists those that there are.
    """
    table = read_table("running_norms.toml")
    known = norm_speeds()
    if not min(known) <= speed_m_s <= max(known):
        raise UnknownNameError(
            f"there are no norms at {speed_m_s:g} m/s; there are {named(known)} m/s, and between them"
        )
    lean = np.deg2rad(table["trunk"]["lean_deg"])
    runners = [_runner(entry, lean) for entry in sorted(table["speed"], key=lambda entry: float(entry["speed_m_s"]))]
    for runner in runners:
        if np.isclose(runner.speed_m_s, speed_m_s):
            return runner
    slower = [runner for runner in runners if runner.speed_m_s < speed_m_s][-1]
    return _between(slower, runners[runners.index(slower) + 1], speed_m_s)


def _between(slow: MeanRunner, fast: MeanRunner, speed_m_s: float) -> MeanRunner:
    part = (speed_m_s - slow.speed_m_s) / (fast.speed_m_s - slow.speed_m_s)

    def mix(a: Any, b: Any) -> Any:
        return (1.0 - part) * a + part * b

    return MeanRunner(
        speed_m_s=speed_m_s,
        stride_time_s=mix(slow.stride_time_s, fast.stride_time_s),
        stance_share=mix(slow.stance_share, fast.stance_share),
        norms={
            name: Norm(mean=mix(norm.mean, fast.norms[name].mean), sd=mix(norm.sd, fast.norms[name].sd))
            for name, norm in slow.norms.items()
        },
        curves={name: mix(curve, fast.curves[name]) for name, curve in slow.curves.items()},
        trunk_lean_rad=slow.trunk_lean_rad,
    )


def norm_speeds() -> list[float]:
    """Speeds at which there are norms, in m/s."""
    return [float(entry["speed_m_s"]) for entry in read_table("running_norms.toml")["speed"]]


def _runner(entry: Table, lean_rad: float) -> MeanRunner:
    norms = {name: Norm(**value) for name, value in entry.items() if isinstance(value, dict) and "mean" in value}
    shifts = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
    curves = {name: np.array(terms) if name in shifts else np.deg2rad(terms) for name, terms in entry["curve"].items()}
    return MeanRunner(
        speed_m_s=float(entry["speed_m_s"]),
        stride_time_s=norms["stride_time_s"].mean,
        stance_share=norms["stance_percent"].mean / 100.0,
        norms=norms,
        curves=curves,
        trunk_lean_rad=lean_rad,
    )
