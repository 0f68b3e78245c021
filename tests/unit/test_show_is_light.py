"""Showing a result needs neither scipy nor an engine."""

import os
import subprocess
import sys
from pathlib import Path

import swinglever as sl
from swinglever.testing import example_report

_ROOT = Path(__file__).resolve().parents[2]


def test_showing_and_exporting_a_result_loads_neither_scipy_nor_opensim(tmp_path: Path) -> None:
    sl.write_report(example_report(parameters=sl.Parameters(grid_points=25)), tmp_path / "r.h5")
    for arguments in (["show", "r.h5"], ["export", "r.h5", "--format", "csv", "--out", "tables"]):
        code = (
            "import sys; from swinglever.cli.app import main\n"
            f"try: main({arguments!r})\nexcept SystemExit as end: assert end.code in (0, None), end.code\n"
            "print([m for m in ('scipy', 'opensim', 'ezc3d', 'bpy') if m in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(_ROOT / "plugin"), "SWINGLEVER_LOAD_PLUGINS": ""},
            capture_output=True,
            text=True,
            timeout=600,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "[]", arguments
