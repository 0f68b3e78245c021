"""A long trial that is analysed and written lot by lot gives the very same result, and is shown in little memory."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

from swinglever.checks import room
from swinglever.checks.request import Request
from swinglever.errors import InputError, UnknownNameError
from swinglever.long_trials import analyse_to_file
from swinglever.output.json_object import as_json
from swinglever.output.parts import parts_of
from swinglever.output.store import count_frames, read_in_short, read_report, write_report
from swinglever.output.tables import section_tables
from swinglever.pipeline import analyse, begin_analysis, explain_whole
from swinglever.plugins.manager import load_plugins
from swinglever.records.parameters import Parameters
from swinglever.records.short import at_instant
from swinglever.system.partner import partner_of
from swinglever.testing.examples import example_model, example_trial


@pytest.fixture(scope="module")
def report():
    """Swings of both legs with muscles, bounds and replays."""
    return analyse(example_trial(), example_model(), parameters=Parameters(grid_points=25))


@pytest.fixture(scope="module")
def request_of():
    return Request.of(example_trial(), example_model(), Parameters(grid_points=25))


def _write_in_parts(report, path, at_once):
    frames = at_instant(report.kinematics, 0, "frame")
    with parts_of(path) as parts:
        for k in range(0, len(report.swings), at_once):
            some = report.swings[k : k + at_once]
            shown = {swing.id: report.playback.swings[swing.id] for swing in some}
            parts.add(
                replace(
                    report,
                    kinematics=frames,
                    swings=some,
                    playback=replace(report.playback, meshes=(), swings=shown),
                )
            )
        parts.join(replace(report, swings=(), playback=replace(report.playback, swings={})))
    return path


def _assert_same_file(one, other, but=()):
    """Compare names, attributes and every number of two result files."""
    with h5py.File(one) as first, h5py.File(other) as second:
        names: tuple[list[str], list[str]] = ([], [])
        for file, found in zip((first, second), names, strict=True):
            file.visit(found.append)
        assert sorted(names[0]) == sorted(names[1])
        for name in names[0]:
            mine, its = ({k: v for k, v in file[name].attrs.items() if "_LIST" not in k} for file in (first, second))
            assert str(mine) == str(its), name
            if isinstance(first[name], h5py.Dataset):
                values, same = first[name][...], second[name][...]
                assert values.dtype == same.dtype, name
                assert np.array_equal(values, same, equal_nan=values.dtype.kind == "f"), name
        roots = ({k: str(v) for k, v in file.attrs.items() if k not in but} for file in (first, second))
        assert next(roots) == next(roots)


@pytest.mark.parametrize("at_once", [1, 2])
def test_a_result_that_is_written_in_parts_is_the_one_that_is_written_at_once(report, tmp_path, at_once):
    assert len(report.swings) > at_once
    _assert_same_file(
        _write_in_parts(report, tmp_path / "parts.h5", at_once), write_report(report, tmp_path / "whole.h5")
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parts.h5", "whole.h5"]


def test_parts_with_unlike_entries_are_joined_by_their_names(report, tmp_path):
    """A case, a metric and muscles that only one of the swings has."""
    first, *others = report.swings
    lacking = replace(
        first,
        ablation=dict(list(first.ablation.items())[1:]),
        metrics=dict(list(first.metrics.items())[3:]),
        muscles=None,
        bounds=None,
    )
    uneven = replace(report, swings=(lacking, *others))
    read = read_report(_write_in_parts(uneven, tmp_path / "parts.h5", 1))
    assert read == read_report(write_report(uneven, tmp_path / "whole.h5"))
    assert read.swings[0].muscles is None
    assert set(read.swings[1].ablation) - set(read.swings[0].ablation) == {next(iter(first.ablation))}


def test_parts_that_keep_a_field_in_different_ways_are_joined_by_their_records(report, tmp_path):
    """One unit of a metric for all swings of a part, and another for those of another: no array of either suits."""
    first, *others = report.swings
    name, measured = next(iter(first.metrics.items()))
    odd = replace(first, metrics={**first.metrics, name: replace(measured, unit="furlong")})
    unlike = replace(report, swings=(odd, *others))
    read = read_report(_write_in_parts(unlike, tmp_path / "parts.h5", 1))
    assert [swing.metrics[name].unit for swing in read.swings[:2]] == ["furlong", measured.unit]
    assert read.swings == read_report(write_report(unlike, tmp_path / "whole.h5")).swings


def _begin_and_stop(report, path):
    with parts_of(path) as parts:
        parts.add(report)
        raise KeyboardInterrupt


def test_a_result_in_parts_that_is_given_up_leaves_nothing_and_harms_nothing(report, tmp_path):
    (tmp_path / "r.h5").write_text("mine")
    with pytest.raises(KeyboardInterrupt):
        _begin_and_stop(report, tmp_path / "r.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["r.h5"]
    assert (tmp_path / "r.h5").read_text() == "mine"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_trial_that_is_analysed_lot_by_lot_has_the_result_of_the_whole(request_of, tmp_path, jobs):
    told: list[str] = []
    plugins = load_plugins()
    whole = analyse_to_file(tmp_path / "whole.h5", request_of, plugins)
    lots = analyse_to_file(tmp_path / "lots.h5", request_of, plugins, at_once=2, jobs=jobs, on_stage=told.append)
    assert [text for text in told if text.startswith("swings 1 to 2 of")], "it went lot by lot"
    assert as_json(lots) | {"timing": 0} == as_json(whole) | {"timing": 0}
    _assert_same_file(tmp_path / "lots.h5", tmp_path / "whole.h5", but=("timing", "created_utc"))


def test_two_jobs_do_a_leg_each_and_find_the_very_same(report, request_of, tmp_path):
    told: list[str] = []
    shared = analyse_to_file(tmp_path / "two.h5", request_of, load_plugins(), jobs=2, on_stage=told.append)
    assert "other leg" in told
    assert len({swing.side for swing in shared.swings}) == 2
    write_report(report, tmp_path / "one.h5")
    assert as_json(shared) | {"timing": 0} == as_json(report) | {"timing": 0}
    _assert_same_file(tmp_path / "one.h5", tmp_path / "two.h5", but=("timing", "created_utc"))


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_motion_that_breaks_the_laws_is_refused_by_two_jobs_as_by_one(request_of, jobs):
    """Laws are looked at while swings are looked for, and go before whatever is wrong with those."""
    angles = request_of.trial.angles
    slow = replace(request_of.trial, angles=replace(angles, time_s=2.0 * angles.time_s), ground_forces=())
    with pytest.raises(InputError, match=r"a body that falls with gravity in flight, got 0\.21 times as fast in 7"):
        analyse(slow, request_of.model, parameters=request_of.parameters, jobs=jobs)


@pytest.mark.parametrize("lost_in", ["swings", "bounds"])
def test_a_second_process_that_is_lost_costs_time_and_no_result(report, request_of, caplog, lost_in):
    with partner_of(2) as partner:

        def lose(stage):
            if stage == lost_in:
                partner.start()[1].kill()

        found = explain_whole(begin_analysis(request_of, load_plugins(), lose, partner))
    assert "explain_and_show took too much time or memory" in caplog.text
    assert "it is done again by this process" in caplog.text
    assert as_json(found) | {"timing": 0} == as_json(report) | {"timing": 0}


CHANNELS = ("semimem_r", "vasint_r", "semimem_l", "soleus_l")


@pytest.mark.parametrize("emg_gain", ["fitted", "given"])
@pytest.mark.parametrize(("at_once", "jobs"), [(1, 1), (2, 1), (2, 2)])
def test_emg_of_a_trial_that_is_analysed_lot_by_lot_is_that_of_the_whole(request_of, tmp_path, at_once, jobs, emg_gain):
    """Gains, and doubts of the channels' names, rest on frames of all swings: no lot may find its own."""
    time_s = np.arange(-0.5, request_of.trial.angles.time_s[-1] + 0.5, 0.005)
    bursts = [0.02 + np.maximum(np.sin(9.0 * time_s + phase), 0.0) ** 2 for phase in range(len(CHANNELS))]
    rows = np.column_stack([time_s, 0.3 * np.transpose(bursts)])
    np.savetxt(tmp_path / "emg.csv", rows, delimiter=",", header=",".join(["time", *CHANNELS]), comments="")
    parameters = replace(request_of.parameters, emg_gain=emg_gain)
    asked, told = replace(request_of, emg=tmp_path / "emg.csv", parameters=parameters), list[str]()
    whole = analyse_to_file(tmp_path / "whole.h5", asked, load_plugins())
    lots = analyse_to_file(
        tmp_path / "lots.h5", asked, load_plugins(), at_once=at_once, jobs=jobs, on_stage=told.append
    )
    assert [text for text in told if text.startswith(f"swings 1 to {at_once} of")], "it went lot by lot"
    assert {swing.muscles.solver for swing in whole.swings} == {"static_optimization+emg"}
    assert whole.warnings
    assert as_json(lots) | {"timing": 0} == as_json(whole) | {"timing": 0}
    _assert_same_file(tmp_path / "lots.h5", tmp_path / "whole.h5", but=("timing", "created_utc"))


PLUGIN = """from swinglever.hookspecs import hookimpl
from swinglever.metrics.base import Metric

def longest(subject):
    return float(subject.time_s[-1] - subject.time_s[0]) if SCOPE == "swing" else float(len(subject.swings))

SCOPE = "swing"

@hookimpl
def swinglever_metrics():
    return [Metric(name="lasting", unit="s", meaning="how long it lasts", scope=SCOPE, measure=longest)]
"""


@pytest.mark.parametrize(("scope", "in_lots"), [("swing", True), ("trial", False)])
def test_a_plugin_that_measures_swing_by_swing_goes_lot_by_lot_and_one_that_looks_at_all_does_not(
    request_of, tmp_path, scope, in_lots
):
    (tmp_path / "lab.py").write_text(PLUGIN.replace('SCOPE = "swing"', f'SCOPE = "{scope}"'))
    plugins, told = load_plugins([tmp_path]), list[str]()
    whole = analyse_to_file(tmp_path / "whole.h5", request_of, plugins)
    lots = analyse_to_file(tmp_path / "lots.h5", request_of, plugins, at_once=2, on_stage=told.append)
    assert bool([text for text in told if text.startswith("swings 1 to 2 of")]) == in_lots
    assert all("lasting" in (swing if scope == "swing" else lots).metrics for swing in lots.swings)
    assert as_json(lots) | {"timing": 0} == as_json(whole) | {"timing": 0}
    _assert_same_file(tmp_path / "lots.h5", tmp_path / "whole.h5", but=("timing", "created_utc"))


def test_swings_that_memory_does_not_hold_at_once_are_refused_before_the_work(
    report, request_of, tmp_path, monkeypatch
):
    told: list[str] = []
    (tmp_path / "meminfo").write_text("MemTotal: 100 kB\nMemAvailable:   10 kB\n")
    monkeypatch.setattr(room.free_memory, "__defaults__", (tmp_path / "meminfo",))
    with pytest.raises(InputError, match=rf"for {len(report.swings)} swings that are analysed together, got 0.0 GB"):
        analyse_to_file(tmp_path / "r.h5", request_of, load_plugins(), on_stage=told.append)
    assert told[-1] == "swings"
    analyse_to_file(tmp_path / "r.h5", request_of, load_plugins(), at_once=1)  # lot by lot it goes
    assert room.free_memory(tmp_path / "nothing") == float("inf")


def test_two_processes_are_taken_only_for_long_trials_with_two_cores_and_memory_for_both(monkeypatch, tmp_path):
    long, short = tmp_path / "long.trc", tmp_path / "short.trc"
    long.write_bytes(b" " * 800_000)
    short.write_bytes(b" " * 100_000)
    monkeypatch.setattr(room.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert [room.jobs_that_pay(long, free) for free in (1e9, 8e9)] == [1, 2]
    assert [room.jobs_that_pay(trial, 8e9) for trial in (short, tmp_path, tmp_path / "none.trc")] == [1, 1, 1]
    monkeypatch.setattr(room.os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert room.jobs_that_pay(long, 8e9) == 1


def test_swings_that_share_more_than_every_lot_knows_are_analysed_together(request_of, tmp_path):
    """Softer quadriceps suit the most bent knee of all swings, so no lot may find its own."""
    told: list[str] = []
    asked = replace(request_of, parameters=replace(request_of.parameters, soft_quadriceps=True))
    analyse_to_file(tmp_path / "r.h5", asked, load_plugins(), at_once=2, on_stage=told.append)
    assert not [text for text in told if text.startswith("swings 1 to")]


def test_what_is_read_in_short_tells_all_that_tables_tell(report, tmp_path):
    path = write_report(report, tmp_path / "r.h5")
    whole, short = read_report(path, playback=False), read_in_short(path)
    assert as_json(short, count_frames(path)) == as_json(whole)
    assert section_tables(short) == section_tables(whole)
    assert all(swing.muscles.activation.shape[0] == 1 for swing in short.swings)
    replays = [replay for swing in short.swings for replay in swing.ablation.values()]
    assert len({id(replay.q) for replay in replays}) == 1  # no curve of its own


def test_one_swing_is_read_alone(report, tmp_path):
    path = write_report(report, tmp_path / "r.h5")
    wanted = report.swings[-1].id
    alone = read_report(path, swing=wanted)
    assert alone.swings == (read_report(path).swing(wanted),)
    with pytest.raises(UnknownNameError, match="there is no swing 'r_99'"):
        read_report(path, swing="r_99")
