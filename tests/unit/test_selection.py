"""Choosing what to do again."""

from pathlib import Path

import pytest
from standins import row

from docmill.catalog import Catalog
from docmill.errors import ConfigError
from docmill.judgement import Standing
from docmill.selection import Selection

ENRICHED = Standing.of(row("in/a/b.html", "e"))
REJECTED = Standing.of(row("in/c.pdf", "e", status="rejected", reason="timeout"))


@pytest.mark.parametrize(
    ("selection", "chosen"),
    [
        (Selection(), [True, True]),
        (Selection(failed=True), [False, True]),
        (Selection(reason="timeout"), [False, True]),
        (Selection(reason="empty"), [False, False]),
        (Selection(key="in/*"), [True, True]),
        (Selection(key="*.html"), [True, False]),
        (Selection(key="b.html"), [False, False]),
        (Selection(key="in/[d].pdf"), [False, False]),
        (Selection(stale=True), [False, False]),
        (Selection(failed=True, key="*.html"), [False, False]),
    ],
)
def test_every_condition_must_hold(selection: Selection, chosen: list[bool]) -> None:
    """Each narrows the choice."""
    assert [selection.picks(standing, "f") for standing in (ENRICHED, REJECTED)] == chosen


def test_a_key_with_brackets_matches_itself() -> None:
    """People copy keys from what docmill says, and some are patterns that do not match themselves."""
    assert Selection(key="in/report [1].pdf").picks(Standing.of(row("in/report [1].pdf", "e")), "f")


def test_stale_is_what_another_pipeline_made() -> None:
    """By the fingerprint on the row."""
    assert Selection(stale=True).picks(ENRICHED, "another")


@pytest.mark.parametrize(
    "where",
    [
        "topic = 'health'",
        "array_has(topics, 'health') AND size > 10",
        "stages['clean'] = '2' OR title LIKE '%(%'",
        "processed_at < now() - interval '1 day'",
    ],
)
def test_a_condition_over_the_columns_is_taken(tmp_path: Path, where: str) -> None:
    """With `topic` beside them, the first of the topics."""
    catalog = Catalog(str(tmp_path))
    catalog.append([row("a", "e")])
    Selection(where=where).check(catalog)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("topik = 'health'", "columns: schema_version, "),
        ("topic = ", "wrong"),
        ("1", "wrong"),
        ("", "not one expression"),
        ("true) from catalog; drop table x --", "not one expression"),
        ("title = 'a", "not one expression"),
        ("true) or (true", "not one expression"),
        ("true -- and the rest", "not one expression"),
        ("true /* and the rest", "not one expression"),
    ],
)
def test_what_is_no_condition_is_refused_with_what_would_be_right(tmp_path: Path, where: str, said: str) -> None:
    """A wrong name, broken or hidden SQL, or no expression at all."""
    catalog = Catalog(str(tmp_path))
    catalog.append([row("a", "e")])
    with pytest.raises(ConfigError, match="condition") as caught:
        Selection(where=where).check(catalog)
    assert said in str(caught.value)


def test_an_unknown_reason_is_refused_with_those_there_are(tmp_path: Path) -> None:
    """A slip of the keyboard does not select nothing in silence."""
    with pytest.raises(ConfigError, match="timeout"):
        Selection(reason="timeuot").check(Catalog(str(tmp_path)))
