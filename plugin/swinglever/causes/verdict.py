"""What initiated the fold: a verdict for each swing, with its thresholds in one table.

It rests on three findings. (a) The share of the flexion gained in the first half of folding that the hamstrings'
active force made, with only the knee released. (b) By how much the peak falls when the hamstrings are silenced.
(c) Whether the net knee moment flexes or extends in early folding.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from swinglever.anatomy.groups import members
from swinglever.causes.sources import UNEXPLAINED
from swinglever.records.attribution import Attribution
from swinglever.records.emg import EmgRecord
from swinglever.records.folding import half_fold
from swinglever.records.report import Swing

HAMSTRING_INITIATED, MOMENTUM_DRIVEN, MIXED, UNDECIDED = (
    "hamstring-initiated",
    "momentum-driven",
    "mixed",
    "undecided",
)


_DISSENT = 0.05
"""Share of the repeats that may give another verdict."""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where the verdict turns: starting values, calibrated on simulated swings whose cause is known.

    Attributes
    ----------
    initiated_share, initiated_drop_deg
        ``hamstring-initiated`` needs the hamstrings to make at least this share of the early flexion, and the peak to
        fall by at least so much when they are silent, the other muscles activated as they were.
    initiated_moment_nm_kg
        ``hamstring-initiated`` also needs this much of a net flexor moment at the knee in early folding: hamstrings
        that only outweigh stretched extensors do not pull the heel up. A walker's moment stays within 0.03 of zero.
    driven_share, driven_drop_deg
        ``momentum-driven`` needs less than this share, and the peak to fall by less than this. 5 degrees was the value
        to start from; in simulated swings whose hamstrings are silent, static optimization has them cost 4 to 7.
    least_flexion_deg
        Below this gain of flexion in the first half of folding, a share of it means nothing.
    open_closure_deg
        Above this, the sources do not sum to the motion, and nothing is decided.
    """

    initiated_share: float = 0.25
    initiated_drop_deg: float = 10.0
    initiated_moment_nm_kg: float = 0.05
    driven_share: float = 0.10
    driven_drop_deg: float = 10.0
    least_flexion_deg: float = 5.0
    open_closure_deg: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What the verdict rests on; a range (lowest, highest) for what is not known exactly.

    Attributes
    ----------
    hamstring_share
        Of the flexion gained in the first half of folding.
    peak_drop_deg
        Peak flexion with all forces, less that with silent hamstrings.
    knee_moment_nm_kg
        Mean net knee moment in early folding, flexion positive.
    early_flexion_deg
        Flexion gained in the first half of folding.
    closure_deg
        What the sources leave of the motion.
    reserves
        Coordinates whose reserves are large.
    short_head_share
        Of the early flexion, by the short head of biceps femoris alone, which does not cross the hip; None where the
        model has none.
    silent_by_emg
        Hamstrings' channels that tell anything, if EMG has them and none is on in the first half of folding.
    """

    hamstring_share: tuple[float, float]
    peak_drop_deg: tuple[float, float]
    knee_moment_nm_kg: float
    early_flexion_deg: float
    closure_deg: float
    reserves: tuple[str, ...] = ()
    short_head_share: float | None = None
    silent_by_emg: tuple[str, ...] = ()


def judge(swing: Swing, mass_kg: float) -> tuple[str, str]:
    """Give the verdict on a swing of a body of some mass, and its reason in one line.

    Where there are no muscle forces, it says what net joint moments alone can say: undecided, with the sign of the
    early knee moment.
    """
    if swing.muscles is None:
        return UNDECIDED, f"no muscle forces; {_moment_text(early_knee_moment(swing, mass_kg))}"
    return decide(gather_findings(swing, mass_kg))


def early_knee_moment(swing: Swing, mass_kg: float) -> float:
    """Mean net knee moment over the first half of folding, N m/kg, flexion positive."""
    return float(np.mean(swing.knee_flexion_moment_nm[: half_fold(swing.knee_flexion_rad) + 1]) / mass_kg)


def gather_findings(swing: Swing, mass_kg: float) -> Findings:
    """Gather what the verdict rests on from what was found of a swing with muscle forces.

    Notes
    -----
    Where reserves are large, the moment that no muscle delivered might have been the hamstrings' too, or might have
    been resisted by them: the share is given with and without it.
    """
    shank, cases, half = swing.attribution["shank"], swing.ablation, half_fold(swing.knee_flexion_rad)
    gained = float(np.degrees(swing.knee_flexion_rad[half] - swing.knee_flexion_rad[0]))
    reserves = () if swing.muscles is None else swing.muscles.reserve_flags
    groups = shank.degrees_by_group(half)
    gained_or_nan = gained if gained > 0 else float("nan")  # a knee that only opens has no fold to share
    share = groups.get("hamstrings", 0.0) / gained_or_nan
    doubt = groups.get(UNEXPLAINED, 0.0) / gained_or_nan if reserves else 0.0
    drop = float(np.degrees(cases["none"].peak_flexion_rad - cases["silent_hamstrings"].peak_flexion_rad))
    return Findings(
        hamstring_share=(share - max(-doubt, 0.0), share + max(doubt, 0.0)),
        peak_drop_deg=(drop, drop),
        knee_moment_nm_kg=early_knee_moment(swing, mass_kg),
        early_flexion_deg=gained,
        closure_deg=float(np.degrees(shank.closure_rad)),
        reserves=reserves,
        short_head_share=_short_head_share(shank, half, gained),
        silent_by_emg=() if swing.emg is None else _off(swing.emg, half),
    )


def _off(emg: EmgRecord, half: int) -> tuple[str, ...]:
    """Hamstrings' channels, if there are any and none is on up to a sample."""
    mine = [k for k, group in enumerate(emg.groups) if group == "hamstrings" and emg.measured[k]]
    return () if emg.on[: half + 1, mine].any() else tuple(emg.names[k] for k in mine)


def _short_head_share(shank: Attribution, half: int, gained_deg: float) -> float | None:
    heads = members("biceps_short_head", shank.sources)
    if not heads or gained_deg == 0.0:
        return None
    return sum(shank.degrees(head, half) for head in heads) / gained_deg


def decide(findings: Findings, thresholds: Thresholds | None = None) -> tuple[str, str]:
    """Give the verdict and its reason in one line.

    Parameters
    ----------
    findings
        What is known of the swing.
    thresholds
        Where the verdict turns; the starting values when not given.
    """
    limits = thresholds or Thresholds()
    if not findings.early_flexion_deg >= limits.least_flexion_deg:
        return UNDECIDED, (
            f"the knee gains only {findings.early_flexion_deg:.1f}° in the first half of folding: too little to share"
        )
    if findings.closure_deg > limits.open_closure_deg:
        return UNDECIDED, f"the sources miss the recorded motion by {findings.closure_deg:.2f}°"
    if not np.isfinite(findings.peak_drop_deg).all():
        return UNDECIDED, "the leg with silent hamstrings ran away from the integration"
    moment = findings.knee_moment_nm_kg
    found = {
        _classify(share, drop, moment, limits) for share in findings.hamstring_share for drop in findings.peak_drop_deg
    }
    if found == {HAMSTRING_INITIATED} and findings.silent_by_emg:
        told = f"EMG contradicts {HAMSTRING_INITIATED}, never on in early folding: {', '.join(findings.silent_by_emg)}"
        return UNDECIDED, f"{told}; {_reason(findings)}"
    if len(found) == 1:
        return found.pop(), _reason(findings)
    between = " or ".join(sorted(found))
    return UNDECIDED, f"{between}: {_reason(findings)}"


def settle(verdict: str, reason: str, repeats: Mapping[str, int]) -> tuple[str, str]:
    """Let a verdict stand only where varied inputs give it too.

    Parameters
    ----------
    verdict, reason
        Of the inputs as they were measured.
    repeats
        How many variations gave each verdict. Where 5 % or more give another, a 5th or 95th percentile lies beyond a
        threshold.
    """
    total = sum(repeats.values())
    told = ", ".join(f"{name} in {count}" for name, count in sorted(repeats.items(), key=lambda item: -item[1]))
    if verdict == UNDECIDED or repeats.get(verdict, 0) > (1.0 - _DISSENT) * total:
        return verdict, f"{reason}; {told} of {total} repeats with varied inputs"
    return UNDECIDED, f"{told} of {total} repeats with varied inputs; as measured {verdict}: {reason}"


def _classify(share: float, drop_deg: float, moment_nm_kg: float, limits: Thresholds) -> str:
    pulls = share >= limits.initiated_share and drop_deg >= limits.initiated_drop_deg
    if pulls and moment_nm_kg >= limits.initiated_moment_nm_kg:
        return HAMSTRING_INITIATED
    if share < limits.driven_share and drop_deg < limits.driven_drop_deg:
        return MOMENTUM_DRIVEN
    return MIXED


def _reason(findings: Findings) -> str:
    head = findings.short_head_share
    alone = f" (short head of biceps alone {100.0 * head:.0f}%)" if head is not None else ""
    parts = [
        f"hamstrings made {_range(findings.hamstring_share, 100.0, '%')} of the early flexion{alone}",
        f"the peak falls by {_range(findings.peak_drop_deg, 1.0, '°')} if they are silent",
        _moment_text(findings.knee_moment_nm_kg),
    ]
    if findings.reserves:
        parts.append(f"large reserves at {', '.join(findings.reserves)}")
    return "; ".join(parts)


def _moment_text(moment: float) -> str:
    kind = "flexes" if moment > 0 else "extends"
    return f"the early net knee moment {kind} ({abs(moment):.2f} N m/kg)"


def _range(bounds: tuple[float, float], factor: float, unit: str) -> str:
    low, high = (factor * b for b in bounds)
    return f"{low:.0f}{unit}" if f"{low:.0f}" == f"{high:.0f}" else f"{low:.0f} to {high:.0f}{unit}"
