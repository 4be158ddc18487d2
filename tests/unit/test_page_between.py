"""What stays in the midst of the text that stays."""

from docmill.clean.page.between import between
from docmill.extract.html import read_page
from docmill.extract.html.kinds import Place, places
from docmill.extract.html.shape import Shape


def _places(body: str) -> list[Place]:
    page, _, _ = read_page(f"<html><body>{body}</body></html>")
    return places(Shape.of(page))


def test_code_within_the_text_stays() -> None:
    """Examples in a manual do, several in a row too; code of which nothing around stays goes as before."""
    where = _places("<p>one</p><pre>a = 1</pre><pre>b = 2</pre><p>two</p><p>three</p><pre>c = 3</pre><p>four</p>")
    assert [place.kind for place in where].count("code") == 3
    keep = [True, False, False, True, False, False, False]
    assert between(where, keep, [1, 2, 4, 5, 6]) == [1, 2]


def test_code_far_from_what_stays_goes() -> None:
    """More than three blocks away is another part of the page."""
    where = _places("<p>one</p>" + "<p>menu</p>" * 3 + "<pre>a = 1</pre><p>two</p>")
    assert between(where, [True, False, False, False, False, True], [1, 2, 3, 4]) == []
