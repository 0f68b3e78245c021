"""EMG <-> the group `emg` of a swing in a result file."""

import json

import h5py
import numpy as np

from swinglever.output.store_arrays import read_names, write_array, write_scale
from swinglever.records.emg import EmgRecord

_ALONG = ("time_s", "channels")


def write_emg(group: h5py.Group, emg: EmgRecord) -> None:
    """Write the EMG of a swing into an empty group."""
    write_scale(group, "channels", np.array(emg.names, object), "", "EMG channels of the swing leg")
    for name, values, text in (
        ("channel_units", emg.units, "unit of each channel"),
        ("groups", emg.groups, "group of muscles of each channel"),
        ("muscles", [" ".join(m) for m in emg.muscles], "muscles that each channel stands for"),
    ):
        write_array(group, name, np.array(values, object), "", text, ("channels",))
    text = "rectified and smoothed EMG without its noise floor"
    write_array(group, "envelope", emg.envelope, "see channel_units", text, _ALONG)
    write_array(group, "activation", emg.activation, "1", "activation that EMG asks for", _ALONG)
    text = f"envelope above {emg.on_share:g} of the channel's peak in the recording"
    write_array(group, "on", emg.on.astype(np.int8), "1", text, _ALONG)
    text = "excitation for one unit of envelope"
    write_array(group, "gain", emg.gain, "1 / channel_units", text, ("channels",))
    text = "RMS of activation found less activation asked for"
    write_array(group, "misfit", emg.misfit, "1", text, ("channels",))
    text = "the channel tells of its muscles"
    write_array(group, "measured", emg.measured.astype(np.int8), "1", text, ("channels",))
    text = "gain is the largest that was allowed"
    write_array(group, "bounded", emg.bounded.astype(np.int8), "1", text, ("channels",))
    group.attrs["source"], group.attrs["kind"], group.attrs["drives"] = emg.source, emg.kind, int(emg.drives)
    group.attrs["on_share"] = emg.on_share
    group.attrs["on_percent_of_swing"] = json.dumps(emg.spans())


def read_emg(group: h5py.Group) -> EmgRecord:
    """Read what `write_emg` wrote; earlier versions wrote no misfit."""
    count = len(group["channels"])
    return EmgRecord(
        source=str(group.attrs["source"]),
        kind=str(group.attrs["kind"]),
        drives=bool(group.attrs["drives"]),
        names=read_names(group["channels"]),
        units=read_names(group["channel_units"]),
        groups=read_names(group["groups"]),
        muscles=tuple(tuple(names.split()) for names in read_names(group["muscles"])),
        envelope=group["envelope"][...],
        activation=group["activation"][...],
        gain=group["gain"][...],
        on=group["on"][...].astype(bool),
        on_share=float(group.attrs["on_share"]),
        measured=group["measured"][...].astype(bool) if "measured" in group else np.ones(count, dtype=bool),
        misfit=group["misfit"][...] if "misfit" in group else np.full(count, np.nan),
        bounded=group["bounded"][...].astype(bool) if "bounded" in group else np.zeros(count, dtype=bool),
    )
