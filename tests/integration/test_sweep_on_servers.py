"""Sweeps over real servers: each object ends in one record, exactly once, and nothing is done twice."""

import gc
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
from launcher import Launcher

from docmill.batch import Batch
from docmill.catalog import Catalog
from docmill.catalog.aws import open_catalog
from docmill.catalog.compact import compact
from docmill.catalog.rebuild import rebuild
from docmill.cli.prefect_api import run_sweep
from docmill.config import load_settings
from docmill.contract import FILE_NAME, json_schema
from docmill.errors import CatalogError
from docmill.inbox import Pending, as_source
from docmill.keys import FOLDERS, Made
from docmill.listing import list_objects
from docmill.pipeline import Pipeline
from docmill.result import Result
from docmill.sandbox import Refined, RefinePool
from docmill.store.s3 import S3Store, create_bucket, make_client
from docmill.survey import Survey
from schemas.catalog import CatalogRow
from schemas.settings import Settings, split_location

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "docmill" / "samples"
SEEDS = ROOT.parent / "shared" / "seeds"
DOCMILL = Path(sys.executable).with_name("docmill")
VALIDATOR = jsonschema.Draft202012Validator(json.loads(json_schema()))
TEXT = b"Farmers in the valley waited for rain all summer. The harvest was poor, and prices rose in every market. "
# Of sweeps that are about one another, not about what becomes of documents: these settings need no models.
LIGHT = {
    "DOCMILL_TAXONOMIES": "content-types",
    "DOCMILL_EMBEDDER": "words",
    "DOCMILL_ANNOTATIONS": "links,dates",
    "DOCMILL_SANDBOX": "false",
}
# What run_sweep would set for good.
QUIET = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "ERROR",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
}

# Prefect 3.8 drops API clients of its own without closing them: see tests/flows/conftest.py.
pytestmark = pytest.mark.filterwarnings(r"ignore:unclosed <socket.*127\.0\.0\.1:ResourceWarning")


@dataclass(frozen=True)
class Place:
    """Two buckets of a server, and a client of the test's own that looks at them."""

    settings: Settings
    inbox: S3Store
    output: S3Store

    def sweep(self, *, workers: int = 1) -> tuple[list[Result], str]:
        """Do what `docmill sweep` does."""
        settings = self.settings.model_copy(update={"workers": workers})
        results: list[Result] = []
        _, message, completed = run_sweep(settings, quiet=True, observer=results.append)
        assert completed, message
        return results, message

    def drop(self, files: dict[str, bytes]) -> None:
        """Put objects under the inbox's prefix."""
        for name, data in files.items():
            self.inbox.put(f"in/{name}", data)

    @property
    def catalog(self) -> Catalog:
        """The catalog, as another process would open it."""
        return open_catalog(self.settings.output or "", self.output, self.output.client)

    def rows(self) -> dict[str, CatalogRow]:
        """The catalog's current rows; checks them against the records."""
        keys = {key for batch in self.catalog.scan(["key"]) for key in batch.column(0).to_pylist()}
        current = {key: self.catalog.rows_of(key)[-1] for key in keys}
        for key, (_, record) in self.records().items():
            row = current[key]
            assert (row.status, row.etag) == (record["status"], record["source"]["etag"])
            assert row.pipeline_fingerprint == record["provenance"]["pipeline_fingerprint"]
            assert self.output.head(row.output_key or "").metadata["docmill-attempts"] == str(row.attempts)
        return current

    def records(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """By source key: the record's etag and the record; checks that there is one for each, and that it is right."""
        sources = {info.key: info.etag for info in self.inbox.list()}
        found: dict[str, tuple[str, dict[str, Any]]] = {}
        fingerprint = Pipeline(self.settings).fingerprint
        _, prefix = split_location(self.settings.output or "")
        for status, folder in FOLDERS.items():
            for listed in self.output.list(prefix + folder):
                stored = self.output.get(listed.key)
                record = json.loads(stored.data)
                VALIDATOR.validate(record)
                key = record["source"]["key"]
                assert key not in found, "both enriched and rejected"
                assert (record["status"], listed.key) == (status, f"{prefix}{folder}{key}.json")
                assert record["source"]["etag"] == sources[key]
                assert Made.read(stored.info.metadata) == Made(
                    sources[key], record["source"]["version_id"], fingerprint, bucket=record["source"]["bucket"]
                )
                assert record["provenance"]["pipeline_fingerprint"] == fingerprint
                assert stored.info.media_type == "application/json"
                found[key] = (stored.info.etag, record)
        assert set(found) == set(sources)
        return found


@pytest.fixture(params=["moto_server", "ministack", "seaweedfs"])
def server(request) -> str:
    return request.param


@pytest.fixture
def place(server, request, monkeypatch, prefect_api, models_ahead) -> Iterator[Place]:
    """Two new buckets on a real server."""
    for name, value in request.getfixturevalue(server).environment().items():
        monkeypatch.setenv(name, value)
    for name, value in QUIET.items():
        monkeypatch.setenv(name, value)
    client = make_client(4)
    names = [f"{kind}-{uuid4().hex}" for kind in ("inbox", "output")]
    for name in names:
        create_bucket(client, name)
    settings = Settings(
        inbox=f"s3://{names[0]}/in/", output=f"s3://{names[1]}/out", workers=1, shard_size=8, batch_size=20
    )
    place = Place(settings, S3Store(names[0], client), S3Store(names[1], client))
    yield place
    for store in (place.inbox, place.output):  # SeaweedFS has room for a few buckets only
        for info in list(store.list()):
            store.delete(info.key)
        client.delete_bucket(Bucket=store.bucket)
    client.close()
    gc.collect()  # while the filter above holds


@pytest.fixture
def refined(monkeypatch) -> list[str]:
    """The keys of documents that were refined, as they are."""
    keys: list[str] = []
    plain = RefinePool.refine

    def refine(self: RefinePool, raw: Any, *args: Any) -> Refined:
        keys.append(raw.key)
        return plain(self, raw, *args)

    monkeypatch.setattr(RefinePool, "refine", refine)
    return keys


def samples(server: str) -> dict[str, bytes]:
    """The shipped samples; for SeaweedFS, which alters some keys, under plain ones."""
    files = sorted(path for path in SAMPLES.rglob("*") if path.is_file() and path.name != "README.md")
    assert len(files) == 25
    return {
        f"sample-{n}{path.suffix}" if server == "seaweedfs" else path.relative_to(SAMPLES).as_posix(): path.read_bytes()
        for n, path in enumerate(files)
    }


def a_few() -> dict[str, bytes]:
    return {f"{n}.txt": TEXT * (n + 1) for n in range(3)} | {"empty.txt": b""}


def test_each_sample_ends_in_one_record(place: Place, server: str) -> None:
    """Over a sweep each sample has one valid record, of its present etag; the sources are untouched."""
    files = samples(server)
    place.drop(files)
    results, message = place.sweep(workers=2)
    assert message == "3 of 25 rejected, 22 enriched; 0 of 25 were done before"
    found = place.records()
    assert set(place.rows()) == set(found)
    assert {result.source.key: result.ending for result in results} == {
        key: record["status"] for key, (_, record) in found.items()
    }
    assert {info.key.removeprefix("in/"): place.inbox.get(info.key).data for info in place.inbox.list()} == files
    schema = place.output.get(f"out/schemas/{FILE_NAME}")
    assert (schema.data, schema.info.media_type) == (json_schema().encode(), "application/schema+json")
    known = ("out/enriched/", "out/quarantine/", "out/catalog/", "out/leases/")
    others = [info.key for info in place.output.list() if not info.key.startswith(known)]
    assert others == [f"out/schemas/{FILE_NAME}"]


@pytest.mark.parametrize("server", ["ministack"], indirect=True)
@pytest.mark.skipif(not SEEDS.exists(), reason="the users' seed documents are not here")
def test_seeds_become_what_the_users_expect(place: Place) -> None:
    """Every keep line of the seeds stays, every drop line goes; description and labels are as the users say."""
    golden = json.loads((SEEDS / "golden.json").read_text(encoding="utf-8"))["documents"]
    assert len(golden) == 5
    place.drop({document["file"]: (SEEDS / document["file"]).read_bytes() for document in golden})
    place.sweep()
    found = place.records()
    for document in golden:
        _, record = found[f"in/{document['file']}"]
        removed = {n for r in record["removed"] for n in range(r["start_line"], r["end_line"] + 1)}
        kept = {n for b in record["blocks"] for n in range(b["start_line"], b["end_line"] + 1)}
        assert kept >= set(document["keep"])
        assert not removed & set(document["keep"])
        assert removed >= set(document["drop"])
        assert {name: record[name] for name in ("title", "authors", "published")} == {
            name: document[name] for name in ("title", "authors", "published")
        }
        assert record["language"]["code"] == document["language"]
        assert record["content_type"]["id"] == document["content_type"]
        assert {topic["label"] for topic in record["topics"]} & set(document["topics_any_of"])


def test_a_second_sweep_does_nothing_and_a_third_only_what_changed(place: Place, refined: list[str]) -> None:
    """What is done stays as it is, to the byte; an overwritten object alone is done again, a mended one moves."""
    place.drop(a_few())
    place.sweep()
    assert sorted(refined) == ["in/0.txt", "in/1.txt", "in/2.txt", "in/empty.txt"]
    before = place.records()
    refined.clear()
    assert place.sweep() == ([], "nothing to do; 4 of 4 were done before")
    assert refined == []
    assert place.records() == before
    place.drop({"1.txt": TEXT + b"And then it rained."})
    assert place.sweep()[1] == "1 enriched; 3 of 4 were done before"
    assert refined == ["in/1.txt"]
    after = place.records()
    assert {key for key in before if before[key] != after[key]} == {"in/1.txt"}
    assert "then it rained" in after["in/1.txt"][1]["text"]
    place.drop({"empty.txt": TEXT})
    place.sweep()
    assert place.records()["in/empty.txt"][1]["status"] == "enriched"


def test_an_object_deleted_meanwhile_is_gone(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """An object deleted after it was listed ends as `gone`, leaves no record, and does not trouble the others."""
    place.drop(a_few())

    plain = Survey.__enter__

    def listed_then_deleted(survey: Survey) -> Survey:
        plain(survey)
        place.inbox.delete("in/1.txt")
        return survey

    monkeypatch.setattr(Survey, "__enter__", listed_then_deleted)
    results, message = place.sweep()
    assert message == "1 of 4 rejected, 2 enriched, 1 gone; 0 of 4 were done before"
    assert [result.source.key for result in results if result.ending == "gone"] == ["in/1.txt"]
    assert set(place.records()) == {"in/0.txt", "in/2.txt", "in/empty.txt"}


def _settings_as_environment(settings: Settings) -> dict[str, str]:
    given = settings.model_dump(exclude_unset=True)
    return {f"DOCMILL_{name.upper()}": str(value) for name, value in given.items()}


def _without_provenance(place: Place) -> dict[str, dict[str, Any]]:
    return {
        key: {name: value for name, value in record.items() if name != "provenance"}
        for key, (_, record) in place.records().items()
    }


@pytest.mark.parametrize("server", ["ministack"], indirect=True)
def test_two_sweeps_at_once_leave_what_one_leaves(
    place: Place, prefect_api: str, launcher: Launcher, tmp_path: Path
) -> None:
    """Two processes that sweep the same inbox at once leave the records one leaves; no document is lost or failed."""
    place.drop(samples("ministack"))
    environ = _settings_as_environment(place.settings) | LIGHT
    logs = [tmp_path / f"sweep-{number}" for number in range(2)]
    there = environ | {"PREFECT_API_URL": prefect_api}
    sweeps = [launcher.run("sweep", "--json", environ=there, log=log) for log in logs]
    assert {sweep.wait(200) for sweep in sweeps} in ({1}, {0, 1})  # 1 where the rejected ones were done
    endings: dict[str, list[str]] = {}
    for log in logs:
        for row in map(json.loads, log.read_text(encoding="utf-8").splitlines()):  # and nothing else is said
            endings.setdefault(row["key"], []).append(row["ending"])
    at_once = _without_provenance(Place(load_settings(environ=environ), place.inbox, place.output))
    assert set(endings) == set(at_once)
    for key, found in endings.items():
        assert set(found) <= {at_once[key]["status"], "done_elsewhere"}
        assert found.count(at_once[key]["status"]) == 1
    settings = load_settings(environ=environ | {"DOCMILL_OUTPUT": f"s3://{place.output.bucket}/alone"})
    alone = Place(settings, place.inbox, place.output)
    alone.sweep()
    assert _without_provenance(alone) == at_once


@pytest.mark.parametrize("server", ["ministack"], indirect=True)
def test_sweeps_that_found_the_same_work_do_it_once(place: Place, refined: list[str]) -> None:
    """A worker that found an object another has done meanwhile says so and leaves the record as it is."""
    from tasks.runtime import Runtime

    place.drop(a_few())
    late = Runtime.open(place.settings)
    try:
        listed = Batch([Pending(as_source(place.inbox.bucket, info)) for info in place.inbox.list("in/")])
        place.sweep()
        before = place.records()
        results = late.worker.process(listed.documents)
    finally:
        late.close()
    assert {result.ending for result in results} == {"done_elsewhere"}
    assert place.records() == before


def test_a_catalog_that_is_lost_is_made_good(place: Place, refined: list[str]) -> None:
    """Without its catalog a sweep does nothing twice and puts the rows back; so does a rebuild, from records alone."""
    place.drop(a_few())
    place.sweep()
    before, rows = place.records(), place.rows()
    refined.clear()
    _remove(place.output, "out/catalog/")
    results, message = place.sweep()
    assert message == "4 done elsewhere; 0 of 4 were done before"
    assert {result.ending for result in results} == {"done_elsewhere"}
    assert place.rows() == rows
    _remove(place.output, "out/catalog/")
    assert rebuild(place.catalog, place.output, place.settings) == 4
    assert place.rows() == rows
    assert place.sweep() == ([], "nothing to do; 4 of 4 were done before")
    assert (refined, place.records()) == ([], before)


@pytest.mark.parametrize("server", ["ministack"], indirect=True)
def test_a_catalog_commit_that_fails_is_caught_up_with(
    place: Place, refined: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is Failed and says so, its records stay, and the next sweep adds their rows without refining anew."""
    place.drop(a_few())

    def fail(*_arguments: Any) -> None:
        raise CatalogError("no luck")

    with monkeypatch.context() as patch:
        patch.setattr("docmill.catalog.table.Catalog.append", fail)
        _, message, completed = run_sweep(place.settings, quiet=True)
    assert not completed
    assert message == "1 of 4 rejected, 3 enriched; 0 of 4 were done before"
    before = place.records()
    refined.clear()
    assert place.sweep()[1] == "4 done elsewhere; 0 of 4 were done before"
    assert (refined, place.records(), set(place.rows())) == ([], before, set(before))


@pytest.mark.parametrize(
    ("server", "on_delete"),
    [("ministack", "keep"), *((name, "remove") for name in ("moto_server", "ministack", "seaweedfs"))],
    indirect=["server"],
)
def test_a_deleted_object_gets_a_tombstone(place: Place, on_delete: str) -> None:
    """Its record is kept or removed as the settings say; what comes back is processed anew."""
    settings = place.settings.model_copy(update={"on_delete": on_delete})
    place = Place(settings, place.inbox, place.output)
    place.drop(a_few())
    place.sweep()
    gone = place.inbox.head("in/1.txt")
    place.inbox.delete("in/1.txt")
    assert place.sweep()[1] == "1 deleted; 3 of 3 were done before"
    row = place.catalog.rows_of("in/1.txt")[-1]
    assert (row.status, row.etag) == ("deleted", gone.etag)
    record = "out/enriched/in/1.txt.json"
    kept = record in [info.key for info in place.output.list("out/enriched/")]
    assert (kept, row.output_key) == ((True, record) if on_delete == "keep" else (False, None))
    assert place.sweep()[1] == "nothing to do; 3 of 3 were done before"
    place.drop({"1.txt": a_few()["1.txt"]})
    assert place.sweep()[1] == f"1 {'done elsewhere' if kept else 'enriched'}; 3 of 4 were done before"
    assert place.rows()["in/1.txt"].status == "enriched"


def test_many_processes_commit_to_one_catalog(place: Place) -> None:
    """On every server, commits that race neither fail nor lose a row."""
    stamp = datetime.now(UTC)

    def row(number: int) -> CatalogRow:
        return CatalogRow(
            bucket="b", key=str(number), etag="e", size=1, status="enriched", output_key=None,
            pipeline_fingerprint="f", docmill_version="0", processed_at=stamp,
        )  # fmt: skip

    catalogs = [place.catalog for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: catalogs[n % 4].append([row(n)]), range(24)))
    keys = sorted(key for batch in place.catalog.scan(["key"]) for key in batch.column(0).to_pylist())
    assert keys == sorted(map(str, range(24)))
    done = compact(place.catalog, 1e-9)
    assert done is not None
    assert (done.files_before, done.files_after) == (24, 1)
    assert sorted(key for batch in place.catalog.scan(["key"]) for key in batch.column(0).to_pylist()) == keys


def test_folders_are_listed_side_by_side_and_whole(place: Place) -> None:
    """Each object once, whatever the depth; a page's worth of entries and more at one level too."""
    names = [f"{a}/{b}/{n}.txt" for a in "abc" for b in "de" for n in range(3)] + ["top.txt", "a/x.txt", "a b/c+d.txt"]
    place.drop(dict.fromkeys(names, b"x"))
    assert sorted(info.key for info in list_objects(place.inbox, "in/")) == sorted(f"in/{name}" for name in names)
    assert sorted(info.key for info in list_objects(place.inbox, "")) == sorted(f"in/{name}" for name in names)
    assert list(list_objects(place.inbox, "none/")) == []


def _remove(store: S3Store, prefix: str) -> None:
    for info in list(store.list(prefix)):
        store.delete(info.key)
