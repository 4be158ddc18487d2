"""Markdown: read back, the blocks say what they said."""

import pytest
from markdown_it import MarkdownIt

from docmill.extract.cells import as_row
from docmill.markdown import to_markdown
from docmill.plain import to_text
from schemas.document import Block, BlockKind

READER = MarkdownIt("commonmark").enable("table")


def _items(*items: tuple[int | None, int | None, str]) -> list[Block]:
    return [Block(kind=BlockKind.LIST_ITEM, text=text, level=level, number=number) for level, number, text in items]


@pytest.mark.parametrize(
    "text",
    [
        "Use the <b> tag, <!-- or --> none", "an &amp; and a &#60;", "*all* and 2*3*4, **kwargs",
        "__init__ and _a_ but_not_this",
        "`tick", "[1](see)", r"C:\_x \* \[x\]", "1. May was warm",
        "2) so", "# 5", "> 3", "- 4", "+ 4", "* 4", "---", "===", "___", "~~~ sh",
        "one\n===", "one\n- two", "one\n12. two", "| a |",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", [BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.LIST_ITEM])
def test_what_reads_as_markup_is_text(text: str, kind: BlockKind) -> None:
    """Signs of Markdown and HTML in a text are shown, as the text's own; markers of items are the list's."""
    if kind is BlockKind.LIST_ITEM and text.partition(" ")[0] in {"1.", "2)", "-", "+", "*"}:
        text = text.partition(" ")[2]
    tokens = READER.parse(to_markdown([Block(kind=kind, text=text)]))
    (inline,) = [token for token in tokens if token.type == "inline"]
    assert {token.type for token in inline.children or []} <= {"text", "text_special", "softbreak"}
    assert "".join(token.content or "\n" for token in inline.children or []).replace("\n\n", "\n") == text


def test_bars_within_cells_and_rows_longer_than_the_first_are_kept() -> None:
    """A table has as many columns as its longest row, and no more for a bar in a cell."""
    rows = [Block(kind=BlockKind.TABLE, text=text) for text in ("Costs", "| a", "salt|grit | 3 | 4")]
    html = READER.render(to_markdown(rows))
    assert html.count("<th>") == 3
    assert [cell.partition("</td>")[0] for cell in html.split("<td>")[1:]] == ["", "a", "", "salt|grit", "3", "4"]


def test_items_nest_below_numbers_as_below_bullets() -> None:
    """An item is as far in as the text above it; a list that begins within one is not."""
    assert to_markdown(_items((1, 9, "a"), (2, None, "b"), (3, 1, "c"), (1, 10, "d"), (2, None, "e"))) == (
        "9. a\n   - b\n     1. c\n10. d\n    - e"
    )
    assert to_markdown(_items((3, None, "a"), (4, None, "b"))) == "- a\n  - b"


def test_items_have_one_marker() -> None:
    """That of plain text and PDFs stands in the text; where it is a number, it stays."""
    items = _items((None, None, "• salt"), (None, None, "12) grit"), (None, None, "1986. A warm year"))
    assert to_markdown(items) == "- salt\n12) grit\n- 1986\\. A warm year"


def test_empty_cells_are_cells() -> None:
    """At the beginning of a row, within it, and several side by side."""
    rows = [Block(kind=BlockKind.TABLE, text=text) for text in ("| May | June", "salt | | 3", "| | 4")]
    html = READER.render(to_markdown(rows))
    assert [cell.partition("</t")[0] for cell in html.split("<th>")[1:]] == ["", "May", "June"]
    assert [cell.partition("</td>")[0] for cell in html.split("<td>")[1:]] == ["salt", "", "3", "", "", "4"]


@pytest.mark.timeout(5)
def test_underscores_in_a_row_are_looked_at_once() -> None:
    """As forms have them, however many."""
    assert len(to_markdown([Block(kind=BlockKind.PARAGRAPH, text=f"Name {'_' * 200_000} here")])) == 200_010


def test_two_tables_in_a_row_are_two() -> None:
    """Each has its own first row, which its number tells, in `markdown` and in `text`."""
    rows = [Block(kind=BlockKind.TABLE, text=f"{name} | 1", number=n) for name in "ab" for n in (1, 2)]
    assert to_markdown(rows) == "| a | 1 |\n| --- | --- |\n| a | 1 |\n\n| b | 1 |\n| --- | --- |\n| b | 1 |"
    assert to_text(rows) == "a | 1\na | 1\n\nb | 1\nb | 1"


def test_bars_within_a_cell_part_no_cells() -> None:
    """Only those between cells stand between spaces."""
    assert as_row(["x | y", "z"]) == "x|y | z"
