"""What all rows of the catalog say of a key together: which is current, and whether it can be relied on."""

from collections.abc import Iterable

from docmill.judgement import Standing

__all__ = ["current_of", "doubtful_of", "is_doubtful"]

SURE, SURE_OF_OLDER = 2, 4  # commits after a removal: of a record made after it by its own account, or before


def current_of(rows: Iterable[Standing]) -> dict[str, Standing]:
    """Of each key the current row."""
    found: dict[str, Standing] = {}
    for row in rows:
        known = found.setdefault(row.key, row)
        if row.order > known.order:
            found[row.key] = row
    return found


def doubtful_of(rows: Iterable[Standing]) -> set[str]:
    """The keys whose current row cannot be relied on."""
    rows = list(rows)
    histories: dict[str, list[Standing]] = {row.key: [] for row in rows if row.is_removal}
    if not histories:
        return set()
    for row in rows:
        if row.key in histories:
            histories[row.key].append(row)
    return {key for key, history in histories.items() if is_doubtful(history)}


def is_doubtful(history: Iterable[Standing]) -> bool:
    """Whether the record that the current one of a key's rows tells of may have been removed since it was seen.

    That is so if rows were committed after a removal by who had seen the record before it. There may be several: of two
    workers at the same object, or of one that committed twice as it heard nothing of the first time. So the record is
    looked for again, which adds a row, once after a removal in any case, and a few times where it says itself that it
    was made before. Clocks may be wrong: a time alone is not believed.
    """
    rows = sorted(history, key=lambda row: row.order)
    removal = next((at for at in reversed(range(len(rows))) if rows[at].is_removal), None)
    if removal is None or removal == len(rows) - 1:
        return False
    commits = {row.sequence for row in rows[removal + 1 :]}
    older = rows[-1].processed_at <= rows[removal].processed_at
    return len(commits) < (SURE_OF_OLDER if older else SURE)
