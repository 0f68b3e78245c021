"""Laws of the method, on a planar runner whose answers are known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import make_interp_spline
from tests.unit.motions import analysed, free_fall, running_like, swing_of

from swinglever.anatomy.model import Model
from swinglever.anatomy.multibody.equation import body_inertias
from swinglever.arrays import Array
from swinglever.causes.attribution import attribute, attribute_both_ways
from swinglever.causes.replay import moment_cases, replay
from swinglever.causes.sources import Sources, moment_sources
from swinglever.dynamics.limb import Dynamics, bilinear_terms
from swinglever.engines.planar import PlanarBody, planar_model
from swinglever.motion.kinematics import kinematics_of

TIME = np.linspace(0.0, 1.0, 201)
MODEL = planar_model()
phases = st.floats(0.0, 2 * np.pi)
sizes = st.floats(0.4, 1.1)


@settings(max_examples=15, deadline=None)
@given(phases, sizes)
@pytest.mark.parametrize("scope", ["shank", "leg"])
def test_sources_sum_to_the_recorded_knee_angle(scope, phase, size):
    dynamics = analysed(MODEL, running_like(TIME, MODEL, phase, size), TIME)
    ((*both,),) = attribute_both_ways([dynamics], scope, [None])
    for shares in both:
        (found,) = shares.records()
        recorded = dynamics.knee_flexion_rad[0] - dynamics.knee_flexion_rad[0, 0]
        # 0.02 deg: error of splines on 4.5 ms samples; a sign error in any term shows at whole degrees.
        assert np.abs(found.knee_flexion_rad.sum(axis=1) - recorded).max() < np.radians(0.02)
        assert found.closure_rad < np.radians(0.02)


@settings(max_examples=15, deadline=None)
@given(phases, st.floats(-2.0, 2.0))
@pytest.mark.parametrize("scope", ["shank", "leg"])
def test_a_force_cut_in_two_sources_gives_two_shares_of_the_same_sum(scope, phase, part):
    dynamics = analysed(MODEL, running_like(TIME, MODEL, phase), TIME)
    whole = moment_sources(dynamics)
    knee = whole.groups.index("knee_moment")
    others = [k for k in range(len(whole.names)) if k != knee]
    pieces = [part * whole.force[..., [knee]], (1 - part) * whole.force[..., [knee]]]
    cut = Sources(
        names=(*(whole.names[k] for k in others), "one", "other"),
        groups=(*(whole.groups[k] for k in others), "one", "other"),
        force=np.concatenate([whole.force[..., others], *pieces], axis=-1),
    )
    together, groups = shares_of(dynamics, scope), shares_of(dynamics, scope, cut)
    knee_share = together["knee_moment"]
    assert groups.get("one", 0.0) == pytest.approx(part * knee_share, abs=1e-6)
    assert groups.get("other", 0.0) == pytest.approx((1 - part) * knee_share, abs=1e-6)
    assert groups["gravity"] == pytest.approx(together["gravity"], abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(phases, sizes)
def test_left_and_right_are_mirror_images(phase, size):
    q = running_like(TIME, MODEL, phase, size)
    swapped = q[:, [0, 1, 2, 6, 7, 8, 3, 4, 5]]
    right, left = analysed(MODEL, q, TIME, "r"), analysed(MODEL, swapped, TIME, "l")
    for scope in ("shank", "leg"):
        mine, other = (shares_of(dynamics, scope) for dynamics in (right, left))
        assert mine == pytest.approx(other, abs=1e-8)


@settings(max_examples=10, deadline=None)
@given(phases)
def test_the_sign_of_the_models_knee_does_not_matter(phase):
    negative = planar_model(PlanarBody(knee_sign=-1.0))
    cases = [analysed(m, running_like(TIME, m, phase), TIME) for m in (MODEL, negative)]
    plus, minus = (shares_of(dynamics, "leg") for dynamics in cases)
    assert plus == pytest.approx(minus, abs=1e-8)


@settings(max_examples=8, deadline=None)
@given(phases, st.sampled_from([100, 120, 300]))
def test_the_frame_rate_does_not_matter(phase, rate):
    shares = []
    for frames in (rate, 600):
        time_s = np.linspace(0.0, 1.0, frames + 1)
        shares.append(shares_of(analysed(MODEL, running_like(time_s, MODEL, phase), time_s), "leg"))
    # 0.1 deg of shares of a hundred: what quintic splines through 100 Hz samples of this motion leave.
    assert shares[0] == pytest.approx(shares[1], abs=0.1)


def test_the_number_of_samples_of_a_swing_does_not_matter():
    q = running_like(TIME, MODEL)
    coarse, fine = (shares_of(analysed(MODEL, q, TIME, grid_points=n), "leg") for n in (101, 401))
    # Groups are read at the sample of peak flexion, where the angle hardly moves but single shares still run by about a
    # degree in each of the 101 samples; sums of them stay put.
    assert sum(coarse.values()) == pytest.approx(sum(fine.values()), abs=0.05)
    assert coarse == pytest.approx(fine, abs=2.0)


@settings(max_examples=10, deadline=None)
@given(st.floats(-0.6, 0.2), st.floats(0.1, 0.6), st.floats(-3.0, 6.0), st.floats(-3.0, 6.0))
def test_a_body_in_free_fall_has_no_joint_moments(hip, knee, hip_speed, knee_speed):
    q0 = np.array([0, 1, 0.1, hip, knee, 0.1, -hip, 0.4, 0.0])
    u0 = np.array([0.5, 1, 0.3, hip_speed, knee_speed, 0.5, -hip_speed, 1.0, 0.0])
    q = free_fall(MODEL, q0, u0, TIME)
    dynamics = analysed(MODEL, q, TIME)
    moments = dynamics.released_moment
    # Second derivatives of splines on 5 ms samples of a tumbling leg: 0.05 N m beside moments of a runner of 100 N m.
    assert np.abs(moments).max() < 0.05
    shares = shares_of(dynamics, "leg")
    assert abs(shares.get("knee_moment", 0.0)) < 0.1
    assert abs(shares.get("hip_moment", 0.0)) < 0.1


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.floats(-3.0, 3.0))
def test_the_bilinear_form_of_the_velocity_terms_is_one(seed, factor):
    """B(u, u) = c(u); B is symmetric, and linear in each of its speeds."""
    rng = np.random.default_rng(seed)
    q, (u, v, w) = rng.uniform(-0.5, 1.0, (4, 9)), rng.normal(0, 4, (3, 4, 9))
    placed = MODEL.place(q)
    inertias = body_inertias(placed, MODEL.masses)

    def form(a, b):
        return bilinear_terms(placed, inertias, a, b)

    # 1e-9 of terms of a thousand N m: round-off of their difference.
    assert form(u, u) == pytest.approx(MODEL.velocity_terms(q, u), abs=1e-9)
    assert form(u, v) == pytest.approx(form(v, u), abs=1e-9)
    assert form(u, v + factor * w) == pytest.approx(form(u, v) + factor * form(u, w), abs=1e-9)


def test_the_released_part_of_the_velocity_terms_is_what_it_says():
    """With everything but the leg at rest, the leg's own part of c is all of c."""
    time_s = np.linspace(0.0, 1.0, 201)
    q = np.zeros((201, 9))
    q[:, 1] = 1.0
    q[:, 3], q[:, 4], q[:, 5] = np.sin(5 * time_s), 1 + np.cos(4 * time_s), 0.3 * np.sin(7 * time_s)
    d = analysed(MODEL, q, time_s)
    own = (d.bilinear @ d.u[..., d.limb.released, None])[..., 0]
    assert own == pytest.approx(d.velocity_terms, abs=1e-9)
    assert np.abs(d.velocity_terms).max() > 1.0


def test_removing_nothing_gives_the_recording_back():
    dynamics = analysed(MODEL, running_like(TIME, MODEL), TIME)
    (found,) = replay(dynamics, moment_cases(dynamics)).records()
    flexion = dynamics.knee_flexion_rad[0]
    assert np.abs(found["none"].knee_flexion_rad - flexion).max() < np.radians(0.02)
    assert found["none"].stopped_by == ()


def test_a_free_leg_keeps_its_energy():
    """Without moments, with a pelvis that stands still, potential and kinetic energy of the leg stay the same."""
    time_s = np.linspace(0.0, 1.0, 401)
    q = np.zeros((len(time_s), 9))
    q[:, 1] = 1.0
    q[:, 3] = 0.3 * np.sin(4 * time_s)
    q[:, 4] = 0.9 + 0.3 * np.cos(5 * time_s)
    unbounded = tuple(replace(c, minimum=-9.0, maximum=9.0) for c in MODEL.coordinates)
    dynamics = analysed(replace(MODEL, coordinates=unbounded), q, time_s)
    (found,) = replay(dynamics, {"ballistic": moment_cases(dynamics)["ballistic"]}).records()
    ghost, model = found["ballistic"], dynamics.limb.model
    whole = np.zeros((len(ghost.time_s), len(model.coordinates)))
    whole[:, 1] = 1.0
    whole[:, dynamics.limb.released] = ghost.q
    moving = kinematics_of(model.coordinate_names, ghost.time_s, whole)
    kinetic = 0.5 * np.einsum("ti,tij,tj->t", moving.u, model.mass_matrix(moving.q), moving.u)
    energy = (kinetic + potential_energy(model, moving.q))[5:-5]
    # 1e-4 of the energy that is exchanged: error of the splines that give speeds back from the ghost's angles.
    assert np.ptp(energy) < 1e-4 * np.ptp(kinetic[5:-5])
    assert np.ptp(kinetic[5:-5]) > 1.0


def test_momentum_changes_by_the_forces_on_the_whole_body():
    """The force that carries the pelvis coordinates is the rate of the whole body's momentum, less its weight."""
    kinematics = kinematics_of(MODEL.coordinate_names, TIME, running_like(TIME, MODEL))
    net = MODEL.net_forces(kinematics.q, kinematics.u, kinematics.udot)
    placed = MODEL.place(kinematics.q)
    bodies = np.arange(len(MODEL.body_names))
    velocity = placed.station_velocities(kinematics.u, bodies, MODEL.masses.centre_m)
    momentum = (velocity * MODEL.masses.mass_kg[:, None]).sum(axis=1)
    rate = np.gradient(momentum, TIME, axis=0, edge_order=2)[5:-5]
    weight = MODEL.mass_kg * MODEL.gravity
    # Central differences of 5 ms samples: 1 N beside forces of 1000 N.
    assert np.abs(net[5:-5, :2] - (rate - weight)[:, :2]).max() < 2.0


def test_the_velocity_term_of_a_two_link_leg_always_extends_a_flexed_knee():
    """With hip and knee released and the foot weightless, -M^-1 c at the knee is never flexion."""
    tiny = PlanarBody(foot=replace(PlanarBody().foot, mass_kg=1e-9, inertia_kg_m2=1e-9))
    model = planar_model(tiny)
    rng = np.random.default_rng(1)
    q, u = np.zeros((200, 9)), np.zeros((200, 9))
    q[:, 3], q[:, 4] = rng.uniform(-0.5, 1.0, 200), rng.uniform(0.2, 2.2, 200)
    u[:, 3:5] = rng.normal(0, 8.0, (200, 2))
    hip_knee = np.ix_(np.arange(200), [3, 4], [3, 4])
    term = -np.linalg.solve(model.mass_matrix(q)[hip_knee], model.velocity_terms(q, u)[:, 3:5, None])[:, 1, 0]
    assert (term < 0).all()


def test_the_thighs_acceleration_folds_the_shank_by_the_textbook_amount():
    """Shank scope by hand: a straight leg whose thigh starts forward with 100 rad/s2 from rest.

    Knee flexion = relative turn of the shank backwards. With the shank's inertia about the knee J = I + m d^2 and
    l the thigh: the shank's own absolute angle obeys J a_shank = -m d l a_thigh (Putnam 1991 for a straight leg), so
    knee flexion accelerates with a_thigh - a_shank = a_thigh (1 + m d l / J). For m = 3.3, d = .19, l = .43, I = .05:
    J = .169130, m d l = .269610, so 100 * (1 + 1.594099) = 259.41 rad/s2. Foot made weightless.
    """
    tiny = PlanarBody(foot=replace(PlanarBody().foot, mass_kg=1e-9, inertia_kg_m2=1e-9))
    model = planar_model(tiny)
    time_s = np.linspace(0.0, 1.0, 201)
    q = np.zeros((201, 9))
    q[:, 3] = 0.5 * 100.0 * (time_s - 0.3) ** 2
    (found,) = attribute(analysed(model, q, time_s, swing=swing_of("r", 0.3, 0.7)), "shank").records()
    first = found.knee_flexion_acceleration_rad_s2[0, found.sources.index("proximal_acceleration")]
    assert first == pytest.approx(259.41, abs=0.01)


def test_a_wrong_sign_of_the_velocity_terms_breaks_the_energy_law_though_not_the_closure():
    """What the energy law is for: closure alone does not see the sign of c."""
    right = analysed(MODEL, running_like(TIME, MODEL), TIME)
    wrong = replace(
        right,
        velocity_terms=-right.velocity_terms,
        bilinear=-right.bilinear,
        net_moment=right.net_moment - 2 * right.velocity_terms,
    )
    for dynamics in (right, wrong):
        assert attribute(dynamics, "leg").records()[0].closure_rad < np.radians(0.02)
    # 1e-3 J: error of splines of samples 4.5 ms apart. The wrong sign makes thousands of times as much.
    assert energy_from_nowhere(right) < 1e-3
    assert energy_from_nowhere(wrong) > 5.0


def energy_from_nowhere(dynamics: Dynamics) -> float:
    """Most energy, J, that pelvis and leg gain along a swing beyond the work of what moves their joints.

    The net forces at the coordinates, the pelvis's own among them, do all the work: dE/dt = net force . u.
    """
    (q,), (u,), (net,), (time_s,) = dynamics.q, dynamics.u, dynamics.net_moment, dynamics.time_s
    energy = 0.5 * np.einsum("ti,tij,tj->t", u, dynamics.mass_matrix[0], u) + potential_energy(dynamics.limb.model, q)
    power = (net * u).sum(axis=1)
    work = make_interp_spline(time_s, power, k=5).antiderivative()(time_s)
    return float(np.abs(energy - energy[0] - work).max())


def potential_energy(model: Model, q: Array) -> Array:
    """Energy (T) of a model's weight, J."""
    placed = model.place(q)
    centre = placed.stations(np.arange(len(model.body_names)), model.masses.centre_m)
    return np.asarray(-(centre @ model.gravity) @ model.masses.mass_kg)


def shares_of(dynamics: Dynamics, scope: str, sources: Sources | None = None) -> dict[str, float]:
    """Degrees by group of the one swing."""
    return attribute(dynamics, scope, sources).records()[0].degrees_by_group()
