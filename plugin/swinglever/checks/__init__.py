"""Checks of what goes into an analysis: one module a kind of input, each a pure function that gives faults."""
