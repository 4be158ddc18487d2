"""From confidences to labels: threshold, hierarchy, one or several."""

from collections.abc import Sequence

from schemas.taxonomy import Taxonomy

__all__ = ["Hierarchy"]


class Hierarchy:
    """The categories of a taxonomy and who is whose parent; a flat taxonomy has none."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        index = {category.id: n for n, category in enumerate(taxonomy.category)}
        self._parent = [index[c.parent] if c.parent is not None else None for c in taxonomy.category]
        self._multi = taxonomy.multi

    def ancestors(self, node: int) -> list[int]:
        """Parent, its parent, and so on."""
        found = []
        while (parent := self._parent[node]) is not None:
            found.append(parent)
            node = parent
        return found

    def totals(self, confidences: Sequence[float]) -> list[float]:
        """Each category's confidence with those of all categories below it."""
        totals = list(confidences)
        for node, confidence in enumerate(confidences):
            for ancestor in self.ancestors(node):
                totals[ancestor] += confidence
        return totals

    def choose(self, confidences: Sequence[float], threshold: float) -> list[tuple[int, float]]:
        """Categories and their total confidences: each chosen one followed by its ancestors, every one once.

        Chosen is the narrowest category that reaches the threshold, starting from the most confident top one; in a
        `multi` taxonomy, every category that reaches it and has none below it that does.
        """
        totals = self.totals(confidences)
        enough = [node for node, total in enumerate(totals) if total >= threshold]
        widened = {ancestor for node in enough for ancestor in self.ancestors(node)}
        narrowest = sorted((node for node in enough if node not in widened), key=lambda node: -totals[node])
        if not self._multi:
            narrowest = self._descend(totals, threshold)
        order = dict.fromkeys(n for node in narrowest for n in (node, *self.ancestors(node)))
        return [(node, min(1.0, totals[node])) for node in order]

    def _descend(self, totals: Sequence[float], threshold: float) -> list[int]:
        chosen: int | None = None
        while True:
            below = [node for node, parent in enumerate(self._parent) if parent == chosen]
            best = max(below, key=lambda node: totals[node], default=None)
            if best is None or totals[best] < threshold:
                return [] if chosen is None else [chosen]
            chosen = best
