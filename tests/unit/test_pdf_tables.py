"""Tables of PDF: cells in their columns, whatever is empty, and whatever goes over several lines."""

from documents import Text, pdf
from reading import extracted, told

LEFT, COST, REMARK, YEAR = 40.0, 140.0, 200.0, 500.0
PROSE = "The council met on Tuesday and voted for the budget below, which is larger than that of last year."


def _told(texts: list[Text]) -> list[tuple[str, str]]:
    return told(extracted(pdf([texts])))


def _rows(texts: list[Text]) -> list[str]:
    return [text for kind, text in _told(texts) if kind == "table"]


def test_empty_cells_of_pdf_keep_their_places() -> None:
    """Columns are told by all rows; a cell that reaches over several stands in the first of them."""
    texts: list[Text] = [
        (LEFT, 700, 11, "Item"), (COST, 700, 11, "Cost"), (REMARK, 700, 11, "Remark"), (YEAR, 700, 11, "Year"),
        (LEFT, 680, 11, "Salt"), (COST, 680, 11, "1200"), (YEAR, 680, 11, "2024"),
        (LEFT, 660, 11, "Rope"), (REMARK, 660, 11, "old"), (YEAR, 660, 11, "2025"),
        (LEFT, 640, 11, "Pier"), (COST, 640, 11, "to be decided in May"), (YEAR, 640, 11, "2026"),
    ]  # fmt: skip
    assert _rows(texts) == [
        "Item | Cost | Remark | Year", "Salt | 1200 | | 2024", "Rope | | old | 2025",
        "Pier | to be decided in May | | 2026",
    ]  # fmt: skip


def test_cells_of_several_lines_are_one() -> None:
    """The lines of each stand together in the content, which is back at the top of the row with the next cell."""
    texts: list[Text] = [
        (40, 760, 11, PROSE),
        (LEFT, 700, 11, "Salt"), (COST, 700, 11, "1200"), (REMARK, 700, 11, "dear"), (YEAR, 700, 11, "2024"),
        (LEFT, 676, 11, "Lamps and"), (LEFT, 662, 11, "their glasses"), (REMARK, 676, 11, "to be bought by the"),
        (REMARK, 662, 11, "harbour master"), (YEAR, 676, 11, "2025"),
        (LEFT, 638, 11, "Rope"), (COST, 638, 11, "80"), (YEAR, 638, 11, "2026"),
    ]  # fmt: skip
    assert _told(texts) == [
        ("paragraph", PROSE),
        ("table", "Salt | 1200 | dear | 2024"),
        ("table", "Lamps and their glasses | | to be bought by the harbour master | 2025"),
        ("table", "Rope | 80 | | 2026"),
    ]


def test_lines_nearer_than_rows_go_on_in_a_cell() -> None:
    """Where rows are as near, each is one, with the places of the cells that it has not."""
    rows: list[Text] = [
        (LEFT, 700, 11, "Salt"), (REMARK, 700, 11, "dear"), (LEFT, 675, 11, "Lamps"),
        (REMARK, 675, 11, "to be bought by"), (REMARK, 661, 11, "the master"),
        (LEFT, 636, 11, "Rope"), (REMARK, 636, 11, "old"),
    ]  # fmt: skip
    assert _rows(rows) == ["Salt | dear", "Lamps | to be bought by the master", "Rope | old"]
    tight: list[Text] = [
        (LEFT, 700, 11, "Salt"), (REMARK, 700, 11, "dear"), (LEFT, 686, 11, "Lamps"), (REMARK, 686, 11, "to be bought"),
        (REMARK, 672, 11, "in May"), (LEFT, 658, 11, "Rope"), (REMARK, 658, 11, "old"),
    ]  # fmt: skip
    assert _rows(tight) == ["Salt | dear", "Lamps | to be bought", "| in May", "Rope | old"]


def test_rows_of_one_cell_are_of_the_table() -> None:
    """Between rows, in the first column; what stands below the last row is none."""
    texts: list[Text] = [
        (LEFT, 720, 11, "Rope"), (COST, 720, 11, "80"), (LEFT, 700, 11, "Salt"), (COST, 700, 11, "1200"),
        (LEFT, 680, 11, "Repairs"), (LEFT, 660, 11, "Pier"), (COST, 660, 11, "900"), (LEFT, 640, 11, "Road"),
        (COST, 640, 11, "70"), (LEFT, 620, 11, "All sums are estimates."),
    ]  # fmt: skip
    assert _told(texts) == [
        ("table", "Rope | 80"), ("table", "Salt | 1200"), ("table", "Repairs"), ("table", "Pier | 900"),
        ("table", "Road | 70"), ("paragraph", "All sums are estimates."),
    ]  # fmt: skip


def test_columns_of_text_side_by_side_are_no_table() -> None:
    """Running text whose column begins again at the top is read column by column, as before."""
    lines = ["the ferry left at noon and", "came back before the storm", "had reached the outer pier."]
    texts: list[Text] = [(x, 700 - 13 * n, 11, line) for x in (40, 300) for n, line in enumerate(lines)]
    assert _told(texts) == [("paragraph", " ".join(lines))] * 2


def test_lines_spread_over_a_narrow_column_are_no_rows() -> None:
    """Their gaps are equally wide, wherever their words stand."""
    lines = ["The ferry left the pier at noon and then, for", "", "", "came back before the storm that night."]
    texts: list[Text] = [(40, 700 - 13 * n, 11, line) for n, line in enumerate(lines) if line]
    texts += [(40, 687, 11, "internationalisation"), (152, 687, 11, "of"), (184, 687, 11, "its")]
    texts += [(40, 674, 11, "communication,"), (132, 674, 11, "which"), (184, 674, 11, "the")]
    assert _rows(texts) == []
    words: list[Text] = [(40 + 60 * n, 600 - 13 * row, 11, "non") for row in range(3) for n in range(4)]
    assert _rows(words) == ["non | non | non | non"] * 3


def test_a_row_whose_cells_touch_does_not_end_the_table() -> None:
    """It is a row all the same."""
    texts: list[Text] = [
        (LEFT, 720, 11, "May"), (COST, 720, 11, "80"), (LEFT, 704, 11, "June"), (COST, 704, 11, "12"),
        (LEFT, 688, 11, "The month of July 70"), (LEFT, 672, 11, "August"), (COST, 672, 11, "90"),
        (LEFT, 656, 11, "October"), (COST, 656, 11, "11"),
    ]  # fmt: skip
    assert _rows(texts) == ["May | 80", "June | 12", "The month of July 70", "August | 90", "October | 11"]
