"""Side-by-side timings of this package's stages and OpenSim's own tools, on running trials and in one run.

Processor time is compared, so that other work on the machine does not count. OpenSim's tools are timed with their
start-up taken off: the time of a run of few frames is subtracted from that of a run of more. Both sides work
on the same motion, and each row tells how far their results are apart.
"""

import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from swinglever.anatomy.fibres.states import fibre_states
from swinglever.anatomy.model import Model
from swinglever.anatomy.musculature import Musculature
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.arrays import Array, Ints
from swinglever.causes.bounds import Shares, ask, find_bounds
from swinglever.causes.induced import induced_accelerations
from swinglever.causes.limits import calibrated_limits
from swinglever.dynamics.limb import compute_dynamics
from swinglever.engines.opensim import load_model
from swinglever.motion.inputs import Inputs as AnalysisInputs
from swinglever.motion.inverse_kinematics import fit_markers
from swinglever.motion.kinematics import solve_kinematics
from swinglever.motion.leg_swings import line_up
from swinglever.motion.marker_distances import MarkersToFit, marker_cost
from swinglever.motion.swings import find_swings
from swinglever.muscles.legs import prepare_muscles
from swinglever.muscles.solvers.least_effort import solve_least_effort
from swinglever.muscles.static_optimization import solve_activations
from swinglever.output.store import write_report
from swinglever.pipeline import analyse
from swinglever.readers.trial import read_trial
from swinglever.records.folding import half_fold
from swinglever.records.kinematics import Kinematics
from swinglever.records.parameters import Parameters
from swinglever.records.trial import Trial

STEP_S = 0.005
MOST_S = 10.0
"""No longer part of a trial is compared with OpenSim's inverse kinematics."""
RESERVE_NM, RESIDUAL = 1.0, 1000.0
"""Optimal forces of reserves at the legs and elsewhere, the same on both sides."""


@dataclass(frozen=True, kw_only=True)
class Runner:
    """A recorded runner: a name, and the files of trial and model in the folder of public data."""

    name: str
    trial: str
    model: str
    beside: Mapping[str, str]

    def files(self, data: Path) -> dict[str, Any]:
        """Trial, model and what stands beside them, as `analyse` takes them."""
        named = {"trial": self.trial, "model": self.model, **self.beside}
        return {what: data / file for what, file in named.items()}


RUNNERS = (
    Runner(
        name="hamner",
        trial="hamner2010_run/subject02_running.trc",
        model="hamner2010_run/subject02_registered.osim",
        beside={
            "grf": "hamner2010_run/subject02_running_grf.mot",
            "external_loads": "hamner2010_run/External_Loads.xml",
            "ik_setup": "hamner2010_run/Setup_IK.xml",
        },
    ),
    Runner(
        name="rajagopal",
        trial="fukuchi2017_run/RBDS03/RBDS03runT35.c3d",
        model="fukuchi2017_run/RBDS03/RBDS03_scaledAdjusted_complex.osim",
        beside={"ik_setup": "fukuchi2017_run/RBDS03/RBDS03_T35_ikSetup.xml"},
    ),
)
"""92 muscles without wrapping, and 80 that wrap over cylinders."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One stage: ms a frame of both, the ratio that is promised, and how far the results are apart."""

    stage: str
    opensim_ms: float
    ours_ms: float
    promised: float
    agreement: str


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What every bench works on."""

    trial: Trial
    model: Model
    kinematics: Kinematics
    musculature: Musculature

    @property
    def free(self) -> Ints:
        """Coordinates that are not locked."""
        return np.array([k for k, c in enumerate(self.model.coordinates) if not c.locked])

    def motion(self, start_s: float, n_frames: int) -> tuple[Array, Array, Array, Array]:
        """Give times, q, u, udot of some frames."""
        time_s = np.asarray(start_s + STEP_S * np.arange(n_frames), dtype=float)
        return (time_s, *self.kinematics.at(time_s))


def prepare_bench(runner: Runner, data: Path) -> Inputs:
    """Read some seconds of a trial and the model, and solve the kinematics that the muscle benches start from."""
    files = runner.files(data)
    trial = read_trial(files["trial"], files.get("grf"), files.get("external_loads"), files["ik_setup"])
    model = load_model(files["model"])
    some = Parameters(end_s=MOST_S)
    kinematics = solve_kinematics(AnalysisInputs(trial=trial, model=model, parameters=some))
    if trial.markers is not None:
        count = len(kinematics.time_s)
        few = replace(trial.markers, time_s=trial.markers.time_s[:count], position_m=trial.markers.position_m[:count])
        trial = replace(trial, markers=few)
    return Inputs(trial=trial, model=model, kinematics=kinematics, musculature=model.require_muscles())


def _per_frame_ms(run: Callable[[int], object], few: int, many: int) -> float:
    """Processor time of OpenSim's child processes a frame, start-up taken off."""
    start_up = _child_seconds(lambda: run(few))
    return 1e3 * (_child_seconds(lambda: run(many)) - start_up) / (many - few)


def _child_seconds(run: Callable[[], object]) -> float:
    begin = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    return end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime


def _best_ms(run: Callable[[], object], n_frames: int) -> float:
    """Processor time of this process, all its threads, a frame; best of three."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        run()
        times.append(time.process_time() - begin)
    return 1e3 * min(times) / n_frames


def bench_inverse_kinematics(inputs: Inputs) -> Row:
    """Markers to coordinates, both solved to convergence."""
    from swinglever.engines.opensim.tools import solve_ik

    markers, tasks = inputs.trial.markers, inputs.trial.tasks
    assert markers is not None
    assert tasks is not None
    names = [n for n in markers.names if n in tasks.marker_weights and tasks.marker_weights[n] > 0]
    names = [n for n in names if n in {site.name for site in inputs.model.markers}]
    weights = [float(tasks.marker_weights[n]) for n in names]
    columns = [markers.names.index(n) for n in names]
    theirs: list[Array] = []

    def opensim(n_frames: int) -> None:
        part = replace(
            markers,
            names=tuple(names),
            time_s=markers.time_s[:n_frames],
            position_m=markers.position_m[:n_frames][:, columns],
        )
        theirs.append(solve_ik(inputs.model, part, weights, {}, 1e-6))

    opensim_ms = _per_frame_ms(opensim, 10, len(markers.time_s))
    asked = MarkersToFit(model=inputs.model, names=names, position_m=markers.position_m[:, columns], weights=weights)
    fit = fit_markers(asked)
    ours_ms = _best_ms(lambda: fit_markers(asked), len(asked.position_m))
    mine, other = (marker_cost(asked, q) for q in (fit.q, theirs[-1]))
    knees = [leg.knee for leg in inputs.model.legs.values()]
    apart = np.degrees(np.abs(fit.q - theirs[-1])[:, knees]).max()
    return Row(
        stage="inverse kinematics, converged",
        opensim_ms=opensim_ms,
        ours_ms=ours_ms,
        promised=30,
        agreement=(
            f"{len(asked.position_m)} frames: weighted squared error {(mine / other).min():.5f} to "
            f"{(mine / other).max():.5f} of "
            f"OpenSim's, knees within {apart:.3f} deg"
        ),
    )


def bench_moment_arms(inputs: Inputs) -> Row:
    """Lengths, moment arms of all muscles about all coordinates, and fibre states."""
    from swinglever.engines.opensim.analyses import muscle_analysis

    names = [c.name for c in inputs.model.coordinates]
    tables = {}

    def opensim(n_frames: int) -> None:
        time_s, q, _, _ = inputs.motion(1.0, n_frames)
        tables.update(muscle_analysis(inputs.model, time_s, q, names))

    opensim_ms = _per_frame_ms(opensim, 12, 18)
    _, q, u, _ = inputs.motion(1.0, 1000)

    def ours() -> None:
        states = evaluate_paths_at(inputs.musculature.paths, inputs.model.tree, q)
        fibre_states(inputs.musculature.muscles, states.length_m, states.lengthening_speed(u))

    arms = evaluate_paths_at(inputs.musculature.paths, inputs.model.tree, q[:18])
    muscles = list(inputs.musculature.paths.names)
    apart = 0.0
    for k, name in enumerate(names):
        table = tables[name]
        theirs = table.values[:18, [table.names.index(m) for m in muscles]]
        apart = max(apart, float(np.abs(theirs - arms.moment_arm_m[:, :, k]).max()))
    return Row(
        stage="moment arms and muscle states, all by all",
        opensim_ms=opensim_ms,
        ours_ms=_best_ms(ours, len(q)),
        promised=1000,
        agreement=f"moment arms within {apart:.1e} m",
    )


def bench_static_optimization(inputs: Inputs) -> Row:
    """Activations of all muscles at equal assumptions: no passive force, the same reserves, lowest activation 0.01."""
    from swinglever.engines.opensim.analyses import MovingModel, static_optimization

    legs = {k for leg in inputs.model.legs.values() for k in leg.released}
    names = inputs.model.coordinate_names
    reserves = {names[k]: RESERVE_NM if k in legs else RESIDUAL for k in inputs.free}
    tables = []
    first = 20

    def opensim(n_frames: int) -> None:
        time_s, q, _, _ = inputs.motion(1.0, 70)
        window = (float(time_s[first]), float(time_s[first + n_frames - 1]))
        tables.append(
            static_optimization(MovingModel(model=inputs.model, time_s=time_s, q=q, window=window), reserves)[0]
        )

    opensim_ms = _per_frame_ms(opensim, 5, 30)
    _, q, u, udot = inputs.motion(1.0, 1000)
    optimal = np.array(list(reserves.values()))
    net = inputs.model.net_forces(q, u, udot)[:, inputs.free]

    def ours() -> Array:
        states = evaluate_paths_at(inputs.musculature.paths, inputs.model.tree, q)
        fibres = fibre_states(inputs.musculature.muscles, states.length_m, states.lengthening_speed(u))
        arms = states.moment_arm_m[:, :, inputs.free] * fibres.active_force_n[..., None]
        return solve_activations(np.swapaxes(arms, 1, 2), net, optimal, lowest=0.01).activation

    muscles = inputs.musculature.paths.names
    theirs = tables[-1].values[:, [tables[-1].names.index(m) for m in muscles]]
    mine = ours()[first : first + len(theirs)]
    return Row(
        stage="static optimization (with moment arms)",
        opensim_ms=opensim_ms,
        ours_ms=_best_ms(ours, len(q)),
        promised=150,
        agreement=f"activations within {np.abs(theirs - mine).max():.4f}",
    )


def bench_induced_accelerations(inputs: Inputs) -> Row:
    """Accelerations of all coordinates by every muscle, in flight."""
    from swinglever.engines.opensim.analyses import induced_accelerations as opensims

    watched = ["knee_angle_l", "hip_flexion_l", "knee_angle_r", "hip_flexion_r"]
    tables = {}

    def opensim(n_frames: int) -> None:
        time_s, q, _, _ = inputs.motion(1.02, n_frames)
        tables.update(opensims(inputs.model, time_s, q, watched))

    opensim_ms = _per_frame_ms(opensim, 8, 16)
    _, q, _, _ = inputs.motion(1.02, 1000)
    ours = induced_accelerations(inputs.model, inputs.musculature.paths, q[:16], inputs.free.tolist())
    apart = 0.0
    for name in watched:
        table, mine = tables[name], ours.per_newton[:, :, ours.coordinates.index(name)]
        theirs = table.values[:16, [table.names.index(m) for m in ours.muscles]]
        apart = max(apart, float(np.abs(theirs - mine).max() / np.abs(mine).max()))
    return Row(
        stage="induced accelerations of every muscle",
        opensim_ms=opensim_ms,
        ours_ms=_best_ms(
            lambda: induced_accelerations(inputs.model, inputs.musculature.paths, q, inputs.free.tolist()), len(q)
        ),
        promised=200,
        agreement=f"{apart:.1e} relative",
    )


BENCHES: tuple[Callable[[Inputs], Row], ...] = (
    bench_inverse_kinematics,
    bench_moment_arms,
    bench_static_optimization,
    bench_induced_accelerations,
)
"""The comparisons, in the order of the table."""


@dataclass(frozen=True, kw_only=True)
class BoundsJob:
    """Bounds by moments and by effort of a leg's swings: seconds of processor a swing, and how large each is."""

    processor_s: float
    n_swings: int
    n_muscles: int
    n_instants: int


def bench_bounds(inputs: Inputs) -> BoundsJob:
    """Bound what the hamstrings did until half of folding, in scope ``shank``, by moments and by effort."""
    asked = AnalysisInputs(trial=inputs.trial, model=inputs.model, parameters=Parameters())
    events = find_swings(inputs.trial, inputs.model, inputs.kinematics, asked.parameters)
    swings = line_up(asked, inputs.kinematics, events)[0]
    forces = solve_least_effort(prepare_muscles(compute_dynamics(swings)))
    half = tuple(half_fold(flexion) for flexion in forces.legs.dynamics.knee_flexion_rad)
    question = ask(forces.legs, "hamstrings", "shank", "half", half, new=True)
    limits = calibrated_limits()
    shares = Shares(pull=limits.pull_share, driven=limits.driven_share)
    count, instants, muscles = forces.activation.shape
    busy_ms = _best_ms(lambda: find_bounds(forces, [question], shares), count)
    return BoundsJob(processor_s=1e-3 * busy_ms, n_swings=count, n_muscles=muscles, n_instants=instants)


@dataclass(frozen=True, kw_only=True)
class WholeJob:
    """A job from markers to result file, both legs.

    Seconds, those of processor and by stage, seconds that were recorded, swings, and the most memory that the process
    had, and the largest of those that it started: of a model that is loaded, or a partner's.
    """

    seconds: float
    processor_s: float
    stages: Mapping[str, float]
    recorded_s: float
    n_swings: int
    peak_mb: float
    child_peak_mb: float


def bench_whole_job(
    runner: Runner, data: Path, out: Path, *, jobs: int = 1, n_muscles: int | None = None, **parameters: Any
) -> WholeJob:
    """Analyse a trial and write the result; in a process of its own, so that the memory is this job's.

    With ``n_muscles``, the model keeps so many of its muscles, spread over their list.
    """
    begin, stages, files = time.perf_counter(), _StageClock(), runner.files(data)
    if n_muscles is not None:
        files["model"] = _with_fewer_muscles(load_model(files["model"]), n_muscles)
    report = analyse(**files, parameters=Parameters(**parameters), jobs=jobs, on_stage=stages.begin)
    stages.begin("write")
    write_report(report, out)
    stages.begin("")
    time_s = report.kinematics.time_s
    return WholeJob(
        seconds=time.perf_counter() - begin,
        processor_s=sum(stages.seconds.values()),
        stages=stages.seconds,
        recorded_s=float(time_s[-1] - time_s[0]),
        n_swings=len(report.swings),
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        child_peak_mb=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    )


def _with_fewer_muscles(model: Model, count: int) -> Model:
    muscles = model.require_muscles()
    rows = np.round(np.linspace(0, len(muscles.names) - 1, count)).astype(np.int64)
    return replace(model, musculature=muscles.select(rows))


class _StageClock:
    """Seconds of processor, children's included, between the beginnings of stages."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage, self._since = "begin", _busy_s()

    def begin(self, stage: str) -> None:
        now = _busy_s()
        named = "uncertainty" if self._stage.startswith("repeat") else self._stage
        self.seconds[named] = self.seconds.get(named, 0.0) + now - self._since
        self._stage, self._since = stage, now


def _busy_s() -> float:
    mine, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + others.ru_utime + others.ru_stime
