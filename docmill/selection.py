"""Choosing documents to do again: by what the catalog says of them."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from docmill.catalog.table import Catalog
from docmill.errors import CatalogError, ConfigError
from docmill.judgement import Standing
from docmill.matching import composed
from schemas.catalog import CatalogRow
from schemas.document import Reason

__all__ = ["Selection"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the documents that were processed at their present version; every condition given must hold.

    Args:
        failed: Only those rejected or failed.
        reason: Only those rejected for this reason.
        key: Only keys that match this pattern, or are it; `*` stands for anything, `/` too; accents may be
            composed or apart.
        where: Only those of whose current row this SQL condition over the catalog's columns holds. Besides them there
            is `topic`, the first of `topics`.
        stale: Only those made by another pipeline.
    """

    failed: bool = False
    reason: str | None = None
    key: str | None = None
    where: str | None = None
    stale: bool = False

    def picks(self, standing: Standing, fingerprint: str) -> bool:
        """Whether a document is chosen.

        Args:
            standing: Its current row; `selected` says whether `where` holds.
            fingerprint: Of the present pipeline.
        """
        return (
            standing.selected
            and (not self.failed or standing.status != "enriched")
            and self.reason in {None, standing.reason}
            and (self.key in {None, standing.key} or fnmatchcase(composed(standing.key), composed(self.key or "")))
            and (not self.stale or standing.fingerprint != fingerprint)
        )

    def check(self, catalog: Catalog) -> None:
        """Refuse what cannot be meant.

        Raises:
            ConfigError: The reason does not exist, or the condition is not one.
        """
        if self.reason is not None and self.reason not in set(Reason):
            raise ConfigError(f"there is no reason {self.reason!r}", hint=f"one of {', '.join(Reason)}")
        if self.where is None:
            return
        if not _is_one_expression(self.where):
            raise ConfigError(f"the condition {self.where!r} is not one expression", hint="such as: topic = 'health'")
        try:
            for _ in catalog.scan({"selected": f"coalesce(({self.where}\n), false)"}, "false"):
                pass
        except CatalogError as error:
            said = " ".join(str(error.__cause__).split()).partition(" Valid fields are")[0]  # the hint has them
            columns = ", ".join([*CatalogRow.model_fields, "topic"])
            raise ConfigError(f"the condition {self.where!r} is wrong: {said}", hint=f"columns: {columns}") from error


def _is_one_expression(text: str) -> bool:
    """Whether parentheses outside of quotes match and no statement or comment ends or hides anything."""
    depth = 0
    quote = ""
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == ";" or text.startswith(("--", "/*"), place):
            return False
        else:
            depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0 and not quote and bool(text.strip())
