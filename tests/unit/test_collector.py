"""The garbage collector is paused for a while, and never left off."""

import gc

import pytest

from docmill.collector import paused


def test_the_collector_runs_again_after_a_pause_and_an_error() -> None:
    """However the block ends, and however deep pauses are nested."""
    with paused(), paused():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="no"), paused():
        raise ValueError("no")
    assert gc.isenabled()


def test_a_collector_that_is_off_stays_off() -> None:
    """Who turned it off turns it on."""
    gc.disable()
    try:
        with paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
