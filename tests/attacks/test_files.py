"""No command replaces a file that it did not make, and none writes where it may not: told before the work begins."""

import os
import shutil
from pathlib import Path

import h5py
import pytest
from tests.attacks.conftest import Run
from tests.attacks.looking import listing

from swinglever.output.tidy import TABLES

INPUTS = ("run.trc", "runner.osim", "p_grf.mot", "p_grf.xml", "p_ik.xml", "c.toml", "pl/mine.py", "Geometry/bone.obj")
OWN = "a recording of the only race"


def analysis(out: str, *more: str) -> list[str]:
    given = ["--model", "runner.osim", "--external-loads", "p_grf.xml", "--ik-setup", "p_ik.xml"]
    return ["analyse", "run.trc", *given, "--config", "c.toml", "--plugins-dir", "pl", "--out", out, *more]


@pytest.fixture
def lab(place: Path) -> Path:
    """The inputs, a configuration, a plugin and a mesh, which the model names and nobody else."""
    (place / "c.toml").write_text("filter_hz = 15.0\n")
    (place / "pl").mkdir()
    (place / "pl" / "mine.py").write_text("raise RuntimeError")
    (place / "Geometry").mkdir()
    (place / "Geometry" / "bone.obj").write_text("v 0 0 0\n")
    model = (place / "runner.osim").read_text()
    name = model.split("<mesh_file>")[1].split("</mesh_file>")[0]
    (place / "runner.osim").write_text(model.replace(f"<mesh_file>{name}<", "<mesh_file>bone.obj<", 1))
    return place


@pytest.mark.parametrize("verb", ["analyse", "check"])
@pytest.mark.parametrize("name", INPUTS)
def test_no_file_that_is_read_is_written_even_with_force(lab: Path, run: Run, name: str, verb: str) -> None:
    before = listing(lab)
    told = run(verb, *analysis(name, "--force")[1:])
    assert (told.status, told.out) == (2, "")
    assert told.err == (
        f"error: expected --out to be a file of its own, got '{name}', which is an input; change --out\n"
    )
    assert listing(lab) == before


@pytest.mark.parametrize("link", ["symbolic", "hard"])
def test_a_link_to_an_input_is_an_input(lab: Path, run: Run, link: str) -> None:
    before, out = listing(lab), lab / "out.h5"
    out.symlink_to("p_grf.mot") if link == "symbolic" else out.hardlink_to(lab / "p_grf.mot")
    told = run(*analysis("out.h5", "--force"))
    assert told.status == 2
    assert "which is an input" in told.err
    assert {**listing(lab), "out.h5": b""} == {**before, "out.h5": b""}


@pytest.mark.parametrize(
    "command",
    [
        "analyse run.trc --model runner.osim --out mine",
        "check run.trc --model runner.osim --out mine",
        "scale runner.osim --static run.trc --out mine",
        "report small.h5 --out mine",
        "compare small.h5 small.h5 --out mine",
        "compare small.h5 small.h5 --csv mine",
        "plot small.h5 --kind lever --out mine.svg",
        "scene small.h5 --out mine.blend",
        "scene small.h5 --out new.blend --render mine.png",
        "scene small.h5 --export mine.glb",
        "scene small.h5 --export rig.gltf",
        "demo --out demo",
    ],
)
def test_a_file_of_another_origin_stays_and_force_is_named(place: Path, run: Run, result: Path, command: str) -> None:
    shutil.copy(result, place / "small.h5")
    for name in ("mine", "mine.svg", "mine.blend", "mine.png", "mine.glb", "rig.bin", "demo/report.html"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(OWN)
    before = listing(place)
    told = run(*command.split())
    assert (told.status, told.out) == (2, "")
    assert told.err.startswith("error: expected to write '")
    assert told.err.count("\n") == 1
    assert "--force" in told.err
    assert listing(place) == before


def test_another_programs_hdf5_is_not_a_result_of_ours(place: Path, run: Run) -> None:
    with h5py.File(place / "run.h5", "w") as file:
        file["data"] = [1.0]
    before = listing(place)
    assert run("analyse", "run.trc", "--model", "runner.osim").status == 2
    assert listing(place) == before


@pytest.mark.parametrize(
    ("command", "made"),
    [
        ("report small.h5 --out page", "page"),
        ("compare small.h5 small.h5 --out page", "page"),
        ("compare small.h5 small.h5 --csv table", "table"),
        ("plot small.h5 --kind lever --out lever.svg", "lever.svg"),
        ("plot small.h5 --kind lever --out lever.png", "lever.png"),
        ("plot small.h5 --kind lever --out lever.pdf", "lever.pdf"),
        ("export small.h5 --format csv --out tables", "tables/mean_runner_columns.json"),
        ("export small.h5 --format parquet --out tables", "tables/mean_runner_curves.parquet"),
    ],
)
def test_what_a_command_made_it_makes_anew(place: Path, run: Run, result: Path, command: str, made: str) -> None:
    shutil.copy(result, place / "small.h5")
    for _ in range(2):
        told = run(*command.split())
        assert told.status == 0, told.err
    (place / made).write_text(OWN)
    assert run(*command.split()).status == 2
    assert (place / made).read_text() == OWN
    assert run(*command.split(), "--force").status == 0
    assert (place / made).read_bytes() != OWN.encode()


def test_scaling_keeps_the_setup_that_opensim_names_as_we_once_did(place: Path, run: Run) -> None:
    setup = place / "subject01_Setup_Scale.xml"
    setup.write_text("<ScaleTool/>")
    before = listing(place)
    told = run("scale", "runner.osim", "--static", "run.trc", "--setup", setup.name, "--out", "subject01.osim")
    assert told.status == 2  # an empty setup; what counts is that nothing of the user's was touched
    (place / "subject01_scale_as_run.xml").write_text(OWN)
    again = run("scale", "runner.osim", "--static", "run.trc", "--setup", setup.name, "--out", "subject01.osim")
    assert "'subject01_scale_as_run.xml' anew" in again.err
    assert {name: text for name, text in listing(place).items() if name in before} == before


BAD = ("/dev/full", "/dev/null", "pipe", "x" * 256 + ".h5", "gone/run.h5", "folder", "kept.h5")


@pytest.mark.parametrize("out", BAD)
def test_a_bad_place_fails_before_the_inputs_are_read(place: Path, run: Run, result: Path, out: str) -> None:
    os.mkfifo(place / "pipe")
    (place / "folder").mkdir()
    shutil.copy(result, place / "kept.h5")
    (place / "kept.h5").chmod(0o444)
    before = listing(place)
    told = run("analyse", "absent.trc", "--model", "absent.osim", "--out", out)
    assert (told.status, told.out) == (2, "")
    assert told.err.count("\n") == 1
    assert "absent" not in told.err  # the output is looked at first
    assert listing(place) == before


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "a/b", "..", "\x1b[31m", "x" * 400, ".hidden", "C:\\x"])
def test_an_export_stays_in_its_folder_whatever_a_result_calls_its_trial(
    place: Path, run: Run, result: Path, name: str
) -> None:
    shutil.copy(result, place / "small.h5")
    with h5py.File(place / "small.h5", "a") as file:
        file.attrs["trial_name"] = name
    before = set(listing(place))
    told = run("export", "small.h5", "--format", "csv", "--out", "sub/tables")
    assert told.status == 0, told.err
    made = set(listing(place)) - before
    assert len(made) == len(TABLES) + 1  # and what their columns hold
    assert all(path.startswith("sub/tables/") and not Path(path).name.startswith(".") for path in made)


def test_an_exporter_that_writes_elsewhere_or_fails_half_way_leaves_nothing(
    place: Path, run: Run, result: Path
) -> None:
    (place / "pl").mkdir()
    (place / "pl" / "mine.py").write_text(
        "import swinglever as sl\n"
        "def half(report, folder):\n"
        "    (folder / 'half.txt').write_text('half')\n"
        "    raise RuntimeError('no ink')\n"
        "def away(report, folder):\n"
        "    return [folder.parent]\n"
        "@sl.hookimpl\n"
        "def swinglever_exporters(): return {'half': half, 'away': away}\n"
    )
    shutil.copy(result, place / "small.h5")
    before = listing(place)
    for form in ("half", "away"):
        told = run("export", "small.h5", "--format", form, "--out", "t", "--plugins-dir", "pl")
        assert (told.status, told.out, told.err.count("\n")) == (1, "", 1)
        assert "'mine'" in told.err
        assert {n: t for n, t in listing(place).items() if not n.startswith("pl/__pycache__")} == before
        assert not (place / "t").exists()


@pytest.mark.parametrize(
    "command",
    [
        "report small.h5 --out other.h5",
        "compare small.h5 small.h5 --out other.h5",
        "compare small.h5 small.h5 --csv other.h5",
        "scale runner.osim --static run.trc --mass 70 --out other.h5",
        "scene small.h5 --out other.h5",
    ],
)
def test_a_result_is_replaced_by_no_other_kind_of_file(place: Path, run: Run, result: Path, command: str) -> None:
    """Another result, which may have taken hours, is swinglever's own too, and no page's place."""
    shutil.copy(result, place / "small.h5")
    shutil.copy(result, place / "other.h5")
    before = listing(place)
    told = run(*command.split())
    assert (told.status, told.out, told.err.count("\n")) == (2, "", 1)
    assert listing(place) == before


def test_an_export_follows_no_link_out_of_its_folder_even_with_force(place: Path, run: Run, result: Path) -> None:
    shutil.copy(result, place / "small.h5")
    assert run("export", "small.h5", "--format", "csv", "--out", "tables").status == 0
    for made in (place / "tables").iterdir():
        made.unlink()
        made.symlink_to(place / "run.trc")
    before = listing(place)
    told = run("export", "small.h5", "--format", "csv", "--out", "tables", "--force")
    assert (told.status, told.out, told.err.count("\n")) == (2, "", 1)
    assert "a link to another place" in told.err
    assert listing(place) == before


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="a file that cannot be read from its beginning")
def test_a_file_that_cannot_be_read_is_not_taken_for_swinglevers_own(place: Path, run: Run, result: Path) -> None:
    shutil.copy(result, place / "small.h5")
    told = run("report", "small.h5", "--out", "/proc/self/mem")
    assert (told.status, told.out, told.err.count("\n")) == (2, "", 1)
    assert "expected to write '/proc/self/mem' anew" in told.err


@pytest.mark.parametrize("name", ["", ".", "/", ".."])
@pytest.mark.parametrize(
    "command",
    [
        "scale runner.osim --static run.trc --mass 70 --out NAME",
        "report small.h5 --out NAME",
        "plot small.h5 --kind lever --out NAME",
        "export NAME --format csv --out tables",
        "report NAME",
        "show NAME",
        "scene NAME",
        "compare NAME NAME",
        "verify NAME",
        "analyse NAME --model runner.osim",
        "analyse run.trc --model NAME",
        "scale NAME --static run.trc --out new.osim",
        "scale runner.osim --static NAME --out new.osim",
    ],
)
def test_what_is_no_name_of_a_file_is_one_line(place: Path, run: Run, result: Path, command: str, name: str) -> None:
    shutil.copy(result, place / "small.h5")
    before = listing(place)
    told = run(*(name if word == "NAME" else word for word in command.split()))
    assert (told.status, told.out, told.err.count("\n")) == (2, "", 1), told
    assert "should not happen" not in told.err
    assert listing(place) == before
