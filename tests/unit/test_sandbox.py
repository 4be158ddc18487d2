"""The refining processes: whatever a document does, the others and the parent do not notice."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from docmill.errors import PoolError
from docmill.sandbox import RefinePool
from schemas import RawDocument, Settings
from schemas.document import Reason

OBEDIENT = "standins:Obedient"


def _raw(data: bytes, key: str = "a.txt") -> RawDocument:
    return RawDocument(data=data, key=key)


@pytest.fixture(scope="module")
def pool() -> Iterator[RefinePool]:
    with RefinePool(Settings(timeout_seconds=1, memory_mb=300), workers=2, factory=OBEDIENT) as pool:
        yield pool


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        (b"sleep", Reason.TIMEOUT),
        (b"crash", Reason.CRASH),
        (b"memory", Reason.MEMORY),
        (b"fail", Reason.FAILED),
        (b" " * 600_000_000, Reason.MEMORY),
    ],
    ids=["sleep", "crash", "memory", "fail", "too big to receive"],
)
def test_a_hostile_document_gets_its_reason_and_the_others_their_records(
    pool: RefinePool, word: bytes, reason: Reason
) -> None:
    """A document that hangs, crashes, bloats or breaks refining is rejected as such; those beside it are not."""
    with ThreadPoolExecutor(4) as threads:
        hostile = threads.submit(pool.refine, _raw(word))
        innocent = list(threads.map(lambda n: pool.refine(_raw(b"x", f"{n}.txt")), range(20)))
    assert hostile.result().reason is reason
    assert {refined.reason for refined in innocent} == {Reason.NO_TEXT}
    assert json.loads(hostile.result().record)["reason"] == reason


def test_a_caught_exception_says_what_it_was_and_costs_no_process(pool: RefinePool) -> None:
    """An exception in refine is named in the record, and its process goes on."""
    before = pool.replaced
    assert "ValueError: boom" in (pool.refine(_raw(b"fail")).message or "")
    assert pool.replaced == before


def test_numerical_libraries_get_one_thread(pool: RefinePool) -> None:
    """Children do not fight over cores, and the parent's environment is left as it was."""
    before = dict(os.environ)
    assert pool.refine(_raw(b"threads")).message == "1"
    assert dict(os.environ) == before


def test_documents_run_in_parallel_in_long_lived_processes(pool: RefinePool) -> None:
    """As many processes as workers serve any number of documents."""
    with ThreadPoolExecutor(8) as threads:
        pids = {r.message for r in threads.map(lambda n: pool.refine(_raw(b"x", str(n))), range(200))}
    assert 1 <= len(pids) <= 2
    assert str(os.getpid()) not in pids


def test_closing_blames_no_document() -> None:
    """What is under way or waiting when the pool is closed is no crash, and nothing is left running."""
    pool = RefinePool(Settings(), workers=1, factory=OBEDIENT)
    pid = int(pool.refine(_raw(b"x")).message or "")
    errors: list[BaseException] = []

    def refine() -> None:
        try:
            pool.refine(_raw(b"sleep"))
        except PoolError as error:
            errors.append(error)

    threads = [threading.Thread(target=refine) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    pool.close()
    for thread in threads:
        thread.join(10)
    assert len(errors) == 3
    assert not psutil.pid_exists(pid)
    with pytest.raises(PoolError):
        pool.refine(_raw(b"x"))


def test_being_told_to_stop_is_not_the_documents_fault(pool: RefinePool) -> None:
    """SIGTERM to the children, as at a shutdown, is an error of the run, not a rejection; the pool recovers."""
    with pytest.raises(PoolError):
        pool.refine(_raw(b"terminated"))
    assert pool.refine(_raw(b"x")).reason is Reason.NO_TEXT


def test_a_failed_start_is_tried_again(tmp_path: Path) -> None:
    """A process that dies while starting is an error now and no lasting one."""
    ready = tmp_path / "ready"
    with RefinePool(Settings(state_dir=ready), workers=1, factory="standins:StartsOnce") as pool:
        with pytest.raises(PoolError):
            pool.refine(_raw(b"x"))
        ready.touch()
        assert pool.refine(_raw(b"x")).reason is Reason.NO_TEXT


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_no_orphans_when_the_parent_is_killed() -> None:
    """After SIGKILL of the parent its children and their server end by themselves."""
    program = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from docmill.sandbox import RefinePool\n"
        "from schemas import RawDocument, Settings\n"
        "pool = RefinePool(Settings(), workers=2, factory='standins:Obedient')\n"
        "pool.refine(RawDocument(data=b'x', key='a'))\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    here = str(Path(__file__).parent)
    with subprocess.Popen([sys.executable, "-c", program, here], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        family = psutil.Process(parent.pid).children(recursive=True)
        parent.kill()
    assert family
    assert psutil.wait_procs(family, timeout=10)[1] == []
