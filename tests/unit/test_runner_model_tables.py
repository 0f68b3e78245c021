"""Our own model from its tables, without OpenSim: rebuilt, weighed, measured and mirrored."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swinglever.errors import InputError
from swinglever.synthetic.actuators import build_muscles
from swinglever.synthetic.joints import build_joints, build_markers
from swinglever.synthetic.osim import write_runner
from swinglever.synthetic.segments import Mass, add_masses, build_bodies, take_mass
from swinglever.synthetic.shapes import build_skins
from swinglever.synthetic.tables import read_table
from swinglever.system.resources import models_folder

SPREADS = Path(__file__).parent.parent / "reference" / "segment_spreads.toml"
WANTED_MUSCLES = {
    "bflh",
    "bfsh",
    "semimem",
    "semiten",
    "iliacus",
    "psoas",
    "recfem",
    "vaslat",
    "vasmed",
    "vasint",
    "glmax1",
} | {*("glmed1", "sart", "grac", "tfl", "gasmed", "gaslat", "soleus", "tibant")}


def test_the_bundled_model_is_rebuilt_to_the_same_bytes(tmp_path: Path) -> None:
    write_runner(tmp_path)
    built = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert len(built) == 1 + len(build_skins())
    for name, content in built.items():
        assert (models_folder() / name).read_bytes() == content, (
            f"run scripts/develop/build_runner.py: {name} is out of date"
        )


def test_the_masses_sum_to_the_runner() -> None:
    assert sum(b.mass_kg for b in build_bodies(1.70, 61.0)) == pytest.approx(61.0, rel=1e-12)


def test_every_inertia_is_a_body_s() -> None:
    """Principal moments positive, and none larger than the sum of the other two."""
    for body in build_bodies(1.77, 70.6):
        a, b, c = np.linalg.eigvalsh(body.inertia_kg_m2)
        assert a > 0.0, body.name
        assert a + b >= c, body.name


def test_the_foot_in_three_parts_weighs_and_turns_as_de_leva_s_foot() -> None:
    table = read_table("runner_segments.toml")
    bodies = {b.name: b for b in build_bodies(1.741, 100.0)}
    joints = {j.name: j for j in build_joints(1.741)}
    placed = {"talus_r": -joints["subtalar_r"].at_m, "calcn_r": np.zeros(3), "toes_r": joints["mtp_r"].at_m}
    foot = add_masses(
        [
            Mass(mass_kg=bodies[n].mass_kg, centre_m=bodies[n].centre_m + at, inertia_kg_m2=bodies[n].inertia_kg_m2)
            for n, at in placed.items()
        ]
    )
    entry = table["foot"]
    assert foot.mass_kg == pytest.approx(100.0 * entry["mass_share"])
    assert foot.centre_m[0] - table["foot_parts"]["heel_tip_m"] == pytest.approx(0.4415 * 0.2581)
    expected = 100.0 * entry["mass_share"] * (np.array(entry["gyration"]) * entry["length_m"]) ** 2
    np.testing.assert_allclose(foot.inertia_kg_m2, np.diag(expected), atol=1e-12)


@given(st.lists(st.floats(0.1, 9.0), min_size=2, max_size=4))
def test_taking_out_what_was_added_leaves_the_rest(masses: list[float]) -> None:
    parts = [Mass(mass_kg=m, centre_m=np.array([i, m, -i]), inertia_kg_m2=np.eye(3) * m) for i, m in enumerate(masses)]
    left = take_mass(add_masses(parts), parts[1:])
    np.testing.assert_allclose(left.centre_m, parts[0].centre_m, atol=1e-6)
    np.testing.assert_allclose(left.inertia_kg_m2, parts[0].inertia_kg_m2, atol=1e-5)


@pytest.mark.parametrize(
    ("segment", "body", "length"), [("thigh", "femur_r", "knee_r"), ("shank", "tibia_r", "ankle_r")]
)
def test_leg_segments_lie_within_the_spread_of_published_tables(segment: str, body: str, length: str) -> None:
    spread = tomllib.loads(SPREADS.read_text(encoding="utf-8"))[segment].values()
    part = next(b for b in build_bodies(1.77, 70.6) if b.name == body)
    size = -next(j for j in build_joints(1.77) if j.name == length).at_m[1]
    found = {
        "mass": part.mass_kg / 70.6,
        "centre": -part.centre_m[1] / size,
        "gyration": np.sqrt(part.inertia_kg_m2[2, 2] / part.mass_kg) / size,
    }
    for quantity, value in found.items():
        published = [source[quantity] for source in spread]
        # The printed digits: half of the last one.
        assert min(published) - 5e-4 <= value <= max(published) + 5e-4, (segment, quantity, value)


def test_the_joint_chain_stands_at_the_stature() -> None:
    """Soles on the ground, head at the stature, for any size: hip centres near 0.53 of it (Drillis & Contini 1966)."""
    hip = next(c.default for j in build_joints(1.60) for c in j.coordinates if c.name == "pelvis_ty")
    assert hip / 1.60 == pytest.approx(0.53, abs=0.01)
    skins, origin = {s.name: s for s in build_skins()}, _standing(1.741)
    assert (skins["head"].vertices_m + origin["torso"])[:, 1].max() == pytest.approx(1.741, abs=0.01)
    assert (skins["calcn_r"].vertices_m + origin["calcn_r"])[:, 1].min() == pytest.approx(0.0, abs=0.003)


def test_markers_lie_on_the_skin() -> None:
    """Within 15 mm of the skin of their body or of a neighbour: a marker and its base are about as thick."""
    origin = _standing(1.741)
    skin = np.concatenate([s.vertices_m + origin[s.body] for s in build_skins()])
    for marker in build_markers(1.741):
        gap = np.linalg.norm(skin - (marker.at_m + origin[marker.body]), axis=1).min()
        assert gap < 0.025, (marker.name, gap)  # 15 mm, and 10 mm to the nearest corner of the mesh


def test_skins_are_closed_and_face_outwards() -> None:
    """Every edge is shared by two faces that run along it in opposite directions; the enclosed volume is positive."""
    for skin in build_skins():
        edges = [(f[i], f[(i + 1) % len(f)]) for f in skin.faces for i in range(len(f))]
        assert len(set(edges)) == len(edges)
        assert {(b, a) for a, b in edges} == set(edges), skin.name
        triangles = np.array([(f[0], f[i], f[i + 1]) for f in skin.faces for i in range(1, len(f) - 1)])
        a, b, c = np.moveaxis(skin.vertices_m[triangles], 1, 0)
        assert (a * np.cross(b, c)).sum() / 6.0 > 1e-5, skin.name


def test_the_skin_holds_about_the_mass_of_the_leg() -> None:
    """Volume of thigh and shank times 1.05 kg/l (Dempster 1955) near de Leva's mass of a man of 73 kg."""
    volumes = {}
    for skin in build_skins():
        triangles = np.array([(f[0], f[i], f[i + 1]) for f in skin.faces for i in range(1, len(f) - 1)])
        a, b, c = np.moveaxis(skin.vertices_m[triangles], 1, 0)
        volumes[skin.name] = (a * np.cross(b, c)).sum() / 6.0
    assert 1050.0 * volumes["femur_r"] == pytest.approx(0.1416 * 73.0, rel=0.25)
    assert 1050.0 * volumes["tibia_r"] == pytest.approx(0.0433 * 73.0, rel=0.25)


def test_each_leg_has_the_muscles_that_fold_and_brake_it() -> None:
    for side in "rl":
        names = {m.name.removesuffix(f"_{side}") for m in build_muscles(1.77, 70.6) if m.name.endswith(f"_{side}")}
        assert names >= WANTED_MUSCLES
        assert len(names) >= 18


def test_a_larger_runner_is_stronger_by_volume_over_length() -> None:
    """Handsfield 2014: volume 47·m·h + 1285 cm³; force is volume over fibre length, which scales with stature."""
    small, large = build_muscles(1.60, 55.0)[0], build_muscles(1.90, 85.0)[0]
    volumes = (47 * 85 * 1.90 + 1285) / (47 * 55 * 1.60 + 1285)
    assert large.max_force_n / small.max_force_n == pytest.approx(volumes / (1.90 / 1.60))
    assert large.tendon_slack_m / small.tendon_slack_m == pytest.approx(1.90 / 1.60)


@pytest.mark.parametrize(("stature", "mass"), [(177.0, 70.6), (1.77, 706.0), (1.77, float("nan"))])
def test_a_size_in_the_wrong_unit_is_refused(stature: float, mass: float) -> None:
    with pytest.raises(InputError, match=r"expected a (stature in m|mass in kg) from"):
        build_bodies(stature, mass)


def _standing(stature_m: float) -> dict[str, np.ndarray]:
    origin = {"ground": np.zeros(3)}
    for joint in build_joints(stature_m):
        shift = sum((c.default * c.axis for c in joint.coordinates if not c.rotational), np.zeros(3))
        origin[joint.child] = origin[joint.parent] + joint.at_m + shift
    return origin
