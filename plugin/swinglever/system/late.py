"""Modules that another package imports for a function or two: they come when one of these is called."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import ModuleType
from typing import Any


@contextmanager
def imported_late(module: str, *functions: str) -> Iterator[None]:
    """Let what is imported within the block take some functions from a module that is not imported yet.

    Whoever asks the module for anything else meanwhile, in another thread too, is given the module itself.

    Parameters
    ----------
    module
        One that takes long to import.
    functions
        Names of functions of it; the module is imported by the first call of one of them.
    """
    if module in sys.modules:
        yield
        return
    stands_in, spec = _StandIn(module), find_spec(module)
    if spec is not None and spec.submodule_search_locations is not None:
        stands_in.__path__ = spec.submodule_search_locations
    for name in functions:
        setattr(stands_in, name, _calls_late(module, name))
    sys.modules[module] = stands_in
    try:
        yield
    finally:
        stands_in.leave()


class _StandIn(ModuleType):
    """Stands for a module of its name, until that is imported."""

    def leave(self) -> None:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":  # asked of whatever functions are taken from
            raise AttributeError(name)
        self.leave()
        return getattr(importlib.import_module(self.__name__), name)


def _calls_late(module: str, name: str) -> Callable[..., Any]:
    def late(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*args, **kwargs)

    return late
