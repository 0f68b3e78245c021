"""Whatever a file holds: one clear report and a scene that is as it was, or a figure that can be played."""

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import h5py
import numpy as np
import pytest

from swinglever.output import heaps as theirs
from swinglever_blender import heaps as ours
from swinglever_blender import lookup
from swinglever_blender.checked import check_result, open_result
from swinglever_blender.lookup import Look
from swinglever_blender.result import Ghost, Mesh, Result, ResultError
from swinglever_blender.scene import build_scene

Change = Callable[[Result], Result]


def of_swing(**changes: Any) -> Change:
    """Change something of the first swing: a value, or a function of the old one."""

    def change(result: Result) -> Result:
        swing = result.swings["r_1"]
        values = {name: new(getattr(swing, name)) if callable(new) else new for name, new in changes.items()}
        return replace(result, swings=result.swings | {"r_1": replace(swing, **values)})

    return change


def of_trial(**changes: Any) -> Change:
    """Change something of the trial."""

    def change(result: Result) -> Result:
        values = {name: new(getattr(result, name)) if callable(new) else new for name, new in changes.items()}
        return replace(result, **values)

    return change


def of_paths(new: Callable[[np.ndarray], np.ndarray]) -> Change:
    """Change the muscles' paths."""
    return of_trial(muscle_paths=lambda paths: replace(paths, path_m=new(paths.path_m)))


def of_mesh(**changes: Any) -> Change:
    """Change something of the first mesh."""

    def change(result: Result) -> Result:
        mesh = result.meshes[0]
        values = {name: new(getattr(mesh, name)) for name, new in changes.items()}
        return replace(result, meshes=[replace(mesh, **values), *result.meshes[1:]])

    return change


def of_ghost(**changes: Any) -> Change:
    """Change something of the first swing's ghost."""

    def new_ghost(ghosts: dict[str, Ghost]) -> dict[str, Ghost]:
        ghost = ghosts["no_hamstrings"]
        return {"no_hamstrings": replace(ghost, **{name: new(getattr(ghost, name)) for name, new in changes.items()})}

    return of_swing(ghosts=new_ghost)


def with_nan(values: np.ndarray) -> np.ndarray:
    spoilt = np.array(values, dtype=float)
    spoilt[len(spoilt) // 3] = np.nan
    return spoilt


def events(**times_s: float) -> Change:
    return of_swing(events_s=lambda known: known | times_s)


REFUSED: dict[str, tuple[Change, str]] = {
    "a third of the poses": (of_trial(body_pose=lambda p: p[::3]), r"body_pose to have 60 × 20 × 4 × 4, got 20 × 20"),
    "five of the bodies": (of_trial(body_pose=lambda p: p[:, :5]), "body_pose to have 60 × 20 × 4 × 4, got 60 × 5"),
    "poses as strings": (of_trial(body_pose=lambda p: p.astype(str)), "body_pose to have numbers"),
    "no pose known": (of_trial(body_pose=lambda p: p * np.nan), "body_pose to have finite numbers"),
    "some poses nan": (of_trial(body_pose=with_nan), "body_pose to have finite numbers, got nan or infinity"),
    "poses infinite": (of_trial(body_pose=lambda p: np.where(p > 0.9, np.inf, p)), "body_pose to have finite numbers"),
    "poses stretched": (
        of_trial(body_pose=lambda p: p * 1.5),
        "body_pose to have rotations, got matrices that stretch",
    ),
    "poses mirrored": (
        of_trial(body_pose=lambda p: p * np.array([[1, 1, -1, 1]] * 4)),
        "body_pose to have rotations, got mirror images",
    ),
    "times all equal": (of_trial(time_s=np.ones_like), "time_s to have two or more times, each after the one before"),
    "times nan": (of_trial(time_s=lambda t: t * np.nan), "time_s to have finite numbers"),
    "times of two dimensions": (of_trial(time_s=lambda t: t[:, np.newaxis]), "time_s to have any, got 60 × 1"),
    "one instant": (of_trial(time_s=lambda t: t[:1]), "time_s to have two or more times"),
    "no instant": (of_trial(time_s=lambda t: t[:0]), "time_s to have two or more times"),
    "a billion times longer": (of_trial(time_s=lambda t: t * 1e9), "time_s to have at most 3600 s"),
    "three columns of activation": (
        of_trial(muscle_activation=lambda a: a[:, :3]),
        "muscle_activation to have 60 × 92",
    ),
    "a third of the paths": (of_paths(lambda p: p[::3]), "muscle_path_m to have 60 × 92 × any × 3"),
    "paths of one point": (of_paths(lambda p: p[:, :, :1]), "muscle_path_m to have two points or more"),
    "power infinite": (
        of_trial(muscle_power_w=lambda p: p / 0.0),
        "muscle_power_w to have numbers or nan, got infinity",
    ),
    "a third of the forces": (
        of_trial(force_n=np.zeros((20, 1, 3)), force_point_m=np.zeros((20, 1, 3))),
        "force_n to have 60 × any × 3, got 20",
    ),
    "forces without points": (
        of_trial(force_n=np.zeros((60, 2, 3)), force_point_m=np.zeros((60, 1, 3))),
        "force_point_m to have 60 × 2 × 3",
    ),
    "markers of five frames": (
        of_trial(marker_names=["a"], marker_position_m=np.zeros((5, 1, 3))),
        "marker_position_m to have 60 × 1 × 3",
    ),
    "belt nan": (of_trial(belt_speed_m_s=np.nan), "belt_speed_m_s to have 0 to 50, got nan"),
    "belt absurd": (of_trial(belt_speed_m_s=1e300), "belt_speed_m_s to have 0 to 50"),
    "belt backwards": (of_trial(belt_speed_m_s=-3.0), "belt_speed_m_s to have 0 to 50, got -3"),
    "all bodies of one name": (
        of_trial(body_names=lambda n: ["leg"] * len(n)),
        "body_names to have a name for each, got 'leg'",
    ),
    "bodies without names": (
        of_trial(body_names=lambda n: [""] * len(n)),
        "body_names to have a name for each, got an empty",
    ),
    "faces beyond their corners": (of_mesh(loop_start=lambda s: s + 10_000_000), "loop_start to have faces of three"),
    "faces out of order": (of_mesh(loop_start=lambda s: s[::-1].copy()), "loop_start to have faces of three"),
    "corners beyond their vertices": (
        of_mesh(loop_vertex=lambda v: v + 10_000_000),
        "loop_vertex to have vertices 0 to",
    ),
    "corners below nought": (of_mesh(loop_vertex=lambda v: v - 5), "loop_vertex to have vertices 0 to"),
    "corners as fractions": (of_mesh(loop_vertex=lambda v: v + 0.5), "loop_vertex to have whole numbers"),
    "vertices as strings": (of_mesh(vertices_m=lambda v: v.astype(str)), "vertices_m to have numbers"),
    "vertices of two columns": (of_mesh(vertices_m=lambda v: v[:, :2]), "vertices_m to have any × 3"),
    "a colour of one number": (of_mesh(colour=lambda c: c[:1]), "colour to have 4, got 1"),
    "a colour of nan": (of_mesh(colour=lambda c: c * np.nan), "colour to have finite numbers"),
    "a ghost of five frames": (
        of_ghost(body_pose=lambda p: p[:5]),
        r"ghost 'no_hamstrings', body_pose to have \d+ × 5",
    ),
    "a ghost's heel of seven frames": (of_ghost(heel_m=lambda h: h[:7]), "ghost 'no_hamstrings', heel_m to have"),
    "a lever's heel of seven frames": (
        of_swing(lever=lambda lever: replace(lever, heel_m=lever.heel_m[:7])),
        "swing 'r_1', lever, heel_m to have",
    ),
    "five values of the knee": (of_swing(knee_flexion_deg=lambda k: k[:5]), r"knee_flexion to have \d+, got 5"),
    "no peak": (events(peak_flexion=np.nan), "swing 'r_1' to have the events .*, got no peak_flexion"),
    "toe-off after foot strike": (events(toe_off=1.09), "toe-off before peak flexion before foot strike"),
    "an event of another day": (events(foot_strike=1e9), "foot_strike to have a time of the trial, got 1e"),
    "a third side": (of_swing(side="x"), "swing 'r_1', side to have 'r' or 'l', got 'x'"),
    "a swing of another day": (of_swing(time_s=lambda t: t + 1e6), "swing 'r_1', time_s to have times of the trial"),
}


@pytest.fixture
def whole(result: Result) -> Result:
    """A result with a mesh whose faces have three and four corners."""
    mesh = Mesh(
        body="pelvis",
        vertices_m=np.array([[0, 0, 0], [0.1, 0, 0], [0.1, 0.1, 0], [0, 0.1, 0], [0, 0, 0.1]]),
        loop_vertex=np.array([0, 1, 2, 3, 0, 1, 4]),
        loop_start=np.array([0, 4]),
        colour=np.ones(4),
    )
    return replace(result, meshes=[mesh, *result.meshes])


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_shown_is_refused_in_one_line(whole: Result, case: str) -> None:
    change, message = REFUSED[case]
    with pytest.raises(ResultError, match=message) as caught:
        check_result(change(whole))
    assert str(caught.value).startswith("run.h5: expected ")
    assert str(caught.value).endswith("; run 'swinglever analyse' again")
    assert "\n" not in str(caught.value)


ODD: dict[str, Change] = {
    "a newline, an emoji and right-to-left letters in names": of_trial(
        body_names=lambda names: ["pelvis\n🦵 \u202eשלום", "../../etc/passwd", *names[2:]], trial_name="run\n🏃"
    ),
    "a body's name of 500 letters": of_trial(body_names=lambda names: ["b" * 500, "b" * 499, *names[2:]]),
    "a mesh of a body that is not there": of_mesh(body=lambda _: "tail"),
    "a mesh without faces": of_mesh(loop_start=lambda s: s[:0], loop_vertex=lambda v: v[:0]),
    "a swing in which the thigh does not turn": events(thigh_reversal=np.nan),
    "a reason of 60 kB": of_swing(verdict_reason="so it is, " * 6000),
    "a reason that is one word of 60 kB": of_swing(verdict_reason="so" * 30000, verdict="x" * 9000),
    "a cause of which nothing is known": of_swing(
        contributions_deg=lambda scopes: {
            s: g | {"dark": np.full_like(g["momentum"], np.nan)} for s, g in scopes.items()
        }
    ),
    "no radius of gyration": of_swing(
        lever=lambda lever: replace(lever, radius_of_gyration_m=lever.radius_of_gyration_m * np.nan)
    ),
    "no swing": of_trial(swings={}),
}


@pytest.mark.parametrize("case", ODD)
def test_what_is_only_odd_is_shown(scene: bpy.types.Scene, whole: Result, case: str) -> None:
    root = build_scene(scene, check_result(ODD[case](whole)), Look())
    assert len(lookup.bodies_of(root)) == len(whole.body_names)
    texts = [item for item in bpy.data.objects if item.type == "FONT"]
    assert len(texts) < 120
    assert all(len(item.data.body) < 200 for item in texts)
    bpy.ops.swinglever.remove()
    assert not bpy.data.objects


def test_a_build_that_fails_halfway_leaves_nothing(scene: bpy.types.Scene, whole: Result) -> None:
    """Unchecked, a trial of which only the last stage cannot be built."""
    before = {block.session_uid for block in bpy.data.all_ids}
    broken = of_swing(contributions_deg={"leg": {"momentum": np.ones(2)}})(whole)
    with pytest.raises(IndexError, match="out of bounds"):
        build_scene(scene, broken, Look())
    assert {block.session_uid for block in bpy.data.all_ids} == before


@pytest.fixture
def copy(result_file: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(result_file, tmp_path / "copy.h5"))


def test_an_empty_array_of_an_absurd_shape_takes_no_memory(copy: Path) -> None:
    with h5py.File(copy, "a") as file:
        file.create_dataset("playback/absurd", (150, 66, 200_000, 3), "f4", chunks=(1, 66, 1000, 3))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    blocks = {block.session_uid for block in bpy.data.all_ids}
    with pytest.raises(RuntimeError, match=r"copy\.h5: expected at most \d+ MB unpacked .*, got 237\d\d MB"):
        bpy.ops.swinglever.import_result(filepath=str(copy))
    assert {block.session_uid for block in bpy.data.all_ids} == blocks
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def open_in_child(path: Path, before: str = "") -> str:
    """Open a result in a process of its own, within 60 s of processor time and 2 GB; gives the report in one line."""
    script = (
        f"import resource, sys; {before}\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (60, 61))\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9, 2 * 10**9))\n"
        "from swinglever_blender.checked import open_result\n"
        "from swinglever_blender.result import ResultError\n"
        "try: open_result(sys.argv[1])\n"
        "except ResultError as error: print(error)\n"
    )
    addons = str(Path(__file__).resolve().parents[2] / "addons")
    environment = os.environ | {"PYTHONPATH": addons, "OPENBLAS_NUM_THREADS": "1"}
    environment.pop("OCIO", None)  # Blender sets it where it has rendered, and the child then says so first
    command = [sys.executable, "-c", script, str(path)]
    return subprocess.run(command, env=environment, cwd=path.parent, capture_output=True, text=True, check=True).stdout


def test_without_h5py_the_report_says_so(copy: Path) -> None:
    """In a process in which h5py cannot be imported."""
    said = open_in_child(copy, "sys.modules['h5py'] = None")
    assert said.startswith("copy.h5 cannot be read: h5py does not load (")
    assert said.endswith("; install the extension again\n")


def refused_in_blender(path: Path) -> str:
    """Open in a child first, which can be ended, then import it; gives the report, and nothing was made."""
    said = open_in_child(path).removesuffix("\n")
    assert "\n" not in said
    assert said.endswith("; run 'swinglever analyse' again")
    blocks = {block.session_uid for block in bpy.data.all_ids}
    with pytest.raises(RuntimeError, match=re.escape(said)):
        bpy.ops.swinglever.import_result(filepath=str(path))
    assert {block.session_uid for block in bpy.data.all_ids} == blocks
    return said


def test_texts_that_lead_hdf5_in_a_circle_are_refused(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    first = content.index(b"GCOL") + 16
    content[first : first + 16] = bytes(16)
    copy.write_bytes(content)
    assert "the texts of the file are damaged at byte" in refused_in_blender(copy)


def test_a_text_of_four_gigabytes_by_its_own_words_takes_no_memory(copy: Path) -> None:
    with h5py.File(copy) as file:
        offset = file["swings/verdict_reason"].id.get_offset()
    with copy.open("r+b") as raw:
        raw.seek(offset)
        raw.write((2**32 - 1).to_bytes(4, "little"))
    assert re.search(r"copy\.h5: expected at most \d+ MB unpacked .*, got 4\d\d\d MB", refused_in_blender(copy))


def put_pieces(file: h5py.File) -> None:
    file.create_dataset("swings/verdict_reason", data=["so"] * 2, dtype=h5py.string_dtype(), chunks=True)


def put_link(file: h5py.File) -> None:
    file["swings/verdict_reason"] = h5py.ExternalLink("other.h5", "/texts")


def put_bytes_of_another(file: h5py.File) -> None:
    file.create_dataset("swings/verdict_reason", (2,), "f8", external=[("other.raw", 0, 16)])


def put_compound(file: h5py.File) -> None:
    file.create_dataset("swings/verdict_reason", (2,), [("text", h5py.string_dtype())])


@pytest.mark.parametrize(
    ("put", "message"),
    [
        (put_pieces, "expected the texts of '/swings/verdict_reason' in one piece"),
        (put_link, "expected a group, numbers or texts in the file itself at 'swings/verdict_reason'"),
        (put_bytes_of_another, "expected a group, numbers or texts in the file itself at 'swings/verdict_reason'"),
        (put_compound, "expected a group, numbers or texts in the file itself at 'swings/verdict_reason'"),
    ],
)
def test_what_cannot_be_measured_before_it_is_read_is_refused(
    copy: Path, put: Callable[[h5py.File], None], message: str
) -> None:
    with h5py.File(copy, "a") as file:
        del file["swings/verdict_reason"]
        put(file)
    with pytest.raises(ResultError, match=message):
        open_result(copy)


def test_the_package_and_the_addon_look_at_texts_in_the_same_way() -> None:
    """The add-on stands alone, so it has a copy of the module."""
    assert Path(ours.__file__).read_text("utf-8") == Path(theirs.__file__).read_text("utf-8")


def test_a_whole_file_passes(result_file: Path) -> None:
    assert open_result(result_file).swings


@pytest.mark.parametrize("name", ["swings/verdict", "playback/body", "swing"])
def test_a_folder_in_the_place_of_an_array_is_refused_in_one_line(copy: Path, name: str) -> None:
    with h5py.File(copy, "a") as file:
        if name in file:
            del file[name]
        file.create_group(name)
    with pytest.raises(ResultError, match=r"^copy\.h5 is truncated or damaged") as refused:
        open_result(copy)
    assert "\n" not in str(refused.value)
