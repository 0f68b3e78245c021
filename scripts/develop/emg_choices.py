"""How far EMG-informed shares of the simulated swings are from what was imposed, by weight, smoothing and channels."""

import argparse
import tempfile
import tomllib
from dataclasses import asdict
from pathlib import Path

from swinglever.pipeline import analyse
from swinglever.plugins.reading import load_body
from swinglever.readers.storage import read_storage, write_storage
from swinglever.records.parameters import Parameters
from swinglever.synthetic.trials import bundled_trial

GROUPS = ("hamstrings", "knee_extensors")
THIGH = ("Biceps", "Semitendinosus", "Rectus", "Vastus")
CHOICES = {
    "no EMG": {},
    **{f"weight {w:g}": {"emg_weight": w} for w in (0.1, 1.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0)},
    **{f"low-pass {f:g} Hz": {"emg_low_pass_hz": f} for f in (6.0, 8.0, 15.0)},
    **{f"{1e3 * late:.0f} ms late": {"emg_delay_s": late} for late in (0.03, 0.05)},
    "hamstrings alone": {"channels": THIGH[:2]},
    "hamstrings and quadriceps": {"channels": THIGH},
    "a tenth of every neighbour": {"crosstalk": 0.1},
}


def write_part(folder, cause, channels=("",), crosstalk=0.0):
    """Write some of the channels, each with a share of all others in it."""
    table = read_storage(bundled_trial(cause).emg)
    kept = [k for k, name in enumerate(table.names) if any(c in name for c in channels)]
    values = table.values + crosstalk * (table.values.sum(axis=1, keepdims=True) - table.values)
    return write_storage(folder / "emg.sto", table.time_s, [table.names[k] for k in kept], values[:, kept])


def errors(model, cause, folder, choice, with_emg):
    """Yield degrees found less degrees imposed, and what they may differ by."""
    bundled, parameters = bundled_trial(cause), {k: v for k, v in choice.items() if k in asdict(Parameters())}
    files, rest = bundled.files, {k: v for k, v in choice.items() if k not in parameters}
    emg = write_part(folder, cause, **rest) if with_emg else None
    beside = {"grf": files.grf, "external_loads": files.external_loads, "ik_setup": files.ik_setup, "emg": emg}
    swing = analyse(files.trial, model, parameters=Parameters(**parameters), **beside).swings[0]
    known = tomllib.loads(bundled.known.read_text(encoding="utf-8"))
    for scope in ("shank", "leg"):
        shares = swing.attribution[scope].degrees_by_group()
        for group in GROUPS:
            imposed = known[scope][f"{group}|active"]
            yield shares[group] - imposed, max(10.0, 0.15 * abs(imposed))


argparse.ArgumentParser(description=__doc__).parse_args()
model = load_body(bundled_trial("pulled").model)
print("| | passive | pulled | braked | largest, of what is allowed |\n|---|---|---|---|---|")
with tempfile.TemporaryDirectory() as folder:
    for name, choice in CHOICES.items():
        found = {
            c: list(errors(model, c, Path(folder), choice, name != "no EMG")) for c in ("passive", "pulled", "braked")
        }
        told = [" ".join(f"{error:+.0f}" for error, _ in pairs) for pairs in found.values()]
        worst = max(abs(error) / allowed for pairs in found.values() for error, allowed in pairs)
        print(f"| {name} | {' | '.join(told)} | {worst:.2f} |", flush=True)
