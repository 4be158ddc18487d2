"""What a run tells people: true, and never more than text."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from docmill.report import Summary, plain, rejection_rows, run_name, summary_markdown
from docmill.result import Ending, Result
from schemas import CatalogRow, SourceObject
from schemas.document import Reason

HOSTILE = "a|b\x1b[31m<script>alert(1)</script>\n# [x](javascript:1)\u202egpj.exe"


def _result(ending: Ending, key: str = "a.html", title: str | None = "A title") -> Result:
    source = SourceObject(bucket="in", key=key, etag="e", size=10)
    if ending not in {Ending.ENRICHED, Ending.REJECTED}:
        return Result(source, ending, "why")
    row = CatalogRow(
        bucket="in", docmill_version="0", key=key, etag="e", version_id=None, size=10, status=ending.value,
        output_key=f"enriched/{key}.json",
        reason=Reason.EMPTY if ending is Ending.REJECTED else None, pipeline_fingerprint="f", title=title,
        language="en", content_type="news", topics=("health",), lines_removed=2, milliseconds=3.0,
        flow_run_id=None, processed_at=datetime.now(UTC),
    )  # fmt: skip
    return Result(source, ending, "why" if ending is Ending.REJECTED else None, row)


def test_the_line_counts_every_document_once() -> None:
    """Rejected come first, with the total; nothing is left out."""
    results = [_result(e) for e in (*[Ending.ENRICHED] * 3, Ending.REJECTED, Ending.FAILED, Ending.GONE)]
    summary = Summary.of(results)
    assert summary.line() == "1 of 6 rejected, 3 enriched, 1 failed, 1 gone"
    assert Summary().line() == "nothing to do"
    assert Summary(buried=2).line() == "2 deleted"
    assert run_name("sweep", "s3://in", summary) == f"sweep s3://in: {summary.line()}"


def test_the_summary_has_the_numbers() -> None:
    """Counts, rate, languages, types, topics, slowest and where records lie."""
    text = summary_markdown([_result(Ending.ENRICHED), _result(Ending.REJECTED)], 2.0, "out")
    for part in ("1 of 2 rejected", "1.0 documents a second", "en 1", "news 1", "health 1", "s3://out/enriched/a"):
        assert part in text


def test_nothing_in_a_key_or_title_is_markup() -> None:
    """Pipes, HTML, links, escapes and direction marks reach the page as text."""
    text = summary_markdown([_result(Ending.ENRICHED, HOSTILE, HOSTILE)], 1.0, "out")
    assert not re.search(
        r"(?<!\\)[<>\[\]()#*`]", text.replace("### ", "").replace("(first 1 of 1)", "").replace("**", "")
    )
    assert not re.search(r"a(?<!\\)\|b|[\x1b\u202e]", text)


def test_the_table_has_what_was_not_enriched_with_reasons() -> None:
    """A row for each rejection and failure, none for the good, and a last one where the table is cut."""
    rows = rejection_rows([_result(Ending.ENRICHED), _result(Ending.REJECTED), _result(Ending.FAILED, HOSTILE)])
    assert [(row["outcome"], row["reason"]) for row in rows] == [("rejected", "empty"), ("failed", "")]
    many = rejection_rows([_result(Ending.REJECTED)] * 600)
    assert many[-1]["document"] == "and 100 more"


@given(st.text(max_size=400))
def test_plain_text_is_one_short_printable_line(text: str) -> None:
    """Whatever comes in, a terminal shows it and does nothing else; doing it twice changes nothing."""
    line = plain(text)
    assert len(line) <= 120
    assert "\n" not in line
    assert "\x1b" not in line
    assert plain(line) == line
