"""What does each metric measure, and what does it mean? Prints docs/metrics.md, with a table of public runners."""

import argparse
from pathlib import Path

from swinglever.plugins.manager import Plugins

CLAIMS = {
    1: "A shorter leg swings quicker, as a shorter pendulum does",
    2: "At best the lever is halved: the foot passes close to the body",
    3: "Runners differ in how high the heel passes",
    4: "The heel should rise without a pull (see also shares, ablation and verdict)",
    5: "The thigh stops and the shank carries on: momentum moves down the chain",
    6: "Hip flexors stretched at the back recoil like an elastic band",
    7: "The hamstrings' proper job is to brake the unfolding shank",
    8: "Pulling tires the hamstrings",
    9: "A well-timed fold carries the foot under the body while the lever is short",
    10: "It needs speed: pace, leg length, foot mass and stride rate (see also `swinglever predict`)",
    11: "The glutes drive the thigh back; long range of motion feeds the fold",
    12: "Over-rotating the pelvis, or one side, spoils it",
    0: "Plain description",
}
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("table", nargs="?", type=Path, help="what scripts/develop/metrics_of_public_runners.py prints")
table = parser.parse_args().table
metrics = [metric for _, metric in Plugins().offers("swinglever_metrics").values()]
print("# Metrics\n")
print("Claims are hypotheses: a metric says what a recording shows, not that the claim is right. Written by")
print("`scripts/develop/describe_metrics.py` from the metrics themselves.\n")
for claim, text in CLAIMS.items():
    print(f"## {f'Claim {claim}: ' if claim else ''}{text}\n")
    for metric in (m for m in metrics if m.claim == claim):
        scope = ", one number a trial" if metric.scope == "trial" else ""
        print(f"- **{metric.name}** ({metric.unit}{scope}). {metric.definition} *{metric.meaning}* [{metric.citation}]")
    print()
if table:
    print("## Public recordings\n")
    print("Mean ± spread of the swings. Hamner: one man at 3.96 m/s (Hamner, Seth & Delp 2010). RBDS020 and RBDS03:")
    print(
        "two runners of Fukuchi et al. 2017 at 2.5, 3.5 and 4.5 m/s, from C3D, knee range widened to 160°; group: means"
    )
    print("of 26 of them. Muscle metrics come from static optimization with a rigid tendon.\n")
    print(table.read_text(encoding="utf-8").strip())
