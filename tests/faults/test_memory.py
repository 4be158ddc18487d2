"""What docmill promises holds however its parts are killed and disturbed; and the checker would see if it did not."""

import random
from collections.abc import Callable
from itertools import chain

import pytest

from docmill.catalog import Catalog
from docmill.keys import Made
from faults.fate import Fate
from faults.memory import Process, World, every_point, random_run


def test_a_kill_before_or_after_any_request_loses_nothing() -> None:
    """Every seventh request of a sweep and of a listener is their last; a sweep then makes everything good."""
    runs = chain.from_iterable(
        every_point(listening=listening, after=after, step=7) for listening in (False, True) for after in (False, True)
    )
    outcomes = list(runs)
    assert [text for outcome in outcomes for text in outcome.violations] == []
    assert sum(outcome.injected["killed"] for outcome in outcomes) >= 24


def test_damaged_answers_races_and_kills_together_lose_nothing() -> None:
    """Thirty seeded runs of processes, killed and disturbed at once, end as promised."""
    outcomes = [random_run(seed) for seed in range(30)]
    assert [text for outcome in outcomes for text in outcome.violations] == []
    assert sum((outcome.injected for outcome in outcomes), start=outcomes[0].injected)["killed"] > 10


def _overwrite(world: World) -> None:
    world.inbox.put("a.txt", b"enriched anew")


def _drop(world: World) -> None:
    world.inbox.put("new.txt", b"enriched")


def _lose_record(world: World) -> None:
    world.output.delete("enriched/c.zip.json")


def _lose_member(world: World) -> None:
    world.output.delete("enriched/c.zip/!/0.txt.json")


def _have_both(world: World) -> None:
    stored = world.output.get("enriched/a.txt.json")
    world.output.put("quarantine/a.txt.json", stored.data, metadata=stored.info.metadata)


def _have_another(world: World) -> None:
    world.output.put("quarantine/never.txt.json", b"{}")


def _mislabel(world: World) -> None:
    stored = world.output.get("enriched/a.txt.json")
    made = Made.read(stored.info.metadata)
    assert made is not None
    other = Made(made.etag, None, "another pipeline").metadata()
    world.output.put("enriched/a.txt.json", stored.data, metadata=other)


def _mistake_bytes(world: World) -> None:
    stored = world.output.get("enriched/a.txt.json")
    data = stored.data.replace(b'"etag": "', b'"etag": "0')
    assert data != stored.data
    world.output.put("enriched/a.txt.json", data, metadata=stored.info.metadata)


def _delete(world: World) -> None:
    world.inbox.delete("a.txt")


def _commit_twice(world: World) -> None:
    catalog = Catalog(world.location)
    row = catalog.rows_of("a.txt")[-1]
    moment = {"processed_at": row.processed_at}
    catalog.append([row.model_copy(update=moment), row.model_copy(update=moment | {"attempts": 2})])


FLAWS: tuple[Callable[[World], None], ...] = (
    _overwrite, _drop, _lose_record, _lose_member, _have_both, _have_another, _mislabel, _mistake_bytes, _delete,
    _commit_twice,
)  # fmt: skip


@pytest.mark.parametrize("flaw", FLAWS)
def test_the_checker_sees(flaw: Callable[[World], None], tmp_path) -> None:
    """Nothing is wrong before, something is after."""
    world = World(random.Random(0), str(tmp_path / "catalog"), odd=False, threads=1)  # noqa: S311
    for key in ("first.txt", "a.txt", "c.zip"):
        world.write(key)
    Process(world, Fate(world.chance, world.injected)).sweep()
    assert world.violations() == []
    flaw(world)
    assert world.violations() != []


def test_the_checker_sees_messages(tmp_path) -> None:
    """One that is left and one that was lost are both told of."""
    world = World(random.Random(0), str(tmp_path / "catalog"), odd=False, threads=1)  # noqa: S311
    assert world.message_violations() == []
    world.babble()
    assert len(world.message_violations()) == 2
