"""From a C3D file alone to swings: markers and the belt's force, which foot it acts on found step by step."""

from dataclasses import replace

import numpy as np
import pytest

import swinglever.readers.trial as trial_module
from swinglever.engines.opensim import load_model
from swinglever.pipeline import analyse
from swinglever.readers.c3d import read_c3d
from swinglever.readers.c3d_channels import vertical_forces
from swinglever.readers.trial import read_trial
from swinglever.records.parameters import Parameters

# Peak swing flexion of 26 runners, mean and spread in degrees, by speed: computed from Fukuchi 2017 (PeerJ 5:e3298).
# A runner lies within three spreads of the mean.
PEAKS = {"25": (94.0, 9.0), "35": (107.0, 9.0), "45": (115.0, 7.0)}


def test_a_c3d_trial_brings_markers_and_the_force_of_its_belt(data_file):
    trial = read_trial(data_file("fukuchi2017_run/RBDS020/RBDS020runT35.c3d"))
    assert trial.markers is not None
    assert trial.angles is None
    (belt,) = trial.ground_forces
    assert (belt.name, belt.body) == ("platform 1", "")
    # Over whole strides the mean vertical force is the weight: 68.2 kg by the scaled model, at rest 669 N.
    assert belt.force_n[:, 1].mean() == pytest.approx(68.2 * 9.81, rel=0.05)  # the belt's zero drifts by 20 N


def test_without_a_platform_a_plain_channel_gives_the_same_events(data_file, monkeypatch):
    path, folder = data_file("fukuchi2017_run/RBDS020/RBDS020runT35.c3d"), "fukuchi2017_run/RBDS020"
    model = load_model(data_file(f"{folder}/RBDS020_scaledAdjusted_complex.osim"))
    setup, window = data_file(f"{folder}/RBDS020_T35_ikSetup.xml"), Parameters(start_s=14.0, end_s=16.0)
    whole, recording = analyse(path, model, ik_setup=setup, parameters=window), read_c3d(path)
    # The file calls its channels N, but they are volts, 1000 N a volt: refused as they are.
    assert vertical_forces(replace(recording, platforms=()))[0] == {}
    assert "'F1Z' peaks at -1.73 'N'; too little" in " ".join(vertical_forces(recording)[1])
    newtons = replace(recording.analog, values=recording.analog.values * 1000.0)
    bare = replace(recording, platforms=(), analog=newtons)
    monkeypatch.setattr(trial_module, "read_c3d", lambda path, units: bare)
    plain = analyse(path, model, ik_setup=setup, parameters=window)
    assert any("channel 'F1Z' taken as vertical force, for events" in text for text in plain.warnings)
    assert [s.id for s in plain.swings] == [s.id for s in whole.swings]
    # Whose foot a step is that the window cuts, a channel without a centre of pressure does not tell.
    assert [s.event_source for s in plain.swings] == ["kinematics", *["ground_force"] * (len(plain.swings) - 1)]
    for ours, theirs in zip(plain.swings[1:], whole.swings[1:], strict=True):
        assert ours.toe_off_s == pytest.approx(theirs.toe_off_s, abs=1e-9)


def test_a_step_that_the_recording_cuts_makes_no_swing_of_the_wrong_leg(data_file):
    folder = "fukuchi2017_run/RBDS03"
    report = analyse(
        data_file(f"{folder}/RBDS03runT25.c3d"),  # begins while the right foot pushes off
        data_file(f"{folder}/RBDS03_scaledAdjusted_complex.osim"),
        ik_setup=data_file(f"{folder}/RBDS03_T25_ikSetup.xml"),
        parameters=Parameters(end_s=2.5),
    )
    assert all(0.4 < swing.time_s[-1] - swing.time_s[0] < 0.7 for swing in report.swings)  # 0.54 s on average
    sides = "".join(swing.side for swing in report.swings)
    assert sides in ("lrlr", "rlrl", "lrlrl", "rlrlr")


@pytest.mark.slow
@pytest.mark.parametrize("speed", ["25", "35", "45"])
@pytest.mark.parametrize("runner", ["RBDS020", "RBDS03"])
def test_both_runners_at_three_speeds_swing_as_runners_do(data_file, runner, speed):
    folder = f"fukuchi2017_run/{runner}"
    report = analyse(
        data_file(f"{folder}/{runner}runT{speed}.c3d"),
        data_file(f"{folder}/{runner}_scaledAdjusted_complex.osim"),
        ik_setup=data_file(f"{folder}/{runner}_T{speed}_ikSetup.xml"),
        parameters=Parameters(start_s=14.0, end_s=17.0),
    )
    swings = report.swings
    assert {swing.event_source for swing in swings} == {"ground_force"}
    assert [swing.side for swing in swings] == [
        ("r", "l")[(k + (swings[0].side == "l")) % 2] for k in range(len(swings))
    ]
    assert len(swings) >= 5  # strides last up to 0.8 s, and the three seconds cut one swing of each leg at each end
    mean, spread = PEAKS[speed]
    assert all(abs(swing.peak_flexion_deg - mean) < 3 * spread for swing in swings)
    for swing in swings:
        third = len(swing.time_s) // 3
        assert swing.knee_flexion_moment_nm[:third].min() < 0  # an extensor's in early folding
        assert swing.knee_flexion_moment_nm[-third:].max() > 0  # a flexor's before the foot strikes
        assert np.isfinite(swing.knee_flexion_rad).all()
