"""A refiner that loads all models and refines nothing: what is left is the machinery around it."""

import os
import signal

from docmill.clock import Clock
from docmill.pipeline import Pipeline
from docmill.place import Place
from docmill.records import rejection
from docmill.stage import Refusal
from schemas import RawDocument, Rejection
from schemas.document import Reason

__all__ = ["DIE", "FACTORY", "Nothing"]

FACTORY = "nothing:Nothing"
DIE = b"die"


class Nothing(Pipeline):
    """Does nothing with a document, or dies if it says so."""

    def refine_document(self, raw: RawDocument, place: Place, clock: Clock) -> Rejection:
        """Do nothing, or die."""
        if raw.data == DIE:
            os.kill(os.getpid(), signal.SIGKILL)
        with clock.stage("extract"):
            return rejection(place, Refusal("test", Reason.NO_TEXT, "nothing"), self._provenance([], None))
