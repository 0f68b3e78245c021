"""A report as tables in OpenSim's own file style and names, so that the GUI's plotter opens them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from swinglever.arrays import Array
from swinglever.errors import InputError
from swinglever.readers.storage import write_storage
from swinglever.records.kinematics import Kinematics
from swinglever.records.muscle_forces import MuscleForces
from swinglever.records.report import Swing, SwingReport
from swinglever.system.endings import naming_finished
from swinglever.system.whole_files import MADE_BY, file_name

_MUSCLE_ANALYSIS = {
    "Length": "length_m",
    "FiberLength": "fibre_length_m",
    "FiberVelocity": "fibre_velocity_m_s",
    "TendonForce": "force_n",
    "ActiveFiberForceAlongTendon": "active_force_n",
    "PassiveFiberForceAlongTendon": "passive_force_n",
    "MusclePower": "power_w",
}
"""OpenSim's names of what MuscleAnalysis writes, and ours."""

_Table = tuple[str, tuple[str, ...], Array, bool]


def export_sto(report: SwingReport, folder: Path) -> Sequence[Path]:
    """Write, in one folder a swing, what OpenSim's tools would: coordinates, net moments, muscles, accelerations.

    Parameters
    ----------
    report
        What to write.
    folder
        Where; made if it is not there, with a folder for each swing (``TRIAL_r_1``) inside.

    Returns
    -------
    sequence of Path
        ``TRIAL_motion.mot``: the filtered free coordinates of the whole trial. In a folder for each swing:
        ``TRIAL_ik.sto``: the free coordinates, rad and m, as InverseKinematicsTool labels them (``inDegrees=no``, as
        only the model knows which turn); ``TRIAL_inverse_dynamics.sto``: net joint moments of the swing leg, a column
        ``COORDINATE_moment``, as InverseDynamicsTool writes them; with muscle forces
        ``TRIAL_StaticOptimization_activation.sto`` and ``_force.sto``, ``TRIAL_MuscleAnalysis_Length.sto`` and so on,
        ``_MuscleAnalysis_MomentArm_COORDINATE.sto``; ``_EMG_envelope.sto`` and ``_EMG_activation.sto`` where there is
        EMG; and ``_InducedAccelerations_COORDINATE.sto``: a column a cause, deg/s2 in the model's own sign, velocity
        terms apart, their sum last.

    Raises
    ------
    InputError
        When the report has no swing.
    """
    if not report.swings:
        raise InputError("expected a result with swings, this one has none")
    written: list[Path] = []
    made = {"source": MADE_BY}
    with naming_finished(written):
        folder.mkdir(parents=True, exist_ok=True)
        motion = report.kinematics
        path = folder / file_name(report.provenance.trial_name, "motion.mot")
        written.append(
            write_storage(path, motion.time_s, motion.coordinate_names, motion.q, in_degrees=False, header=made)
        )
        for swing in report.swings:
            inside = folder / file_name(report.provenance.trial_name, swing.id)
            inside.mkdir(parents=True, exist_ok=True)
            for name, labels, values, in_degrees in (*_joint_tables(report.kinematics, swing), *_tables(swing)):
                path = inside / file_name(report.provenance.trial_name, f"{name}.sto")
                written.append(write_storage(path, swing.time_s, labels, values, in_degrees=in_degrees, header=made))
    return written


def _joint_tables(kinematics: Kinematics, swing: Swing) -> Iterator[_Table]:
    yield "ik", kinematics.coordinate_names, kinematics.at(swing.time_s)[0], False
    labels = tuple(f"{name}_moment" for name in swing.moments.coordinate_names)
    yield "inverse_dynamics", labels, swing.moments.net_moment_nm, False


def _tables(swing: Swing) -> Iterator[_Table]:
    if swing.muscles is not None:
        yield from _muscle_tables(swing.muscles)
    if swing.emg is not None:
        yield "EMG_envelope", swing.emg.names, swing.emg.envelope, False
        yield "EMG_activation", swing.emg.names, swing.emg.activation, False
    leg = swing.classical.get("leg")
    if leg is not None:
        values = np.degrees(swing.knee_sign * leg.knee_flexion_acceleration_rad_s2)
        total = values.sum(axis=1, keepdims=True)
        name = f"InducedAccelerations_{swing.knee_coordinate}"
        yield name, (*leg.sources, "total"), np.hstack([values, total]), True


def _muscle_tables(muscles: MuscleForces) -> Iterator[_Table]:
    reserves = tuple(f"{name}_reserve" for name in muscles.coordinate_names)
    with_reserves = (*muscles.names, *reserves)
    force = np.hstack([muscles.force_n, muscles.reserve_nm])
    yield "StaticOptimization_activation", muscles.names, muscles.activation, False
    yield "StaticOptimization_force", with_reserves, force, False
    for name, field in _MUSCLE_ANALYSIS.items():
        yield f"MuscleAnalysis_{name}", muscles.names, getattr(muscles, field), False
    for k, coordinate in enumerate(muscles.coordinate_names):
        yield f"MuscleAnalysis_MomentArm_{coordinate}", muscles.names, muscles.moment_arm_m[:, :, k], False
