"""The rig of a result, and what other programs get of it."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest
from blender_readback import places

from swinglever.blender.scene import SceneOptions, write_scene
from swinglever.errors import InputError
from swinglever_blender import lookup
from swinglever_blender.export import export_rig
from swinglever_blender.families import part_of
from swinglever_blender.keys import curves_of
from swinglever_blender.lookup import Look, bodies_of
from swinglever_blender.result import Mesh, Result
from swinglever_blender.rig import add_rig
from swinglever_blender.scene import build_scene
from swinglever_blender.skeleton import NAMINGS, find_parents, name_bone

HERE = Path(__file__).resolve().parent
FRAMES = (1, 8, 24)
FORMATS = (".glb", ".fbx", ".bvh", ".usd", ".abc")


@pytest.fixture
def figure(result: Result) -> Result:
    """The result with a surface for each body: a tetrahedron of its own size."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.0]])
    loops, starts = np.array([0, 2, 1, 0, 1, 3, 1, 2, 3, 0, 3, 2]), np.arange(0, 12, 3)
    meshes = [
        Mesh(
            body=name,
            vertices_m=(0.03 + 0.002 * k) * corners,
            loop_vertex=loops,
            loop_start=starts,
            colour=np.ones(4),
        )
        for k, name in enumerate(result.body_names)
    ]
    return replace(result, meshes=meshes)


@pytest.fixture
def root(scene: bpy.types.Scene, figure: Result) -> bpy.types.Object:
    scene.render.fps = 60
    return build_scene(scene, figure, Look(speed=1.0))


def origins(root: bpy.types.Object) -> dict[str, np.ndarray]:
    """Give where the bodies themselves are at the current frame."""
    graph = bpy.context.evaluated_depsgraph_get()
    return {name: np.array(item.evaluated_get(graph).matrix_world) for name, item in bodies_of(root).items()}


@pytest.mark.parametrize("naming", NAMINGS)
def test_bones_stand_where_the_bodies_do(scene: bpy.types.Scene, root: bpy.types.Object, naming: str) -> None:
    """At whole frames: heads of bones at the bodies' origins, and each point of the figure where it is on its body."""
    rig = add_rig(scene, root, naming)
    start = {name: np.array(item.data.vertices[3].co) for name, item in bodies_of(root).items()}
    for frame in FRAMES:
        scene.frame_set(frame)
        seen = places()
        for name, matrix in origins(root).items():
            np.testing.assert_allclose(seen[name_bone(name, naming)], matrix[:3, 3], atol=1e-5)
            group = rig.figure.vertex_groups[name_bone(name, naming)].index
            first = min(v.index for v in rig.figure.data.vertices if v.groups[0].group == group)
            np.testing.assert_allclose(seen["Figure"][first + 3], (matrix @ [*start[name], 1.0])[:3], atol=1e-5)


def test_at_rest_the_rig_stands_as_a_t(scene: bpy.types.Scene, root: bpy.types.Object) -> None:
    bones = add_rig(scene, root, "ue").armature.data.bones
    for side, sign in (("r", -1.0), ("l", 1.0)):  # the runner's right is Blender's -y
        way = {
            name: bones[f"{name}_{side}"].tail_local - bones[f"{name}_{side}"].head_local
            for name in ("upperarm", "thigh", "calf")
        }
        assert way["upperarm"].normalized().y * sign > 0.98
        assert way["thigh"].normalized().z < -0.99
        assert way["calf"].normalized().z < -0.95
        assert bones[f"foot_{side}"].head_local.y * sign > 0.05
    parents = {bone.name: bone.parent.name for bone in bones if bone.parent}
    assert parents["calf_r"] == "thigh_r"
    assert parents["foot_r"] == "calf_r"
    assert parents["ball_l"] == "foot_l"
    assert parents["lowerarm_l"] == "upperarm_l"
    assert parents["upperarm_l"] == "spine_01"


def test_bones_have_the_names_that_other_rigs_give_them() -> None:
    asked = {
        naming: [name_bone(body, naming) for body in ("pelvis", "femur_r", "tibia_l", "toes_r", "talus_r")]
        for naming in NAMINGS
    }
    assert asked == {
        "model": ["pelvis", "femur_r", "tibia_l", "toes_r", "talus_r"],
        "rigify": ["spine", "thigh.R", "shin.L", "toe.R", "talus_r"],
        "mixamo": ["mixamorig:Hips", "mixamorig:RightUpLeg", "mixamorig:LeftLeg", "mixamorig:RightToeBase", "talus_r"],
        "ue": ["pelvis", "thigh_r", "calf_l", "ball_r", "talus_r"],
    }
    assert part_of("shank_l") == ("shank", "l")
    assert part_of("our_box") == ("", "")
    assert find_parents(["toes_r", "our_box", "tibia_r", "pelvis"]) == {
        "our_box": None,
        "pelvis": None,
        "tibia_r": "pelvis",
        "toes_r": "tibia_r",
    }


def test_the_rig_has_one_action_without_keys_outside_the_trial(scene: bpy.types.Scene, root: bpy.types.Object) -> None:
    rig = add_rig(scene, root, "rigify")
    first, last = rig.armature.animation_data.action.frame_range
    assert (first, last) == (1.0, np.floor(read_last_frame(root)))
    others = [action for action in bpy.data.actions if action.frame_range[0] < -1]
    assert [action.name for action in others] == [], "an exporter goes through all frames of an action"


def read_last_frame(root: bpy.types.Object) -> float:
    return max(action.frame_range[1] for action in bpy.data.actions if action.name.endswith("bodies"))


def test_exported_files_read_back_in_a_fresh_process(
    scene: bpy.types.Scene, root: bpy.types.Object, tmp_path: Path
) -> None:
    """Every format within 1e-4 m at each frame; the metrics where a format has custom properties."""
    before = sorted(block.name for block in bpy.data.all_ids)
    files = [tmp_path / f"run{suffix}" for suffix in FORMATS]
    for path in files:
        export_rig(scene, root, str(path), "rigify")
    assert sorted(block.name for block in bpy.data.all_ids) == before, "nothing of the rig stays"
    command = [sys.executable, str(HERE / "blender_readback.py"), ",".join(map(str, FRAMES)), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ, timeout=600)
    peak = next(m["value"] for m in lookup.chosen_entry(root)["metrics"] if m["name"] == "peak_flexion")
    rig = add_rig(scene, root, "rigify")
    for frame in FRAMES:
        scene.frame_set(frame)
        expected = places()
        for path in files:
            with np.load(f"{path}.npz") as seen:
                got = {key.rpartition("|")[0]: seen[key] for key in seen.files if key.endswith(f"|{frame}")}
                metrics = seen["metrics"].tolist()
            for name in ["Figure"] if path.suffix == ".abc" else [bone.name for bone in rig.armature.data.bones]:
                there = got[name.replace(".", "_") if path.suffix == ".usd" else name]  # USD has no dots in names
                assert farthest(there, expected[name]) < 1e-4, (path.suffix, name)
            if path.suffix in (".glb", ".fbx", ".usd"):
                assert farthest(got["Figure"], expected["Figure"]) < 1e-4, path.suffix
                assert metrics == pytest.approx([peak])


def farthest(points: np.ndarray, others: np.ndarray) -> float:
    """Give the largest distance of any point to the nearest of the others, both ways: formats part points at edges."""
    away = np.linalg.norm(np.atleast_2d(points)[:, None] - np.atleast_2d(others)[None], axis=-1)
    return float(max(away.min(axis=0).max(), away.min(axis=1).max()))


def test_an_export_comes_from_the_shell_in_real_time(result_file: Path, tmp_path: Path) -> None:
    said = write_scene(result_file, export=tmp_path / "run.bvh", options=SceneOptions(bones="mixamo"))
    assert said == {"swing": "r_1", "export": str(tmp_path / "run.bvh")}
    lines = (tmp_path / "run.bvh").read_text().splitlines()
    assert "ROOT mixamorig:Hips" in lines
    n_frames, step_s = (
        float(next(line for line in lines if line.startswith(word)).split()[-1]) for word in ("Frames:", "Frame Time:")
    )
    assert step_s == pytest.approx(1 / 60, abs=1e-6)
    assert (n_frames - 1) * step_s == pytest.approx(59 / 60, abs=1.1 / 60), "60 samples at 60 Hz"
    with pytest.raises(InputError, match=r"run\.obj: an export ends in \.glb"):
        write_scene(result_file, export=tmp_path / "run.obj")


def test_the_rig_goes_on_and_off(root: bpy.types.Object) -> None:
    before = len(bpy.data.objects), len(bpy.data.armatures), len(bpy.data.actions)
    assert bpy.ops.swinglever.rig(naming="ue") == {"FINISHED"}
    assert [a.bones[0].name for a in bpy.data.armatures] == ["pelvis"]
    assert bpy.ops.swinglever.rig() == {"FINISHED"}
    assert (len(bpy.data.objects), len(bpy.data.armatures), len(bpy.data.actions)) == before


def test_an_export_leaves_a_rig_that_is_there(root: bpy.types.Object, tmp_path: Path) -> None:
    """An animator may have keyed it; and a place that cannot be written is named in one line."""
    bpy.ops.swinglever.rig(naming="ue")
    before = {block.session_uid for block in bpy.data.all_ids}
    bpy.ops.swinglever.export(filepath=str(tmp_path / "run.bvh"), naming="mixamo")
    assert {block.session_uid for block in bpy.data.all_ids} == before
    assert "mixamorig:Hips" in (tmp_path / "run.bvh").read_text()
    (tmp_path / "file").touch()
    with pytest.raises(RuntimeError, match=r"^Error: cannot write '.*run\.bvh': Not a directory") as refused:
        bpy.ops.swinglever.export(filepath=str(tmp_path / "file" / "run.bvh"))
    assert "Traceback" not in str(refused.value)
    assert {block.session_uid for block in bpy.data.all_ids} == before


def test_bones_and_metrics_of_long_names_are_kept_apart(scene: bpy.types.Scene, result: Result) -> None:
    """Blender cuts names off after 63 or 255 letters."""
    names = [f"{'b' * 300}{k}" if k > 1 else name for k, name in enumerate(result.body_names)]
    metrics = [replace(metric, name="m" * 300) for metric in result.swings["r_1"].metrics[:1]]
    swings = {key: replace(swing, metrics=metrics) for key, swing in result.swings.items()}
    root = build_scene(scene, replace(result, body_names=names, swings=swings), Look(swing="r_1"))
    armature = add_rig(scene, root, "model").armature
    assert len(armature.data.bones) == len(names)
    assert len([name for name in armature.keys() if name.startswith("mmm")]) == 1  # noqa: SIM118
    moved = {curve.data_path.partition("]")[0] for curve in curves_of(armature)}
    assert len(moved) == len(names), "each has keys of its own"


def test_a_gltf_file_comes_with_its_numbers(scene: bpy.types.Scene, root: bpy.types.Object, tmp_path: Path) -> None:
    bpy.ops.swinglever.export(filepath=str(tmp_path / "run.gltf"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.bin", "run.gltf"]
    bpy.ops.swinglever.export(filepath=str(tmp_path / "run.gltf"))


def test_a_gltf_file_takes_no_other_files_place(scene: bpy.types.Scene, root: bpy.types.Object, tmp_path: Path) -> None:
    (tmp_path / "run.bin").write_bytes(b"an animator's own")
    with pytest.raises(RuntimeError, match=r"run\.bin' too, got a file there; choose another name"):
        bpy.ops.swinglever.export(filepath=str(tmp_path / "run.gltf"))
    assert [path.name for path in tmp_path.iterdir()] == ["run.bin"]
    assert (tmp_path / "run.bin").read_bytes() == b"an animator's own"


@pytest.mark.parametrize("way", ["excluded", "hidden", "hidden here"])
def test_the_rig_of_a_hidden_result_is_made_and_exported(
    scene: bpy.types.Scene, root: bpy.types.Object, tmp_path: Path, way: str
) -> None:
    layer = bpy.context.view_layer.layer_collection.children[root.swinglever.main.name]
    owner, name = {
        "excluded": (layer, "exclude"),
        "hidden": (root.swinglever.main, "hide_viewport"),
        "hidden here": (layer, "hide_viewport"),
    }[way]
    setattr(owner, name, True)
    bpy.ops.swinglever.export(filepath=str(tmp_path / "run.bvh"))
    assert "ROOT spine" in (tmp_path / "run.bvh").read_text()
    bpy.ops.swinglever.rig()
    assert [item.type for item in lookup.find_folder(root, "rig").objects] == ["ARMATURE", "MESH"]
    assert not [item for item in scene.collection.objects if item.type == "ARMATURE"]
