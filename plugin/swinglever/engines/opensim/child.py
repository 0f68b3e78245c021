"""Runs one of OpenSim's own tools in a process of its own: ``python child.py TOOL SETUP``.

OpenSim's tools crash, change the working directory and leave a log where they stand; none of it reaches the parent.
"""

import sys

import opensim

TOOLS = {
    "ik": opensim.InverseKinematicsTool,
    "analyze": opensim.AnalyzeTool,
    "id": opensim.InverseDynamicsTool,
    "scale": opensim.ScaleTool,
}


def main() -> int:
    """Run the tool that the arguments name; the exit status tells whether it says that it succeeded."""
    kind, setup = sys.argv[1:]
    return 0 if TOOLS[kind](setup).run() else 1


if __name__ == "__main__":
    sys.exit(main())
