"""What a laboratory adds to swinglever: two metrics, a section, an export, its own file of joint angles."""

import hashlib
import json
from pathlib import Path

import numpy as np

import swinglever as sl
from swinglever.hookspecs import Section

SWINGLEVER_API = 1


@sl.metric(unit="m/s", citation="our laboratory", meaning="How fast the foot overtakes the body.")
def foot_speed_at_pass(swing: sl.Swing) -> float:
    """Forward speed of the ankle against the hip, when the ankle passes under the hip."""
    if not np.isfinite(swing.pass_s):
        raise sl.UndefinedError("the ankle does not pass under the hip in this swing")
    ahead_m = (swing.motion.ankle_m - swing.motion.hip_m) @ swing.motion.forward
    return float(np.interp(swing.pass_s, swing.time_s, np.gradient(ahead_m, swing.time_s)))


@sl.metric(unit="%", scope="trial", citation="our laboratory", meaning="How alike the folds are from step to step.")
def peak_flexion_variation(report: sl.SwingReport) -> float:
    """Spread of peak knee flexion over the swings, in percent of its mean."""
    peaks_deg = [swing.peak_flexion_deg for swing in report.swings]
    return float(100.0 * np.std(peaks_deg) / np.mean(peaks_deg))


@sl.hookimpl
def swinglever_metrics():
    """Our two metrics."""
    return [foot_speed_at_pass, peak_flexion_variation]


@sl.hookimpl
def swinglever_report_sections(report):
    """A line for the runner."""
    deepest = max(report.swings, key=lambda swing: swing.peak_flexion_deg)
    return [
        Section(title="From the foot laboratory", text=f"deepest fold: {deepest.peak_flexion_deg:.0f}° in {deepest.id}")
    ]


@sl.hookimpl
def swinglever_exporters():
    """Peaks as JSON, for our web page."""
    return {"peaks": write_peaks}


def write_peaks(report: sl.SwingReport, folder: Path) -> list[Path]:
    """Write peak flexion of every swing, in degrees."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "peaks.json"
    path.write_text(json.dumps({swing.id: swing.peak_flexion_deg for swing in report.swings}))
    return [path]


@sl.hookimpl
def swinglever_read_trial(path):
    """Joint angles in our own form: a ``.angles`` file, comma-separated, degrees and metres."""
    if path.suffix != ".angles":
        return None
    _, *names = path.read_text().splitlines()[0].split(",")
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    angles = sl.Angles(names=names, time_s=table[:, 0], q=table[:, 1:], unit="degrees")
    return sl.Trial(name=path.stem, path=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), angles=angles)
