"""Who takes part: for each contender the command that takes documents from one bucket and writes records to another."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import environments

__all__ = ["CONTENDERS", "Contender"]

FOLDER = Path(__file__).parent
DOCMILL = "import sys; from docmill.cli import main; sys.exit(main())"


@dataclass(frozen=True)
class Contender:
    """One way to get from bucket to bucket.

    Attributes:
        name: What it goes by on the command line and in results.
        title: What a reader is told it is.
        script: File in this folder, run as `script INBOX OUTPUT WORKERS [options]`; None is `docmill sweep` itself.
        requirements: Name of the pinned requirements it runs with; None is docmill's own environment.
        options: More arguments.
        prefect: Whether it runs under a Prefect server.
        written, failed: Prefixes of the records of documents that were done, and of those that were given up on.
        fine: Exit codes of a run that went well.
        lines: Whether an object under `written` holds a record a line.
        raw: Whether it holds the document as it was.
        note: What a reader of its figures has to know.
        has_text: Whether a record holds any text.
    """

    name: str
    title: str
    script: str | None = None
    requirements: str | None = None
    options: tuple[str, ...] = ()
    prefect: bool = False
    written: str = "documents/"
    failed: str = "failed/"
    lines: bool = False
    raw: bool = False
    fine: tuple[int, ...] = (0,)
    note: str = ""
    has_text: Callable[[Any], bool] = lambda record: bool(record["text"].strip())

    def python(self) -> Path | None:
        """Its interpreter; None if its environment is not installed."""
        return environments.python(self.requirements) if self.requirements else Path(sys.executable)

    def command(self, inbox: str, output: str, workers: int) -> list[str]:
        """What is run, and timed, as a whole."""
        python = str(self.python())
        if self.script is None:
            return [python, "-c", DOCMILL, "sweep"]
        return [python, str(FOLDER / self.script), inbox, output, str(workers), *self.options]

    def environment(self, inbox: str, output: str, workers: int) -> Mapping[str, str]:
        """Variables it needs beside those of the store."""
        # One thread a process for linear algebra: the processes are as many as there are cores.
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        if self.requirements:
            return threads
        own = {"DOCMILL_INBOX": f"s3://{inbox}", "DOCMILL_OUTPUT": f"s3://{output}", "DOCMILL_WORKERS": str(workers)}
        # Scripts of ours import docmill's tasks from beside this package.
        path = os.pathsep.join(filter(None, (str(FOLDER.parents[1]), os.environ.get("PYTHONPATH"))))
        return threads | own | {"PYTHONPATH": path}

    def versions(self) -> dict[str, str]:
        """Of what it is made of."""
        if self.requirements:
            return environments.versions(self.requirements)
        return {name: version(name) for name in ("docmill", "prefect")}


_RECORDS = {"written": "enriched/", "failed": "quarantine/"}


def _elements(record: list[Mapping[str, str]]) -> bool:
    return any(element["text"].strip() for element in record)


CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender("docmill", "docmill sweep, everything on", prefect=True, fine=(0, 1), **_RECORDS),
        Contender(
            "trafilatura", "script: trafilatura, py3langid, a process pool", "trafilatura_script.py", "trafilatura"
        ),
        Contender(
            "trafilatura+embeddings",
            "the same with sentence embeddings",
            "trafilatura_script.py",
            "trafilatura-embeddings",
            ("--embed",),
        ),
        Contender(
            "task_per_document",
            "one Prefect task a document, docmill's pipeline",
            "task_per_document.py",
            prefect=True,
            **_RECORDS,
        ),
        Contender(
            "task_per_document+pool",
            "the same, refining in a pool of processes",
            "task_per_document.py",
            options=("--pool",),
            prefect=True,
            **_RECORDS,
        ),
        Contender(
            "datatrove",
            "datatrove with trafilatura and py3langid, JSON lines",
            "datatrove_script.py",
            "datatrove",
            lines=True,
        ),
        Contender(
            "unstructured",
            "unstructured-ingest, partitioning here, strategy fast",
            "unstructured_script.py",
            "unstructured",
            note="an empty pipeline, which is faster, stands in for its spaCy model where that is not installed",
            has_text=_elements,
        ),
        Contender("copy", "no work: boto3 reads and writes", "copy_script.py", raw=True, has_text=bool),
        Contender(
            "copy+obstore",
            "no work: obstore reads and writes",
            "copy_script.py",
            options=("--obstore",),
            raw=True,
            has_text=bool,
        ),
    )
}


def decode(contender: Contender, data: bytes) -> list[Any]:
    """The records an object holds."""
    if contender.raw:
        return [data]
    return [json.loads(line) for line in data.splitlines()] if contender.lines else [json.loads(data)]
