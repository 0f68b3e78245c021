"""How far a toe-off may be off, by where it comes from and how the person went: one table."""

from swinglever.records.foot_event import Gait

MEASURED_SD_S = 0.006
"""Of a toe-off found by motion in running: root mean square against a vertical force of 50 N, of each runner as if he
had not been there when the detector's constant was set. ``scripts/develop/compare_toe_off.py`` prints it, 6.1 ms: 537
toe-offs of three runners in seven trials of 2.5 to 4.5 m/s, each trial counted alike. Three runners do not tell a
mean other than zero, nor a skew: the percentiles of two of them held as little as 64 % of the third's toe-offs. Which
signals the detector looks at was chosen among some sixty on these same trials, so a new runner may well be further
off."""

_TOE_OFF_SD_S: dict[tuple[str, Gait], float] = {
    ("kinematics", "running"): MEASURED_SD_S,
    ("kinematics", "walking"): 2.0 * MEASURED_SD_S,
    **{("ground_force", gait): 0.003 for gait in ("running", "walking")},
    **{(source, gait): 0.0 for source in ("simulation", "norms") for gait in ("running", "walking")},
}
"""Walking: assumed, twice the runners'; all that was measured is three toe-offs of one man, 7 ms late in the mean.
Ground force: assumed, the sampling of plates; with a threshold of 20 N instead of 50 N it comes 8 ms later."""


_NINE_OF_TEN = 1.645
"""Within so many standard deviations nine of ten errors lie."""


def toe_off_error_s(source: str, gait: Gait) -> float:
    """Say within how much, s, of the truth nine of ten toe-offs from some source lie."""
    return _NINE_OF_TEN * toe_off_sd_s(source, gait)


def toe_off_sd_s(source: str, gait: Gait) -> float:
    """Say how far toe-offs from some source may be off: standard deviation, s, about zero.

    Parameters
    ----------
    source
        Where the toe-off comes from. Of a file's labels, and of sources that a plugin names, nothing is known; they
        count as good as motion.
    gait
        How the person went.
    """
    return _TOE_OFF_SD_S.get((source, gait), MEASURED_SD_S)
