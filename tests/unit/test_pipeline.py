"""The pipeline: whole documents in, records that keep the contract out."""

import json
import os
from pathlib import Path

import jsonschema
import pytest
from documents import docx, paragraph, xlsx

import docmill
from docmill import EnrichedDocument, Pipeline, RawDocument, Rejection, Settings
from docmill.contract import FILE_NAME, json_schema
from docmill.sandbox import Refined
from docmill.stage import Refusal
from schemas.document import Reason

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "docmill" / "samples"
GOLDEN = json.loads((ROOT / "tests" / "samples_golden.json").read_text(encoding="utf-8"))["documents"]
SEEDS = ROOT.parent / "shared" / "seeds"
VALIDATOR = jsonschema.Draft202012Validator(json.loads(json_schema()))


def _refine(pipeline: Pipeline, file: Path) -> EnrichedDocument | Rejection:
    outcome = pipeline.refine(RawDocument(data=file.read_bytes(), key=file.name))
    VALIDATOR.validate(json.loads(outcome.model_dump_json()))
    return outcome


def _flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda g: g["file"])
def test_samples_become_what_an_editor_would_take(pipeline: Pipeline, golden: dict[str, object]) -> None:
    """Each sample is rejected for the right reason, or recognised with its language, date and most of its body."""
    outcome = _refine(pipeline, SAMPLES / str(golden["file"]))
    if golden.get("rejected"):
        assert isinstance(outcome, Rejection)
        assert outcome.reason == golden["rejected"]
        return
    assert isinstance(outcome, EnrichedDocument), outcome
    assert outcome.language.code == golden["language"]
    assert (outcome.published or "")[:10] == (golden["published"] or "")
    assert bool(golden.get("warned")) == any(w.startswith("undecodable_bytes") for w in outcome.warnings)
    text = _flat(outcome.text)
    kept = [passage for passage in golden["keep"] if _flat(passage) in text]
    assert len(kept) >= 0.6 * len(golden["keep"]), set(golden["keep"]) - set(kept)


def test_samples_as_a_whole(pipeline: Pipeline) -> None:
    """Over the samples, nine in ten wanted passages stay, furniture goes, titles, authors and types are right."""
    counts = dict.fromkeys(["keep", "kept", "drop", "dropped", "documents", "titles", "authors", "types"], 0)
    for golden in GOLDEN:
        if golden.get("rejected"):
            continue
        outcome = _refine(pipeline, SAMPLES / golden["file"])
        text = _flat(outcome.text)
        counts["documents"] += 1
        counts["titles"] += outcome.title == golden["title"]
        counts["authors"] += list(outcome.authors) == golden["authors"]
        counts["types"] += outcome.content_type is not None and outcome.content_type.id == golden["content_type"]
        counts["keep"] += len(golden["keep"])
        counts["kept"] += sum(_flat(p) in text for p in golden["keep"])
        counts["drop"] += len(golden["drop"])
        counts["dropped"] += sum(_flat(p) not in text or p == outcome.title for p in golden["drop"])
    assert counts["kept"] >= 0.95 * counts["keep"], counts
    assert counts["dropped"] >= 0.9 * counts["drop"], counts
    assert min(counts["titles"], counts["authors"], counts["types"]) >= 0.9 * counts["documents"], counts


@pytest.mark.skipif(not SEEDS.exists(), reason="the users' seed documents are not here")
@pytest.mark.parametrize("number", range(5))
def test_seeds(pipeline: Pipeline, number: int) -> None:
    """The users' own documents: every keep line stays, every drop line goes, description and labels are right."""
    golden = json.loads((SEEDS / "golden.json").read_text(encoding="utf-8"))["documents"][number]
    outcome = _refine(pipeline, SEEDS / golden["file"])
    assert isinstance(outcome, EnrichedDocument)
    removed = {n for r in outcome.removed for n in range(r.start_line or 0, (r.end_line or 0) + 1)}
    assert not removed & set(golden["keep"])
    assert removed >= set(golden["drop"])
    assert (outcome.title, list(outcome.authors), outcome.published) == (
        golden["title"],
        golden["authors"],
        golden["published"],
    )
    assert outcome.language.code == golden["language"]
    assert outcome.content_type is not None
    assert outcome.content_type.id == golden["content_type"]
    assert {topic.label for topic in outcome.topics} & set(golden["topics_any_of"])
    for kind, names in (("country", "countries"), ("organisation", "organisations"), ("person", "people")):
        found = {name.lower() for e in outcome.entities if e.type == kind for name in (e.text, e.canonical)}
        assert {name.lower() for name in golden[names]} <= found
    assert set(golden.get("dates_mentioned", [])) <= set(outcome.dates_mentioned)


def test_same_bytes_same_record(pipeline: Pipeline) -> None:
    """Refining twice, even by another pipeline, gives the same record, provenance's times aside."""
    raw = RawDocument(data=(SAMPLES / "en" / "night-bus-drivers.txt").read_bytes(), key="a.txt")
    records = [p.refine(raw).model_dump(exclude={"provenance"}) for p in (pipeline, pipeline, Pipeline())]
    assert records[0] == records[1] == records[2]
    assert pipeline.fingerprint == Pipeline().fingerprint


def test_fingerprint_changes_with_what_changes_outputs() -> None:
    """Another taxonomy or threshold is another fingerprint; the number of workers is not."""
    base = Pipeline().fingerprint
    assert Pipeline(Settings(taxonomies=("content-types",))).fingerprint != base
    assert Pipeline(Settings(topic_threshold=0.3)).fingerprint != base
    assert Pipeline(Settings(annotations=("links", "minhash"))).fingerprint != base
    assert Pipeline(Settings(workers=7)).fingerprint == base


def test_provenance_says_what_made_the_record(pipeline: Pipeline) -> None:
    """A record carries version, fingerprint, run and the stages it went through with their times."""
    outcome = pipeline.refine(RawDocument(data=b"One short line of text.", key="a.txt"), flow_run_id="run-1")
    stages = [stage.name for stage in outcome.provenance.stages]
    assert stages == ["decode", "extract", "clean", "describe", "language", "classify", "annotate"]
    assert outcome.provenance.flow_run_id == "run-1"
    assert outcome.provenance.pipeline_fingerprint == pipeline.fingerprint


def test_a_file_name_in_another_encoding_can_be_written(pipeline: Pipeline) -> None:
    """Python's half surrogates for its bytes have no UTF-8: the record says `?`, and is another one for each name."""
    names = (b"caf\xe9.txt", b"caf\xe8.txt")
    made = [pipeline.refine(RawDocument(data=b"", key=os.fsdecode(name))) for name in names]
    assert [json.loads(Refined.of(outcome).record)["source"]["key"] for outcome in made] == ["caf?.txt", "caf?.txt"]
    assert made[0].id != made[1].id


def test_rejections_outside_refine_keep_the_contract(pipeline: Pipeline) -> None:
    """A record for a document that was never read is valid and needs no models."""
    refusal = Refusal("fetch", Reason.TOO_LARGE, "It is too large.")
    rejection = pipeline.reject(RawDocument(data=b"", key="a.txt"), refusal, size=7)
    VALIDATOR.validate(json.loads(rejection.model_dump_json()))
    assert (rejection.status, rejection.source.size) == ("rejected", 7)


def test_committed_schema_is_that_of_the_models() -> None:
    """The JSON Schema in the docs is the one the models generate."""
    assert (ROOT / "docs" / "schema" / FILE_NAME).read_text(encoding="utf-8") == json_schema()


def test_public_names_are_there() -> None:
    """What the documentation imports from docmill exists."""
    for name in docmill.__all__:
        assert getattr(docmill, name).__name__ == name
    with pytest.raises(AttributeError):
        _ = docmill.nonsense


def test_the_log_calls_a_line_that_names_the_author_a_byline(pipeline: Pipeline) -> None:
    """A bare name looks like a menu's label to cleaning; the menu's labels stay what they are."""
    prose = "The river rose two metres overnight, and the lower town was cut off from the bridge until noon."
    lines = ["Weather", "News", "", "River cuts off the lower town", "", "Nora Eide", "March 5, 2021", "", prose]
    outcome = pipeline.refine(RawDocument(data="\n".join(lines).encode(), key="dump.txt"))
    assert isinstance(outcome, EnrichedDocument)
    assert outcome.authors == ("Nora Eide",)
    reasons = {removal.start_line: removal.reason for removal in outcome.removed}
    assert reasons == {1: "navigation", 2: "navigation", 6: "byline", 7: "byline"}


def test_a_report_is_no_page_of_a_site(pipeline: Pipeline) -> None:
    """What would be furniture on a page stays in an office document; its first heading is its title."""
    lines = ["Share this page", "Home", "News", "Copyright 2020 Harbour Office", "The ferry left at noon."]
    body = paragraph("A plan", extra='<w:outlineLvl w:val="0"/>') + "".join(map(paragraph, lines))
    outcome = pipeline.refine(RawDocument(data=docx(body).replace(b"docProps/core", b"docProps/eroc"), key="a.docx"))
    assert isinstance(outcome, EnrichedDocument)
    assert [block.text for block in outcome.blocks] == ["A plan", *lines]
    assert outcome.title == "A plan"
    assert not outcome.removed


def test_declared_language_decides_where_the_text_is_too_short(pipeline: Pipeline) -> None:
    """A file of figures is in the language its properties name."""
    row = "<row><c><v>12</v></c><c><v>40</v></c></row>"
    outcome = pipeline.refine(RawDocument(data=xlsx({"1": row}), key="a.xlsx"))
    assert isinstance(outcome, EnrichedDocument)
    assert (outcome.language.code, outcome.language.confidence) == ("en", 0.5)
