"""Metrics: every claim about the swing leg as a number. One file a theme; to add a metric, add it to a file's list."""
