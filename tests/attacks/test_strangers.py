"""Files of strangers: results, models and meshes that are made to harm are refused, or cost only themselves."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from tests.attacks.conftest import Run

from swinglever.engines.opensim.load import load_model
from swinglever.errors import InputError, ModelError
from swinglever.output.hdf5 import LIBVER
from swinglever.output.heaps import expect_sound_heaps
from swinglever.output.store import is_result, read_report
from swinglever.plugins.skeletons import write_skeleton
from swinglever.readers.meshes import read_mesh
from swinglever.system.isolation import call_in_child

MESHES = {
    "empty": b"",
    "a git-lfs pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 12345\n",
    "a web page": b"<!DOCTYPE html><html><body>404</body></html>",
    "rubbish": bytes(range(256)) * 8,
    "a face without corners": b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf\n",
    "an index beyond all numbers": b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 99999999999999999999\n",
}


def count_surfaces(path: str) -> int:
    """In a child, which may crash: load a model."""
    return len(load_model(path).surfaces)


def farthest_vertex_m(path: str) -> float:
    """In a child, which may crash: load a model, and give how far its surfaces reach."""
    return max(float(np.abs(surface.vertices_m).max()) for surface in load_model(path).surfaces)


def colours_of(path: str) -> np.ndarray:
    """In a child: load a model, and give the colours of its surfaces."""
    return np.array([surface.colour for surface in load_model(path).surfaces])


@pytest.fixture
def own(result: Path, tmp_path: Path) -> Path:
    """A copy of the result, to be harmed."""
    return Path(shutil.copy(result, tmp_path / "r.h5"))


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2]))


@pytest.mark.parametrize("ending", [".obj", ".stl", ".vtp"])
@pytest.mark.parametrize("content", MESHES.values(), ids=MESHES)
def test_what_is_no_mesh_is_refused_in_one_line(tmp_path: Path, content: bytes, ending: str) -> None:
    path = tmp_path / f"bone{ending}"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_mesh(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_meshes_that_crash_opensim_cost_their_own_surfaces(place: Path) -> None:
    whole = call_in_child(count_surfaces, 600.0, str(place / "runner.osim"))
    model = (place / "runner.osim").read_text()
    names = [part.partition("<")[0] for part in model.split("<mesh_file>")[1:]]
    (place / "Geometry").mkdir()
    contents = [content for content in MESHES.values() if content.startswith(b"v ")]  # one without a vertex is refused
    for name, content in zip(names, contents, strict=False):
        (place / "Geometry" / name).write_bytes(content)
    assert call_in_child(count_surfaces, 600.0, str(place / "runner.osim")) == whole  # plain bones stand in


def test_a_model_of_great_depth_is_refused(place: Path) -> None:
    deep = 100_000
    (place / "runner.osim").write_text("<a>" * deep + "</a>" * deep)
    with pytest.raises(ModelError, match="deep in each other"):
        call_in_child(count_surfaces, 600.0, str(place / "runner.osim"))


def test_arrays_that_are_declared_out_of_proportion_are_not_allocated(own: Path) -> None:
    with h5py.File(own, "a") as file:
        file["swings"].create_dataset("much", shape=(2**20, 2**20), dtype="f4", chunks=(1024, 1024), compression="gzip")
    with pytest.raises(InputError, match="'/swings/much' is beyond"):
        read_report(own)


def test_a_result_with_a_swing_of_a_third_leg_is_refused(own: Path) -> None:
    with h5py.File(own, "a") as file:
        file["swings/side"][0] = "x"
    with pytest.raises(InputError, match="expected l or r for the side of each swing, got 'x'"):
        read_report(own)


def test_a_text_of_four_gigabytes_by_its_own_words_is_not_allocated(own: Path) -> None:
    """Neither such a word nor any other of an array of texts has a checksum."""
    with h5py.File(own) as file:
        offset = file["swings/verdict_reason"].id.get_offset()
    with own.open("r+b") as raw:
        raw.seek(offset)
        raw.write((2**32 - 1).to_bytes(4, "little"))
    with pytest.raises(InputError, match="'/swings/verdict_reason' is beyond"):
        read_report(own)


def test_a_result_whose_texts_lead_in_a_circle_is_refused(result: Path, tmp_path: Path) -> None:
    """HDF5 itself never comes back from such a file, so a process of its own reads it."""
    path = tmp_path / "r.h5"
    content = bytearray(result.read_bytes())
    first = content.index(b"GCOL") + 16
    content[first : first + 16] = bytes(16)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"texts of .* are damaged at byte"):
        call_in_child(read_report, 600.0, str(path))
    assert not is_result(path)


def test_a_heap_that_is_full_to_its_last_byte_is_sound(tmp_path: Path) -> None:
    """170 texts of 8 bytes fill the 4096 of a heap; what stands behind it is no part of it, and may be zeros."""
    path = tmp_path / "r.h5"
    with h5py.File(path, "w", libver=LIBVER) as file:
        file.create_dataset("texts", data=["8 bytes."] * 170, dtype=h5py.string_dtype())
    content = path.read_bytes()
    begin = content.index(b"GCOL")
    path.write_bytes(content[: begin + 4096] + bytes(64))
    expect_sound_heaps(path)
    path.write_bytes(content[: begin + 4096 - 24] + bytes(64))
    with pytest.raises(ValueError, match=f"damaged at byte {begin}"):
        expect_sound_heaps(path)


def test_texts_in_pieces_are_refused(own: Path) -> None:
    with h5py.File(own, "a") as file:
        texts = file["swings/verdict_reason"].asstr()[...].astype(object)
        del file["swings/verdict_reason"]
        file["swings"].create_dataset("verdict_reason", data=texts, dtype=h5py.string_dtype(), chunks=True)
    with pytest.raises(InputError, match="expected the texts of '/swings/verdict_reason' in one piece"):
        read_report(own)


def test_a_result_of_complex_numbers_is_refused(own: Path) -> None:
    with h5py.File(own, "a") as file:
        kept = dict(file["kinematics/q"].attrs)
        values = file["kinematics/q"][...] + 1j
        del file["kinematics/q"]
        file["kinematics/q"] = values
        file["kinematics/q"].attrs["dimensions"] = kept["dimensions"]
    with pytest.raises(InputError, match="expected numbers or texts in '/kinematics/q', got complex128"):
        read_report(own)


def test_a_result_of_countless_groups_is_refused_before_it_is_walked_through(own: Path) -> None:
    with h5py.File(own, "a") as file:
        for k in range(3000):
            file.create_group(f"swings/many{k}")
    with pytest.raises(InputError, match="up to 2000 groups and arrays in a result, got more at '/swings'"):
        read_report(own)


def test_a_result_whose_groups_hold_each_other_is_refused_at_once(own: Path) -> None:
    """Forty groups, each twice in the one before: a million million ways through them."""
    with h5py.File(own, "a") as file:
        outer = file.create_group("many0")
        for k in range(1, 41):
            outer["one"] = outer["other"] = file.create_group(f"many{k}")
            outer = outer["one"]
    with pytest.raises(InputError, match="points to another place"):
        read_report(own)


def test_a_name_of_many_parts_in_a_configuration_is_refused_at_once(place: Path, run: Run) -> None:
    (place / "c.toml").write_text("a" + ".a" * 500_000 + " = 1")
    ended = run("analyse", "run.trc", "--model", "runner.osim", "--config", "c.toml")
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "nested too deep" in ended.err


@pytest.mark.parametrize("kind", ["link", "soft", "raw"])
def test_a_result_leads_nowhere_else(result: Path, tmp_path: Path, kind: str) -> None:
    path, secret = tmp_path / "r.h5", tmp_path / "secret"
    shutil.copy(result, path)
    secret.write_bytes(np.arange(4.0).tobytes())
    with h5py.File(path, "a") as file:
        if kind == "link":
            file["swings"]["away"] = h5py.ExternalLink(str(result), "/swings")
        elif kind == "soft":
            file["swings"]["away"] = h5py.SoftLink("/swings")
        else:
            file["swings"].create_dataset("away", (4,), "f8", external=[(str(secret), 0, 32)])
    with pytest.raises(InputError, match="points to another place"):
        read_report(path)


def test_what_is_shown_needs_no_playback(result: Path) -> None:
    light, whole = read_report(result, playback=False), read_report(result)
    assert light.playback is None
    assert whole.playback is not None
    assert light.swings == whole.swings


def test_a_path_whose_bytes_are_no_letters_is_analysed_and_shown(place: Path, run: Run) -> None:
    name = os.fsdecode(b"l\xe4ufer")
    shutil.copy("run.trc", f"{name}.trc")
    asked = ["--model", "runner.osim", "--muscle-solver", "none", "--side", "r", "--out", f"{name}.h5"]
    told = run("analyse", f"{name}.trc", *asked)
    assert told.status == 0, told.err
    assert "l\\xe4ufer" in told.out or "l\\udce4ufer" in told.out
    assert run("show", f"{name}.h5", "--json").status == 0


@pytest.mark.parametrize("name", ["class", "json", "swinglever", "numpy", "test_mine", "conftest", "Import"])
def test_a_plugin_cannot_be_called_what_python_or_the_project_owns(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="a name of your own"):
        write_skeleton(name, tmp_path / "new")
    assert not list(tmp_path.iterdir())


LINE = """<LinearFunction name="function">
									<coefficients>1 0</coefficients>
								</LinearFunction>"""
MODELS = {
    "elements 300 000 deep in an encoding that nobody knows": lambda _: (
        "<?xml version='1.0' encoding='x-no'?>" + "<a>" * 300_000 + "</a>" * 300_000
    ),
    "a function of no coefficients": lambda model: model.replace("<coefficients>1 0<", "<coefficients><", 1),
    "a spline of no points": lambda model: model.replace(LINE, "<SimmSpline name='f'><x></x><y></y></SimmSpline>", 1),
}


@pytest.mark.parametrize("verb", ["check", "analyse"])
@pytest.mark.parametrize("change", MODELS.values(), ids=MODELS)
def test_a_model_that_ends_opensim_is_refused_in_one_line(
    place: Path, run: Run, change: Callable[[str], str], verb: str
) -> None:
    whole = (place / "runner.osim").read_text()
    (place / "runner.osim").write_text(change(whole))
    assert (place / "runner.osim").read_text() != whole
    ended = run(verb, "run.trc", "--model", "runner.osim")
    told = [line for line in (ended.out + ended.err).splitlines() if "runner.osim" in line]
    assert (ended.status, len(told)) == (2, 1), ended
    assert "OpenSim cannot load the model 'runner.osim'" in told[0]


@pytest.mark.parametrize("change", MODELS.values(), ids=MODELS)
def test_a_model_that_ends_opensim_is_not_scaled_and_leaves_nothing(
    place: Path, run: Run, change: Callable[[str], str]
) -> None:
    (place / "runner.osim").write_text(change((place / "runner.osim").read_text()))
    before = set(place.iterdir())
    ended = run("scale", "runner.osim", "--static", "run.trc", "--mass", 70, "--out", "mine.osim")
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1), ended
    assert ended.err.startswith(("error: OpenSim cannot load the model 'runner.osim'", "error: runner.osim cannot be"))
    assert set(place.iterdir()) == before


def test_a_pipe_that_is_named_as_a_mesh_is_not_waited_for(place: Path) -> None:
    model = (place / "runner.osim").read_text()
    os.mkfifo(place / "pipe.obj")
    (place / "runner.osim").write_text(
        model.replace("runner_pelvis.obj", "pipe.obj").replace("runner_torso", "x" * 5000)
    )
    assert call_in_child(count_surfaces, 300.0, str(place / "runner.osim")) > 0  # plain bones stand in


def _with_numbers(tag: str, number: str) -> Callable[[str], str]:
    """Put a number in the place of the first one that the model has under a tag."""
    return lambda model: re.sub(rf"(<{tag}>\s*)[^\s<]+", rf"\g<1>{number}", model, count=1, flags=re.DOTALL)


@pytest.mark.parametrize("number", ["nan", "inf"])
@pytest.mark.parametrize("tag", ["translation", "orientation", "axis", "Body name=.femur_r.>.*?<inertia"])
@pytest.mark.parametrize("verb", ["check", "analyse"])
def test_a_joint_or_body_that_is_told_without_numbers_is_refused_in_one_line(
    place: Path, run: Run, verb: str, tag: str, number: str
) -> None:
    (place / "runner.osim").write_text(_with_numbers(tag, number)((place / "runner.osim").read_text()))
    ended = run(verb, "run.trc", "--model", "runner.osim")
    told = [line for line in (ended.out + ended.err).splitlines() if line.startswith("error: ")]
    assert (ended.status, len(told)) == (2, 1), ended
    assert "expected joints, their curves and inertias told in numbers" in told[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("<location>", "1e300 "), "a length of a muscle in early swing of 0 to 3 m"),
        (("<max_contraction_velocity>", "nan"), "a maximum contraction velocity of 0.1 to 1000"),
    ],
)
def test_muscles_that_nobody_has_are_told_in_one_line(
    place: Path, run: Run, change: tuple[str, str], said: str
) -> None:
    tag, number = change
    before, muscle, after = (
        (place / "runner.osim").read_text().partition('<Millard2012EquilibriumMuscle name="psoas_r"')
    )
    changed = re.sub(rf"({tag}\s*)[^\s<]+", rf"\g<1>{number}", after, count=1)
    (place / "runner.osim").write_text(before + muscle + changed)
    ended = run("analyse", "run.trc", "--model", "runner.osim")
    assert (ended.status, ended.err.count("\n")) == (2, 1), ended
    assert said in ended.err


@pytest.mark.parametrize("tag", ["translation", "inertia", "location"])
def test_no_model_is_scaled_to_one_that_lacks_numbers(place: Path, run: Run, tag: str) -> None:
    (place / "runner.osim").write_text(_with_numbers(tag, "nan")((place / "runner.osim").read_text()))
    before = set(place.iterdir())
    ended = run("scale", "runner.osim", "--static", "run.trc", "--mass", 70, "--out", "mine.osim")
    assert (ended.status, ended.out, ended.err.count("\n")) == (2, "", 1), ended
    assert "expected numbers in every" in ended.err
    assert set(place.iterdir()) == before


def test_meshes_that_are_scaled_without_numbers_cost_their_own_surfaces(place: Path) -> None:
    whole = call_in_child(count_surfaces, 600.0, str(place / "runner.osim"))
    for number in ("nan", "1e300"):
        model = (place / "runner.osim").read_text()
        (place / "runner.osim").write_text(_with_numbers("scale_factors", number)(model))
    assert call_in_child(count_surfaces, 600.0, str(place / "runner.osim")) >= whole  # plain bones stand in
    assert call_in_child(farthest_vertex_m, 600.0, str(place / "runner.osim")) < 5.0


@pytest.mark.parametrize("number", ["nan", "1e300", "-1"])
@pytest.mark.parametrize("tag", ["color", "opacity"])
def test_a_bone_has_a_colour_whatever_its_model_says(place: Path, tag: str, number: str) -> None:
    (place / "runner.osim").write_text(_with_numbers(tag, number)((place / "runner.osim").read_text()))
    colours = call_in_child(colours_of, 600.0, str(place / "runner.osim"))
    assert ((colours >= 0.0) & (colours <= 1.0)).all()


@pytest.mark.parametrize("name", ["runner.osim", "run.trc", "p_ik.xml", "Geometry/runner_pelvis.obj"])
def test_a_file_beyond_all_proportion_is_refused_before_it_is_read(place: Path, run: Run, name: str) -> None:
    (place / name).parent.mkdir(exist_ok=True)
    with (place / name).open("ab") as file:
        file.truncate(2**33)  # a hole: it takes no room
    for verb in ("check", "analyse"):
        ended = run(verb, "run.trc", "--model", "runner.osim", "--ik-setup", "p_ik.xml")
        told = [line for line in (ended.out + ended.err).splitlines() if "is of 8.6 GB" in line]
        assert (ended.status, len(told)) == (2, 1), ended
