"""What is pending: exactly what the catalog does not say is done at its present version."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standins import SETTINGS, InlinePool, row

from docmill.catalog import Catalog
from docmill.contract import FILE_NAME
from docmill.inbox import Pending, look_up
from docmill.other_outputs import within_outputs
from docmill.part import Part
from docmill.store import MemoryStore
from docmill.store.base import ObjectInfo
from docmill.survey import Survey, Tally, Vanished
from docmill.worker import Worker
from schemas import Settings
from schemas.document import Reason


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(str(tmp_path / "catalog"))


def _survey(
    inbox: MemoryStore, catalog: Catalog, settings: Settings = SETTINGS, **options
) -> tuple[list[Pending], list[str], Tally]:
    with Survey(inbox, catalog, settings, **options) as survey:
        items = list(survey)
    pending = sorted((i for i in items if isinstance(i, Pending)), key=lambda p: p.source.key)
    return pending, sorted(i.key for i in items if isinstance(i, Vanished)), survey.tally


def _keys(inbox: MemoryStore, catalog: Catalog, settings: Settings = SETTINGS, **options) -> list[str]:
    return [p.source.key for p in _survey(inbox, catalog, settings, **options)[0]]


def _do(inbox: MemoryStore, output: MemoryStore, catalog: Catalog, settings: Settings = SETTINGS) -> InlinePool:
    pool = InlinePool()
    worker = Worker(inbox, output, settings, pool)  # type: ignore[arg-type]
    results = worker.process(_survey(inbox, catalog, settings)[0])
    worker.close()
    catalog.append([result.row for result in results if result.row])
    return pool


def test_only_the_prefix_is_swept_and_folder_markers_are_no_documents(catalog: Catalog) -> None:
    """Objects outside the inbox's prefix and zero-byte `folder/` keys are left alone; empty documents are not."""
    inbox = MemoryStore("in")
    for key, data in {"in/a": b"x", "in/empty": b"", "in/f/": b"", "in/g/": b"x", "other/b": b"x"}.items():
        inbox.put(key, data)
    settings = SETTINGS.model_copy(update={"inbox": "s3://in/in"})
    assert _keys(inbox, catalog, settings) == ["in/a", "in/empty", "in/g/"]


@pytest.mark.parametrize("output", ["s3://one", "s3://one/out"])
def test_docmills_own_output_is_never_taken_for_input(catalog: Catalog, output: str) -> None:
    """Inbox and output may share a bucket: a second sweep still finds nothing."""
    store = MemoryStore("one")
    store.put("a", b"x")
    store.put("b", b"enriched")
    settings = Settings(inbox="s3://one", output=output, io_threads=2)
    assert _keys(store, catalog, settings) == ["a", "b"]
    _do(store, store, catalog, settings)
    assert _survey(store, catalog, settings)[:2] == ([], [])


@pytest.mark.parametrize("part", ["1/1", "1/2", "2/2"])
def test_other_output_locations_in_the_inbox_are_never_taken_for_input(catalog: Catalog, part: str) -> None:
    """Neither an earlier one nor another pipeline's: two would refine each other's records without end."""
    store = MemoryStore("one")
    store.put("out/enriched/mine.txt", b"x")  # no output: there is no schema
    for root in ("old/", "a/b/"):
        for name in (
            "enriched/a.json",
            "quarantine/b.json",
            "catalog/_delta_log/0.json",
            "leases/sweep.json",
            FILE_NAME,
        ):
            store.put(root + (f"schemas/{name}" if name == FILE_NAME else name), b"{}")
        store.put(root + "a.txt", b"beside it")
    settings = Settings(inbox="s3://one", output="s3://one/new", io_threads=2)
    expected = [key for key in ("a/b/a.txt", "old/a.txt", "out/enriched/mine.txt") if Part.parse(part).holds(key)]
    pending, vanished, tally = _survey(store, catalog, settings, part=Part.parse(part))
    assert ([found.source.key for found in pending], vanished) == (expected, [])
    assert part != "1/1" or tally.excluded == 10
    is_within = within_outputs(store, "")
    assert [key for key in sorted(info.key for info in store.list()) if not is_within(key)] == [
        "a/b/a.txt", "old/a.txt", "out/enriched/mine.txt"
    ]  # fmt: skip
    assert not within_outputs(store, "old/enriched/")("old/enriched/a.json")  # an inbox of records, if one asks for it


def test_a_survey_that_is_stopped_ends_soon_and_says_nothing(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had not listed yet is neither new nor gone."""
    inbox, stopped, listed = MemoryStore("in"), Event(), []
    for key in "abcd":
        inbox.put(key, b"x")
    catalog.append([row("a", "old"), row("b", "old"), row("gone", "old")])

    def listing(_store: MemoryStore, _prefix: str) -> Iterator[ObjectInfo]:
        for info in inbox.list():
            listed.append(info.key)
            stopped.set()
            yield info

    monkeypatch.setattr("docmill.survey.list_objects", listing)
    assert _survey(inbox, catalog, stopped=stopped)[:2] == ([], [])
    assert len(listed) == 1


def test_young_objects_wait_for_a_later_sweep(catalog: Catalog) -> None:
    """With settle_seconds an object just written is counted as settling, and is not taken for deleted."""
    inbox = MemoryStore("in")
    inbox.put("a", b"x")
    catalog.append([row("a", "old")])
    pending, vanished, tally = _survey(inbox, catalog, SETTINGS.model_copy(update={"settle_seconds": 60.0}))
    assert (pending, vanished, tally.settling, tally.objects) == ([], [], 1, 1)


def test_what_is_excluded_is_neither_done_nor_deleted(catalog: Catalog) -> None:
    """Patterns leave objects alone, also those that were processed before there was the pattern."""
    inbox = MemoryStore("in")
    for key in ("a.html", "b.pdf", "c.html.part", "drafts/d.html"):
        inbox.put(key, b"x")
    catalog.append([row("drafts/d.html", "e")])
    settings = SETTINGS.model_copy(update={"include": ("*.html*",), "exclude": ("drafts/*",)})
    pending, vanished, tally = _survey(inbox, catalog, settings)
    assert [p.source.key for p in pending] == ["a.html"]
    assert (vanished, tally.excluded, tally.objects) == ([], 3, 1)


def test_another_pipelines_records_count_unless_refreshing(catalog: Catalog) -> None:
    """A sweep compares etags; a refreshing one the fingerprint too."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("a", b"x")
    pool = _do(inbox, output, catalog)
    assert _keys(inbox, catalog) == []
    assert _keys(inbox, catalog, fingerprint=pool.fingerprint) == []
    assert _survey(inbox, catalog)[2].made_by == {pool.fingerprint: 1}
    assert _keys(inbox, catalog, fingerprint="another") == ["a"]


def test_the_newest_row_of_a_key_decides(catalog: Catalog) -> None:
    """Rows are only appended: the last commit's row is current, whatever the clock that wrote it says."""
    inbox = MemoryStore("in")
    etag = inbox.put("a", b"x")
    catalog.append([row("a", etag, hours=1)])
    assert _keys(inbox, catalog) == []
    catalog.append([row("a", "another")])
    assert _keys(inbox, catalog) == ["a"]
    catalog.append([row("a", etag, hours=-1)])
    assert _keys(inbox, catalog) == []


def test_the_tally_adds_up(catalog: Catalog) -> None:
    """New, changed, to be tried again and done are each object once; rejections by reason and stage."""
    inbox, output = MemoryStore("in"), MemoryStore("out")
    inbox.put("good", b"enriched")
    inbox.put("bad", b"x")
    inbox.put("changing", b"enriched 1")
    _do(inbox, output, catalog)
    inbox.put("changing", b"enriched 2")
    inbox.put("new", b"y")
    inbox.delete("good")
    pending, vanished, tally = _survey(inbox, catalog)
    assert [p.source.key for p in pending] == ["changing", "new"]
    assert vanished == ["good"]
    assert tally.verdicts == {"new": 1, "changed": 1, "done": 1}
    assert (tally.pending, tally.done, tally.objects, tally.vanished) == (2, 1, 3, 1)
    assert tally.statuses == {"rejected": 1}
    assert tally.reasons == {("no_text", "test"): 1}
    oldest = min(inbox.head(key).last_modified for key in ("changing", "new")).timestamp()
    assert tally.oldest_pending == oldest


@pytest.mark.parametrize(
    ("reason", "attempts", "again"),
    [
        (Reason.TIMEOUT, 1, True),
        (Reason.UNREADABLE, 4, True),
        (Reason.TIMEOUT, 5, False),
        (Reason.NO_TEXT, 1, False),
        (Reason.FAILED, 1, False),
    ],
)
def test_passing_failures_are_tried_again_up_to_a_number_and_lasting_ones_never(
    catalog: Catalog, reason: Reason, attempts: int, again: bool
) -> None:
    """max_attempts is five; what follows from the bytes alone is not tried again."""
    inbox = MemoryStore("in")
    etag = inbox.put("a", b"x")
    catalog.append([row("a", etag, status="rejected", reason=reason, attempts=attempts)])
    pending, _, tally = _survey(inbox, catalog)
    assert [p.instead_of for p in pending] == ([("f", attempts)] if again else [])
    assert tally.verdicts == ({"retry": 1} if again else {"done": 1})


def test_what_has_no_record_is_tried_for_ever(catalog: Catalog) -> None:
    """A failure that could not even be quarantined is never taken for done."""
    inbox = MemoryStore("in")
    etag = inbox.put("a", b"x")
    catalog.append([row("a", etag, status="failed", attempts=99)])
    (pending,), _, _ = _survey(inbox, catalog)
    assert (pending.source.key, pending.failures, pending.instead_of) == ("a", ("f", 99), None)


def test_a_raised_size_limit_lets_in_what_was_too_large(catalog: Catalog) -> None:
    """An object rejected as too large is tried again once it no longer is."""
    inbox = MemoryStore("in")
    etag = inbox.put("a", b"x" * 2000)
    catalog.append([row("a", etag, status="rejected", reason=Reason.TOO_LARGE, stage="fetch")])
    assert _keys(inbox, catalog, SETTINGS.model_copy(update={"max_object_mb": 0.001})) == []
    assert _keys(inbox, catalog) == ["a"]


def test_what_unpacks_to_too_much_is_not_tried_at_every_sweep(catalog: Catalog) -> None:
    """Its own size was never in the way: it would be unpacked for ever, and always be rejected."""
    inbox = MemoryStore("in")
    etag = inbox.put("bomb.docx", b"x")
    catalog.append([row("bomb.docx", etag, status="rejected", reason=Reason.TOO_LARGE, stage="extract")])
    assert _keys(inbox, catalog) == []


def test_rows_of_another_bucket_or_prefix_are_not_deletions(catalog: Catalog) -> None:
    """A changed inbox setting buries nothing; a tombstone is not buried again, and its key may come back."""
    inbox = MemoryStore("in")
    inbox.put("in/back", b"x")
    dead = row("in/dead", "e", status="deleted")
    back = row("in/back", "e", status="deleted")
    elsewhere = row("in/x", "e").model_copy(update={"bucket": "another"})
    catalog.append([elsewhere, row("other/y", "e"), dead, back, row("in/gone", "e")])
    pending, vanished, _ = _survey(inbox, catalog, SETTINGS.model_copy(update={"inbox": "s3://in/in"}))
    assert [p.source.key for p in pending] == ["in/back"]
    assert vanished == ["in/gone"]


def test_a_reprocessing_picks_among_what_was_processed_at_its_present_version(catalog: Catalog) -> None:
    """By what the row says, and by an SQL condition over its columns; new and changed objects are the sweep's."""
    inbox = MemoryStore("in")
    etags = {key: inbox.put(key, key.encode()) for key in ("new", "a", "b", "changed")}
    catalog.append(
        [
            row("a", etags["a"], topics=("health",), milliseconds=3.0),
            row("b", etags["b"], topics=("sport", "health")),
            row("changed", "old", topics=("health",)),
        ]
    )
    picked, _, tally = _survey(inbox, catalog, pick=lambda standing: standing.selected, where="topics[1] = 'health'")
    assert [(p.source.key, p.instead_of) for p in picked] == [("a", ("f", 1))]
    assert (tally.selected, tally.selected_milliseconds) == (1, 3.0)
    assert _keys(inbox, catalog, pick=lambda standing: standing.key == "b") == ["b"]


KEYS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=6)


@settings(max_examples=30)
@given(
    listing=st.dictionaries(KEYS, st.sampled_from("xyz")),
    rows=st.lists(st.tuples(KEYS, st.sampled_from("xyz"), st.sampled_from(["enriched", "deleted"])), max_size=20),
)
def test_the_join_is_exact(tmp_path_factory, listing, rows) -> None:
    """Over any listing and any history: pending is what is listed with another etag than the newest row's."""
    inbox, catalog = MemoryStore("in"), Catalog(str(tmp_path_factory.mktemp("join") / "catalog"))
    settings = SETTINGS.model_copy(update={"temporary": ()})
    etags = {text: MemoryStore("in").put("k", text.encode()) for text in "xyz"}
    for key, text in listing.items():
        inbox.put(key, text.encode())
    for start in range(0, len(rows), 7):
        newest = {key: (key, text, status) for key, text, status in rows[start : start + 7]}
        catalog.append([row(key, etags[text], status=status) for key, text, status in newest.values()])
    current = {key: (etags[text], status) for key, text, status in rows}
    pending, vanished, _ = _survey(inbox, catalog, settings)
    assert [p.source.key for p in pending] == sorted(
        key for key, text in listing.items() if current.get(key) != (etags[text], "enriched")
    )
    assert Counter(vanished) == Counter(
        key for key, (_, status) in current.items() if key not in listing and status != "deleted"
    )


def test_a_single_key_is_looked_up() -> None:
    """A key from the API is found with its present etag; a missing one is None."""
    inbox = MemoryStore("in")
    etag = inbox.put("a", b"x")
    found = look_up(inbox, "a")
    assert found is not None
    assert found.source.etag == etag
    assert look_up(inbox, "missing") is None
