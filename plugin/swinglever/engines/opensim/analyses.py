"""OpenSim's own muscle tools, in child processes: StaticOptimization, MuscleAnalysis, InducedAccelerations.

They are the second opinion to this package's own solvers, a hundred times and more slower.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import opensim

from swinglever.anatomy.model import Model
from swinglever.arrays import Array
from swinglever.engines.opensim import setups
from swinglever.engines.opensim.session import open_model
from swinglever.engines.opensim.tools import run_tool
from swinglever.errors import EngineError
from swinglever.readers.storage import Storage, read_storage, write_storage
from swinglever.records.trial import GroundForce
from swinglever.system.scratch import scratch_folder
from swinglever.system.whole_files import MADE_BY

OTHER_OPTIMAL = 1000.0
"""Optimal force (N m, N) of the actuators of coordinates that no muscle of interest moves: next to free."""


@dataclass(frozen=True, kw_only=True)
class PointForce:
    """A force on a body over time, as ExternalLoads writes it: force, point and moment (T,3) in ground axes."""

    body: str
    force_n: Array
    point_m: Array
    moment_nm: Array


def point_forces(forces: Iterable[GroundForce], model: Model, time_s: Array) -> list[PointForce]:
    """Give the ground forces that push on a body of the model at some times (T)."""
    made = []
    for force in forces:
        push, point, moment = (np.nan_to_num(values) for values in force.at(time_s))
        if force.body in model.body_names and push.any():
            made.append(PointForce(body=force.body, force_n=push, point_m=point, moment_nm=moment))
    return made


def reserves_of(model: Model, mine: Collection[str], optimal: float) -> dict[str, float]:
    """Give the optimal force of the reserve at each coordinate: dear at those of interest, next to free elsewhere."""
    return {c.name: optimal if c.name in mine else OTHER_OPTIMAL for c in model.coordinates if not c.locked}


@dataclass(frozen=True, kw_only=True)
class MovingModel:
    """A model that moves, and what pushes on it.

    Parameters
    ----------
    model
        A model from an ``.osim`` file.
    time_s, q
        (T), (T,n) free coordinates.
    forces
        Ground forces.
    window
        First and last time to solve; all by default. OpenSim's splines are poor near the ends of the motion.
    """

    model: Model
    time_s: Array
    q: Array
    forces: Sequence[PointForce] = ()
    window: tuple[float, float] | None = None


def static_optimization(
    moving: MovingModel, reserves: Mapping[str, float], only: Sequence[str] | None = None
) -> tuple[Storage, Storage]:
    """Run OpenSim's StaticOptimization.

    Parameters
    ----------
    moving
        The model, its motion, and the ground forces.
    reserves
        Optimal force of the reserve at each free coordinate.
    only
        Muscles to solve for; the others are taken out of the model. All by default.

    Returns
    -------
    tuple of Storage
        Activations (reserves: over their optimal force), and forces.
    """
    with scratch_folder() as where:
        native = open_model(moving.model.require_file("OpenSim's analyses"))
        if only is not None:
            _keep_muscles(native, only)
        _add_reserves(native, reserves)
        _save(native, where / "model.osim")
        names = [f"run_StaticOptimization_{kind}.sto" for kind in ("activation", "force")]
        tables = _analyse(where, moving, setups.STATIC_OPTIMIZATION, names)
    return tables[0], tables[1]


def muscle_analysis(model: Model, time_s: Array, q: Array, coordinates: Sequence[str]) -> dict[str, Storage]:
    """Run OpenSim's MuscleAnalysis: lengths (``Length``) and moment arms (by coordinate) of all muscles."""
    with scratch_folder() as where:
        _save(open_model(model.require_file("OpenSim's analyses")), where / "model.osim")
        keys = ["Length", *(f"MomentArm_{c}" for c in coordinates)]
        names = [f"run_MuscleAnalysis_{key}.sto" for key in keys]
        tables = _analyse(
            where, MovingModel(model=model, time_s=time_s, q=q), setups.muscle_analysis(coordinates), names
        )
    return {key.removeprefix("MomentArm_"): table for key, table in zip(keys, tables, strict=True)}


def induced_accelerations(
    model: Model, time_s: Array, q: Array, coordinates: Sequence[str], *, locked: Sequence[str] = ()
) -> dict[str, Storage]:
    """Run OpenSim's InducedAccelerations without contact: accelerations by unit force of each actuator (potentials).

    Parameters
    ----------
    model, time_s, q
        The model, and its free coordinates over time.
    coordinates
        Whose accelerations to report; rad/s2 (or m/s2) a newton.
    locked
        Coordinates to hold still.
    """
    with scratch_folder() as where:
        native = open_model(model.require_file("OpenSim's analyses"))
        for name in locked:
            native.updCoordinateSet().get(name).setDefaultLocked(True)
        _save(native, where / "model.osim")
        analysis = (
            '<InducedAccelerations name="InducedAccelerations"><on>true</on><step_interval>1</step_interval>'
            f"<in_degrees>false</in_degrees><coordinate_names> {escape(' '.join(coordinates))}</coordinate_names>"
            "<body_names></body_names><compute_potentials_only>true</compute_potentials_only>"
            "</InducedAccelerations>"
        )
        names = [f"run_InducedAccelerations_{c}.sto" for c in coordinates]
        tables = _analyse(where, MovingModel(model=model, time_s=time_s, q=q), analysis, names)
    return dict(zip(coordinates, tables, strict=True))


def inverse_dynamics(moving: MovingModel) -> Storage:
    """Run OpenSim's InverseDynamicsTool: net moments (``COORDINATE_moment``) and forces (``COORDINATE_force``)."""
    with scratch_folder() as where:
        _save(open_model(moving.model.require_file("OpenSim's inverse dynamics")), where / "model.osim")
        files = _write_inputs(where, moving) | {"output_gen_force_file": "moments.sto"}
        start, end = (float(x) for x in moving.window or (moving.time_s[0], moving.time_s[-1]))
        (where / "setup.xml").write_text(setups.inverse_dynamics(files, (start, end)), encoding="utf-8")
        written = where / "moments.sto"
        run_tool("id", where / "setup.xml", [written])
        return read_storage(written)


def _write_inputs(where: Path, moving: MovingModel) -> dict[str, str]:
    """Write the motion and the ground forces of a tool into its folder, and give the setup's entries for its files."""
    everything = moving.model.all_coordinates(moving.q)
    names = list(moving.model.all_coordinate_names)
    write_storage(where / "motion.sto", moving.time_s, names, everything, in_degrees=False)
    files = {"model_file": "model.osim", "coordinates_file": "motion.sto"}
    if moving.forces:
        write_loads(where / "loads.xml", moving.time_s, moving.forces)
        files["external_loads_file"] = "loads.xml"
    return files


def _analyse(where: Path, moving: MovingModel, analysis: str, expected: Sequence[str]) -> list[Storage]:
    """Run the AnalyzeTool in a folder that has ``model.osim``, and read the tables that it must write."""
    time_s, files = moving.time_s, _write_inputs(where, moving) | {"results_directory": "./results"}
    start, end = (float(x) for x in moving.window or (time_s[0], time_s[-1]))
    (where / "setup.xml").write_text(setups.analysis("run", analysis, files, (start, end)), encoding="utf-8")
    run_tool("analyze", where / "setup.xml", [where / "results" / name for name in expected])
    tables = [read_storage(where / "results" / name) for name in expected]
    n_wanted = int(((time_s >= start - 1e-9) & (time_s <= end + 1e-9)).sum())
    if any(len(t.time_s) < n_wanted - 1 for t in tables):
        raise EngineError(f"OpenSim's analyze tool wrote {len(tables[0].time_s)} of {n_wanted} frames")
    return tables


def _save(native: opensim.Model, path: Path) -> None:
    native.finalizeConnections()
    native.printToXML(str(path))


def _keep_muscles(native: opensim.Model, names: Sequence[str]) -> None:
    native.initSystem()
    muscles, forces = native.getMuscles(), native.updForceSet()
    for name in {muscles.get(i).getName() for i in range(muscles.getSize())} - set(names):
        forces.remove(forces.getIndex(name))


def _add_reserves(native: opensim.Model, reserves: Mapping[str, float]) -> None:
    for coordinate, optimal in reserves.items():
        actuator = opensim.CoordinateActuator(coordinate)
        actuator.setName(f"{coordinate}_reserve")
        actuator.setOptimalForce(optimal)
        actuator.setMinControl(-setups.ENDLESS)
        actuator.setMaxControl(setups.ENDLESS)
        native.addForce(actuator)


def write_loads(path: Path, time_s: Array, forces: Sequence[PointForce]) -> Path:
    """Write ground forces as ExternalLoads and, beside it, the ``.mot`` that it names; gives the latter."""
    names, columns = [], []
    for k, force in enumerate(forces):
        for kind, values in (("v", force.force_n), ("p", force.point_m), ("m", force.moment_nm)):
            names += [f"f{k}_{kind}{axis}" for axis in "xyz"]
            columns += list(values.T)
    table = write_storage(
        path.with_suffix(".mot"), time_s, names, list(zip(*columns, strict=True)), header={"source": MADE_BY}
    )
    path.write_text(setups.external_loads([force.body for force in forces], table.name), encoding="utf-8")
    return table
