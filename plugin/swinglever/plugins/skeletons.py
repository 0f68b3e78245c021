"""``swinglever plugins new``: a plugin that works as it stands, to be changed."""

import re
from pathlib import Path

from swinglever.errors import InputError

_PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{distribution}"
version = "0.1.0"
description = "Metrics for swinglever."
requires-python = ">=3.11"
dependencies = ["swinglever"]

[project.entry-points.swinglever]
{module} = "{module}"

[tool.hatch.build.targets.wheel]
only-include = ["{module}.py"]
"""

_MODULE = '''\
"""Our laboratory's metrics for swinglever."""

import numpy as np

import swinglever as sl

SWINGLEVER_API = 1


@sl.metric(unit="deg", meaning="How far the knee unbends again before the foot comes down.")
def {module}_knee_extension_range(swing: sl.Swing) -> float:
    """Peak knee flexion less knee flexion at foot strike."""
    return float(np.degrees(swing.knee_flexion_rad.max() - swing.knee_flexion_rad[-1]))


@sl.hookimpl
def swinglever_metrics():
    """Offer our metrics."""
    return [{module}_knee_extension_range]
'''

_TEST = '''\
"""Tries our metrics on a swing that comes with swinglever."""

import numpy as np
import pytest
from {module} import {module}_knee_extension_range
from swinglever.testing import check, example_swing


def test_the_knee_unbends_to_its_angle_at_foot_strike():
    swing = example_swing()
    end_deg = np.degrees(swing.knee_flexion_rad[-1])
    assert {module}_knee_extension_range(swing) + end_deg == pytest.approx(swing.peak_flexion_deg)


def test_swinglever_finds_no_fault():
    import {module}

    assert not check({module}.__file__).faults
'''

_README = """\
# {distribution}

Metrics for swinglever, as a plugin.

    pip install -e .                 # from this folder; swinglever finds the plugin by its entry point
    swinglever plugins list          # shows it, its hooks and its faults
    swinglever plugins check .       # tries it on a swing that comes with swinglever
    pytest                           # its own test

To use `{module}.py` without installing it, give swinglever its folder: `swinglever analyse … --plugins-dir FOLDER`
"""


def write_skeleton(name: str, folder: Path) -> list[Path]:
    """Write a plugin's project.

    Parameters
    ----------
    name
        Name of the plugin: letters, digits, dashes, underscores; begins with a letter.
    folder
        Where; must not hold anything yet.

    Raises
    ------
    InputError
        When the name cannot be a module, or the folder is not empty.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise InputError(f"expected a name of letters, digits, '-' and '_' that begins with a letter, got {name!r}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            f"expected a folder to make, '{folder}' is there already and not empty; choose another with --out"
        )
    module, distribution = name.lower().replace("-", "_"), name.lower().replace("_", "-")
    texts = {
        "pyproject.toml": _PROJECT,
        f"{module}.py": _MODULE,
        f"test_{module}.py": _TEST,
        "README.md": _README,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in texts.items():
        (folder / file).write_text(text.format(module=module, distribution=distribution), encoding="utf-8")
    return [folder / file for file in texts]
