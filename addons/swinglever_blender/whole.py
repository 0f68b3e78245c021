"""Groups of an HDF5 file whose arrays are read once and whole: each part of a packed array would unpack it again."""

from functools import cached_property
from typing import Any

import numpy as np


class Array:
    """An array of a file, read when it is first asked for."""

    def __init__(self, dataset: Any) -> None:
        self._dataset, self.attrs, self.ndim = dataset, dataset.attrs, dataset.ndim

    @cached_property
    def _values(self) -> np.ndarray:
        return np.asarray(self._dataset[()])

    @cached_property
    def _text(self) -> np.ndarray:
        return np.asarray(self._dataset.asstr()[()])

    def asstr(self) -> np.ndarray:
        """Give its texts; an array that holds none raises, as h5py's own does."""
        return self._text

    def __getitem__(self, at: Any) -> Any:
        """Give a part of its values."""
        return self._values[at]

    def __len__(self) -> int:
        """Give its first length."""
        return len(self._dataset)


class Group:
    """A group of a file; what is in it is looked up once."""

    def __init__(self, group: Any) -> None:
        self._group, self.attrs = group, group.attrs
        self._known: dict[str, Any] = {}

    def get(self, name: str, otherwise: Any = None) -> Any:
        """Give what is in it under a name, or something else where there is nothing."""
        if name not in self._known:
            found = self._group.get(name)
            self._known[name] = Group(found) if hasattr(found, "keys") else found if found is None else Array(found)
        return otherwise if self._known[name] is None else self._known[name]

    def __contains__(self, name: str) -> bool:
        """Tell whether something is in it under a name."""
        return self.get(name) is not None

    def __getitem__(self, name: str) -> Any:
        """Give what is in it under a name; raises as h5py does where there is nothing."""
        found = self.get(name)
        return self._group[name] if found is None else found
