"""Refining in this very process, to debug: no limits hold, and what refining raises is raised."""

import threading
from collections.abc import Callable

from docmill.place import MemberPath
from docmill.sandbox.closing import Closing
from docmill.sandbox.refined import Refined, make_refiner
from docmill.stage import Refusal
from schemas.settings import Settings
from schemas.source import RawDocument

__all__ = ["InlinePool"]


class InlinePool(Closing):
    """As `RefinePool`, without processes: one document at a time, in the caller's thread."""

    def __init__(self, settings: Settings, factory: str) -> None:
        self._refiner = make_refiner(factory, settings)
        self._lock = threading.Lock()
        self.replaced = 0

    @property
    def fingerprint(self) -> str:
        """The pipeline fingerprint."""
        return self._refiner.fingerprint

    def start(self) -> None:
        """Nothing: models load with the first document."""

    def refine(
        self, raw: RawDocument, run_id: str | None = None, on_member: Callable[[Refined], None] | None = None
    ) -> Refined:
        """As `RefinePool.refine`, but for its rejections."""
        own: Refined | None = None
        with self._lock:
            for unfolded in self._refiner.unfold(raw, flow_run_id=run_id):
                refined = Refined.of(unfolded.outcome, unfolded.path)
                if not unfolded.path:
                    own = refined
                elif on_member is not None:
                    on_member(refined)
        if own is None:
            raise RuntimeError(f"refining {raw.key!a} gave no record")
        return own

    def rejected(
        self,
        raw: RawDocument,
        refusal: Refusal,
        run_id: str | None = None,
        *,
        path: MemberPath = (),
        size: int | None = None,
    ) -> Refined:
        """As `RefinePool.rejected`."""
        return Refined.of(self._refiner.reject(raw, refusal, path=path, size=size, flow_run_id=run_id), path)

    def close(self) -> None:
        """Nothing to end."""
