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
    code = "<pre>a = 1</pre><pre>b = 2</pre>"
    where = _places(f"<p>one</p>{code}<p>two</p>{code}<p>three</p><p>four</p><pre>c = 3</pre><p>five</p>")
    assert [place.kind for place in where].count("code") == 5
    keep = [True, False, False, True, True, True, True, False, False, False]
    assert between(where, keep) == [1, 2]


def test_an_article_without_its_code_gets_none_back() -> None:
    """Where the model drops more of the code within the text than it keeps."""
    where = _places("<p>one</p><pre>a = 1</pre><pre>b = 2</pre><p>two</p><pre>c = 3</pre><p>three</p>")
    assert between(where, [True, False, False, True, True, True]) == []


def test_code_far_from_what_stays_goes() -> None:
    """More than three blocks away is another part of the page."""
    where = _places("<p>one</p>" + "<p>menu</p>" * 3 + "<pre>a = 1</pre><p>two</p>")
    assert between(where, [True, False, False, False, False, True]) == []
