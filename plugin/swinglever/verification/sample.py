"""Some frames of a result's trial, with the files that it was analysed from read again."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from swinglever.anatomy.model import Model
from swinglever.arrays import Array, Ints
from swinglever.checks.examination import examine, require
from swinglever.checks.feet import settle_plates
from swinglever.checks.made_of import demand_same
from swinglever.checks.request import Request
from swinglever.dynamics.contact import find_contacts
from swinglever.errors import InputError
from swinglever.motion.inputs import Inputs
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.records.parameters import Parameters
from swinglever.records.report import SwingReport

PADDING = 20
"""Frames before and after the sample that OpenSim's splines are given too: near their ends they are poor."""

_LEFT_OUT = ("emg", "forces")

LEAST_FRAMES = 6
"""Points that OpenSim's splines need."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Some frames of a trial (T), in a row, with room for splines on both sides.

    Parameters
    ----------
    inputs
        The files of the result, read again.
    padded_s, padded_q
        (P), (P,n) the frames and the room around them; free coordinates, filtered as in the result.
    rows
        (T) where the frames are in those.
    u, udot
        (T,n).
    """

    inputs: Inputs
    padded_s: Array
    padded_q: Array
    rows: Ints
    u: Array
    udot: Array

    @property
    def model(self) -> Model:
        """The model."""
        return self.inputs.model

    @property
    def time_s(self) -> Array:
        """(T)."""
        return self.padded_s[self.rows]

    @property
    def q(self) -> Array:
        """(T,n)."""
        return self.padded_q[self.rows]

    @property
    def window(self) -> tuple[float, float]:
        """First and last instant."""
        return float(self.time_s[0]), float(self.time_s[-1])

    @property
    def free(self) -> Ints:
        """Coordinates that are not locked."""
        return np.array([k for k, c in enumerate(self.model.coordinates) if not c.locked])

    @property
    def leg_coordinates(self) -> tuple[str, ...]:
        """Coordinates of hips, knees and ankles that are not locked."""
        released = {k for leg in self.model.legs.values() for k in leg.released}
        return tuple(self.model.coordinate_names[k] for k in self.free if k in released)

    @cached_property
    def net_force(self) -> Array:
        """(T,n) what joints and residuals deliver: M udot + c - g - ground."""
        contacts = find_contacts(self.model, self.time_s, self.inputs.trial.ground_forces, LEAST_N)
        ground = self.model.place(self.q).generalised_force(contacts.on_bodies(len(self.model.body_names)))
        return self.model.net_forces(self.q, self.u, self.udot) - ground


LEAST_N = 0.0
"""Both sides are given the whole ground force, however small."""


def take_sample(report: SwingReport, n_frames: int, files: Mapping[str, Path]) -> Sample:
    """Take frames from the first swing's toe-off on.

    Parameters
    ----------
    report
        The result.
    n_frames
        How many; as many as there are, when the trial is shorter.
    files
        ``trial``, ``model``, and what stood beside them.

    Raises
    ------
    InputError, MissingFileError
        When a file is not the one that was analysed, or the trial is too short.
    """
    parameters = Parameters.from_table(dict(report.provenance.parameters))
    demand_same(report, files)
    # Neither EMG nor forces from outside enter what is compared.
    request = Request.of(parameters=parameters, **{role: path for role, path in files.items() if role not in _LEFT_OUT})
    kinematics = report.kinematics
    first = int(np.searchsorted(kinematics.time_s, report.swings[0].toe_off_s)) if report.swings else PADDING
    most = len(kinematics.time_s) - 2 * PADDING
    if most < LEAST_FRAMES:
        expected, got = 2 * PADDING + LEAST_FRAMES, len(kinematics.time_s)
        raise InputError(f"expected {expected} frames or more to compare with OpenSim's tools, got {got}")
    n_frames = min(n_frames, most)
    first = min(max(first, PADDING), len(kinematics.time_s) - PADDING - n_frames)
    around = slice(first - PADDING, first + n_frames + PADDING)
    rows = np.arange(PADDING, PADDING + n_frames)
    inputs, _ = settle_plates(require(examine(request, readers(Plugins()))), kinematics)
    return Sample(
        inputs=inputs,
        padded_s=kinematics.time_s[around],
        padded_q=kinematics.q[around],
        rows=rows,
        u=kinematics.u[around][rows],
        udot=kinematics.udot[around][rows],
    )
