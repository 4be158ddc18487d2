"""Records by the million: all come back, from memory or from a file."""

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.spill import PARTITIONS, Spill

RECORDS = st.lists(st.tuples(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=3)), max_size=300)


@given(RECORDS)
def test_what_is_added_comes_back_in_its_keys_part(records: list[tuple]) -> None:
    """Any text is a key, half surrogate pairs too; records of one key meet in one part, in their order."""
    with closing(Spill()) as spill:
        for record in [*records, ("\ud800", 1)]:
            spill.add(record)
        parts = [[tuple(record) for record in spill.read(number)] for number in range(PARTITIONS)]
    found = [record for part in parts for record in part]
    assert sorted(found, key=repr) == sorted([*records, ("\ud800", 1)], key=repr)
    for key in {record[0] for record in records}:
        (part,) = [part for part in parts if any(record[0] == key for record in part)]
        assert [r for r in part if r[0] == key] == [r for r in records if r[0] == key]


def test_many_are_kept_in_a_file_and_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit they leave memory, and a part can be read again."""
    monkeypatch.setattr("docmill.spill.IN_MEMORY", 1000)
    with closing(Spill()) as spill:
        for n in range(50_000):
            spill.add((str(n), n))
        assert spill._file._rolled
        for _ in range(2):
            assert sorted(r[1] for number in range(PARTITIONS) for r in spill.read(number)) == list(range(50_000))
