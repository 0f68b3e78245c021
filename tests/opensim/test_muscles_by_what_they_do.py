"""Muscles under names of a laboratory's own are grouped as under the usual ones, by name or by what they do."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from swinglever.anatomy.groups import OTHER, group_of
from swinglever.anatomy.model import Model
from swinglever.anatomy.musculature import Musculature
from swinglever.checks.muscle_arms import check_arms
from swinglever.checks.muscles import group_muscles
from swinglever.engines.opensim import load_model

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = (
    "models/Rajagopal2016.osim",
    "models/RajagopalLaiUhlrich2023.osim",
    "models/gait10dof18musc.osim",
    "models/gait2392_millard2012muscle.osim",
    "hamner2010_run/subject02_registered.osim",
)


@pytest.fixture(scope="module")
def runner() -> Model:
    return load_model(ROOT / "models" / "runner.osim")


def renamed(model: Model, rename: Callable[[str], str]) -> Model:
    """The same model with its muscles under other names."""
    own = model.require_muscles()
    names = tuple(rename(name) for name in own.names)
    paths = tuple(replace(path, name=name) for path, name in zip(own.paths.paths, names, strict=True))
    muscles = replace(own.muscles, parameters=replace(own.muscles.parameters, names=names))
    musculature = Musculature(paths=replace(own.paths, paths=paths, finder=None), muscles=muscles)
    return replace(model, musculature=musculature)


def groups(model: Model) -> tuple[str, ...]:
    return group_muscles(model)[0].require_muscles().groups


ALIASES = {"semimem": "SM", "semiten": "ST", "bflh": "BFLH", "bfsh": "BFSH", "recfem": "RF", "vasint": "VI"}


@pytest.mark.parametrize(
    "rename",
    [
        lambda name: f"{name[:-2]}140{name[-2:]}" if name.startswith(("bf", "gas", "vas")) else name,
        str.upper,
        lambda name: f"subject01_{name}",
        lambda name: f"{name[-1].upper()}_{name[:-2]}",
        lambda name: ALIASES.get(name[:-2], name[:-2]) + name[-2:],
    ],
    ids=["bflh140_r", "BFLH_R", "subject01_bflh_r", "R_bflh", "SM_r"],
)
def test_other_spellings_of_known_names_are_known(runner: Model, rename: Callable[[str], str]) -> None:
    other, told = group_muscles(renamed(runner, rename))
    assert told == []
    assert other.require_muscles().groups == groups(runner)


def test_muscles_that_no_table_names_are_grouped_by_their_moment_arms_and_told(runner: Model) -> None:
    usual = dict(zip(runner.require_muscles().names, groups(runner), strict=True))
    strange = renamed(runner, lambda name: f"m{sorted(usual).index(name)}_{name[-1]}")
    other, told = group_muscles(strange)
    assert [(fault.code, fault.severity) for fault in told] == [("muscle-groups", "warning")]
    found = other.require_muscles().groups
    at_knee = {"hamstrings", "other_knee_flexors", "knee_extensors"}
    for name, group in zip(runner.require_muscles().names, found, strict=True):
        if usual[name] in at_knee or group in at_knee:
            assert group == usual[name], name
    assert found.count("hamstrings") == 8


@pytest.mark.parametrize("name", PUBLIC)
def test_what_public_muscles_do_is_what_they_are_called(data_file: Callable[[str], Path], name: str) -> None:
    model = load_model(data_file(name))
    assert group_muscles(model)[1] == []
    assert check_arms(model) == []
    names = model.require_muscles().names
    strange = renamed(model, lambda known: f"m{names.index(known)}_{known[-1]}")
    found = group_muscles(strange)[0].require_muscles().groups
    crossing = [(n, g) for n, g in zip(names, found, strict=True) if g != OTHER]
    assert len(crossing) >= 8
    assert [n for n, g in crossing if g != group_of(n)] == []


def test_exchanged_names_of_a_hamstring_and_a_vastus_are_told_and_put_right(runner: Model) -> None:
    swap = {"semimem_r": "vaslat_r", "vaslat_r": "semimem_r"}
    other, told = group_muscles(renamed(runner, lambda name: swap.get(name, name)))
    known = dict(zip(other.require_muscles().names, other.require_muscles().groups, strict=True))
    assert (known["semimem_r"], known["vaslat_r"]) == ("knee_extensors", "hamstrings")
    assert "semimem_r taken for knee extensors" in str(told[0])


@pytest.mark.parametrize(
    ("a", "b", "does"),
    [("bflh_r", "iliacus_r", "hardly flexes the knee"), ("psoas_r", "glmax2_r", "extends the hip")],
)
def test_a_name_that_the_moment_arms_contradict_is_told(runner: Model, a: str, b: str, does: str) -> None:
    assert check_arms(runner) == []
    swap = {a: b, b: a}
    (told,) = check_arms(renamed(runner, lambda name: swap.get(name, name)))
    assert (told.code, told.severity) == ("muscle-arms", "warning")
    assert f"{a} that {does}" in str(told)


def test_a_selection_keeps_its_groups(runner: Model) -> None:
    strange = group_muscles(renamed(runner, lambda name: f"q{name}q"))[0].require_muscles()
    some = [3, 0, 7]
    assert strange.select(some).groups == tuple(strange.groups[k] for k in some)
