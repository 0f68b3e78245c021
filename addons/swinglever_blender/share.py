"""A copy of the scene to hand on: all inside it, no path of this machine, verified by a fresh Blender without us."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy
import numpy as np

from . import recheck
from .lookup import forget_parsed, list_roots
from .owned import own_blocks
from .result import ResultError
from .writing import check_place

#: How far what is shown may differ between two processes: poses are single precision.
_SAME = 1e-5
#: Seconds that the fresh Blender may take.
_LONGEST_S = 600


def prepare_for_sharing(scene: bpy.types.Scene, path: str) -> str:
    """Write a copy of the file that plays anywhere, or nothing; gives what was verified.

    Pictures and sounds are packed into the copy alone. Films cannot be packed by Blender: they are named, and refused.
    """
    target = Path(path)
    if target.suffix.lower() != ".blend":
        raise ResultError(f"expected a scene ending in .blend, got '{target.name}'; rename it")
    if not list_roots(scene):
        raise ResultError("expected a scene that holds a result; import one first")
    folder_there = _folder_of(target)
    check_place(target)
    names, frames = _what_to_look_at(scene)
    with tempfile.TemporaryDirectory(dir=folder_there) as folder:
        draft, places = Path(folder) / target.name, Path(folder) / "places.json"
        held = scene.frame_current, scene.frame_subframe
        here = recheck.seen(scene, names, frames)
        scene.frame_set(held[0], subframe=held[1])
        with _without_paths(), _packed():
            bpy.ops.wm.save_as_mainfile(filepath=str(draft), compress=True, copy=True, relative_remap=False)
        places.write_text(json.dumps({"scene": scene.name, "names": names, "frames": frames}), encoding="utf-8")
        there = _ask_a_fresh_one(draft, places)
        _compare(here, there)
        draft.replace(target)
    return f"{len(names)} objects at {len(frames)} frames are the same in a fresh Blender, which needs nothing else"


def _folder_of(target: Path) -> Path:
    if not target.parent.is_dir():
        raise ResultError(f"cannot write '{target.name}': no such folder; choose another place")
    return target.parent


def _what_to_look_at(scene: bpy.types.Scene) -> tuple[list[str], list[float]]:
    """Name what is ours and drawn, and four frames of it, one of them between two."""
    blocks = [block for root in list_roots(scene) for block in own_blocks(root).values()]
    names = [block.name for block in blocks if isinstance(block, bpy.types.Object) and block.name in scene.objects]
    frames = [
        scene.frame_start,
        scene.frame_current + 0.5,
        0.5 * (scene.frame_start + scene.frame_end),
        scene.frame_end,
    ]
    return sorted(set(names)), [float(frame) for frame in frames]


@contextmanager
def _without_paths() -> Iterator[None]:
    """Leave of the paths of result files their names alone, while a copy is saved."""
    states = [item.swinglever for item in bpy.data.objects if item.swinglever.path]
    held = [(state, state.path, state.text, state.text.as_string() if state.text else "") for state in states]
    try:
        for state, path, text, said in held:
            state.path = Path(path).name
            if text is not None:
                text.from_string(said.replace(json.dumps(path), json.dumps(Path(path).name)))
        yield
    finally:
        for state, path, text, said in held:
            state.path = path
            if text is not None:
                text.from_string(said)
        forget_parsed()


@contextmanager
def _packed() -> Iterator[None]:
    """Pack pictures and sounds while a copy is saved, and let go of those that were not packed before."""
    fresh = []
    try:
        for block in (*bpy.data.images, *bpy.data.sounds, *bpy.data.fonts):
            still = getattr(block, "source", "FILE") == "FILE"
            if still and block.filepath not in ("", "<builtin>") and block.packed_file is None:
                try:
                    block.pack()
                except RuntimeError as error:
                    raise ResultError(
                        f"cannot pack '{block.name}': {error}; find its file again or remove it"
                    ) from error
                fresh.append(block)
        yield
    finally:
        for block in fresh:
            block.unpack(method="USE_ORIGINAL")


def _ask_a_fresh_one(draft: Path, places: Path) -> dict[str, object]:
    """Let a Blender of its own, with its factory settings, tell what the copy shows."""
    script, blender = str(Path(recheck.__file__).resolve()), bpy.app.binary_path
    start = [blender, "-b", "--factory-startup", "--python-exit-code", "1", "--python", script, "--"]
    command = start if blender else [sys.executable, script]
    done = subprocess.run(
        [*command, str(draft), str(places)], capture_output=True, text=True, timeout=_LONGEST_S, check=False
    )
    told: dict[str, object] = json.loads(places.read_text(encoding="utf-8"))
    if done.returncode != 0 or "seen" not in told:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise ResultError(
            f"a fresh Blender could not open the copy: {words[-1] if words else 'it ended without a word'}"
        )
    return told


def _compare(here: dict[str, list[list[float]]], told: dict[str, object]) -> None:
    if told["outside"]:
        raise ResultError(f"expected all inside the file, but it needs {told['outside']}; remove or pack that first")
    there = told["seen"]
    if not isinstance(there, dict):
        raise ResultError(f"expected what a fresh Blender shows, got {there!r}")
    off = [name for name, values in here.items() if not _same(values, there[name])]
    if off:
        raise ResultError(f"expected a copy that shows the same, but {len(off)} objects differ, among them {off[:3]}")


def _same(here: list[list[float]], there: list[list[float]]) -> bool:
    pairs = list(zip(here, there, strict=True))
    return all(len(a) == len(b) and np.allclose(a, b, rtol=0.0, atol=_SAME, equal_nan=True) for a, b in pairs)
