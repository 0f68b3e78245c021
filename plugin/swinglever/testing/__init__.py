"""For plugin authors: reports of a swing that comes with swinglever, and a check that runs a plugin on it.

Examples
--------
>>> report = example_report()
>>> report.swing("r_1").side, len(report.swings) > 2
('r', True)
"""

from swinglever.testing.checking import Check, check
from swinglever.testing.examples import example_model, example_report, example_swing, example_trial, write_example_trial

__all__ = ["Check", "check", "example_model", "example_report", "example_swing", "example_trial", "write_example_trial"]
