"""Hygiene: broken characters are repaired, sound text is untouched, and no line moves."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.clean import clean
from docmill.extract.text import read_lines
from docmill.hygiene import tidy
from docmill.stage import Extracted, Metadata
from schemas.document import Block, BlockKind


def _tidied(*lines: str) -> list[str]:
    found = tidy(read_lines("\n".join(lines))).lines
    assert found is not None
    return found.texts


def _paragraph(text: str) -> str:
    block = Block(kind=BlockKind.PARAGRAPH, text=text)
    return tidy(Extracted(blocks=(block,))).blocks[0].text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Die Brücke über den Fluß", "cp1252"),
        ("Le café fermé l’été", "cp1252"),
        ("“Quoted“ – and dashed", "cp1252"),
        ("Die Brücke über den Fluß", "latin-1"),
        ("Река поднялась за ночь на два метра", "latin-1"),
        ("Река поднялась за ночь на два метра", "cp1251"),
    ],
)
def test_mojibake_is_repaired(text: str, codec: str) -> None:
    """UTF-8 that was read in a single-byte encoding is read again as what it was."""
    assert _tidied(text.encode().decode(codec)) == [text]


@pytest.mark.parametrize(
    ("broken", "sound"),
    [
        ("Playbooks\uf0c1", "Playbooks"),
        ("\uf0b7 first", "• first"),
        ("con\uf001rm", "confirm"),
        ("\ue5e5\ue5e5一、二", "一、二"),
        ("a \uf082 b", "a b"),
        ("港\ue0a1澳", "港\ue0a1澳"),
    ],
)
def test_signs_of_symbol_fonts_are_what_they_are_without_them(broken: str, sound: str) -> None:
    """Bullets, ligatures and blanks; among Chinese letters they may be letters."""
    assert _tidied(broken) == [sound]


def test_words_that_share_their_end_are_not_joined() -> None:
    """What stands at a line's end before `und` or `and` is no broken word."""
    assert _tidied("Die Türen der Halle sind für den Ein-", "und Ausgang der Gäste")[0].endswith("Ein-")
    assert _paragraph("a ramp for pre-\nand post-war ferries") == "a ramp for pre- and post-war ferries"


@pytest.mark.parametrize(
    ("broken", "sound"),
    [
        ("zero\u200bwidth\ufeff and \u2060joined", "zerowidth and joined"),
        ("\u202eright\u202c to \u2067left\u2069", "right to left"),
        ("bell\x07 and \x1bescape", "bell and escape"),
        ("vertical\x0btab and next\x85line", "vertical tab and next line"),
        ("cafe\u0301", "café"),
        ("hy\u00adphen\u00ada\u00adtion", "hyphenation"),
        ("Write to [email\u00a0protected] for a map", "Write to for a map"),
    ],
)
def test_junk_goes(broken: str, sound: str) -> None:
    """What cannot be seen or was put in by a script is taken out."""
    assert _tidied(broken) == [sound]


@pytest.mark.parametrize(
    "text",
    [
        "می‌خواهم",
        "क्‍ष",
        "👩‍🚒 came down the ladder",
        "Plain words, 10 – 12 o’clock.",
        "Ünïcödé, Ça va? Ñandú",
        "“Ça” — l’été…",
        "СССР и «Россия» № 5",
    ],
)
def test_sound_text_is_untouched(text: str) -> None:
    """Joiners that a script or an emoji needs stay, and so does everything unsuspicious."""
    assert _tidied(text) == [text]


def test_what_people_wrote_of_the_document_is_repaired_too() -> None:
    """Title, authors and site name as well as the text; addresses stay as they are."""
    broken = "Die Brücke".encode().decode("cp1252")
    declared = Metadata(
        title=broken, authors=(broken, "Jo\u200b Doe"), site_name=broken, url="https://coast.example/Ã¼"
    )
    found = tidy(Extracted(blocks=(), metadata=declared)).metadata
    assert (found.title, found.authors, found.site_name) == ("Die Brücke", ("Die Brücke", "Jo Doe"), "Die Brücke")
    assert found.url == declared.url


def test_word_broken_over_two_lines_is_joined() -> None:
    """In a text broken at a column, the rest of a hyphenated word moves up; both lines stay."""
    assert _tidied("The volunteers carried the sand-", "bags to the school before dawn.") == [
        "The volunteers carried the sandbags",
        "to the school before dawn.",
    ]


def test_hyphen_of_a_compound_stays() -> None:
    """Where the document writes the word with a hyphen elsewhere, the hyphen stays."""
    found = _tidied(
        "A well-known baker spoke first at the meeting.", "The others listened to the well-", "known baker in silence."
    )
    assert found[1:] == ["The others listened to the well-known", "baker in silence."]


def test_name_after_a_hyphen_is_not_joined() -> None:
    """A hyphen before a capital, and one at the end of a short line, are no broken words."""
    assert _tidied("The road leads from Upper Aldbury to Lower-", "Aldbury along the river.")[0].endswith("Lower-")
    assert _tidied("pre-", "fix list") == ["pre-", "fix list"]


def test_hyphen_at_a_line_end_within_a_paragraph_is_joined() -> None:
    """The same within one block of several lines."""
    assert _paragraph("The volun-\nteers from Lower-\nAldbury") == "The volunteers from Lower-Aldbury"


def test_code_keeps_its_indentation_beside_a_placeholder() -> None:
    """A repair is made where something is to be repaired, and nowhere else in the document."""
    code = "def ferry():\n    return  1"
    blocks = tuple(
        Block(kind=BlockKind.CODE, text=text) for text in ("Ask [email protected] for it", code, "mole\u0301", code)
    )
    found = [block.text for block in tidy(Extracted(blocks=blocks)).blocks]
    assert found == ["Ask for it", code, "mol\u00e9", code]


def test_a_line_that_is_only_a_placeholder_stays_for_the_log() -> None:
    """Cleaning names it; hygiene must not make it vanish."""
    assert _tidied("[email protected]") == ["[email protected]"]


def test_glued_words_are_reported_not_guessed() -> None:
    """Words that lost their spaces are left as they are, with a warning."""
    text = "The riverRose two metresOvernight and the lowerTown was cut.Until noon theFerry stayed inHarbour."
    found = tidy(read_lines(text))
    assert found.lines is not None
    assert found.lines.texts == [text]
    assert [w.split(":")[0] for w in found.warnings] == ["glued_words"]
    assert tidy(read_lines("The river rose two metres overnight, said McAllister. " * 5)).warnings == ()


def test_letters_and_accents_that_junk_kept_apart_are_composed() -> None:
    """What comes together when something is taken out is composed too."""
    assert _tidied("cafe\u200b\u0301 au lait") == ["caf\u00e9 au lait"]


@given(st.lists(st.text(max_size=40).filter(lambda s: "\n" not in s and "\r" not in s), max_size=12))
def test_no_line_moves(lines: list[str]) -> None:
    """Each line keeps its number; the result is normalized text without junk."""
    before = read_lines("\n".join(lines)).lines
    after = tidy(read_lines("\n".join(lines))).lines
    assert before is not None
    assert after is not None
    assert after.numbers == before.numbers
    for text in after.texts:
        assert unicodedata.is_normalized("NFC", text)
        assert not set(text) & set("\u200b\ufeff\u202e\x00\x07\xad")


_LINES = st.one_of(
    st.sampled_from(
        [
            "Log in",
            "Log in",
            "© 2021",
            "[email protected]",
            "\u200b",
            "12 comments",
            "sand-",
            "bags, " + "and so on " * 9,
        ]
    ),
    st.just("The river rose two metres overnight, and the lower town was cut off from the bri-"),
    st.text(max_size=60).filter(lambda s: "\n" not in s and "\r" not in s),
)


@given(st.lists(_LINES, max_size=25))
def test_every_line_is_kept_or_logged(lines: list[str]) -> None:
    """Through hygiene and cleaning together, each non-blank line of the input comes out once: kept or removed."""
    cleaned = clean(tidy(read_lines("\n".join(lines))))
    numbers = sorted(b.start_line or 0 for b in (*cleaned.blocks, *cleaned.removed))
    assert numbers == [number for number, line in enumerate(lines, start=1) if line.strip()]
