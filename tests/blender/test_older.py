"""A scene that an older version of the extension saved, opened and driven in this one."""

from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import bpy
import numpy as np
import pytest
from blender_probe import set_frame, strand_points

from swinglever_blender import looks, lookup, panel, plots
from swinglever_blender.lookup import ROLE, Look, bodies_of, find_folder, find_part, list_roots, read_time_map
from swinglever_blender.nodes import THICKNESS, get_input
from swinglever_blender.result import Result
from swinglever_blender.scene import build_scene

#: What a result's empty held in version 0.1.0 of the first layout.
FIRST = {
    "ready",
    "main",
    "text",
    "own",
    "path",
    "swing",
    "second",
    "overground",
    "speed",
    "theme",
    "colour_by",
    "ghost",
}
FIRST |= {"ghost_visible", "opacity", "captions", "measured"}


@pytest.fixture
def older(scene: bpy.types.Scene, result: Result, tmp_path: Path) -> Path:
    """A scene as the first layout had it: no curves, no film, no thickness, one collection for the plot."""
    root = build_scene(scene, result, Look(swing="r_1"))
    bpy.data.texts.remove(root.swinglever.curves)
    held = root.bl_system_properties_get()["swinglever"]
    for name in set(held.keys()) - FIRST:
        del held[name]
    muscles = find_part(root, "muscles").modifiers[0]
    muscles.node_group["swinglever_made"] = muscles.node_group.name = "Swinglever strands 2"
    colours = get_input(muscles, "Colours").data.attributes
    if THICKNESS in colours:
        colours.remove(colours[THICKNESS])
    sockets = muscles.node_group.interface
    sockets.remove(next(item for item in sockets.items_tree if item.name == "Thickness"))
    find_folder(root, "causes")[ROLE] = "column part"
    for part in ("ground", "stripes"):
        del find_part(root, part)[lookup.PART]
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "older.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return tmp_path / "older.blend"


def test_every_look_and_every_panel_of_an_older_scene_works(older: Path, result: Result, result_file: Path) -> None:
    bpy.ops.wm.open_mainfile(filepath=str(older))
    scene = bpy.context.scene
    root = list_roots(scene)[0]
    state = root.swinglever
    bpy.context.view_layer.objects.active = root
    assert not looks.has_thickness(root)
    values = {"theme": "light", "colour_by": "activation", "opacity": 0.5, "captions": False, "measured": True}
    values |= {"ghost": "none", "speed": 0.5, "thickness": True, "quantity": "knee flexion", "film_offset_s": 0.2}
    for name, value in values.items():
        setattr(state, name, value)
        assert getattr(state, name) == (pytest.approx(value) if isinstance(value, float) else value)
    assert set(bodies_of(root)) == set(result.body_names)
    assert plots.find_quantity(root) is None, "its curves were not kept"
    for cls in panel.CLASSES:
        cls.draw(SimpleNamespace(layout=MagicMock()), bpy.context)
    set_frame(scene, float(read_time_map(root).to_frames(result.time_s[20])))
    points = strand_points("Muscles", len(result.muscle_names))
    assert np.isfinite(points).all()
    assert np.ptp(points) > 0.5
    bpy.ops.swinglever.compare(filepath=str(result_file))


def test_with_its_file_an_older_scene_takes_on_what_is_new(older: Path, result: Result) -> None:
    bpy.ops.wm.open_mainfile(filepath=str(older))
    root = list_roots(bpy.context.scene)[0]
    bpy.ops.swinglever.choose_swing(swing="l_1")
    assert "knee flexion" in plots.list_quantities(root)
    root.swinglever.quantity = "knee flexion"
    assert find_folder(root, "quantity").objects
