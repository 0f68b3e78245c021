"""The whole job on swings of known cause: is the verdict the cause?"""

import pytest

from swinglever.anatomy.model import Model
from swinglever.engines.opensim import load_model
from swinglever.pipeline import analyse
from swinglever.records.report import Swing
from swinglever.synthetic.trials import bundled_trial
from swinglever.system.resources import model_file

CAUSES = ("passive", "pulled", "braked")


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(model_file("runner.osim"))


@pytest.fixture(scope="module")
def solved(model: Model) -> dict[str, Swing]:
    """Muscle forces by static optimization."""
    return {cause: _swing(model, cause, known_forces=False) for cause in CAUSES}


@pytest.fixture(scope="module")
def given(model: Model) -> dict[str, Swing]:
    """Muscle forces as they were."""
    return {cause: _swing(model, cause, known_forces=True) for cause in CAUSES}


def test_a_pull_is_called_one(solved: dict[str, Swing], given: dict[str, Swing]) -> None:
    assert solved["pulled"].verdict == "hamstring-initiated", solved["pulled"].verdict_reason
    assert given["pulled"].verdict == "hamstring-initiated", given["pulled"].verdict_reason


@pytest.mark.parametrize("cause", ["passive", "braked"])
def test_no_pull_is_not_called_one(cause: str, solved: dict[str, Swing], given: dict[str, Swing]) -> None:
    assert given[cause].verdict == "momentum-driven", given[cause].verdict_reason
    assert solved[cause].verdict == "momentum-driven", solved[cause].verdict_reason


def test_a_plate_whose_only_steps_are_cut_finds_its_foot(model: Model, solved: dict[str, Swing]) -> None:
    """Recorded from push-off to landing, without a word on which foot stands on which plate."""
    files = bundled_trial("passive").files
    report = analyse(files.trial, model, grf=files.grf, ik_setup=files.ik_setup)
    assert [(s.id, s.event_source) for s in report.swings] == [("r_1", "ground_force")]
    assert report.swings[0].toe_off_s == pytest.approx(solved["passive"].toe_off_s, abs=1e-9)


@pytest.mark.parametrize("cause", CAUSES)
def test_the_shares_close_in_every_scope(cause: str, solved: dict[str, Swing]) -> None:
    for scope, attribution in solved[cause].attribution.items():
        assert attribution.closure_rad < 0.0018, scope  # 0.1°


def _swing(model: Model, cause: str, *, known_forces: bool) -> Swing:
    bundled = bundled_trial(cause)
    files = bundled.files
    report = analyse(
        files.trial,
        model,
        grf=files.grf,
        external_loads=files.external_loads,
        ik_setup=files.ik_setup,
        forces=bundled.known_forces if known_forces else None,
    )
    assert len(report.swings) == 1
    return report.swings[0]
