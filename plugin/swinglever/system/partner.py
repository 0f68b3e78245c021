"""A partner: one more process, which makes calls, one after the other, while this one works on.

Calls and answers are files in a folder of its own, written whole before they get their names. What both know already
goes over once, and by a number from then on: it is the same object in what comes back. A partner ends with this
process, whatever ends that.
"""

import importlib
import io
import logging
import pickle
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from typing import Any, ParamSpec, TypeVar

from swinglever.errors import EngineError, OutputError
from swinglever.system.endings import await_end
from swinglever.system.isolation import (
    NO_ROOM_THERE,
    Limits,
    failure_of,
    hand_over,
    make_call,
    module_in_child,
    unending,
    value_of,
)
from swinglever.system.scratch import scratch_folder

P = ParamSpec("P")
T = TypeVar("T")
_LOGGER = logging.getLogger(__name__)
_LOOK_S = 0.005
"""Between two looks for a file of the other's."""
_FOR_EVER_S = float("inf")


@dataclass(kw_only=True)
class Partner:
    """One more process. It begins with its first call."""

    _held: ExitStack = field(default_factory=ExitStack)
    _known: list[object] = field(default_factory=list)
    _new: list[object] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)
    _at: "tuple[Path, Popen[bytes]] | None" = None

    def start(self) -> "tuple[Path, Popen[bytes]]":
        """Let it begin, where it has not; its folder and process."""
        if self._at is None:
            folder = self._held.enter_context(scratch_folder())
            child = module_in_child(__name__, [str(folder)], folder, Limits(timeout_s=_FOR_EVER_S))
            self._at = folder, self._held.enter_context(child)
        return self._at

    def share(self, *values: object) -> None:
        """Let it know what calls and answers will contain again and again."""
        self._new += [value for value in values if all(value is not known for known in [*self._known, *self._new])]

    def begin(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
        """Have a module's own function called there.

        Returns
        -------
        Callable
            Waits for the result. It raises as `isolation.call_in_child` does.
        """
        return self.begin_within(_FOR_EVER_S, function, *args, **kwargs)

    def begin_within(
        self, timeout_s: float, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Callable[[], T]:
        """Have the same called, and wait no longer than so many seconds (s) once the result is asked for."""
        (folder, _), number = self.start(), next(self._numbers)
        new, known = self._new, [*self._known, *self._new]
        call = _packed(new, self._known) + _packed((function.__module__, function.__qualname__, args, kwargs), known)
        try:
            _place(call, folder / f"call{number}")
        except OSError as error:
            raise OutputError(NO_ROOM_THERE.format(folder=folder.parent, why=error.strerror)) from None
        self._known, self._new = known, []
        return partial(self._await, f"{function.__module__}.{function.__qualname__}", number, timeout_s)

    def prepare(self, *modules: str) -> None:
        """Let it import what calls will need, as soon as it has made those that it was asked for before."""
        self.begin(_import_all, modules)

    def _await(self, name: str, number: int, timeout_s: float) -> Any:
        folder, child = self.start()
        answer, end_s = folder / f"answer{number}", time.monotonic() + timeout_s
        while not answer.exists():
            if time.monotonic() > end_s:
                raise unending(name, timeout_s, folder)
            try:
                status = await_end(child, _LOOK_S)
            except TimeoutExpired:
                continue
            if not answer.exists():
                raise failure_of(name, status, folder)
        try:
            told = _Unpacker(io.BytesIO(answer.read_bytes()), self._known).load()
        except Exception as error:
            raise EngineError(f"{name} gave no readable answer: {error}") from error
        answer.unlink()
        return value_of(name, told, folder)

    def end(self) -> None:
        """End it; it may begin again."""
        self._at, self._known, self._new, self._numbers = None, [], [*self._known, *self._new], count()
        self._held.close()


@contextmanager
def partner_of(jobs: int, known: Partner | None = None) -> Iterator[Partner | None]:
    """Give a partner, not yet begun, where there is more than one job; it is ended with the block.

    Where one is ``known`` it is given, and whoever has it ends it.
    """
    if jobs < 2 or known is not None:
        yield known
        return
    partner = Partner()
    try:
        yield partner
    finally:
        partner.end()


def meanwhile(
    partner: Partner | None, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
) -> Callable[[], T]:
    """Have a partner call a module's own function; without one it is called here, when its result is asked for.

    Where the partner fails, as for want of memory, it is called here too: what fails again is told as ever.
    """
    here = partial(function, *args, **kwargs)
    there = here if partner is None else partner.begin(function, *args, **kwargs)

    def result() -> T:
        try:
            return there()
        except EngineError as failure:
            if partner is None:
                raise
            _LOGGER.warning("%s; it is done again by this process", failure)
            return here()

    return result


class _Packer(pickle.Pickler):
    """Pickles with numbers in the place of what both know."""

    def __init__(self, file: io.BytesIO, known: Sequence[object]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._numbers = {id(value): number for number, value in enumerate(known)}

    def persistent_id(self, value: object) -> int | None:
        """Give the number of what both know."""
        return self._numbers.get(id(value))


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, known: Sequence[object]) -> None:
        super().__init__(file)
        self._known = known

    def persistent_load(self, number: int) -> object:
        """Give what has this number."""
        return self._known[number]


def _packed(value: object, known: Sequence[object]) -> bytes:
    file = io.BytesIO()
    _Packer(file, known).dump(value)
    return file.getvalue()


def _place(
    content: bytes, path: Path, write: Callable[[bytes, Path], object] = lambda what, to: to.write_bytes(what)
) -> None:
    """Write a file that gets its name when it is whole."""
    draft = path.with_suffix(".part")
    write(content, draft)
    draft.rename(path)


def _import_all(modules: Sequence[str]) -> None:
    """In the partner: import modules."""
    for module in modules:
        importlib.import_module(module)


def _serve(folder: Path) -> None:
    """In the partner: make calls, one after the other, for as long as the other process lives."""
    known: list[object] = []
    for number in count():
        call = folder / f"call{number}"
        while not call.exists():
            time.sleep(_LOOK_S)
        packed = io.BytesIO(call.read_bytes())
        call.unlink()
        known += _Unpacker(packed, known).load()
        _place(_packed(make_call(*_Unpacker(packed, known).load()), known), folder / f"answer{number}", hand_over)


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
