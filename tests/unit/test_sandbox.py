"""The refining processes: whatever a document does, the others and the parent do not notice."""

import ctypes
import json
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import psutil
import pytest
from archives import tarred, zipped

from docmill.config import load_settings
from docmill.errors import ConfigError, PoolError, TransientStoreError
from docmill.sandbox import InlinePool, Refined, RefinePool, limits, open_pool
from docmill.sandbox.channel import open_channel
from docmill.sandbox.child import Child
from docmill.sandbox.preload import VARIABLE
from docmill.sandbox.serve import serve
from docmill.sandbox.start import process_context, starting
from docmill.sandbox.wire import Ready, receive, receive_job, send_job
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
    ],
    ids=["sleep", "crash", "memory", "fail"],
)
def test_a_hostile_document_gets_its_reason_and_the_others_their_records(
    pool: RefinePool, word: bytes, reason: Reason
) -> None:
    """A document that hangs, crashes, bloats or breaks refining is rejected as such; those beside it are not."""
    _beside_others(pool, word, reason)


def test_settings_can_be_read_while_processes_start() -> None:
    """What these are told by way of the environment is no setting: models load for seconds."""
    with starting(OBEDIENT, Settings(), False):
        assert load_settings().inbox is None


def test_a_document_too_big_to_receive_is_rejected_for_its_memory() -> None:
    """However long it takes to send, and with those beside it refined."""
    with RefinePool(Settings(timeout_seconds=60, memory_mb=300), workers=2, factory=OBEDIENT) as pool:
        _beside_others(pool, b" " * 600_000_000, Reason.MEMORY)


def _beside_others(pool: RefinePool, word: bytes, reason: Reason) -> None:
    with ThreadPoolExecutor(4) as threads:
        hostile = threads.submit(pool.refine, _raw(word))
        innocent = list(threads.map(lambda n: pool.refine(_raw(b"x", f"{n}.txt")), range(20)))
    assert hostile.result().reason is reason
    assert {refined.reason for refined in innocent} == {Reason.NO_TEXT}
    assert json.loads(hostile.result().record)["reason"] == reason


def test_what_others_left_no_memory_for_is_tried_in_a_new_process() -> None:
    """A process keeps some of what it meets; a document that needs too much by itself is rejected all the same."""
    with RefinePool(Settings(), workers=1, factory=OBEDIENT) as pool:
        pool.refine(_raw(b"x"))
        assert pool.refine(_raw(b"first")).reason is Reason.NO_TEXT
        pool.refine(_raw(b"x"))
        own = pool.refine(_raw(zipped([("1.txt", b"first"), ("2.txt", b"x")]), "a.zip"))
        assert json.loads(own.record)["members"]["reasons"] == {"no_text": 2}
        assert pool.refine(_raw(b"memory")).reason is Reason.MEMORY


@pytest.mark.parametrize(
    ("word", "reason"), [(b"sleep", "timeout"), (b"crash", "crash"), (b"memory", "memory"), (b"fail", "failed")]
)
def test_a_hostile_member_is_rejected_alone_and_the_rest_go_on(pool: RefinePool, word: bytes, reason: str) -> None:
    """The members before and after it each get one record, and the container's counts them all."""
    names = [f"{n}.txt" for n in range(6)]
    data = zipped([(name, word if n == 2 else b"x") for n, name in enumerate(names)])
    found: list[Refined] = []
    own = pool.refine(_raw(data, "a.zip"), "run", found.append)
    assert [refined.path for refined in found] == [((name, 1),) for name in names]
    assert [refined.reason for refined in found].count(Reason.NO_TEXT) == 5
    assert found[2].reason == reason
    record = json.loads(found[2].record)
    assert (record["source"]["member"], record["source"]["size"]) == ("2.txt", len(word))
    assert json.loads(own.record)["members"]["reasons"] == {"no_text": 5, reason: 1}


def test_a_container_whose_members_all_come_to_grief_is_given_up(pool: RefinePool) -> None:
    """After a number of members that crash the rest is left, and the container's record says so."""
    found: list[Refined] = []
    own = pool.refine(_raw(tarred([(f"{n}.txt", b"crash") for n in range(40)]), "a.tar"), on_member=found.append)
    assert own.reason is Reason.CRASH
    assert len(found) == 20
    assert "20 members had been read" in (own.message or "")


def test_a_record_says_at_which_stage_and_limits_it_was_stopped(pool: RefinePool) -> None:
    """What is quarantined by the sandbox can be explained."""
    for word in (b"sleep", b"crash", b"memory"):
        record = json.loads(pool.refine(_raw(word)).record)
        assert record["stage"] == "extract"
        assert record["limits"] == {"timeout_seconds": 1, "memory_mb": 300}


def test_what_the_receiver_of_members_raises_is_passed_on(pool: RefinePool) -> None:
    """An error of the store ends the work on the container, is no crash, and the pool is well after it."""

    def refuse(_refined: Refined) -> None:
        raise TransientStoreError("no")

    with pytest.raises(TransientStoreError):
        pool.refine(_raw(zipped([("a.txt", b"x"), ("b.txt", b"x")]), "a.zip"), on_member=refuse)
    assert pool.refine(_raw(b"x")).reason is Reason.NO_TEXT


def test_a_child_waits_for_a_slow_receiver(pool: RefinePool) -> None:
    """The time limit is a member's own: a store that takes longer does not count."""
    found: list[Refined] = []

    def slow(refined: Refined) -> None:
        found.append(refined)
        time.sleep(0.9)

    own = pool.refine(_raw(tarred([(f"{n}.txt", b"x" * 70_000) for n in range(5)]), "a.tar"), on_member=slow)
    assert own.reason is Reason.NO_TEXT
    assert {refined.reason for refined in found} == {Reason.NO_TEXT}


def test_a_record_that_is_too_large_is_replaced_by_a_rejection() -> None:
    """The output cap."""
    with RefinePool(Settings(max_record_mb=0.0001), workers=1, factory=OBEDIENT) as pool:
        refined = pool.refine(_raw(b"x"))
    assert refined.reason is Reason.TOO_LARGE
    assert json.loads(refined.record)["limits"] == {"max_record_mb": 0.0001}


def test_a_container_counts_a_member_whose_record_is_too_large_as_rejected() -> None:
    """It says of its members what their records say."""
    with RefinePool(Settings(max_record_mb=0.003), workers=1, factory=OBEDIENT) as pool:
        found: list[Refined] = []
        own = pool.refine(_raw(zipped([("a.txt", b"long"), ("b.txt", b"x")]), "a.zip"), on_member=found.append)
    assert [refined.reason for refined in found] == [Reason.TOO_LARGE, Reason.NO_TEXT]
    assert json.loads(own.record)["members"]["reasons"] == {"no_text": 1, "too_large": 1}


@pytest.mark.parametrize("error", [RuntimeError, OSError])
def test_processes_that_cannot_be_started_leave_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Whatever is in the way, the document that needs one is told of it."""

    def fail(_child: Child) -> None:
        raise error("no room")

    monkeypatch.setattr(Child, "start", fail)
    with RefinePool(Settings(), workers=2, factory=OBEDIENT) as pool:
        pool._crew.start_all()
        assert len(pool._crew._free) == 2
        with pytest.raises(error, match="no room"):
            pool.refine(_raw(b"x"))


def test_a_process_that_may_have_no_children_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such are a Dask cluster's workers, by default."""
    monkeypatch.setitem(multiprocessing.current_process()._config, "daemon", True)  # type: ignore[attr-defined]
    with RefinePool(Settings(), workers=1, factory=OBEDIENT) as pool:
        pool._crew.start_all()
        with pytest.raises(PoolError, match=r"distributed\.worker\.daemon: false"):
            pool.refine(_raw(b"x"))


def test_a_process_is_renewed_after_so_many_documents_or_when_it_has_grown() -> None:
    """A leak in a parser does not add up; being renewed is not being replaced."""
    with RefinePool(Settings(documents_per_process=3), workers=1, factory=OBEDIENT) as pool:
        pids = [pool.refine(_raw(b"x")).message for _ in range(7)]
        assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]
        assert (pool.retired, pool.replaced) == (2, 0)
    if not limits.limits_memory():
        pytest.skip("this system does not tell a process's memory")
    with RefinePool(Settings(memory_mb=200), workers=1, factory=OBEDIENT) as pool:
        first = pool.refine(_raw(b"grow")).message
        assert first in {pool.refine(_raw(b"x")).message for _ in range(20)}  # it is looked at from time to time
        assert pool.refine(_raw(b"x")).message != first
        assert (pool.retired, pool.replaced) == (1, 0)


@pytest.mark.parametrize("lacking", ["forks", "limits_memory"])
def test_a_system_that_can_do_less_is_warned_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, lacking: str
) -> None:
    """Without a fork server children are spawned, and time limits hold; one line says what is missing."""
    monkeypatch.setattr(limits, lacking, lambda: False)
    if lacking == "forks":
        monkeypatch.setattr("docmill.sandbox.start.forks", lambda: False)
    limits.warn_once.cache_clear()
    try:
        for _ in range(2):
            assert process_context().get_start_method() == ("spawn" if lacking == "forks" else "forkserver")
        assert len(caplog.records) == 1
        with RefinePool(Settings(timeout_seconds=1), workers=1, factory=OBEDIENT) as pool:
            assert pool.refine(_raw(b"x")).reason is Reason.NO_TEXT
            assert pool.refine(_raw(b"sleep")).reason is Reason.TIMEOUT
    finally:
        limits.warn_once.cache_clear()


@pytest.fixture
def cold(tmp_path: Path) -> Iterator[RefinePool]:
    settings = Settings(timeout_seconds=1, memory_mb=150, state_dir=tmp_path)
    with RefinePool(settings, workers=1, factory="standins:Heavy", warm=False) as pool:
        yield pool


def test_models_may_wait_for_a_document_that_needs_them(cold: RefinePool) -> None:
    """What is rejected unread needs none; they count neither as a document's time nor memory, nor as growth."""
    pid, model = (cold.refine(_raw(b"x")).message or "").split()
    assert model == "0"
    assert cold.refine(_raw(b"clean")).message == f"{pid} 200000000"
    assert {cold.refine(_raw(b"x")).message for _ in range(25)} == {f"{pid} 200000000"}
    assert (cold.replaced, cold.retired) == (0, 0)


def test_limits_hold_when_the_models_are_there(cold: RefinePool) -> None:
    """A document that hangs or bloats after its process has loaded models is stopped as any other."""
    assert cold.refine(_raw(b"clean sleep")).reason is Reason.TIMEOUT
    assert cold.refine(_raw(b"clean memory")).reason is Reason.MEMORY
    assert cold.refine(_raw(b"clean")).reason is Reason.NO_TEXT


def test_models_that_cannot_be_loaded_are_no_fault_of_the_document(tmp_path: Path) -> None:
    """It is the settings' fault, and said as such."""
    settings = Settings(state_dir=tmp_path / "missing")
    with (
        RefinePool(settings, workers=1, factory="standins:Heavy", warm=False) as pool,
        pytest.raises(ConfigError, match="no such model"),
    ):
        pool.refine(_raw(b"clean"))


@pytest.mark.skipif(not limits.forks(), reason="processes are not forked from a server here")
def test_what_takes_long_holds_up_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """While all processes are at containers one more is started for what comes after them, and ends with them."""
    monkeypatch.setattr("docmill.sandbox.crew.LONG_SECONDS", 0.2)
    slow = zipped([(f"{n}.txt", b"sleep") for n in range(3)])
    with RefinePool(Settings(timeout_seconds=2), workers=2, factory=OBEDIENT) as pool, ThreadPoolExecutor(2) as threads:
        containers = [threads.submit(pool.refine, _raw(slow, f"{n}.zip"), None, lambda _: None) for n in range(2)]
        while len(pool._crew._busy) < 2:
            time.sleep(0.01)
        for _ in range(3):
            assert pool.refine(_raw(b"x")).reason is Reason.NO_TEXT
        assert not any(container.done() for container in containers)
        assert len(pool._crew.children) == 3
        wait(containers)
        assert len(pool._crew.children) == 2
        assert pool.refine(_raw(b"x")).reason is Reason.NO_TEXT


def test_processes_that_load_models_get_no_others_beside_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """However long that takes and whoever waits: those would have to load them too."""
    monkeypatch.setattr("docmill.sandbox.crew.LONG_SECONDS", 0.2)
    settings = Settings(timeout_seconds=1, state_dir=tmp_path)
    for warm in (True, False):
        with (
            RefinePool(settings, workers=1, factory="standins:Heavy", warm=warm) as pool,
            ThreadPoolExecutor(3) as threads,
        ):
            done = [threads.submit(pool.refine, _raw(b"clean")) for _ in range(3)]
            found = {(future.result().message or "").split()[0] for future in done}
            assert (len(found), len(pool._crew.children)) == (1, 1)


def _said(program: str, *folders: Path) -> tuple[str, str]:
    """What a program says that finds our modules, and those in the folders."""
    path = {"PYTHONPATH": os.pathsep.join([*map(str, folders), *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | path, capture_output=True, text=True, check=False
    )
    return done.stdout, done.stderr


_ENDLESS = """
import time
class Endless:
    def __init__(self, settings): pass
    def warm_up(self):
        open(__file__ + '.loading', 'w').close()
        while True:
            time.sleep(1)
"""


@pytest.mark.skipif(not limits.forks(), reason="only a server loads models ahead")
def test_a_pool_that_is_closed_does_not_wait_for_models(tmp_path: Path) -> None:
    """Nor does who waits for one of its processes."""
    (tmp_path / "endless.py").write_text(_ENDLESS)
    program = (
        "import threading, time\n"
        "from pathlib import Path\n"
        "from docmill.errors import PoolError\n"
        "from docmill.sandbox import RefinePool\n"
        "from schemas import RawDocument, Settings\n"
        "def refine():\n"
        "    try:\n"
        "        pool.refine(RawDocument(data=b'x', key='a'))\n"
        "    except PoolError:\n"
        "        print('stopped')\n"
        "with RefinePool(Settings(), workers=4, factory='endless:Endless') as pool:\n"
        "    pool.start()\n"
        "    waiting = threading.Thread(target=refine)\n"
        "    waiting.start()\n"
        f"    while not Path({str(tmp_path)!r}, 'endless.py.loading').exists():\n"
        "        time.sleep(0.05)\n"
        "waiting.join()\n"
    )
    assert _said(program, tmp_path) == ("stopped\n", "")


def test_models_loaded_ahead_serve_all_processes(tmp_path: Path) -> None:
    """Loaded once, before there is a pool, though site profiles are known only then; its fingerprint is theirs."""
    script = f"""
from docmill.sandbox import RefinePool, pool
from docmill.sandbox.refined import make_refiner
from schemas import RawDocument, Settings
pool.PIPELINE = "counted:Counted"
settings = Settings(state_dir={str(tmp_path)!r})
pool.heat_up(settings)
found = settings.model_copy(update={{"profiles": "off"}})
with RefinePool(found, workers=2, factory=pool.PIPELINE) as refining:
    for child in refining._crew.children:
        assert child.fingerprint() == refining.fingerprint == make_refiner(pool.PIPELINE, found).fingerprint
"""
    assert _said(script) == ("", "")
    assert (tmp_path / "loaded").read_text().splitlines() == ["once"]


@pytest.mark.skipif(not limits.forks(), reason="there is no server to fork from")
def test_ctrl_c_while_models_load_does_not_end_the_server() -> None:
    """A terminal sends it to the whole process group: refining processes are there until their parent ends them."""
    script = """
from docmill.sandbox import RefinePool
from schemas import RawDocument, Settings
with RefinePool(Settings(), workers=1, factory="standins:Interrupted") as refining:
    print(refining.refine(RawDocument(data=b"x", key="a")).reason)
"""
    assert _said(script) == ("no_text\n", "")


def test_a_server_that_has_ended_is_an_error_and_no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where processes can no longer be forked, documents end in an error, also after a start in the background."""

    def start(_process: object) -> None:
        raise EOFError

    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", start)
    with RefinePool(Settings(), workers=1, factory=OBEDIENT) as pool:
        pool._crew.start_all()
        with pytest.raises(PoolError, match="has ended"):
            pool.refine(_raw(b"x"))


def test_without_a_sandbox_refining_is_here_and_errors_are_raised() -> None:
    """To debug: the same records, in this process, and no exception is swallowed."""
    assert isinstance(open_pool(Settings(sandbox=False)), InlinePool)
    with InlinePool(Settings(), OBEDIENT) as pool:
        found: list[Refined] = []
        own = pool.refine(_raw(zipped([("a.txt", b"x")]), "a.zip"), on_member=found.append)
        assert [found[0].message, own.reason] == [str(os.getpid()), Reason.NO_TEXT]
        with pytest.raises(ValueError, match="boom"):
            pool.refine(_raw(b"fail"))


def test_a_caught_exception_says_what_it_was_and_costs_no_process(pool: RefinePool) -> None:
    """An exception in refine is named in the record, and its process goes on."""
    before = pool.replaced
    assert "ValueError: boom" in (pool.refine(_raw(b"fail")).message or "")
    assert pool.replaced == before


def test_what_parsers_log_is_not_shown(pool: RefinePool) -> None:
    """Their warnings would quote documents, control characters included, at a terminal."""
    assert pool.refine(_raw(b"log")).message == "shown: ''"


def test_numerical_libraries_get_one_thread(pool: RefinePool) -> None:
    """Children do not fight over cores, and what the parent's environment said it says again."""
    before = dict(os.environ)
    assert pool.refine(_raw(b"threads")).message == "1"
    assert dict(os.environ) == before
    assert not os.environ[VARIABLE]


def test_who_reads_the_environment_while_a_process_starts_is_not_disturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries that make a client read all of it, in threads of their own."""
    for name in ("OMP_NUM_THREADS", VARIABLE):
        monkeypatch.delenv(name, raising=False)
    with starting(OBEDIENT, Settings(), warm=False):
        reading = iter(os.environ.items())
        next(reading)
    assert dict(reading)["OMP_NUM_THREADS"] == "1"


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


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_being_told_to_stop_is_for_the_parent(pool: RefinePool) -> None:
    """SIGTERM to a whole group, as systemd and Prefect send it, ends neither the process nor its server."""
    before = pool.replaced
    answer = pool.refine(_raw(b"terminated"))
    assert answer.reason is Reason.NO_TEXT, answer.message
    assert pool.replaced == before


@pytest.mark.timeout(60)
def test_a_pool_that_nobody_closes_keeps_no_program_from_ending() -> None:
    """Its processes end with the program that uses it."""
    code = (
        "from docmill.sandbox import RefinePool\n"
        "from schemas import RawDocument, Settings\n"
        "pool = RefinePool(Settings(), workers=1, factory='standins:Obedient')\n"
        "print(pool.refine(RawDocument(data=b'x', key='a.txt')).message)\n"
    )
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=True)
    assert not psutil.pid_exists(int(done.stdout))


def test_a_failed_start_is_tried_again(tmp_path: Path) -> None:
    """A process that dies while starting is an error now and no lasting one."""
    ready = tmp_path / "ready"
    with RefinePool(Settings(state_dir=ready), workers=1, factory="standins:StartsOnce") as pool:
        with pytest.raises(PoolError):
            pool.refine(_raw(b"x"))
        ready.touch()
        assert pool.refine(_raw(b"x")).reason is Reason.NO_TEXT


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_parent_that_has_gone_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process whose answer nobody takes any more ends quietly."""
    monkeypatch.setattr("signal.signal", lambda _number, _action: None)
    monkeypatch.setattr("docmill.sandbox.serve.limit_memory", lambda _megabytes: None)
    ours, theirs = open_channel()
    send_job(ours, _raw(b"x"), None, b"")
    with ThreadPoolExecutor(1) as thread:
        parent = thread.submit(lambda: (receive(ours, 0, 60), ours.close()))
        monkeypatch.setattr(
            "docmill.sandbox.serve.receive_job", lambda channel: (receive_job(channel), parent.result())[0]
        )
        serve(theirs, ctypes.create_string_buffer(32), OBEDIENT, Settings(), True)
        assert isinstance(parent.result()[0], Ready)
    theirs.close()


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


@pytest.mark.skipif(not limits.forks(), reason="only a server loads models ahead")
def test_models_are_not_loaded_for_a_parent_that_has_gone(tmp_path: Path) -> None:
    """The server ends at once, though it has long to load."""
    (tmp_path / "endless.py").write_text(_ENDLESS)
    program = (
        "import time\n"
        "from docmill.sandbox.start import start_server\n"
        "from schemas import Settings\n"
        "start_server('endless:Endless', Settings())\n"
        "time.sleep(60)"
    )
    found_there = os.environ | {"PYTHONPATH": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], env=found_there) as parent:
        for _ in range(300):
            if (tmp_path / "endless.py.loading").exists():
                break
            time.sleep(0.1)
        family = psutil.Process(parent.pid).children(recursive=True)
        parent.kill()
    assert (tmp_path / "endless.py.loading").exists()
    assert psutil.wait_procs(family, timeout=10)[1] == []
