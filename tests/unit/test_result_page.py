"""docs/result-file.md says what is in a result file: all of it, and what it is."""

import subprocess
import sys
from pathlib import Path

import h5py
import pytest

import swinglever as sl
from swinglever.output.layout import layout
from swinglever.testing import example_report

_ROOT = Path(__file__).resolve().parents[2]
_HELPERS = ("_order", "_count", "present")
"""Arrays that the page explains together."""
_FIXED = {"axis", "body_axis", "row", "column", "rgba", "folder", "twist", "percent"}


def test_the_page_is_what_the_script_prints() -> None:
    script = _ROOT / "scripts" / "develop" / "describe_result.py"
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout == (_ROOT / "docs" / "result-file.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("result")
    return sl.write_report(example_report(parameters=sl.Parameters(grid_points=21)), folder / "r.h5")


def test_every_array_of_a_file_is_on_the_page_with_its_dimensions_and_its_unit(file: Path) -> None:
    known = {(entry.group, entry.name): entry for entry in layout()}
    seen = 0
    with h5py.File(file) as result:
        arrays: dict[str, h5py.Dataset] = {}
        result.visititems(lambda name, item: arrays.update({name: item}) if isinstance(item, h5py.Dataset) else None)
        for path, item in arrays.items():
            group, _, name = f"/{path}".rpartition("/")
            if item.is_scale or name.endswith(_HELPERS):
                continue
            entry = known[group or "/", name]
            seen += 1
            # What is the same in all swings may be kept without them.
            assert item.attrs["dimensions"].split() == list(entry.dimensions or ()), path
            assert item.attrs["units"] == entry.unit, path
    assert seen > 60


def test_every_label_of_a_file_is_on_the_page(file: Path) -> None:
    known = {(entry.group, entry.name) for entry in layout()}
    together = {"point", "vector", "derivative"}
    with h5py.File(file) as result:
        names: list[str] = []
        result.visititems(
            lambda name, item: (
                names.append(name)
                if isinstance(item, h5py.Dataset) and item.is_scale and item.dtype == object
                else None
            )
        )
    for path in names:
        group, _, name = f"/{path}".rpartition("/")
        assert (group or "/", name) in known or name in _FIXED | together, path
