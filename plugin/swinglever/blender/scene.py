"""Write a Blender scene, a still or a film of a result.

The library never imports Blender: the add-on's own command runs in a process of its own, with the `bpy` wheel.
"""

import importlib.util
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

from swinglever.errors import EngineError, InputError, MissingFileError, how_to_install
from swinglever.system.endings import is_interrupted
from swinglever.system.isolation import Limits, run_module
from swinglever.system.resources import addon_folder
from swinglever.system.scratch import scratch_folder
from swinglever.system.whole_files import sweep_drafts

#: What a still or a film may end in.
PICTURES = (".png",)
FILMS = (".mp4", ".mkv", ".mov")
#: Pixels of the usual shapes of pictures.
SHAPES = {"16:9": (1280, 720), "1:1": (1080, 1080), "9:16": (720, 1280)}
#: What an exported rig may end in.
RIGS = (".glb", ".gltf", ".fbx", ".bvh", ".usd", ".usdc", ".usda", ".abc")
_COMMAND_NOT_FOUND = 127
_STORY_S, _FRAMES_A_SECOND = 10, 24
"""Of a new scene in Blender."""
_FRAME_DONE = "append frame"
"""What Blender prints as it adds a frame to a film."""
_TIMEOUT_S = 24 * 3600.0
"""Longest that a film may take."""


LIBRARIES = (
    "libx11-6 libxrender1 libxfixes3 libxi6 libxkbcommon0 libsm6 libice6 libgl1 libegl1 libegl-mesa0 libgl1-mesa-dri"
)
"""Packages of Debian and Ubuntu that Blender's module links or renders with."""


@dataclass(frozen=True, kw_only=True)
class SceneOptions:
    """How a scene looks.

    Parameters
    ----------
    swing
        Identifier such as `r_1`; the first swing if empty.
    at
        Event that a still shows.
    strobe
        Number of frozen poses; 0 for none.
    strobe_by
        What is alike between frozen poses: `time`, `phase` or the knee's `angle`.
    colour_by
        `activation`, `power` or `contribution`.
    thickness
        Whether muscles are as thick as they pull.
    ghost
        Ablation case whose ghost leg is shown; `none` hides it, empty leaves the choice to the add-on: silent
        hamstrings where there are muscles.
    plot
        A metric or a curve of the file to plot in place of the causes.
    theme
        `dark` or `light`.
    speed
        Share of real speed, above 0 and up to 100.
    opacity
        Of bones or skin, above 0 and up to 1: lower it to see the muscles under a skin.
    story
        Whether a film tells the swing in ten seconds: once in real time, then slowed to an eighth round peak and pass.
    measured
        Whether markers and ground forces are shown.
    overground
        Carry a treadmill runner forward at the speed of the belt.
    captions
        Whether title, plots and legend are in the picture.
    film
        The runner's own film or picture, behind the figure.
    film_at
        When the film shows an event: `toe_off=1.25`; `0=1.25` for the trial's time 0.
    film_points
        Table of points that were clicked in the film, to match its camera: name, film_s, x_px, y_px.
    film_camera
        Calibration of the film's camera, `Calib.toml` of Pose2Sim.
    film_camera_name
        The camera's name there; the only one if empty.
    film_beside
        Show the film beside the figure instead.
    compare
        A second result, beside the first or over it.
    compare_swing
        Swing of the second result; its first one of the same leg if empty.
    lock
        `phase` or `time`: what the two results share.
    overlaid
        Lay the second result over the first.
    differences
        Draw lines from each joint of the second runner to the first's, pelvis on pelvis.
    size
        Width and height of the picture in pixels.
    engine
        `workbench`, `cycles` or `eevee`.
    bones
        What the bones of an exported rig are called: as in `rigify`, `mixamo` or `ue`, or as in the `model`.
    """

    swing: str = ""
    at: str = "peak_flexion"
    strobe: int = 0
    strobe_by: str = "time"
    colour_by: str = "contribution"
    thickness: bool = False
    ghost: str = ""
    plot: str = ""
    theme: str = "dark"
    speed: float = 0.25
    opacity: float = 1.0
    measured: bool = False
    story: bool = False
    overground: bool = False
    captions: bool = True
    film: Path | None = None
    film_at: str = ""
    film_points: Path | None = None
    film_camera: Path | None = None
    film_camera_name: str = ""
    film_beside: bool = False
    compare: Path | None = None
    compare_swing: str = ""
    lock: str = "phase"
    overlaid: bool = False
    differences: bool = False
    size: tuple[int, int] = (1280, 720)
    engine: str = "workbench"
    bones: str = "rigify"

    def __post_init__(self) -> None:
        if not (0 < self.speed <= 100 and 0 < self.opacity <= 1 and self.strobe >= 0 and min(self.size) >= 16):
            raise InputError(
                "expected speed in (0, 100], opacity in (0, 1], strobe from 0 up and a picture of at least 16 by 16; "
                f"got {self.speed}, {self.opacity}, {self.strobe}, {self.size}"
            )

    def arguments(self) -> list[str]:
        """Spell the options for the add-on's command, which has each of them under the name of its field."""
        return [word for field in fields(self) for word in _spell(field.name, getattr(self, field.name))]


def _spell(name: str, value: object) -> list[str]:
    """Spell an option: a switch where it is true or false, nothing where there is none."""
    said = f"--{name.replace('_', '-')}"
    if isinstance(value, bool):
        return [said if value else f"--no-{name.replace('_', '-')}"]
    if isinstance(value, tuple):
        return [f"{said}={'x'.join(str(part) for part in value)}"]
    return [f"{said}={value.resolve() if isinstance(value, Path) else value}"] if value is not None else []


def write_scene(
    result: Path,
    *,
    scene: Path | None = None,
    render: Path | None = None,
    export: Path | None = None,
    options: SceneOptions | None = None,
    on_frame: Callable[[], None] | None = None,
) -> dict[str, str]:
    """Write a scene and a picture of a result, each whole or not at all.

    Parameters
    ----------
    result
        Result file (.h5).
    scene
        Scene to write (.blend).
    render
        Still (.png) or film (.mp4, .mkv, .mov) to write.
    export
        Rig to write for other programs (.glb, .gltf, .fbx, .bvh, .usd, .abc), in real time.
    options
        How it looks.
    on_frame
        Called as each frame of a film is done.

    Returns
    -------
    dict
        `swing` that is shown, and the paths written as `scene`, `render` and `export`.
    """
    _check_paths(result, scene, render, export)
    targets = [path for path in (scene, render, export) if path is not None]
    arguments = [str(result.resolve())]
    arguments += [f"--out={scene.resolve()}"] if scene else []
    arguments += [f"--render={render.resolve()}"] if render else []
    arguments += [f"--export={export.resolve()}"] if export else []
    try:
        return _run_blender([*arguments, *(options or SceneOptions()).arguments()], on_frame)
    finally:
        for target in targets:
            sweep_drafts(target, at_once=True)


def files_of_export(export: Path | None) -> tuple[Path, ...]:
    """Give the files that an export is: a .gltf keeps its numbers in a .bin beside it."""
    if export is None:
        return ()
    return (export, export.with_suffix(".bin")) if export.suffix.lower() == ".gltf" else (export,)


def _check_paths(result: Path, scene: Path | None, render: Path | None, export: Path | None) -> None:
    if not result.is_file():
        raise MissingFileError(f"{result}: no such result file; 'swinglever analyse' writes one")
    if scene is None and render is None and export is None:
        raise InputError("nothing to write: name a scene (.blend), a still (.png), a film (.mp4) or an export (.glb)")
    if scene is not None and scene.suffix.lower() != ".blend":
        raise InputError(f"{scene}: a scene ends in .blend")
    if render is not None and render.suffix.lower() not in PICTURES + FILMS:
        raise InputError(f"{render}: a picture ends in {', '.join(PICTURES + FILMS)}")
    if export is not None and export.suffix.lower() not in RIGS:
        raise InputError(f"{export}: an export ends in {', '.join(RIGS)}")
    if importlib.util.find_spec("bpy") is None:
        raise EngineError(f"scenes need Blender's module: {how_to_install('blender')}, on Python 3.13")


def _run_blender(arguments: list[str], on_frame: Callable[[], None] | None = None) -> dict[str, str]:
    with scratch_folder() as folder:  # Blender leaves files of its own where it stands and among temporary ones
        places, limits = [str(addon_folder().parent)], Limits(timeout_s=_TIMEOUT_S)
        tell = None if on_frame is None else partial(_tell_frame, on_frame)
        done = run_module("swinglever_blender.command", arguments, folder, limits, places=places, on_line=tell)
    if done.status == 0:
        said: dict[str, str] = json.loads(done.out.strip().splitlines()[-1])
        return said
    faults = [line.removeprefix("error: ") for line in done.err.splitlines() if line.startswith("error: ")]
    if faults:
        raise InputError(faults[-1])
    if is_interrupted():
        raise KeyboardInterrupt
    if done.status < 0 or done.status > _COMMAND_NOT_FOUND:
        raise EngineError(
            f"Blender crashed (status {done.status}). Its Workbench and EEVEE renderers need EGL: "
            "'apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri', or take the engine cycles"
        )
    raise explain_failure(done.status, (done.err or done.out).strip())


def explain_failure(status: int, words: str) -> EngineError:
    """Say why Blender's module failed: a library of the system that is not there, or its own last words."""
    if missing := re.search(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file", words):
        return EngineError(f"Blender's module misses {missing[1]}; on Debian and Ubuntu: apt-get install {LIBRARIES}")
    return EngineError(f"Blender failed (status {status}): {words[-800:]}")


def _tell_frame(on_frame: Callable[[], None], line: str) -> None:
    """Tell each frame as Blender says that it has it."""
    if _FRAME_DONE in line:
        on_frame()


def count_frames(result: Path, options: SceneOptions) -> int:
    """Number of frames that a film of a swing has, to within two."""
    if options.story:
        return _STORY_S * _FRAMES_A_SECOND
    from swinglever.output.store import read_in_short

    report = read_in_short(result, shares=False)
    if not report.swings:
        return 1
    swing = report.swing(options.swing) if options.swing else report.swings[0]
    return math.ceil((swing.foot_strike_s - swing.toe_off_s) * _FRAMES_A_SECOND / options.speed) + 1
