"""Characters of Word's symbol fonts, which have codes of their own, as Unicode has them."""

__all__ = ["has_symbols", "symbol"]

# Adobe's Symbol font from 0x21 on; a blank where Unicode has no such sign.
_SYMBOL = (
    "!∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_ αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
    + " " * 33
    + "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑"
)
_FIRST = 0x21
_DINGBATS = {
    0x4A: "☺", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x76: "❖", 0xA7: "▪", 0xA8: "◻", 0xD8: "➢",
    0xDF: "←", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_PRIVATE = 0xF000  # where such codes are moved to


def has_symbols(font: str) -> bool:
    """Whether a font's characters are other ones than their codes say."""
    return font.casefold() == "symbol" or font.casefold().startswith("wingdings")


def symbol(font: str, code: str) -> str:
    """A character by its font and its code in hexadecimal, as it is where no other is known; none if malformed."""
    try:
        number = int(code, 16)
        found = chr(number)
    except (ValueError, OverflowError):
        return ""
    place = number - _PRIVATE if number >= _PRIVATE else number
    if font.casefold() == "symbol" and 0 <= place - _FIRST < len(_SYMBOL) and not _SYMBOL[place - _FIRST].isspace():
        return _SYMBOL[place - _FIRST]
    return _DINGBATS.get(place, found) if font.casefold().startswith("wingdings") else found
