"""How hard do muscles at rest extend the bent knee, as models have it, softened, and in people? Prints a table.

    python scripts/develop/passive_knee.py DATA

The leg rests with the hip flexed by 20° and the foot at right angles, as where a runner's knee is bent most. Softened
as `soft_quadriceps` does it: one number a leg, which at the most bent knee (here 110°) leaves what Riener & Edrich
(1999) measured on people.
"""

import argparse
from pathlib import Path

import numpy as np
from compare_toe_off import public_trials

from swinglever.anatomy.fibres.states import fibre_states
from swinglever.anatomy.limb import take_limb
from swinglever.anatomy.model import Model
from swinglever.anatomy.paths.geometry import evaluate_paths_at
from swinglever.arrays import Array
from swinglever.engines.opensim import load_model
from swinglever.muscles.legs import leg_musculature
from swinglever.muscles.passive_knee import extensors_share, published_extension_nm
from swinglever.system.resources import model_file

KNEE_DEG = np.array([30.0, 45.0, 60.0, 75.0, 90.0, 100.0, 110.0, 120.0])
HIP_DEG, MOST_BENT_DEG = 20.0, 110.0


def by_muscle(model: Model, knee_deg: Array) -> Array:
    """What each muscle of the right leg at rest extends the knee by (k,m), N m."""
    limb, leg = take_limb(model, "r"), model.legs["r"]
    musculature = leg_musculature(model, limb)
    q = np.tile([c.default for c in model.coordinates], (len(knee_deg), 1))
    q[:, leg.knee] = leg.knee_sign * np.radians(knee_deg)
    q[:, leg.hip_flexion] = np.radians(HIP_DEG)
    paths = evaluate_paths_at(musculature.paths, model.tree, q)
    fibres = fibre_states(musculature.muscles, paths.length_m, np.zeros_like(paths.length_m))
    borne = fibres.passive_multiplier.max(axis=0) <= 1.0  # as an analysis leaves out what would tear
    return np.asarray(-leg.knee_sign * fibres.passive_force_n * borne * paths.moment_arm_m[:, :, leg.knee])


def rows_of(name: str, model: Model) -> list[list[str]]:
    """As the model is, and softened: moment at each knee angle, and the root mean square off from people's."""
    moments, people = by_muscle(model, KNEE_DEG), published_extension_nm(KNEE_DEG, HIP_DEG, 0.0)
    at = int(np.flatnonzero(KNEE_DEG == MOST_BENT_DEG)[0])
    share = extensors_share(moments[at], float(people[at]))
    softer = np.where(moments[at] > 0.0, share, 1.0) * moments
    told = []
    for which, each in (("as it is", moments), (f"extensors × {share:.2f}", softer)):
        whole = each.sum(axis=1)
        off = np.sqrt(np.mean((whole - people) ** 2))
        told.append([name, which, *(f"{x:.0f}" for x in whole), f"{off:.0f}"])
    return told


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder of the public recordings")
    data = parser.parse_args().data
    models = {files.runner: files.model for files in public_trials(data).values()}
    models |= {path.stem: path for path in sorted((data / "models").glob("*.osim"))}
    models["our runner"] = model_file("runner.osim")
    head = ["model", "passive force", *(f"{x:.0f}°" for x in KNEE_DEG), "off, rms"]
    people = ["people", "", *(f"{x:.0f}" for x in published_extension_nm(KNEE_DEG, HIP_DEG, 0.0)), ""]
    rows = [people, *(row for name, path in models.items() for row in rows_of(name, load_model(path)))]
    for row in (head, ["---"] * len(head), *rows):
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
