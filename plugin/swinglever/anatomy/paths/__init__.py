"""Muscle paths: lengths and moment arms."""
