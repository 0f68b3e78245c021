"""The columns of a study's tables, and what each holds."""

from collections.abc import Mapping, Sequence

from swinglever.output.tidy import TABLES

CURVES = ("side", "quantity", "percent", "mean", "sd", "swings")
"""Columns of the mean curves."""
TRIAL: Mapping[str, str] = {
    "trial": "name of the trial in the study",
    "subject": "who ran; empty where the manifest does not tell",
    "condition": "how; empty where the manifest does not tell",
}
ENDED: Mapping[str, str] = {
    "status": "done, failed or skipped",
    "kind": "why it failed: input, analysis, crash, time, memory, place; empty where it did not",
    "line": "what was wrong, or why it was left out",
    "swings": "swings that were analysed",
    "address": "folder of its result below results/; empty where there is none",
    "recording": "file of the recording",
    "model": "file of the model",
}
OWN_COLUMNS: Mapping[str, Sequence[str]] = {
    "swings": ("recording", *list(TABLES["swings"].columns)[1:]),
    "metrics": ("recording", *list(TABLES["metrics"].columns)[1:]),
    "curves": CURVES,
}
"""Columns of each table beside those that say who ran how."""
RESERVED = frozenset(name for columns in OWN_COLUMNS.values() for name in columns) | frozenset(ENDED)
"""Columns that the tables have anyway, ``side`` and ``muscle_solver`` among them, which are parameters too."""
COST: Mapping[str, str] = {
    "elapsed_s": "elapsed time, s",
    "cpu_s": "processor time, s",
    "peak_bytes": "greatest memory, bytes",
}


QUALITY: Mapping[str, str] = {
    "marker_rms_mm": "marker error of inverse kinematics, median of the frames, mm",
    "closure_deg": "how far the causes miss the recorded knee angle, at most, deg",
    "replay_miss_deg": "how far the replay of all forces misses the recorded peak, at most, deg",
    "large_reserves": "swings with reserves above a tenth of the joint moment",
    "warnings": "what was mended, and what to mind; how many",
}
EFFECT: Mapping[str, str] = {
    "metric": "name",
    "unit": "of difference, low and high",
    "factor": "what is compared: condition or side",
    "reference": "the level that the others are compared with",
    "level": "the level that is compared with it",
    "difference": "level less reference",
    "low": "lower end of its 95 % confidence interval",
    "high": "upper end",
    "p": "probability of such a difference by chance",
    "p_holm": "the same after Holm's correction for all comparisons of the factor",
    "subjects": "subjects at the two levels",
    "swings": "swings at the two levels",
    "note": "why it is empty, or what is doubtful",
}


def meanings(name: str) -> Mapping[str, str]:
    """Give what the columns of a table hold."""
    if name == "trials":
        return {**TRIAL, **ENDED, **QUALITY}
    if name == "comparisons":
        return EFFECT
    told = TABLES[name].columns if name in TABLES and name != "curves" else dict.fromkeys(CURVES, "of the mean curve")
    return {**TRIAL} | {column: meaning for column, meaning in told.items() if column != "trial"}
