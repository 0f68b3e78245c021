"""Readers of the files that laboratories have: one module a format. Units and axes become SI and OpenSim's here."""
