"""Subtitles, calendars and notebooks are read as what they say, not as the files they are kept in."""

import json

import pytest
from reading import refined

from docmill import Pipeline
from docmill.detect import detect

SRT = """\
1
00:00:01,000 --> 00:00:03,500
<i>The harbour</i> was closed
for two weeks.

2
00:00:03,600 --> 00:00:06,000
It opens again on Monday.

3
00:00:12,000 --> 00:00:14,000
- Will the ferry run?
- Yes, from noon.
"""
VTT = """\
WEBVTT - Harbour news
Language: en

NOTE made by hand

intro
00:01.000 --> 00:03.500 align:start
<v Nora Eide>The harbour opens &amp; the ferry runs.

00:03.500 --> 00:05.000
<v Ole Vik>From noon.
"""
SCROLLING = """\
WEBVTT

00:00:01.000 --> 00:00:02.000
the harbour opens again

00:00:02.000 --> 00:00:03.000
the harbour opens again
on monday at noon
"""
ICS = """\
BEGIN:VCALENDAR
PRODID:-//x//y//EN
X-WR-CALNAME:Harbour days
BEGIN:VEVENT
UID:1@example.org
DTSTART:20260321T063000Z
SUMMARY:Boats on show\\, and a fair
LOCATION:Quay 3
END:VEVENT
END:VCALENDAR
"""
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAYAAACqaXHeAAAABmJLR0QA" * 6
TABLE = "<table><tr><td>6</td><td>1.2</td></tr></table>"
NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"authors": [{"name": "Nora Eide"}], "kernelspec": {"name": "python3"}},
    "cells": [
        {"cell_type": "markdown", "source": ["# Tides\n", "\n", "How high the water stands, by [hour](https://example.org/h)."]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "source": ["for hour in range(2):\n", "    print(hour)"],
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["0\n", "1\n"]},
                {"output_type": "display_data", "data": {"image/png": PICTURE, "text/plain": ["<Figure>"]}},
                {"output_type": "execute_result", "data": {"text/html": TABLE}},
                {"output_type": "error", "ename": "ValueError", "evalue": "\x1b[31mno tide\x1b[0m", "traceback": []},
            ],
        },
    ],
}  # fmt: skip


@pytest.mark.parametrize("key", ["talk.srt", "talk.txt"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_subtitles_are_running_text(cleaner: Pipeline, key: str, ending: str) -> None:
    """Numbers and times are no text; silence and another speaker end a paragraph."""
    outcome = refined(cleaner, SRT.replace("\n", ending), key)
    assert [block.text for block in outcome.blocks] == [
        "The harbour was closed for two weeks. It opens again on Monday.",
        "- Will the ferry run?",
        "- Yes, from noon.",
    ]
    assert outcome.removed == ()
    assert outcome.source.media_type == "application/x-subrip"


def test_webvtt_names_who_speaks(cleaner: Pipeline) -> None:
    """Its head gives title and language; settings, notes and names of cues are not said."""
    outcome = refined(cleaner, VTT, "talk.vtt")
    assert outcome.text.split("\n\n") == ["Nora Eide: The harbour opens & the ferry runs.", "Ole Vik: From noon."]
    assert outcome.title == "Harbour news"


def test_lines_that_scroll_are_said_once(cleaner: Pipeline) -> None:
    """As in captions made by machines, which show the line before again."""
    assert refined(cleaner, SCROLLING, "talk.vtt").text == "the harbour opens again on monday at noon"


def test_a_calendar_says_what_is_when_and_where(cleaner: Pipeline) -> None:
    """Of its fields those that people read."""
    outcome = refined(cleaner, ICS, "days.ics")
    assert outcome.title == "Harbour days"
    assert [b.text for b in outcome.blocks] == [
        "Start: 2026-03-21 06:30 UTC",
        "Boats on show, and a fair",
        "Location: Quay 3",
    ]


def test_a_notebook_is_its_text_code_and_results(cleaner: Pipeline) -> None:
    """No names of fields, no pictures."""
    outcome = refined(cleaner, json.dumps(NOTEBOOK), "tides.ipynb")
    assert [(block.kind.value, block.text) for block in outcome.blocks] == [
        ("heading", "Tides"),
        ("paragraph", "How high the water stands, by hour."),
        ("code", "for hour in range(2):\n    print(hour)"),
        ("code", "0\n1"),
        ("code", "<Figure>"),
        ("table", "6 | 1.2"),
        ("code", "ValueError: no tide"),
    ]
    assert (outcome.title, outcome.authors) == ("Tides", ("Nora Eide",))


def test_notebooks_of_the_third_format(cleaner: Pipeline) -> None:
    """Their cells are within worksheets, their headings cells of their own."""
    cells = [{"cell_type": "heading", "level": 2, "source": "Tides"}, {"cell_type": "code", "input": "print(1)"}]
    data = {"nbformat": 3, "worksheets": [{"cells": [*cells, {"cell_type": "raw", "source": 7}, "odd"]}]}
    assert refined(cleaner, json.dumps(data), "a.ipynb").text == "Tides\n\nprint(1)"


def test_pictures_within_json_are_no_text(cleaner: Pipeline) -> None:
    """Base64 is logged, cut; a long word, and a digest, stay."""
    outcome = refined(cleaner, json.dumps({"title": "Quay", "picture": PICTURE, "sum": "9f" * 40}), "a.json")
    assert "iVBOR" not in outcome.text
    assert "9f9f" in outcome.text
    assert [removal.reason.value for removal in outcome.removed] == ["unreadable"]


def test_a_mime_entity_is_a_mail_without_a_recipient() -> None:
    """As messages within others are saved."""
    data = b"From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nText\n--x--\n"
    assert detect(data, "a.txt").media_type == "message/rfc822"


def test_subtitles_without_sentences_have_paragraphs(cleaner: Pipeline) -> None:
    """As captions made by machines have no stops: a paragraph ends for all that, so that time grows with the cues."""
    cues = "\n".join(
        f"00:{n // 60:02}:{n % 60:02}.000 --> 00:{n // 60:02}:{n % 60:02}.900\nword {n}\n" for n in range(900)
    )
    outcome = refined(cleaner, f"WEBVTT\n\n{cues}", "talk.vtt")
    assert outcome.text.replace("\n\n", " ") == " ".join(f"word {n}" for n in range(900))
    assert len(outcome.blocks) > 1
