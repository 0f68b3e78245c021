"""Metrics of public recordings: laws on every swing, and figures near the published ones."""

import numpy as np
import pytest
from scipy.interpolate import make_interp_spline

import swinglever as sl
from swinglever.metrics.chain import kinetic_energy_j, shank_power
from swinglever.plugins.manager import Plugins

HAMNER = "hamner2010_run/"
FUKUCHI = "fukuchi2017_run/"


@pytest.fixture(scope="module")
def hamner(data_file) -> sl.SwingReport:
    return sl.analyse(
        data_file(HAMNER + "subject02_running.trc"),
        data_file(HAMNER + "subject02_registered.osim"),
        external_loads=data_file(HAMNER + "External_Loads.xml"),
        ik_setup=data_file(HAMNER + "Setup_IK.xml"),
        plugins=Plugins(),
    )


def test_powers_into_the_shank_add_up_to_the_change_of_its_energy_in_every_swing(hamner):
    # 1 % of the peak: 101 samples a swing are differentiated once, and coordinates of 12 Hz bend little between them.
    assert len(hamner.swings) == 27
    for swing in hamner.swings:
        energy = make_interp_spline(swing.time_s, kinetic_energy_j(swing.motion, "shank"), k=5)
        rate = energy(swing.time_s, 1)
        assert np.abs(shank_power(swing.motion).total_w - rate).max() < 0.01 * np.abs(rate).max(), swing.id


def test_the_runner_of_hamner_runs_as_fast_as_his_treadmill(hamner):
    # Hamner, Seth & Delp 2010, J Biomech 43: 2709: one subject at 3.96 m/s. Toes in shoes and markers on them: 5 %.
    speeds = [s.metrics["running_speed"].value for s in hamner.swings]
    assert np.mean(speeds) == pytest.approx(3.96, rel=0.05)


def test_every_metric_that_needs_no_muscles_exists_in_every_swing(hamner):
    for swing in hamner.swings:
        missing = {
            n: m.reason for n, m in swing.metrics.items() if not np.isfinite(m.value) and "muscle" not in m.reason
        }
        assert missing == {}, swing.id
    assert all(np.isfinite(m.value) for m in hamner.metrics.values())


@pytest.mark.parametrize("runner", ["RBDS020", "RBDS03"])
def test_runners_of_the_public_data_sit_near_their_groups_figures(data_file, runner):
    # 26 runners at 3.5 m/s, from the same data: hip-heel .55 +- .06, peak 107 +- 9 degrees: two SD either way; inertia
    # .52, whose spread is not published: a fifth.
    folder = data_file(FUKUCHI + runner)
    trial, model = next(folder.rglob("*35*.mot")), next(folder.rglob("*.osim"))
    report = sl.analyse(trial, model, plugins=Plugins())
    mean = {n: np.mean([s.metrics[n].value for s in report.swings]) for n in report.swings[0].metrics}
    assert mean["hip_heel_share_minimum"] == pytest.approx(0.55, abs=0.12)
    assert mean["leg_inertia_minimum_over_maximum"] == pytest.approx(0.52, rel=0.2)
    assert mean["peak_knee_flexion"] == pytest.approx(107, abs=18)
    assert mean["running_speed"] == pytest.approx(3.5, rel=0.05)
