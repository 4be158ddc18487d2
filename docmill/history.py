"""What all rows of the catalog say of a key together: which is current, and whether it can be relied on."""

from collections.abc import Iterable

from docmill.judgement import Standing

__all__ = ["current_of", "doubtful_of", "is_doubtful"]


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

    That is so if it was made before a removal and told of after: by who had seen it, and committed its row late. A
    second row after the removal is of who has looked again.
    """
    newest = sorted(history, key=lambda row: row.order)[-2:]
    if [row.is_removal for row in newest] != [True, False]:
        return False
    return newest[1].processed_at <= newest[0].processed_at
