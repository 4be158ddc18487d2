"""Imported once by the server that refining processes are forked from: they find parsers and models loaded.

So a process is ready in a moment, a killed one replaced in milliseconds, and the models' memory is shared. The server
has one thread (numerical libraries included, see start.py), so forking it is safe. It learns what to load from its
environment, since that is all a server is given.
"""

import contextlib
import gc
import os
import pickle
import threading
from collections.abc import Iterator

from docmill.collector import paused
from docmill.errors import DocmillError
from docmill.sandbox.limits import forks
from docmill.sandbox.refined import Refiner, make_refiner
from schemas.settings import Settings

__all__ = ["VARIABLE", "ready_refiner", "request"]

# What to load: factory, settings, and whether its models too. Not DOCMILL_…: that would be a setting.
VARIABLE = "_DOCMILL_PRELOAD"
LOOKS_SECONDS = 0.2  # between looks whether the parent is still there
_SELDOM = 50_000  # objects more until a child looks for cycles: by default several times a document, to find none
_loaded: dict[tuple[str, str, bool], Refiner] = {}


def request(factory: str, settings: Settings, warm: bool) -> str:  # noqa: FBT001  a part of the request
    """What `VARIABLE` has to say for children with this refiner to find it loaded."""
    return pickle.dumps((factory, settings, warm, os.getpid())).hex()


def ready_refiner(factory: str, settings: Settings, warm: bool) -> Refiner:  # noqa: FBT001  as above
    """The refiner, `warm` with its models loaded: the server's own where it is the one it was asked for.

    Raises:
        DocmillError: It cannot be made with these settings.
    """
    wanted = _key(factory, settings, warm)
    if wanted in _loaded:
        return _loaded[wanted]
    refiner = make_refiner(factory, settings)
    if warm:
        refiner.warm_up()
    return refiner


def _key(factory: str, settings: Settings, warm: bool) -> tuple[str, str, bool]:  # noqa: FBT001  as above
    return factory, settings.model_dump_json(), warm


def _load(wanted: str) -> None:
    factory, settings, warm, parent = pickle.loads(bytes.fromhex(wanted))  # noqa: S301  our parent's
    with _no_longer_than(parent), paused():
        if warm:
            from docmill import extract

            extract.preload()  # readers are otherwise imported when first needed
        # A process that cannot do without says what is wrong, or knows the way to where the server finds no module.
        with contextlib.suppress(DocmillError, ImportError):
            _loaded[_key(factory, settings, warm)] = ready_refiner(factory, settings, warm)
    gc.collect()
    gc.freeze()  # or the first collection in each child would copy all that is shared
    gc.set_threshold(_SELDOM)


@contextlib.contextmanager
def _no_longer_than(parent: int) -> Iterator[None]:
    """End this process should its parent end meanwhile: the server itself looks only once it has loaded."""
    if not forks():
        yield
        return
    done = threading.Event()

    def look() -> None:
        while os.getppid() == parent:
            if done.wait(LOOKS_SECONDS):
                return
        os._exit(1)

    watching = threading.Thread(target=look, name="docmill-parent")
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()  # forking is safe in a process of one thread only


if __name__ != "__main__" and os.environ.get(VARIABLE):
    _load(os.environ.pop(VARIABLE))
