"""How do I show it to athletes? An upright film (720 x 1280) of one swing, slowed four times, with the ghost leg."""

import argparse
import subprocess
import sys
from pathlib import Path

import swinglever as sl

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("result", type=Path, help="file that `swinglever analyse` wrote")
parser.add_argument("--swing", help="which swing, such as r_1; the one that folds most when not given")
parser.add_argument("--out", type=Path, default=Path("swing.mp4"), help="film (.mp4) or still (.png) to write")
parser.add_argument("--size", type=int, nargs=2, default=(720, 1280), metavar=("W", "H"), help="pixels")
asked = parser.parse_args()

report = sl.read_report(asked.result)
swing = asked.swing or max(report.swings, key=lambda each: each.peak_flexion_deg).id
size = [str(pixels) for pixels in asked.size]
command = ["scene", str(asked.result), "--swing", swing, "--render", str(asked.out), "--size", *size]
done = subprocess.run([sys.executable, "-m", "swinglever", *command, "--ghost", "silent_hamstrings"], check=False)
sys.exit(done.returncode)
