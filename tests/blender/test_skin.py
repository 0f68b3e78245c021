"""The skin over a frozen pose: one surface, closed over the joints, in the colours of the bodies below it."""

from dataclasses import replace

import bpy
import numpy as np
import pytest

from swinglever_blender.bodies import enclosed_m3, has_skin
from swinglever_blender.lookup import Look, folder_of
from swinglever_blender.result import Mesh, Result
from swinglever_blender.scene import build_scene
from swinglever_blender.strobing import add_strobe

_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
_FACES = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])


def box(body: str, half_m: tuple[float, float, float], middle_m: tuple[float, float, float]) -> Mesh:
    return Mesh(
        body=body,
        vertices_m=_CORNERS * half_m + middle_m,
        loop_vertex=_FACES.ravel(),
        loop_start=np.arange(0, 24, 4),
        colour=np.ones(4),
    )


@pytest.fixture
def fleshed(result: Result) -> Result:
    """Boxes as thick as legs, and one for the torso."""
    legs = [box(f"{bone}_{side}", (0.07, 0.24, 0.07), (0.0, -0.2, 0.0)) for side in "rl" for bone in ("femur", "tibia")]
    return replace(result, meshes=[*legs, box("torso", (0.12, 0.3, 0.17), (0.0, 0.2, 0.0))])


def test_a_box_encloses_its_volume() -> None:
    assert enclosed_m3(box("torso", (0.1, 0.2, 0.3), (1.0, 2.0, 3.0))) == pytest.approx(8 * 0.1 * 0.2 * 0.3)


def test_skin_is_told_from_bones_by_what_a_leg_encloses(fleshed: Result) -> None:
    assert has_skin(fleshed)
    thin = [replace(mesh, vertices_m=0.4 * mesh.vertices_m) for mesh in fleshed.meshes]
    assert not has_skin(replace(fleshed, meshes=thin))


def test_frozen_poses_of_skin_are_one_surface_each(scene: bpy.types.Scene, fleshed: Result) -> None:
    """Thigh and shank, two boxes, are one closed surface; the swing leg has another colour than the torso."""
    root = build_scene(scene, fleshed, Look(theme="light"))
    add_strobe(scene, root, 2, "time")
    for pose in folder_of(root, "strobe").children:
        (runner,) = [item for item in pose.objects if item.name.startswith("Runner")]
        mesh = runner.data
        n_edges = np.bincount(
            [i for face in mesh.polygons for i in map(abs, (mesh.loops[j].edge_index for j in face.loop_indices))]
        )
        assert set(n_edges) == {2}, "every edge has a face on both sides"
        colours = np.empty(4 * len(mesh.vertices), np.float32)
        mesh.attributes["colour"].data.foreach_get("color", colours)
        height = np.array([vertex.co.z for vertex in mesh.vertices])
        bright = colours.reshape(-1, 4)[:, :3].mean(axis=1)
        assert bright[height > height.max() - 0.2].mean() > 1.5 * bright.min(), "the leg is dark, the torso pale"
