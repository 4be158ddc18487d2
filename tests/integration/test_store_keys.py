"""Which keys every object store keeps as they are, and which ones SeaweedFS does not.

SeaweedFS keeps objects in folders: it refuses some keys (`REFUSED`), and writes some under another name
(`test_seaweedfs_…`). ministack and moto keep whatever S3 does, and dot segments besides.
"""

import pytest

from docmill.errors import InvalidKeyError, ObjectNotFoundError
from docmill.keys import output_key
from docmill.store import ObjectStore

KEYS = {
    "plain": "report.html",
    "space": "annual report 2024.html",
    "space first": " lead",
    "space last": "trail ",
    "plus": "C++ and D+.txt",
    "percent": "100%25 and 50%.txt",
    "hash": "issue #7.txt",
    "question mark": "what?a=b&c=d",
    "quotes": "\"a\" 'b' <c> & d",
    "brackets": "[x]{y}(z)|^`~!@$*=;:,",
    "nfc": "caf\u00e9.txt",
    "nfd": "cafe\u0301.txt",
    "emoji": "\U0001f600/\U0001f469\u200d\U0001f52c.txt",
    "cjk": "日本/語.txt",
    "right to left": "\u202emirror",
    "control characters": "a\tb\x01c",
    "deep": "/".join("d" * 50),
    "non-character": "\ufffe",
}
DOT_KEYS = ("a/./b", "a/../b", "../b", ".", "a/..")
REFUSED = {"seaweedfs": {*DOT_KEYS, "nul\0", "x" * 400}}


def keys(store: ObjectStore, prefix: str) -> list[str]:
    return [info.key for info in store.list(prefix)]


@pytest.mark.parametrize("name", KEYS.values(), ids=KEYS.keys())
def test_key_comes_back_as_written(store, prefix, name):
    """Whatever characters a key has, it is the key that is listed, read and removed."""
    key = prefix + name
    store.put(key, name.encode(), metadata={"n": "1"})
    assert keys(store, prefix) == [key]
    assert keys(store, key) == [key]
    assert store.get(key).data == name.encode()
    assert store.head(key).metadata == {"n": "1"}
    store.delete(key)
    assert keys(store, prefix) == []


def test_unicode_forms_are_different_keys(store, prefix):
    """Composed and decomposed forms of a name are two objects."""
    names = {prefix + KEYS["nfc"]: b"nfc", prefix + KEYS["nfd"]: b"nfd"}
    for key, data in names.items():
        store.put(key, data)
    assert {key: store.get(key).data for key in keys(store, prefix)} == names


def test_long_key_comes_back(store, prefix):
    """A key of 1,000 bytes is a key, in segments no longer than a file name may be."""
    key = prefix + ("é" * 100 + "/") * 4
    key += "x" * (1_000 - len(key.encode()))
    assert len(key.encode()) == 1_000
    store.put(key, b"long")
    assert store.get(key).data == b"long"
    assert keys(store, prefix) == [key]


def test_key_may_start_other_keys(store, prefix):
    """An object can have another's "folder" for its name, and removing one leaves the other."""
    for name in ("a/b", "a", "a/b/c", "a.b"):
        store.put(prefix + name, name.encode())
    assert set(keys(store, prefix)) == {prefix + name for name in ("a", "a/b", "a/b/c", "a.b")}
    store.delete(prefix + "a")
    with pytest.raises(ObjectNotFoundError):
        store.get(prefix + "a")
    assert {key: store.get(key).data for key in keys(store, prefix + "a/")} == {
        prefix + "a/b": b"a/b",
        prefix + "a/b/c": b"a/b/c",
    }


@pytest.mark.parametrize("name", [*DOT_KEYS, "nul\0", "x" * 400], ids=ascii)
def test_key_is_refused_or_kept(store, prefix, backend, name):
    """A key a store cannot hold is refused as such and leaves nothing; any other comes back."""
    if name in REFUSED.get(backend.partition(", ")[0], ()):
        with pytest.raises(InvalidKeyError):
            store.put(prefix + name, b"odd")
        assert keys(store, prefix) == []
    else:
        store.put(prefix + name, b"odd")
        assert store.get(prefix + name).data == b"odd"
        assert keys(store, prefix) == [prefix + name]


@pytest.mark.parametrize("backend", ["memory", "moto", "ministack", "ministack, fast"], indirect=True)
@pytest.mark.parametrize("name", ["folder/", "a//b", "/a", "back\\slash"])
def test_slashes_are_kept(store, prefix, name):
    """A key keeps its slashes, wherever they are, and its backslashes."""
    store.put(prefix + name, b"data")
    assert store.get(prefix + name).data == b"data"
    assert keys(store, prefix) == [prefix + name]


@pytest.mark.parametrize("backend", ["seaweedfs", "seaweedfs, fast"], indirect=True)
@pytest.mark.parametrize(("name", "listed"), [("a//b", "a/b"), ("/a", "a"), ("back\\slash", "back/slash")])
def test_seaweedfs_rewrites_slashes(store, prefix, name, listed):
    """SeaweedFS writes such a key under another name, without a word: sources are listed by that name."""
    store.put(prefix + name, b"data")
    assert keys(store, prefix) == [prefix + listed]
    assert store.get(prefix + listed).data == b"data"


def test_sources_that_a_store_would_mix_up_have_records_of_their_own(store, prefix):
    """Whatever the output store makes of odd keys, each object's record is found where it was written."""
    names = ("a/b", "a//b", "/a/b", "a\\b", "a/./b", "a/x/../b", "a/b/", "x" * 400, "nul\0", "a/!/b")
    for name in names:
        store.put(output_key(prefix, "enriched", name), name.encode())
    assert [store.get(output_key(prefix, "enriched", name)).data for name in names] == [n.encode() for n in names]
    assert set(keys(store, prefix)) == {output_key(prefix, "enriched", name) for name in names}


@pytest.mark.parametrize("backend", ["seaweedfs", "seaweedfs, fast"], indirect=True)
def test_seaweedfs_drops_the_bytes_of_a_folder(store, prefix):
    """SeaweedFS takes a key that ends in a slash for a folder and keeps none of its bytes."""
    store.put(prefix + "folder/", b"data")
    assert store.get(prefix + "folder/").data == b""


@pytest.mark.parametrize("key", ["", "x" * 1_025, "é" * 513, "\ud83d"], ids=ascii)
def test_impossible_key_is_refused(store, key):
    """A key S3 rules out is refused by every method that takes one."""
    for method in (store.head, store.get, store.delete):
        with pytest.raises(InvalidKeyError):
            method(key)
    with pytest.raises(InvalidKeyError):
        store.put(key, b"")
