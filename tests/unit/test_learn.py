"""Learning: labels from a corpus and from people, in a file that is a taxonomy."""

import json
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from docmill.classify import scorer
from docmill.classify.embed import Vectors
from docmill.classify.excerpt import excerpt, subject
from docmill.classify.taxonomies import LoadedTaxonomy, load_taxonomy
from docmill.classify.trained import Features, embedded, log_softmax, write_trained
from docmill.errors import ConfigError, ObjectNotFoundError
from docmill.learn import neighbours, training
from docmill.learn.assessment import best_temperature, changes, figures
from docmill.learn.labels import KnownLabel, parse_labels
from docmill.learn.learning import Seen, learn
from docmill.learn.reading import Refiner, read_corpus
from docmill.learn.regression import RIDGE, fit
from docmill.learn.training import Corpus, prepare, train
from docmill.store import MemoryStore
from docmill.store.base import StoredObject
from schemas.document import Block, BlockKind
from schemas.settings import Settings
from schemas.taxonomy import Category, Taxonomy

SPORT = ("striker", "referee", "stadium", "penalty", "league")
HEALTH = ("clinic", "nurse", "surgery", "vaccine", "fever")
NO_FEATURES = Features({}, np.empty(0, np.float32), np.empty(0, np.float32))


class TwoWordEmbedder:
    """A stand-in that knows only `ball` and `doctor`: the rest is to be learnt from the words."""

    name = "two-words"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Counts of the two words, and a little of everything."""
        rows = np.array([[t.lower().count("ball"), t.lower().count("doctor"), 0.1] for t in texts], np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)

    def read(self, sentences: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Sentences and the whole."""
        return self.embed(sentences), self.embed([" ".join(sentences)])[0]


def _taxonomy() -> Taxonomy:
    return Taxonomy(
        id="t", title="T", kind="topics",
        category=(
            Category(id="sport", labels={"en": "ball"}, description={"en": "the ball"}),
            Category(id="health", labels={"en": "doctor"}, description={"en": "the doctor"}),
        ),
    )  # fmt: skip


def _seen(key: str, text: str) -> Seen:
    piece = excerpt(None, [Block(kind=BlockKind.PARAGRAPH, text=text)])
    assert piece is not None
    return Seen(key, subject(piece, "en", TwoWordEmbedder()))


def _corpus() -> list[Seen]:
    """Two in three documents name their subject; one in three only uses its words."""
    documents = []
    for n in range(30):
        words, name = (SPORT, "ball") if n % 2 else (HEALTH, "doctor")
        text = f"The {words[n % 5]} and the {words[(n + 1) % 5]} and the {words[(n + 2) % 5]}"
        documents.append(_seen(f"{n}", text + (f" and the {name}." if n % 3 else ".")))
    return documents


def _loaded() -> LoadedTaxonomy:
    return LoadedTaxonomy(_taxonomy(), None, "d")


def _best(loaded: LoadedTaxonomy, text: str) -> tuple[str, float]:
    confidences = scorer(loaded, TwoWordEmbedder()).probabilities([_seen("x", text).subject])[0]
    return loaded.taxonomy.category[int(confidences.argmax())].id, float(confidences.max())


def test_words_are_learnt_from_documents_that_name_their_subject(tmp_path: Path) -> None:
    """Without labels, words that stand beside a category's name come to speak for it; the file is a taxonomy."""
    learned = learn(_loaded(), _corpus(), [], TwoWordEmbedder())
    file = tmp_path / "t.npz"
    file.write_bytes(write_trained(learned.taxonomy, learned.model))
    trained = load_taxonomy(file)
    before, after = _best(_loaded(), "The nurse in the clinic"), _best(trained, "The nurse in the clinic")
    assert before[1] < 0.6
    assert after[0] == "health"
    assert after[1] > before[1] + 0.1
    assert _best(trained, "A penalty in the stadium")[0] == "sport"
    assert learned.report["labelled"] == 0
    assert "agreement" in learned.report["tested_against"]
    evidence = scorer(trained, TwoWordEmbedder()).evidence(1, _seen("x", "The nurse in the clinic").subject)
    assert any("nurse" in one.text and one.weight > 0 for one in evidence if one.kind == "cue")


def test_texts_of_no_category_do_not_make_each_other_sure() -> None:
    """A group that the names make little of stays as unsure as they leave it; the groups they know are learnt."""
    random = np.random.default_rng(0)
    groups = np.repeat(np.arange(6), 20)  # five that are each a category, and one that is none
    rows = np.asarray(np.eye(6)[groups] + random.normal(scale=0.1, size=(120, 6)), np.float32)
    prior = np.full((120, 5), 0.1)
    prior[np.arange(100), groups[:100]] = 0.6
    prior[100:] = (0.36, 0.16, 0.16, 0.16, 0.16)  # the first is twice as likely as any other, yet not likely
    guesses = np.asarray(prior, np.float32)
    corpus = Corpus(_taxonomy(), "e", NO_FEATURES, rows, guesses, guesses, neighbours.nearest(rows))
    _, found = train(corpus, {})
    assert (found[:100].argmax(axis=1) == groups[:100]).all()
    assert found[:100].max(axis=1).min() > 0.7
    assert found[100:].max(axis=1).mean() < 0.5


def test_the_nearest_among_some_are_those_left_of_the_nearest_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if only these had been compared; where too few are left, they are."""
    monkeypatch.setattr(neighbours, "NEIGHBOURS", 3)
    rows = np.asarray(np.random.default_rng(0).normal(size=(40, 8)), np.float32)
    kept = np.setdiff1d(np.arange(40), [0, 7, 8, 21])
    wanted = np.sort(neighbours.nearest(rows[kept]), axis=1)
    for most in (12, 4):
        found = neighbours.nearest_among(kept, rows, neighbours.nearest(rows, most))
        assert (np.sort(found, axis=1) == wanted).all()


def test_weights_are_those_that_fit_best() -> None:
    """Where the loss is least its gradient is zero; features that few documents have are learnt like others."""
    random = np.random.default_rng(0)
    rows = np.asarray(np.hstack([random.normal(size=(200, 6)), random.random((200, 30)) < 0.05]), np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    targets = np.eye(3, dtype=np.float32)[rows[:, :3].argmax(axis=1)]
    counts = np.asarray(random.random(200) + 0.5, np.float32)
    weights = fit(rows, targets, counts)
    shares = (counts / counts.sum())[:, None]
    gradient = rows.T @ ((np.exp(log_softmax(rows @ weights)) - targets) * shares) + RIDGE * weights
    assert np.abs(gradient).max() < 5e-5
    assert np.abs(weights[6:]).min() > 0


def test_neighbours_decide_for_a_document_in_two_minds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest that have a vote, whichever of two is whose neighbour; those without one do not count."""
    monkeypatch.setattr(neighbours, "NEIGHBOURS", 3)
    angles = np.array([0, 0.1, 0.2, 0.3, 2.0, 2.1, 2.2, 2.3])
    near = neighbours.nearest(np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32))
    assert [set(row) | {n} for n, row in enumerate(near.tolist())] == [{0, 1, 2, 3}] * 4 + [{4, 5, 6, 7}] * 4
    scores = np.log(np.array([[0.5, 0.5], *[[0.9, 0.1]] * 3, [0.5, 0.5], *[[0.2, 0.8]] * 3], np.float32))
    everyone = np.ones(8, bool)
    found = neighbours.agreed(scores, near, everyone, 4.0)
    assert found[0, 0] > 0.9
    assert found[4, 1] > 0.9
    assert neighbours.agreed(scores, near, everyone & (np.arange(8) < 4), 4.0)[4] == pytest.approx([0.5, 0.5])
    asked = np.array([[1], [0], [0]])  # the first asks the second, who knows nothing, and is asked by the third
    lone = np.log(np.array([[0.5, 0.5], [0.5, 0.5], [0.9, 0.1]], np.float32))
    assert neighbours.agreed(lone, asked, np.ones(3, bool), 4.0)[0, 0] > 0.7


def test_what_neighbours_say_is_learnt_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only documents in two minds have in common speaks, in the end, for the category of their neighbours."""
    monkeypatch.setattr(training, "ROUNDS", (0.5,))
    groups = np.repeat([0, 1, 2], (40, 40, 8))  # of either category, and the undecided
    rows = np.asarray(np.eye(4)[groups], np.float32)
    rows[:, 3] = 0.3
    guesses = np.asarray([(0.9, 0.1), (0.1, 0.9), (0.5, 0.5)], np.float32)[groups]
    near = np.where(groups == 1, 40, 0)[:, None] + np.arange(10)
    model, found = train(Corpus(_taxonomy(), "e", NO_FEATURES, rows, guesses, guesses, near), {})
    assert (found[:80].argmax(axis=1) == groups[:80]).all()
    assert model.weights[2, 0] > model.weights[2, 1] + 0.1


def test_what_all_texts_have_in_common_tells_none_apart() -> None:
    """Embeddings are seen from the corpus' middle, so that they point into all directions."""
    subjects = [seen.subject for seen in _corpus()]
    features = prepare(subjects, _taxonomy(), TwoWordEmbedder()).features
    directions = features.embeddings(embedded(subjects))
    assert np.linalg.norm(directions, axis=1) == pytest.approx(1, abs=1e-3)
    plain = np.linalg.norm(embedded(subjects).mean(axis=0)) / np.sqrt(2)
    assert plain > 0.6
    assert np.linalg.norm(directions.mean(axis=0)) < plain / 2


def test_neighbours_of_a_large_corpus_are_among_some_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more documents than may vote, every so many does; none asks itself."""
    monkeypatch.setattr(neighbours, "MAX_VOTERS", 4)
    near = neighbours.nearest(np.random.default_rng(0).normal(size=(10, 3)).astype(np.float32))
    assert set(near.ravel().tolist()) <= {0, 3, 6, 9}
    assert all(n not in row for n, row in enumerate(near.tolist()))


def test_a_persons_labels_win_over_the_names() -> None:
    """Labels that contradict what the names suggest are followed, and accuracy is measured against them."""
    groups = [SPORT] * 5 + [HEALTH] * 5
    corpus = [_seen(f"{n}", f"The {groups[n % 10][n % 5]} and the {groups[n % 10][n % 5 - 1]}.") for n in range(30)]
    labelled = [
        (one, KnownLabel(("health" if n % 10 < 5 else "sport",), one.key, None))  # the other way round
        for n, one in enumerate(corpus)
    ]
    learned = learn(_loaded(), corpus, labelled, TwoWordEmbedder())
    trained = LoadedTaxonomy(learned.taxonomy, learned.model, "d")
    assert _best(trained, "The striker and the referee")[0] == "health"
    assert learned.report["labelled"] == 30
    assert learned.report["cross_validation"]["accuracy"] > 0.9
    assert {row["id"] for row in learned.report["categories"]} == {"sport", "health"}


def test_learning_is_deterministic_and_needs_no_pickle(tmp_path: Path) -> None:
    """The same corpus gives the same bytes, in which every array is plain."""
    first, second = (learn(_loaded(), _corpus(), [], TwoWordEmbedder()) for _ in range(2))
    data = write_trained(first.taxonomy, first.model)
    assert data == write_trained(second.taxonomy, second.model)
    file = tmp_path / "t.npz"
    file.write_bytes(data)
    assert set(zipfile.ZipFile(file).namelist()) == {"header.npy", "weights.npy", "rarity.npy", "middle.npy"}
    with np.load(file, allow_pickle=False) as arrays:
        assert json.loads(arrays["header"].tobytes())["taxonomy"]["id"] == "t"


def test_a_trained_taxonomy_can_be_trained_on(tmp_path: Path) -> None:
    """The model before is where the next starts from, and what its changes are counted against."""
    once = learn(_loaded(), _corpus(), [], TwoWordEmbedder())
    again = learn(LoadedTaxonomy(once.taxonomy, once.model, "d"), _corpus(), [], TwoWordEmbedder())
    assert again.report["changed"]["documents"] <= once.report["changed"]["documents"]


def test_damaged_and_foreign_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not a trained taxonomy, or is one of another embedder, is refused with what to do."""
    learned = learn(_loaded(), _corpus(), [], TwoWordEmbedder())
    file = tmp_path / "t.npz"
    file.write_bytes(write_trained(learned.taxonomy, learned.model)[:200])
    with pytest.raises(ConfigError, match=r"t\.npz cannot be read"):
        load_taxonomy(file)

    whole = write_trained(learned.taxonomy, learned.model)
    file.write_bytes(write_trained(learned.taxonomy, replace(learned.model, weights=learned.model.weights[:-1])))
    with pytest.raises(ConfigError, match="arrays do not fit"):
        load_taxonomy(file)
    with monkeypatch.context() as earlier:
        earlier.setattr("docmill.classify.trained.FORMAT", "docmill-trained-taxonomy-2")
        file.write_bytes(write_trained(learned.taxonomy, learned.model))
    with pytest.raises(ConfigError, match="has the format docmill-trained-taxonomy-2"):
        load_taxonomy(file)

    for place in range(50, len(whole), len(whole) // 60):  # packed data, headers of the archive, its directory
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        with suppress(ConfigError):  # some of it says nothing
            load_taxonomy(file)

    class Other(TwoWordEmbedder):
        name = "other"

    with pytest.raises(ConfigError, match="two-words, not other"):
        scorer(LoadedTaxonomy(learned.taxonomy, learned.model, "d"), Other())


def test_too_few_documents_are_refused() -> None:
    """Nothing is learnt from next to nothing."""
    with pytest.raises(ConfigError, match="give at least 10"):
        learn(_loaded(), _corpus()[:9], [], TwoWordEmbedder())


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("{", ["l.jsonl, line 2", "no JSON"]),
        ("[]", ["line 2", "no JSON object"]),
        ('{"key": "a", "label": "sports"}', ["line 2", "'sports' is no category of t", "did you mean 'sport'?"]),
        ('{"key": "a", "label": {"id": "sport"}}', ["line 2", "{'id': 'sport'} is no category of t"]),
        ('{"key": "a", "label": [["sport"]]}', ["line 2", "['sport'] is no category of t"]),
        ("[" * 100_000, ["line 2", "no JSON"]),
        ('{"key": 7, "text": " ", "label": "sport"}', ["line 2", "neither a document nor its text"]),
        ('{"label": "sport"}', ["line 2", "neither a document nor its text"]),
        ('{"key": "a", "label": ["sport", "health"]}', ["line 2", "2 labels, but t gives one"]),
    ],
)
def test_wrong_labels_are_named_with_place_and_fix(line: str, parts: list[str]) -> None:
    """A line of labels that is wrong is refused, naming file, line and fix."""
    with pytest.raises(ConfigError) as caught:
        parse_labels(f'{{"key": "a", "label": "sport"}}\n{line}\n'.encode(), "l.jsonl", _taxonomy())
    for part in parts:
        assert part in str(caught.value)


def test_labels_of_other_taxonomies_are_left_out() -> None:
    """One folder of corrections serves several taxonomies."""
    data = b'{"key": "a", "label": "sport", "taxonomy": "t"}\n{"text": "b", "label": "x", "taxonomy": "u"}\n'
    assert parse_labels(data, "l", _taxonomy()) == [KnownLabel(("sport",), "a", None)]


@pytest.mark.parametrize(
    ("fields", "key", "text"),
    [
        ('"key": "a", "text": ""', "a", None),
        ('"key": "", "text": "b"', None, "b"),
        ('"key": 7, "text": "b"', None, "b"),
        (r'"text": "b \ud83d"', None, "b ?"),
    ],
)
def test_fields_that_say_nothing_are_none(fields: str, key: str | None, text: str | None) -> None:
    """Exported tables hold empty fields, and texts that were cut within an emoji."""
    found = parse_labels(f'{{{fields}, "label": "sport"}}'.encode(), "l", _taxonomy())
    assert found == [KnownLabel(("sport",), key, text)]


def test_a_corpus_is_read_from_folder_file_and_bucket(tmp_path: Path) -> None:
    """Texts, rows with a key, and enriched records are read alike; what is rejected is left out."""
    text = "The ferry left the harbour at noon, and the gulls followed it for a mile."
    (tmp_path / "a.txt").write_text(text)
    (tmp_path / "empty.txt").write_text("")
    rows = tmp_path / "rows.jsonl"
    odd = {"key": "half \ud83d", "title": 2024, "text": f"{text} \ud83d", "status": []}
    lines = [json.dumps({"key": "k", "title": "Noon", "text": text}), "", json.dumps({"text": text}), json.dumps(odd)]
    lines.append(json.dumps({"key": "mine", "text": text, "status": "rejected"}))  # by somebody else's editors
    rows.write_text("\n".join([*lines, "{" + "[" * 100_000]), "utf-8-sig")
    store = MemoryStore("bucket")
    refiner = Refiner.of(Settings(workers=1))

    def read(place: str | Path) -> list[str]:
        found = read_corpus(place, refiner, lambda _: store, most=10, threads=2)
        return [document.source.key for document in found]

    with refiner.pool:
        record = refiner.document("inbox/a.txt", text.encode())
        assert record is not None
        store.put("out/enriched/inbox/a.txt.json", record.model_dump_json().encode(), media_type="application/json")
        assert read(rows)[:3] == ["k", "line 3", "half ?"]
        assert read(rows)[3] == "mine"
        rows.unlink()
        assert read(tmp_path) == ["a.txt"]
        assert read("s3://bucket/out/enriched") == ["inbox/a.txt"]
        store.put("out/enriched/b.json", b"x")
        store.get = _gone(store.get, "out/enriched/b.json")  # type: ignore[method-assign]
        assert read("s3://bucket/out/enriched") == ["inbox/a.txt"]
        with pytest.raises(ConfigError, match="nothing to learn from"):
            read("s3://bucket/none")


def _gone(get: Callable[..., StoredObject], gone: str) -> Callable[..., StoredObject]:
    def found(key: str, **conditions: str | None) -> StoredObject:
        if key == gone:
            raise ObjectNotFoundError(f"no object {key!r}")
        return get(key, **conditions)

    return found


def test_regression_separates_what_can_be_separated() -> None:
    """Two groups apart on one axis are told apart, and weights are the same each time."""
    rows = np.array([[1, 0.2], [0.9, -0.1], [-1, 0.1], [-0.8, 0]], np.float32)
    targets = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    weights = fit(rows, targets, np.ones(4, np.float32))
    assert ((rows @ weights).argmax(axis=1) == [0, 0, 1, 1]).all()
    assert (weights == fit(rows, targets, np.ones(4, np.float32))).all()


def test_figures_of_a_known_case() -> None:
    """Accuracy, F1, calibration error, changes and temperature of confidences worked out by hand."""
    found = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.1]], np.float32)
    truth = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    scores = figures(found, truth)
    assert scores["accuracy"] == 0.75
    assert scores["macro_f1"] == pytest.approx((0.8 + 2 / 3) / 2, abs=1e-3)
    assert scores["calibration_error"] == pytest.approx(0.15, abs=1e-3)
    assert best_temperature(found, truth) == pytest.approx(2, abs=0.15)  # 0.9 at twice the temperature is 0.75
    moved = changes(_taxonomy(), found, truth)
    assert (moved["documents"], moved["moves"]) == (1, [{"from": "sport", "to": "health", "documents": 1}])
