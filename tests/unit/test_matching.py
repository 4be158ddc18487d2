"""Which keys are documents, and why not."""

import unicodedata

import pytest
from standins import row

from docmill.judgement import Standing
from docmill.matching import KeyRules
from docmill.selection import Selection
from schemas import Settings

SETTINGS = Settings(
    inbox="s3://b/in", output="s3://b/in/out", include=("*.html", "notes/*"), exclude=("*draft*", "notes/old/*")
)


@pytest.mark.parametrize("key", ["in/a.html", "in/deep/er/a.html", "in/notes/x", "in/notes/deep/x", "in/outside.html"])
def test_documents_match(key: str) -> None:
    """A pattern without a slash is for the last part of the key at any depth, one with a slash for the whole path."""
    assert KeyRules(SETTINGS).refusal(key, 1) is None


@pytest.mark.parametrize(
    ("key", "size", "said"),
    [
        ("other/a.html", 1, "outside the inbox's prefix"),
        ("in/f/", 0, "folder marker"),
        ("in/out/enriched/a.html", 1, "own output"),
        ("in/a.pdf", 1, "include"),
        ("in/A.HTML", 1, "include"),
        ("in/my draft.html", 1, "'*draft*' of the setting exclude"),
        ("in/notes/old/x", 1, "'notes/old/*' of the setting exclude"),
        ("in/notes/x.part", 1, "'*.part' of the setting temporary"),
        ("in/.a.html", 1, "'.*' of the setting temporary"),
        ("in/notes/~$x", 1, "'~$*' of the setting temporary"),
    ],
)
def test_every_refusal_names_its_pattern(key: str, size: int, said: str) -> None:
    """What is left alone is told with the setting and the pattern that decide it."""
    assert said in (KeyRules(SETTINGS).refusal(key, size) or "")


def test_without_settings_everything_is_a_document_but_uploads_under_way() -> None:
    """Another bucket's output is no concern, and patterns are for parts of keys, not folders' names."""
    rules = KeyRules(Settings(inbox="s3://b", output="s3://c"))
    assert rules.refusal("enriched/a", 1) is None
    assert rules.refusal(".folder/a", 1) is None
    assert rules.refusal("a/b.tmp", 1) is not None


@pytest.mark.parametrize("pattern", ["*Übung*", unicodedata.normalize("NFD", "*Übung*")])
def test_accents_match_in_either_form(pattern: str) -> None:
    """Those of keys that were written on macOS are apart, those that keyboards give are not."""
    for form in ("NFC", "NFD"):
        key = unicodedata.normalize(form, "Übung é.html")
        assert KeyRules(Settings(inbox="s3://b", include=(pattern,))).refusal(key, 1) is None
        assert "exclude" in (KeyRules(Settings(inbox="s3://b", exclude=(pattern,))).refusal(key, 1) or "")
        assert Selection(key=pattern).picks(Standing.of(row(key, "e")), "f")
