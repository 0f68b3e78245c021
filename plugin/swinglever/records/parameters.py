"""Every choice that an analysis makes, with its default and its reason, in one record."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Self

from swinglever.errors import InputError, named
from swinglever.records.spread import InputSpread
from swinglever.system.toml import WHOLE_BITS, read_toml

LEAST_REPEATS = 20
"""With fewer, a 5th percentile lies outside of what was seen."""


LARGEST_TOLERANCE = 1e-2
"""Inverse kinematics that stops half a degree before its solution has not solved anything."""


PLAYBACKS = ("full", "thin", "none")
"""How much of what viewers show is kept."""


MOST_SLACK_S = 0.15
"""Force outlasts EMG by 0.2 s at most."""


MOST: Mapping[str, tuple[float, str]] = {
    "grid_points": (10_001, "a swing of half a second at 20 kHz"),
    "force_threshold_n": (2000.0, "walkers' whole peak"),
    "reserve_optimal_nm": (1e6, "reserves then cost nothing"),
    "emg_high_pass_hz": (500.0, "surface EMG has next to nothing above"),
    "emg_weight": (1e9, "activations then follow EMG to all digits that tell"),
    "longest_gap_s": (1.0, "two swings"),
    "uncertainty": (100_000, "a percentile changes no more"),
}
"""Largest that some choices may be, and why: beyond, they are slips of the pen, or would take all memory and days."""


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Choices of an analysis; all of them are written into the result file.

    Parameters
    ----------
    filter_hz
        Cut-off of the zero-lag Butterworth filter of the coordinates. 12 Hz: above the swing leg's own motion, which
        has next to nothing beyond 10 Hz, and below the noise that doubles itself in accelerations.
    ik_engine
        ``swinglever`` (all frames at once) or ``opensim`` (OpenSim's own tool, in a child process).
    ik_tolerance
        Inverse kinematics stops when no coordinate of a frame moves by more (rad, m).
    force_threshold_n
        Vertical ground force that counts as contact. 50 N, as for the published norms (Fukuchi 2017 data).
    grid_points
        Samples from toe-off to foot strike of each swing; 101 makes them percents of the swing.
    knee_range_deg
        Widen the model's knee to this much flexion before solving: models of the Rajagopal family clamp it at 120,
        which runners pass from 4.5 m/s on; pelvis and hip are then pulled out of place. Nothing leaves the model as
        it is.
    knee_stop_deg
        Flexion at which heel and buttock stop a knee that swings on without muscles (ablation).
    muscle_solver
        ``static_optimization`` (all frames at once), ``opensim`` (its StaticOptimization, in a child process) or
        ``none`` (net joint moments only), or one that a plugin offers. Forces from a file go before it.
    body_scope
        Whether the fold is also split in the whole free body, with the stance foot held (about 0.3 s a swing).
    passive_force
        Whether passive fibre forces take part in making the moments; OpenSim's StaticOptimization leaves them out.
    soft_quadriceps
        Scale the passive force of all knee extensors so that, at the most bent knee, muscles at rest extend it as
        people's do (Riener & Edrich 1999), where the model's do so harder.
    reserve_optimal_nm
        Reserve moment that costs as much as one muscle's full activation; 1 N m keeps reserves small where muscles can
        do the work.
    emg_high_pass_hz, emg_low_pass_hz
        Cut-offs for raw EMG, both zero-lag: 30 Hz takes away what cables and skin add; 10 Hz, above the usual 6 of
        walking, for bursts of a tenth of a second, which 6 Hz smears over the start of the fold.
    emg_gain
        ``fitted``: one size a channel, from the joint moments; ``given``: the values are shares of a maximal
        contraction, 0 to 1.
    emg_weight
        What a squared distance from EMG costs, beside 1 for the squared activation of a muscle that was not measured:
        the ratio of their variances, (0.35 / 0.08)² being about 20, with 0.35 the usual size of an activation and
        0.08 what EMG may be off by.
    emg_delay_s
        How much later a muscle's activation follows than activation dynamics alone would have it, 0 to 0.15 s: what
        the telemetry delays, and what is known of the way to the tendon. All EMG is shifted by it. 0: not known.
    emg_on_share
        A channel is on above this share of its peak: a fifth, amid the 15 to 25 % in use (Hug & Dorel 2009, *J.
        Electromyogr. Kinesiol.* 19:182).
    emg_slack_s
        How much longer a muscle's force outlasts its EMG than ``models/emg_timing.toml`` has it, s; negative for less.
    emg_names
        What EMG channels are whose names do not tell it, by name: ``LHAMS = "right lateral hamstrings"``; or ``none``,
        to leave one out. A table in a TOML file.
    start_s, end_s
        Part of the trial to analyse; nothing means all of it.
    side
        ``r``, ``l`` or ``both``.
    units
        Length unit of the markers (``mm``, ``cm``, ``m``) where the file's word is wrong; empty to believe the file.
    angles
        ``degrees`` or ``radians`` where a coordinate file's word is missing or wrong; empty to believe the file.
    turn_axes
        Turn markers whose recording has another axis upwards than the model; without it they are refused.
    uncertainty
        Repeats with varied inputs, for bands around the numbers; none when 0, and 20 at least for a 5th percentile.
    seed
        Of the variations: the same seed gives the same bands.
    sizes
        How far off each input may be: see `swinglever.records.spread`; a table in a TOML file.
    longest_gap_s
        Gaps of markers up to this are filled by a cubic spline; 0.05 s: see `swinglever.checks.gaps`.
    playback
        What viewers get: ``full``; ``thin``, 60 poses a second at most and only the ghosts that viewers show first; or
        ``none``. Empty: ``full`` for trials up to 60 s, ``thin`` up to 300 s, else ``none``. No number depends on it.
    """

    filter_hz: float = 12.0
    ik_engine: str = "swinglever"
    ik_tolerance: float = 1e-7
    force_threshold_n: float = 50.0
    grid_points: int = 101
    knee_range_deg: float | None = None
    knee_stop_deg: float = 160.0
    muscle_solver: str = "static_optimization"
    body_scope: bool = False
    passive_force: bool = True
    soft_quadriceps: bool = False
    reserve_optimal_nm: float = 1.0
    emg_high_pass_hz: float = 30.0
    emg_low_pass_hz: float = 10.0
    emg_gain: str = "fitted"
    emg_weight: float = 20.0
    emg_delay_s: float = 0.0
    emg_on_share: float = 0.2
    emg_slack_s: float = 0.0
    emg_names: Mapping[str, str] = field(default_factory=dict)
    start_s: float | None = None
    end_s: float | None = None
    side: str = "both"
    units: str = ""
    angles: str = ""
    turn_axes: bool = False
    longest_gap_s: float = 0.05
    uncertainty: int = 0
    seed: int = 0
    sizes: InputSpread = field(default_factory=InputSpread)
    playback: str = ""

    def __post_init__(self) -> None:
        for field_ in fields(self):
            _demand_kind(field_.name, field_.type, getattr(self, field_.name))
        for name, (most, why) in MOST.items():
            _demand(getattr(self, name) <= most, name, f"{most:g} or less ({why})", getattr(self, name))
        _demand(self.filter_hz >= 1, "filter_hz", "a cut-off of 1 Hz or more, as steps come faster", self.filter_hz)
        small = 0 < self.ik_tolerance <= LARGEST_TOLERANCE
        _demand(small, "ik_tolerance", f"a step above 0 and up to {LARGEST_TOLERANCE:g} rad", self.ik_tolerance)
        _demand(self.ik_engine in ("swinglever", "opensim"), "ik_engine", "'swinglever' or 'opensim'", self.ik_engine)
        _demand(self.reserve_optimal_nm > 0, "reserve_optimal_nm", "a moment above 0 N m", self.reserve_optimal_nm)
        _demand(self.emg_low_pass_hz > 0, "emg_low_pass_hz", "a cut-off above 0 Hz", self.emg_low_pass_hz)
        above = self.emg_high_pass_hz > self.emg_low_pass_hz
        _demand(above, "emg_high_pass_hz", "a cut-off above emg_low_pass_hz", self.emg_high_pass_hz)
        _demand(self.emg_gain in ("fitted", "given"), "emg_gain", "'fitted' or 'given'", self.emg_gain)
        _demand(self.emg_weight > 0, "emg_weight", "a weight above 0", self.emg_weight)
        _demand(0 <= self.emg_delay_s <= 0.15, "emg_delay_s", "a delay of 0 to 0.15 s", self.emg_delay_s)
        _demand(0 < self.emg_on_share < 1, "emg_on_share", "a share in (0, 1)", self.emg_on_share)
        slack = f"{-MOST_SLACK_S:g} to {MOST_SLACK_S:g} s"
        _demand(abs(self.emg_slack_s) <= MOST_SLACK_S, "emg_slack_s", slack, self.emg_slack_s)
        told = isinstance(self.emg_names, Mapping) and all(isinstance(text, str) for text in self.emg_names.values())
        _demand(told, "emg_names", "a table of names and what they mean", self.emg_names)
        repeats = self.uncertainty == 0 or self.uncertainty >= LEAST_REPEATS
        _demand(repeats, "uncertainty", f"0 or at least {LEAST_REPEATS} repeats", self.uncertainty)
        _demand(self.seed >= 0, "seed", "0 or more", self.seed)
        if self.uncertainty:
            ours = self.ik_engine == "swinglever" and self.muscle_solver != "opensim"
            _demand(ours, "uncertainty", "swinglever's own solvers, as OpenSim's would take days", "opensim")
        _demand(self.side in ("r", "l", "both"), "side", "'r', 'l' or 'both'", self.side)
        _demand(self.units in ("", "mm", "cm", "m"), "units", "'mm', 'cm' or 'm'", self.units)
        _demand(self.angles in ("", "degrees", "radians"), "angles", "'degrees' or 'radians'", self.angles)
        _demand(self.playback in ("", *PLAYBACKS), "playback", "'full', 'thin' or 'none'", self.playback)
        _demand(self.longest_gap_s >= 0, "longest_gap_s", "0 s or more", self.longest_gap_s)
        _demand(self.grid_points >= 21, "grid_points", "21 or more", self.grid_points)
        _demand(self.force_threshold_n > 0, "force_threshold_n", "a force above 0 N", self.force_threshold_n)
        _demand(0 < self.knee_stop_deg <= 180, "knee_stop_deg", "an angle in (0, 180]", self.knee_stop_deg)
        if self.knee_range_deg is not None:
            _demand(0 < self.knee_range_deg <= 180, "knee_range_deg", "an angle in (0, 180]", self.knee_range_deg)
            ours = self.ik_engine == "swinglever"
            _demand(ours, "knee_range_deg", "ik_engine 'swinglever', as OpenSim reads its own file", self.ik_engine)
        if self.start_s is not None and self.end_s is not None:
            _demand(self.start_s < self.end_s, "start_s, end_s", "start before end", (self.start_s, self.end_s))

    @classmethod
    def from_toml(cls, path: Path, **changes: Any) -> Self:
        """Read a TOML file with any of the names above; ``changes`` that are not None go before it.

        Raises
        ------
        MissingFileError, InputError
            When the file is not there, is not TOML, or has a name that does not exist.
        """
        table = read_toml(path, "a configuration file")
        chosen = {k: v for k, v in changes.items() if v is not None}
        try:
            return cls.from_table(table | chosen)
        except InputError as error:
            cls.from_table(chosen)  # where these are wrong, the file is not to blame
            raise InputError(f"{path}: {error}") from error

    @classmethod
    def from_table(cls, table: dict[str, Any]) -> Self:
        """Make parameters of a table of names and values."""
        known = [f.name for f in fields(cls)]
        unknown = sorted(set(table) - set(known))
        if unknown:
            raise InputError(f"there is no parameter {unknown[0]!r}; there are {named(known, 99)}")
        try:
            if isinstance(table.get("sizes"), Mapping):
                table = table | {"sizes": InputSpread.from_table(table["sizes"])}
            return cls(**table)
        except TypeError as error:
            raise InputError(f"a parameter has a value of the wrong kind: {error}") from error

    def as_table(self) -> dict[str, Any]:
        """Give names and values, for the result file."""
        return asdict(self)


def _is_number(value: Any) -> bool:
    try:
        return type(value) is not bool and isinstance(value, Real) and math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _is_whole(value: Any) -> bool:
    return type(value) is not bool and isinstance(value, Integral) and int(value).bit_length() < WHOLE_BITS


_KINDS: Mapping[Any, tuple[str, Callable[[Any], bool]]] = {
    float: ("a finite number", _is_number),
    float | None: ("a finite number", lambda value: value is None or _is_number(value)),
    int: ("a whole number", _is_whole),
    bool: ("true or false", lambda value: isinstance(value, bool)),
    str: ("a text", lambda value: isinstance(value, str)),
    Mapping[str, str]: ("a table of names and what they mean", lambda value: isinstance(value, Mapping)),
    InputSpread: ("a table of sizes", lambda value: isinstance(value, InputSpread)),
}
"""What a field of each type may hold: TOML tells ``true`` from ``"true"``, and 1 from true."""


def _demand_kind(name: str, kind: Any, value: Any) -> None:
    expected, holds = _KINDS[kind]
    _demand(holds(value), name, expected, _shown(value))


def _shown(value: Any) -> str:
    try:
        return repr(value)
    except ValueError:
        return "one of thousands of digits, which Python does not write"


def _demand(holds: bool, name: str, expected: str, got: Any) -> None:
    if not holds:
        raise InputError(f"{name}: expected {expected}, got {got}")
