"""Damaged documents of every format are read or refused; `make fuzz` does this for longer."""

import random
import time

import pytest
from fuzzing import CONTAINERS, SEEDS, SLOW_SECONDS, read, round_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docmill.stage import Extracted


@pytest.mark.parametrize("name", SEEDS)
def test_seeds_are_read(name: str) -> None:
    """What is damaged was whole before."""
    key, data = SEEDS[name]
    assert name in {"html", *CONTAINERS} or isinstance(read(data, key), Extracted)


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_damage_is_answered(name: str, seed: int) -> None:
    """A damaged document is answered by a document or a refusal, in little processor time."""
    data, key = round_of(name, random.Random(seed))  # noqa: S311
    start = time.process_time()
    read(data, key)
    assert time.process_time() - start < SLOW_SECONDS
