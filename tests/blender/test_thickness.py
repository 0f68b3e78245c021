"""Muscles as thick as they pull."""

from dataclasses import replace
from pathlib import Path

import bpy
import h5py
import numpy as np
import pytest
from blender_probe import set_frame

from swinglever_blender.forces import read_forces
from swinglever_blender.looks import has_thickness
from swinglever_blender.lookup import Look, find_part, read_time_map
from swinglever_blender.muscles import RADIUS_M, thicken
from swinglever_blender.result import Result
from swinglever_blender.scene import build_scene
from swinglever_blender.whole import Group

CORNERS = 6


def radii(root: bpy.types.Object) -> np.ndarray:
    """Measure the radius of each muscle's tube at its end, in m."""
    shape = find_part(root, "muscles").evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    points, strand = np.empty(3 * len(shape.vertices), np.float32), np.empty(len(shape.vertices), np.int32)
    shape.vertices.foreach_get("co", points)
    shape.attributes["strand"].data.foreach_get("value", strand)
    rings = [points.reshape(-1, 3)[strand == k][-CORNERS:] for k in range(strand.max() + 1)]
    return np.array([np.linalg.norm(ring - ring.mean(axis=0), axis=1).mean() for ring in rings])


def test_the_section_follows_the_force_live_and_goes_back(scene: bpy.types.Scene, result: Result) -> None:
    """The first muscle rests at first and pulls hardest at last; the second is not known."""
    force = np.zeros((len(result.time_s), len(result.muscle_names)))
    force[:, 0], force[:, 1] = np.linspace(0.0, 100.0, len(force)), np.nan
    force[:, 2:] = 25.0
    pulled = replace(result, muscle_force_n=force)
    root = build_scene(scene, pulled, Look())
    assert has_thickness(root)
    np.testing.assert_allclose(radii(root), RADIUS_M, rtol=1e-3)
    root.swinglever.thickness = True
    expected = thicken(force)
    for sample in (0, len(force) // 2, len(force) - 1):
        set_frame(scene, float(read_time_map(root).to_frames(result.time_s[sample])))
        np.testing.assert_allclose(radii(root), RADIUS_M * expected[sample], rtol=0.01)
    assert expected[-1, 0] > 3 * expected[0, 0]
    assert expected[0, 1] == 1.0
    root.swinglever.thickness = False
    np.testing.assert_allclose(radii(root), RADIUS_M, rtol=1e-3)


def test_without_forces_there_is_nothing_to_choose(scene: bpy.types.Scene, result: Result) -> None:
    root = build_scene(scene, replace(result, muscle_force_n=None), Look(thickness=True))
    assert not has_thickness(root)
    np.testing.assert_allclose(radii(root), RADIUS_M, rtol=1e-3)


def test_forces_are_laid_on_the_instants_that_are_played(tmp_path: Path) -> None:
    """A swing of the left leg from 1 to 2 s; the forces are the time in newtons, and twice that."""
    with h5py.File(tmp_path / "forces.h5", "w") as file:
        text = h5py.string_dtype()
        file.create_dataset("swing", data=["l_1"], dtype=text)
        file.create_dataset("swings/side", data=["l"], dtype=text)
        times = np.linspace(1.0, 2.0, 11)
        file["swings/time_s"] = times[np.newaxis]
        file["muscles/force_n"] = np.stack([times, 2 * times])[np.newaxis]
        file.create_dataset("muscles/muscle", data=["soleus", "gastroc"], dtype=text)
        file["muscles/muscle"].attrs["names"] = ["soleus_{side}", "gastroc_{side}"]
        played = np.array([0.5, 1.0, 1.23, 2.0, 2.5])
        found = read_forces(Group(file), played, ["gastroc_r", "gastroc_l", "soleus_l"])
    assert np.isnan(found[:, 0]).all()
    assert np.isnan(found[[0, 4]]).all()
    np.testing.assert_allclose(found[1:4, 1:], [[2.0, 1.0], [2.46, 1.23], [4.0, 2.0]])


@pytest.mark.parametrize("factor", [1.0, 7.0])
def test_thickness_does_not_depend_on_the_unit_of_force(factor: float) -> None:
    force = np.array([[0.0, 10.0, np.nan], [40.0, 20.0, np.nan]])
    np.testing.assert_allclose(thicken(factor * force), thicken(force))
