"""Laws and hand cases of muscle paths over points and cylinders, with a one-joint tree made by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swinglever.anatomy.multibody.joint_functions import JointFunctions, straight_line
from swinglever.anatomy.multibody.tree import Tree
from swinglever.anatomy.paths import wraps
from swinglever.anatomy.paths.cylinder import Cylinder, Touch, Wrap, touch_segment
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.anatomy.paths.points import MusclePath, PathPoint, PathWrap
from swinglever.anatomy.paths.records import PathSet
from swinglever.anatomy.paths.tangents import pulls, pulls_geodesic
from swinglever.arrays import Array
from swinglever.errors import ModelError


def hinge() -> Tree:
    """Body 0 fixed to ground; body 1 turns about z at the origin by the only coordinate."""
    eye = np.eye(3)
    return Tree(
        parent=np.array([-1]),
        fixed_rotation=eye[None],
        fixed_position=np.zeros((1, 3)),
        axis=np.array([[0.0, 0, 1]]),
        slides=np.array([False]),
        body_joint=np.array([-1, 0]),
        body_rotation=np.stack([eye, eye]),
        body_position=np.zeros((2, 3)),
        couplers=JointFunctions.identity(1),
        joints=JointFunctions.identity(1),
    )


def point(body: int, *location: float, **more: object) -> PathPoint:
    return PathPoint(body=body, location_m=np.array(location), **more)  # type: ignore[arg-type]


def cylinder(side: int = 0, axis: int = 0, radius: float = 0.03) -> Cylinder:
    return Cylinder(body=0, pose=np.eye(4), radius_m=radius, length_m=1.0, side=side, side_axis=axis)


def test_a_straight_muscle_by_hand() -> None:
    """From (0, 0.3) on ground to (0.04, -0.3) on the body: the arm is the distance of the line from the hinge."""
    paths = PathSet(paths=(MusclePath(name="m", points=(point(0, 0, 0.3, 0), point(1, 0.04, -0.3, 0))),))
    states = evaluate_paths_at(paths, hinge(), np.array([[0.0]]))
    length = np.hypot(0.04, 0.6)
    assert states.length_m[0, 0] == pytest.approx(length)
    assert states.moment_arm_m[0, 0, 0] == pytest.approx(0.3 * 0.04 / length)


@settings(max_examples=40, deadline=None)
@given(angle=st.floats(-1.5, 1.5), x=st.floats(0.02, 0.06), low=st.floats(-1, 0), high=st.floats(0, 1))
def test_a_point_out_of_its_range_is_as_if_it_were_not_there(angle: float, x: float, low: float, high: float) -> None:
    ends = point(0, 0, 0.3, 0), point(1, x, -0.3, 0.01)
    via = point(1, 0.05, -0.1, 0)
    conditional = point(1, 0.05, -0.1, 0, coordinate=0, active_range=(low, high))
    paths = PathSet(
        paths=(
            MusclePath(name="conditional", points=(ends[0], conditional, ends[1])),
            MusclePath(name="without", points=ends),
            MusclePath(name="with", points=(ends[0], via, ends[1])),
            MusclePath(name="backwards", points=(ends[1], conditional, ends[0])),
        )
    )
    states = evaluate_paths_at(paths, hinge(), np.array([[angle]]))
    same = 2 if low <= angle <= high else 1
    assert states.length_m[0, 0] == pytest.approx(states.length_m[0, same], abs=1e-15)
    assert states.moment_arm_m[0, 0, 0] == pytest.approx(states.moment_arm_m[0, same, 0], abs=1e-15)
    # backwards, it is the pull on the point before the absent one that moves the joint
    assert states.moment_arm_m[0, 3, 0] == pytest.approx(states.moment_arm_m[0, same, 0], abs=1e-15)


def test_a_moving_point_pulls_on_the_coordinate_that_moves_it() -> None:
    """A point that slides 0.02 m along x a radian, on ground: its arm is the pull along x times 0.02."""
    moves = JointFunctions(
        source=np.zeros(3, dtype=np.int64),
        functions=(straight_line(0.02, 0.0), straight_line(0.0, 0.0), straight_line(0.0, 0.0)),
        n_sources=1,
    )
    path = MusclePath(name="m", points=(point(0, 0.3, 0.4, 0), PathPoint(body=0, location_m=np.zeros(3), moves=moves)))
    states = evaluate_paths_at(PathSet(paths=(path,)), hinge(), np.array([[0.0]]))
    assert states.length_m[0, 0] == pytest.approx(0.5)
    assert states.moment_arm_m[0, 0, 0] == pytest.approx(0.02 * 0.3 / 0.5)


def test_a_muscle_over_a_pulley_has_its_radius_as_moment_arm() -> None:
    """A cylinder about the hinge: while the muscle touches it, the arm is the radius."""
    path = MusclePath(
        name="m",
        points=(point(0, -0.01, 0.3, 0), point(1, -0.01, -0.3, 0)),
        wraps=(PathWrap(cylinder=cylinder(side=-1), first=0, last=1),),
    )
    angles = np.linspace(0, 1.2, 8)[:, None]
    states = evaluate_paths_at(PathSet(paths=(path,)), hinge(), angles)
    np.testing.assert_allclose(np.abs(states.moment_arm_m[:, 0, 0]), 0.03, atol=1e-12)
    # length changes by radius times angle
    np.testing.assert_allclose(np.abs(np.diff(states.length_m[:, 0])), 0.03 * np.diff(angles[:, 0]), atol=1e-12)


def random_ends(seed: int, n: int = 30) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    start = np.stack([rng.uniform(-0.04, 0.04, n), rng.uniform(0.06, 0.2, n), rng.uniform(-0.1, 0.1, n)])
    end = np.stack([rng.uniform(-0.04, 0.04, n), rng.uniform(-0.2, -0.06, n), rng.uniform(-0.1, 0.1, n)])
    return start, end


def gradients_of(surface: Cylinder, start: Array, end: Array, found: Touch, *, geodesic: bool) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        if geodesic:
            return pulls_geodesic(start, end, found.first_m, found.last_m)
        return pulls(surface.radius_m, start, end, found.turn, found.long)


@pytest.mark.parametrize("geodesic", [True, False])
@pytest.mark.parametrize(("side", "axis"), [(0, 0), (1, 0), (-1, 0), (1, 1)])
def test_gradients_are_the_derivative_of_the_wrapped_length(geodesic: bool, side: int, axis: int) -> None:
    surface = cylinder(side, axis)
    start, end = random_ends(4)

    def length(a: Array, b: Array) -> Array:
        t = touch_segment(surface, a, b, geodesic=geodesic)
        return np.asarray(np.linalg.norm(a - t.first_m, axis=0) + t.arc_m + np.linalg.norm(b - t.last_m, axis=0))

    tangents = touch_segment(surface, start, end, geodesic=geodesic)
    gradients = gradients_of(surface, start, end, tangents, geodesic=geodesic)
    touched = tangents.kind >= Wrap.POSSIBLE
    assert touched.sum() > 5
    step = 1e-6
    for which in range(2):
        for k in range(3):
            shift = np.zeros((3, 1))
            shift[k] = step
            moved = [(start + s * shift, end) if which == 0 else (start, end + s * shift) for s in (1, -1)]
            slope = (length(*moved[0]) - length(*moved[1])) / (2 * step)
            # second order in the step
            np.testing.assert_allclose(gradients[which, k, touched], slope[touched], atol=1e-8)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_the_geodesic_is_the_shorter_of_the_two_paths_and_touches_smoothly(seed: int) -> None:
    surface = cylinder(side=1)
    start, end = random_ends(seed)
    lengths = []
    for geodesic in (True, False):
        t = touch_segment(surface, start, end, geodesic=geodesic)
        lengths.append(np.linalg.norm(start - t.first_m, axis=0) + t.arc_m + np.linalg.norm(end - t.last_m, axis=0))
        np.testing.assert_allclose(t.growth_m, lengths[-1] - np.linalg.norm(end - start, axis=0), atol=1e-15)
        touched = t.kind >= Wrap.POSSIBLE
        for tangent, outer in ((t.first_m, start), (t.last_m, end)):
            np.testing.assert_allclose(np.hypot(tangent[0], tangent[1]), 0.03, atol=1e-12)
            along = ((outer - tangent) * tangent)[:2].sum(axis=0)
            np.testing.assert_allclose(along[touched], 0, atol=1e-12)
    assert (lengths[0] <= lengths[1] + 1e-12).all()


def test_what_wraps_and_what_does_not() -> None:
    """Through an open cylinder: must wrap; past it: not; one end inside: cannot; beyond the cylinder's end: not."""
    start = np.array([[0.0, 0.1, 0], [0.1, 0.1, 0], [0.0, 0.01, 0], [0.0, 0.1, 5.0]])
    end = np.array([[0.001, -0.1, 0], [0.1, -0.1, 0], [0.0, -0.1, 0], [0.001, -0.1, 5.0]])
    kind = touch_segment(cylinder(), start.T, end.T, geodesic=True).kind
    assert kind.tolist() == [Wrap.MANDATORY, Wrap.NONE, Wrap.INSIDE, Wrap.NONE]


def test_many_frames_are_the_same_as_one_at_a_time() -> None:
    path = MusclePath(
        name="m",
        points=(point(0, -0.01, 0.3, 0), point(1, -0.01, -0.3, 0)),
        wraps=(PathWrap(cylinder=cylinder(side=-1), first=0, last=1),),
    )
    paths, q = PathSet(paths=(path,)), np.linspace(-1, 1, 600)[:, None]
    together = evaluate_paths_at(paths, hinge(), q)
    alone = [evaluate_paths_at(paths, hinge(), q[k : k + 1]).length_m[0, 0] for k in range(0, 600, 50)]
    np.testing.assert_array_equal(together.length_m[::50, 0], alone)


def over_two() -> PathSet:
    """A muscle over a cylinder on ground, above the hinge, and a tilted one that the hinge moves, below it."""
    tilted = np.eye(4)
    tilted[:3, :3] = [[np.cos(0.2), 0, np.sin(0.2)], [0, 1, 0], [-np.sin(0.2), 0, np.cos(0.2)]]
    tilted[:3, 3] = 0.005, -0.12, 0.0
    raised = np.eye(4)
    raised[:3, 3] = 0.0, 0.12, 0.0
    sizes = {"length_m": 1.0, "side": -1, "side_axis": 0}
    path = MusclePath(
        name="m",
        points=(point(0, -0.01, 0.4, 0.01), point(1, 0.01, -0.4, -0.02)),
        wraps=tuple(
            PathWrap(cylinder=Cylinder(body=body, pose=pose, radius_m=radius, **sizes), first=0, last=1)  # type: ignore[arg-type]
            for body, pose, radius in ((0, raised, 0.04), (1, tilted, 0.03))
        ),
    )
    return PathSet(paths=(path,))


def test_over_two_cylinders_a_few_steps_end_where_going_round_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newton's steps are no more than a start: without them, every tangent point in turn finds the same rest."""
    q = np.linspace(-0.6, 0.6, 40)[:, None]
    quick, rounds = evaluate_paths_at(over_two(), hinge(), q), []
    slide = wraps.slide_tangents
    monkeypatch.setattr(wraps, "slide_tangents", lambda *given: [rounds.append(1), slide(*given)][1])
    evaluate_paths_at(over_two(), hinge(), q)
    with_steps = len(rounds)
    monkeypatch.setattr(wraps, "settle_pair", lambda *_: None)
    slow = evaluate_paths_at(over_two(), hinge(), q)
    # the path rests within 1e-11 m, and its length is least there
    np.testing.assert_allclose(quick.length_m, slow.length_m, atol=1e-14)
    np.testing.assert_allclose(quick.moment_arm_m, slow.moment_arm_m, atol=1e-11)
    assert with_steps == 2, "each cylinder's points are laid once, and rest there"
    assert len(rounds) - with_steps > 10


def test_over_two_cylinders_frames_do_not_depend_on_each_other() -> None:
    q = np.linspace(-0.9, 0.9, 60)[:, None]
    together = evaluate_paths_at(over_two(), hinge(), q)
    alone = [evaluate_paths_at(over_two(), hinge(), q[k : k + 1]) for k in range(60)]
    np.testing.assert_array_equal(together.length_m[:, 0], [states.length_m[0, 0] for states in alone])
    np.testing.assert_array_equal(together.moment_arm_m[:, 0, 0], [states.moment_arm_m[0, 0, 0] for states in alone])


def test_over_two_cylinders_the_arm_is_the_derivative_of_the_length() -> None:
    q, step = np.linspace(-0.6, 0.6, 30)[:, None], 1e-5
    arms = evaluate_paths_at(over_two(), hinge(), q).moment_arm_m[:, 0, 0]
    ahead, behind = (evaluate_paths_at(over_two(), hinge(), q + s).length_m[:, 0] for s in (step, -step))
    # second order in the step
    np.testing.assert_allclose(arms, (behind - ahead) / (2 * step), atol=1e-8)


def test_bad_paths_are_named() -> None:
    with pytest.raises(ModelError, match="'short' has 1 points"):
        MusclePath(name="short", points=(point(0, 0, 0, 0),))
    with pytest.raises(ModelError, match="positive radius"):
        cylinder(radius=0.0)
