"""What the flow runs of one process share: stores, worker and refining processes, opened once."""

import atexit
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from docmill.catalog.table import Catalog
from docmill.config import load_settings
from docmill.contract import FILE_NAME, json_schema
from docmill.errors import ConfigError, PreconditionFailedError
from docmill.heap import give_back
from docmill.output import read_record
from docmill.profiles import with_profiles
from docmill.result import Result
from docmill.retry import retrying
from docmill.sandbox import Pool, heat_up, open_pool
from docmill.scratch import check_scratch
from docmill.store.base import ObjectStore
from docmill.worker import Worker
from schemas.settings import Settings, split_location

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = [
    "Runtime",
    "close_runtime",
    "open_all",
    "open_store",
    "open_stores",
    "runtime",
    "runtime_with",
    "use_runtime",
]


@dataclass(frozen=True)
class Runtime:
    """Everything a task needs to process documents.

    `asked` are the settings it was opened with, `settings` those in which site profiles are found. `observers` are
    told of every result as it comes, from the worker's threads: the command line shows progress so.
    """

    asked: Settings
    settings: Settings
    inbox: ObjectStore
    output: ObjectStore
    catalog: Catalog
    pool: Pool
    worker: Worker
    observers: list[Callable[[Result], None]] = field(default_factory=list)

    @classmethod
    def open(cls, settings: Settings) -> "Runtime":
        """Connect, try out the output store, start the refining processes, and write the contract's schema."""
        check_scratch()
        give_back()
        heat_up(settings)
        inbox, output, catalog = open_all(settings)
        next(iter(inbox.list(split_location(settings.inbox or "")[1])), None)  # if it is missing, say so now
        return cls.over(settings, inbox, output, catalog)

    @classmethod
    def over(cls, settings: Settings, inbox: ObjectStore, output: ObjectStore, catalog: Catalog) -> "Runtime":
        """The same over given stores."""
        _publish_schema(output, split_location(settings.output or "")[1])
        asked, settings = settings, with_profiles(settings, output)
        pool = open_pool(settings)
        if settings.task_runner == "local":  # else others refine
            pool.start()
        return cls(asked, settings, inbox, output, catalog, pool, Worker(inbox, output, settings, pool))

    def observe(self, result: Result) -> None:
        """Pass a result on to the observers."""
        for observer in self.observers:
            observer(result)

    def close(self) -> None:
        """End processes and threads: what is still being refined now, after a cancellation, is given up."""
        self.pool.close()
        self.worker.close()


def open_stores(settings: Settings) -> tuple[ObjectStore, ObjectStore]:
    """The inbox's and the output's bucket, over one client.

    Raises:
        ConfigError: One of them is not set, or the AWS configuration is unusable.
        StoreUnreachableError: Nothing answers at the endpoint.
    """
    from docmill.store.s3_fast import bucket_store

    inbox, output = _bucket(settings, "inbox"), _bucket(settings, "output")
    client = _client(2 * settings.io_threads)
    return bucket_store(inbox, client, settings), bucket_store(output, client, settings)


def open_all(settings: Settings, *, reading: bool = False) -> tuple[ObjectStore, ObjectStore, Catalog]:
    """The inbox's and the output's bucket, and the catalog.

    Args:
        settings: Where they are.
        reading: Nothing will be written, so that credentials that may only read do.

    Raises:
        ConfigError: A location is not set, or the AWS configuration is unusable.
        StoreError: The output store cannot be tried out, or read.
    """
    from docmill.catalog.aws import open_catalog
    from docmill.store.s3_fast import bucket_store

    inbox, output = _bucket(settings, "inbox"), _bucket(settings, "output")
    client = _client(2 * settings.io_threads)
    store = bucket_store(output, client, settings)
    if reading:
        next(iter(store.list(split_location(settings.output or "")[1])), None)  # if it is missing, say so now
    catalog = open_catalog(settings.output or "", store, client, reading=reading)
    return bucket_store(inbox, client, settings), store, catalog


def open_store(settings: Settings, name: Literal["inbox", "output"]) -> ObjectStore:
    """One of the two.

    Raises:
        ConfigError: It is not set, or the AWS configuration is unusable.
        StoreUnreachableError: Nothing answers at the endpoint.
    """
    from docmill.store.s3 import S3Store

    return S3Store(_bucket(settings, name), _client(settings.io_threads))


def _client(connections: int) -> "S3Client":
    from docmill.store.endpoint import check_endpoint
    from docmill.store.s3 import make_client

    client = make_client(connections)
    check_endpoint(client.meta.endpoint_url)
    return client


def _bucket(settings: Settings, name: str) -> str:
    location = getattr(settings, name)
    if location is None:
        hint = f"set DOCMILL_{name.upper()}=s3://bucket/prefix, or {name} in docmill.toml"
        raise ConfigError(f"setting {name} is not set", hint=hint)
    return split_location(location)[0]


_lock = threading.Lock()
_current: Runtime | None = None


def runtime() -> Runtime:
    """This process's runtime, opened with the settings in force when first asked for."""
    return _opened(load_settings)


def runtime_with(settings: Settings) -> Runtime:
    """This process's runtime, opened with these settings when first asked for.

    Raises:
        ConfigError: It was opened with others.
    """
    found = _opened(lambda: settings)
    if found.asked != settings:
        raise ConfigError(
            "this process of the cluster works with other settings", hint="restart the cluster's workers for this run"
        )
    return found


def _opened(settings: Callable[[], Settings]) -> Runtime:
    global _current  # noqa: PLW0603  one a process is the point
    with _lock:
        if _current is None:
            _current = Runtime.open(settings())
        return _current


def use_runtime(replacement: Runtime) -> None:
    """Have this process's flow runs use a given runtime."""
    global _current  # noqa: PLW0603  as above
    close_runtime()
    with _lock:
        _current = replacement


@atexit.register
def close_runtime() -> None:
    """Close this process's runtime, if one was opened."""
    global _current
    with _lock:
        current, _current = _current, None
    if current is not None:
        current.close()


def _publish_schema(output: ObjectStore, prefix: str) -> None:
    """Write the JSON Schema beside the records it describes, unless it is there."""
    key, text = f"{prefix}schemas/{FILE_NAME}", json_schema().encode()
    if read_record(output, key) is None or retrying(lambda: output.get(key)).data != text:
        try:
            retrying(lambda: output.put(key, text, media_type="application/schema+json"))
        except PreconditionFailedError:  # another worker was faster
            return
