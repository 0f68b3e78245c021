"""An animator's own scene is never harmed: what was not made here stays as it is, property by property."""

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest
from blender_snapshot import differences, snapshot

from swinglever_blender import lookup
from swinglever_blender.nodes import get_input, player_of
from swinglever_blender.ownscene import is_ours


@pytest.fixture
def theirs(scene: bpy.types.Scene, tmp_path: Path) -> bpy.types.Scene:
    """The default file after an hour of somebody's work, with names that we use too."""
    bpy.ops.wm.read_factory_settings()
    scene = bpy.context.scene
    _animate_camera(scene)
    _add_namesakes(scene)
    scene.frame_start, scene.frame_end, scene.use_preview_range = 20, 500, True
    scene.frame_preview_start, scene.frame_preview_end = 40, 41
    for name, frame in (("Toe-off take 2", 30), ("Peak flexion r_1", 44), ("Toe-off r_1", 1)):
        scene.timeline_markers.new(name, frame=frame)
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.render.resolution_x, scene.render.resolution_y, scene.render.fps = 64, 36, 30
    scene.render.filepath, scene.render.use_file_extension = str(tmp_path / "take_"), False
    settings = scene.render.image_settings
    settings.file_format, settings.color_mode, settings.quality = "JPEG", "BW", 37
    scene.render.ffmpeg.format, scene.render.ffmpeg.codec = "MKV", "AV1"
    scene.view_settings.view_transform, scene.view_settings.exposure = "Filmic", 0.5
    _set_up_views()
    _add_rarer_things(scene, tmp_path)
    scene.frame_set(77)
    return scene


def _animate_camera(scene: bpy.types.Scene) -> None:
    scene.camera.data.lens = 85.0
    for frame in (1, 50):
        scene.camera.location.x = 0.1 * frame
        scene.camera.keyframe_insert("location", frame=frame)
        scene.camera.data.keyframe_insert("lens", frame=frame)


def _add_namesakes(scene: bpy.types.Scene) -> None:
    """Add an armature that moves, nested collections, and data of the names that the add-on gives to its own."""
    rig = bpy.data.objects.new("pelvis", bpy.data.armatures.new("femur_r"))
    outer, inner = (bpy.data.collections.new(name) for name in ("Swinglever hamner", "Swinglever hamner bodies"))
    scene.collection.children.link(outer)
    outer.children.link(inner)
    inner.objects.link(rig)
    bpy.context.view_layer.objects.active = rig
    bpy.ops.object.mode_set(mode="EDIT")
    rig.data.edit_bones.new("hip").tail = (0, 0, 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    rig.pose.bones["hip"].keyframe_insert("location", frame=3)
    for name in ("Muscles", "Swinglever camera", "Lever"):
        inner.objects.link(bpy.data.objects.new(name, bpy.data.meshes.new(name)))
    for home, name in ((bpy.data.materials, "Swinglever attribute"), (bpy.data.worlds, "Swinglever stage")):
        home.new(name).use_fake_user = True
    for name in ("Swinglever strands", "Swinglever reveal"):
        bpy.data.node_groups.new(name, "GeometryNodeTree").use_fake_user = True
    bpy.data.texts.new("Swinglever hamner.json").write("my notes")


def _add_rarer_things(scene: bpy.types.Scene, folder: Path) -> None:
    """Add strips, drivers, shape keys, a drawing, a linked object, other scenes and view layers, a compositing tree."""
    cube = bpy.data.objects["Cube"]
    cube.keyframe_insert("rotation_euler", frame=5)
    action = cube.animation_data.action
    cube.animation_data.action = None
    cube.animation_data.nla_tracks.new().strips.new("Swinglever way", 30, action).repeat = 3.0
    driver = cube.driver_add("location", 2).driver
    driver.type, driver.expression = "SCRIPTED", "frame * 0.01"
    cube.shape_key_add(name="Basis")
    cube.shape_key_add(name="Lever").keyframe_insert("value", frame=8)
    drawing = bpy.data.grease_pencils.new("Swinglever hamner")
    drawing.layers.new("Heel path").frames.new(3)
    scene.collection.objects.link(bpy.data.objects.new("Strobe", drawing))
    for name in ("Swinglever readout", "Swinglever strands 3"):
        bpy.data.node_groups.new(name, "GeometryNodeTree").use_fake_user = True
    played = cube.modifiers.new("Swinglever strands 3", "NODES")
    played.node_group = bpy.data.node_groups["Swinglever strands 3"]
    other = bpy.data.scenes.new("Swinglever hamner")
    other.view_layers.new("Captions")
    other.timeline_markers.new("Toe-off r_1", frame=12)
    scene.view_layers.new("Swinglever")
    scene.view_layers["Swinglever"].layer_collection.children["Swinglever hamner"].exclude = True
    tree = bpy.data.node_groups.new("Swinglever film", "CompositorNodeTree")
    tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
    picture, output = tree.nodes.new("CompositorNodeRLayers"), tree.nodes.new("NodeGroupOutput")
    tree.links.new(picture.outputs["Image"], output.inputs[0])
    scene.compositing_node_group = tree
    lent = bpy.data.objects.new("Lent", bpy.data.meshes.new("Lent"))
    bpy.data.libraries.write(str(folder / "library.blend"), {lent})
    bpy.data.objects.remove(lent)
    bpy.data.meshes.remove(bpy.data.meshes["Lent"])
    with bpy.data.libraries.load(str(folder / "library.blend"), link=True) as (_, wanted):
        wanted.objects = ["Lent"]
    scene.collection.objects.link(wanted.objects[0])
    bpy.context.window_manager.windows[0].view_layer = scene.view_layers[0]


def _set_up_views() -> None:
    for index, space in enumerate(_views()):
        space.shading.type = ("WIREFRAME", "SOLID", "MATERIAL")[index % 3]
        space.lens, space.overlay.show_relationship_lines = 30.0 + index, bool(index % 2)
        space.region_3d.view_perspective = ("PERSP", "ORTHO")[index % 2]


def _views() -> list[bpy.types.SpaceView3D]:
    return [area.spaces.active for screen in bpy.data.screens for area in screen.areas if area.type == "VIEW_3D"]


def use_every_operator(result_file: Path, folder: Path) -> None:
    """Call each operator, and set each property, that a result offers."""
    ops, state = bpy.ops.swinglever, lookup.list_roots(bpy.context.scene)[0].swinglever
    ops.choose_swing(swing="l_1")
    ops.choose_swing(swing="r_1")
    ops.ghost(case="")
    ops.ghost(case="no_hamstrings")
    for name, value in (("speed", 1.0), ("theme", "light"), ("colour_by", "power"), ("opacity", 0.5)):
        setattr(state, name, value)
    for name in ("captions", "measured"):
        setattr(state, name, not getattr(state, name))
    ops.strobe(poses=3)
    state.theme = "dark"
    ops.strobe(poses=0)
    ops.jump(event="peak_flexion")
    ops.compare(filepath=str(result_file))
    ops.relocate(filepath=str(result_file))
    ops.rig()
    ops.rig()
    ops.export(filepath=str(folder / "run.bvh"))
    if not is_ours(bpy.context.scene):  # two frames of 64 by 36; our own scene has a whole swing of 1280 by 720
        ops.render(filepath=str(folder / "still.png"))
        ops.render(filepath=str(folder / "film.mp4"), film=True)
        assert (folder / "still.png").stat().st_size > 0
        assert (folder / "film.mp4").stat().st_size > 0


def remove_every_result() -> None:
    """Remove results until there is none."""
    while lookup.list_roots(bpy.context.scene):
        bpy.ops.swinglever.remove()


@pytest.mark.parametrize("new_scene", [True, False])
def test_after_import_every_operator_and_removal_the_file_is_what_it_was(
    theirs: bpy.types.Scene, result_file: Path, tmp_path: Path, new_scene: bool
) -> None:
    before = snapshot()
    bpy.ops.swinglever.import_result(filepath=str(result_file), new_scene=new_scene)
    assert is_ours(bpy.context.scene) == new_scene
    assert len(bpy.context.scene.timeline_markers) == (6 if new_scene else 3)
    use_every_operator(result_file, tmp_path)
    remove_every_result()
    theirs.frame_set(77)  # 'Jump' moves the playhead, as it was asked to
    assert differences(before, snapshot()) == []
    assert bpy.context.scene == theirs


@pytest.mark.parametrize("new_scene", [True, False])
def test_an_import_leaves_every_block_of_the_user_as_it_was(
    theirs: bpy.types.Scene, result_file: Path, tmp_path: Path, new_scene: bool
) -> None:
    """While the result is there too; in the user's scene, where that was asked for, there is a collection more."""
    before = snapshot()
    bpy.ops.swinglever.import_result(filepath=str(result_file), new_scene=new_scene)
    use_every_operator(result_file, tmp_path)
    theirs.frame_set(77)
    changed = differences(before, snapshot(before))
    scene_lists = ("/SCENE Scene/collection/", "/SCENE Scene/objects/", "/SCENE Scene/view_layers/")
    unexpected = [line for line in changed if new_scene or not line.startswith(scene_lists)]
    # Blender itself gives the views of a window the camera of the scene that the window shows, and back.
    assert [line for line in unexpected if not (new_scene and "/spaces/0 /camera: '-> OBJECT Camera'" in line)] == []
    assert theirs.camera.name == "Camera"


CHANGES: dict[str, Callable[[bpy.types.Scene], object]] = {
    "lens": lambda scene: setattr(scene.camera.data, "lens", 50.0),
    "key": lambda scene: scene.camera.keyframe_insert("rotation_euler", frame=9),
    "marker": lambda scene: setattr(scene.timeline_markers[0], "frame", 31),
    "range": lambda scene: setattr(scene, "frame_end", 204),
    "shading": lambda scene: setattr(_views()[0].shading, "type", "SOLID"),
    "view": lambda scene: setattr(_views()[0].region_3d, "view_perspective", "CAMERA"),
    "format": lambda scene: setattr(scene.render.image_settings, "quality", 90),
    "path": lambda scene: setattr(scene.render, "filepath", "/tmp/"),
    "exposure": lambda scene: setattr(scene.view_settings, "exposure", 0.0),
    "material": lambda scene: setattr(bpy.data.materials["Material"], "diffuse_color", (1, 0, 0, 1)),
    "node": lambda scene: bpy.data.materials["Material"].node_tree.nodes.new("ShaderNodeEmission"),
    "pose": lambda scene: setattr(bpy.data.objects["pelvis"].pose.bones["hip"], "location", (1, 0, 0)),
    "collection": lambda scene: bpy.data.collections["Swinglever hamner"].objects.link(bpy.data.objects["Cube"]),
    "object": lambda scene: bpy.data.objects.remove(bpy.data.objects["Light"]),
    "text": lambda scene: bpy.data.texts[0].write("more"),
    "strip": lambda scene: setattr(bpy.data.objects["Cube"].animation_data.nla_tracks[0].strips[0], "repeat", 2.0),
    "driver": lambda scene: setattr(bpy.data.objects["Cube"].animation_data.drivers[0].driver, "expression", "1"),
    "shape": lambda scene: setattr(bpy.data.shape_keys[0].key_blocks["Lever"], "slider_max", 2.0),
    "drawing": lambda scene: bpy.data.grease_pencils[0].layers[0].frames.new(9),
    "layer": lambda scene: setattr(scene.view_layers["Swinglever"], "use", False),
    "tree": lambda scene: setattr(scene, "compositing_node_group", None),
    "library": lambda scene: bpy.data.libraries.remove(bpy.data.libraries[0]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_comparison_sees_a_change(theirs: bpy.types.Scene, change: str) -> None:
    """The comparison of the tests above would notice each harm that an add-on has been known to do."""
    before = snapshot()
    assert differences(before, snapshot()) == []
    CHANGES[change](theirs)
    assert differences(before, snapshot())


@pytest.fixture
def root(scene: bpy.types.Scene, result_file: Path) -> bpy.types.Object:
    """A result in a scene of its own."""
    bpy.ops.swinglever.import_result(filepath=str(result_file))
    return lookup.list_roots(bpy.context.scene)[0]


def test_what_a_user_does_to_our_things_stays(root: bpy.types.Object, result_file: Path, tmp_path: Path) -> None:
    """Lens, camera keys, material, marker and range, and an object among ours: after every operator but removal."""
    scene, camera = bpy.context.scene, lookup.find_part(root, "camera")
    camera.data.lens = 85.0
    camera.keyframe_insert("location", frame=7)
    keys, place = camera.animation_data.action, camera.location.copy()
    mine = bpy.data.materials.new("Gold")
    shank = lookup.bodies_of(root)["tibia_r"]
    shank.material_slots[0].material = mine
    sword = bpy.data.objects.new("Sword", bpy.data.meshes.new("Sword"))
    lookup.find_folder(root, "ghosts").children[0].objects.link(sword)
    scene.timeline_markers.new("Toe-off take 2", frame=33)
    scene.frame_end = 777
    use_every_operator(result_file, tmp_path)
    assert (camera.data.lens, camera.animation_data.action, camera.location) == (85.0, keys, place)
    assert shank.material_slots[0].material is mine
    assert sword.name in scene.objects
    assert scene.timeline_markers["Toe-off take 2"].frame == 33
    assert scene.frame_end == 777


def test_removal_leaves_a_users_objects_where_they_stood(root: bpy.types.Object) -> None:
    """One among ours, one that hangs on a bone of ours, and a duplicate of a bone of ours."""
    scene, pelvis = bpy.context.scene, lookup.bodies_of(root)["pelvis"]
    hat, sword = (bpy.data.objects.new(name, bpy.data.meshes.new(name)) for name in ("Hat", "Sword"))
    for item in (hat, sword):
        lookup.find_folder(root, "bodies").objects.link(item)
    hat.parent, hat.location = pelvis, (0.0, 0.6, 0.0)
    copy = pelvis.copy()
    scene.collection.objects.link(copy)
    bpy.context.view_layer.update()
    place = np.array(hat.matrix_world)
    remove_every_result()
    bpy.context.view_layer.update()
    assert bpy.context.scene == scene, "a scene in which a user has something stays"
    assert {item.name for item in scene.objects} == {"Hat", "Sword", copy.name}
    np.testing.assert_allclose(np.array(hat.matrix_world), place, atol=1e-6)
    assert copy.data.vertices
    assert copy.animation_data.action is not None


def test_a_result_is_found_whatever_a_user_renames(root: bpy.types.Object) -> None:
    root.name, root.swinglever.main.name, root.swinglever.text.name = "Runner", "Figures", "numbers"
    for block in (*bpy.data.objects, *bpy.data.collections, *bpy.data.materials, *bpy.data.node_groups):
        block.name = f"x {block.name}"
    assert lookup.chosen_entry(root)["side"] == "r"
    n_groups, n_materials = len(bpy.data.node_groups), len(bpy.data.materials)
    bpy.ops.swinglever.choose_swing(swing="l_1")
    bpy.ops.swinglever.choose_swing(swing="r_1")
    assert (len(bpy.data.node_groups), len(bpy.data.materials)) == (n_groups, n_materials), "made here, so used again"
    remove_every_result()
    assert not lookup.list_roots(bpy.context.scene)


def test_a_deleted_collection_text_or_camera_leaves_the_rest_at_work(root: bpy.types.Object) -> None:
    bpy.data.collections.remove(lookup.find_folder(root, "ghosts"))
    bpy.data.objects.remove(lookup.find_part(root, "camera"))
    bpy.ops.swinglever.choose_swing(swing="l_1")
    assert lookup.list_cases(root) == ["no_hamstrings"]
    bpy.data.texts.remove(root.swinglever.text)
    assert lookup.chosen_entry(root) == {}
    remove_every_result()
    assert not bpy.data.objects
    assert not [block.name for block in (*bpy.data.meshes, *bpy.data.actions, *bpy.data.curves)]


def test_looks_bear_what_a_user_does_to_modifiers_and_texts(root: bpy.types.Object) -> None:
    """A modifier before ours; ours taken off, as by applying it; words written into the text that holds the numbers."""
    muscles, state = lookup.find_part(root, "muscles"), root.swinglever
    muscles.modifiers.new("Mine", "SUBSURF")
    muscles.modifiers.move(1, 0)
    for name, value in (("theme", "light"), ("colour_by", "power"), ("thickness", True)):
        setattr(state, name, value)
    assert get_input(player_of(muscles), "Colour by") == "power"
    muscles.modifiers.clear()
    state.colour_by = "activation"
    assert lookup.colour_ways(root) == []
    for words in ("my notes", "{}", "[1, 2]"):
        state.text.from_string(words)
        lookup.forget_parsed()
        assert lookup.chosen_entry(root) == {}
        state.theme = "dark"
    remove_every_result()


def test_a_duplicate_of_the_empty_is_not_a_second_result(root: bpy.types.Object) -> None:
    copy = root.copy()
    bpy.context.scene.collection.objects.link(copy)
    assert lookup.list_roots(bpy.context.scene) == [root]


@pytest.mark.parametrize("link", [False, True])
def test_a_result_appended_or_linked_into_another_file_keeps_its_panel(
    root: bpy.types.Object, tmp_path: Path, link: bool
) -> None:
    name = root.swinglever.main.name
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "run.blend"))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(tmp_path / "run.blend"), link=link) as (_, wanted):
        wanted.collections = [name]
    bpy.context.scene.collection.children.link(wanted.collections[0])
    again = lookup.list_roots(bpy.context.scene)[0]
    assert lookup.chosen_entry(again)["side"] == "r"
    assert len(bpy.data.scenes) == 1, "the scene that it stood in is not brought along"
    places = []
    for frame in (1, 20, 40):
        bpy.context.scene.frame_set(frame)
        graph = bpy.context.evaluated_depsgraph_get()
        places.append(lookup.bodies_of(again)["calcn_r"].evaluated_get(graph).matrix_world.translation.copy())
    assert (places[2] - places[0]).length > 0.1
    if link:
        assert not bpy.ops.swinglever.remove.poll()
    else:
        bpy.ops.swinglever.ghost(case="")
        remove_every_result()
        assert not bpy.data.objects


def test_a_moved_file_is_found_again_and_another_one_refused(
    root: bpy.types.Object, result_file: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "moved.h5"
    moved.write_bytes(result_file.read_bytes())
    root.swinglever.path = str(tmp_path / "gone.h5")
    with pytest.raises(RuntimeError, match=r"gone\.h5: no such file"):
        bpy.ops.swinglever.choose_swing(swing="l_1")
    bpy.ops.swinglever.relocate(filepath=str(moved))
    bpy.ops.swinglever.choose_swing(swing="l_1")
    assert root.swinglever.swing == "l_1"
    import h5py

    with h5py.File(moved, "a") as file:
        file.attrs["trial_name"] = "another"
    with pytest.raises(RuntimeError, match=r"expected the trial 'hamner' with the swings .*, got 'another'"):
        bpy.ops.swinglever.relocate(filepath=str(moved))


def test_looks_need_no_result_file(root: bpy.types.Object, tmp_path: Path) -> None:
    root.swinglever.path = str(tmp_path / "gone.h5")
    state = root.swinglever
    title = next(item for item in bpy.data.objects if item.name == "Title")
    dark = tuple(title.color)
    state.theme, state.colour_by, state.opacity, state.ghost, state.speed = "light", "power", 0.4, "none", 0.5
    assert tuple(title.color) != dark
    assert lookup.bodies_of(root)["tibia_r"].color[3] == pytest.approx(0.4)
    assert all(child.hide_render for child in lookup.find_folder(root, "ghosts").children)
    assert lookup.read_look(root).speed == 0.5


@pytest.mark.parametrize("operator", ["choose_swing", "ghost", "strobe", "compare", "remove"])
def test_an_operator_can_be_undone(root: bpy.types.Object, result_file: Path, operator: str) -> None:
    wanted = {"choose_swing": {"swing": "l_1"}, "ghost": {"case": ""}, "strobe": {"poses": 3}}
    wanted["compare"] = {"filepath": str(result_file)}
    scene_name, n_objects, state = bpy.context.scene.name, len(bpy.data.objects), lookup.read_look(root)
    bpy.ops.ed.undo_push(message="before")
    getattr(bpy.ops.swinglever, operator)(**wanted.get(operator, {}))
    bpy.ops.ed.undo_push(message="after")
    bpy.ops.ed.undo()
    again = lookup.list_roots(bpy.context.scene)
    assert (bpy.context.scene.name, len(bpy.data.objects), len(again)) == (scene_name, n_objects, 1)
    assert lookup.read_look(again[0]) == state
    bpy.ops.swinglever.choose_swing(swing="l_1")
    assert lookup.chosen_entry(again[0])["side"] == "l"


def test_nothing_is_remembered_of_a_file_that_was_closed(root: bpy.types.Object) -> None:
    assert lookup.read_summary(root)["swings"]
    assert lookup._PARSED
    bpy.ops.wm.read_factory_settings()
    assert not lookup._PARSED


def test_a_camera_bound_to_an_event_stays_with_it_when_another_swing_is_chosen(result_file: Path) -> None:
    bpy.ops.swinglever.import_result(filepath=str(result_file))
    scene = bpy.context.scene
    close = bpy.data.objects.new("close", bpy.data.cameras.new("close"))
    scene.collection.objects.link(close)
    shown = lookup.list_roots(scene)[0].swinglever.swing
    other = "l_1" if shown == "r_1" else "r_1"
    scene.timeline_markers[f"Peak flexion {shown}"].camera = close
    bpy.ops.swinglever.choose_swing(swing=other)
    cuts = {marker.name: marker.camera for marker in scene.timeline_markers if marker.camera is not None}
    assert cuts == {f"Peak flexion {other}": close}
