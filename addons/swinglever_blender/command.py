"""The add-on from a shell: `python -m swinglever_blender.command RESULT.h5 --out SCENE.blend`.

With the extension in Blender it is `blender --command swinglever RESULT.h5 --out SCENE.blend`.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import bpy

from . import calibration, changes, clicks, ownscene, plate, plots, render, state, strobing
from .checked import open_result
from .differences import share_leg
from .export import check_format, export_rig
from .film import film_story
from .lookup import Look, camera_of, chosen_entry, read_time_map
from .poses import SPACINGS
from .result import Result, ResultError
from .scene import build_scene
from .skeleton import NAMINGS
from .strobe import set_frame
from .writing import check_place, whole

#: Frames a second of an exported rig: markers are taken at 60 to 250.
_EXPORT_FPS = 60
#: An option that can be said and denied, `--name` and `--no-name`.
_SWITCH = argparse.BooleanOptionalAction
#: Options that say how a result looks.
_LOOKS = ("swing", "speed", "theme", "colour_by", "ghost", "overground", "opacity", "measured", "captions", "thickness")
_ENGINES = {"workbench": "BLENDER_WORKBENCH", "cycles": "CYCLES", "eevee": "BLENDER_EEVEE"}


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="swinglever_blender", description=__doc__)
    parser.add_argument("result", type=Path)
    parser.add_argument("--out", type=Path, help="scene to write")
    parser.add_argument("--render", type=Path, help="still (.png) or film (.mp4) to write")
    parser.add_argument("--export", type=Path, help="rig to write (.glb, .gltf, .fbx, .bvh, .usd, .abc), in real time")
    parser.add_argument("--bones", default="rigify", choices=list(NAMINGS), help="what the rig's bones are called")
    parser.add_argument(
        "--story", action=_SWITCH, default=False, help="a film of ten seconds: real time, then slowed at the peak"
    )
    parser.add_argument("--strobe", type=int, default=0, metavar="N", help="freeze N poses of the swing")
    parser.add_argument("--strobe-by", default="time", choices=list(SPACINGS), help="what is alike between poses")
    parser.add_argument("--swing", default="", help="identifier such as r_1")
    parser.add_argument("--at", default="peak_flexion", help="event that a still shows")
    parser.add_argument("--colour-by", default="contribution", choices=["activation", "power", "contribution"])
    parser.add_argument("--thickness", action=_SWITCH, default=False, help="muscles as thick as they pull")
    parser.add_argument("--ghost", default="", help="ablation case shown; 'none' hides it")
    parser.add_argument("--plot", default="", help="metric or curve of the file, in place of the causes")
    parser.add_argument("--theme", default="dark", choices=["dark", "light"])
    parser.add_argument("--speed", type=float, default=0.25, help="share of real speed")
    parser.add_argument("--opacity", type=float, default=1.0, help="of bones or skin")
    parser.add_argument("--measured", action=_SWITCH, default=False, help="show markers and ground forces")
    parser.add_argument("--overground", action=_SWITCH, default=False, help="carry a treadmill runner forward")
    parser.add_argument("--captions", action=_SWITCH, default=True)
    parser.add_argument("--film", type=Path, help="the runner's own film, behind the figure")
    parser.add_argument("--film-at", default="", help="when the film shows an event, such as toe_off=1.25, or 0=1.25")
    parser.add_argument("--film-points", type=Path, help="table of clicked points: name, film_s, x_px, y_px")
    parser.add_argument("--film-camera", type=Path, help="calibration of the film's camera (Calib.toml)")
    parser.add_argument("--film-camera-name", default="", help="its name there; the only one if empty")
    parser.add_argument("--film-beside", action=_SWITCH, default=False, help="beside the figure instead of behind it")
    parser.add_argument("--compare", type=Path, help="a second result, beside the first")
    parser.add_argument("--compare-swing", default="", help="swing of the second result; its first one of the same leg")
    parser.add_argument("--lock", default="phase", choices=["phase", "time"])
    parser.add_argument("--overlaid", action=_SWITCH, default=False, help="lay the second result over the first")
    parser.add_argument("--differences", action=_SWITCH, default=False, help="lines between the joints of both")
    parser.add_argument("--size", default="1280x720", help="width x height of the picture")
    parser.add_argument("--engine", default="workbench", choices=list(_ENGINES))
    return parser.parse_args(arguments)


def run(options: argparse.Namespace) -> dict[str, object]:
    """Build the scene, render it, save it; gives what was written."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    if not hasattr(bpy.types.Object, "swinglever"):
        state.register()
    scene, result = bpy.context.scene, open_result(options.result)
    _check(options, result)
    second = open_result(options.compare) if options.compare else None
    ownscene.claim_scene(scene, _read_size(options), _ENGINES[options.engine])
    root = build_scene(scene, result, Look(**{name: getattr(options, name) for name in _LOOKS}))
    if options.plot:
        root.swinglever.quantity = plots.known_quantity(root, options.plot)
    if second is not None:
        ways = {"overlaid": options.overlaid, "lock": options.lock, "swing": options.compare_swing}
        compared = changes.add_comparison(scene, root, second, **ways)
        if options.differences and not share_leg(root, compared):
            raise ResultError(
                "expected swings of the same leg to tell differences, got "
                f"{root.swinglever.swing} and {compared.swinglever.swing}; choose others (--swing, --compare-swing)"
            )
        compared.swinglever.differences = options.differences
    if options.film:
        _add_film(scene, root, options)
    if options.strobe:
        strobing.add_strobe(scene, root, options.strobe, options.strobe_by)
    return {"swing": root.swinglever.swing, **_write(scene, root, options)}


def _check(options: argparse.Namespace, result: Result) -> None:
    """Refuse what cannot be written or shown before anything is built for it."""
    for target in filter(None, (options.render, options.out, options.export)):
        check_place(target)
    if options.export:
        check_format(str(options.export))
    cases = sorted({case for swing in result.swings.values() for case in swing.ghosts})
    if cases and options.ghost not in ("", "none", *cases):
        raise ResultError(f"the result has no ghost '{options.ghost}'; it has {cases}")


def _add_film(scene: bpy.types.Scene, root: bpy.types.Object, options: argparse.Namespace) -> None:
    """Show the runner's film in step with the trial, and match its camera."""
    event, _, said = (options.film_at or "0=0").partition("=")
    try:
        film_s = float(said)
    except ValueError as error:
        raise ResultError(f"expected --film-at such as toe_off=1.25, got '{options.film_at}'") from error
    offset_s = plate.event_offset(chosen_entry(root).get("events_s", {}) | {"0": 0.0}, event, film_s)
    plate.add_film(scene, root, str(options.film), offset_s, beside=options.film_beside)
    if options.film_points:
        clicks.add_clicks(root, clicks.read_clicks(options.film_points))
        plate.match_film(root)
    elif options.film_camera:
        seen = calibration.read_camera(options.film_camera, options.film_camera_name)
        plate.stand_at(root, plate.of_trial(root, seen))
    elif not options.film_beside:
        raise ResultError("expected --film-points or --film-camera to put the figure into the film, or --film-beside")


def _read_size(options: argparse.Namespace) -> tuple[int, int]:
    """Read the size of the picture; refuse one that cannot be rendered before anything is built."""
    try:
        width, height = (int(part) for part in options.size.split("x"))
    except ValueError as error:
        raise ResultError(f"expected a size such as 1280x720, got '{options.size}'") from error
    render.check_size(width, height)
    if options.render and _is_film(options.render):
        render.check_even(width, height)
    return width, height


def _is_film(path: Path) -> bool:
    return path.suffix.lower() in render.CONTAINERS


def _write(scene: bpy.types.Scene, root: bpy.types.Object, options: argparse.Namespace) -> dict[str, str]:
    """Write the picture, then the scene, each whole or not at all."""
    _go_to_event(scene, root, options.at)
    written = {}
    if options.render:
        whole(options.render, lambda path: _render(scene, root, options, path))
        written["render"] = str(options.render)
    if options.out:
        save = bpy.ops.wm.save_as_mainfile
        whole(options.out, lambda path: save(filepath=path, compress=True, copy=True, relative_remap=False))
        written["scene"] = str(options.out)
    if options.export:
        _play_in_real_time(scene, root)
        whole(options.export, lambda path: export_rig(scene, root, path, options.bones))
        written["export"] = str(options.export)
    return written


def _render(scene: bpy.types.Scene, root: bpy.types.Object, options: argparse.Namespace, path: str) -> None:
    """Write a still, the swing slowed throughout, or a film that tells it; that one says each frame that is done."""
    camera = camera_of(root)
    if not _is_film(options.render):
        render.render_still(scene, path, camera)
    elif options.story:
        for _done in film_story(scene, root, path):
            sys.stdout.write("append frame\n")  # as Blender says it of films that it renders itself
            sys.stdout.flush()
    else:
        render.render_film(scene, path, camera)


def _play_in_real_time(scene: bpy.types.Scene, root: bpy.types.Object) -> None:
    """Let a second of the trial take as many frames as a second of the scene: other programs count in seconds."""
    fps = scene.render.fps / scene.render.fps_base
    scene.render.fps, scene.render.fps_base = _EXPORT_FPS, 1.0
    root.swinglever.speed = fps / _EXPORT_FPS


def _go_to_event(scene: bpy.types.Scene, root: bpy.types.Object, event: str) -> None:
    entry = chosen_entry(root)
    if not entry:
        return
    if event not in entry["events_s"]:
        raise ResultError(f"the swing has no event '{event}'; it has {list(entry['events_s'])}")
    set_frame(scene, float(read_time_map(root).to_frames(entry["events_s"][event])))


def main(arguments: list[str]) -> int:
    """Run, and print one JSON object on the last line of stdout; a fault is one line on stderr and status 2."""
    try:
        options = parse(arguments)
    except SystemExit as ended:  # Blender takes no such end
        return int(ended.code or 0)
    try:
        said = run(options)
    except ResultError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(status)  # Blender's module has been seen to crash while Python tears it down, after all is written
