"""A result file of real motion, posed by OpenSim itself, for tests of the viewer alone.

Bodies and muscle paths are OpenSim's for Hamner's reference kinematics. The numbers that a viewer only displays
(activation, shares, metrics) are smooth stand-ins with known values, so that a test can ask for them back; they are
nobody's result.
"""

from pathlib import Path

import numpy as np
import opensim

from swinglever.engines.opensim.geometry import list_geometry_folders, read_bone_meshes
from swinglever.output.store import write_report
from swinglever.records.ablation import Ablation
from swinglever.records.attribution import Attribution
from swinglever.records.kinematics import Kinematics
from swinglever.records.playback import GhostPlayback, Playback, SwingPlayback, spread_path_points
from swinglever.records.report import Measurement, Moments, Provenance, Swing, SwingReport

#: Instants of a swing: all swings of a result have as many.
SAMPLES = 26
LEG = ("femur", "tibia", "talus", "calcn", "toes")


class PosedModel:
    """An OpenSim model and the coordinates of its reference motion, to be posed at will."""

    def __init__(self, data: Path, trial: str = "subject02_running_ik.mot") -> None:
        opensim.Logger.setLevelString("Off")
        self.path = data / "hamner2010_run" / "subject02_registered.osim"
        self.model = opensim.Model(str(self.path))
        self.state = self.model.initSystem()
        self.table = opensim.TimeSeriesTable(str(data / "hamner2010_run" / "reference" / trial))
        self.time_s = np.array(self.table.getIndependentColumn())
        self.labels = self.table.getColumnLabels()
        self.values = self.table.getMatrix().to_numpy()
        bodies = self.model.getBodySet()
        self.body_names = tuple(bodies.get(i).getName() for i in range(bodies.getSize()))
        muscles = self.model.getMuscles()
        self.muscle_names = tuple(muscles.get(i).getName() for i in range(muscles.getSize()))

    def pose(self, row: int, **change_deg: float) -> None:
        """Set the coordinates of a row of the motion, in degrees and metres as the file has them."""
        for label, value in zip(self.labels, self.values[row], strict=True):
            coordinate = self.model.getCoordinateSet().get(label)
            degrees = value + change_deg.get(label, 0.0)
            rotational = coordinate.getMotionType() == opensim.Coordinate.Rotational
            coordinate.setValue(self.state, np.radians(degrees) if rotational else value, False)
        self.model.realizePosition(self.state)

    def body_pose(self, name: str) -> np.ndarray:
        """Read the (4, 4) pose of a body in the ground frame."""
        transform = self.model.getBodySet().get(name).getTransformInGround(self.state)
        pose = np.eye(4)
        pose[:3, :3] = [[transform.R().get(i, j) for j in range(3)] for i in range(3)]
        pose[:3, 3] = [transform.p().get(i) for i in range(3)]
        return pose

    def station(self, body: str, point_m: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> np.ndarray:
        """Place a point of a body in the ground frame."""
        return (self.body_pose(body) @ [*point_m, 1.0])[:3]

    def muscle_path(self, name: str) -> np.ndarray:
        """Read the (p, 3) current path points of a muscle in the ground frame."""
        points = self.model.getMuscles().get(name).getGeometryPath().getCurrentPath(self.state)
        placed = [points.get(i).getLocationInGround(self.state) for i in range(points.getSize())]
        return np.array([[p.get(0), p.get(1), p.get(2)] for p in placed])


def sample_playback(
    posed: PosedModel, rows: range, swings: dict[str, tuple[float, float]], *, meshes: bool
) -> Playback:
    """Pose the model at rows of its motion and gather what a viewer needs."""
    time_s = posed.time_s[rows.start : rows.stop]
    poses = np.empty((len(rows), len(posed.body_names), 4, 4))
    paths: list[list[np.ndarray]] = [[] for _ in posed.muscle_names]
    for index, row in enumerate(rows):
        posed.pose(row)
        poses[index] = [posed.body_pose(name) for name in posed.body_names]
        for path, name in zip(paths, posed.muscle_names, strict=True):
            path.append(posed.muscle_path(name))
    most = max(len(points) for path in paths for points in path)
    path_m = np.stack([spread_path_points(_pad(path), most) for path in paths], axis=1)
    phase = time_s[:, np.newaxis] * 8.0 + 0.01 * np.arange(len(paths))
    folder = list_geometry_folders(posed.path) if meshes else ()
    return Playback(
        time_s=time_s,
        body_names=posed.body_names,
        body_pose=poses,
        muscle_names=posed.muscle_names,
        muscle_path_m=path_m.astype(np.float32),
        muscle_activation=0.5 + 0.5 * np.sin(phase),
        muscle_power_w=80.0 * np.sin(phase),
        muscle_contribution_rad_s2=200.0 * np.cos(phase),
        muscle_crosses_knee=np.array(["bi" in n or "semi" in n or "vas" in n for n in posed.muscle_names]),
        belt_speed_m_s=3.96,
        meshes=read_bone_meshes(posed.model, folder)[0],
        swings={key: _sample_swing(posed, key[0], *span) for key, span in swings.items()},
    )


def _pad(path: list[np.ndarray]) -> np.ndarray:
    padded = np.full((len(path), max(len(points) for points in path), 3), np.nan)
    for row, points in zip(padded, path, strict=True):
        row[: len(points)] = points
    return padded


def _sample_swing(posed: PosedModel, side: str, start_s: float, end_s: float) -> SwingPlayback:
    rows = np.flatnonzero((posed.time_s >= start_s) & (posed.time_s <= end_s))[:SAMPLES]
    names = tuple(f"{part}_{side}" for part in LEG)
    hip, heel, ghost_pose, ghost_heel = [], [], [], []
    for row in rows:
        posed.pose(row)
        hip.append(posed.station(names[0]))
        heel.append(posed.station(names[3]))
    for row in rows:
        # The stand-in ghost folds its knee 30 % further than the leg did, from toe-off on.
        knee = posed.values[row, posed.labels.index(f"knee_angle_{side}")]
        posed.pose(
            row,
            **{f"knee_angle_{side}": 0.3 * (knee - posed.values[rows[0], posed.labels.index(f"knee_angle_{side}")])},
        )
        ghost_pose.append([posed.body_pose(name) for name in names])
        ghost_heel.append(posed.station(names[3]))
    time_s = posed.time_s[rows]
    share = np.linspace(0.0, 1.0, len(rows))
    ghost = GhostPlayback(
        time_s=time_s,
        body_names=names,
        body_pose=np.array(ghost_pose),
        hip_m=np.array(hip),
        heel_m=np.array(ghost_heel),
    )
    return SwingPlayback(
        time_s=time_s,
        hip_m=np.array(hip),
        heel_m=np.array(heel),
        radius_of_gyration_m=0.6 * np.linalg.norm(np.array(heel) - np.array(hip), axis=1),
        folding_rad_s=np.stack([6.0 * np.sin(2 * np.pi * share), 6.0 * np.cos(2 * np.pi * share)], axis=1),
        ghosts={"no_hamstrings": ghost},
    )


def write_sample(path: Path, data: Path, rows: range = range(20, 80), *, meshes: bool = True) -> Path:
    """Write a result file of a stretch of Hamner's run with one right and one left swing."""
    posed = PosedModel(data)
    swings = {"r_1": (0.667, 1.10), "l_1": (0.983, 1.40)}
    playback = sample_playback(posed, rows, swings, meshes=meshes)
    report = SwingReport(
        provenance=_PROVENANCE,
        kinematics=_kinematics(posed),
        swings=tuple(_swing(posed, key, swing) for key, swing in playback.swings.items()),
        playback=playback,
    )
    return write_report(report, path)


_PROVENANCE = Provenance(
    trial_name="hamner",
    trial_sha256="",
    model_name="subject02",
    model_sha256="",
    mass_kg=72.8,
    parameters={},
    command="",
    created_utc="",
    swinglever_version="0",
    opensim_version="",
)


def _kinematics(posed: PosedModel) -> Kinematics:
    nothing = np.zeros((len(posed.time_s), 0))
    unknown = np.full(len(posed.time_s), np.nan)
    return Kinematics(
        coordinate_names=(),
        time_s=posed.time_s,
        q=nothing,
        u=nothing,
        udot=nothing,
        marker_rms_m=unknown,
        marker_max_m=unknown,
        filter_hz=12.0,
        ik_engine="none",
    )


def _swing(posed: PosedModel, key: str, swing: SwingPlayback) -> Swing:
    start, end = swing.time_s[0], swing.time_s[-1]
    knee = -np.radians(posed.values[:, posed.labels.index(f"knee_angle_{key[0]}")])
    flexion = np.interp(swing.time_s, posed.time_s, knee)
    peak_s, peak_deg = float(swing.time_s[np.argmax(flexion)]), float(np.degrees(flexion.max()))
    gained, rising = flexion - flexion[0], np.linspace(0.0, 1.0, len(flexion))
    shares = np.stack([gained * 0.1, gained * 1.2 + 0.2 * rising, gained * -0.3 - 0.2 * rising], axis=1)
    coordinate = f"knee_angle_{key[0]}"
    return Swing(
        id=key,
        side=key[0],
        toe_off_s=start,
        thigh_reversal_s=start + 0.05,
        peak_flexion_s=peak_s,
        pass_s=peak_s + 0.04,
        foot_strike_s=end,
        event_source="kinematics",
        verdict="momentum-driven",
        verdict_reason="the hamstrings make 3 % of the early fold, and silencing them costs 2 degrees",
        time_s=swing.time_s,
        knee_flexion_rad=flexion,
        hip_flexion_rad=flexion * 0,
        knee_sign=-1.0,
        knee_coordinate=coordinate,
        moments=Moments(coordinate_names=(coordinate,), net_moment_nm=np.zeros((len(flexion), 1))),
        attribution={
            scope: Attribution(
                scope=scope,
                released=(coordinate,),
                time_s=swing.time_s,
                sources=(f"semimem_{key[0]}", "initial", f"vas_lat_{key[0]}"),
                groups=("hamstrings", "momentum", "knee extensors"),
                knee_flexion_rad=shares,
                knee_flexion_velocity_rad_s=0 * shares,
                knee_flexion_acceleration_rad_s2=0 * shares,
                closure_rad=0.0,
                peak_index=int(np.argmax(flexion)),
            )
            for scope in ("shank", "leg")
        },
        classical={},
        ablation={
            "no_hamstrings": Ablation(
                case="no_hamstrings",
                time_s=swing.time_s,
                coordinate_names=(coordinate,),
                q=-(flexion[0] + 1.3 * gained)[:, np.newaxis],
                knee_flexion_rad=flexion[0] + 1.3 * gained,
                hip_flexion_rad=flexion * 0,
                peak_flexion_rad=float(flexion[0] + 1.3 * gained.max()),
                stopped_by=(),
            )
        },
        metrics={
            "peak_flexion": Measurement(value=peak_deg, unit="deg", p05=peak_deg - 4, p95=peak_deg + 4),
            "our_lab_index": Measurement(value=0.25, unit="1", plugin="our_lab"),
        },
    )
