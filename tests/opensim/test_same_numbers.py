"""What was found of a few trials is found again.

scripts/develop/freeze_numbers.py chooses the trials and wrote the numbers.

The numbers are ours, right or wrong: this says that they did not change unawares. One that is meant to change is frozen
anew in the commit that changes it. The text of reasons and warnings is free.
"""

import importlib.util
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]

# By the end of a table's name. Two runs give the same bits, and other instructions of the processor (OPENBLAS_CORETYPE,
# NPY_DISABLE_CPU_FEATURES) move an angle by 1e-10 degrees at most. So the room is for sums in another order and for
# solvers that stop elsewhere within their own tolerance: a tenth of what a sum of sources may leave open, 0.1.
TOLERANCES = {"_deg": {"atol": 0.01, "rtol": 0.0}, "_s": {"atol": 1e-4, "rtol": 0.0}}
# Metrics have many units: a ten-thousandth of the value, as 0.01 is of 100 degrees; the file has six digits.
OF_A_METRIC = {"atol": 1e-5, "rtol": 1e-4}

SLOW = ("fukuchi_c3d", "synthetic_pulled_uncertainty")


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("freeze_numbers", ROOT / "scripts" / "develop" / "freeze_numbers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


freeze = load_script()
FROZEN = tomllib.loads(freeze.FROZEN.read_text(encoding="utf-8"))


def each(trials: Sequence[str]) -> pytest.MarkDecorator:
    marked = [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in trials]
    return pytest.mark.parametrize("trial", marked)


def test_every_trial_of_the_script_is_frozen() -> None:
    assert list(FROZEN) == [*freeze.PUBLIC, *freeze.BUNDLED]


@each(list(freeze.PUBLIC))
def test_a_recording_gives_the_numbers_that_it_gave(trial: str, data_folder: Path) -> None:
    changes = list(differences(FROZEN[trial], freeze.find_numbers(trial, data_folder)))
    assert not changes, told(changes)


@each(list(freeze.BUNDLED))
def test_a_synthetic_runner_gives_the_numbers_that_it_gave(trial: str) -> None:
    changes = list(differences(FROZEN[trial], freeze.find_numbers(trial)))
    assert not changes, told(changes)


def told(changes: Sequence[str]) -> str:
    return "\n".join([f"{len(changes)} changed, the first of them:", *changes[:30]])


def differences(frozen: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    """Say what is not as it was, a line each."""
    if found["id"] != frozen["id"]:
        yield f"swings: were {frozen['id']}, are {found['id']}"
        return
    for name, before in frozen.items():
        after = found.get(name)
        if after is None:
            yield f"{name}: is gone"
        elif isinstance(before, dict):
            yield from changed_rows(name, before, after, frozen["id"])
        else:
            rows = zip(frozen["id"], before, after, strict=True)
            yield from (f"{name}, swing {swing}: was {was}, is {now}" for swing, was, now in rows if was != now)


def changed_rows(table: str, before: dict[str, Any], after: dict[str, Any], swings: Sequence[str]) -> Iterator[str]:
    """Say which rows of a table changed; a group that is not there has no share, on either side."""
    shares = table.startswith("shares_")
    tolerance = next((t for end, t in TOLERANCES.items() if table.endswith(end)), OF_A_METRIC)
    for name in {**before, **after} if shares else before:
        was, now = (side.get(name, [0.0 if shares else np.nan] * len(swings)) for side in (before, after))
        same = np.isclose(now, was, **tolerance, equal_nan=True)
        yield from (
            f"{table} {name}, swing {swings[k]}: was {was[k]:.6g}, is {now[k]:.6g}" for k in np.flatnonzero(~same)
        )
