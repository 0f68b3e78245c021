"""The synthetic trials that come with swinglever: the mean runner at three speeds, and swings of known cause."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.errors import UnknownNameError
from swinglever.readers.storage import write_storage
from swinglever.readers.text import write_text
from swinglever.synthetic.capture import SYNTHETIC, TrialFiles, write_trial
from swinglever.synthetic.cause import read_cause
from swinglever.synthetic.motion import mean_motion, simulated_motion
from swinglever.synthetic.norms import mean_runner, norm_speeds
from swinglever.synthetic.surface_emg import write_emg
from swinglever.synthetic.tables import read_table
from swinglever.synthetic.truth import Truth, find_truth
from swinglever.system.resources import model_file

FOLDER = "runners"
SEED = 20170509
"""Of the noise of all bundled trials; the day on which the norms' data were published."""

_BEFORE_S, _AFTER_S = 0.26, 0.26
"""Motion recorded around a simulated swing: room for the filter, less than would show the other leg's swing whole."""

_STRIDES = (-0.25, 2.75)
"""First and last stride of the mean runner: two whole swings a leg, and a little more."""

_FORCE_MARGIN_S = 0.03
"""Known forces are held this long before toe-off and after foot strike, because events found from noisy data differ."""


@dataclass(frozen=True, kw_only=True)
class BundledTrial:
    """A synthetic trial and the model that it belongs to; EMG and known forces only for a simulated swing."""

    name: str
    model: Path
    files: TrialFiles
    emg: Path | None
    known_forces: Path | None
    known: Path | None


def trial_names() -> list[str]:
    """Names of the bundled trials."""
    means = [f"mean_{round(speed * 10)}" for speed in norm_speeds()]
    return [*means, *read_table("runner_causes.toml")["cause"]]


def bundled_trial(name: str) -> BundledTrial:
    """Find the files of a bundled trial.

    Raises
    ------
    UnknownNameError
        Saying which trials there are.
    """
    if name not in trial_names():
        raise UnknownNameError(f"there is no bundled trial {name!r}; there are {trial_names()}")
    stem = f"{FOLDER}/synthetic_{name}"
    simulated = not name.startswith("mean_")
    return BundledTrial(
        name=name,
        model=model_file("runner.osim"),
        files=TrialFiles(
            trial=model_file(f"{stem}.trc"),
            grf=model_file(f"{stem}_grf.mot"),
            external_loads=model_file(f"{stem}_grf.xml"),
            ik_setup=model_file(f"{stem}_ik.xml"),
        ),
        emg=model_file(f"{stem}_emg.sto") if simulated else None,
        known_forces=model_file(f"{stem}_known_forces.sto") if simulated else None,
        known=model_file(f"{stem}_known.toml") if simulated else None,
    )


def write_mean_trial(folder: Path, model: Model, speed_m_s: float) -> TrialFiles:
    """Write a few strides of the mean runner at one of the speeds of the norms."""
    runner = mean_runner(speed_m_s)
    span = (_STRIDES[0] * runner.stride_time_s, _STRIDES[1] * runner.stride_time_s)
    name, seed = f"synthetic_mean_{round(speed_m_s * 10)}", SEED + round(speed_m_s * 10)
    return write_trial(folder / name, model, runner, mean_motion(model, speed_m_s), span, seed)


def write_cause_trial(folder: Path, model: Model, cause: str) -> Truth:
    """Simulate a swing of known cause, and write it as a recording with what is known of it beside."""
    speed = float(read_table("runner_causes.toml")["speed_m_s"])
    truth = find_truth(model, read_cause(cause), speed)
    begin, end = truth.swing.time_s[[0, -1]]
    name, span = f"synthetic_{cause}", (float(begin - _BEFORE_S), float(end + _AFTER_S))
    write_trial(folder / name, model, mean_runner(speed), simulated_motion(model, truth.swing), span, SEED)
    write_emg(folder / f"{name}_emg.sto", truth.swing, span, SEED)
    _write_forces(folder / f"{name}_known_forces.sto", truth, span[0])
    _write_motion(folder / f"{name}_known.mot", model, truth, span[0])
    write_text(folder / f"{name}_known.toml", known_toml(truth, span[0]))
    return truth


def known_toml(truth: Truth, begin_s: float) -> str:
    """What is known of a simulated swing, as TOML: the cause, events, peaks, and degrees of the fold by group."""
    swing = truth.swing
    lines = [
        f"# {SYNTHETIC}. What is known of the swing, without markers, noise or filter.",
        f'cause = "{swing.cause.name}"',
        f"speed_m_s = {swing.speed_m_s:g}",
        f"toe_off_s = {swing.time_s[0] - begin_s:.4f}",
        f"foot_strike_s = {swing.time_s[-1] - begin_s:.4f}",
        f"peak_flexion_deg = {np.degrees(swing.knee_flexion_rad.max()):.2f}",
        "# The leg simulated again from toe-off, all activations the same but the hamstrings', which are silent.",
        f"peak_without_hamstrings_deg = {np.degrees(truth.peak_without_hamstrings_rad):.2f}",
        "# Integrated again from toe-off, all joint moments the same over time, less the hamstrings' active share.",
        f"peak_with_other_moments_replayed_deg = {np.degrees(truth.peak_replayed_rad):.2f}",
    ]
    for scope, attribution in truth.attribution.items():
        lines += [f"\n[{scope}] # degrees of flexion from toe-off to the peak, by source"]
        lines += [f'"{group}" = {degrees:.2f}' for group, degrees in attribution.degrees_by_group().items()]
    return "\n".join(lines) + "\n"


def _write_forces(path: Path, truth: Truth, begin_s: float) -> None:
    """Force along every tendon, N, as a table of muscle forces."""
    swing = truth.swing
    time_s = swing.time_s - begin_s
    total = np.round(swing.active_force_n + swing.passive_force_n, 2) + 0.0
    around = np.array([time_s[0] - _FORCE_MARGIN_S, *time_s, time_s[-1] + _FORCE_MARGIN_S])
    held: Any = np.concatenate([total[:1], total, total[-1:]])
    write_storage(path, np.round(around, 6), swing.muscle_names, held, header={"name": SYNTHETIC}, in_degrees=False)


def _write_motion(path: Path, model: Model, truth: Truth, begin_s: float) -> None:
    """Every coordinate of the model along the swing, degrees and metres."""
    time_s = truth.swing.time_s
    q = simulated_motion(model, truth.swing)(time_s)
    turns = np.array([c.turns for c in model.coordinates])
    values = np.round(np.where(turns, np.degrees(q), q), 4) + 0.0
    write_storage(
        path, np.round(time_s - begin_s, 6), model.coordinate_names, values, header={"name": SYNTHETIC}, in_degrees=True
    )
