"""What the page plots: for each topic, the curves of every swing over percent of the swing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from swinglever.arrays import Array, Floats
from swinglever.errors import UndefinedError
from swinglever.metrics.chain import kinetic_energy_j, shank_power
from swinglever.metrics.muscular import group_power_w
from swinglever.metrics.reading import in_group, motion_of, muscles_of
from swinglever.records.report import Swing, SwingReport
from swinglever.records.words import CASES, GROUPS, SCOPES, in_order, title_of

PERCENT = np.arange(101.0)


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One plot of the page.

    Attributes
    ----------
    id, section, title, unit, note
        Where it stands and what it says.
    keys, labels
        Of its curves (c).
    values
        (S,c,101) at percent of swing; nan where a swing has no such curve.
    stacks
        Whether the curves add up to the change of the knee angle.
    bands
        (2,S,c,101) 5th and 95th percentile with varied inputs; nan where a curve has none; None where no curve has.
    """

    id: str
    section: str
    title: str
    unit: str
    note: str
    keys: tuple[str, ...]
    labels: tuple[str, ...]
    values: Array
    stacks: bool = False
    bands: Array | None = None


def topics_of(report: SwingReport) -> list[Topic]:
    """Gather every topic that the report has anything for."""
    found = [*_motion(report), *_contributions(report), *_replays(report), *_lever(report), *_chain(report)]
    found += [*_muscles(report), *_emg(report)]
    return [topic for topic in found if np.isfinite(topic.values).any()]


def on_percent(swing: Swing, curve: Floats, time_s: Floats | None = None) -> Array:
    """A curve (K, ...) of a swing at percent of it, (101, ...); nan beyond its own times."""
    own = swing.time_s if time_s is None else time_s
    wanted = swing.toe_off_s + PERCENT / 100.0 * (swing.foot_strike_s - swing.toe_off_s)
    flat = np.asarray(curve, float).reshape(len(own), -1)
    slack = 1e-6 * (swing.foot_strike_s - swing.toe_off_s)
    inside = (wanted >= own[0] - slack) & (wanted <= own[-1] + slack)
    columns = [np.where(inside, np.interp(wanted, own, column), np.nan) for column in flat.T]
    return np.stack(columns, axis=1).reshape(101, *np.shape(curve)[1:])


def gather(report: SwingReport, curves: Sequence[Callable[[Swing], Array]]) -> Array:
    """Values (S,c,101) of some curves; nan where a swing has none."""
    return np.array([[_try(swing, curve) for curve in curves] for swing in report.swings]).reshape(-1, len(curves), 101)


def _try(swing: Swing, curve: Callable[[Swing], Array]) -> Array:
    try:
        return on_percent(swing, curve(swing))
    except (UndefinedError, KeyError):
        return np.full(101, np.nan)


def _topic(report: SwingReport, curves: Mapping[str, tuple[str, Callable[[Swing], Array]]], **told: Any) -> Topic:
    labels, functions = zip(*curves.values(), strict=True)
    return Topic(keys=tuple(curves), labels=labels, values=gather(report, functions), **told)


def _motion(report: SwingReport) -> Iterator[Topic]:
    yield _topic(
        report,
        {
            "knee": ("knee", lambda s: np.degrees(s.knee_flexion_rad)),
            "hip": ("hip", lambda s: np.degrees(s.hip_flexion_rad)),
        },
        id="angles",
        section="motion",
        title="Knee and hip flexion",
        unit="°",
        note="Every swing thin, their mean thick, one standard deviation shaded. Dotted, here and below: thigh "
        "reversal, peak flexion and pass under the hip, in the mean of the swings.",
    )


_VARIED = " Dotted beside a mean: the 5th and 95th percentile with varied inputs, averaged over the swings."


def _contributions(report: SwingReport) -> Iterator[Topic]:
    scopes = in_order({s for swing in report.swings for s in swing.attribution}, SCOPES)
    for scope in scopes:
        groups = in_order(
            {g for s in report.swings if scope in s.attribution for g in s.attribution[scope].groups}, GROUPS
        )
        bands = _share_bands(report, scope, groups)
        yield Topic(
            id=f"contributions_{scope}",
            section="contributions",
            title=f"Who folds the knee, scope {scope}",
            unit="°",
            note=f"Change of the knee angle since toe-off by cause; {title_of(scope, SCOPES)}. The causes add up to "
            f"the recorded change.{'' if bands is None else _VARIED}",
            keys=tuple(groups),
            labels=tuple(title_of(group, GROUPS) for group in groups),
            values=gather(report, [partial(_share, scope=scope, group=group) for group in groups]),
            stacks=True,
            bands=bands,
        )


def _share(swing: Swing, scope: str, group: str) -> Array:
    return np.degrees(swing.attribution[scope].flexion_of_group(group))


def _share_bands(report: SwingReport, scope: str, groups: Sequence[str]) -> Array | None:
    """What varied inputs do to the shares, (2,S,c,101) degrees."""
    found = np.full((2, len(report.swings), len(groups), 101), np.nan)
    for s, swing in enumerate(report.swings):
        for k, group in enumerate(groups):
            ends = None if swing.bands is None else swing.bands.curve(scope, group)
            if ends is not None:
                found[:, s, k] = on_percent(swing, np.degrees(np.stack(ends, axis=1))).T
    return found if np.isfinite(found).any() else None


def _replays(report: SwingReport) -> Iterator[Topic]:
    cases = in_order({c for swing in report.swings for c in swing.ablation if c != "none"}, CASES)
    if not cases:
        return
    values = np.array(
        [
            [
                on_percent(s, np.degrees(s.knee_flexion_rad)),
                *(
                    on_percent(s, np.degrees(s.ablation[c].knee_flexion_rad), s.ablation[c].time_s)
                    if c in s.ablation
                    else np.full(101, np.nan)
                    for c in cases
                ),
            ]
            for s in report.swings
        ]
    )
    yield Topic(
        id="replays",
        section="replays",
        title="Knee flexion if some forces had not been there",
        unit="°",
        note="The leg integrated forward from toe-off, the pelvis as it moved. Silent: those muscles are off, all "
        "others are activated as they were. Without: those forces are gone, all others are replayed over time.",
        keys=("recorded", *cases),
        labels=("as recorded", *(title_of(case, CASES) for case in cases)),
        values=values,
    )


def _lever(report: SwingReport) -> Iterator[Topic]:
    yield _topic(
        report,
        {"hip_heel_share": ("hip to heel, over the leg's length", lambda s: s.lever["hip_heel_share"])},
        id="lever",
        section="lever",
        title="Length of the lever",
        unit="",
        note="Distance from hip centre to heel over the leg's length: 0.5 is half a leg.",
    )
    yield _topic(
        report,
        {
            "leg_inertia_kg_m2": ("leg as it is", lambda s: s.lever["leg_inertia_kg_m2"]),
            "straight_leg_inertia_kg_m2": ("with a straight knee", lambda s: s.lever["straight_leg_inertia_kg_m2"]),
        },
        id="inertia",
        section="lever",
        title="How hard the leg is to swing",
        unit="kg m²",
        note="Moment of inertia of the leg about the hip.",
    )
    yield _topic(
        report,
        {"heel_height_m": ("heel", lambda s: s.lever["heel_height_m"])},
        id="heel",
        section="lever",
        title="Height of the heel",
        unit="m",
        note="Above the lowest point of the other foot.",
    )


def _chain(report: SwingReport) -> Iterator[Topic]:
    yield _topic(
        report,
        {
            "thigh": ("thigh", lambda s: kinetic_energy_j(motion_of(s), "thigh")),
            "shank": ("shank and foot", lambda s: kinetic_energy_j(motion_of(s), "shank", "foot")),
        },
        id="energy",
        section="energy",
        title="Energy down the chain",
        unit="J",
        note="Kinetic energy: the thigh gives, the shank and foot receive.",
    )
    yield _topic(
        report,
        {
            "knee_force": ("knee's joint force", lambda s: shank_power(motion_of(s)).knee_force_w),
            "knee_moment": ("knee's net moment", lambda s: shank_power(motion_of(s)).knee_moment_w),
            "gravity": ("gravity", lambda s: shank_power(motion_of(s)).gravity_w),
        },
        id="power",
        section="energy",
        title="Power that enters the shank",
        unit="W",
        note="Through the pull at the knee joint (momentum) and through the knee's net moment (muscles).",
    )
    yield _topic(
        report,
        {"knee_net_moment": ("net knee moment, flexion positive", lambda s: s.knee_flexion_moment_nm)},
        id="moment",
        section="energy",
        title="Net knee moment",
        unit="N m",
        note="Above zero it bends the knee, below zero it straightens it.",
    )


_SHOWN = ("hamstrings", "other_knee_flexors", "knee_extensors", "hip_flexors", "hip_extensors")


def _muscles(report: SwingReport) -> Iterator[Topic]:
    for kind, (title, unit, curve, note) in _MUSCLE_KINDS.items():
        curves = {group: (title_of(group, GROUPS), partial(curve, group=group)) for group in _SHOWN}
        yield _topic(report, curves, id=kind, section="muscles", title=title, unit=unit, note=note)


def _force(swing: Swing, group: str) -> Array:
    return np.asarray(muscles_of(swing).force_n[:, in_group(swing, group)].sum(axis=1))


def _power(swing: Swing, group: str) -> Array:
    return np.asarray(group_power_w(swing, group).sum(axis=1))


_MUSCLE_KINDS: Mapping[str, tuple[str, str, Callable[..., Array], str]] = {
    "force": ("Force of the muscles", "N", _force, "Summed over the muscles of a group."),
    "muscle_power": ("Power of the muscles", "W", _power, "Above zero they shorten and drive, below they brake."),
}


def _emg(report: SwingReport) -> Iterator[Topic]:
    groups = in_order({g for s in report.swings if s.emg is not None for g in s.emg.groups if g}, GROUPS)
    if groups:
        yield _topic(
            report,
            {group: (title_of(group, GROUPS), partial(_envelope, group=group)) for group in groups},
            id="emg",
            section="emg",
            title="EMG",
            unit="",
            note="Envelopes over the greatest of each channel in these swings; the mean of a group's channels.",
        )


def _envelope(swing: Swing, group: str) -> Array:
    emg = swing.emg
    if emg is None:
        raise UndefinedError("no EMG")
    chosen = emg.envelope[:, [k for k, g in enumerate(emg.groups) if g == group]]
    peaks = np.nanmax(chosen, axis=0)
    return np.asarray((chosen / np.where(peaks > 0, peaks, np.nan)).mean(axis=1))
