"""Stills and films through a result's own camera; what a scene's settings were, they are again afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy

from .result import ResultError

#: Container of a film by the end of its name.
CONTAINERS = {".mp4": "MPEG4", ".mkv": "MKV", ".mov": "QUICKTIME"}
_LARGEST = 16384


def render_still(scene: bpy.types.Scene, path: str, camera: bpy.types.Object | None) -> None:
    """Render the current frame to a picture."""
    with put_back(scene):
        write_still(scene, path, camera)


def write_still(scene: bpy.types.Scene, path: str, camera: bpy.types.Object | None) -> None:
    """Render the current frame to a picture, and leave the settings as that needs them."""
    _aim(scene, path, camera)
    settings = scene.render.image_settings
    settings.media_type = "IMAGE"
    settings.file_format, settings.color_mode = "PNG", "RGB"
    bpy.ops.render.render(write_still=True, scene=scene.name)


def render_film(scene: bpy.types.Scene, path: str, camera: bpy.types.Object | None) -> None:
    """Render the preview range, which is the chosen swing in a scene of ours, to an H.264 film."""
    check_film(scene, path)
    with put_back(scene):
        _aim(scene, path, camera)
        if scene.use_preview_range:
            scene.frame_start, scene.frame_end = scene.frame_preview_start, scene.frame_preview_end
        scene.render.image_settings.media_type = "VIDEO"
        film = scene.render.ffmpeg
        film.format, film.codec, film.constant_rate_factor = CONTAINERS[Path(path).suffix.lower()], "H264", "HIGH"
        scene.render.use_file_extension = False
        bpy.ops.render.render(animation=True, scene=scene.name)


def check_size(width: int, height: int) -> None:
    """Refuse a size that Blender cannot render."""
    if not (4 <= width <= _LARGEST and 4 <= height <= _LARGEST):
        raise ResultError(
            f"expected a picture of 4 to {_LARGEST} pixels a side, got {width}x{height}; choose another size"
        )


def check_film(scene: bpy.types.Scene, path: str) -> None:
    """Refuse what cannot be a film: another container than its name says, or a size that H.264 has not."""
    suffix = Path(path).suffix.lower()
    if suffix not in CONTAINERS:
        raise ResultError(f"expected a film ending in {', '.join(CONTAINERS)}, got '{Path(path).name}'; rename it")
    check_even(*pixels_of(scene))


def check_even(width: int, height: int) -> None:
    """Refuse an odd size, which H.264 cannot hold."""
    if width % 2 or height % 2:
        better = f"{width + width % 2}x{height + height % 2}"
        raise ResultError(f"expected a film of even width and height, got {width}x{height}; {better} would do")


def pixels_of(scene: bpy.types.Scene) -> tuple[int, int]:
    """Give the width and the height of the picture that a scene renders."""
    share = scene.render.resolution_percentage / 100.0
    return int(scene.render.resolution_x * share), int(scene.render.resolution_y * share)


def _aim(scene: bpy.types.Scene, path: str, camera: bpy.types.Object | None) -> None:
    """Look through a camera, or through the one that a marker bids at this frame, and write to a path."""
    if any(marker.camera is not None for marker in scene.timeline_markers):
        scene.frame_set(scene.frame_current, subframe=scene.frame_subframe)  # Blender goes to the marker's camera
    else:
        scene.camera = camera or scene.camera
    if scene.camera is None:
        raise ResultError("this scene has no camera; choose 'Camera and stage' to add one")
    scene.render.filepath = path


@contextmanager
def put_back(scene: bpy.types.Scene) -> Iterator[None]:
    """Note the settings of a scene that a render changes, and put them back whatever happens."""
    held = [(scene, _read(scene, ("camera", "frame_start", "frame_end")))]
    held += [(owner, _read(owner)) for owner in (scene.render.ffmpeg, scene.render.image_settings)]
    held += [(scene.render, _read(scene.render, ("filepath", "use_file_extension")))]
    media = scene.render.image_settings.media_type
    now = scene.frame_current, scene.frame_subframe
    try:
        yield
    finally:
        scene.render.image_settings.media_type = media  # first: it decides which formats there are
        for owner, values in held:
            for name, value in values.items():
                if getattr(owner, name) != value:
                    setattr(owner, name, value)
        scene.frame_set(now[0], subframe=now[1])


def _read(owner: Any, names: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read settings, all plain ones that can be written where none are named."""
    plain = (
        p.identifier for p in owner.bl_rna.properties if not p.is_readonly and p.type not in ("POINTER", "COLLECTION")
    )
    return {name: getattr(owner, name) for name in names or plain}
