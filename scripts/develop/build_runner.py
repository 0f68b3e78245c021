"""Build our own model, runner.osim and its meshes, from the tables in models/; by default over the bundled one."""

import argparse
from pathlib import Path

from swinglever.synthetic.osim import DEFAULT_MASS_KG, DEFAULT_STATURE_M, write_runner
from swinglever.system.resources import models_folder

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=models_folder(), help="folder to write to")
parser.add_argument("--stature", type=float, default=DEFAULT_STATURE_M, help="metres")
parser.add_argument("--mass", type=float, default=DEFAULT_MASS_KG, help="kilograms")
arguments = parser.parse_args()
print(write_runner(arguments.out, arguments.stature, arguments.mass))
