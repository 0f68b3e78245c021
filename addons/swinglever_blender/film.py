"""A film that tells a swing: rendered frame by frame, so that it can say how far it is and be stopped."""

import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy

from . import hud
from .events import follow_markers
from .lookup import camera_of, chosen_entry, find_part, folder_of, read_time_map
from .owned import building
from .ownscene import moved_markers, own_markers
from .page import lay_out
from .render import CONTAINERS, check_film, pixels_of, put_back, write_still
from .result import ResultError
from .story import name_speed, tell
from .strobe import set_frame
from .writing import check_place

#: Markers stand on whole frames: one as near to its event as that is at it.
_SAME = 0.5


def film_story(
    scene: bpy.types.Scene, root: bpy.types.Object, path: str, fps: float = 0.0
) -> Generator[tuple[int, int]]:
    """Render a film of the chosen swing; gives (frames done, all frames) after each, and writes the film with the last.

    Whoever stops asking for more, by `close`, gets no film; the scene is as it was in either case. Slow motion and hold
    go with the markers of the events, and cameras that are bound to markers are cut to.
    """
    entry, time_map = chosen_entry(root), read_time_map(root)
    if not entry:
        raise ResultError("this result has no swing to show")
    check_place(Path(path))
    check_film(scene, path)
    fps = fps or scene.render.fps / scene.render.fps_base
    ends = (time_map.times_s[0], float(entry["time_s"][-1]) + 1.0)
    story = tell(_shown_events(scene, root), (min(ends), max(ends)), fps)
    camera, shown = camera_of(root), dict[tuple[float, str], Path]()
    peak = float(time_map.to_frames(entry["events_s"]["peak_flexion"]))
    with tempfile.TemporaryDirectory() as folder, put_back(scene), _label(root, scene) as label:
        pictures = []
        for index, (time_s, speed) in enumerate(zip(story.time_s, story.speed, strict=True)):
            frame = float(time_map.to_frames(time_s))
            said = name_speed(float(speed), at_peak=abs(frame - peak) <= _SAME)
            if (float(time_s), said) not in shown:
                if label is not None:
                    label.data.body = said
                set_frame(scene, frame)
                picture = Path(folder) / f"{index:05d}.png"
                write_still(scene, str(picture), camera)
                shown[float(time_s), said] = picture
            pictures.append(shown[float(time_s), said])
            yield index + 1, len(story.time_s)
        _encode(pictures, path, pixels_of(scene), fps)


def _shown_events(scene: bpy.types.Scene, root: bpy.types.Object) -> dict[str, float]:
    """Give when the events of the chosen swing are shown, s; the markers of a scene are those of its first result."""
    events_s, state = chosen_entry(root)["events_s"], root.swinglever
    cuts = [marker for marker in own_markers(scene) if marker.camera is not None]  # what is held, is held after its cut
    placed = {} if state.second else {marker.name: marker.frame for marker in (*cuts, *moved_markers(scene))}
    shown = follow_markers(events_s, state.swing, placed, read_time_map(root))
    told = [shown[name] for name in ("toe_off", "peak_flexion", "foot_strike")]
    if not told[0] < told[1] < told[2]:
        raise ResultError(
            "expected the markers in the order Toe-off, Peak flexion, Foot strike, got them at "
            f"{', '.join(f'{time_s:.3f} s' for time_s in told)}; move them back into this order"
        )
    return shown


@contextmanager
def _label(root: bpy.types.Object, scene: bpy.types.Scene) -> Iterator[bpy.types.Object | None]:
    """Write the speed at the lower left while a film is rendered; nothing where there are no captions."""
    plane = find_part(root, "plane")
    if plane is None or not root.swinglever.captions:
        yield None
        return
    with building() as made:
        page, theme = lay_out(*pixels_of(scene)), root.swinglever.theme
        label = hud.add_speed(hud.Sheet(page=page, theme=theme, collection=folder_of(root, "captions"), holder=plane))
    try:
        yield label
    finally:
        bpy.data.batch_remove(made)


def _encode(pictures: list[Path], path: str, size: tuple[int, int], fps: float) -> None:
    """Join pictures to an H.264 film in a scene that is gone afterwards."""
    scene = bpy.data.scenes.new("Swinglever film")
    try:
        scene.render.resolution_x, scene.render.resolution_y = size
        scene.render.fps, scene.render.fps_base = round(fps), 1.0
        scene.view_settings.view_transform = "Standard"
        strips = scene.sequence_editor_create().strips
        strip = strips.new_image("film", str(pictures[0]), channel=1, frame_start=1)
        for picture in pictures[1:]:
            strip.elements.append(picture.name)
        strip.frame_final_duration = len(pictures)
        scene.frame_start, scene.frame_end = 1, len(pictures)
        settings = scene.render.image_settings
        settings.media_type = "VIDEO"
        film = scene.render.ffmpeg
        film.format, film.codec, film.constant_rate_factor = CONTAINERS[Path(path).suffix.lower()], "H264", "HIGH"
        scene.render.use_file_extension, scene.render.filepath = False, path
        bpy.ops.render.render(animation=True, scene=scene.name)
    finally:
        bpy.data.scenes.remove(scene)
