"""Pages of PDF in Chinese and Japanese whose lines run down."""

from docmill.extract.pdf.page import Piece
from docmill.extract.pdf.running_down import from_the_right, runs_down

TEXT = "海湾大桥昨日恢复通车市民可以免费通行"


def _piece(text: str, column: int, start: float) -> Piece:
    """A stretch of a line, `column` lines from the left, held so that lines run to the right, 12 points a character."""
    x0, y0 = start, 20.0 * column
    return Piece(text=text, x0=x0, y0=y0, x1=x0 + 12 * len(text), y1=y0 + 12, bold=False, row=0, page=1)


def test_lines_that_run_down_are_told_by_their_characters() -> None:
    """Each below the one before, also where PDFium ends a line after each."""
    across = [(12.0 * n, 700.0, 12.0 * n + 11, 711.0) for n in range(2 * len(TEXT))]
    down = [(40.0, 700.0 - 12 * n, 51.0, 711.0 - 12 * n) for n in range(2 * len(TEXT))]
    assert runs_down(TEXT, down.__getitem__)
    assert runs_down("\n".join(TEXT), down.__getitem__)
    assert not runs_down(TEXT, across.__getitem__)
    assert not runs_down("Tide tables of all harbours", down.__getitem__)


def test_they_are_read_from_the_right_in_one_piece_each() -> None:
    """PDFium gives them from the left, and in several pieces where the kind of letters changes."""
    pieces = [_piece("みんな", 1, 24), _piece("第二", 1, 0), _piece("これは", 2, 0), _piece("遠い", 2, 200)]
    laid = from_the_right(pieces, 600)
    assert [(piece.text, piece.row) for piece in laid] == [("これは", 0), ("遠い", 0), ("第二みんな", 1)]


def test_tiers_of_a_page_are_read_one_after_the_other() -> None:
    """Each holds some lines; they stand below each other then, not side by side as a table's cells do."""
    tiers = [
        [_piece(f"{name}{column}", column, start) for column in range(6)] for name, start in (("上", 0), ("下", 300))
    ]
    laid = from_the_right([piece for pair in zip(*tiers, strict=True) for piece in pair], 600)
    assert [piece.text for piece in laid] == [f"{name}{column}" for name in "上下" for column in reversed(range(6))]
    assert min(piece.y0 for piece in laid[:6]) > max(piece.y1 for piece in laid[6:])
    assert {piece.x0 for piece in laid} == {0}


def test_a_few_lines_are_no_tier() -> None:
    """Such as a page's number below the text."""
    pieces = [_piece("上", column, 0) for column in range(6)] + [_piece("7", 3, 400)]
    assert {piece.y0 >= 0 for piece in from_the_right(pieces, 600)} == {True}
