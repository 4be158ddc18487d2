"""`docmill why`: which object is meant, what its record says, and that it takes no right to write."""

import pytest
from standins import row

from docmill.catalog import Catalog
from docmill.cli.record_lines import record_lines
from docmill.cli.why import _key, _of_record
from docmill.errors import ConfigError
from docmill.keys import Made
from docmill.near import near_keys
from docmill.pipeline import Pipeline
from docmill.store import MemoryStore
from docmill.store.s3 import S3Store, create_bucket, make_client
from docmill.why import Places, account
from schemas import RawDocument, Settings
from schemas.source import SourceObject
from tasks.runtime import open_all

SETTINGS = Settings(inbox="s3://inbox/drop", output="s3://output/made", s3_client="boto3")
PAGE = (
    b"<html><body><nav><a href=/>Home</a> <a href=/n>News</a></nav><h1>Nurses strike over pay</h1><p>"
    + b"Nurses in hospitals across the region walked out over wages, their trade union said on Monday. " * 8
    + b"</p></body></html>"
)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("drop/a.html", "drop/a.html"),
        ("s3://inbox/drop/a.html", "drop/a.html"),
        ("a.html", "drop/a.html"),
        ("a.zip/!/b.txt", "drop/a.zip/!/b.txt"),
        ("elsewhere.html", "elsewhere.html"),
        ("drop/b.html", "drop/drop/b.html"),
    ],
)
def test_a_key_is_found_as_people_give_it(given, meant):
    """As an address, whole, or without the inbox's prefix; an object beside the prefix is itself."""
    inbox = MemoryStore("inbox")
    for key in ("elsewhere.html", "drop/drop/b.html"):
        inbox.put(key, b"x")
    assert _key(given, inbox, SETTINGS) == meant


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("drop/2024/raport.html", "drop/2024/report.html"),
        ("drop/report.html", "drop/2024/report.html"),
        ("report.html", "drop/2024/report.html"),
        ("drop/it's.txt", "drop/2024/it's.txt"),
        ("drop/a.zip/in/b.txt", "drop/a.zip/!/in/b.txt"),
        ("drop/a.zip/b.txt", "drop/a.zip/!/in/b.txt"),
        ("b.txt", "drop/a.zip/!/in/b.txt"),
        ("drop/2024/neu.html", "drop/2024/new.html"),
    ],
)
def test_an_unknown_key_is_met_with_those_that_may_be_meant(tmp_path, asked, meant):
    """Misspelt, of another folder, or a member called without its container; what is not processed yet too."""
    inbox, catalog = MemoryStore("inbox"), Catalog(str(tmp_path))
    keys = ("drop/2024/report.html", "drop/2024/it's.txt", "drop/a.zip")
    for key in (*keys, "drop/2024/new.html"):
        inbox.put(key, b"x")
    rows = [row(key, "e", bucket="inbox", members=int(key.endswith(".zip"))) for key in keys]
    member = row("drop/a.zip", "e", bucket="inbox", member="in/b.txt", member_id="1")
    catalog.append([*rows, member])
    assert near_keys(asked, inbox, catalog) == [meant]


def test_a_records_address_stands_for_its_document(tmp_path):
    """Who has the record has it from there; anything else under the output is no document."""
    catalog = Catalog(str(tmp_path))
    of_zip = row("drop/a.zip", "e", bucket="inbox", member="b.txt", member_id="1", output_key="made/enriched/x~1.json")
    of_page = row("drop/a.html", "e", bucket="inbox", output_key="made/quarantine/drop/a.html.json")
    catalog.append([of_zip, of_page])
    assert _of_record("s3://output/made/enriched/x~1.json", SETTINGS, catalog) == "drop/a.zip/!/b.txt"
    assert _of_record("s3://output/made/quarantine/drop/a.html.json", SETTINGS, catalog) == "drop/a.html"
    for other in ("s3://output/made/enriched/y.json", "s3://output/made/catalog/x", "s3://inbox/drop/a.html", "a.html"):
        assert _of_record(other, SETTINGS, catalog) is None


@pytest.mark.parametrize("given", ["", "s3://inbox", "s3://inbox/"])
def test_no_object_is_said_to_be_none(given):
    """A bucket is no object."""
    with pytest.raises(ConfigError, match="no object is named"):
        _key(given, MemoryStore("inbox"), SETTINGS)


def test_nothing_is_near_what_is_like_nothing(tmp_path):
    """No guess is better than a wild one."""
    inbox = MemoryStore("inbox")
    inbox.put("drop/report.html", b"x")
    assert near_keys("drop/unheard-of.pdf", inbox, Catalog(str(tmp_path))) == []


def test_another_bucket_is_refused():
    """It is not taken for a key of the inbox that does not exist."""
    with pytest.raises(ConfigError, match=r"s3://output/a is not in the inbox's bucket"):
        _key("s3://output/a", MemoryStore("inbox"), SETTINGS)


def test_what_settles_is_left_alone_by_sweeps_only(tmp_path):
    """A listener is told of what was written whole, and takes it at once: the answer does not promise otherwise."""
    inbox = MemoryStore("inbox")
    inbox.put("drop/a.html", b"x")
    places = Places(inbox, MemoryStore("output"), Catalog(str(tmp_path)))
    known = account("drop/a.html", places, SETTINGS.model_copy(update={"settle_seconds": 3600}), "f")
    assert known.settles_at is not None
    assert known.next.startswith("sweeps leave it alone until ")
    assert known.next.endswith(" UTC (settle_seconds), then process it; a listener does not wait")


def test_what_is_too_large_is_done_once_the_limit_is_raised(tmp_path):
    """Which is not to be called rejected for good; what unpacks to too much is."""
    inbox, catalog = MemoryStore("inbox"), Catalog(str(tmp_path))
    etag = inbox.put("drop/a.html", b"x" * 2000)
    small = SETTINGS.model_copy(update={"max_object_mb": 0.001})
    for stage, beginning in (("fetch", "nothing, until max_object_mb allows its size"), ("extract", "nothing: it was")):
        catalog.append([row("drop/a.html", etag, status="rejected", reason="too_large", stage=stage, bucket="inbox")])
        known = account("drop/a.html", Places(inbox, MemoryStore("output"), catalog), small, "f")
        assert known.next.startswith(beginning)


def test_a_record_that_somebody_removed_is_told_of(tmp_path):
    """Sweeps go by the catalog and miss it: the answer names the command that makes it anew."""
    inbox, output, catalog = MemoryStore("inbox"), MemoryStore("output"), Catalog(str(tmp_path))
    etag = inbox.put("drop/a [1].html", b"x")
    key = "made/enriched/drop/a [1].html.json"
    catalog.append([row("drop/a [1].html", etag, bucket="inbox", output_key=key)])
    known = account("drop/a [1].html", Places(inbox, output, catalog), SETTINGS, "f")
    assert known.next == "nothing: its record is gone; `docmill reprocess --key 'drop/a [[]1].html'` makes it anew"
    output.put(key, b"{}")
    known = account("drop/a [1].html", Places(inbox, output, catalog), SETTINGS, "f")
    assert known.next.startswith("nothing: it is done")


def test_a_member_whose_name_and_containers_are_longer_than_any_key_is_found(tmp_path):
    """No object can have such a key, and that is no reason to answer nothing."""
    inbox, container = MemoryStore("inbox"), f"drop/{'c' * 900}.zip"
    inbox.put(container, b"x")
    known = account(
        f"{container}/!/{'m' * 200}", Places(inbox, MemoryStore("o"), Catalog(str(tmp_path))), SETTINGS, "f"
    )
    assert (known.key, known.member, known.found is not None) == (container, "m" * 200, True)


def test_a_place_that_another_buckets_record_takes_is_told_of(tmp_path):
    """The record there is not shown as this object's."""
    inbox, output = MemoryStore("inbox"), MemoryStore("output")
    inbox.put("drop/a.html", b"x")
    other = SourceObject(bucket="other", key="drop/a.html", etag="e", size=1)
    output.put("made/enriched/drop/a.html.json", b"{}", metadata=Made.of(other, "f").metadata())
    known = account("drop/a.html", Places(inbox, output, Catalog(str(tmp_path))), SETTINGS, "f")
    assert (known.records, known.next) == (
        (),
        "every sweep fails it: its record's place holds that of s3://other/drop/a.html",
    )
    inbox.delete("drop/a.html")
    known = account("drop/a.html", Places(inbox, output, Catalog(str(tmp_path))), SETTINGS, "f")
    assert known.next.startswith("nothing: there is no such object")


def test_a_records_labels_come_with_their_evidence_and_what_was_removed():
    """Each label and each piece of its evidence is a line; reasons are counted; nothing steers a terminal."""
    record = Pipeline(SETTINGS).refine(RawDocument(data=PAGE, key="a.html")).model_dump(mode="json")
    record["topics"][0]["evidence"][0]["text"] = "\x1b[31mwages"
    lines = list(record_lines(record))
    assert ("title", "Nurses strike over pay") in lines
    (topic, evidence, *_) = lines[[name for name, _ in lines].index("topic") :]
    assert topic[1].startswith(record["topics"][0]["id"])
    assert evidence[1].endswith("[31mwages")
    assert "\x1b" not in evidence[1]
    assert dict(lines)["removed"] == "1 navigation"
    assert list(record_lines({"status": "rejected"})) == []


def test_reading_takes_no_right_to_write(moto_s3, monkeypatch):
    """Who only asks tries nothing out by writing; who will write does."""
    client = make_client(1)
    for bucket in ("inbox", "output"):
        create_bucket(client, bucket)

    def refused(*_arguments, **_options):
        raise PermissionError

    monkeypatch.setattr(S3Store, "put", refused)
    inbox, output, _ = open_all(SETTINGS, reading=True)
    assert (inbox.bucket, output.bucket) == ("inbox", "output")
    with pytest.raises(PermissionError):
        open_all(SETTINGS)
