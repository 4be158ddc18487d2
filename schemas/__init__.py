"""docmill's data models: frozen pydantic values, no logic."""

from schemas.catalog import CatalogRow
from schemas.document import EnrichedDocument, Outcome, Rejection
from schemas.settings import Settings
from schemas.source import RawDocument, SourceObject
from schemas.taxonomy import Category, Taxonomy

__all__ = [
    "CatalogRow",
    "Category",
    "EnrichedDocument",
    "Outcome",
    "RawDocument",
    "Rejection",
    "Settings",
    "SourceObject",
    "Taxonomy",
]
