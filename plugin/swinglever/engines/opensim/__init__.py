"""The OpenSim engine: the only place that imports opensim."""

from swinglever.engines.opensim.load import load_model

__all__ = ["load_model"]
