"""Damaged documents of every format are read or refused; `make fuzz` does this for longer."""

import random

import pytest
from fuzzing import CONTAINERS, SEEDS, read, round_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docmill.stage import Extracted


@pytest.mark.parametrize("name", SEEDS)
def test_seeds_are_read(name: str) -> None:
    """What is damaged was whole before."""
    key, data = SEEDS[name]
    assert name in {"html", *CONTAINERS} or isinstance(read(data, key), Extracted)


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=25, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_damage_is_answered(name: str, seed: int) -> None:
    """A damaged document is answered by a document or a refusal, in little time."""
    data, key = round_of(name, random.Random(seed))  # noqa: S311
    read(data, key)
