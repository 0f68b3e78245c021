"""Chunks that are packed beside the file: the same bytes as HDF5's own filters make of them."""

import contextlib
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swinglever.arrays import Array
from swinglever.output import packing as packing_module
from swinglever.output.packing import FILTERS, packing


def chunks_of(dataset: h5py.Dataset) -> list[tuple[tuple[int, ...], int, bytes]]:
    found = (dataset.id.get_chunk_info(k) for k in range(dataset.id.get_num_chunks()))
    return sorted((info.chunk_offset, *dataset.id.read_direct_chunk(info.chunk_offset)) for info in found)


def both(file: h5py.File, values: Array, chunks: tuple[int, ...]) -> list[list[tuple[tuple[int, ...], int, bytes]]]:
    asked = {"chunks": chunks, "fletcher32": True, **FILTERS}
    theirs = file.create_dataset("theirs", data=values, **asked)
    with packing() as pack:
        ours = file.create_dataset("ours", shape=values.shape, dtype=values.dtype, **asked)
        pack.add(ours, values)
    file.flush()
    np.testing.assert_array_equal(ours[...], values)
    return [chunks_of(ours), chunks_of(theirs)]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(min_value=0, max_value=1000),
    st.sampled_from([np.float64, np.float32, np.int32, np.int16, np.int8]),
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=3),
    st.sampled_from([0.0, 3.0, 1e9]),
)
def test_a_chunk_is_what_hdf5_makes_of_it(
    seed: int, kind: type[np.generic], sizes: list[tuple[int, int]], spread: float
) -> None:
    """Zeros, numbers that pack well, and such that do not; chunks that reach beyond the end; an odd number of bytes."""
    values = np.clip(np.random.default_rng(seed).normal(size=[n for n, _ in sizes]) * spread, -1e2, 1e9)
    values = values.astype(np.int64).astype(kind) if issubclass(kind, np.integer) else values.astype(kind)
    chunks = tuple(min(n, chunk) for n, chunk in sizes)
    with h5py.File(f"{seed}.h5", "w", driver="core", backing_store=False) as file:
        ours, theirs = both(file, values, chunks)
    assert ours == theirs


def test_few_chunks_wait_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing_module, "_MOST_WAITING", 2)
    values = np.arange(30.0).reshape(10, 3)
    with h5py.File(tmp_path / "few.h5", "w") as file, packing() as pack:
        dataset = file.create_dataset("few", shape=(10, 3), dtype=float, chunks=(1, 3), fletcher32=True, **FILTERS)
        pack.add(dataset, values)
        assert len(pack.waiting) == 2
        assert dataset.id.get_num_chunks() == 8
    with h5py.File(tmp_path / "few.h5") as file:
        np.testing.assert_array_equal(file["few"], values)


def test_a_failure_while_a_file_is_laid_out_leaves_nothing_to_write(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "few.h5", "w") as file:
        dataset = file.create_dataset("few", shape=(10, 3), dtype=float, chunks=(1, 3), fletcher32=True, **FILTERS)
        with contextlib.suppress(ZeroDivisionError), packing() as pack:
            pack.add(dataset, np.ones((10, 3)))
            1 / 0  # noqa: B018 - what a disk or a plugin may raise
        assert dataset.id.get_num_chunks() == 0
