"""Numbers that leave: CSV, Parquet, pandas and xarray give back what the report holds."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from swinglever.errors import InputError
from swinglever.output.export_csv import export_csv
from swinglever.output.frames import export_parquet
from swinglever.output.tidy import TABLES
from swinglever.records.report import SwingReport


@pytest.fixture(scope="module")
def files(with_emg: SwingReport, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    written = export_csv(with_emg, tmp_path_factory.mktemp("csv"))
    return {path.stem.removeprefix("synthetic_pulled_"): path for path in written}


def test_csv_is_what_r_reads_by_itself(files: dict[str, Path]) -> None:
    """read.csv: a header, commas, dot decimals, no index column, UTF-8 without a byte order mark."""
    for name, table in TABLES.items():
        raw = files[name].read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf")
        assert raw.decode("utf-8").splitlines()[0] == ",".join(table.columns)


def test_pandas_reads_the_numbers_back(files: dict[str, Path], with_emg: SwingReport) -> None:
    swing = with_emg.swings[0]
    swings, curves = pd.read_csv(files["swings"]), pd.read_csv(files["curves"])
    assert swings.loc[0, "verdict"] == swing.verdict
    assert swings.loc[0, "pass_s"] == swing.pass_s
    knee = curves.query("quantity == 'knee_flexion'")
    np.testing.assert_array_equal(knee["value"], swing.knee_flexion_rad)
    np.testing.assert_allclose(knee["percent"], np.arange(101), atol=1e-5)
    moment = curves.query("quantity == 'net_moment' and item == @swing.knee_coordinate")
    np.testing.assert_array_equal(moment["value"], swing.moments.of(swing.knee_coordinate))
    assert set(curves["unit"]) <= {"rad", "m", "kg m2", "s", "1", "N m", "N", "W", "V"}


def test_causes_in_the_table_sum_to_the_recorded_change(files: dict[str, Path], with_emg: SwingReport) -> None:
    curves = pd.read_csv(files["curves"])
    swing = with_emg.swings[0]
    total = curves.query("quantity == 'knee_flexion_by_cause_shank'").groupby("percent")["value"].sum()
    change = swing.knee_flexion_rad - swing.knee_flexion_rad[0]
    peak = int(np.argmax(change))
    np.testing.assert_allclose(total.to_numpy()[:peak], change[:peak], atol=np.radians(0.1))


def test_every_column_is_explained(files: dict[str, Path]) -> None:
    told = json.loads(files["columns"].read_text(encoding="utf-8"))
    assert {name: list(columns) for name, columns in told.items()} == {n: list(t.columns) for n, t in TABLES.items()}
    assert all(meaning for columns in told.values() for meaning in columns.values())


def test_a_frame_is_the_table(with_emg: SwingReport, files: dict[str, Path]) -> None:
    for name in TABLES:
        frame = with_emg.to_dataframe(name)
        pd.testing.assert_frame_equal(
            frame.replace("", np.nan).infer_objects(), pd.read_csv(files[name]), check_dtype=False, check_exact=False
        )
    with pytest.raises(InputError, match="expected a table of metrics"):
        with_emg.to_dataframe("pies")


def test_parquet_gives_the_frames_back_with_meanings(with_emg: SwingReport, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    written = export_parquet(with_emg, tmp_path)
    assert [path.name for path in written] == [f"synthetic_pulled_{name}.parquet" for name in TABLES]
    curves = next(path for path in written if path.stem.endswith("curves"))
    pd.testing.assert_frame_equal(pd.read_parquet(curves), with_emg.to_dataframe("curves"), check_dtype=False)
    assert pq.read_schema(curves).field("percent").metadata[b"meaning"].startswith(b"of the swing")


def test_xarray_lays_legs_beside_each_other(both_legs: SwingReport) -> None:
    data = both_legs.to_xarray()
    swing = both_legs.swings[1]
    assert dict(data.sizes)["swing"] == len(both_legs.swings)
    one = data.sel(swing=swing.id)
    np.testing.assert_allclose(one["knee_flexion_rad"], swing.knee_flexion_rad, atol=1e-12)
    causes = one["knee_flexion_by_cause_rad"].sel(scope="shank")
    totals = swing.attribution["shank"].degrees_by_group()
    peak = swing.attribution["shank"].peak_index
    assert float(causes.sel(group="hamstrings")[peak]) == pytest.approx(np.radians(totals["hamstrings"]))
    assert np.isfinite(data["net_moment_nm"].sel(joint="knee_angle")).all()
    assert float(one["metric_value"].sel(metric="leg_length")) == swing.metrics["leg_length"].value


def test_bounds_leave_level_by_level(with_emg: SwingReport, files: dict[str, Path]) -> None:
    swing = with_emg.swings[0]
    assert swing.bounds is not None
    bounds = pd.read_csv(files["bounds"])
    chosen = bounds.query("scope == 'shank' and until == 'half' and group == 'hamstrings' and level == 'moments'")
    low, high = swing.bounds.degrees("shank/half/hamstrings", "moments")
    assert (chosen["low_degrees"].item(), chosen["high_degrees"].item()) == (low, high)
    assert len(bounds) == len(swing.bounds.names) * len(swing.bounds.levels)
