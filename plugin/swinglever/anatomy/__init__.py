"""A model as arrays: bodies and joints, legs, muscles, surfaces."""
