"""What laboratories' inputs are like, and what may go wrong with them: each fault made from a bundled runner.

A fault spoils one of the files of a case. ``right``: the same swings come out. ``told``: an analysis goes on, and says
what it doubts or did. ``refused``: one clear line, and nothing else. docs/input-faults.md has the table, by kind.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from scipy.interpolate import CubicSpline, PchipInterpolator, make_interp_spline
from tests.opensim.markerless import BODIES, poses_of, write_markerless

import swinglever as sl
from swinglever.anatomy.model import Model
from swinglever.checks.examination import examine
from swinglever.checks.request import Request
from swinglever.engines.opensim import load_model
from swinglever.pipeline import foresee
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.readers.axes import side_pairs
from swinglever.readers.storage import read_storage, write_storage
from swinglever.readers.trc import read_trc, write_trc
from swinglever.records.faults import Fault
from swinglever.signals import low_pass

ROOT = Path(__file__).resolve().parents[2]
Outcome = Literal["right", "told", "refused"]
Table = tuple[list[str], np.ndarray]
Curve = Callable[[np.ndarray, np.ndarray], Callable[[np.ndarray], np.ndarray]]


@dataclass
class Case:
    """One trial in a folder of its own, to be spoilt: markers or joint angles, with forces and whose they are."""

    folder: Path
    model: Model
    trial: Path
    grf: Path
    loads: Path
    beside: dict[str, Any]
    parameters: sl.Parameters

    def rewrite(self, path: Path, old: str, new: str, count: int = -1) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, count), encoding="utf-8")

    def markers(self, change: Callable[[list[str], np.ndarray], Any], **fields: Any) -> None:
        """Write the markers again after changing a copy of their positions."""
        markers = read_trc(self.trial)
        position = markers.position_m.copy()
        changed = change(list(markers.names), position)
        write_trc(self.trial, replace(markers, position_m=position if changed is None else changed, **fields))

    def table(
        self, path: Path, change: Callable[[list[str], np.ndarray], Any], late_s: float = 0.0, **how: Any
    ) -> None:
        """Write a table again after changing a copy of its values; or what ``change`` gives instead."""
        table = read_storage(path)
        values = table.values.copy()
        changed = change(list(table.names), values)
        values = values if changed is None else changed
        write_storage(path, table.time_s + late_s, table.names, values, **{"in_degrees": table.in_degrees, **how})

    def forces(self, change: Callable[[list[str], np.ndarray], Any], **how: Any) -> None:
        self.table(self.grf, change, **how)

    def angles(self, change: Callable[[list[str], np.ndarray], Any], **how: Any) -> None:
        self.table(self.trial, change, **how)

    def osim(self, *changes: tuple[str, str], base: str = "runner.osim") -> None:
        """Load the model anew after changing its text."""
        text = (ROOT / "models" / base).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = self.folder / "changed.osim"
        path.write_text(text, encoding="utf-8")
        self.model = load_model(path)

    def check(self) -> tuple[Fault, ...]:
        """What the verb ``check`` finds."""
        asked = Request.of(self.trial, self.model, self.parameters, external_loads=self.loads, **self.beside)
        return foresee(examine(asked, readers(Plugins())), Plugins())

    def analyse(self) -> sl.SwingReport:
        """What the verb ``analyse`` makes of it."""
        given = {"external_loads": self.loads, **self.beside}
        return sl.analyse(self.trial, self.model, **given, parameters=self.parameters, plugins=Plugins())


@dataclass(frozen=True)
class Row:
    """One fault: what spoils which trial, and what is right."""

    name: str
    kind: str
    words: str
    of: Literal["markers", "angles"]
    outcome: Outcome
    code: str
    said: str
    spoil: Callable[[Case], Any]


ROWS: list[Row] = []


def row(
    kind: str, words: str, of: Literal["markers", "angles"], outcome: Outcome, code: str = "", said: str = ""
) -> Any:
    """Add a fault to the catalogue."""

    def add(spoil: Callable[[Case], Any]) -> Callable[[Case], Any]:
        ROWS.append(Row(spoil.__name__, kind, words, of, outcome, code, said, spoil))
        return spoil

    return add


def columns(names: list[str], *parts: str) -> list[int]:
    """Columns whose label has every part."""
    return [k for k, name in enumerate(names) if all(part in name for part in parts)]


# --- Forces and feet

FORCES = "forces and feet"


@row(FORCES, "a contact threshold of 200 N", "angles", "told", "force-threshold", "200 N, at which they come 6 ms")
def threshold_of_200_n(case: Case) -> None:
    case.parameters = replace(case.parameters, force_threshold_n=200.0)


@row(FORCES, "forces that are zero below 120 N", "angles", "told", "force-threshold", "none between 0 and 1")
def forces_cut_off(case: Case) -> None:
    case.forces(lambda names, v: _nothing_below(v, columns(names, "_v"), 120.0))


def _nothing_below(v: np.ndarray, own: list[int], least_n: float) -> None:
    for up in own[1::3]:
        v[v[:, up] < least_n, up - 1 : up + 2] = 0.0


@row(FORCES, "no file says which foot each plate is under", "angles", "right")
def feet_not_named(case: Case) -> None:
    case.beside["grf"], case.loads = case.grf, None  # type: ignore[assignment]


@row(FORCES, "every plate said to act on the right foot", "angles", "refused", "force-foot", "leg l; say calcn_l")
def all_plates_on_one_foot(case: Case) -> None:
    case.rewrite(case.loads, "calcn_l", "calcn_r")


@row(FORCES, "the feet of both plates exchanged", "markers", "refused", "force-foot", "under the foot of leg")
def feet_exchanged(case: Case) -> None:
    case.rewrite(case.loads, "calcn_l", "calcn_x")
    case.rewrite(case.loads, "calcn_r", "calcn_l")
    case.rewrite(case.loads, "calcn_x", "calcn_r")


@row(FORCES, "one step on the other belt", "angles", "told", "force-step", "given to that foot")
def split_belt_crossing(case: Case) -> None:
    def cross(names: list[str], v: np.ndarray) -> None:
        right, left = columns(names, "_r_"), columns(names, "_l_")
        assert len(right) == len(left) == 9
        up = v[:, right[1]]
        on = np.flatnonzero((up[:-1] <= 20) & (up[1:] > 20))[0]
        off = on + np.flatnonzero(up[on + 1 :] <= 20)[0] + 1
        v[on - 5 : off + 5, left], v[on - 5 : off + 5, right[:3]] = v[on - 5 : off + 5, right], 0.0

    case.forces(cross)


@row(FORCES, "both plates read 60 N too much", "angles", "told", "force-zero", "a steady 60 N; taken off")
def plate_not_zeroed(case: Case) -> None:
    case.forces(lambda names, v: v.__setitem__((slice(None), columns(names, "vy")), v[:, columns(names, "vy")] + 60.0))


@row(FORCES, "forces in kN", "angles", "refused", "force-units", "look like kN")
def forces_in_kilonewtons(case: Case) -> None:
    case.forces(lambda names, v: v.__setitem__((slice(None), columns(names, "_v")), 1e-3 * v[:, columns(names, "_v")]))


@row(FORCES, "forces in body weights", "angles", "refused", "force-units", "look like body weights")
def forces_in_body_weights(case: Case) -> None:
    weight = case.model.mass_kg * 9.81
    case.forces(
        lambda names, v: v.__setitem__((slice(None), columns(names, "_v")), v[:, columns(names, "_v")] / weight)
    )


@row(FORCES, "forces in kg", "angles", "refused", "force-units", "look like kg")
def forces_in_kilograms(case: Case) -> None:
    case.forces(lambda names, v: v.__setitem__((slice(None), columns(names, "_v")), v[:, columns(names, "_v")] / 9.81))


@row(FORCES, "every force zero", "angles", "told", "force-unused", "no more than 0 N")
def forces_are_zero(case: Case) -> None:
    case.forces(lambda names, v: v.__setitem__((slice(None), columns(names, "_v")), 0.0))


@row(FORCES, "centre of pressure in mm", "angles", "refused", "force-far", "points in m")
def pressure_in_millimetres(case: Case) -> None:
    case.forces(lambda names, v: v.__setitem__((slice(None), columns(names, "_p")), 1e3 * v[:, columns(names, "_p")]))


@row(FORCES, "free moments in N mm", "angles", "refused", "force-range", "a free moment of -1000 to 1000 N m")
def moments_in_newton_millimetres(case: Case) -> None:
    def change(names: list[str], v: np.ndarray) -> None:
        v[:, [k for k, name in enumerate(names) if "torque" in name and name.endswith("y")]] = 1e3 * np.maximum(
            v[:, [k for k, name in enumerate(names) if "torque" in name and name.endswith("y")]], 5.0
        )

    case.forces(change)


@row(FORCES, "forces 50 ms late", "angles", "told", "force-late", "ms later (median of")
def forces_late(case: Case) -> None:
    case.forces(lambda names, v: None, late_s=0.05)


@row(FORCES, "forces 100 ms early", "markers", "told", "force-late", "ms earlier")
def forces_early(case: Case) -> None:
    case.forces(lambda names, v: None, late_s=-0.1)


@row(FORCES, "a plate that the right foot hits once in the trial, and none for the left", "angles", "right")
def one_plate_in_the_floor(case: Case) -> None:
    def keep(names: list[str], v: np.ndarray) -> None:
        left, right = columns(names, "_l_v"), columns(names, "_r_v")
        up = v[:, right[1]]
        on = np.flatnonzero((up[:-1] <= 20) & (up[1:] > 20))[0]
        off = on + np.flatnonzero(up[on + 1 :] <= 20)[0] + 1
        hit = np.zeros(len(v), dtype=bool)
        hit[on : off + 1] = True
        v[~hit[:, None] & np.isin(np.arange(v.shape[1]), right)] = 0.0
        v[:, left] = 0.0

    case.forces(keep)


@row(FORCES, "pressure 0.3 m away, as with another origin", "angles", "told", "force-far", "one 0.3")
def pressure_beside_the_foot(case: Case) -> None:
    case.forces(
        lambda names, v: v.__setitem__((slice(None), columns(names, "_pz")), v[:, columns(names, "_pz")] + 0.33)
    )


@row(FORCES, "a force of 1e12 N in one cell", "angles", "refused", "force-range", "look at its unit and its digits")
def force_of_a_planet(case: Case) -> None:
    case.forces(lambda names, v: v.__setitem__((100, columns(names, "_vy")[0]), 1e12))


def _scale(case: Case, by: float, *parts: str) -> None:
    case.forces(
        lambda names, v: v.__setitem__((slice(None), columns(names, *parts)), by * v[:, columns(names, *parts)])
    )


def _add(case: Case, more: Any, *parts: str) -> None:
    case.forces(
        lambda names, v: v.__setitem__((slice(None), columns(names, *parts)), v[:, columns(names, *parts)] + more)
    )


@row(FORCES, "a plate that reads 100 N too much along x alone", "angles", "told", "force-zero", "100 N along x; taken")
def plate_not_zeroed_along_x(case: Case) -> None:
    _add(case, 100.0, "_r_", "vx")


@row(FORCES, "plates that drift from 0 to 120 N", "angles", "told", "force-zero", "a baseline that drifts; taken off")
def plates_drift(case: Case) -> None:
    rows = len(read_storage(case.grf).time_s)
    _add(case, np.linspace(0.0, 120.0, rows)[:, None], "vy")


@row(FORCES, "forces in pounds", "angles", "refused", "force-mass", "look like pounds")
def forces_in_pounds(case: Case) -> None:
    _scale(case, 1.0 / 4.448, "_v")


@row(FORCES, "times of the forces in ms", "angles", "refused", "force-time", "look at the unit of its times")
def force_times_in_milliseconds(case: Case) -> None:
    table = read_storage(case.grf)
    write_storage(case.grf, 1e3 * table.time_s, table.names, table.values)


@row(FORCES, "forces 200 ms late", "angles", "refused", "force-foot", "while it is in the air")
def forces_very_late(case: Case) -> None:
    case.forces(lambda names, v: None, late_s=0.2)


@row(
    FORCES,
    "centre of pressure a thousandth, as of N m for N mm",
    "angles",
    "told",
    "force-point",
    "before or behind it",
)
def pressure_a_thousandth(case: Case) -> None:
    case.forces(lambda names, v: v.__setitem__((slice(None), columns(names, "_p")), 1e-3 * v[:, columns(names, "_p")]))


@row(FORCES, "a model of two thirds of the person's mass", "angles", "told", "force-push", "or the model 0.6")
def model_too_light(case: Case) -> None:
    masses = case.model.masses
    light = replace(masses, mass_kg=masses.mass_kg * 2 / 3, inertia_kg_m2=masses.inertia_kg_m2 * 2 / 3)
    case.model = replace(case.model, masses=light)


@row(FORCES, "the left foot's force switched off in the external loads", "angles", "told", "", "are left out: foot_l")
def force_switched_off(case: Case) -> None:
    case.rewrite(case.loads, "<applied_to_body>calcn_l", "<isDisabled>true</isDisabled><applied_to_body>calcn_l")


@row(FORCES, "a plate said to act on the shank", "angles", "refused", "force-foot", "applied_to_body 'tibia_r'")
def force_on_the_shank(case: Case) -> None:
    case.rewrite(case.loads, "calcn_r", "tibia_r")


@row(FORCES, "a plate said to act on the pelvis", "markers", "refused", "force-foot", "name the foot")
def force_on_the_pelvis(case: Case) -> None:
    case.rewrite(case.loads, "calcn_r", "pelvis")


@row(FORCES, "both feet read the same columns", "angles", "refused", "force-columns", "look at force_identifier")
def one_force_twice(case: Case) -> None:
    case.rewrite(case.loads, "ground_force_l_v", "ground_force_r_v")


@row(FORCES, "no points of application", "angles", "told", "force-point", "only tells when a foot stands")
def no_points(case: Case) -> None:
    case.rewrite(case.loads, "ground_force_r_p", "")
    _scale(case, 0.0, "_l_p")


@row(FORCES, "forces forwards with their sign reversed", "angles", "refused", "force-push", "turn the sign")
def shear_reversed(case: Case) -> None:
    _scale(case, -1.0, "_vx")


@row(FORCES, "forces forwards and sideways exchanged", "angles", "refused", "force-push", "exchange the columns")
def shear_exchanged(case: Case) -> None:
    def change(names: list[str], v: np.ndarray) -> None:
        for side in "rl":
            pair = [*columns(names, f"_{side}_vx"), *columns(names, f"_{side}_vz")]
            v[:, pair] = v[:, pair[::-1]]

    case.forces(change)


@row(FORCES, "centre of pressure that stands still", "angles", "told", "force-point", "along x in every row")
def pressure_stands_still(case: Case) -> None:
    _scale(case, 0.0, "_px")


@row(FORCES, "0.27 s of 400 N while the foot is in the air", "angles", "told", "force-step", "under no foot; left out")
def contact_in_the_air(case: Case) -> None:
    def change(names: list[str], v: np.ndarray) -> None:
        up = v[:, columns(names, "_r_vy")[0]]
        off = np.flatnonzero((up[:-1] > 20) & (up[1:] <= 20))[0]
        v[off + 60 : off + 140, columns(names, "_r_vy")] = 400.0

    case.forces(change)


@row(
    FORCES, "zeros in the second half of the rows", "angles", "told", "force-cut", "look for rows that were lost there"
)
def forces_end(case: Case) -> None:
    case.forces(lambda names, v: v.__setitem__(slice(len(v) // 2, None), 0.0))


@row(FORCES, "forces 20 ms late", "angles", "told", "force-late", "by steps and by the body's acceleration")
def forces_somewhat_late(case: Case) -> None:
    case.forces(lambda names, v: None, late_s=0.02)


@row(FORCES, "forces 20 ms early", "markers", "told", "force-late", "ms earlier")
def forces_somewhat_early(case: Case) -> None:
    case.forces(lambda names, v: None, late_s=-0.02)


@row(FORCES, "forces 15 ms late", "angles", "told", "force-late", "by steps and by the body's acceleration")
def forces_a_little_late(case: Case) -> None:
    case.forces(lambda names, v: None, late_s=0.015)


@row(FORCES, "forces 15 ms early", "markers", "told", "force-late", "by steps and by the body's acceleration")
def forces_a_little_early(case: Case) -> None:
    case.forces(lambda names, v: None, late_s=-0.015)


@row(FORCES, "forces of one foot 20 ms late", "angles", "told", "force-late", "later under leg r")
def one_foot_late(case: Case) -> None:
    _delay_foot(case, "_r_", 0.02)


@row(FORCES, "one plate 12 ms late", "angles", "told", "force-late", "ms later under leg l than under leg r")
def one_plate_late(case: Case) -> None:
    _delay_foot(case, "_l_", 0.012)


def _delay_foot(case: Case, foot: str, late_s: float) -> None:
    """Delay the columns of one foot by whole rows."""
    rows = round(late_s / float(np.median(np.diff(read_storage(case.grf).time_s))))

    def later(names: list[str], v: np.ndarray) -> None:
        own = columns(names, foot)
        v[rows:, own] = v[:-rows, own]

    case.forces(later)


@row(FORCES, "a clock of the forces 0.5 % slow", "angles", "told", "force-clock", "fall behind by 4.9 ms in each")
def forces_on_a_slow_clock(case: Case) -> None:
    _run_clock(case, 1.005)


@row(FORCES, "a clock of the forces 0.5 % fast", "angles", "told", "force-clock", "get ahead by 5.0 ms in each")
def forces_on_a_fast_clock(case: Case) -> None:
    _run_clock(case, 0.995)


def _run_clock(case: Case, slow: float) -> None:
    """Write times of the forces that go so many times as fast from the first on."""
    table = read_storage(case.grf)
    time_s = table.time_s[0] + slow * (table.time_s - table.time_s[0])
    write_storage(case.grf, time_s, table.names, table.values, in_degrees=table.in_degrees)


@row(FORCES, "forces smoothed at 4 Hz", "angles", "told", "force-lasting", "ms longer")
def forces_smoothed(case: Case) -> None:
    case.forces(lambda names, v: low_pass(v, 300.0, 4.0))


@row(FORCES, "forces that end after two thirds of the trial", "angles", "told", "force-time", "go by the feet's motion")
def forces_cut_short(case: Case) -> None:
    table = read_storage(case.grf)
    rows = 2 * len(table.time_s) // 3
    write_storage(case.grf, table.time_s[:rows], table.names, table.values[:rows], in_degrees=table.in_degrees)


@row(FORCES, "pressure 0.14 m beside the foot", "angles", "told", "force-far", "one 0.14 m from it")
def pressure_somewhat_beside(case: Case) -> None:
    _add(case, 0.14, "_pz")


@row(FORCES, "pressure 0.14 m ahead", "angles", "told", "force-point", "of the foot from heel to toes")
def pressure_ahead(case: Case) -> None:
    _add(case, 0.14, "_px")


@row(FORCES, "pressure 0.14 m behind", "markers", "told", "force-point", "of the foot from heel to toes")
def pressure_behind(case: Case) -> None:
    _add(case, -0.14, "_px")


# --- Meaning by structure

MEANING = "axes, sides, names"


def _blind_names(case: Case) -> Callable[[str], str]:
    names = sorted(site.name for site in case.model.markers)
    return lambda name: f"p{names.index(name):02d}"


def _rename_markers(case: Case, of: Callable[[str], str]) -> None:
    markers = read_trc(case.trial)
    write_trc(case.trial, replace(markers, names=tuple(of(name) for name in markers.names)))
    case.model = replace(case.model, markers=tuple(replace(s, name=of(s.name)) for s in case.model.markers))
    case.beside.pop("ik_setup", None)


@row(MEANING, "z upwards, markers under names of a laboratory's own", "markers", "refused", "marker-axes", "along +z")
def z_up_blind_names(case: Case) -> None:
    case.markers(lambda names, x: np.stack([x[..., 0], -x[..., 2], x[..., 1]], axis=-1))
    _rename_markers(case, _blind_names(case))
    case.loads = None  # type: ignore[assignment]


@row(MEANING, "the same with --turn-axes", "markers", "told", "marker-axes", "markers turned to x forward, y up")
def z_up_blind_names_turned(case: Case) -> None:
    z_up_blind_names(case)
    case.parameters = replace(case.parameters, turn_axes=True)


@row(MEANING, "a mirror image: one axis reversed", "markers", "refused", "sides-swapped", "its own mirror image")
def mirrored(case: Case) -> None:
    case.markers(lambda names, x: x * np.array([1.0, 1.0, -1.0]))


@row(MEANING, "left and right exchanged, under names that do not tell", "markers", "refused", "sides-swapped")
def sides_exchanged_blind(case: Case) -> None:
    def exchange(names: list[str], x: np.ndarray) -> np.ndarray:
        other = {a: b for r, left in side_pairs(names) for a, b in ((r, left), (left, r))}
        return x[:, [names.index(other.get(name, name)) for name in names]]

    case.markers(exchange)
    _rename_markers(case, _blind_names(case))


@row(
    MEANING,
    "names of thigh and shank markers exchanged",
    "markers",
    "refused",
    "marker-cloud",
    "names that were exchanged",
)
def segments_exchanged(case: Case) -> None:
    def exchange(names: list[str], x: np.ndarray) -> np.ndarray:
        other = {f"RTH{k}": f"RTB{k}" for k in "123"} | {f"RTB{k}": f"RTH{k}" for k in "123"}
        return x[:, [names.index(other.get(name, name)) for name in names]]

    case.markers(exchange)


@row(
    MEANING,
    "a runner towards -x, a model that may turn by 90°",
    "markers",
    "told",
    "heading",
    "turned by 180 deg about the vertical",
)
def heading_beyond_the_range(case: Case) -> None:
    case.markers(lambda names, x: x * np.array([-1.0, 1.0, -1.0]))
    case.loads = None  # type: ignore[assignment]
    _clamp_heading(case)


def _clamp_heading(case: Case) -> None:
    changed = tuple(
        replace(c, minimum=-np.pi / 2, maximum=np.pi / 2, clamped=True) if c.name == "pelvis_rotation" else c
        for c in case.model.coordinates
    )
    case.model = replace(case.model, coordinates=changed)


@row(
    MEANING,
    "a runner who turns right round, a model that may turn by 90°",
    "markers",
    "refused",
    "heading",
    "one that faces",
)
def heading_all_round(case: Case) -> None:
    def turn(names: list[str], x: np.ndarray) -> np.ndarray:
        angle = np.linspace(0.0, 1.5 * np.pi, len(x))
        middle, out = x.mean(axis=1, keepdims=True), x.copy()
        out[..., 0] = np.cos(angle)[:, None] * (x - middle)[..., 0] + np.sin(angle)[:, None] * (x - middle)[..., 2]
        out[..., 2] = np.cos(angle)[:, None] * (x - middle)[..., 2] - np.sin(angle)[:, None] * (x - middle)[..., 0]
        return out

    case.markers(turn)
    case.loads = None  # type: ignore[assignment]
    _clamp_heading(case)


def _tilt(case: Case, axis: int, degrees: float) -> None:
    cos, sin, (a, b) = np.cos(np.radians(degrees)), np.sin(np.radians(degrees)), [k for k in range(3) if k != axis]
    turn = np.eye(3)
    turn[[a, a, b, b], [a, b, a, b]] = [cos, -sin, sin, cos]
    case.markers(lambda names, x: x @ turn.T)


@row(MEANING, "markers tilted forwards by 10°, forces upright", "markers", "told", "force-lever", "behind it")
def markers_tilted_forwards(case: Case) -> None:
    _tilt(case, 2, -10.0)


@row(MEANING, "markers tilted backwards by 5°, no forces", "markers", "told", "slope", "rises by 5 deg")
def markers_tilted_a_little(case: Case) -> None:
    _tilt(case, 2, 5.0)
    case.loads = None  # type: ignore[assignment]


@row(MEANING, "markers tilted backwards by 10°, no forces", "markers", "told", "slope", "rises by")
def markers_tilted_backwards(case: Case) -> None:
    _tilt(case, 2, 10.0)
    case.loads = None  # type: ignore[assignment]


@row(MEANING, "markers tilted forwards by 10°, no forces", "markers", "refused", "unreadable", "complete swing")
def markers_tilted_forwards_alone(case: Case) -> None:
    _tilt(case, 2, -10.0)
    case.loads = None  # type: ignore[assignment]


@row(MEANING, "a model a fifth too large, no forces", "markers", "refused", "unreadable", "complete swing")
def model_too_large(case: Case) -> None:
    case.markers(lambda names, x: x / 1.2)
    case.loads = None  # type: ignore[assignment]


def _resize(case: Case, by: float) -> None:
    """Take the model of somebody so many times as tall: the same as a smaller body on this model."""
    case.markers(lambda names, x: x / by)
    case.forces(lambda names, v: v.__setitem__((slice(None), columns(names, "_p")), v[:, columns(names, "_p")] / by))


@row(MEANING, "a model of somebody 5 % taller", "markers", "told", "model-size", "one 5 % smaller, by its markers")
def model_of_a_taller_person(case: Case) -> None:
    _resize(case, 1.05)


@row(MEANING, "a model of somebody 5 % shorter", "markers", "told", "model-size", "one 5 % larger, by its markers")
def model_of_a_shorter_person(case: Case) -> None:
    _resize(case, 0.95)


@row(MEANING, "a model of somebody 12 % taller", "markers", "told", "model-size", "smaller, by its markers")
def model_of_a_giant(case: Case) -> None:
    _resize(case, 1.12)


@row(MEANING, "markers tilted sideways by 10°, forces upright", "markers", "told", "force-lever", "ones that pass 0.")
def markers_tilted_sideways(case: Case) -> None:
    _tilt(case, 0, 10.0)


@row(MEANING, "markers tilted sideways by 10°, no forces", "markers", "told", "lean", "of them, mean of both feet")
def markers_tilted_sideways_alone(case: Case) -> None:
    _tilt(case, 0, -10.0)
    case.loads = None  # type: ignore[assignment]


@row(MEANING, "bodies of the model in capitals", "markers", "told", "model", "'CALCN_R' for the foot")
def bodies_in_capitals(case: Case) -> None:
    bodies = [(name, name.upper()) for name in case.model.body_names]
    case.osim(*((f"{before}{old}{after}", f"{before}{new}{after}") for old, new in bodies for before, after in _NAMED))
    for old, new in bodies:
        text = case.loads.read_text(encoding="utf-8")
        case.loads.write_text(text.replace(f">{old}<", f">{new}<"), encoding="utf-8")


_NAMED = (('<Body name="', '"'), ("/bodyset/", "<"))
"""What stands around the name of a body in a model."""


@row(
    MEANING, "the trunk locked in its extension beside its markers", "markers", "told", "model-trunk", "pull the pelvis"
)
def trunk_locked(case: Case) -> None:
    text = (ROOT / "models" / "runner.osim").read_text(encoding="utf-8")
    own = re.search(r'<Coordinate name="lumbar_extension">.*?</Coordinate>', text, re.DOTALL)
    assert own is not None
    case.osim((own[0], own[0].replace("<locked>false", "<locked>true")))


@row(MEANING, "a model in which no leg is found", "markers", "refused", "model-legs", "say which is what with --names")
def model_without_legs(case: Case) -> None:
    case.model = replace(case.model, legs={})


@row(MEANING, "markers of the laboratory 6 m away, beside those of the body", "markers", "told", "", "not used: CORNER")
def markers_of_the_laboratory(case: Case) -> None:
    markers = read_trc(case.trial)
    away = np.tile([6.0, 0.01, 0.5], (len(markers.time_s), 1, 1))
    position = np.concatenate([markers.position_m, away], axis=1)
    write_trc(case.trial, replace(markers, names=(*markers.names, "CORNER"), position_m=position))


@row(
    MEANING,
    "an inverse kinematics setup without any weight",
    "markers",
    "refused",
    "marker-names",
    "with a weight above",
)
def setup_without_weights(case: Case) -> None:
    text = Path(case.beside["ik_setup"]).read_text(encoding="utf-8")
    case.beside["ik_setup"] = case.folder / "ik.xml"
    case.beside["ik_setup"].write_text(re.sub(r"<weight>.*?<", "<weight>0<", text), encoding="utf-8")


@row(MEANING, "two persons in one file", "markers", "refused", "marker-persons", "export one person at a time")
def two_persons(case: Case) -> None:
    markers = read_trc(case.trial)
    names = tuple(f"{who}:{name}" for who in ("Ann", "Bob") for name in markers.names)
    both = np.concatenate([markers.position_m, markers.position_m + np.array([0.0, 0.0, 1.0])], axis=1)
    write_trc(case.trial, replace(markers, names=names, position_m=both))


@row(MEANING, "the left knee locked in the model", "angles", "told", "model-knee", "only leg r is analysed")
def one_knee_locked(case: Case) -> None:
    _lock(case, "knee_angle_l")


@row(MEANING, "both knees locked", "angles", "refused", "model-knee", "unlock it in the model")
def both_knees_locked(case: Case) -> None:
    _lock(case, "knee_angle_l", "knee_angle_r")


def _lock(case: Case, *names: str) -> None:
    changed = tuple(replace(c, locked=c.locked or c.name in names) for c in case.model.coordinates)
    case.model = replace(case.model, coordinates=changed)


@row(MEANING, "the right hip locked in the model", "angles", "told", "model-knee", "only leg l is analysed")
def one_hip_locked(case: Case) -> None:
    _lock(case, "hip_flexion_r")


@row(
    MEANING, "a hamstring whose path is in front of the knee", "angles", "told", "muscle-arms", "semimem_r that extends"
)
def hamstring_in_front_of_the_knee(case: Case) -> None:
    """Its point on the thigh and its insertion, of semimembranosus of both legs, are moved forwards."""
    case.osim(
        ("0.0234949454 -0.0292085583 -0.0220919586", "0.0234949454 -0.0292085583 0.0440919586"),
        ("-0.00904824813 -0.0232814474", "0.0404824813 -0.0232814474"),
    )


@row(MEANING, "an iliacus whose path is behind the hip", "angles", "told", "muscle-arms", "iliacus_r that extends the")
def iliacus_behind_the_hip(case: Case) -> None:
    case.osim(("0.0756392878 0.023078116", "-0.0756392878 0.023078116"))


@row(
    MEANING,
    "an iliacus with nearly twice its arm",
    "angles",
    "told",
    "muscle-arms",
    "iliacus_r that flexes the hip with",
)
def iliacus_far_from_the_hip(case: Case) -> None:
    case.osim(("0.0756392878 0.023078116", "0.1356392878 0.023078116"))


@row(
    MEANING,
    "a hamstring of one leg that inserts 30 mm from its place",
    "angles",
    "told",
    "muscle-arms",
    "semiten_r that flexes the knee with a mean arm of 47 mm, 39 mm",
)
def hamstring_inserted_elsewhere(case: Case) -> None:
    text = (ROOT / "models" / "runner.osim").read_text(encoding="utf-8")
    own = text[text.index('name="semiten_l"') :]
    place = re.findall(r"<location>(.*?)</location>", own[: own.index("</PathPointSet>")])[-1]
    x, y, z = map(float, place.split())
    assert text.count(place) == 1
    case.osim((place, f"{x - 0.03} {y} {z}"))


@row(MEANING, "muscles on the right leg alone", "angles", "told", "model-muscles", "none on leg l; only leg r is")
def muscles_of_one_leg(case: Case) -> None:
    own = case.model.require_muscles()
    right = own.select(np.array([k for k, name in enumerate(own.names) if name.endswith("_r")]))
    case.model = replace(case.model, musculature=right)
    case.parameters = replace(case.parameters, muscle_solver="static_optimization")


@row(MEANING, "muscles of the arms alone", "angles", "refused", "model-muscles", "none on leg r, l; add them")
def muscles_of_no_leg(case: Case) -> None:
    own = case.model.require_muscles()
    case.model = replace(case.model, musculature=own.select(np.array([own.names.index("tibant_r")])))
    case.parameters = replace(case.parameters, muscle_solver="static_optimization")


@row(MEANING, "muscles that the model switches off", "angles", "told", "model", "muscles are switched off in the model")
def muscles_switched_off(case: Case) -> None:
    case.osim(('Muscle name="bflh_r">', 'Muscle name="bflh_r"><appliesForce>false</appliesForce>'))


@row(MEANING, "both hips locked", "markers", "refused", "model-knee", "hip_flexion_r, hip_flexion_l locked")
def both_hips_locked(case: Case) -> None:
    _lock(case, "hip_flexion_l", "hip_flexion_r")


@row(MEANING, "the pelvis locked in its tilt", "markers", "told", "model-locked", "pelvis_tilt locked; unlock")
def pelvis_locked(case: Case) -> None:
    _lock(case, "pelvis_tilt")


@row(
    MEANING,
    "joint angles without those of the trunk",
    "angles",
    "told",
    "coordinate-default",
    "no leg's numbers rest on",
)
def no_trunk(case: Case) -> None:
    table = read_storage(case.trial)
    keep = [k for k, name in enumerate(table.names) if "lumbar" not in name]
    assert len(keep) < len(table.names)
    names = [table.names[k] for k in keep]
    write_storage(case.trial, table.time_s, names, table.values[:, keep], in_degrees=table.in_degrees)


# --- Joint angles

ANGLES = "joint angles"


def _column(names: list[str], name: str) -> int:
    return names.index(name)


@row(ANGLES, "one cell of a knee with the point in the wrong place", "angles", "refused", "coordinate-jump")
def knee_cell_mistyped(case: Case) -> None:
    def change(names: list[str], v: np.ndarray) -> None:
        knee = _column(names, "knee_angle_r")
        v[np.abs(v[:, knee]).argmax(), knee] *= 100.0

    case.angles(change)


@row(ANGLES, "half of the rows in radians", "angles", "refused", "coordinate-jump")
def half_in_radians(case: Case) -> None:
    def change(names: list[str], v: np.ndarray) -> None:
        turning = [k for k, name in enumerate(names) if name not in ("pelvis_tx", "pelvis_ty", "pelvis_tz")]
        v[160:, turning] = np.radians(v[160:, turning])

    case.angles(change)


@row(ANGLES, "one knee in radians, the rest in degrees", "angles", "refused", "angle-unit", "never passes 3.5 degrees")
def one_knee_in_radians(case: Case) -> None:
    case.angles(
        lambda names, v: v.__setitem__(
            (slice(None), _column(names, "knee_angle_r")), np.radians(v[:, _column(names, "knee_angle_r")])
        )
    )


@row(ANGLES, "pelvis in mm", "angles", "refused", "coordinate-jump", "another unit: write it in m")
def pelvis_in_millimetres(case: Case) -> None:
    def change(names: list[str], v: np.ndarray) -> None:
        v[:, columns(names, "pelvis_t", "x")] *= 1e3
        v[:, _column(names, "pelvis_ty")] *= 1e3

    case.angles(change)


@row(ANGLES, "a heading that leaps by a whole turn", "angles", "told", "coordinate-turns", "turned back")
def heading_leaps(case: Case) -> None:
    case.angles(
        lambda names, v: v.__setitem__(
            (slice(150, None), _column(names, "pelvis_rotation")), 360.0 + v[150:, _column(names, "pelvis_rotation")]
        )
    )


@row(ANGLES, "one cell of 1e300", "angles", "refused", "angle-range", "got 1e+300 of ankle_angle_r")
def cell_beyond_counting(case: Case) -> None:
    """So far out every number is next to a whole number of turns: it is none of an angle."""
    case.angles(lambda names, v: v.__setitem__((150, _column(names, "ankle_angle_r")), 1e300))


@row(ANGLES, "a knee with its sign reversed", "angles", "refused", "angle-range", "its sign is reversed")
def knee_reversed(case: Case) -> None:
    case.angles(
        lambda names, v: v.__setitem__(
            (slice(None), _column(names, "knee_angle_r")), -v[:, _column(names, "knee_angle_r")]
        )
    )


@row(ANGLES, "a hip with its sign reversed", "angles", "refused", "force-foot", "signs of the joint angles")
def hip_reversed(case: Case) -> None:
    case.angles(
        lambda names, v: v.__setitem__(
            (slice(None), _column(names, "hip_flexion_r")), -v[:, _column(names, "hip_flexion_r")]
        )
    )


@row(ANGLES, "columns of both knees exchanged", "angles", "refused", "force-foot", "while it is in the air")
def knees_exchanged(case: Case) -> None:
    def change(names: list[str], v: np.ndarray) -> None:
        pair = [_column(names, "knee_angle_r"), _column(names, "knee_angle_l")]
        v[:, pair] = v[:, pair[::-1]]

    case.angles(change)


@row(ANGLES, "every column of both legs exchanged", "angles", "refused", "force-foot", "under the foot of leg")
def legs_exchanged(case: Case) -> None:
    def change(names: list[str], v: np.ndarray) -> np.ndarray:
        other = [f"{n[:-2]}{'_l' if n.endswith('_r') else '_r'}" if n.endswith(("_r", "_l")) else n for n in names]
        return v[:, [names.index(name) for name in other]]

    case.angles(change)


def _angle(case: Case, name: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    case.angles(lambda names, v: v.__setitem__((slice(None), _column(names, name)), change(v[:, _column(names, name)])))


@row(ANGLES, "the pelvis's tilt in radians", "angles", "refused", "angle-unit", "'pelvis_tilt' that turns by")
def tilt_in_radians(case: Case) -> None:
    _angle(case, "pelvis_tilt", np.radians)


@row(
    ANGLES,
    "the same beside knees to a tenth of a degree",
    "angles",
    "refused",
    "angle-unit",
    "'pelvis_tilt' that turns by",
)
def tilt_in_radians_beside_coarse_knees(case: Case) -> None:
    tilt_in_radians(case)
    case.angles(
        lambda names, v: v.__setitem__((slice(None), columns(names, "knee")), v[:, columns(names, "knee")].round(1))
    )


@row(ANGLES, "one hip in radians", "angles", "refused", "angle-unit", "'hip_flexion_l' that turns by")
def hip_in_radians(case: Case) -> None:
    _angle(case, "hip_flexion_l", np.radians)


@row(ANGLES, "a pelvis that never moves forward", "angles", "told", "coordinate-still", "0 in every row")
def pelvis_stands(case: Case) -> None:
    _angle(case, "pelvis_tx", np.zeros_like)


@row(ANGLES, "a knee that stands still for 25 rows", "angles", "told", "coordinate-held", "for 25 rows from")
def knee_held(case: Case) -> None:
    _angle(case, "knee_angle_r", lambda q: np.where((np.arange(len(q)) >= 150) & (np.arange(len(q)) < 175), q[150], q))


@row(ANGLES, "3 degrees of noise in a knee", "angles", "told", "coordinate-noise", "degrees of 'knee_angle_r'")
def knee_noisy(case: Case) -> None:
    _angle(case, "knee_angle_r", lambda q: q + np.random.default_rng(0).normal(0.0, 3.0, len(q)))


@row(ANGLES, "a knee that bends a fifth less than the other", "angles", "told", "legs-unlike", "unless the legs are")
def knees_unlike(case: Case) -> None:
    _angle(case, "knee_angle_r", lambda q: 0.8 * q)


@row(ANGLES, "times stretched by two, no forces", "angles", "refused", "fall", "its times look stretched by 2.1")
def times_stretched(case: Case) -> None:
    table = read_storage(case.trial)
    write_storage(case.trial, 2.0 * table.time_s, table.names, table.values, in_degrees=table.in_degrees)
    case.loads = None  # type: ignore[assignment]


@row(ANGLES, "times halved, no forces", "angles", "refused", "fall", "its times look shortened by")
def times_halved(case: Case) -> None:
    table = read_storage(case.trial)
    write_storage(case.trial, 0.5 * table.time_s, table.names, table.values, in_degrees=table.in_degrees)
    case.loads = None  # type: ignore[assignment]


@row(ANGLES, "times of motion and forces stretched by a tenth", "angles", "told", "force-push", "look stretched by 1.1")
def times_a_little_stretched(case: Case) -> None:
    for path in (case.trial, case.grf):
        table = read_storage(path)
        write_storage(path, 1.1 * table.time_s, table.names, table.values, in_degrees=table.in_degrees)


@row(ANGLES, "one stride stretched by a quarter, no forces", "angles", "told", "fall", "in which it falls")
def stride_stretched(case: Case) -> None:
    table = read_storage(case.trial)
    begin, end = 0.4, 0.75
    late_s = np.interp(table.time_s, [begin, end], [0.0, 0.25 * (end - begin)])
    even_s = np.arange(table.time_s[0], table.time_s[-1] + late_s[-1], 1.0 / 150.0)
    values = np.stack([np.interp(even_s, table.time_s + late_s, column) for column in table.values.T], axis=1)
    write_storage(case.trial, even_s, table.names, values, in_degrees=table.in_degrees)
    case.loads = None  # type: ignore[assignment]


@row(ANGLES, "the pelvis's way sideways reversed, no forces", "angles", "told", "footing", "'pelvis_tz' reversed")
def sideways_reversed(case: Case) -> None:
    _reversed_alone(case, "pelvis_tz")


@row(ANGLES, "names of all columns in capitals", "angles", "told", "coordinate-names", "took the model's")
def columns_in_capitals(case: Case) -> None:
    table = read_storage(case.trial)
    names = [name.upper() for name in table.names]
    write_storage(case.trial, table.time_s, names, table.values, in_degrees=table.in_degrees)


@row(
    ANGLES, "every column of both legs exchanged, no forces", "angles", "refused", "footing", "with left and right leg"
)
def legs_exchanged_alone(case: Case) -> None:
    legs_exchanged(case)
    case.loads = None  # type: ignore[assignment]


def _reversed_alone(case: Case, name: str) -> None:
    _angle(case, name, np.negative)
    case.loads = None  # type: ignore[assignment]


@row(
    ANGLES, "the pelvis's way with its sign reversed, no forces", "angles", "refused", "footing", "'pelvis_tx' reversed"
)
def way_reversed(case: Case) -> None:
    _reversed_alone(case, "pelvis_tx")


@row(
    ANGLES, "the pelvis's list with its sign reversed, no forces", "angles", "refused", "footing", "'pelvis_list' rever"
)
def list_reversed(case: Case) -> None:
    _reversed_alone(case, "pelvis_list")


@row(
    ANGLES, "the pelvis's turn with its sign reversed, no forces", "angles", "refused", "footing", "'pelvis_rotation' r"
)
def turn_reversed(case: Case) -> None:
    _reversed_alone(case, "pelvis_rotation")


@row(
    ANGLES, "a hip's adduction with its sign reversed, no forces", "angles", "refused", "footing", "'hip_adduction_r' r"
)
def adduction_reversed(case: Case) -> None:
    _reversed_alone(case, "hip_adduction_r")


@row(
    ANGLES, "an ankle with its sign reversed, no forces", "angles", "told", "footing", "look at signs, units and sides"
)
def ankle_reversed(case: Case) -> None:
    _reversed_alone(case, "ankle_angle_r")


def _late_rows(case: Case, rows: int, *parts: str, forces: bool = False) -> None:
    """Some columns come so many rows late, at 150 Hz; their first values stand still meanwhile, or their last."""

    def later(names: list[str], v: np.ndarray) -> np.ndarray:
        own = [k for k, name in enumerate(names) if any(part in name for part in parts)]
        source = np.clip(np.arange(len(v)) - rows, 0, len(v) - 1)
        v[:, own] = v[np.ix_(source, own)]
        return v

    case.angles(later)
    case.loads = case.loads if forces else None  # type: ignore[assignment]


@row(ANGLES, "a knee 13 ms late", "angles", "told", "footing", "'knee_angle_r' 1")
def knee_late(case: Case) -> None:
    _late_rows(case, 2, "knee_angle_r", forces=True)


@row(ANGLES, "a knee 13 ms early, no forces", "angles", "told", "footing", "'knee_angle_l' 1")
def knee_early(case: Case) -> None:
    _late_rows(case, -2, "knee_angle_l")


@row(ANGLES, "a hip 13 ms late, no forces", "angles", "told", "footing", "'hip_flexion_l' 1")
def hip_late(case: Case) -> None:
    _late_rows(case, 2, "hip_flexion_l")


@row(ANGLES, "an ankle 20 ms early, no forces", "angles", "told", "footing", "'ankle_angle_r' ")
def ankle_early(case: Case) -> None:
    _late_rows(case, -3, "ankle_angle_r")


@row(ANGLES, "every joint of a leg 20 ms late, no forces", "angles", "told", "footing", "the whole leg r")
def leg_late(case: Case) -> None:
    _late_rows(case, 3, "hip_flexion_r", "hip_adduction_r", "hip_rotation_r", "knee_angle_r", "ankle_angle_r", "mtp_a")


def _without_each_tenth(values: np.ndarray) -> np.ndarray:
    return np.delete(values, np.arange(9, len(values), 10), axis=0)


@row(
    ANGLES, "every tenth row lost while the times go on", "angles", "told", "rows-lost", "after which it is further on"
)
def rows_lost_on_the_way(case: Case) -> None:
    table = read_storage(case.trial)
    values = _without_each_tenth(table.values)
    write_storage(case.trial, table.time_s[: len(values)], table.names, values, in_degrees=True)
    case.loads = None  # type: ignore[assignment]


@row(ANGLES, "the same of markers, beside forces", "markers", "told", "rows-lost", "after which it is further on")
def frames_lost_on_the_way(case: Case) -> None:
    markers = read_trc(case.trial)
    position_m = _without_each_tenth(markers.position_m)
    write_trc(case.trial, replace(markers, time_s=markers.time_s[: len(position_m)], position_m=position_m))


def _bridge(case: Case, curve: Curve) -> None:
    """Lose sixteen rows of a knee that bends, and draw it through them from four rows on either side."""

    def bridge(knee: np.ndarray) -> np.ndarray:
        first = int(np.argmax(np.abs(knee[40:-40]))) + 32
        knee[first : first + 16] = _drawn(knee, first, first + 16, curve)
        return knee

    _angle(case, "knee_angle_r", bridge)


def _drawn(values: np.ndarray, first: int, after: int, curve: Curve) -> np.ndarray:
    rows = np.r_[first - 4 : first, after : after + 4]
    return np.asarray(curve(rows, values[rows])(np.arange(first, after)))


@row(
    ANGLES, "a gap of 0.1 s in a knee bridged by a straight line", "angles", "told", "coordinate-held", "straight line"
)
def knee_bridged(case: Case) -> None:
    _bridge(case, lambda rows, v: make_interp_spline(rows[3:5], v[3:5], 1))


@row(ANGLES, "a gap of 0.1 s in a knee filled by a cubic spline", "angles", "told", "coordinate-held", "one cubic")
def knee_splined(case: Case) -> None:
    _bridge(case, CubicSpline)


@row(
    ANGLES,
    "a gap of 0.1 s in a knee filled by a spline that keeps the shape",
    "angles",
    "told",
    "coordinate-held",
    "one cubic",
)
def knee_splined_in_shape(case: Case) -> None:
    _bridge(case, PchipInterpolator)


@row(ANGLES, "a gap of 0.1 s in a knee filled by a quintic spline", "angles", "told", "coordinate-held", "along one")
def knee_splined_smoothly(case: Case) -> None:
    _bridge(case, lambda rows, v: make_interp_spline(rows, v, 5))


@row(
    ANGLES, "a gap of 0.13 s in two shank markers filled by a spline", "markers", "told", "marker-filled", "one cubic f"
)
def markers_splined(case: Case) -> None:
    def fill(names: list[str], x: np.ndarray) -> None:
        shank = [names.index(name) for name in ("RTB1", "RTB2")]
        x[60:80, shank] = _drawn(x[:, shank], 60, 80, CubicSpline)

    case.markers(fill)


@row(ANGLES, "markers of both thighs 33 ms late", "markers", "told", "marker-late", "those of both thighs 29 ms later")
def thigh_markers_late(case: Case) -> None:
    _delay_markers(case, "RTH", "LTH", "RLFC", "LLFC", "RMFC", "LMFC")


@row(
    ANGLES,
    "markers of one shank 33 ms late",
    "markers",
    "told",
    "marker-late",
    "those of the shank of leg r",
)
def shank_markers_late(case: Case) -> None:
    _delay_markers(case, "RTB", "RLMAL", "RMMAL")


def _delay_markers(case: Case, *begins: str) -> None:
    """Delay markers whose names begin so by 5 frames of 150 in a second."""
    markers = read_trc(case.trial)
    late = np.array([name.startswith(begins) for name in markers.names])
    position_m = np.where(late[:, None], markers.position_m[:-5], markers.position_m[5:])
    write_trc(case.trial, replace(markers, time_s=markers.time_s[5:], position_m=position_m))


# --- Numbers that cannot be

NUMBERS = "numbers that cannot be"


@row(NUMBERS, "a marker cell of 1e300", "markers", "refused", "marker-place", "look at these cells")
def marker_beyond_the_world(case: Case) -> None:
    case.markers(lambda names, x: x.__setitem__((60, names.index("RTB1"), 0), 1e300))


@row(NUMBERS, "markers smoothed at 5 Hz", "markers", "told", "marker-smoothed", "low-passed at 6 Hz or so")
def markers_smoothed(case: Case) -> None:
    rate_hz = read_trc(case.trial).rate_hz
    case.markers(lambda names, p: low_pass(p, rate_hz, 5.0))


@row(NUMBERS, "a third of a shank's cells noise", "markers", "refused", "marker-jump", "exchanged or ghost markers")
def shank_of_noise(case: Case) -> None:
    def change(names: list[str], x: np.ndarray) -> None:
        random, shank = np.random.default_rng(1), [names.index(f"RTB{k}") for k in (1, 2, 3)]
        noisy = random.random((len(x), 3)) < 0.3
        x[:, shank] = np.where(noisy[..., None], random.random((len(x), 3, 3)), x[:, shank])

    case.markers(change)


def _heavier(case: Case, body: str, times: float) -> None:
    scale = np.where(np.array(case.model.body_names) == body, times, 1.0)
    masses = replace(case.model.masses, mass_kg=case.model.masses.mass_kg * scale)
    case.model = replace(case.model, masses=masses)


@row(
    NUMBERS, "a shank a thousand times too heavy", "angles", "refused", "model-mass", "look at its unit and its digits"
)
def shank_of_lead(case: Case) -> None:
    _heavier(case, "tibia_r", 1000.0)


@row(NUMBERS, "a shank ten times too heavy", "angles", "refused", "model-mass", "a shank has 0.05")
def shank_of_stone(case: Case) -> None:
    _heavier(case, "tibia_r", 10.0)


def _inertia(case: Case, body: str, times: float) -> None:
    scale = np.where(np.array(case.model.body_names) == body, times, 1.0)
    masses = replace(case.model.masses, inertia_kg_m2=scale[:, None, None] * case.model.masses.inertia_kg_m2)
    case.model = replace(case.model, masses=masses)


@row(NUMBERS, "a shank without mass", "angles", "refused", "model-mass", "a shank of 0.015 to 0.09")
def shank_of_air(case: Case) -> None:
    _heavier(case, "tibia_r", 0.0)


@row(NUMBERS, "a thigh three times too heavy", "markers", "refused", "model-mass", "a thigh of 0.05 to 0.25")
def thigh_of_stone(case: Case) -> None:
    _heavier(case, "femur_l", 3.0)


@row(NUMBERS, "a foot ten times too heavy", "angles", "refused", "model-mass", "a foot of 0.002 to 0.05")
def foot_of_stone(case: Case) -> None:
    _heavier(case, "calcn_r", 10.0)


@row(NUMBERS, "a shank twice as heavy as the other", "angles", "told", "model-sides", "mass of the shank")
def shanks_unlike(case: Case) -> None:
    _heavier(case, "tibia_r", 2.0)


@row(NUMBERS, "a shank with ten times its inertia", "angles", "refused", "model-mass", "radius of gyration of a thigh")
def shank_like_a_wheel(case: Case) -> None:
    _inertia(case, "tibia_r", 10.0)


@row(
    NUMBERS,
    "both shanks with twice their inertia",
    "angles",
    "told",
    "model-gyration",
    "of tibia_r (a shank has 0.21 to",
)
def shanks_like_wheels(case: Case) -> None:
    for side in "rl":
        _inertia(case, f"tibia_{side}", 2.0)


@row(
    NUMBERS,
    "both thighs with half of their inertia",
    "angles",
    "told",
    "model-gyration",
    "of femur_r (a thigh has 0.24",
)
def thighs_like_rods(case: Case) -> None:
    for side in "rl":
        _inertia(case, f"femur_{side}", 0.5)


@row(NUMBERS, "a shank with a negative inertia", "angles", "refused", "model-mass", "inertia of -1e-06 to 50 kg m2")
def shank_inside_out(case: Case) -> None:
    _inertia(case, "tibia_r", -1.0)


@row(NUMBERS, "gravity along x", "angles", "refused", "model-gravity", "gravity along -y, as in OpenSim")
def gravity_along_x(case: Case) -> None:
    case.model = replace(case.model, gravity=np.array([-9.81, 0.0, 0.0]))


def _hamstrings(case: Case, **times: float) -> None:
    own = case.model.require_muscles()
    mine, constants = np.array(own.groups) == "hamstrings", own.muscles.parameters
    changed = {name: getattr(constants, name) * np.where(mine, by, 1.0) for name, by in times.items()}
    muscles = replace(own.muscles, parameters=replace(constants, **changed))
    case.model = replace(case.model, musculature=replace(own, muscles=muscles))


@row(NUMBERS, "hamstrings ten times too strong", "markers", "refused", "model-muscle", "strength of a leg's hamstrings")
def hamstrings_of_a_giant(case: Case) -> None:
    _hamstrings(case, max_isometric_force_n=10.0)


@row(NUMBERS, "tendons of the hamstrings a third too long", "angles", "refused", "model-muscle", "early swing of 0.1")
def tendons_too_long(case: Case) -> None:
    _hamstrings(case, tendon_slack_length_m=1.3)


@row(
    NUMBERS, "hamstrings at 75 degrees to their tendons", "angles", "refused", "model-muscle", "a pennation of 0 to 0.9"
)
def hamstrings_askew(case: Case) -> None:
    own = case.model.require_muscles()
    constants = own.muscles.parameters
    askew = np.where(np.array(own.groups) == "hamstrings", 1.3, constants.pennation_rad)
    muscles = replace(own.muscles, parameters=replace(constants, pennation_rad=askew))
    case.model = replace(case.model, musculature=replace(own, muscles=muscles))


@row(NUMBERS, "no gravity", "angles", "refused", "model-gravity", "the Moon 1.6")
def no_gravity(case: Case) -> None:
    case.model = replace(case.model, gravity=np.zeros(3))


@row(NUMBERS, "a marker of the model at nan", "markers", "refused", "model-marker", "a marker location")
def model_marker_nowhere(case: Case) -> None:
    sites = tuple(replace(s, location_m=np.full(3, np.nan)) if s.name == "RTB1" else s for s in case.model.markers)
    case.model = replace(case.model, markers=sites)


@row(
    NUMBERS, "a knee that lies 400 m from the hip", "angles", "refused", "model-place", "a place of a body of -5 to 5 m"
)
def knee_in_millimetres(case: Case) -> None:
    tree = case.model.tree
    offset_m = tree.fixed_position.copy()
    offset_m[tree.body_joint[case.model.legs["r"].shank], 1] -= 400.0
    case.model = replace(case.model, tree=replace(tree, fixed_position=offset_m))


@row(NUMBERS, "a muscle of 1e12 N", "angles", "refused", "model-muscle", "a maximum isometric force of 0 to 30000 N")
def muscle_of_a_giant(case: Case) -> None:
    own = case.model.require_muscles()
    strength = own.muscles.parameters.max_isometric_force_n.copy()
    strength[0] = 1e12
    parameters = replace(own.muscles.parameters, max_isometric_force_n=strength)
    case.model = replace(case.model, musculature=replace(own, muscles=replace(own.muscles, parameters=parameters)))


@row(NUMBERS, "a row of markers cut in the middle of the file", "markers", "told", "gaps", "cut")
def row_cut_short(case: Case) -> None:
    lines = case.trial.read_text(encoding="utf-8").split("\n")
    lines[70] = "\t".join(lines[70].split("\t")[:5])[:-3]
    case.trial.write_text("\n".join(lines), encoding="utf-8")


@row(
    NUMBERS,
    "weights of one shank times 100",
    "markers",
    "told",
    "marker-weights",
    "100 times: 1000 on the shank of leg r",
)
def shank_weights_too_large(case: Case) -> None:
    setup = case.folder / "ik.xml"
    text = case.beside["ik_setup"].read_text(encoding="utf-8")
    heavy = r'(name="(?:RTB\d|RLMAL|RMMAL)">\s*<apply>true</apply>\s*<weight>)(\d+)'
    setup.write_text(re.sub(heavy, r"\g<1>\g<2>00", text), encoding="utf-8")
    case.beside["ik_setup"] = setup


@row(NUMBERS, "8 mm of noise in every marker", "markers", "told", "marker-noise", " and 34 more")
def markers_noisy(case: Case) -> None:
    case.markers(lambda names, x: x.__iadd__(np.random.default_rng(1).normal(0.0, 0.008, x.shape)))


# --- Movements that are no running forwards

MOVES = "other movements"


@row(MOVES, "running backwards: time turned round, with forces", "angles", "told", "way", "goes backwards at 3.5 m/s")
def running_backwards(case: Case) -> None:
    for path in (case.trial, case.grf):
        table = read_storage(path)
        turned = table.time_s[-1] - table.time_s[::-1]
        write_storage(path, turned, table.names, table.values[::-1], in_degrees=table.in_degrees)


@row(
    MOVES,
    "standing, with some sway",
    "angles",
    "refused",
    "no-steps",
    "hips that turn by 3 degrees at most; take a trial",
)
def standing(case: Case) -> None:
    def sway(names: list[str], v: np.ndarray) -> None:
        places = columns(names, "pelvis_t")[1:]
        v[:] = 1.5 * np.sin(np.arange(len(v)) / 40.0 + np.arange(v.shape[1])[:, None]).T
        v[:, places] *= 2e-3
        v[:, names.index("pelvis_ty")] += 0.93
        v[:, columns(names, "knee")] *= 3.0

    case.angles(sway)


@row(MOVES, "a stance without the swing after it", "angles", "refused", "unreadable", "1 toe-offs and 1 foot strikes;")
def a_stance_alone(case: Case) -> None:
    table = read_storage(case.trial)
    kept = (table.time_s > 0.1) & (table.time_s < 0.4)
    write_storage(case.trial, table.time_s[kept], table.names, table.values[kept], in_degrees=True)


@row(MOVES, "five times slower", "angles", "refused", "unreadable", "3 foot strikes, 2.4 s apart; leg l")
def five_times_slower(case: Case) -> None:
    for path in (case.trial, case.grf):
        table = read_storage(path)
        write_storage(path, 5.0 * table.time_s, table.names, table.values, in_degrees=table.in_degrees)


# --- How vendors write

VENDORS = "vendors' habits"


def _rewritten(case: Case, change: Callable[[str], str | bytes]) -> None:
    text = change(case.trial.read_text(encoding="utf-8"))
    case.trial.write_bytes(text if isinstance(text, bytes) else text.encode())


def _labels(case: Case, change: Callable[[str], str]) -> None:
    """Write the line of marker names again, after changing each name."""
    lines = case.trial.read_text(encoding="utf-8").split("\n")
    frame, time, *names = lines[3].split("\t")
    lines[3] = "\t".join([frame, time, *(change(name) if name else name for name in names)])
    case.trial.write_text("\n".join(lines), encoding="utf-8")


@row(VENDORS, "semicolons for tabs", "markers", "told", "", "separated by semicolons; read as such")
def separated_by_semicolons(case: Case) -> None:
    _rewritten(case, lambda text: text.replace("\t", ";"))


@row(VENDORS, "semicolons for tabs, and decimal commas", "markers", "told", "", "semicolons, with decimal commas; read")
def semicolons_and_commas(case: Case) -> None:
    _rewritten(case, lambda text: text.replace(".", ",").replace("\t", ";"))


@row(VENDORS, "joint angles separated by commas", "angles", "told", "", "separated by commas; read as such")
def separated_by_commas(case: Case) -> None:
    _rewritten(case, lambda text: text.replace("\t", ","))


@row(VENDORS, "a time column called 'time (s)'", "angles", "right")
def time_with_its_unit(case: Case) -> None:
    _rewritten(case, lambda text: text.replace("\ntime\t", "\ntime (s)\t"))


@row(VENDORS, "times in ms", "angles", "refused", "time-unit", "these may be ms")
def times_in_milliseconds(case: Case) -> None:
    table = read_storage(case.trial)
    write_storage(case.trial, 1e3 * table.time_s, table.names, table.values, in_degrees=True)


@row(VENDORS, "numbers of frames for times", "markers", "refused", "time-unit", "these may be the numbers of frames")
def frames_for_times(case: Case) -> None:
    markers = read_trc(case.trial)
    count = np.arange(1.0, len(markers.time_s) + 1.0)
    write_trc(case.trial, replace(markers, time_s=count))


@row(VENDORS, "centres of pressure in the air written #N/A", "angles", "right")
def pressure_not_available(case: Case) -> None:
    def in_the_air(names: list[str], v: np.ndarray) -> None:
        for up in columns(names, "_vy"):
            v[v[:, up] == 0.0, up + 2 : up + 5] = np.nan

    case.forces(in_the_air)
    case.rewrite(case.grf, "\tnan", "\t#N/A")


@row(VENDORS, "knees to whole degrees", "angles", "told", "coordinate-rounded", "in steps of 1 degrees")
def whole_degrees(case: Case) -> None:
    case.angles(
        lambda names, v: v.__setitem__((slice(None), columns(names, "knee")), v[:, columns(names, "knee")].round())
    )


@row(VENDORS, "markers to whole centimetres", "markers", "told", "marker-rounded", "steps of 10 mm")
def whole_centimetres(case: Case) -> None:
    case.markers(lambda names, x: x.round(2))


@row(VENDORS, "times of joint angles to a hundredth", "angles", "refused", "unreadable", "if times were rounded")
def times_to_a_hundredth(case: Case) -> None:
    table = read_storage(case.trial)
    text = case.trial.read_text(encoding="utf-8")
    for time in table.time_s.tolist():
        text = text.replace(f"\n{time!r}\t", f"\n{time:.2f}\t")
    case.trial.write_text(text, encoding="utf-8")


@row(VENDORS, "one plate under names of its own, without external loads", "angles", "told", "", "left out: FP1.Fx")
def plate_under_other_names(case: Case) -> None:
    case.rewrite(case.grf, "ground_force_r_v", "FP1.F")
    case.beside["grf"], case.loads = case.grf, None  # type: ignore[assignment]


@row(VENDORS, "UTF-16 without a byte order mark", "markers", "told", "", "without a byte order mark; read as such")
def wide_letters(case: Case) -> None:
    _rewritten(case, lambda text: text.encode("utf-16-le"))


@row(VENDORS, "columns that blanks align", "markers", "right")
def aligned_by_blanks(case: Case) -> None:
    lines = case.trial.read_text(encoding="utf-8").split("\n")
    case.trial.write_text("\n".join([*lines[:6], *(line.replace("\t", "   ") for line in lines[6:])]))


@row(VENDORS, "marker names in small letters", "markers", "told", "marker-prefix", "took the model's; 37 of 37")
def small_letters(case: Case) -> None:
    _labels(case, str.lower)


@row(VENDORS, "marker names that end with _filt", "markers", "told", "marker-prefix", "end with '_filt'; dropped it")
def names_with_an_end(case: Case) -> None:
    _labels(case, lambda name: f"{name}_filt")


@row(VENDORS, "marker names in quotes", "markers", "right")
def names_in_quotes(case: Case) -> None:
    _labels(case, lambda name: f'"{name}"')


@row(VENDORS, "lengths in 'Millimeter' that are metres", "markers", "refused", "marker-units", "give --units m")
def unit_in_full(case: Case) -> None:
    case.rewrite(case.trial, "\tm\t", "\tMillimeter\t", 1)


@row(
    VENDORS, "an unseen marker written -9999", "markers", "told", "", "is exactly -9999, -9999, -9999 in rows 21-40; tr"
)
def unseen_in_nines(case: Case) -> None:
    case.markers(lambda names, x: x.__setitem__((slice(20, 40), names.index("RTB1")), -9999.0))


@row(VENDORS, "an unseen marker that keeps its last place", "markers", "told", "marker-held", "keeps one place in 0.13")
def unseen_in_place(case: Case) -> None:
    case.markers(lambda names, x: x.__setitem__((slice(20, 40), names.index("RTB1")), x[20, names.index("RTB1")]))


@row(
    VENDORS, "every marker keeps its place for 8 frames", "markers", "told", "marker-held", "every marker keeps one pl"
)
def body_in_place(case: Case) -> None:
    case.markers(lambda names, x: x.__setitem__(slice(20, 28), x[20]))


@row(VENDORS, "a marker exported twice", "markers", "told", "", "came 2 times with the same places; one is kept")
def marker_twice(case: Case) -> None:
    lines = case.trial.read_text(encoding="utf-8").split("\n")
    last = lines[3].split("\t")[-1]
    lines[3] += f"\t\t\t{last}"
    lines[6:] = ["\t".join([line, *line.split("\t")[-3:]]) if line else line for line in lines[6:]]
    case.trial.write_text("\n".join(lines), encoding="utf-8")


# --- Poses of segments

POSES = "segment poses"


def _as_poses(case: Case, change: Callable[[np.ndarray], np.ndarray | None] = lambda poses: None, **how: Any) -> None:
    """Give the motion as a C3D file of segment poses alone, after changing a copy of them."""
    table = read_storage(case.trial)
    q = np.stack([table.column(c.name) * (np.pi / 180.0 if c.turns else 1.0) for c in case.model.coordinates], axis=1)
    poses = poses_of(case.model, q)
    changed = change(poses)
    rate_hz = (len(table.time_s) - 1) / (table.time_s[-1] - table.time_s[0])
    case.trial = case.folder / "poses.c3d"
    write_markerless(case.trial, poses if changed is None else changed, rate_hz, **how)


@row(POSES, "Theia's C3D: the ROTATION group alone, in mm, z up", "angles", "right")
def poses_of_theia(case: Case) -> None:
    _as_poses(case)


@row(POSES, "two poses to each frame of points", "angles", "right")
def poses_twice_as_often(case: Case) -> None:
    _as_poses(case, per_point=2)


@row(POSES, "labels as Visual3D writes them", "angles", "right")
def poses_of_visual3d(case: Case) -> None:
    sides = {"r_": "Right ", "l_": "Left "}
    _as_poses(case, label=lambda name: sides.get(name[:2], name[:2]) + name[2:].removesuffix("_4X4"))


@row(POSES, "stored row by row", "angles", "told", "", "stored row by row, not column by column; turned over")
def poses_by_rows(case: Case) -> None:
    _as_poses(case, lambda poses: np.swapaxes(poses, -1, -2))


@row(
    POSES, "a shank lost for a third of a second", "angles", "told", "gaps", "segment r_shank: missing in 0.400-0.733 s"
)
def poses_lost(case: Case) -> None:
    _as_poses(case, lambda poses: poses.__setitem__((slice(60, 111), list(BODIES).index("r_shank_4X4")), np.nan))


@row(
    POSES,
    "a shank that keeps its last pose",
    "angles",
    "told",
    "poses-odd",
    "segment r_shank keeps one pose in 40 frames",
)
def pose_held(case: Case) -> None:
    shank = list(BODIES).index("r_shank_4X4")
    _as_poses(case, lambda poses: poses.__setitem__((slice(60, 101), shank), poses[60, shank]))


@row(
    POSES,
    "both shanks exchanged in some frames",
    "angles",
    "told",
    "poses-odd",
    "has the next joint elsewhere in its ax",
)
def poses_exchanged_for_a_while(case: Case) -> None:
    shanks = [list(BODIES).index(f"{side}_shank_4X4") for side in "rl"]
    _as_poses(case, lambda poses: poses.__setitem__((slice(60, 80), shanks), poses[60:80, shanks[::-1]]))


@row(POSES, "nobody in view at first", "angles", "told", "poses-unseen", "nobody is seen before 0.200 s and after 2.11")
def poses_begin_late(case: Case) -> None:
    _as_poses(case, lambda poses: poses.__setitem__(slice(30), 0.0))


@row(
    POSES, "a thigh and shank turned by 15° about their length", "angles", "told", "poses-axes", "15 deg off; the thigh"
)
def poses_turned_about_their_length(case: Case) -> None:
    def turn(poses: np.ndarray) -> None:
        cos, sin = np.cos(np.radians(15.0)), np.sin(np.radians(15.0))
        some = [list(BODIES).index(label) for label in ("r_thigh_4X4", "r_shank_4X4")]
        poses[:, some, :3, :3] = poses[:, some, :3, :3] @ np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])

    _as_poses(case, turn)


@row(
    POSES, "a person 5 % larger than the model", "angles", "told", "poses-length", "got r_thigh +5 %, r_shank +5 %, l_"
)
def poses_of_a_larger_person(case: Case) -> None:
    def enlarge(poses: np.ndarray) -> None:
        poses[..., :2, 3] *= 1.05  # the lengths above the ground, and so the forces, as they are
        poses[..., 2, 3] += 0.05 * (poses[..., 2, 3] - poses[:, :1, 2, 3])

    _as_poses(case, enlarge)


@row(POSES, "no toes", "angles", "told", "poses", "a foot without toes lies flat where its y axis does")
def poses_without_toes(case: Case) -> None:
    _as_poses(case, label=lambda name: name.replace("toes", "other"))


@row(POSES, "mm labelled m", "angles", "refused", "poses-units", "1e+03 times as long with units 'm'; give the unit")
def poses_in_another_unit(case: Case) -> None:
    _as_poses(case, units="m")


@row(
    POSES, "turns from the laboratory to the segment", "angles", "refused", "poses-axes", "a far end that rests in the"
)
def poses_inverted(case: Case) -> None:
    def invert(poses: np.ndarray) -> None:
        poses[..., :3, :3] = np.swapaxes(poses[..., :3, :3], -1, -2).copy()

    _as_poses(case, invert)


@row(POSES, "x to the left on the left leg", "angles", "refused", "poses-axes", "expected a knee that bends about x")
def poses_of_the_left_mirrored(case: Case) -> None:
    def turn(poses: np.ndarray) -> None:
        left = [k for k, label in enumerate(BODIES) if label.startswith("l_")]
        poses[:, left, :3, :3] = poses[:, left, :3, :3] @ np.diag([-1.0, -1.0, 1.0])

    _as_poses(case, turn)


@row(
    POSES, "left and right exchanged", "angles", "refused", "poses-sides", "left and right are exchanged, or these are"
)
def poses_of_exchanged_sides(case: Case) -> None:
    other = {"r_": "l_", "l_": "r_"}
    _as_poses(case, label=lambda name: other.get(name[:2], name[:2]) + name[2:])


@row(POSES, "no pose of one shank", "angles", "refused", "poses-absent", "got none of r_shank; export the poses of the")
def poses_without_a_shank(case: Case) -> None:
    _as_poses(case, label=lambda name: name.replace("r_shank", "r_other"))


@row(POSES, "two persons in one file", "angles", "refused", "unreadable", "export one person at a time")
def poses_of_two_persons(case: Case) -> None:
    _as_poses(case, label=lambda name: f"{'Ann' if name.startswith('l_') else 'Bob'}:{name}")


# --- EMG

EMG = "EMG"


def _emg(case: Case, change: Callable[[list[str], np.ndarray], Any]) -> None:
    """Give the bundled recording of surface EMG, spoilt."""
    case.beside["emg"] = case.folder / "emg.sto"
    case.beside["emg"].write_bytes((ROOT / "models" / "runners" / "synthetic_pulled_emg.sto").read_bytes())
    case.table(case.beside["emg"], change)


@row(
    EMG,
    "the channel of one muscle written for another",
    "markers",
    "told",
    "emg-copy",
    "one in 'R_Biceps_Femoris' and '",
)
def emg_copied(case: Case) -> None:
    _emg(case, lambda names, v: v.__setitem__((slice(None), 3), v[:, 0]))


@row(
    EMG, "the same in another size and with its sign reversed", "markers", "told", "emg-copy", "a signal of its own in"
)
def emg_copied_in_another_size(case: Case) -> None:
    _emg(case, lambda names, v: v.__setitem__((slice(None), 0), -0.3 * v[:, 3]))


@row(
    EMG, "an envelope written for another muscle too", "markers", "told", "emg-copy", "one in 'R_Biceps_Femoris' and '"
)
def envelope_copied(case: Case) -> None:
    def change(names: list[str], v: np.ndarray) -> None:
        v[:] = np.maximum(low_pass(np.abs(v), 1000.0, 10.0), 0.0)
        v[:, 3] = v[:, 0]

    _emg(case, change)
