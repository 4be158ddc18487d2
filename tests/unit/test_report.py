"""What a run tells people: true, and never more than text."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from docmill.report import Report, Summary, plain, run_name
from docmill.result import Ending, Result
from schemas import CatalogRow, SourceObject
from schemas.document import Reason

_numbers = count()
HOSTILE = "a|b\x1b[31m<script>alert(1)</script>\n# [x](javascript:1)\u202egpj.exe"


def _source(key: str) -> SourceObject:
    return SourceObject(bucket="in", key=key, etag="e", size=10)


def _result(ending: Ending, key: str = "", title: str | None = "A title") -> Result:
    """Of another document each time, unless its key is given."""
    source = _source(key or f"{next(_numbers)}.html")
    if ending not in {Ending.ENRICHED, Ending.REJECTED}:
        return Result(source, ending, "why")
    row = CatalogRow(
        bucket="in", docmill_version="0", key=source.key, etag="e", version_id=None, size=10, status=ending.value,
        output_key=f"enriched/{source.key}.json",
        reason=Reason.EMPTY if ending is Ending.REJECTED else None, pipeline_fingerprint="f", title=title,
        language="en", content_type="news", topics=("health",), lines_removed=2, milliseconds=3.0,
        flow_run_id=None, processed_at=datetime.now(UTC),
    )  # fmt: skip
    return Result(source, ending, "why" if ending is Ending.REJECTED else None, row)


def _report(*results: Result) -> Report:
    report = Report(len(results))
    for result in results:
        report.note(result)
    return report


def test_the_line_counts_every_document_once() -> None:
    """Rejected come first, with the total; nothing is left out."""
    endings = [*[Ending.ENRICHED] * 3, Ending.REJECTED, Ending.FAILED, Ending.GONE]
    summary = _report(*map(_result, endings)).summary
    assert summary.line() == "1 of 6 rejected, 3 enriched, 1 failed, 1 gone"
    assert Summary().line() == "nothing to do"
    assert Summary(buried=2).line() == "2 deleted"
    assert run_name("sweep", "s3://in", summary) == f"sweep s3://in: {summary.line()}"


def test_what_comes_again_counts_once() -> None:
    """A shard that is tried anew finds done what it had done, and may do what had failed."""
    before = [_result(Ending.ENRICHED, "a"), _result(Ending.FAILED, "b"), _result(Ending.FAILED, "c")]
    after = [_result(Ending.DONE_ELSEWHERE, "a"), _result(Ending.REJECTED, "b"), _result(Ending.DONE_ELSEWHERE, "c")]
    report = _report(*before, *after)
    assert report.summary.line() == "1 of 3 rejected, 1 enriched, 1 done elsewhere"
    assert report.done == 3
    assert [row["document"] for row in report.rejections()] == ["b"]


def test_the_summary_has_the_numbers() -> None:
    """Counts, rate, languages, types, topics, slowest and where records lie."""
    text = _report(_result(Ending.ENRICHED, "a.html"), _result(Ending.REJECTED)).markdown("out", replaced=3)
    for part in (
        "1 of 2 rejected",
        "documents a second",
        "replaced: 3",
        "removed: 2",
        "not enriched: empty 1",
        "en 1",
        "news 1",
        "health 1",
        "s3://out/enriched/a",
    ):
        assert part in text


def test_reasons_are_those_of_the_documents_the_run_did() -> None:
    """Not what another worker had rejected, nor what a second try made good: the line above counts neither."""
    elsewhere = replace(_result(Ending.REJECTED, "a"), ending=Ending.DONE_ELSEWHERE)
    report = _report(_result(Ending.REJECTED, "b"), _result(Ending.ENRICHED, "b"), elsewhere, _result(Ending.REJECTED))
    text = report.markdown("out")
    assert "1 of 3 rejected, 1 enriched, 1 done elsewhere" in text
    assert "not enriched: empty 1\n" in text
    assert "- done elsewhere \\(another worker was faster\\): 1" in text


def test_nothing_in_a_key_or_title_is_markup() -> None:
    """Pipes, HTML, links, escapes and direction marks reach the page as text."""
    text = _report(_result(Ending.ENRICHED, HOSTILE, HOSTILE)).markdown("out")
    assert not re.search(
        r"(?<!\\)[<>\[\]()#*`]", text.replace("### ", "").replace("(first 1 of 1)", "").replace("**", "")
    )
    assert not re.search(r"a(?<!\\)\|b|[\x1b\u202e]", text)


def test_the_table_has_what_was_not_enriched_with_reasons() -> None:
    """A row for each rejection and failure, none for the good, and a last one where the table is cut."""
    rows = _report(_result(Ending.ENRICHED), _result(Ending.REJECTED), _result(Ending.FAILED, HOSTILE)).rejections()
    assert [(row["outcome"], row["reason"]) for row in rows] == [("rejected", "empty"), ("failed", "")]
    many = _report(_result(Ending.ENRICHED), *(_result(Ending.REJECTED) for _ in range(600))).rejections()
    assert many[-1]["document"] == "and 100 more"


def test_the_slowest_and_the_first_records_are_named() -> None:
    """Five and twenty, of however many."""
    results = [_result(Ending.ENRICHED, f"{n}.html") for n in range(30)]
    rows = [result.row.model_copy(update={"milliseconds": float(n)}) for n, result in enumerate(results) if result.row]
    report = _report(*(replace(result, row=row) for result, row in zip(results, rows, strict=True)))
    text = report.markdown("out")
    assert re.findall(r"(\d+)\.html \| 10 \|", text) == ["29", "28", "27", "26", "25"]
    assert "first 20 of 30" in text
    assert text.count("s3://out/") == 20
    assert report.endings == dict.fromkeys([f"{n}.html" for n in range(30)], Ending.ENRICHED)


def test_progress_says_how_far_and_what_went_wrong() -> None:
    """Of the whole, with the rate; and if the store wants to be asked less."""
    report = _report(_result(Ending.ENRICHED), _result(Ending.REJECTED))
    assert report.percent == 100
    line = report.progress(2, 32)
    assert re.fullmatch(
        r"2 of 2 documents, [\d.]+ a second, 1 rejected, the store is busy: 2 of 32 requests at once", line
    )
    assert "busy" not in report.progress(32, 32)


@given(st.text(max_size=400))
def test_plain_text_is_one_short_printable_line(text: str) -> None:
    """Whatever comes in, a terminal shows it and does nothing else; doing it twice changes nothing."""
    line = plain(text)
    assert len(line) <= 120
    assert "\n" not in line
    assert "\x1b" not in line
    assert plain(line) == line
