"""What do we find today? Writes the numbers of a few trials down, so that a test can say whether they still hold.

    python scripts/develop/freeze_numbers.py DATA [--out tests/reference/numbers.toml] [--only TRIAL ...]

DATA is the folder of the public recordings. Write the file anew only when a result is meant to change, and say why.
"""

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import swinglever as sl

ROOT = Path(__file__).resolve().parents[2]
FROZEN = ROOT / "tests" / "reference" / "numbers.toml"
Numbers = dict[str, Any]
"""A trial's lists of one value a swing, by name, and tables of such lists."""


def _bundled(cause: str, *beside: str, **choices: Any) -> Numbers:
    """Say what a bundled synthetic runner is analysed with: ``emg``, ``known_forces``, and parameters."""
    stem = f"runners/synthetic_{cause}"
    files = {"trial": ".trc", "grf": "_grf.mot", "external_loads": "_grf.xml", "ik_setup": "_ik.xml"}
    files |= {"emg": "_emg.sto"} if "emg" in beside else {}
    files |= {"forces": "_known_forces.sto"} if "known_forces" in beside else {}
    return {"model": "runner.osim", **{name: stem + end for name, end in files.items()}, "parameters": choices}


_HAMNER = {
    "trial": "hamner2010_run/subject02_running.trc",
    "model": "hamner2010_run/subject02_registered.osim",
    "grf": "hamner2010_run/subject02_running_grf.mot",
    "external_loads": "hamner2010_run/External_Loads.xml",
    "ik_setup": "hamner2010_run/Setup_IK.xml",
}
_WALK = {
    "trial": "gait2392_walk/subject01_walk1.trc",
    "model": "gait2392_walk/subject01_simbody.osim",
    "grf": "gait2392_walk/subject01_walk1_grf.mot",
    "external_loads": "gait2392_walk/subject01_walk1_grf.xml",
    "ik_setup": "gait2392_walk/subject01_Setup_IK.xml",
}
_C3D = {
    "trial": "fukuchi2017_run/RBDS020/RBDS020runT35.c3d",
    "model": "fukuchi2017_run/RBDS020/RBDS020_scaledAdjusted_complex.osim",
    "ik_setup": "fukuchi2017_run/RBDS020/RBDS020_T35_ikSetup.xml",
    "parameters": {"start_s": 14.0, "end_s": 15.6, "knee_range_deg": 160.0},
}
_ANGLES = {
    "trial": "fukuchi2017_run/RBDS03/RBDS03_T35_ik_complex.mot",
    "model": "fukuchi2017_run/RBDS03/RBDS03_scaledAdjusted_complex.osim",
    "parameters": {"start_s": 14.0, "end_s": 16.0, "muscle_solver": "none"},
}
BUNDLED: dict[str, Numbers] = {
    "synthetic_passive": _bundled("passive"),
    "synthetic_passive_emg": _bundled("passive", "emg"),
    "synthetic_pulled": _bundled("pulled"),
    "synthetic_pulled_emg": _bundled("pulled", "emg"),
    "synthetic_pulled_known_forces": _bundled("pulled", "known_forces"),
    "synthetic_pulled_body_scope": _bundled("pulled", body_scope=True),
    "synthetic_pulled_uncertainty": _bundled("pulled", uncertainty=20, seed=0),
    "synthetic_braked": _bundled("braked"),
    "synthetic_braked_emg": _bundled("braked", "emg"),
}
PUBLIC: dict[str, Numbers] = {
    "hamner_run": _HAMNER,
    "gait2392_walk": _WALK,
    "fukuchi_c3d": _C3D,
    "fukuchi_angles": _ANGLES,
}

EVENTS = ("toe_off", "thigh_reversal", "peak_flexion", "pass", "foot_strike")
METRICS = (  # one or two of each theme
    "leg_inertia_minimum",
    "pendulum_period_minimum",
    "hip_heel_share_minimum",
    "heel_height_maximum",
    "knee_flexion_speed_at_toe_off",
    "fold_before_thigh_reversal",
    "knee_moment_work_folding",
    "thigh_energy_peak_folding",
    "early_knee_moment",
    "late_knee_flexor_moment_peak",
    "hip_flexor_elastic_energy_peak",
    "hamstring_force_peak",
    "hamstring_impulse_folding",
    "hamstring_metabolic_rate_folding",
    "pelvis_rotation_range",
    "running_speed",
)
BANDS = (
    "shares/shank/hamstrings",
    "shares/shank/proximal",
    "shares/leg/hip_flexors",
    "shares/leg/ankle_muscles",
    "ablation/none",
    "ablation/no_knee_muscles",
    "ablation/silent_hamstrings",
)


def find_numbers(trial: str, data: Path | None = None) -> Numbers:
    """Analyse one of the trials and give what is compared of it.

    Parameters
    ----------
    trial
        A name in `BUNDLED` or `PUBLIC`.
    data
        Folder of the public recordings, for those.
    """
    given = dict((BUNDLED | PUBLIC)[trial])
    parameters = sl.Parameters(**given.pop("parameters", {}))
    folder = ROOT / "models" if trial in BUNDLED or data is None else data
    report = sl.analyse(**{name: folder / path for name, path in given.items()}, parameters=parameters)
    return _numbers(report)


def _numbers(report: sl.SwingReport) -> Numbers:
    swings = report.swings
    found: Numbers = {name: [getattr(s, name) for s in swings] for name in ("id", "verdict", "event_source")}
    found["event_s"] = {name: [getattr(s, f"{name}_s") for s in swings] for name in EVENTS}
    cases = [{case: float(np.degrees(a.peak_flexion_rad)) for case, a in s.ablation.items()} for s in swings]
    found["peak_deg"] = {"recorded": [s.peak_flexion_deg for s in swings]} | _by_name(cases, absent=float("nan"))
    for scope in swings[0].attribution:
        shares = [s.attribution[scope].degrees_by_group() for s in swings]
        found[f"shares_{scope}_deg"] = _by_name(shares, absent=0.0)
    for scope in swings[0].classical:
        split = [s.classical[scope].degrees_by_group() for s in swings]
        found[f"classical_{scope}_deg"] = {name: [s[name] for s in split] for name in ("velocity", "proximal")}
    found["metric"] = {name: [s.metrics[name].value for s in swings] for name in METRICS}
    found["trial_metric"] = {name: [measured.value] for name, measured in report.metrics.items()}
    bands = [s.bands for s in swings if s.bands is not None]
    for k, end in enumerate(("p05", "p95") if bands else ()):
        found[f"band_{end}_deg"] = {name: [b.degrees(name)[k] for b in bands] for name in BANDS}
        found[f"metric_{end}"] = {name: [getattr(s.metrics[name], end) for s in swings] for name in METRICS}
    return found


def _by_name(rows: Sequence[Mapping[str, float]], absent: float) -> dict[str, list[float]]:
    """Lists of one value a swing, with ``absent`` where a swing has none."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name, absent) for row in rows] for name in names}


def _toml(frozen: Mapping[str, Numbers]) -> Iterator[str]:
    yield "# What swinglever found, for test_same_numbers.py; written by scripts/develop/freeze_numbers.py."
    yield "# A list has one value a swing, in the order of 'id'. event_s: s. peak_deg: peak flexion as recorded, and"
    yield "# of each case of the ablation. shares_: degrees of flexion by group from toe-off to the peak; a group that"
    yield "# is not there has none. classical_: two of them with the velocity terms apart. metric: in its own unit."
    for trial, numbers in frozen.items():
        yield f"\n[{trial}]"
        yield from (f"{name} = {json.dumps(texts)}" for name, texts in numbers.items() if isinstance(texts, list))
        for table, lists in numbers.items():
            if isinstance(lists, dict):
                yield f"[{trial}.{table}]"
                digits = {"event_s": ".5f"}.get(table, ".4f" if table.endswith("_deg") else ".6g")
                rows = {name: [float(format(value, digits)) for value in values] for name, values in lists.items()}
                yield from (_line(name, row) for name, row in rows.items() if "shares" not in table or any(row))


def _line(name: str, values: Sequence[float]) -> str:
    key = name if name.replace("_", "").isalnum() else json.dumps(name)
    return f"{key} = [{', '.join(str(value + 0.0) for value in values)}]"  # + 0.0: no minus before a zero


def main() -> None:
    """Analyse the trials, one after the other, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder that holds hamner2010_run, fukuchi2017_run and gait2392_walk")
    parser.add_argument("--out", type=Path, default=FROZEN)
    parser.add_argument("--only", nargs="+", choices=[*PUBLIC, *BUNDLED], default=[*PUBLIC, *BUNDLED], metavar="TRIAL")
    asked = parser.parse_args()
    if not (asked.data / "hamner2010_run").is_dir():
        parser.error(f"expected the folders of the public recordings in '{asked.data}'")
    frozen = tomllib.loads(asked.out.read_text(encoding="utf-8")) if asked.out.is_file() else {}  # others stay
    for trial in asked.only:
        began = time.perf_counter()
        frozen[trial] = find_numbers(trial, asked.data)
        print(f"{trial}: {len(frozen[trial]['id'])} swings, {time.perf_counter() - began:.1f} s", file=sys.stderr)
    asked.out.write_text("\n".join(_toml(frozen)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
