"""What the page is made of, without a browser."""

import base64
import json
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from swinglever.arrays import Array
from swinglever.metrics.chain import shank_power
from swinglever.page.curves import topics_of
from swinglever.page.html import join, tag
from swinglever.page.kinogram import frames_of, stick_points, typical_swing
from swinglever.page.muscle_lines import bind_lines, bind_points, neighbouring_pairs
from swinglever.page.numbers import value_text
from swinglever.page.payload import Payload, pack
from swinglever.page.sticks import find_sticks
from swinglever.page.surfaces import Surface, cluster, thin_surfaces
from swinglever.page.verdict import verdict_sentence
from swinglever.page.view import turn_poses, view_axes
from swinglever.page.write import write_page
from swinglever.records.report import SwingReport
from swinglever.signals import spread_evenly


def unpack(data: bytes, entry: dict[str, float], shape: list[int]) -> Array:
    """What data.ts does."""
    count, offset = int(np.prod(shape)), int(entry["offset"])
    low, high = (np.frombuffer(data, np.uint8, count, offset + k * count).astype(int) for k in (0, 1))
    steps = np.cumsum((low + 256 * high).reshape(shape), axis=-1) & 0xFFFF
    steps = np.where(steps > 32767, steps - 65536, steps)
    return np.where(steps == -32768, np.nan, entry["middle"] + entry["scale"] * steps)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    arrays(
        float,
        array_shapes(min_dims=1, max_dims=3, max_side=6),
        elements=st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))),
    )
)
def test_arrays_come_back_within_half_a_step(values: Array) -> None:
    told = json.loads(Payload(arrays={"a": values}).as_json())
    entry = told["arrays"]["a"]
    found = unpack(zlib.decompress(base64.b64decode(told["data"])), entry, entry["shape"])
    assert np.array_equal(np.isnan(found), np.isnan(values))
    known = ~np.isnan(values)
    reach = np.ptp(values[known]) if known.any() else 0.0
    np.testing.assert_allclose(found[known], values[known], atol=0.5001 * reach / 65534 + 1e-9)


def test_indices_come_back_exactly() -> None:
    faces = np.arange(6000.0)[::-1].reshape(3, -1)
    packed, scale, middle = pack(faces)
    found = unpack(packed, {"offset": 0, "scale": scale, "middle": middle}, [3, 2000])
    assert np.array_equal(np.round(found), faces)


def test_json_cannot_end_its_script() -> None:
    text = Payload(facts={"name": "</script><!--\u2028"}).as_json()
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)["name"] == "</script><!--\u2028"


def test_text_is_escaped_and_html_is_not() -> None:
    assert tag("p", "<b>", tag("i", '"'), title='a"b') == '<p title="a&quot;b">&lt;b&gt;<i>&quot;</i></p>'
    assert join(["&", tag("br")]) == "&amp;<br>"


@pytest.mark.parametrize(
    ("value", "spread", "text"),
    [(9.7, np.nan, "9.70"), (9.96, 3.0, "10.0"), (-0.004, 0.1, "0.00"), (-4.2, 1.0, "−4.2"), (np.nan, 1.0, "–")],
)
def test_numbers_have_the_digits_that_their_spread_deserves(value: float, spread: float, text: str) -> None:
    assert value_text(value, spread) == text


def test_clustering_keeps_the_shape_within_a_cell() -> None:
    around, along = np.meshgrid(np.linspace(0, 2 * np.pi, 80), np.linspace(0, 0.4, 60), indexing="ij")
    points = np.stack([0.03 * np.cos(around), along, 0.03 * np.sin(around)], axis=-1).reshape(-1, 3)
    a = (np.arange(79)[:, None] * 60 + np.arange(59)).ravel()
    faces = np.concatenate([np.stack([a, a + 1, a + 60], 1), np.stack([a + 1, a + 61, a + 60], 1)])
    thin = cluster(Surface(body="b", vertices_m=points, triangles=faces), 0.01)
    assert len(thin.vertices_m) < len(points) / 4
    assert thin.triangles.max() == len(thin.vertices_m) - 1
    assert (np.diff(np.sort(thin.triangles, axis=1)) > 0).all()
    radius = np.hypot(thin.vertices_m[:, 0], thin.vertices_m[:, 2])
    assert radius.min() > 0.03 - 0.01 * np.sqrt(3)
    np.testing.assert_allclose(np.ptp(thin.vertices_m[:, 1]), 0.4, atol=0.02)


def test_bones_are_few_enough_and_cover_every_body(both_legs: SwingReport) -> None:
    meshes = both_legs.playback.meshes
    thin = thin_surfaces(meshes, 2000)
    assert sum(len(s.vertices_m) for s in thin) <= 2000
    assert {s.body for s in thin} == {m.body for m in meshes}


def test_the_stick_figure_hangs_together_as_the_model_does(both_legs: SwingReport) -> None:
    playback = both_legs.playback
    sticks = find_sticks(playback.body_pose, thin_surfaces(playback.meshes), playback.body_names)
    names = playback.body_names
    found = {(names[a], names[b]) for a, b, _ in sticks}
    for side in "lr":
        assert {
            ("pelvis", f"femur_{side}"),
            (f"femur_{side}", f"tibia_{side}"),
            (f"tibia_{side}", f"talus_{side}"),
        } <= found
    assert ("torso", "torso") in found
    lengths = [np.linalg.norm(np.diff(stick_points(both_legs, sticks, t), axis=1), axis=-1) for t in (0.4, 0.6, 0.8)]
    np.testing.assert_allclose(lengths[0], lengths[1], atol=0.004)
    np.testing.assert_allclose(lengths[0], lengths[2], atol=0.004)


def test_muscle_lines_follow_the_bodies(both_legs: SwingReport) -> None:
    playback = both_legs.playback
    sticks = find_sticks(playback.body_pose, thin_surfaces(playback.meshes), playback.body_names)
    pairs = neighbouring_pairs([(a, b) for a, b, _ in sticks], len(playback.body_names))
    path = playback.muscle_path_m
    bound = bind_lines(path, playback.body_pose, pairs)
    errors = bound.error_m.reshape(path.shape[1:3])
    # Origins are fixed in a body, to the single precision of the paths. Iliacus and psoas insert at moving points.
    assert errors[:, 0].max() < 2e-6
    fixed = [k for k, name in enumerate(playback.muscle_names) if not name.startswith(("iliacus", "psoas"))]
    assert np.median(errors[fixed, -1]) < 2e-6
    assert errors.max() < 0.007


def test_a_line_that_winds_round_a_knee_in_some_frames_only_is_drawn_where_it_is() -> None:
    # A shank that turns from -6 to 100 deg about a roller of 4 cm. It is touched from 0 deg on; before,
    # their slots repeat the line's end, as a model's paths do.
    angle = np.radians(np.r_[np.linspace(-6, 100, 60), np.linspace(100, -5, 60)])
    poses = np.tile(np.eye(4), (len(angle), 2, 1, 1))
    poses[:, 1, :2, :2] = np.moveaxis([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], 2, 0)
    lines = np.empty((len(angle), 1, 16, 3))
    for t, fold in enumerate(angle):
        round_it, end = np.linspace(0, fold, 14), poses[t, 1, :3, :3] @ [-0.04, -0.3, 0.0]
        middle = np.stack([-0.04 * np.cos(round_it), -0.04 * np.sin(round_it), 0 * round_it], axis=-1)
        lines[t, 0] = [[-0.04, 0.4, 0.0], *(middle if fold > 0 else 14 * [end]), end]
    bound = bind_lines(lines, poses, [(0, 0), (1, 1), (0, 1)])
    words, scale, middle = pack(bound.weights.T)
    weights = unpack(words, {"offset": 0, "scale": scale, "middle": middle}, list(bound.weights.T.shape)).T
    aside = []
    for t in range(len(angle)):
        first, second = (poses[t, bound.bodies[:, k]] for k in range(2))
        share = weights[:, 6:]
        drawn = np.einsum("nij,nj->ni", first[:, :3, :3], weights[:, :3])
        drawn += np.einsum("nij,nj->ni", second[:, :3, :3], weights[:, 3:6])
        drawn += share * first[:, :3, 3] + (1 - share) * second[:, :3, 3]
        aside.append([_distance_to_line(point, lines[t, 0]) for point in drawn])
    assert np.sqrt(np.mean(np.square(aside), axis=0)).max() < 0.007
    assert np.max(aside) < 0.022
    assert np.abs(bound.weights).max() < 2.0


def _distance_to_line(point: Array, line: Array) -> float:
    a, way = line[:-1], np.diff(line, axis=0)
    share = np.clip(((point - a) * way).sum(-1) / np.maximum((way**2).sum(-1), 1e-18), 0, 1)
    return float(np.linalg.norm(a + share[:, None] * way - point, axis=-1).min())


def test_points_spread_evenly_lie_on_the_line_and_keep_its_ends() -> None:
    line = np.array([[0, 0, 0], [0, 3, 0], [0, 3, 0], [4, 3, 0.0]])[None, None]
    even = spread_evenly(line, 4)[0, 0]
    np.testing.assert_allclose(even, [[0, 0, 0], [0, 7 / 3, 0], [5 / 3, 3, 0], [4, 3, 0]], atol=1e-12)
    np.testing.assert_allclose(spread_evenly(0 * line, 4), 0.0, atol=0)


def test_a_point_between_two_bodies_is_bound_exactly() -> None:
    rng = np.random.default_rng(1)
    poses = np.tile(np.eye(4), (40, 2, 1, 1))
    for k in range(2):
        turn = np.cumsum(rng.normal(0, 0.1, 40))
        poses[:, k, 0, 0], poses[:, k, 0, 1], poses[:, k, 1, 0], poses[:, k, 1, 1] = (
            np.cos(turn), -np.sin(turn), np.sin(turn), np.cos(turn),
        )  # fmt: skip
        poses[:, k, :3, 3] = np.cumsum(rng.normal(0, 0.02, (40, 3)), axis=0)
    ends = [np.einsum("tij,j->ti", poses[:, k, :3, :3], [0.1, 0.2, k]) + poses[:, k, :3, 3] for k in range(2)]
    points = np.stack([ends[0], 0.3 * ends[0] + 0.7 * ends[1]], axis=1)
    bound = bind_points(points, poses, [(0, 0), (1, 1), (0, 1)])
    assert bound.bodies.tolist() == [[0, 0], [0, 1]]
    assert bound.error_m.max() < 1e-9


def test_poses_in_the_figures_axes_are_the_same_motion(both_legs: SwingReport) -> None:
    axes = view_axes(both_legs)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)
    poses = both_legs.playback.body_pose
    position, quaternion = turn_poses(poses, axes)
    from scipy.spatial.transform import Rotation

    turned = Rotation.from_quat(quaternion[50]).as_matrix()
    np.testing.assert_allclose(turned, axes @ poses[50, :, :3, :3], atol=1e-6)
    np.testing.assert_allclose(position[50], poses[50, :, :3, 3] @ axes.T, atol=1e-9)
    assert ((quaternion[1:] * quaternion[:-1]).sum(-1) > 0.9).all()


def test_causes_on_the_page_sum_to_the_recorded_change(both_legs: SwingReport) -> None:
    for topic in topics_of(both_legs):
        if topic.stacks:
            for swing, values in zip(both_legs.swings, topic.values, strict=True):
                change = np.degrees(swing.knee_flexion_rad - swing.knee_flexion_rad[0])
                peak = int(np.argmax(change))
                np.testing.assert_allclose(values.sum(axis=0)[:peak], change[:peak], atol=0.1)


def test_energy_on_the_page_is_what_the_power_brings(both_legs: SwingReport) -> None:
    """Rate of the shank's energy = force, moment and gravity at the knee, and what the ankle gives (energy law)."""
    swing = both_legs.swings[0]
    topic = next(t for t in topics_of(both_legs) if t.id == "power")
    power = shank_power(swing.motion)
    at_ankle = power.ankle_force_w + power.ankle_moment_w
    np.testing.assert_allclose(topic.values[0].sum(axis=0) + at_ankle, power.total_w, atol=1e-6)


def test_the_kinogram_has_the_events_in_order(both_legs: SwingReport) -> None:
    swing = typical_swing(both_legs, "r")
    frames = frames_of(swing)
    assert [words for words, _, _ in frames] == [
        "toe-off", "thigh reversal", "peak flexion", "pass under the hip", "foot strike",
    ]  # fmt: skip
    assert max(knee for _, _, knee in frames) == pytest.approx(swing.peak_flexion_deg, abs=0.1)


def test_legs_that_differ_are_named_apart(both_legs: SwingReport) -> None:
    import dataclasses

    changed = [dataclasses.replace(s, verdict="mixed") if s.side == "r" else s for s in both_legs.swings]
    one = [dataclasses.replace(s, verdict="momentum-driven") if s.side == "l" else s for s in changed]
    told = verdict_sentence(dataclasses.replace(both_legs, swings=tuple(one)))
    assert told.startswith("The left leg folds by momentum:")
    right = sum(s.side == "r" for s in one)
    assert f"The right leg folds by momentum and by a pull of the hamstrings together, in all {right} swings." in told


def test_a_report_without_swings_muscles_or_poses_still_has_a_page(both_legs: SwingReport, tmp_path) -> None:
    import dataclasses

    bare = dataclasses.replace(both_legs, swings=(), metrics={}, playback=None)
    assert "No swing of a leg was found" in write_page([bare], tmp_path / "bare.html").read_text(encoding="utf-8")
    poor = [
        dataclasses.replace(s, muscles=None, motion=None, metrics={}, ablation={}, lever={}, attribution={})
        for s in both_legs.swings
    ]
    text = write_page([dataclasses.replace(both_legs, swings=tuple(poor))], tmp_path / "poor.html").read_text("utf-8")
    assert "net joint moments alone" in text
