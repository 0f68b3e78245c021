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


def test_a_pull_is_called_one_by_the_forces_that_were(given: dict[str, Swing]) -> None:
    assert given["pulled"].verdict == "hamstring-initiated", given["pulled"].verdict_reason
    assert given["pulled"].evidence == "given forces"


@pytest.mark.parametrize("cause", ["passive", "braked"])
def test_no_pull_is_not_called_one_by_the_forces_that_were(cause: str, given: dict[str, Swing]) -> None:
    assert given[cause].verdict == "momentum-driven", given[cause].verdict_reason
    assert given[cause].evidence == "given forces"


@pytest.mark.parametrize(
    ("cause", "net"), [("passive", "neither pulled nor braked"), ("pulled", "pulled"), ("braked", "braked")]
)
def test_without_emg_it_says_what_is_known_and_what_is_open(cause: str, net: str, solved: dict[str, Swing]) -> None:
    """Net moments tell what the knee's muscles did together; which of them did it takes EMG."""
    swing = solved[cause]
    assert swing.verdict == "undecided"
    assert swing.verdict_reason.startswith(f"The muscles across the knee together {net}")
    assert "New activation of the hamstrings may have made" in swing.verdict_reason
    assert ("not momentum-driven" in swing.verdict_reason) == (cause == "pulled")


@pytest.mark.parametrize(("cause", "truth_deg"), [("passive", 0.0), ("pulled", 29.5), ("braked", 0.0)])
def test_what_the_moments_allow_holds_the_truth(cause: str, truth_deg: float, solved: dict[str, Swing]) -> None:
    """The hamstrings' part until half of folding, as simulated (``synthetic_*_known.toml``)."""
    bounds = solved[cause].bounds
    assert bounds is not None
    low, high = bounds.degrees("shank/half/hamstrings", "moments")
    assert low - 0.05 <= truth_deg <= high


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
