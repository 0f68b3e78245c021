"""Legs of models under names of a laboratory's own: found by how the model is built, as under the usual names."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from swinglever.anatomy.leg_parts import find_parts
from swinglever.anatomy.legs import find_legs, told_by_structure
from swinglever.anatomy.model import Model
from swinglever.engines.opensim import load_model

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = (
    "models/Rajagopal2016.osim",
    "models/gait10dof18musc.osim",
    "models/gait2392_millard2012muscle.osim",
    "hamner2010_run/subject02_registered.osim",
    "fukuchi2017_run/RBDS020/RBDS020_scaledAdjusted_complex.osim",
)


def assert_same_legs_under_other_names(model: Model) -> None:
    strange = [replace(c, name=f"q{k}") for k, c in enumerate(model.coordinates)]
    bodies = [f"b{k}" for k in range(len(model.body_names))]
    found = find_legs(model.tree, strange, bodies)
    assert found == model.legs
    (told,) = told_by_structure(found, strange, bodies)
    assert f"'q{model.legs['r'].knee}' taken for the knee" in told


def test_the_bundled_runner_has_the_same_legs_under_any_names() -> None:
    model = load_model(ROOT / "models" / "runner.osim")
    assert_same_legs_under_other_names(model)
    assert told_by_structure(model.legs, model.coordinates, model.body_names) == ()


@pytest.mark.parametrize("name", PUBLIC)
def test_public_models_have_the_same_legs_under_any_names(data_file: Callable[[str], Path], name: str) -> None:
    assert_same_legs_under_other_names(load_model(data_file(name)))


def test_a_model_without_legs_has_none() -> None:
    model = load_model(ROOT / "models" / "runner.osim")
    flat = replace(model.tree, fixed_position=np.zeros_like(model.tree.fixed_position))
    assert find_parts(flat, np.array([c.default for c in model.coordinates])) == {}
