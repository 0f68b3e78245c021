"""A manifest says which trials there are, or which of its lines cannot be understood."""

from pathlib import Path

import pytest

from swinglever.checks.examination import examine
from swinglever.checks.request import Request
from swinglever.errors import InputError, MissingFileError
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.records.parameters import Parameters
from swinglever.study.address import address_of
from swinglever.study.folders import read_study
from swinglever.study.manifest import read_manifest
from swinglever.system.toml import MOST_BYTES


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def touched(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_a_row_of_csv_is_a_trial_with_its_files_labels_and_parameters(tmp_path):
    text = "trial,model,grf,subject,condition,knee_range_deg,end_s,shoes\nb/run.c3d,b.osim,,s1,fast,160,2.5,spikes\n"
    (asked,) = read_manifest(written(tmp_path, "m.csv", text))
    assert (asked.name, asked.trial, asked.model) == ("b/run", tmp_path / "b/run.c3d", tmp_path / "b.osim")
    assert asked.files == {}
    assert (asked.parameters.knee_range_deg, asked.parameters.end_s) == (160.0, 2.5)
    assert dict(asked.labels) == {
        "subject": "s1",
        "condition": "fast",
        "knee_range_deg": "160",
        "end_s": "2.5",
        "shoes": "spikes",
    }


def test_semicolons_a_byte_order_mark_and_blank_lines_are_a_spreadsheets_way(tmp_path):
    path = tmp_path / "m.csv"
    path.write_bytes("\ufefftrial;model\r\na.trc;m.osim\r\n;\r\n".encode())
    assert [asked.name for asked in read_manifest(path)] == ["a"]


def test_a_pattern_is_a_trial_for_each_file_that_it_fits(tmp_path):
    touched(tmp_path, "s1/slow.trc", "s1/fast.trc", "s2/slow.trc", "s2/note.txt", "s1/s1_scaled.osim", "s2/s2.osim")
    toml = """
    [parameters]
    filter_hz = 15
    [defaults]
    model = "{subject}/*.osim"
    [[trials]]
    trial = "{subject}/{condition}.trc"
    grf = "{subject}/{condition}_grf.mot"
    """
    found = read_manifest(written(tmp_path, "m.toml", toml))
    assert [asked.name for asked in found] == ["s1/fast", "s1/slow", "s2/slow"]
    assert found[0].labels == {"subject": "s1", "condition": "fast"}
    assert found[0].model == tmp_path / "s1/s1_scaled.osim"
    assert found[2].files == {"grf": tmp_path / "s2/slow_grf.mot"}
    assert {asked.parameters.filter_hz for asked in found} == {15}


def test_a_field_that_comes_twice_is_the_same_text_both_times(tmp_path):
    touched(tmp_path, "s1/s1_run.trc", "s2/s1_run.trc")
    found = read_manifest(written(tmp_path, "m.csv", "trial,model\n{subject}/{subject}_run.trc,m.osim\n"))
    assert [asked.trial for asked in found] == [tmp_path / "s1/s1_run.trc"]


def test_windows_of_one_trial_have_names_of_their_own(tmp_path):
    text = "trial,model,start_s,end_s\nr.trc,m.osim,0,2\nr.trc,m.osim,2,4\n"
    found = read_manifest(written(tmp_path, "m.csv", text))
    assert [asked.name for asked in found] == ["r (1)", "r (2)"]


def test_a_row_goes_before_its_config_and_that_before_the_studys_parameters(tmp_path):
    written(tmp_path, "c.toml", "filter_hz = 20\nknee_stop_deg = 150\n")
    toml = """
    [parameters]
    filter_hz = 15
    knee_stop_deg = 140
    seed = 3
    [[trials]]
    trial = "r.trc"
    model = "m.osim"
    config = "c.toml"
    filter_hz = 25
    """
    (asked,) = read_manifest(written(tmp_path, "m.toml", toml))
    chosen = asked.parameters
    assert (chosen.filter_hz, chosen.knee_stop_deg, chosen.seed) == (25, 150, 3)


def test_a_trial_beside_a_folder_of_its_name_is_numbered(tmp_path):
    rows = "trial,model\na.trc,m.osim\na/run.trc,m.osim\nb/c/d.trc,m.osim\nb.trc,m.osim\n"
    names = [asked.name for asked in read_manifest(written(tmp_path, "m.csv", rows))]
    assert names == ["a (1)", "a/run", "b/c/d", "b (1)"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model\nm.osim\n", "line 1: expected a column 'trial', got 'model'"),
        ("trial,model,model\na,b,c\n", "expected each column once, got 'model' twice"),
        ("trial,model\na.trc\n", "line 2: expected a model, got none"),
        ("trial,model\na.trc,m.osim,more\n", "line 2: expected 2 cells, got 3"),
        ("trial,model,filter_hz\na.trc,m.osim,fast\n", "line 2: filter_hz: expected a number, got 'fast'"),
        ("trial,model,filter_hz\na.trc,m.osim,0.1\n", "line 2: filter_hz: expected a cut-off of 1 Hz or more"),
        ("trial,model\n*.trc,m.osim\n", "line 2: expected files like '*.trc'"),
        ("trial,model,verdict\na.trc,m.osim,pulled\n", "the tables have a column 'verdict' of their own"),
        ("trial,model,name\na.trc,m.osim,x (1)\nb.trc,m.osim,x\nc.trc,m.osim,x\n", "got 'x (1)' twice"),
        (
            "trial,model,name\na.trc,m.osim,/a\n",
            "line 2: expected the name of a trial, or several with a slash between them, got '/a'",
        ),
        (
            "trial,model,name\na.trc,m.osim,.\n",
            "line 2: expected the name of a trial, or several with a slash between them, got '.'",
        ),
        ("trial,model,name\na.trc,m.osim,a\nb.trc,m.osim,a\nc.trc,m.osim,a (1)/c\n", "got 'a (1)' twice"),
        (
            "trial,model,.\na.trc,m.osim,x\n",
            "line 2: expected the name of a label, or several with a slash between them",
        ),
        (
            "trial,model,\na.trc,m.osim,x\n",
            "line 2: expected the name of a label, or several with a slash between them",
        ),
        ("trial,model,a/b,a\na.trc,m.osim,x,y\n", "expected no label inside of another, as in a folder, got 'a/b'"),
        ("trial,model\n..rc,m.osim\n", "line 2: expected a trial's file, got '..rc'"),
        ("trial,model\n.,m.osim\n", "line 2: expected a trial's file, got '.'"),
        ("trial,model\n../..,m.osim\n", "line 2: expected a trial's file, got '../..'"),
        ("trial,model\n", "expected a trial or more"),
        ("", "expected a column 'trial', got nothing"),
    ],
)
def test_a_manifest_that_cannot_be_understood_is_refused_with_its_line(tmp_path, text, said):
    with pytest.raises(InputError) as told:
        read_manifest(written(tmp_path, "m.csv", text))
    assert said in str(told.value)


@pytest.mark.parametrize("read", [read_manifest, Parameters.from_toml], ids=["manifest", "configuration"])
def test_toml_that_is_nested_beyond_reading_or_too_long_or_has_endless_numbers_is_refused(tmp_path, read):
    path = written(tmp_path, "m.toml", f"a = {'[' * 100_000}")
    with pytest.raises(InputError, match="nested too deep"):
        read(path)
    path.write_text(f"a = [1, {{ b = 0x{'1' * 9000} }}]", encoding="utf-8")
    with pytest.raises(InputError, match="with whole numbers of 64 bits, got one of 35997 bits"):
        read(path)
    path.write_bytes(b"\n" * (MOST_BYTES + 1))
    with pytest.raises(InputError, match=f"of {MOST_BYTES} bytes at most, got {MOST_BYTES + 1}"):
        read(path)


def test_no_manifest_is_told(tmp_path):
    with pytest.raises(MissingFileError, match=r"expected a manifest \(.csv, .toml\) or a folder, found nothing"):
        read_study(tmp_path / "none.csv")


def test_a_folder_of_subjects_needs_no_manifest(tmp_path):
    touched(tmp_path, "generic.osim", "s1/fast.trc", "s1/fast_grf.mot", "s1/static.trc", "s2/fast.c3d", "s2/own.osim")
    found = {asked.name: asked for asked in read_study(tmp_path)}
    assert list(found) == ["s1/fast", "s1/static", "s2/fast"]
    assert found["s1/fast"].model == tmp_path / "generic.osim"
    assert found["s2/fast"].model == tmp_path / "s2/own.osim"
    assert found["s1/fast"].files == {"grf": tmp_path / "s1/fast_grf.mot"}
    assert found["s1/static"].skip
    assert found["s2/fast"].labels == {"subject": "s2", "condition": "fast"}


def test_a_recording_whose_name_is_as_long_as_names_may_be_is_a_trial(tmp_path):
    subject = tmp_path / "s1"
    subject.mkdir()
    for name in ("model.osim", f"{'x' * 251}.trc"):
        (subject / name).touch()
    (asked,) = read_study(tmp_path)
    assert (asked.name, dict(asked.files)) == (f"s1/{'x' * 251}", {})


def test_a_row_names_a_file_of_names_and_the_address_goes_by_what_it_says(tmp_path):
    touched(tmp_path, "run.trc", "m.osim")
    path = written(tmp_path, "names.toml", '[muscles]\nhamstrings = ["a"]\n')
    with_names, without = read_manifest(
        written(tmp_path, "m.csv", "trial,model,names,name\nrun.trc,m.osim,names.toml,one\nrun.trc,m.osim,,other\n")
    )
    assert with_names.files == {"names": path}
    assert "names" not in with_names.labels
    addresses = [address_of(with_names, {}), address_of(without, {})]
    path.write_text('[muscles]\nhamstrings = ["another"]\n')
    assert len({*addresses, address_of(with_names, {})}) == 3


def test_what_is_wrong_with_a_file_of_names_is_found_before_the_study_begins(tmp_path):
    models = Path(__file__).resolve().parents[2] / "models"
    row = f"{models / 'runners' / 'synthetic_pulled.trc'},{models / 'runner.osim'},names.toml\n"
    written(tmp_path, "names.toml", '[muscles]\nhamstrings = "bflh_r"\n')
    (asked,) = read_manifest(written(tmp_path, "m.csv", f"trial,model,names\n{row}"))
    faults = examine(Request.of(asked.trial, asked.model, asked.parameters, **asked.files), readers(Plugins())).faults
    assert any("hamstrings: expected a list of names in quotes" in str(fault) for fault in faults)


@pytest.mark.parametrize(("cell", "said"), [("x" * 200_000, "short cells"), ("x" * (MOST_BYTES + 1), "at most")])
def test_a_cell_beyond_all_proportion_is_one_line(tmp_path, cell, said):
    with pytest.raises(InputError, match=said):
        read_manifest(written(tmp_path, "m.csv", f"trial,model\n{cell},runner.osim\n"))


def test_a_text_that_no_file_keeps_is_one_line(tmp_path):
    path = written(tmp_path, "m.toml", """trials = [{trial = "a.trc", model = "m.osim", shoe = "old\\u0000"}]""")
    with pytest.raises(InputError, match="trial 1: expected text for 'shoe', got "):
        read_manifest(path)


@pytest.mark.parametrize("cells", ["'{long}', model = 'm.osim'", "'r.trc', model = '{long}'"], ids=["trial", "model"])
def test_what_is_too_long_for_a_path_is_one_line(tmp_path, cells):
    path = written(tmp_path, "m.toml", f"trials = [{{trial = {cells.format(long='a/' * 50_000)}}}]")
    with pytest.raises(InputError, match="trial 1: expected a path of 4096 characters at most, got 100000"):
        read_manifest(path)


def test_a_brace_in_the_name_of_a_trial_is_a_letter(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("trial,model\nrun}1{0}.trc,m.osim\n", encoding="utf-8")
    (asked,) = read_manifest(tmp_path / "m.csv")
    assert asked.name == "run}1{0}"
