"""The stages of an analysis, told and timed."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

OnStage = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Stages:
    """Tells and times the stages of an analysis.

    Parameters
    ----------
    timing
        Seconds by stage; grows as they end, once or, for a long trial, part by part.
    on_stage
        Called with the name of each stage as it begins.
    """

    timing: dict[str, float] = field(default_factory=dict)
    on_stage: OnStage | None = None

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Begin a stage; it ends with the block."""
        if self.on_stage is not None:
            self.on_stage(name)
        begin = time.perf_counter()
        yield
        self.timing[name] = self.timing.get(name, 0.0) + time.perf_counter() - begin
