"""The passive fold of the mean runner: laws, and figures near those of whole groups."""

import json

import pytest
from click.testing import CliRunner

from swinglever.cli.app import cli
from swinglever.errors import InputError
from swinglever.synthetic.predict import first_speeds, predict


@pytest.mark.parametrize("leg_length", [0.8, 1.25])
def test_runners_of_all_sizes_fold_alike_at_the_rate_of_their_pendulums(leg_length: float) -> None:
    # Froude similarity: lengths times s and times root of s leave every angle as it was.
    same = predict(3.5, leg_length=leg_length, stride_rate=leg_length**-0.5)
    assert same.passive_flexion_deg == pytest.approx(predict(3.5).passive_flexion_deg, abs=1e-6)


def test_the_passive_fold_of_the_mean_runner_is_near_that_of_the_group() -> None:
    # 26 runners at 3.5 m/s (Fukuchi et al. 2017): median peak 108 degrees, 147 without the knee's moment. A mean curve
    # is smoother than its runners and a plane has no other axes: within 10 degrees.
    found = predict(3.5)
    assert found.peak_flexion_deg == pytest.approx(107, abs=1)
    assert found.passive_flexion_deg == pytest.approx(147, abs=10)
    assert not found.extrapolated


def test_pace_leg_length_and_stride_rate_each_deepen_the_passive_fold() -> None:
    plain = predict(3.0).passive_flexion_deg
    assert predict(2.5).passive_flexion_deg < plain < predict(3.5).passive_flexion_deg
    assert predict(3.0, stride_rate=0.9).passive_flexion_deg < plain < predict(3.0, stride_rate=1.1).passive_flexion_deg
    assert predict(3.0, leg_length=0.9).passive_flexion_deg < plain < predict(3.0, leg_length=1.1).passive_flexion_deg


def test_each_first_pace_is_where_the_heel_begins_to_reach() -> None:
    first = first_speeds()
    assert list(first) == ["calf", "knee", "buttock"]
    order = ["ground", "calf", "knee", "buttock"]
    for level, (name, speed) in enumerate(first.items(), start=1):
        assert order.index(predict(speed).reaches) >= level, name
        assert order.index(predict(speed - 0.03).reaches) < level, name


@pytest.mark.parametrize(("speed_m_s", "shares"), [(0.5, {}), (3.0, {"foot_mass": 0.0}), (3.0, {"leg_length": 9.0})])
def test_values_out_of_range_are_refused(speed_m_s: float, shares: dict[str, float]) -> None:
    with pytest.raises(InputError, match="expected"):
        predict(speed_m_s, **shares)


def test_the_verb_prints_what_the_function_finds() -> None:
    told = CliRunner().invoke(cli, ["predict", "--speed", "2.5", "--speed", "5", "--json"])
    table = json.loads(told.stdout)
    assert [row["extrapolated"] for row in table["predictions"]] == [False, True]
    assert table["predictions"][0]["passive_flexion_deg"] == predict(2.5).passive_flexion_deg
    shown = CliRunner().invoke(cli, ["predict", "--speed", "2.5"])
    assert f"{predict(2.5).passive_flexion_deg:14.1f}" in shown.stdout
    assert f"to the calf from {table['first_speed_m_s']['calf']:.2f} m/s" in shown.stdout


def test_a_first_pace_outside_the_norms_is_marked_as_the_rows_are() -> None:
    """The norms begin at 2.5 m/s: calf and knee are reached below, the buttock between 2.5 and 4.5 m/s."""
    shown = CliRunner().invoke(cli, ["predict", "--speed", "3"]).stdout
    marked = {line.split(" to the ")[1].split(" ")[0]: "(beyond the norms)" in line for line in shown.splitlines()[2:]}
    assert marked == {"calf": True, "knee": True, "buttock": False}
    table = json.loads(CliRunner().invoke(cli, ["predict", "--speed", "3", "--json"]).stdout)
    assert table["first_speed_extrapolated"] == marked
    assert all(marked[name] == (not 2.5 <= speed <= 4.5) for name, speed in table["first_speed_m_s"].items())
