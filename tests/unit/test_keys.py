"""Output keys and the truth on the output object."""

import hashlib
import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.containers import display_name
from docmill.errors import ConfigError
from docmill.keys import FOLDERS, MAX_KEY_BYTES, Made, member_key, members_prefix, output_key
from docmill.store.limits import check_metadata
from schemas import SourceObject

KEYS = (
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=600)
    | st.text("ab/.\\!é", min_size=1, max_size=12)
    | st.builds(
        lambda head, digest: f"{head}~{digest}",
        st.text("ab/é", max_size=5),
        st.text("0123456789abcdef", min_size=64, max_size=64),
    )
)


@given(st.lists(KEYS, min_size=2, max_size=8, unique=True), st.sampled_from(["", "out/", "p" * 700 + "/"]))
def test_output_keys_are_bounded_and_never_shared(keys: list[str], prefix: str) -> None:
    """Different source keys have different output keys, none over 1,024 bytes."""
    made = [output_key(prefix, status, key) for status in FOLDERS for key in keys]
    assert len(set(made)) == len(made)
    assert all(len(key.encode()) <= MAX_KEY_BYTES for key in made)
    assert all(key.startswith(prefix) and key.endswith(".json") for key in made)


def test_a_short_key_stays_readable() -> None:
    """The record of `a/b c.html` is `enriched/a/b c.html.json`."""
    assert output_key("out/", "enriched", "a/b c.html") == "out/enriched/a/b c.html.json"
    assert output_key("", "rejected", "a") == "quarantine/a.json"


def test_a_long_key_has_the_documented_form_and_cannot_be_forged() -> None:
    """It is cut and ends in ~ and a digest; a source key that looks like that is hashed itself."""
    long = output_key("", "enriched", "é" * 70 + "/" + "/".join("é" * 441))
    assert len(long.encode()) in {MAX_KEY_BYTES - 1, MAX_KEY_BYTES}
    forged = long.removeprefix("enriched/").removesuffix(".json")
    assert output_key("", "enriched", forged) != long


@given(st.lists(KEYS, min_size=2, max_size=8, unique=True), st.sampled_from(["", "out/"]))
def test_no_store_writes_a_record_under_another_name(keys: list[str], prefix: str) -> None:
    """Stores that keep files in folders join slashes, turn backslashes, and refuse dots and long parts."""
    made = [output_key(prefix, status, key) for status in FOLDERS for key in keys]
    made += [members_prefix(prefix, "enriched", key) + "m.json" for key in keys]
    assert len({posixpath.normpath(key.replace("\\", "/")) for key in made}) == len(made)
    for key in made:
        assert not {"", ".", ".."} & set(key.split("/"))
        assert not {"\\", "\0"} & set(key)
        assert max(len(part.encode()) for part in key.split("/")) <= 255


def test_an_odd_key_has_the_documented_form() -> None:
    """What is odd about it is replaced, and a digest tells it from others."""
    key = output_key("out/", "enriched", "/a//../b\\c.html")
    assert key.startswith("out/enriched/_/a/_/_/b_c.html~")
    assert key.endswith(hashlib.sha256(b"/a//../b\\c.html").hexdigest() + ".json")


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=300) | st.sampled_from(
    ["a", "../../x", "/etc/x", "a//b", "a\\b", "!", "a/!/b", "x" * 5000, ".", "..", " a ", "a\nb", "é" * 400, "a/b.txt"]
)
PATHS = st.lists(st.tuples(NAMES.map(display_name), st.integers(1, 3)), min_size=1, max_size=3).map(tuple)


@given(
    st.lists(st.tuples(KEYS | st.just("a"), PATHS), min_size=2, max_size=8, unique=True),
    st.sampled_from(["", "out/"]),
)
def test_members_keys_are_bounded_harmless_and_never_shared(members: list, prefix: str) -> None:
    """Different members, of any containers, have different keys; none is a path or a source key's."""
    made = [member_key(prefix, "enriched", key, path) for key, path in members]
    assert len(set(made)) == len(made)
    own = [output_key(prefix, "enriched", key) for key, _ in members]
    as_sources = [
        output_key(prefix, "enriched", key.removeprefix(f"{prefix}enriched/").removesuffix(".json")) for key in made
    ]
    assert not set(made) & {*own, *as_sources}
    for (key, _), output in zip(members, made, strict=True):
        start = members_prefix(prefix, "enriched", key)
        assert output.startswith(start)
        assert len(output.encode()) <= MAX_KEY_BYTES
        assert not {".", "..", ""} & set(output.removeprefix(start).split("/"))
        assert "\\" not in output.removeprefix(start)
        assert not any(other.startswith(start) for other in own)


def test_a_plain_member_lies_readably_under_its_container() -> None:
    """`b/c.txt` of `a.zip` is at `enriched/a.zip/!/b/c.txt.json`; its namesake and odd names are hashed."""
    assert member_key("out/", "enriched", "a.zip", (("b/c.txt", 1),)) == "out/enriched/a.zip/!/b/c.txt.json"
    nested = member_key("", "rejected", "a.zip", (("in.zip", 1), ("c.txt", 1)))
    assert nested == "quarantine/a.zip/!/in.zip/!/c.txt.json"
    assert member_key("", "enriched", "a.zip", (("b.txt", 2),)).startswith("enriched/a.zip/!/b.txt~")
    assert member_key("", "enriched", "a.zip", (("../../x", 1),)).startswith("enriched/a.zip/!/.._.._x~")


def test_a_prefix_without_room_is_refused() -> None:
    """An output prefix that leaves no room for keys is a wrong setting."""
    with pytest.raises(ConfigError):
        output_key("p" * 1000 + "/", "enriched", "k" * 100)


@given(
    st.text(min_size=1, max_size=80).filter(str.isprintable), st.none() | st.text("azé /+%", min_size=1, max_size=40)
)
def test_the_truth_survives_the_round_trip(etag: str, version: str | None) -> None:
    """What is written as metadata is valid metadata, and is read back the same."""
    made = Made(etag, version, "0123abcd", bucket="news.example")
    check_metadata(made.metadata())
    assert Made.read(made.metadata()) == made


def test_foreign_metadata_is_no_truth() -> None:
    """An object docmill did not write says nothing of a source."""
    assert Made.read({"author": "someone"}) is None


def test_a_record_covers_its_version_and_pipeline_only() -> None:
    """Etag, version where known, and fingerprint where asked for have to agree."""
    source = SourceObject(bucket="in", key="a", etag="e1", size=1)
    made = Made("e1", "v1", "f1")
    assert made.covers(source, None)
    assert made.covers(source, "f1")
    assert not made.covers(source, "f2")
    assert made.covers(source.model_copy(update={"version_id": "v1"}), "f1")
    assert not made.covers(source.model_copy(update={"version_id": "v2"}), "f1")
    assert not made.covers(source.model_copy(update={"etag": "e2"}), None)
    assert Made.of(source, "f1").covers(source, "f1")
    assert not Made.of(source, "f1").covers(source.model_copy(update={"bucket": "other"}), "f1")
