"""No muscle forces: the net joint moments are the causes."""

from swinglever.muscles.legs import LegMuscles


def solve_nothing(legs: LegMuscles) -> None:
    """Leave the muscles unknown."""
