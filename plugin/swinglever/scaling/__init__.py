"""A generic model made to fit a person."""
