"""What tells news from articles: agencies and announcements, and the writer's own voice."""

import pytest

from docmill.classify.cues import find_cues


def _named(text: str, category: str) -> set[str]:
    return {evidence.text.partition(":")[0] for kind, evidence in find_cues(text) if kind == category}


@pytest.mark.parametrize(
    "text",
    [
        "Moon mapped\nHARBOUR CITY (Reuters) - Scientists have drawn a map.",
        "Bridge opened\nFOR IMMEDIATE RELEASE\nThe bridge is open.",
        "Fähre fährt wieder\nNordhafen (dpa) - Die Fähre fährt wieder.",
        "渡轮恢复\n新华社北京1月17日电 渡轮恢复运行。",
        "渡轮恢复\n南方网讯 渡轮恢复运行。",
        "Паром\nСЕВЕРНЫЙ, 29 июня. /ТАСС/. Паром снова ходит.",
    ],
)
def test_agencies_and_datelines_speak_for_news(text: str) -> None:
    """In the languages of the agencies."""
    assert "agency or dateline" in _named(text, "news")


def test_what_is_announced_speaks_for_news() -> None:
    """A firm's as a minister's; in German, what is said by somebody on some day."""
    assert "announcement" in _named("A pump\nThe firm today announced a new pump.", "news")
    german = "Hafen\nDer Hafen bleibt zu, sagte ein Sprecher am Montag. Das teilte auch die Stadt mit."
    assert "reported in German" in _named(german, "news")


@pytest.mark.parametrize(
    "title",
    ["Column: The pump and I", "Opinion | Pumps", "Kommentar: Die Pumpe", "观点：水泵", "The Herald view on pumps"],
)
def test_opinions_are_articles(title: str) -> None:
    """A paper's columns as well as its leaders."""
    assert "opinion" in _named(title + "\nThe pump is old.", "article")


def test_the_writers_own_voice_speaks_for_an_article() -> None:
    """But not what others are told of."""
    assert "the writer's own voice" in _named("Pumps\nIn my opinion I have the best pump.", "article")
    assert "the writer's own voice" not in _named("Pumps\nThe miami pump is on the island.", "article")
