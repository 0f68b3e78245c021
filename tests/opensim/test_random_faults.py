"""Three hundred single random faults of a bundled runner's files: no verdict changes in silence.

Each fault is told by the examination, or is harmless, or else the whole analysis is made: its verdict must be that of
the good files, or be told of, or be undecided. The rates are printed (pytest -s).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import swinglever as sl
from swinglever.anatomy.limb import take_limb
from swinglever.anatomy.model import Model
from swinglever.checks.event_times import check_event_times, compare_event_times
from swinglever.checks.examination import Examined, examine, require
from swinglever.checks.feet import settle_plates
from swinglever.checks.request import Request
from swinglever.dynamics.limb import compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.errors import InputError, SwingleverError
from swinglever.motion.inputs import Inputs
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import line_up_leg
from swinglever.motion.swings import find_swings
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.readers.storage import read_storage, write_storage
from swinglever.readers.trial import read_trial
from swinglever.records.folding import half_fold

ROOT = Path(__file__).resolve().parents[2]
STEM = ROOT / "models" / "runners" / "synthetic_pulled"
FAULTS, SEED = 300, 20
QUICK = sl.Parameters(muscle_solver="none", grid_points=21, side="r")
BAND = {"toe_off_s": 0.018, "peak_flexion_deg": 5.0, "early_knee_moment": 0.12}
"""What the Monte Carlo of the inputs moves these by, 95 of 100 times: three standard deviations of a toe-off by motion,
a soft tissue artefact at the knee, and what both make of the net knee moment, N m/kg."""

Table = tuple[list[str], np.ndarray, np.ndarray]
"""Labels (n), times (T), values (T,n)."""
Fault = Callable[[Table, np.random.Generator], Table]


def cell(table: Table, random: np.random.Generator) -> Table:
    names, time_s, v = table
    row, column = random.integers(len(v)), random.integers(len(names))
    v[row, column] = random.choice([-1.0, 10.0, 100.0, np.nan, 0.0]) * v[row, column]
    return names, time_s, v


def column_scaled(table: Table, random: np.random.Generator) -> Table:
    names, time_s, v = table
    v[:, random.integers(len(names))] *= random.choice([-1.0, 0.0, 1e-3, 1e3, np.pi / 180, 180 / np.pi])
    return names, time_s, v


def columns_exchanged(table: Table, random: np.random.Generator) -> Table:
    names, time_s, v = table
    a, b = random.choice(len(names), 2, replace=False)
    v[:, [a, b]] = v[:, [b, a]]
    return names, time_s, v


def sides_exchanged(table: Table, random: np.random.Generator) -> Table:
    names, time_s, v = table
    pairs = [(k, names.index(other)) for k, n in enumerate(names) if (other := _other_side(n)) != n and other in names]
    a, b = pairs[random.integers(len(pairs))]
    v[:, [a, b]] = v[:, [b, a]]
    return names, time_s, v


def _other_side(name: str) -> str:
    if name.endswith("_r"):
        return f"{name[:-2]}_l"
    return name.replace("_r_", "_l_")


def column_late(table: Table, random: np.random.Generator) -> Table:
    names, time_s, v = table
    column, rows = random.integers(len(names)), random.integers(2, max(3, len(v) // 8))
    v[:, column] = np.roll(v[:, column], rows)
    return names, time_s, v


def all_late(table: Table, random: np.random.Generator) -> Table:
    return table[0], table[1] + random.choice([-0.2, -0.05, 0.05, 0.2, 1.0]), table[2]


def half_in_another_unit(table: Table, random: np.random.Generator) -> Table:
    names, time_s, v = table
    v[len(v) // 2 :] *= random.choice([np.pi / 180, 1e-3, 1e3])
    return names, time_s, v


def rows_lost(table: Table, random: np.random.Generator) -> Table:
    names, time_s, v = table
    first = random.integers(len(v) - 20)
    keep = np.r_[0:first, first + random.integers(1, 15) : len(v)]
    return names, time_s[keep], v[keep]


def name_changed(table: Table, random: np.random.Generator) -> Table:
    names, time_s, v = table
    column = random.integers(len(names))
    names[column] = random.choice([names[column].upper(), f"x_{names[column]}", names[column][:-1]])
    return names, time_s, v


KINDS = (
    cell,
    column_scaled,
    columns_exchanged,
    sides_exchanged,
    column_late,
    all_late,
    half_in_another_unit,
    rows_lost,
    name_changed,
)


@dataclass(frozen=True)
class Good:
    """The good files, and what comes of them."""

    model: Model
    angles: Path
    numbers: dict[str, float]
    verdict: str


def numbers_of(inputs: Inputs) -> tuple[dict[str, float], tuple[str, ...]]:
    """Toe-off, peak flexion and early net knee moment of the first swing, and what the way there warned of."""
    kinematics = solve_kinematics(inputs)
    inputs, told = settle_plates(inputs, kinematics)
    told += check_event_times(compare_event_times(inputs, kinematics))
    swing = find_swings(inputs.trial, inputs.model, kinematics, inputs.parameters)[0]
    batch = line_up_leg(inputs, kinematics, take_limb(inputs.model, swing.side), [swing])
    dynamics = compute_dynamics(batch)
    flexion = dynamics.knee_flexion_rad[0]
    moment = (
        dynamics.limb.leg.knee_sign
        * dynamics.released_moment[0, :, dynamics.limb.released.index(dynamics.limb.leg.knee)]
    )
    numbers = {
        "toe_off_s": swing.toe_off_s,
        "peak_flexion_deg": float(np.degrees(flexion.max())),
        "early_knee_moment": float(moment[: half_fold(flexion) + 1].mean() / inputs.model.mass_kg),
    }
    return numbers, (*kinematics.warnings, *map(str, told))


def asked(angles: Path, grf: Path) -> dict[str, Path]:
    return {"trial": angles, "grf": grf, "external_loads": Path(f"{STEM}_grf.xml")}


def verdict_of(good_model: Model, files: dict[str, Path]) -> sl.SwingReport:
    parameters = sl.Parameters(side="r")
    return sl.analyse(
        model=good_model,
        emg=f"{STEM}_emg.sto",
        parameters=parameters,
        plugins=Plugins(),
        **files,  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Good:
    model = load_model(ROOT / "models" / "runner.osim")
    trial = read_trial(f"{STEM}.trc", ik_setup=f"{STEM}_ik.xml")
    motion = solve_kinematics(Inputs(trial=trial, model=model, parameters=sl.Parameters()))
    values = [np.degrees(q) if c.turns else q for q, c in zip(motion.q.T, model.coordinates, strict=True)]
    angles = tmp_path_factory.mktemp("good") / "angles.mot"
    write_storage(angles, motion.time_s, model.coordinate_names, np.stack(values, axis=1), in_degrees=True)
    files = asked(angles, Path(f"{STEM}_grf.mot"))
    numbers, warnings = numbers_of(require(examined(model, files)))
    assert warnings == ()
    verdict = verdict_of(model, files).swings[0].verdict
    return Good(model=model, angles=angles, numbers=numbers, verdict=verdict)


def spoilt(source: Path, target: Path, kind: Fault, random: np.random.Generator) -> None:
    table = read_storage(source)
    names, time_s, values = kind((list(table.names), table.time_s.copy(), table.values.copy()), random)
    write_storage(target, time_s, names, values, in_degrees=table.in_degrees)


def examined(model: Model, files: dict[str, Path]) -> Examined:
    """What both verbs begin with."""
    beside = {name: path for name, path in files.items() if name != "trial"}
    return examine(Request.of(files["trial"], model, QUICK, **beside), readers(Plugins()))


def outcome(good: Good, files: dict[str, Path]) -> str:
    """``told``, ``harmless``, ``undecided``, ``another number`` or ``silent and wrong``."""
    found = examined(good.model, files)
    if found.faults or found.inputs is None:
        return "told"
    try:
        mine, warnings = numbers_of(found.inputs)
    except InputError:
        return "told"
    if warnings:
        return "told"
    if all(abs(mine[name] - good.numbers[name]) <= room for name, room in BAND.items()):
        return "harmless"
    try:
        whole = verdict_of(good.model, files)
    except SwingleverError:
        return "told late"
    verdict = whole.swings[0].verdict
    if whole.warnings or verdict == "undecided":
        return "told" if whole.warnings else "undecided"
    return "another number" if verdict == good.verdict else "silent and wrong"


def test_no_verdict_changes_in_silence(good: Good, tmp_path: Path) -> None:
    random, counts, wrong = np.random.default_rng(SEED), Counter[str](), list[str]()
    assert good.verdict != "undecided"
    for number in range(FAULTS):
        kind, on_forces = KINDS[number % len(KINDS)], bool(random.random() < 0.4)
        files = asked(good.angles, Path(f"{STEM}_grf.mot"))
        target = tmp_path / ("spoilt_grf.mot" if on_forces else "spoilt.mot")
        spoilt(files["grf" if on_forces else "trial"], target, kind, np.random.default_rng((SEED, number)))
        files["grf" if on_forces else "trial"] = target
        found = outcome(good, files)
        counts[found] += 1
        wrong += [f"{kind.__name__} of the {'forces' if on_forces else 'angles'}, {number}"] * (found[0] == "s")
    print({name: f"{count} ({100 * count / FAULTS:.0f} %)" for name, count in counts.most_common()})
    assert not wrong
    assert counts["told"] > 0.5 * FAULTS


def test_the_run_would_see_a_silent_fault(good: Good, tmp_path: Path) -> None:
    """A knee that bends a fifth less has another number: the run is not blind."""
    table = read_storage(good.angles)
    values = table.values.copy()
    values[:, table.names.index("knee_angle_r")] *= 0.8
    write_storage(tmp_path / "a.mot", table.time_s, table.names, values, in_degrees=table.in_degrees)
    numbers, _ = numbers_of(require(examined(good.model, asked(tmp_path / "a.mot", Path(f"{STEM}_grf.mot")))))
    assert abs(numbers["peak_flexion_deg"] - good.numbers["peak_flexion_deg"]) > BAND["peak_flexion_deg"]
