"""What the user should know of muscle forces: muscles that fall short, or contradict EMG, or are stretched too far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from swinglever.motion.inputs import Inputs
from swinglever.muscles.forces import LegForces
from swinglever.muscles.legs import PassiveKnee
from swinglever.records.emg import LARGEST_MISFIT, EmgRecord
from swinglever.records.report import Swing


@dataclass(frozen=True, kw_only=True)
class PassiveDoubts:
    """What is doubtful of the muscles of a leg at rest.

    Attributes
    ----------
    side
        The leg.
    overstretched
        Muscles whose passive force was left out, and how many times their maximum isometric force it would be.
    knee
        How hard they extend the knee where it is bent most; None where passive force makes no part of the moments.
    """

    side: str
    overstretched: Mapping[str, float]
    knee: PassiveKnee | None


def doubts_of(forces: LegForces) -> PassiveDoubts:
    """Say what is doubtful of the muscles of some swings of a leg."""
    legs = forces.legs
    knee = legs.passive_knee if forces.passive_included else None
    return PassiveDoubts(side=legs.dynamics.swings.side, overstretched=legs.overstretched, knee=knee)


def join_doubts(parts: Sequence[PassiveDoubts]) -> tuple[PassiveDoubts, ...]:
    """Say what is doubtful of each leg, out of what is doubtful of parts of its swings."""
    return tuple(
        _joined([part for part in parts if part.side == side]) for side in dict.fromkeys(p.side for p in parts)
    )


def _joined(parts: Sequence[PassiveDoubts]) -> PassiveDoubts:
    worst: dict[str, float] = {}
    for part in parts:
        worst |= {name: max(times, worst.get(name, times)) for name, times in part.overstretched.items()}
    knees = [part.knee for part in parts if part.knee is not None]
    knee = max(knees, key=lambda knee: knee.knee_deg, default=None)
    return PassiveDoubts(side=parts[0].side, overstretched=worst, knee=knee)


def warn_of_muscles(inputs: Inputs, doubts: Sequence[PassiveDoubts], swings: Sequence[Swing]) -> tuple[str, ...]:
    """Give one line for each kind of doubt.

    Parameters
    ----------
    inputs
        What was asked for, of which model.
    doubts
        What is doubtful of each leg with muscle forces.
    swings
        What was found of every swing.
    """
    at_rest = [*_warn_of_stretch(doubts), *_warn_of_passive_knee(inputs, doubts)]
    records = {swing.id: swing.emg for swing in swings if swing.emg is not None}
    passive = at_rest if inputs.parameters.passive_force else []
    return (*passive, *_warn_of_reserves(swings), *_warn_of_contradiction(records))


def _warn_of_stretch(doubts: Sequence[PassiveDoubts]) -> list[str]:
    worst = {name: times for leg in doubts for name, times in leg.overstretched.items()}
    if not worst:
        return []
    told = ", ".join(f"{name} ({times:.1f} times)" for name, times in sorted(worst.items(), key=lambda i: -i[1]))
    return [
        f"passive force left out of muscles where it would exceed the maximum isometric force: {told}; "
        "the model's tendon slack lengths do not fit its bones"
    ]


TOO_STIFF = 2.0
"""Times what was published, above which passive quadriceps are told of: people differ by half or so."""


def _warn_of_passive_knee(inputs: Inputs, doubts: Sequence[PassiveDoubts]) -> list[str]:
    """One line where muscles at rest extend the bent knee far harder than people's, and are not made softer."""
    knees = [leg.knee for leg in doubts if leg.knee is not None]
    stiff = [k for k in knees if k.by_muscle_nm.sum() > TOO_STIFF * max(k.published_nm, 1.0)]
    if not stiff or inputs.parameters.soft_quadriceps:
        return []
    worst = max(stiff, key=lambda k: float(k.by_muscle_nm.sum()))
    return [
        f"muscles at rest extend the knee by {worst.by_muscle_nm.sum():.0f} N m at {worst.knee_deg:.0f}° of flexion, "
        f"where people's do by about {worst.published_nm:.0f} (Riener & Edrich 1999); static optimization answers with "
        "hamstrings that may not have worked: compare soft_quadriceps = true in a --config file"
    ]


def _warn_of_reserves(swings: Sequence[Swing]) -> list[str]:
    """One line that tells at which coordinates reserves are large, and in how many swings."""
    large: dict[str, int] = {}
    solved = [swing.muscles for swing in swings if swing.muscles is not None]
    for muscles in solved:
        for coordinate in muscles.reserve_flags:
            large[coordinate] = large.get(coordinate, 0) + 1
    if not large:
        return []
    told = ", ".join(f"{coordinate} in {count}" for coordinate, count in large.items())
    return [f"muscles fall short (reserve's peak above a tenth of the net moment's) of {len(solved)} swings: {told}"]


def _warn_of_contradiction(records: dict[str, EmgRecord]) -> list[str]:
    """One line for every channel that the joint moments contradict, with the swings."""
    told: dict[str, list[str]] = {}
    worst: dict[str, float] = {}
    for swing, record in records.items():
        for name in record.contradicted():
            told.setdefault(name, []).append(swing)
            worst[name] = max(worst.get(name, 0.0), float(record.misfit[record.names.index(name)]))
    if not told:
        return []
    each = ", ".join(
        f"{name} by {worst[name]:.2f} ({len(swings)} of {len(records)} swings)" for name, swings in told.items()
    )
    return [
        f"the joint moments contradict EMG, RMS of activation found less activation asked for above {LARGEST_MISFIT:g} "
        f"or gain at its bound: {each}; look at the channels' names, their timing and artefacts"
    ]
