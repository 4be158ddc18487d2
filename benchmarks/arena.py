"""Where contenders meet: one embedded store with the corpus in its inbox, and a bucket and Prefect server for each."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contenders import Contender, decode
from benchmarks.corpus import Corpus
from benchmarks.measure import Measured, run
from docmill.services import EmbeddedStore, PrefectServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docmill.store.s3 import S3Store

__all__ = ["Arena", "Counts", "arena"]

INBOX = "inbox"
TIMEOUT = 7200.0  # seconds a contender may take
READY = 300.0  # seconds a server may take to start on a busy machine
THREADS = 8
LOG_LINES = 15
RECORDS = (".json", ".jsonl")  # what records' keys end with: some write marks of their own beside them


@dataclass(frozen=True)
class Counts:
    """What became of the documents of a run.

    Attributes:
        written: Documents with a record that holds text.
        failed: Documents with a record that says why there is none: what docmill rejects goes here.
        dropped: Documents without either.
        written_at: Unix times the records were written at, in order.
    """

    written: int
    failed: int
    dropped: int
    written_at: tuple[float, ...]


@contextmanager
def arena(folder: Path, corpus: Corpus) -> "Iterator[Arena]":
    """Start the store and put the corpus into its inbox."""
    from docmill.store.s3 import S3Store, create_bucket, make_client

    with EmbeddedStore(folder / "store") as store:
        store.wait_ready(READY)
        os.environ.update(store.environment())
        client = make_client(2 * THREADS)
        create_bucket(client, INBOX)
        inbox = S3Store(INBOX, client)
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(lambda item: inbox.put(item.key, item.path.read_bytes()), corpus.documents))
        yield Arena(folder, corpus, client)


@dataclass
class Arena:
    """The store is up, and the corpus is in its inbox."""

    folder: Path
    corpus: Corpus
    client: Any

    def run(self, contender: Contender, workers: int, number: int = 0) -> Measured:
        """Have a contender do the whole corpus, into a bucket of its own."""
        from docmill.store.s3 import create_bucket

        output = self.bucket(contender, number)
        create_bucket(self.client, output)
        # None of the user's settings: neither their buckets nor their server are our business.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("DOCMILL_", "PREFECT_"))}
        environment = inherited | contender.environment(INBOX, output, workers)
        log = self.folder / f"{output}.log"
        with ExitStack() as stack:
            servers: list[int] = []
            if contender.prefect:
                server = stack.enter_context(PrefectServer(self.folder / f"{output}-prefect"))
                server.wait_ready(READY)
                environment |= server.environment() | {"PREFECT_LOGGING_LEVEL": "ERROR"}
                servers = [server.pid] if server.pid else []
            command = contender.command(INBOX, output, workers)
            measured = run(command, environment, log, servers=servers, timeout=TIMEOUT)
        if measured.code:
            lines = log.read_text(errors="replace").splitlines()[-LOG_LINES:]
            print(f"{contender.name} ended with {measured.code}:", *lines, sep="\n  ", file=sys.stderr)
        return measured

    def bucket(self, contender: Contender, number: int = 0) -> str:
        """The bucket its records go to."""
        return f"out-{contender.name.replace('+', '-').replace('_', '-')}-{number}"

    def size(self, contender: Contender, prefix: str, number: int = 0) -> int:
        """Bytes it wrote under a prefix."""
        from docmill.store.s3 import S3Store

        return sum(info.size for info in S3Store(self.bucket(contender, number), self.client).list(prefix))

    def count(self, contender: Contender, number: int = 0, *, read: bool = True) -> Counts:
        """Look at what it wrote; without `read` every object counts as a record with text."""
        from docmill.store.s3 import S3Store

        output = S3Store(self.bucket(contender, number), self.client)
        infos = [info for info in output.list(contender.written) if info.key.endswith(RECORDS)]
        written = _with_text(output, contender, [info.key for info in infos]) if read else len(infos)
        failed = sum(1 for _ in output.list(contender.failed))
        times = tuple(sorted(info.last_modified.timestamp() for info in infos))
        return Counts(written, failed, max(0, len(self.corpus) - written - failed), times)


def _with_text(output: "S3Store", contender: Contender, keys: list[str]) -> int:
    def of(key: str) -> int:
        return sum(contender.has_text(record) for record in decode(contender, output.get(key).data))

    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(of, keys))
