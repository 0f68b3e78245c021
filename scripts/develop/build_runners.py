"""Make the synthetic trials in models/runners: the mean runner at three speeds, and simulated swings of known cause."""

import argparse
from pathlib import Path

import numpy as np

from swinglever.engines.opensim import load_model
from swinglever.synthetic.norms import norm_speeds
from swinglever.synthetic.tables import read_table
from swinglever.synthetic.trials import FOLDER, write_cause_trial, write_mean_trial
from swinglever.system.resources import model_file, models_folder

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=models_folder() / FOLDER, help="folder to write to")
folder = parser.parse_args().out
folder.mkdir(parents=True, exist_ok=True)
model = load_model(model_file("runner.osim"))
for speed in norm_speeds():
    print(write_mean_trial(folder, model, speed).trial)
for cause in read_table("runner_causes.toml")["cause"]:
    truth = write_cause_trial(folder, model, cause)
    peaks = np.degrees([truth.swing.knee_flexion_rad.max(), truth.peak_without_hamstrings_rad])
    print(f"{cause}: peak flexion {peaks[0]:.1f}°, without hamstrings {peaks[1]:.1f}°")
