"""docmill: documents in an S3 bucket become clean, classified, enriched JSON."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docmill.pipeline import Pipeline
    from schemas import EnrichedDocument, RawDocument, Rejection, Settings

__all__ = ["EnrichedDocument", "Pipeline", "RawDocument", "Rejection", "Settings"]

_HOME = {"Pipeline": "docmill.pipeline"}


def __getattr__(name: str) -> object:
    # Late, so that `docmill --help` does not wait for pydantic and numpy.
    if name not in __all__:
        raise AttributeError(f"module 'docmill' has no attribute {name!r}")
    return getattr(import_module(_HOME.get(name, "schemas")), name)
