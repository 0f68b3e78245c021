"""Loads an OpenSim model in a process of its own: OpenSim ends it, or never comes back, on some files that are none."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, chdir, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from swinglever.errors import EngineError, ModelError
from swinglever.system.isolation import call_begun, call_in_child
from swinglever.system.leash import limited
from swinglever.system.partner import Partner

if TYPE_CHECKING:
    from swinglever.anatomy.model import Model

SUFFIX = ".osim"
_PATIENCE_S = 1200.0
_PROCESSOR_S, _MEMORY_BYTES = 120, 8 * 2**30
"""Of the process: a whole body with a hundred muscles takes two seconds and a third of a GB."""

_AHEAD: "ContextVar[tuple[Path, ExitStack, Callable[[], Model]] | None]" = ContextVar("_AHEAD", default=None)
"""What this thread has begun and not asked for yet, with the path of the model: a load is asked for by path alone."""


@contextmanager
def loading_ahead(path: Path | None, partner: Partner | None = None) -> Iterator[None]:
    """Begin to load a model that is wanted within the block, while this process imports what comes before that.

    `load_apart` goes on with it then. What nobody asks for is ended with the block; what was begun already goes on.

    Parameters
    ----------
    path
        The model file, where there is one.
    partner
        Whose process loads it; one that ends when it has when not given.
    """
    with ExitStack() as held:
        begun = _AHEAD.get()
        if path is not None and path.suffix.lower() == SUFFIX and (begun is None or begun[0] != path):
            asked = str(path), str(Path.cwd())
            if partner is None:
                result = held.enter_context(call_begun(load_here, _PATIENCE_S, *asked))
            else:
                result = partner.begin_within(_PATIENCE_S, load_here, *asked)
            held.callback(_AHEAD.reset, _AHEAD.set((path, held, result)))
        yield


def load_apart(path: Path) -> "Model":
    """Load an ``.osim`` file without any danger to this process.

    Raises
    ------
    MissingFileError, ModelError
        When it cannot be used, or ended the process that loaded it.
    """
    try:
        begun = _AHEAD.get()
        if begun is not None and begun[0] == path:
            _, held, result = begun
            with held:
                return result()
        return call_in_child(load_here, _PATIENCE_S, str(path), str(Path.cwd()))
    except EngineError as error:
        why = str(error).replace(f"{load_here.__module__}.{load_here.__qualname__}", "its process")
        raise ModelError(f"OpenSim cannot load the model '{path}': {why}; is the file whole, and a model?") from None


def load_here(path: str, folder: str) -> "Model":
    """Load a model in this process, from the folder that its path counts from."""
    with limited(_MEMORY_BYTES, _PROCESSOR_S), chdir(folder):
        from swinglever.engines.opensim import load_model

        return load_model(path)
