"""Site memory: what repeats across a site's documents goes, and nothing else does."""

import json
from pathlib import Path

import pytest

from docmill import Pipeline, RawDocument, Settings
from docmill.clean import clean
from docmill.clean.sites import furniture, furniture_at, load_profiles, path_key, site_of, text_key
from docmill.errors import ConfigError
from docmill.extract.text import read_lines
from docmill.learn.sites import SiteCounts, as_json
from docmill.profiles import profiles_key, with_profiles
from docmill.store import MemoryStore
from schemas.document import Block, BlockKind, DocumentSource, EnrichedDocument, Removal, RemovalReason

APPEAL = (
    "The Harbour Gazette is run by volunteers and paid for by its readers, so if you enjoyed this story please think"
    " of sending us a small gift this winter."
)
STORIES = [
    "The ferry to the island left an hour late because a gull had built its nest on the wheelhouse roof overnight.",
    "A baker in the lower town has started to sell yesterday's loaves by weight, and the queue now reaches the bridge.",
    "Divers found the missing church bell under the old pier, where it had been used as an anchor for thirty years.",
    "The chess club lost its room to the choir and now meets in the laundry, which its members say is far warmer.",
    "Two sisters walked the length of the canal in nine days and counted four hundred and twelve herons on the way.",
    "The council painted the lighthouse green by mistake, and sailors have written in to say that they prefer it.",
]


def _raw(number: int, story: str) -> RawDocument:
    more = (
        f"Nobody in the harbour could say on the {number}. day how it would end, but everyone had an opinion about it."
    )
    lines = [f"Report number {number} from the quay", "", story, "", more, "", APPEAL]
    return RawDocument(
        data="\n".join(lines).encode(), key=f"gazette/2024/{number:02}/story.txt", media_type="text/plain"
    )


def _record(pipeline: Pipeline, raw: RawDocument) -> EnrichedDocument:
    record = pipeline.refine(raw)
    assert isinstance(record, EnrichedDocument)
    return record


def _pipeline(profiles: str | Path = "off") -> Pipeline:
    return Pipeline(Settings(taxonomies=(), annotations=(), embedder="words", profiles=str(profiles)))


def _document(number: int, kept: list[str], removed: list[tuple[str, RemovalReason]]) -> EnrichedDocument:
    base = _record(_pipeline(), _raw(number, STORIES[0]))
    kind = BlockKind.PARAGRAPH
    return base.model_copy(
        update={
            "blocks": tuple(Block(kind=kind, text=text) for text in kept),
            "removed": tuple(Removal(kind=kind, reason=reason, text=text) for text, reason in removed),
        }
    )


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Learnt from six stories of one site."""
    pipeline, counts = _pipeline(), SiteCounts()
    for number, story in enumerate(STORIES):
        counts.add(_record(pipeline, _raw(number, story)))
    file = tmp_path_factory.mktemp("profiles") / "sites.json"
    file.write_bytes(as_json(counts.profiles()))
    return file


def test_what_repeats_is_dropped_and_logged_whole(profile: Path) -> None:
    """An appeal that reads like prose is kept without the site's profile and dropped with it; the story stays."""
    raw = _raw(7, "A heron has moved into the fountain on the market square and eats the coins that people throw in.")
    without, remembered = _record(_pipeline(), raw), _record(_pipeline(profile), raw)
    assert APPEAL in without.text
    assert APPEAL not in remembered.text
    assert "A heron has moved" in remembered.text
    [removal] = [r for r in remembered.removed if r.reason is RemovalReason.SITE_FURNITURE]
    assert (removal.text, removal.start_line) == (APPEAL, 7)
    assert {b.start_line for b in remembered.blocks} | {r.start_line for r in remembered.removed} == {1, 3, 5, 7}


def test_other_sites_are_left_alone(profile: Path) -> None:
    """A text is furniture on its own site only."""
    raw = RawDocument(data=_raw(7, STORIES[1]).data, key="courier/2024/story.txt", media_type="text/plain")
    assert APPEAL in _record(_pipeline(profile), raw).text


def test_blocks_of_a_page_go_with_their_links(tmp_path: Path) -> None:
    """On web pages the site is the canonical address's host; links in what goes are no links of the document."""

    def page(number: int, story: str) -> RawDocument:
        head = f'<title>Report {number}</title><link rel="canonical" href="https://www.gazette.example/{number}">'
        more = " ".join(STORIES[(number + n) % 6] for n in (1, 2))
        appeal = f"<p>{APPEAL} <a href='/give'>Give</a></p>"
        body = f"<article><h1>Report {number}</h1><p>{story} {more}</p><p>{more} {number}</p>{appeal}</article>"
        return RawDocument(data=f"<html><head>{head}</head><body>{body}</body></html>".encode(), key=f"{number}.html")

    plain, counts = _pipeline(), SiteCounts()
    records = [_record(plain, page(number, story)) for number, story in enumerate(STORIES)]
    assert all(APPEAL in record.text for record in records)
    for record in records:
        counts.add(record)
    found = counts.profiles()
    assert list(found["sites"]) == ["gazette.example"]
    (tmp_path / "sites.json").write_bytes(as_json(found))
    settings = Settings(taxonomies=(), annotations=("links",), embedder="words", profiles=str(tmp_path / "sites.json"))
    record = _record(Pipeline(settings), page(3, STORIES[3]))
    assert APPEAL not in record.text
    assert STORIES[3] in record.text
    assert "https://www.gazette.example/give" not in {link.url for link in record.links}
    assert RemovalReason.SITE_FURNITURE in {r.reason for r in record.removed}


@pytest.mark.parametrize(
    ("text", "kept_in", "dropped_in", "furniture"),
    [
        ("Weight:", 10, 0, False),  # a label that cleaning keeps everywhere
        ("Share this", 6, 4, True),  # one that it often drops
        ("Share this", 8, 2, False),
        (APPEAL, 5, 0, True),  # running text
        (APPEAL, 4, 0, False),  # in less than half of the documents
        ("1 / 2", 2, 8, False),  # no letters
        (APPEAL * 8, 10, 0, False),  # too long to be furniture
    ],
)
def test_what_counts_as_furniture(text: str, kept_in: int, dropped_in: int, furniture: bool) -> None:
    """Of ten documents, a text must stand in half, and be running text or dropped by cleaning itself often enough."""
    counts = SiteCounts()
    for number in range(10):
        kept = [f"Story {number}"] + ([text] if number < kept_in else [])
        removed = [(text, RemovalReason.SHARING)] if kept_in <= number < kept_in + dropped_in else []
        document = _document(number, kept, removed)
        unlike = document.fingerprints.model_copy(update={"text_sha256": str(number)})
        counts.add(document.model_copy(update={"fingerprints": unlike}))
    sites = counts.profiles()["sites"]
    assert [t["key"] for site in sites.values() for t in site["texts"]] == ([text_key(text)] if furniture else [])


def test_learning_again_from_what_a_profile_made_gives_the_same(profile: Path) -> None:
    """What a profile dropped counts as kept, so that it stays in the next profile."""
    pipeline, counts = _pipeline(profile), SiteCounts()
    for number, story in enumerate(STORIES):
        counts.add(_record(pipeline, _raw(number, story)))
    assert as_json(counts.profiles()) == profile.read_bytes()


def test_copies_count_once_and_few_documents_teach_nothing() -> None:
    """A document that lies there many times is one document; four make no site."""
    counts, pipeline = SiteCounts(), _pipeline()
    for number in (0, 0, 0, 0, 1, 2, 3):
        counts.add(_record(pipeline, _raw(number, STORIES[number])))
    assert counts.profiles() == {"format": 1, "documents": 4, "share": 0.5, "sites": {}}


def test_memory_is_bounded_and_what_repeats_survives() -> None:
    """Past the bound the rarest texts are forgotten, not those that repeat."""
    bounded, counts = SiteCounts(most=10), SiteCounts()
    for number, story in enumerate(STORIES):
        document = _document(number, [APPEAL, story, f"{story} {number}", f"{number} {story}"], [])
        unlike = document.fingerprints.model_copy(update={"text_sha256": str(number)})
        for one in (bounded, counts):
            one.add(document.model_copy(update={"fingerprints": unlike}))
    assert bounded.profiles() == counts.profiles()
    [site] = bounded.profiles()["sites"].values()
    assert [t["text"] for t in site["texts"]] == [APPEAL[:80]]


def test_a_document_that_is_mostly_furniture_is_kept() -> None:
    """A copy of a page is not emptied: beyond half of the text nothing goes. Table rows and code never go."""
    known = frozenset(filter(None, map(text_key, [APPEAL, *STORIES])))
    blocks = [Block(kind=BlockKind.PARAGRAPH, text=text) for text in (APPEAL, STORIES[0])]
    other = Block(kind=BlockKind.PARAGRAPH, text="Something else altogether. " * 20)
    assert furniture(known, blocks) == frozenset()
    assert furniture(known, [*blocks, other]) == {APPEAL, STORIES[0]}
    assert furniture(known, [Block(kind=BlockKind.TABLE, text=APPEAL), other]) == frozenset()
    assert furniture(frozenset(), [*blocks, other]) == frozenset()


@pytest.mark.parametrize(
    ("url", "key", "member", "site"),
    [
        ("https://www.gazette.example/a/b?c", "in/x.html", None, "gazette.example"),
        (None, "in/gazette/2024/05/x.txt", None, "in/gazette/"),
        ("http://[broken", "in/x.txt", None, "in/"),
        (None, "in/dump.zip", "news/x.txt", "in/dump.zip/news/"),
        (None, "x.txt", None, "/"),
    ],
)
def test_sites_are_hosts_or_folders(url: str | None, key: str, member: str | None, site: str) -> None:
    """The canonical address says the site; without one, the folder, in which dates do not count."""
    assert site_of(url, DocumentSource(uri=key, key=key, member=member, size=1)) == site


def test_texts_are_the_same_whatever_their_case_and_punctuation() -> None:
    """Keys ignore case, width, punctuation and space."""
    assert text_key("Read  more!") == text_key("read MORE") == text_key("ｒｅａｄ more…") != text_key("read on")


def test_the_fingerprint_follows_what_the_profile_decides(profile: Path, tmp_path: Path) -> None:
    """Another set of texts is another pipeline; other counts of the same texts are not."""
    changed = json.loads(profile.read_text(encoding="utf-8"))
    changed["documents"] = 99
    (tmp_path / "counts.json").write_text(json.dumps(changed))
    changed["sites"]["other/"] = {"documents": 5, "texts": [{"key": "00", "documents": 5, "text": ""}]}
    (tmp_path / "texts.json").write_text(json.dumps(changed))
    prints = [_pipeline(f).fingerprint for f in (profile, tmp_path / "counts.json", tmp_path / "texts.json", "off")]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


MIXED = '{"format": 1, "sites": {"a": {"texts": [{"key": 5}, {"key": "b"}]}}}'


@pytest.mark.parametrize(
    "content",
    ["", "[]", "[" * 100_000, '{"format": 2, "sites": {}}', '{"format": 1, "sites": {"a": {}}}', MIXED, None],
)
def test_files_that_are_no_profiles_are_refused(content: str | None, tmp_path: Path) -> None:
    """A wrong file stops docmill at start, and says what would be right."""
    file = tmp_path / "wrong.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigError, match=r"wrong\.json cannot be read.*docmill learn-sites"):
        load_profiles(str(file))


def test_workers_use_what_lies_under_the_output(profile: Path) -> None:
    """`auto` becomes a copy of the stored profiles, or `off` where there are none; what was chosen stays."""
    settings, store = Settings(output="s3://out/made"), MemoryStore("out")
    assert with_profiles(settings, store).profiles == "off"
    assert profiles_key(settings) == "made/profiles/sites.json"
    store.put(profiles_key(settings), profile.read_bytes())
    found = with_profiles(settings, store)
    assert load_profiles(found.profiles) == load_profiles(str(profile))
    chosen = settings.model_copy(update={"profiles": "mine.json"})
    assert with_profiles(chosen, store) == chosen
    store.put(profiles_key(settings), b"{")
    with pytest.raises(ConfigError, match=r"s3://out/made/profiles/sites\.json cannot be read.*remove that object"):
        with_profiles(settings, store)


def _web_page(number: int) -> RawDocument:
    story, other = STORIES[number % len(STORIES)], STORIES[(number + 1) % len(STORIES)]
    text = "".join(
        f"<p{' class=note' * (n == 2)}>{story} This is what we heard on day {number} of paragraph {n}.</p>"
        for n in range(4)
    )
    teasers = "".join(f"<li class=teaser-{n}><a href=/{n}>{other[: 50 + n]}</a>" for n in range(6))
    body = f"<article><h1>Report {number}</h1>{text}</article><ul class='related box'>{teasers}</ul>"
    page = f"<html><head><link rel=canonical href=https://gazette.example/{number}></head><body>{body}</body></html>"
    return RawDocument(data=page.encode(), key=f"{number}.html")


def test_places_whose_text_cleaning_mostly_drops_are_furniture() -> None:
    """Over a site's pages a teaser box is known by its elements and classes, whatever it says; the article is not."""
    counts = SiteCounts()
    for number in range(6):
        counts.add(_record(_pipeline(), _web_page(number)))
    [site] = counts.profiles()["sites"].values()
    paths = [entry["path"] for entry in site["signatures"]]
    assert "html>body>ul.related.box>li.teaser->a" in paths
    assert "html>body>article>p" not in paths


def test_a_block_where_its_site_has_furniture_goes(tmp_path: Path) -> None:
    """What cleaning would keep there is dropped and logged; a profile without signatures changes nothing."""
    raw = _web_page(1)
    bare = _record(_pipeline(), raw)
    path = "html>body>article>p.note"
    assert path in {signature.path for signature in bare.block_signatures if signature.kept}
    file = tmp_path / "sites.json"
    entry = {"key": path_key(path), "documents": 6, "path": path}
    site = {"documents": 6, "texts": [], "signatures": [entry]}
    profile = {"format": 1, "documents": 6, "share": 0.5, "sites": {"gazette.example": site}}
    file.write_bytes(as_json(profile))
    without = _record(_pipeline(file), raw)
    gone = {r.text for r in without.removed if r.reason is RemovalReason.SITE_FURNITURE}
    assert len(gone) == 1
    assert "paragraph 2" in gone.pop()
    assert without.block_signatures == bare.block_signatures
    assert without.blocks == tuple(block for block in bare.blocks if "paragraph 2" not in block.text)
    del site["signatures"]
    file.write_bytes(as_json(profile))
    assert _record(_pipeline(file), raw).blocks == bare.blocks


def test_places_never_take_most_of_a_page() -> None:
    """A page of another make, most of which would go, keeps all."""
    known = frozenset({path_key("div.teaser>p")})
    paths = ["div.teaser>p", "div>p", "div.teaser>p"]
    assert furniture_at(known, ["ab", "abcdef", "cd"], paths, [True, True, True]) == {0, 2}
    assert furniture_at(known, ["abcdef", "ab", "cd"], paths, [True, True, True]) == frozenset()
    assert furniture_at(known, ["ab", "abcdef", "cd"], paths, [False, True, True]) == {2}


def test_a_sites_name_above_a_text_is_not_its_title() -> None:
    """A line that stands on all of a site's documents goes, and names none of them."""
    name = "The Coast Gazette of Norra"
    dump = read_lines("\n\n".join([name, *STORIES]))
    assert clean(dump).title == name
    cleaned = clean(dump, known=frozenset(filter(None, [text_key(name)])))
    assert cleaned.title != name
    assert [removal.text for removal in cleaned.removed if removal.reason is RemovalReason.SITE_FURNITURE] == [name]
