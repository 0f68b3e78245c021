"""Writes a small C3D file from a pickled call on stdin: ezc3d cannot write in a process that has imported opensim.

Both are SWIG libraries that register the same C++ vector types, and the one that came first wins.
"""

import pickle
import sys

import ezc3d
import numpy as np


def write_c3d(path, position_m, names, events, units, first_frame, extra, analog=None, poses=None, rate_hz=100.0):
    """``poses`` are labels and matrices (T, s, 4, 4) as the file is to hold them, in its unit of length."""
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [rate_hz]
    file["parameters"]["POINT"]["LABELS"]["value"] = list(names)
    file["parameters"]["POINT"]["UNITS"]["value"] = [units]
    scale = {"mm": 1000.0, "m": 1.0}.get(units, 1000.0)
    points = np.ones((4, position_m.shape[1], len(position_m)))
    points[:3] = (position_m * scale).transpose(2, 1, 0)
    file["data"]["points"] = points
    file["header"]["points"]["first_frame"] = first_frame
    if analog is not None:
        labels, channel_units, values, per_frame = analog
        file["parameters"]["ANALOG"]["LABELS"]["value"] = list(labels)
        file["parameters"]["ANALOG"]["UNITS"]["value"] = list(channel_units)
        file["parameters"]["ANALOG"]["RATE"]["value"] = [100.0 * per_frame]
        file["data"]["analogs"] = values.T[None]
    if events:
        labels, contexts, times = zip(*events, strict=True)
        file.add_parameter("EVENT", "USED", len(events))
        file.add_parameter("EVENT", "LABELS", list(labels))
        file.add_parameter("EVENT", "CONTEXTS", list(contexts))
        file.add_parameter("EVENT", "TIMES", np.array([[0.0] * len(times), times]))
    if poses is not None:
        labels, matrices = poses
        file.add_parameter("ROTATION", "RATE", [rate_hz * len(matrices) / len(position_m)])
        file.add_parameter("ROTATION", "LABELS", list(labels))
        file["data"]["rotations"] = matrices.transpose(2, 3, 1, 0)
    for group, key, value in extra:
        file.add_parameter(group, key, value)
    file.write(path)


if __name__ == "__main__":
    write_c3d(*pickle.load(sys.stdin.buffer))
