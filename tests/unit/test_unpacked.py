"""Models are unpacked once, and read from the user's cache folder after that, unless something is wrong with it."""

import os
import time
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from docmill import langid, unpacked
from docmill.annotate import characters as counted
from docmill.arrays import Arrays
from docmill.classify import embed
from docmill.clean import characters as told_apart

ARRAYS = {"numbers": np.arange(5_000, dtype=np.int32), "words": np.array(["cat", "dog"])}


class Unpacking:
    """Counts how often it is asked."""

    asked = 0

    def __call__(self) -> Arrays:
        """Once more."""
        self.asked += 1
        return ARRAYS


@pytest.fixture
def unpack() -> Unpacking:
    """Makes the arrays."""
    return Unpacking()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder, not made yet."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches" / "docmill"


def _same(found: Arrays) -> bool:
    return found.keys() == ARRAYS.keys() and all((found[name] == ARRAYS[name]).all() for name in ARRAYS)


def test_once_made_it_is_read(unpack: Unpacking) -> None:
    """The same arrays, and no other model's."""
    assert _same(unpacked.unpacked("model", "files 1", unpack))
    assert _same(unpacked.unpacked("model", "files 1", unpack))
    assert unpack.asked == 1
    assert _same(unpacked.unpacked("model", "files 2", unpack))
    assert _same(unpacked.unpacked("other", "files 1", unpack))
    assert unpack.asked == 3


@pytest.mark.parametrize("size", [0, 100, 15_000])
def test_a_cut_file_is_made_anew(folder: Path, unpack: Unpacking, size: int) -> None:
    """As a full disk or a machine that was switched off may leave it."""
    unpacked.unpacked("model", "files", unpack)
    (file,) = folder.iterdir()
    os.truncate(file, size)
    assert _same(unpacked.unpacked("model", "files", unpack))
    assert _same(unpacked.unpacked("model", "files", unpack))
    assert unpack.asked == 2


def test_a_changed_byte_is_found(folder: Path, unpack: Unpacking) -> None:
    """By its checksum, wherever it is in the arrays."""
    unpacked.unpacked("model", "files", unpack)
    (file,) = folder.iterdir()
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert _same(unpacked.unpacked("model", "files", unpack))
    assert unpack.asked == 2


def test_where_it_cannot_be_written_models_are_unpacked_each_time(folder: Path, unpack: Unpacking) -> None:
    """Silently: nothing is wrong with what comes out."""
    folder.parent.write_text("a file where the folder would be")
    for _ in range(2):
        assert _same(unpacked.unpacked("model", "files", unpack))
    assert unpack.asked == 2


def test_what_is_begun_and_not_ended_leaves_nothing(
    folder: Path, unpack: Unpacking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full in the middle."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", full)
        assert _same(unpacked.unpacked("model", "files", unpack))
    assert not list(folder.iterdir())


def test_what_nobody_reads_any_more_goes(folder: Path, unpack: Unpacking) -> None:
    """After a month, when another is written; what is read stays, however old."""
    for name in ("old", "read", "young"):
        unpacked.unpacked(name, "files", unpack)
    long_ago = time.time() - 40 * 86_400
    for name in ("old", "read"):
        os.utime(next(folder.glob(f"{name}-*")), (long_ago, long_ago))
    unpacked.unpacked("read", "files", unpack)
    unpacked.unpacked("new", "files", unpack)
    assert sorted(file.name.split("-")[0] for file in folder.iterdir()) == ["new", "read", "young"]


def test_without_a_home_there_is_no_folder(unpack: Unpacking, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container for a user whom it does not know."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert unpacked.cache_folder() is None
    assert _same(unpacked.unpacked("model", "files", unpack))


def test_the_models_are_the_same_from_the_cache(folder: Path) -> None:
    """Bit for bit, of languages and of sentences."""
    texts = ("The harbour was closed on Monday.", "Новая библиотека откроется весной.", "今天上午宣布新的图书馆。")
    found = []
    for files in (0, 3):
        assert len(list(folder.glob("*.npz"))) == files
        identifier = langid.Identifier(())
        model, words = embed._load.__wrapped__(embed.UniversalSentenceEncoder.sha256)
        vectors = model.vectors(*model.sums([words.encode(text) for text in texts]))
        found.append(([identifier.rank(text) for text in texts], vectors.tobytes()))
    assert found[0] == found[1]


def test_kinds_of_characters_are_kept_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they were made; those of another version of Unicode are made anew."""
    made = told_apart.kinds.__wrapped__(), counted._kinds.__wrapped__()
    with monkeypatch.context() as unmade:
        for module, make in ((told_apart, "_tables"), (counted, "_table")):
            unmade.setattr(module, make, lambda: pytest.fail("made again"))
        kept = told_apart.kinds.__wrapped__(), counted._kinds.__wrapped__()
    for field in fields(told_apart.Kinds):
        before, after = (getattr(kinds, field.name) for kinds in (made[0], kept[0]))
        assert (before.dtype, before.tolist()) == (after.dtype, after.tolist())
    assert made[1].tolist() == kept[1].tolist()
    assert counted.Characters.of("A-é").count(counted.Kind.CAPITAL) == 1
    monkeypatch.setattr(unpacked, "unidata_version", "1.0")
    counted._kinds.__wrapped__()
    assert len(list(folder.glob("annotate-characters-*"))) == 2
