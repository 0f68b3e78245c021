"""Any metric or curve of a result, a laboratory's own too: found in the file, plotted and counted in the scene."""

import shutil
from pathlib import Path

import bpy
import h5py
import numpy as np
import pytest
from blender_probe import set_frame

from swinglever_blender import lookup, plots
from swinglever_blender.checked import open_result
from swinglever_blender.lookup import Look, find_folder
from swinglever_blender.owned import own_blocks
from swinglever_blender.quantities import over_swings, read_quantities
from swinglever_blender.result import Result, ResultError
from swinglever_blender.scene import build_scene


@pytest.fixture
def root(scene: bpy.types.Scene, result: Result) -> bpy.types.Object:
    return build_scene(scene, result, Look(speed=0.5))


@pytest.fixture
def extended(result_file: Path, tmp_path: Path) -> Path:
    """The sample with a laboratory's own curves: one a swing, and one for each of two labels."""
    path = Path(shutil.copy2(result_file, tmp_path / "own.h5"))
    with h5py.File(path, "a") as file:
        n_swings, n_percent = len(file["swing"]), len(file["percent"])
        rows = np.arange(n_swings)[:, np.newaxis] + np.linspace(0.0, 1.0, n_percent)
        own = file.create_group("our_lab").create_dataset("stiffness", data=rows)
        own.attrs.update(long_name="leg stiffness, as our lab measures it", units="kN/m")
        labels = file["our_lab"].create_dataset("place", data=["toe", "heel"], dtype=h5py.string_dtype())
        labels.make_scale("place")
        two = file["our_lab"].create_dataset("turn", data=np.stack([rows, -rows], axis=1))
        two.attrs.update(long_name="turn", units="rad")
        two.dims[1].attach_scale(labels)
        file["our_lab"].create_dataset("of_another_shape", data=np.zeros((n_swings + 3, n_percent)))
    return path


def shown_number(root: bpy.types.Object) -> float:
    """Read the sample that the number below the plot writes, from its mesh."""
    item = next(item for item in find_folder(root, "quantity").objects if item.name.startswith("Plot value"))
    graph = bpy.context.evaluated_depsgraph_get()
    curve = next(c for c in item.animation_data.action.layers[0].strips[0].channelbags[0].fcurves if c.keyframe_points)
    sample = curve.evaluate(graph.scene.frame_current_final)
    values = np.empty(len(item.data.vertices), np.float32)
    item.data.attributes["value"].data.foreach_get("value", values)
    return float(np.interp(sample, np.arange(len(values)), values))


def test_every_curve_of_a_file_is_found_by_how_it_describes_itself(extended: Path) -> None:
    first, second = (read_quantities(extended, swing) for swing in ("l_1", "r_1"))
    order = [*h5py.File(extended)["swing"].asstr()[()]]
    for name, known in (("l_1", first), ("r_1", second)):
        unit, values = known["leg stiffness"]
        assert unit == "kN/m"
        np.testing.assert_allclose(values[[0, -1]], [order.index(name), order.index(name) + 1])
        unit, values = known["turn: heel"]
        assert unit == "°"
        assert values[-1] == pytest.approx(-np.degrees(order.index(name) + 1.0))
    assert "knee flexion" in first
    assert not [name for name in first if "another shape" in name]
    assert read_quantities(extended, "r_99") == {}


def test_a_curve_is_plotted_and_counted_live_and_the_causes_come_back(scene: bpy.types.Scene, extended: Path) -> None:
    root = build_scene(scene, open_result(extended), Look())
    extended.unlink()  # nothing is read again
    before = set(own_blocks(root))
    root.swinglever.quantity = "leg stiffness"
    causes = find_folder(root, "causes")
    assert causes.hide_render
    entry = lookup.chosen_entry(root)
    times = np.linspace(entry["time_s"][0], entry["time_s"][-1], 5)
    start = round(shown_number(root) - 0.5)
    for share, time_s in zip(np.linspace(0.0, 1.0, 5), times, strict=True):
        set_frame(scene, float(lookup.read_time_map(root).to_frames(time_s)))
        assert shown_number(root) == pytest.approx(start + share, abs=1e-3)
    root.swinglever.quantity = ""
    assert not causes.hide_render
    left = {uid for uid, block in own_blocks(root).items() if block.get("role") != "quantity"}
    assert left == before


def test_a_metric_steps_from_swing_to_swing_of_its_leg() -> None:
    def swing(side: str, start: float, value: float) -> dict[str, object]:
        metric = {"name": "index", "value": value, "unit": "rad", "low": value - 0.1, "high": value + 0.1}
        return {"side": side, "events_s": {"toe_off": start, "foot_strike": start + 0.4}, "metrics": [metric]}

    swings = {"r_1": swing("r", 0.0, 1.0), "l_1": swing("l", 0.3, 9.0), "r_2": swing("r", 0.7, 2.0)}
    found = over_swings(swings, "r_2", "index")
    np.testing.assert_allclose(found.time_s, [0.0, 0.7, 1.1])
    np.testing.assert_allclose(found.values, np.degrees([1.0, 2.0, 2.0]))
    assert (found.unit, found.note) == ("°", "109 to 120 °")
    assert over_swings(swings, "r_2", "another") is None


def test_a_laboratorys_metric_is_plotted_by_its_name(scene: bpy.types.Scene, root: bpy.types.Object) -> None:
    root.swinglever.quantity = plots.known_quantity(root, "our_lab_index")
    assert root.swinglever.quantity == "metric: our lab index"
    assert shown_number(root) == pytest.approx(0.25)


def test_what_the_swing_has_not_is_refused_with_what_is_like_it(root: bpy.types.Object) -> None:
    with pytest.raises(ResultError, match=r"no metric or curve 'knee flexon'.*'knee flexion'"):
        plots.known_quantity(root, "knee flexon")


def test_another_swing_has_its_own_curve(scene: bpy.types.Scene, root: bpy.types.Object, result: Result) -> None:
    root.swinglever.quantity = "knee flexion"
    for key in ("l_1", "r_1"):
        bpy.ops.swinglever.choose_swing(swing=key)
        swing = result.swings[key]
        set_frame(scene, float(lookup.read_time_map(root).to_frames(swing.events_s["peak_flexion"])))
        assert shown_number(root) == pytest.approx(swing.knee_flexion_deg.max(), abs=0.05)
