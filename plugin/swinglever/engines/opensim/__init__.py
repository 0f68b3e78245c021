"""The OpenSim engine: the only place that imports opensim."""

import os

os.environ.setdefault("PATH", os.defpath)  # opensim adds a folder to it, and ends where there is none

from swinglever.engines.opensim.load import load_model

__all__ = ["load_model"]
