"""What the names of elements say of what goes."""

from docmill.clean.page import clean_page
from docmill.extract.html import read_page
from schemas.document import RemovalReason

PARAGRAPH = (
    "The council of Norra decided on Monday to keep the old ferry for another winter, because the bridge will not be "
    "ready before spring, as the harbour master said after the vote."
)


def test_what_holds_the_article_says_nothing_of_what_goes() -> None:
    """A whole page within an `ad-wallpaper` or a `meta` is neither: what is in boxes of its own is named by them."""
    links = "".join(f"<li><a href='/{n}'>Fish market moves {n}</a></li>" for n in range(6))
    ads = "".join(f"<li><a href='https://shop.example/{n}'>Our fine ropes {n}</a></li>" for n in range(6))
    page, _, _ = read_page(
        f"<html><body class='author-time'><div class=ad-wallpaper><ul class=list>{links}</ul><article>"
        "<h1>The ferry stays</h1>"
        f"<p>{PARAGRAPH}</p><p>{PARAGRAPH[:-1]}, and went home.</p></article><div class=ads><ul>{ads}</ul></div>"
        "</div></body></html>"
    )
    cleaned = clean_page(page, None)
    assert any("council of Norra" in block.text for block in cleaned.blocks)
    reasons = {removal.text: removal.reason for removal in cleaned.removed}
    assert {reasons[text] for text in reasons if "ropes" in text} == {RemovalReason.ADVERTISEMENT}
    assert not {reasons[text] for text in reasons if "Fish market" in text} & {
        RemovalReason.ADVERTISEMENT, RemovalReason.BYLINE
    }  # fmt: skip
    assert any("Fish market" in text for text in reasons)
