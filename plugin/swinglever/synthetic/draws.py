"""Swings drawn from a wide distribution of causes: what a verdict is calibrated on.

A draw says who works while the knee folds (its kind), how much, when and for how long; what stance leaves behind; how
hard the hip drives, how fast the knee flexes at toe-off, and the pace. The distribution is ours: it covers what could
happen, not what runners mostly do.
"""

from dataclasses import dataclass

import numpy as np

from swinglever.synthetic.cause import Burst, Cause

_HAMSTRINGS = ("bflh", "bfsh", "semimem", "semiten")
_VASTI = ("vasint", "vaslat", "vasmed")
_GASTROCNEMIUS = ("gasmed", "gaslat")
_CROSSING = (*_HAMSTRINGS, *_VASTI, *_GASTROCNEMIUS, "recfem", "sart", "grac", "tfl")

_Heights = dict[str, tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Who works in a kind of swing: ranges of activation of groups of muscles, and when bursts may begin.

    ``weight`` is how often it is drawn; ``start`` and ``lasting`` are ranges, in shares of the swing.
    """

    weight: float
    groups: tuple[tuple[tuple[str, ...], tuple[float, float]], ...]
    start: tuple[float, float] = (-0.10, 0.10)
    lasting: tuple[float, float] = (0.15, 0.50)


KINDS = {
    "nobody": Kind(weight=3.0, groups=()),
    "hamstrings": Kind(weight=6.0, groups=((_HAMSTRINGS, (0.05, 1.0)),)),
    "hamstrings late": Kind(weight=1.0, groups=((_HAMSTRINGS, (0.1, 1.0)),), start=(0.25, 0.35), lasting=(0.15, 0.3)),
    "short head": Kind(weight=1.0, groups=((("bfsh",), (0.1, 1.0)),)),
    "gastrocnemius": Kind(weight=1.0, groups=((_GASTROCNEMIUS, (0.05, 0.6)),)),
    "sartorius": Kind(weight=1.0, groups=((("sart",), (0.1, 1.0)),)),
    "quadriceps": Kind(weight=1.5, groups=(((*_VASTI, "recfem"), (0.01, 0.12)),)),
    "hamstrings against vasti": Kind(weight=3.0, groups=((_HAMSTRINGS, (0.1, 1.0)), (_VASTI, (0.01, 0.10)))),
    "hamstrings against rectus": Kind(weight=3.0, groups=((_HAMSTRINGS, (0.1, 1.0)), (("recfem",), (0.05, 0.4)))),
    "everybody": Kind(
        weight=3.0,
        groups=(
            (_HAMSTRINGS, (0.05, 0.8)),
            (_GASTROCNEMIUS, (0.02, 0.3)),
            (("sart", "grac"), (0.02, 0.5)),
            ((*_VASTI, "recfem"), (0.01, 0.10)),
        ),
    ),
}
"""Kinds of swings; quadriceps are strong, and a tenth of them holds the knee."""

SPEEDS_M_S = (2.5, 4.5)
HIP_DRIVE = (0.8, 1.2)
KNEE_SPEED_RAD_S = 0.9
"""Standard deviation of the knee's speed at toe-off; 90 to 105 °/s between runners at one pace (Fukuchi et al. 2017),
of which about half is drawn, as the simulated knee has to fold."""
UNEVEN = 0.3
"""Muscles of a group differ: the logarithm of each one's share has this standard deviation."""
TAIL, TAIL_HEIGHT = 0.6, 0.3
"""How many swings have a tail of stance in hamstrings or gastrocnemius, and its largest height."""
TONE = 0.03
"""Every muscle across the knee may have so much activation all along, at most."""


@dataclass(frozen=True, kw_only=True)
class Draw:
    """A drawn swing: its number, its kind, its pace, and what causes it."""

    number: int
    kind: str
    speed_m_s: float
    cause: Cause


def draw(seed: int, number: int) -> Draw:
    """Draw a swing; the same for the same seed and number, whatever else is drawn."""
    random = np.random.default_rng([seed, number])
    weights = np.array([kind.weight for kind in KINDS.values()])
    name = str(random.choice(list(KINDS), p=weights / weights.sum()))
    tail = _uneven(random, (*_HAMSTRINGS, *_GASTROCNEMIUS), random.uniform(0.0, TAIL_HEIGHT))
    cause = Cause(
        name=name,
        bursts=(_tone(random), *_bursts(random, KINDS[name])),
        tail=tail if random.uniform() < TAIL else {},
        hip_drive=float(random.uniform(*HIP_DRIVE)),
        knee_speed_rad_s=float(KNEE_SPEED_RAD_S * random.normal()),
    )
    return Draw(number=number, kind=name, speed_m_s=float(random.uniform(*SPEEDS_M_S)), cause=cause)


def _bursts(random: np.random.Generator, kind: Kind) -> tuple[Burst, ...]:
    """One burst a group, about together: starts differ by a twentieth of the swing."""
    start, lasting = random.uniform(*kind.start), random.uniform(*kind.lasting)
    bursts = []
    for muscles, (least, most) in kind.groups:
        height = float(random.uniform(least, most))
        begin = float(start + random.uniform(-0.05, 0.05))
        bursts.append(Burst(activation=_uneven(random, muscles, height), start=begin, end=begin + float(lasting)))
    return tuple(bursts)


def _tone(random: np.random.Generator) -> Burst:
    """Hardly any activation, from before toe-off until long after the fold."""
    height = random.uniform(0.0, TONE)
    return Burst(activation=_uneven(random, _CROSSING, height), start=-1.0, end=1.5)


def _uneven(random: np.random.Generator, muscles: tuple[str, ...], height: float) -> dict[str, float]:
    return {m: float(min(height * np.exp(UNEVEN * random.normal()), 1.0)) for m in muscles}
