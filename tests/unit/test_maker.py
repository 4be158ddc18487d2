"""Records made without checks are those pydantic makes."""

from docmill.maker import maker
from schemas.document import Block, BlockKind, Removal, RemovalReason


def test_a_record_is_the_one_pydantic_makes() -> None:
    """It is equal, hashes, prints and is written alike, and a copy changes only what it is told to."""
    made = maker(Block)(BlockKind.LIST_ITEM, "Boats", 3, 4, None, 1, None)
    known = Block(kind=BlockKind.LIST_ITEM, text="Boats", start_line=3, end_line=4, page=None, level=1, number=None)
    assert made == known
    assert hash(made) == hash(known)
    assert repr(made) == repr(known)
    assert made.model_dump_json() == known.model_dump_json()
    assert made.model_copy(update={"text": "Ships"}).model_dump() == known.model_dump() | {"text": "Ships"}
    assert made.text == "Boats"


def test_records_share_what_is_the_same_for_all() -> None:
    """None holds a set of its own of the fields it was given."""
    removal = maker(Removal)
    one, other = (removal(n, n, None, BlockKind.LINE, RemovalReason.LEGAL, "©") for n in (1, 2))
    assert one.model_fields_set is other.model_fields_set
    assert one.start_line != other.start_line
