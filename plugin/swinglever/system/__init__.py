"""Bundled files, whole files, child processes."""
