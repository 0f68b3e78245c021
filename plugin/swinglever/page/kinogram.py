"""The kinogram: the frames of a swing that coaches read, as a strip of drawings that prints."""

from collections.abc import Sequence

import numpy as np

from swinglever.arrays import Array
from swinglever.metrics.legs import sides_of
from swinglever.page.html import Html, tag
from swinglever.page.recording import leg_bodies
from swinglever.page.sticks import Stick
from swinglever.page.view import turn_points, view_axes
from swinglever.records.report import Swing, SwingReport
from swinglever.records.words import EVENTS, SIDES

_SCALE = 100.0
"""Units of the drawing for a metre."""


def typical_swing(report: SwingReport, side: str) -> Swing:
    """The swing of a leg whose peak flexion is nearest to the leg's median, the first of several."""
    swings = [s for s in report.swings if s.side == side]
    median = float(np.median([s.peak_flexion_deg for s in swings]))
    return min(swings, key=lambda s: abs(s.peak_flexion_deg - median))


def frames_of(swing: Swing) -> list[tuple[str, float, float]]:
    """Events inside the swing: (words, time in s, knee flexion in degrees), in order of time."""
    times = [(words, float(getattr(swing, field))) for field, words in EVENTS.items()]
    inside = [(w, t) for w, t in times if np.isfinite(t) and swing.toe_off_s - 1e-9 <= t <= swing.foot_strike_s + 1e-9]
    knee = np.degrees(swing.knee_flexion_rad)
    return [(w, t, float(np.interp(t, swing.time_s, knee))) for w, t in sorted(inside, key=lambda f: f[1])]


def kinogram(report: SwingReport, sticks: Sequence[Stick]) -> Html:
    """Draw the strip of each leg's typical swing; each frame is a button that brings the figure there."""
    if report.playback is None or not report.swings:
        return tag("p", "This result has no poses to draw.")
    return Html("".join(_strip(report, typical_swing(report, side), sticks) for side in sides_of(report)))


def _strip(report: SwingReport, swing: Swing, sticks: Sequence[Stick]) -> Html:
    frames = frames_of(swing)
    points = [stick_points(report, sticks, time) for _, time, _ in frames]
    lever = report.require_playback().swings.get(swing.id)
    ends = [None if lever is None else _lever_ends(lever, time, view_axes(report)) for _, time, _ in frames]
    low = min((float(p[..., 1].min()) for p in points), default=0.0)
    high = max((float(p[..., 1].max()) for p in points), default=1.8)
    leg = leg_bodies(report, swing.side)
    bold = {k for k, (a, b, _) in enumerate(sticks) if a in leg and b in leg}
    drawn = [
        _frame(swing, frame, _draw(p, e, bold, (low, high))) for frame, p, e in zip(frames, points, ends, strict=True)
    ]
    title = f"{SIDES[swing.side].capitalize()} leg, swing {swing.id}"
    return tag("div", tag("h3", title), tag("ol", drawn, class_="frames"), class_="strip")


def stick_points(report: SwingReport, sticks: Sequence[Stick], time_s: float) -> Array:
    """Ends (n,2,3) of the sticks at a time, in the figure's axes."""
    playback = report.require_playback()
    after = int(np.clip(np.searchsorted(playback.time_s, time_s), 1, len(playback.time_s) - 1))
    before_s, after_s = playback.time_s[after - 1 : after + 1]
    share = float(np.clip((time_s - before_s) / (after_s - before_s), 0.0, 1.0))
    earlier, later = (_ends(playback.body_pose[k], sticks) for k in (after - 1, after))
    return turn_points((1.0 - share) * earlier + share * later, view_axes(report))


def _ends(pose: Array, sticks: Sequence[Stick]) -> Array:
    """Ends (n,2,3) in the ground frame, of poses (b,4,4)."""
    first = np.array([pose[a, :3, 3] for a, _, _ in sticks])
    second = np.array([pose[b, :3, :3] @ np.array(tip) + pose[b, :3, 3] for _, b, tip in sticks])
    return np.stack([first, second], axis=1)


def _lever_ends(lever: object, time_s: float, axes: Array) -> Array:
    """Hip and heel (2,3) at a time."""
    ends = [
        np.array([np.interp(time_s, lever.time_s, getattr(lever, name)[:, k]) for k in range(3)])  # type: ignore[attr-defined]
        for name in ("hip_m", "heel_m")
    ]
    return turn_points(np.array(ends), axes)


def _draw(points: Array, lever: Array | None, bold: set[int], height: tuple[float, float]) -> Html:
    low, high = height
    middle = float(points[..., 0].mean())
    order = sorted(range(len(points)), key=lambda k: (k in bold, k))
    lines = [_line(points[k], middle, high, "leg" if k in bold else "other") for k in order]
    if lever is not None:
        lines.append(_line(lever, middle, high, "lever"))
    width, tall = 1.55 * _SCALE, (high - low + 0.16) * _SCALE
    ground = tag("line", x1=-width / 2, x2=width / 2, y1=tall - 0.08 * _SCALE, y2=tall - 0.08 * _SCALE, class_="ground")
    box = f"{-width / 2:.1f} 0 {width:.1f} {tall:.1f}"
    return tag("svg", ground, lines, viewBox=box, aria_hidden="true", focusable="false")


def _line(ends: Array, middle: float, high: float, kind: str) -> Html:
    (x1, y1, _), (x2, y2, _) = ends
    place = [(x1 - middle), (high - y1 + 0.08), (x2 - middle), (high - y2 + 0.08)]
    x1, y1, x2, y2 = (f"{_SCALE * v:.1f}" for v in place)
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=kind)


def _frame(swing: Swing, frame: tuple[str, float, float], drawing: Html) -> Html:
    words, time_s, knee = frame
    percent = 100.0 * (time_s - swing.toe_off_s) / (swing.foot_strike_s - swing.toe_off_s)
    label = tag("span", tag("b", words), f" {percent:.0f} %, knee {knee:.0f}°", class_="label")
    place = f"{percent:.2f}"
    button = tag("button", drawing, label, type="button", class_="frame", data_swing=swing.id, data_percent=place)
    return tag("li", button)
