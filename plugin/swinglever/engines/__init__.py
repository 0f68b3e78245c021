"""Engines: what turns a model file into bodies, joints, masses and muscle paths. One file an engine."""
