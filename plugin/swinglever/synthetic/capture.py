"""Record the synthetic runner as a laboratory would: noisy markers, ground forces, and the setups that go with them."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.readers.storage import write_storage
from swinglever.readers.text import write_text
from swinglever.readers.trc import write_trc
from swinglever.records.trial import Markers
from swinglever.synthetic.motion import Motion
from swinglever.synthetic.norms import MeanRunner
from swinglever.synthetic.osim import ik_setup_xml
from swinglever.synthetic.tables import Table, read_table

SYNTHETIC = "synthetic: made by swinglever, no person was recorded"
"""What every file of a synthetic trial says of itself, or has in its name."""

_FORE_AFT_SHARE = 0.20
"""Peak braking and pushing force as a share of the vertical peak: 0.4 of body weight (Cavanagh & Lafortune 1980)."""

_PRESSURE_FROM_M, _PRESSURE_TO_M = 0.06, 0.17
"""Centre of pressure at strike and at toe-off, before the heel along the foot."""


@dataclass(frozen=True, kw_only=True)
class TrialFiles:
    """Where a synthetic trial lies."""

    trial: Path
    grf: Path
    external_loads: Path
    ik_setup: Path


def write_trial(
    stem: Path, model: Model, runner: MeanRunner, motion: Motion, span_s: tuple[float, float], seed: int
) -> TrialFiles:
    """Record a motion of our model between two times; the same files for the same seed.

    Parameters
    ----------
    stem
        Where to write: a folder, and what the files' names begin with.
    model
        Our own model, loaded.
    runner
        Whose steps the ground forces have.
    motion
        How the model moves.
    span_s
        First and last time of the motion; the files begin at zero.
    seed
        Of the marker noise.
    """
    folder, name = stem.parent, stem.name
    capture = read_table("runner_markers.toml")["capture"]
    begin, time_s = span_s[0], _times(span_s, capture["rate_hz"])
    markers = record_markers(model, runner, motion, begin, time_s, seed)
    files = TrialFiles(
        trial=folder / f"{name}.trc",
        grf=folder / f"{name}_grf.mot",
        external_loads=folder / f"{name}_grf.xml",
        ik_setup=folder / f"{name}_ik.xml",
    )
    write_trc(files.trial, markers, units="m")
    _write_forces(files.grf, model, runner, motion, begin, _times(span_s, capture["force_rate_hz"]))
    write_text(files.external_loads, _external_loads_xml(files.grf.name))
    setup = ik_setup_xml(files.trial.name, "../runner.osim", float(time_s[0]), float(time_s[-1]))
    write_text(files.ik_setup, _labelled(setup))
    return files


def record_markers(
    model: Model, runner: MeanRunner, motion: Motion, begin_s: float, time_s: Array, seed: int
) -> Markers:
    """Marker trajectories of a motion with instrument noise and wandering skin, to a tenth of a millimetre.

    ``time_s`` (T) begins at zero, where the motion is at ``begin_s``.
    """
    capture, sites = read_table("runner_markers.toml")["capture"], model.markers
    placed = model.place(motion(begin_s + time_s))
    position = placed.stations(np.array([s.body for s in sites]), np.array([s.location_m for s in sites]))
    random = np.random.default_rng(seed)
    bodies = [model.body_names[s.body] for s in sites]
    noise = random.normal(0.0, capture["jitter_m"], position.shape)
    noise += _wander(random, bodies, time_s / runner.stride_time_s, capture)
    return Markers(
        path=Path(),
        time_s=np.round(time_s, 6),
        names=tuple(s.name for s in sites),
        position_m=np.round(position + noise, 4),
        rate_hz=float(capture["rate_hz"]),
        units="m",
    )


def _times(span_s: tuple[float, float], rate_hz: float) -> Array:
    """Times (T) from zero, as long as the span."""
    return np.arange(np.floor((span_s[1] - span_s[0]) * rate_hz) + 1.0) / rate_hz


def _wander(random: np.random.Generator, bodies: Sequence[str], strides: Array, capture: Table) -> Array:
    """Skin that moves over bone with the stride (T, m, 3): a few harmonics of random size and phase for each axis."""
    sizes = np.array([capture["wander_m"][body.removesuffix("_r").removesuffix("_l")] for body in bodies])
    harmonics = np.arange(1, capture["wander_harmonics"] + 1)
    shape = (len(bodies), 3, len(harmonics))
    terms = random.normal(0.0, 1.0 / np.sqrt(len(harmonics)), (2, *shape)) * sizes[:, None, None]
    angle = 2.0 * np.pi * np.multiply.outer(strides, harmonics)
    cosine, sine = (
        np.einsum("th,mah->tma", wave(angle), part) for wave, part in zip((np.cos, np.sin), terms, strict=True)
    )
    return np.asarray(cosine + sine)


def step_force(model: Model, runner: MeanRunner, side: str, time_s: Array) -> tuple[Array, Array]:
    """Force (T, 3) of the ground on one foot in N, and the share of its contact that has passed (T), nan in the air.

    Notes
    -----
    The vertical force is half a sine over the norms' contact time; its peak is such that both feet together carry the
    body over a stride: F = π/2 · m g · (half a stride)/(contact). The fore-aft force is a whole sine that brakes, then
    pushes.
    """
    phase = (time_s / runner.stride_time_s + (0.0 if side == "r" else 0.5)) % 1.0
    share = np.where(phase < runner.stance_share, phase / runner.stance_share, np.nan)
    peak = np.pi / 4.0 * model.mass_kg * -model.gravity[1] / runner.stance_share
    force = np.zeros((len(time_s), 3))
    force[:, 1] = np.nan_to_num(peak * np.sin(np.pi * share))
    force[:, 0] = np.nan_to_num(-_FORE_AFT_SHARE * peak * np.sin(2.0 * np.pi * share))
    return force, share


def _write_forces(path: Path, model: Model, runner: MeanRunner, motion: Motion, begin_s: float, time_s: Array) -> None:
    placed = model.place(motion(begin_s + time_s))
    names, columns = [], []
    for side in "rl":
        force, share = step_force(model, runner, side, begin_s + time_s)
        along = _PRESSURE_FROM_M + np.nan_to_num(share) * (_PRESSURE_TO_M - _PRESSURE_FROM_M)
        foot = model.body_names.index(f"calcn_{side}")
        point = placed.body_position[:, foot] + placed.body_rotation[:, foot, :, 0] * along[:, None]
        point[:, 1] = 0.0
        point[np.isnan(share)] = 0.0
        names += [f"ground_force_{side}_{kind}{axis}" for kind in "vp" for axis in "xyz"]
        names += [f"ground_torque_{side}_{axis}" for axis in "xyz"]
        columns += [np.round(force, 1), np.round(point, 4), np.zeros_like(force)]
    table = np.concatenate(columns, axis=1) + 0.0
    write_storage(path, np.round(time_s, 6), names, table, header={"name": SYNTHETIC}, in_degrees=True)


def _external_loads_xml(forces: str) -> str:
    document = ET.Element("OpenSimDocument", Version="40000")
    loads = ET.SubElement(document, "ExternalLoads", name="synthetic")
    objects = ET.SubElement(loads, "objects")
    for side in "rl":
        force = ET.SubElement(objects, "ExternalForce", name=f"foot_{side}")
        for tag, text in (
            ("applied_to_body", f"calcn_{side}"),
            ("force_expressed_in_body", "ground"),
            ("point_expressed_in_body", "ground"),
            ("force_identifier", f"ground_force_{side}_v"),
            ("point_identifier", f"ground_force_{side}_p"),
            ("torque_identifier", f"ground_torque_{side}_"),
        ):
            ET.SubElement(force, tag).text = text
    ET.SubElement(loads, "datafile").text = forces
    ET.indent(document, space="\t")
    return _labelled(f'<?xml version="1.0" encoding="UTF-8" ?>\n{ET.tostring(document, encoding="unicode")}\n')


def _labelled(xml: str) -> str:
    """The same text with a comment below its first line that says what it belongs to."""
    declaration, rest = xml.split("\n", 1)
    return f"{declaration}\n<!-- {SYNTHETIC} -->\n{rest}"
