"""Swings of known cause: our own model, its runners, and what a leg would do by itself."""
