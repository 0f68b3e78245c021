"""What a user says is what in a model: a file of names goes before tables and structure."""

from dataclasses import replace
from pathlib import Path

import pytest

import swinglever as sl
from swinglever.anatomy.limb import take_limb
from swinglever.anatomy.model import Model
from swinglever.anatomy.naming import name_parts, names_of
from swinglever.checks.examination import examine
from swinglever.checks.request import Request
from swinglever.errors import InputError
from swinglever.plugins.manager import Plugins
from swinglever.plugins.reading import readers
from swinglever.readers.names import read_names
from swinglever.synthetic.planar_muscles import with_muscles
from swinglever.synthetic.planar_runner import planar_runner
from swinglever.testing import example_trial

MODEL, TRIAL = planar_runner(), example_trial()


def strange() -> Model:
    """The runner with names of which no table knows one, and legs that nobody has found."""
    coordinates = tuple(replace(c, name=f"c{k}") for k, c in enumerate(MODEL.coordinates))
    bodies = tuple(f"b{k}" for k in range(len(MODEL.body_names)))
    names = tuple(c.name for c in coordinates)
    return replace(MODEL, coordinates=coordinates, all_coordinate_names=names, body_names=bodies, legs={})


def write_names(path: Path, **also: str) -> Path:
    """A file that names the legs of the strange model as those of the known one."""
    lines = []
    for side, leg in MODEL.legs.items():
        lines.append(f"[{side}]")
        for kind, name in names_of(MODEL, leg).items():
            if name in MODEL.coordinate_names:
                name = f"c{MODEL.coordinate_names.index(name)}"
            else:
                name = f"b{MODEL.body_names.index(name)}"
            lines.append(f'{kind} = "{also.get(f"{side}_{kind}", name)}"')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_named_legs_are_the_legs_of_the_known_model(tmp_path: Path) -> None:
    model = name_parts(strange(), read_names(write_names(tmp_path / "names.toml")))
    assert model.legs == MODEL.legs
    for side in MODEL.legs:
        assert take_limb(model, side).leg == take_limb(MODEL, side).leg


def test_an_examination_takes_the_names(tmp_path: Path) -> None:
    assert TRIAL.angles is not None
    names = {name: f"c{k}" for k, name in enumerate(MODEL.coordinate_names)}
    angles = replace(TRIAL.angles, names=tuple(names.get(name, name) for name in TRIAL.angles.names))
    trial, file = replace(TRIAL, angles=angles), write_names(tmp_path / "names.toml")
    found = examine(Request.of(trial, strange(), sl.Parameters(), names=file), readers(Plugins()))
    assert found.inputs is not None, found.faults
    assert found.inputs.model.legs == MODEL.legs


def test_some_names_change_what_the_tables_say(tmp_path: Path) -> None:
    file = tmp_path / "names.toml"
    thigh = MODEL.body_names[MODEL.legs["r"].thigh]
    file.write_text(f'[r]\nshank = "{thigh}"\n', encoding="utf-8")
    model = name_parts(MODEL, read_names(file))
    assert model.legs["r"].shank == MODEL.legs["r"].thigh
    assert model.legs["l"] == MODEL.legs["l"]


def test_a_muscle_belongs_to_the_group_that_the_file_names(tmp_path: Path) -> None:
    assert TRIAL.angles is not None
    model = with_muscles(MODEL, TRIAL.angles.q, ("semimem", "vasint"))
    muscle = model.require_muscles().names[0]
    file = tmp_path / "names.toml"
    file.write_text(f'[muscles]\nother_knee_flexors = ["{muscle}"]\n', encoding="utf-8")
    assert name_parts(model, read_names(file)).require_muscles().groups[0] == "other_knee_flexors"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[r]\nknee = "nothing"\n', r"\[r\] knee: expected a name of the model, got 'nothing'; there are"),
        ('[r]\nelbow = "a"\n', r"expected names in \[r\] among knee, .*, got elbow"),
        ('[right]\nknee = "a"\n', r"expected tables among r, l and muscles, got right"),
        ("[r]\nknee = 3\n", r"\[r\] knee: expected a name in quotes, got 3"),
        ("r = 1\n", r"expected a table \[r\], got 1"),
        ('[muscles]\nhamstrings = "a"\n', r"\[muscles\] hamstrings: expected a list of names in quotes"),
        ("[r\n", "expected TOML in"),
    ],
)
def test_a_file_that_says_something_else_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "names.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        name_parts(MODEL, read_names(file))


def test_a_group_that_there_is_not_is_refused(tmp_path: Path) -> None:
    assert TRIAL.angles is not None
    model = with_muscles(MODEL, TRIAL.angles.q, ("semimem", "vasint"))
    file = tmp_path / "names.toml"
    file.write_text(f'[muscles]\nhams = ["{model.require_muscles().names[0]}"]\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"\[muscles\]: expected a group of muscles, got 'hams'"):
        name_parts(model, read_names(file))
