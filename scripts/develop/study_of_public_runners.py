"""Write the manifest of a study of the public recordings: four people by speed, whole or in windows of some seconds."""

import argparse
import csv
import os
from pathlib import Path

COLUMNS = (
    "name",
    "trial",
    "model",
    "external_loads",
    "ik_setup",
    "subject",
    "condition",
    "speed_m_s",
    "knee_range_deg",
    "start_s",
    "end_s",
)
LENGTH_S = {"hamner": 10.0, "fukuchi": 30.0}


def whole_trials(data: Path) -> list[dict[str, str]]:
    """Give a row for each recording: a treadmill run at 4 m/s, two runners at three speeds, a walk."""
    hamner, fukuchi, walk = data / "hamner2010_run", data / "fukuchi2017_run", data / "gait2392_walk"
    rows = [
        {
            "name": "Hamner",
            "trial": str(hamner / "subject02_running.trc"),
            "model": str(hamner / "subject02_registered.osim"),
            "external_loads": str(hamner / "External_Loads.xml"),
            "ik_setup": str(hamner / "Setup_IK.xml"),
            "subject": "Hamner",
            "condition": "4.0",
            "speed_m_s": "4.0",
        },
        {
            "name": "walk",
            "trial": str(walk / "subject01_walk1.trc"),
            "model": str(walk / "subject01_simbody.osim"),
            "external_loads": str(walk / "subject01_walk1_grf.xml"),
            "ik_setup": str(walk / "subject01_Setup_IK.xml"),
            "subject": "gait2392",
            "condition": "walk",
        },
    ]
    for runner in ("RBDS020", "RBDS03"):
        for speed in ("2.5", "3.5", "4.5"):
            folder, short = fukuchi / runner, speed.replace(".", "")
            rows.append(
                {
                    "name": f"{runner} {speed}",
                    "trial": str(folder / f"{runner}runT{short}.c3d"),
                    "model": str(folder / f"{runner}_scaledAdjusted_complex.osim"),
                    "ik_setup": str(folder / f"{runner}_T{short}_ikSetup.xml"),
                    "subject": runner,
                    "condition": speed,
                    "speed_m_s": speed,
                    "knee_range_deg": "160",
                }
            )
    return rows


def windows(row: dict[str, str], length_s: float) -> list[dict[str, str]]:
    """Cut a recording into windows, the last one to the recording's end; a walk of a few strides stays whole."""
    kind = "hamner" if row["name"] == "Hamner" else "fukuchi"
    if row["condition"] == "walk":
        return [row]
    count = int(LENGTH_S[kind] // length_s)
    parts = []
    for k in range(count):
        start, end = f"{k * length_s:g}", f"{(k + 1) * length_s:g}"
        bounds = {"start_s": start, "end_s": end if k + 1 < count else ""}
        parts.append(row | bounds | {"name": f"{row['name']} {start}-{end} s"})
    return parts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="manifest to write (.csv)")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SWINGLEVER_DATA", "../shared/data")))
    parser.add_argument("--window", type=float, metavar="S", help="cut the recordings into windows so long")
    asked = parser.parse_args()
    rows = whole_trials(asked.data.resolve())
    if asked.window:
        rows = [part for row in rows for part in windows(row, asked.window)]
    with asked.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    print(f"written: {asked.out}, {len(rows)} trials")
