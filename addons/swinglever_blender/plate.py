"""The runner's own film behind the figure, or beside it: in step with the trial, through the camera that took it.

What shows a film frame by frame is keyed: the frame that belongs to each frame of the scene, whatever the speed.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from . import looks, ownscene
from .build import MARK, new_object
from .drift import is_carried
from .keys import CONSTANT, Track
from .lookup import FILM_CAMERA, PART, bodies_of, find_folder, find_part, folder_of, read_time_map
from .muscles import strand_places
from .owned import building, claim, clear_folder
from .render import pixels_of
from .result import ResultError
from .rig import placed, poses_of, reach_of
from .viewpoint import Viewpoint, match_viewpoint

#: What stands before a film and is hidden.
_HIDDEN = ("ground", "stripes")
#: Share of the picture that a film beside the figure takes, and how far its middle is from the picture's.
_SIZE, _ASIDE = 0.27, (-0.35, -0.16)
_OFFSET = "frame_offset"
_BACKGROUND = "background_images[0].image_user.frame_offset"


def add_film(scene: bpy.types.Scene, root: bpy.types.Object, path: str, offset_s: float, *, beside: bool) -> None:
    """Show a film (or a picture) with a result; second `t` of the trial is second `t + offset_s` of the film.

    Behind the figure it fills the picture of a camera of its own, which is to be matched; beside it, it is an inset. It
    shows in the view through that camera; in renders too in a scene of ours.
    """
    if is_carried(root):
        raise ResultError(
            "expected a runner who is not carried over the ground: import it without 'Treadmill as ground'"
        )
    remove_film(scene, root)
    with building() as made:
        clip, image = _load(path)
        camera = _add_camera(scene, root, image, clip)
        tree = _compose(scene, image, beside=beside) if ownscene.is_ours(scene) else None
    claim(root, made)
    state = root.swinglever
    state.film, state.film_tree, state.film_beside = clip, tree, beside
    state.film_offset_s = offset_s
    key_film(root)
    _show_before(root, visible=beside)
    if ownscene.is_ours(scene) and not beside:
        width, height = clip.size
        scene.render.resolution_y = 2 * round(scene.render.resolution_x * height / width / 2)
        scene.camera = camera


def _load(path: str) -> tuple[bpy.types.MovieClip, bpy.types.Image]:
    """Open a film twice: for its tracks and numbers, and for showing it."""
    if not Path(path).is_file():
        raise ResultError(f"{Path(path).name}: no such film or picture")
    try:
        clip, image = bpy.data.movieclips.load(path), bpy.data.images.load(path)
    except RuntimeError as error:
        raise ResultError(f"{Path(path).name}: expected a film or a picture, got {error}") from error
    if min(clip.size) <= 0:
        raise ResultError(f"{Path(path).name}: expected a film or a picture, got a file that Blender cannot show")
    return clip, image


def _add_camera(
    scene: bpy.types.Scene, root: bpy.types.Object, image: bpy.types.Image, clip: bpy.types.MovieClip
) -> bpy.types.Object:
    lens = bpy.data.cameras.new("Film camera")
    camera = new_object("Film camera", lens, folder_of(root, "film"))
    camera[PART] = FILM_CAMERA
    first = find_part(root, "camera")
    if first is not None:
        camera.matrix_world = first.matrix_world
    lens.show_background_images = True
    shown = lens.background_images.new()
    shown.image, shown.frame_method = image, "FIT"
    shown.image_user.frame_start, shown.image_user.frame_duration = 1, 2**20 - 1
    return camera


def _compose(scene: bpy.types.Scene, image: bpy.types.Image, *, beside: bool) -> bpy.types.NodeTree:
    """Lay the rendered figure over the film, or the film as an inset over the picture."""
    tree = bpy.data.node_groups.new("Swinglever film", "CompositorNodeTree")
    tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
    kinds = ("CompositorNodeImage", "CompositorNodeScale", "CompositorNodeRLayers", "CompositorNodeAlphaOver")
    film, fitted, figure, over = (tree.nodes.new(kind) for kind in kinds)
    for column, node in enumerate((film, fitted, figure, over)):
        node.location = (220.0 * column, 0.0)
    film.name, film.image, film.frame_start, film.frame_duration = "Film", image, 1, 2**20 - 1
    fitted.inputs["Type"].default_value, fitted.inputs["Frame Type"].default_value = "Render Size", "Fit"
    tree.links.new(film.outputs["Image"], fitted.inputs["Image"])
    laid = fitted.outputs["Image"]
    if beside:
        inset = tree.nodes.new("CompositorNodeTransform")
        width, height = pixels_of(scene)
        inset.inputs["Scale"].default_value = _SIZE
        inset.inputs["X"].default_value, inset.inputs["Y"].default_value = _ASIDE[0] * width, _ASIDE[1] * height
        tree.links.new(laid, inset.inputs["Image"])
        laid = inset.outputs["Image"]
    below, above = (figure.outputs["Image"], laid) if beside else (laid, figure.outputs["Image"])
    tree.links.new(below, over.inputs["Background"])
    tree.links.new(above, over.inputs["Foreground"])
    tree.links.new(over.outputs["Image"], tree.nodes.new("NodeGroupOutput").inputs[0])
    tree[MARK] = "film"
    scene.compositing_node_group, scene.render.film_transparent = tree, not beside
    return tree


def key_film(root: bpy.types.Object) -> None:
    """Key, frame by frame of the scene, the frame of the film that belongs there."""
    state, camera = root.swinglever, find_part(root, FILM_CAMERA)
    if state.film is None:
        return
    time_map = read_time_map(root)
    first, last = reach_of(root)
    frames = np.arange(np.floor(first), np.ceil(last) + 1)
    wanted = np.round((time_map.to_seconds(frames) + state.film_offset_s) * state.film.fps) + 1
    offsets = np.clip(wanted, 1, state.film.frame_duration) - frames
    places = [(camera.data, _BACKGROUND)] if camera is not None and camera.data.background_images else []
    places += [(state.film_tree, f'nodes["Film"].{_OFFSET}')] if state.film_tree is not None else []
    for owner, path in places:
        _forget_keys(owner)
        Track(f"{root.name} film").key(owner, path, frames, offsets, kind=CONSTANT)
        owner.animation_data.action[MARK] = ""


def _forget_keys(owner: bpy.types.ID) -> None:
    action = owner.animation_data.action if owner.animation_data else None
    if action is not None and MARK in action:
        owner.animation_data_clear()
        bpy.data.actions.remove(action)


def remove_film(scene: bpy.types.Scene, root: bpy.types.Object) -> None:
    """Take the film away again, with its camera, and look through the first one."""
    state, camera, folder = root.swinglever, find_part(root, FILM_CAMERA), find_folder(root, "film")
    if state.film is None and folder is None:
        return
    if camera is not None:
        _forget_keys(camera.data)
        shown = [entry.image for entry in camera.data.background_images]
        if scene.camera is camera:
            scene.camera = find_part(root, "camera")
    else:
        shown = []
    tree, clip = state.film_tree, state.film
    if tree is not None:
        _forget_keys(tree)
        if scene.compositing_node_group is tree:
            scene.compositing_node_group, scene.render.film_transparent = None, False
        bpy.data.node_groups.remove(tree)
    clear_folder(root, folder)
    if folder is not None:
        bpy.data.collections.remove(folder)
    for home, blocks in ((bpy.data.images, shown), (bpy.data.movieclips, [clip])):
        for block in (block for block in blocks if block is not None and MARK in block):
            home.remove(block)
    state.film_beside = False
    _show_before(root, visible=True)


def _show_before(root: bpy.types.Object, *, visible: bool) -> None:
    """Hide what would stand between the film and its figure, and captions, which hang before another camera."""
    for part in _HIDDEN:
        item = find_part(root, part)
        if item is not None:
            item.hide_render = item.hide_viewport = not visible
    looks.apply_captions(root)


def match_film(root: bpy.types.Object) -> float:
    """Match the film's camera to what was clicked: markers of the clip's tracks, named as bodies, markers or objects.

    Gives the root mean square distance between the points and what was clicked, in pixels of the film. The camera is
    taken to stand still, so that clicks at any frame count.
    """
    points, pixels = clicked_points(root)
    found, misfit = match_viewpoint(points, pixels, tuple(root.swinglever.film.size))
    stand_at(root, found)
    return misfit


def clicked_points(root: bpy.types.Object) -> tuple[np.ndarray, np.ndarray]:
    """Gather the places of all clicked points in the world (n, 3), and where they were clicked (n, 2), pixels."""
    clip = root.swinglever.film
    if clip is None:
        raise ResultError("expected a film with the result; add one first")
    points, pixels = list[np.ndarray](), list[np.ndarray]()
    for track in clip.tracking.tracks:
        marked = [marker for marker in track.markers if not marker.mute]
        a_frame_s = 1.0 / clip.fps if clip.fps else 0.0  # a picture has no rate, and is all at once
        seconds = np.array([(marker.frame - 1) * a_frame_s for marker in marked]) - root.swinglever.film_offset_s
        places = find_places(root, track.name, seconds)
        size = np.array(clip.size)
        clicked = [np.array([marker.co[0], 1.0 - marker.co[1]]) * size for marker in marked]
        points += list(places)
        pixels += clicked
    return np.array(points).reshape(-1, 3), np.array(pixels).reshape(-1, 2)


def find_places(root: bpy.types.Object, name: str, time_s: np.ndarray) -> np.ndarray:
    """Give where a body's origin, a measured marker or an object of the scene is in the world at times, (n, 3)."""
    frames, markers = read_time_map(root).to_frames(time_s), find_part(root, "markers")
    names = [*bodies_of(root), *(markers["names"] if markers is not None else ())]
    if name in names:
        _check_reach(root, name, frames)
    if name in bodies_of(root):
        return poses_of(root, frames)[name][:, :3, 3]
    if markers is not None and name in markers["names"]:
        places = strand_places(markers, list(markers["names"]).index(name), frames)
        pose = placed(root)
        return places @ pose[:3, :3].T + pose[:3, 3]
    item = next((scene.objects.get(name) for scene in root.users_scene if name in scene.objects), None)
    if item is None:
        raise ResultError(f"expected a track named as a body, a marker or an object, got '{name}'; there are {names}")
    return np.tile(np.array(item.matrix_world.translation), (len(time_s), 1))


def _check_reach(root: bpy.types.Object, name: str, frames: np.ndarray) -> None:
    """Refuse instants at which the trial has no motion."""
    first, last = reach_of(root)
    if len(frames) and (frames.min() < first - 0.5 or frames.max() > last + 0.5):
        ends = read_time_map(root).to_seconds(frames[[0, -1]])
        raise ResultError(
            f"'{name}' was clicked at {ends[0]:.2f} to {ends[1]:.2f} s of the trial, where it has no motion; "
            "look at the film's time offset"
        )


def of_trial(root: bpy.types.Object, seen: Viewpoint) -> Viewpoint:
    """Turn a camera that is known in the trial's axes to the world's."""
    turn, place = placed(root)[:3, :3], placed(root)[:3, 3]
    rotation = seen.rotation @ turn.T
    return replace(seen, rotation=rotation, shift_m=seen.shift_m - rotation @ place)


def stand_at(root: bpy.types.Object, seen: Viewpoint) -> None:
    """Put the film's camera where it stood, with its lens."""
    camera = find_part(root, FILM_CAMERA)
    if camera is None:
        raise ResultError("expected a film with the result; add one first")
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = seen.rotation.T * [1.0, -1.0, -1.0], seen.place_m
    camera.matrix_world = Matrix(pose.tolist())
    lens, (width, height) = camera.data, seen.size
    longest = max(width, height)
    lens.sensor_fit, lens.sensor_width, lens.type = "AUTO", 36.0, "PERSP"
    lens.lens = seen.focal * lens.sensor_width / longest
    lens.shift_x = (width / 2 - seen.centre[0]) / longest
    lens.shift_y = (seen.centre[1] - height / 2) / longest


def event_offset(events_s: Mapping[str, float], event: str, film_s: float) -> float:
    """Give the time offset of a film that shows an event at a time of its own."""
    if event not in events_s:
        raise ResultError(f"the swing has no event '{event}'; it has {list(events_s)}")
    return film_s - events_s[event]
