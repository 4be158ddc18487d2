"""Unfolding: each member is a document of its own, and the container's record tells what became of them."""

import gzip
import json
from collections.abc import Callable

import jsonschema
import pytest
from archives import PACKERS, tarred, zipped
from standins import Obedient

from docmill.contract import json_schema
from docmill.pipeline import Pipeline
from schemas import RawDocument, Settings, SourceObject
from schemas.document import EnrichedDocument, Outcome, Reason, Rejection

VALIDATOR = jsonschema.Draft202012Validator(json.loads(json_schema()))
SOURCE = SourceObject(bucket="in", key="a.zip", etag="e", size=1)
PROSE = b"The ferry left the harbour at noon, with forty people and one dog on board. "


def _unfold(data: bytes, key: str = "a.zip", *, words: bool = False, **limits: int) -> list[Outcome]:
    pipeline = (Pipeline if words else Obedient)(Settings(**limits))  # type: ignore[arg-type]
    outcomes = [found.outcome for found in pipeline.unfold(RawDocument(data=data, key=key, source=SOURCE))]
    for outcome in outcomes:
        VALIDATOR.validate(outcome.model_dump(mode="json"))
    return outcomes


def test_members_are_documents_of_their_own_and_the_container_lists_them() -> None:
    """Members come first, with their names and ids; the container's record has counts, names and reasons."""
    inner = zipped([("deep.txt", PROSE * 3)])
    data = zipped([("one.txt", PROSE * 3), ("inner.zip", inner), ("blank.txt", b" ")])
    *found, own = _unfold(data, words=True)
    assert [o.source.member for o in found] == ["one.txt", "inner.zip/!/deep.txt", "inner.zip", "blank.txt"]
    assert len({o.id for o in [*found, own]}) == 5
    assert {o.source.key for o in found} == {"a.zip"}
    assert found[0].source.size == 3 * len(PROSE)
    assert isinstance(own, EnrichedDocument)
    assert own.members is not None
    assert (own.members.count, own.members.enriched, own.members.reasons) == (3, 2, {"empty": 1})
    assert own.members.complete
    assert own.text == "one.txt\ninner.zip\nblank.txt"
    assert [entry.id for entry in own.members.listed] == [found[0].id, found[2].id, found[3].id]


def test_refine_gives_the_container_and_refine_members_the_rest() -> None:
    """The two of Python's entry points divide the outcomes between them; what is no container has no members."""
    pipeline = Obedient(Settings())
    raw = RawDocument(data=zipped([("a.txt", b"x"), ("b.txt", b"y")]), key="a.zip")
    assert [o.source.member for o in pipeline.refine_members(raw)] == ["a.txt", "b.txt"]
    own = pipeline.refine(raw)
    assert own.source.member is None
    assert own.members is not None
    assert list(pipeline.refine_members(RawDocument(data=b"some text", key="a.txt"))) == []


def test_members_of_one_name_are_told_apart() -> None:
    """The second of a name has an id of its own, and the same one each time."""
    data = tarred([("a.txt", b"1"), ("a.txt", b"2")])
    first, second, _ = _unfold(data)
    assert first.source.member == second.source.member == "a.txt"
    assert first.id != second.id
    assert [o.id for o in _unfold(data)] == [first.id, second.id, _unfold(data)[2].id]


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_what_was_compressed_for_its_way_is_the_document_itself(pack: Callable[[bytes], bytes]) -> None:
    """Its name says nothing of it, as where objects are stored with Content-Encoding; others have members."""
    (page,) = _unfold(pack(b"<html><body><p>" + PROSE * 3), "site/page.html", words=True)
    assert (page.source.member, page.source.media_type, page.status) == (None, "text/html", "enriched")
    assert len(_unfold(pack(PROSE * 3), "a.txt.gz")) == 2
    assert len(_unfold(pack(PROSE * 3), "dump-2024-11-27")) == 2
    assert len(_unfold(pack(tarred([("1.txt", PROSE), ("2.txt", PROSE)])), "a.bak")) == 3


def test_a_bomb_without_its_name_is_rejected() -> None:
    """As one that has it."""
    (*_, own) = _unfold(gzip.compress(bytes(20_000_000)), "page.html")
    assert isinstance(own, Rejection)
    assert own.reason is Reason.COMPRESSION_RATIO


def test_depth_is_bounded() -> None:
    """A container deeper than allowed is rejected unopened, and so is what holds nothing else."""
    data = b"text"
    for _ in range(9):
        data = gzip.compress(data)
    outcomes = _unfold(data, "a.gz", max_depth=2)
    assert {o.reason for o in outcomes if isinstance(o, Rejection)} == {Reason.TOO_DEEP}
    assert len(outcomes) == 3
    assert isinstance(outcomes[0], Rejection)
    assert outcomes[0].limits == {"max_depth": 2}


def test_the_number_of_members_is_bounded_over_all_depths() -> None:
    """A container stops at the limit, and its record says it is not complete."""
    data = tarred([(f"{n}.txt", b"x") for n in range(9)])
    *found, own = _unfold(data, "a.tar", max_members=4)
    assert len(found) == 4
    assert own.members is not None
    assert not own.members.complete
    exact = _unfold(tarred([(f"{n}.txt", b"x") for n in range(4)]), "a.tar", max_members=4)[-1]
    assert exact.members is not None
    assert exact.members.complete


@pytest.mark.parametrize(("data", "reason"), [(zipped([]), Reason.EMPTY), (zipped([("a", b" ")]), Reason.EMPTY)])
def test_a_container_of_which_nothing_is_left_is_rejected(data: bytes, reason: Reason) -> None:
    """Not one enriched member: a rejection with the reason all of them share."""
    own = _unfold(data, words=True)[-1]
    assert isinstance(own, Rejection)
    assert own.reason is reason


def test_a_mail_is_a_document_with_its_attachments_as_members() -> None:
    """The mail's record has its own text, and says what became of what was attached."""
    mail = (
        b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Timetable\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n" + PROSE +
        b'\r\n--x\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="../../n.txt"\r\n\r\n'
        + PROSE * 2 + b"\r\n--x--\r\n"
    )  # fmt: skip
    attached, own = _unfold(mail, "a.eml", words=True)
    assert attached.source.member == "../../n.txt"
    assert isinstance(own, EnrichedDocument)
    assert own.title == "Timetable"
    assert own.members is not None
    assert own.members.enriched == 1


def test_what_is_settled_is_not_made_again() -> None:
    """An unfolding can go on where another was stopped, and its container's record is the same."""
    raw = RawDocument(data=zipped([(f"{n}.txt", b"x") for n in range(5)]), key="a.zip")
    pipeline = Obedient(Settings())
    begun: list[str] = []
    settled = bytes([0, 0, 0])
    found = list(pipeline.unfold(raw, settled=settled, on_begin=lambda path, _size: begun.append(path[-1][0])))
    assert begun == ["3.txt", "4.txt"]
    assert len(found) == 3
    own = found[-1].outcome
    assert own.members is not None
    assert (own.members.count, own.members.enriched) == (5, 3)


def test_the_list_of_members_is_bounded() -> None:
    """A record of very many members lists the first thousand, then only some of the rejected."""
    data = tarred([(f"{n}.txt", b"x") for n in range(2500)])
    pipeline = Obedient(Settings())
    *_, own = pipeline.unfold(RawDocument(data=data, key="a.tar"), settled=bytes(2400))
    assert own.outcome.members is not None
    assert own.outcome.members.count == 2500
    assert len(own.outcome.members.listed) == 1100
