"""The reprocess and compact flows: what the catalog chooses, behind what is fresh."""

import time

import pytest
from ends import Stores

from docmill.errors import ConfigError
from docmill.keys import Made
from flows.compact import compact
from flows.reprocess import reprocess
from flows.sweep import sweep

TEXT = b"Farmers in the valley waited for rain all summer. The harvest was poor, and prices rose in every market."


async def test_only_what_is_chosen_is_done_again_and_fresh_documents_first(stores: Stores) -> None:
    """Chosen by a condition over the catalog; a document dropped since the last sweep goes before them."""
    for n in range(3):
        stores.inbox.put(f"{n}.txt", TEXT + b" %d" % n)
    stores.inbox.put("empty.txt", b"")
    await sweep(return_state=True)
    stores.inbox.put("fresh.txt", TEXT)
    state = await reprocess(where="status = 'rejected' OR key = '1.txt'", return_state=True)
    assert (state.name, state.message) == ("Completed", "1 of 2 rejected, 1 enriched")
    attempts = {key: [row.attempts for row in stores.catalog.rows_of(key)] for key in ("0.txt", "1.txt", "empty.txt")}
    assert attempts == {"0.txt": [1], "1.txt": [1, 2], "empty.txt": [1, 2]}
    fresh, chosen = stores.catalog.rows_of("fresh.txt")[0], stores.catalog.rows_of("1.txt")[1]
    assert fresh.sequence < chosen.sequence
    assert (await sweep(return_state=True)).message == "nothing to do; 5 of 5 were done before"


async def test_nothing_is_stale_under_the_same_pipeline(stores: Stores) -> None:
    """A second reprocessing of what another pipeline made has nothing to do."""
    stores.inbox.put("a.txt", TEXT)
    await sweep(return_state=True)
    (row,) = stores.catalog.rows_of("a.txt")
    assert (await reprocess(stale=True, return_state=True)).message == "nothing to do"
    stored = stores.output.get("enriched/a.txt.json")
    stores.output.put(stored.info.key, stored.data, metadata=Made(row.etag, None, "older").metadata())
    stores.catalog.append([row.model_copy(update={"pipeline_fingerprint": "older"})])
    assert (await reprocess(stale=True, return_state=True)).message == "1 enriched"
    assert (await reprocess(stale=True, return_state=True)).message == "nothing to do"


async def test_the_rate_is_limited(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """On average no more than so many a second are begun, in batches of a few seconds' worth."""
    monkeypatch.setattr("flows.reprocess.SECONDS_A_BATCH", 4)
    for n in range(6):
        stores.inbox.put(f"{n}.txt", TEXT + b" %d" % n)
    await sweep(return_state=True)
    start = time.monotonic()
    state = await reprocess(key="*", limit_rate=0.25, return_state=True, where="key <> '0.txt' AND key < '3.txt'")
    assert state.message == "2 enriched"
    assert time.monotonic() - start >= 4


async def test_a_wrong_condition_fails_before_anything_is_done(stores: Stores) -> None:
    """It is said as the run's state."""
    stores.inbox.put("a.txt", TEXT)
    await sweep(return_state=True)
    state = await reprocess(where="no_such_column = 1", return_state=True)
    assert state.is_failed()
    with pytest.raises(ConfigError, match="no_such_column"):
        await state.aresult()


async def test_compacting_says_what_it_did(stores: Stores) -> None:
    """With and without a catalog."""
    assert (await compact(return_state=True)).message == "there is no catalog yet"
    for n in range(2):
        stores.inbox.put(f"{n}.txt", TEXT + b" %d" % n)
        await sweep(return_state=True)
    message = (await compact(return_state=True)).message
    assert message == "0 superseded rows dropped, 2 files became 1, 0 old files removed"
    assert (await sweep(return_state=True)).message == "nothing to do; 2 of 2 were done before"
