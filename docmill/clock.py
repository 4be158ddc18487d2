"""How long each stage takes over a document."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from docmill.fingerprint import STAGES
from schemas.document import StageRun

__all__ = ["Clock"]


class Clock:
    """Times the stages of one document, and tells of each as it begins."""

    def __init__(self, on_stage: Callable[[str], None] | None = None) -> None:
        self._on_stage = on_stage
        self.stages: list[StageRun] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done within."""
        if self._on_stage is not None:
            self._on_stage(name)
        start = time.perf_counter()
        yield
        milliseconds = round((time.perf_counter() - start) * 1000, 3)
        self.stages.append(StageRun(name=name, version=STAGES[name], milliseconds=milliseconds))
