"""Requests are asked again, within bounds."""

import itertools
from types import SimpleNamespace

import pytest

from docmill import retry
from docmill.errors import StoreUnreachableError, TransientStoreError


@pytest.mark.parametrize(
    ("error", "seconds", "tries"),
    [
        (StoreUnreachableError, 1, retry.ATTEMPTS),
        (StoreUnreachableError, 300, 1),  # it hangs: the client has asked several times by then
        (TransientStoreError, 1, retry.BUSY_ATTEMPTS),
        (TransientStoreError, 30, retry.BUSY_ATTEMPTS),  # it answers
    ],
)
def test_a_store_is_asked_again_as_often_as_it_helps(monkeypatch, error, seconds, tries):
    """A refused connection costs nothing to try; a store that hangs, minutes each time."""
    clock = itertools.count(0, seconds)
    monkeypatch.setattr(retry, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    asked = []

    def request():
        asked.append(1)
        raise error("no")

    with pytest.raises(error):
        retry.retrying(request, sleep=lambda _seconds: None)
    assert len(asked) == tries
