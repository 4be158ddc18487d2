"""Two listeners and two sweeps at once over the same documents: how many are refined twice, and is all of it right?

python benchmarks/race.py [--documents N] [--json FILE]
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "docmill" / "samples" / "en"
ALLOWED = 0.01  # refine calls beyond one a document
IDLE_SECONDS = "15"
LISTEN, SWEEP = ("listen", "--until-idle", IDLE_SECONDS), ("sweep", "--json")
# The command as it is, that also notes each document it refines.
COUNTED = """
import sys
from docmill.sandbox import RefinePool
plain, log = RefinePool.refine, open(sys.argv.pop(1), "a", buffering=1)
def refine(self, raw, *others):
    log.write(raw.key + "\\n")
    return plain(self, raw, *others)
RefinePool.refine = refine
from docmill.cli import main
main()
"""


def main() -> int:
    """Measure and print; 1 if documents were refined twice too often, or anything is wrong in the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="docmill-benchmark-") as folder:
        figures = _with_servers(Path(folder), arguments.documents)
    print(json.dumps(figures, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    wrong = figures["without a right record"] or figures["without one catalog row"] or figures["messages left"]
    return int(bool(wrong) or figures["refine calls"] > (1 + ALLOWED) * figures["documents"])


def _with_servers(folder: Path, count: int) -> dict[str, float]:
    from docmill.cli.setup_notifications import set_up
    from docmill.config import load_settings
    from docmill.services import EmbeddedStore, PrefectServer
    from docmill.store.s3 import S3Store, create_bucket, make_client

    with EmbeddedStore(folder / "store") as store, PrefectServer(folder / "prefect") as prefect:
        store.wait_ready(240)
        os.environ.update(store.environment() | prefect.environment())
        os.environ.update({"DOCMILL_INBOX": "s3://inbox", "DOCMILL_OUTPUT": "s3://output", "DOCMILL_WORKERS": "1"})
        client = make_client(2)
        for bucket in ("inbox", "output"):
            create_bucket(client, bucket)
        os.environ["DOCMILL_QUEUE"] = set_up(load_settings()).url
        inbox = S3Store("inbox", client)
        prefect.wait_ready(240)
        texts = [file.read_bytes() for file in sorted(SAMPLES.iterdir())]
        numbered = list(zip(range(count), itertools.cycle(texts), strict=False))
        _drop(inbox, numbered[: count // 2])  # half are there, half come while all four are at work
        log = folder / "refined"
        start = time.monotonic()
        commands = [
            subprocess.Popen((sys.executable, "-c", COUNTED, str(log), *arguments), stdout=subprocess.DEVNULL)
            for arguments in (LISTEN, LISTEN, SWEEP, SWEEP)
        ]
        _drop(inbox, numbered[count // 2 :])
        codes = [command.wait() for command in commands]
        seconds = time.monotonic() - start
        refined = Counter(log.read_text().split())
        again = subprocess.run(
            (sys.executable, "-c", COUNTED, str(log), *SWEEP), stdout=subprocess.DEVNULL, check=False
        )
        return {
            "documents": count,
            "refine calls": sum(refined.values()),
            "refined twice or more": sum(times > 1 for times in refined.values()),
            "refined by the sweep after": len(log.read_text().split()) - sum(refined.values()),
            "seconds": round(seconds, 1),
            "exit codes": [*codes, again.returncode],
            **_look(inbox, S3Store("output", client)),
        }


def _drop(inbox: "S3Store", documents: list[tuple[int, bytes]]) -> None:  # noqa: F821
    for number, text in documents:
        inbox.put(f"{number:06}.html", text + b"\n<!-- %d -->\n" % number)


def _look(inbox: "S3Store", output: "S3Store") -> dict[str, int]:  # noqa: F821
    """What is not as it should be."""
    from docmill.intake.sqs import make_sqs_client
    from docmill.keys import Made

    sources = {info.key: info.etag for info in inbox.list()}
    made = Counter[str]()
    for folder in ("enriched/", "quarantine/"):
        for info in output.list(folder):
            key = info.key.removeprefix(folder).removesuffix(".json")
            found = Made.read(output.head(info.key).metadata)
            made[key] += 1 if found and sources.get(key) == found.etag else 1000
    rows = _rows()
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    left = make_sqs_client().get_queue_attributes(QueueUrl=os.environ["DOCMILL_QUEUE"], AttributeNames=names)
    return {
        "without a right record": sum(made[key] != 1 for key in sources.keys() | made.keys()),
        "without one catalog row": sum(rows.get(key) != sources.get(key) for key in sources.keys() | rows.keys()),
        "messages left": sum(int(number) for number in left["Attributes"].values()),
    }


def _rows() -> dict[str, str]:
    """By key the etag of its current row in the catalog: the newest."""
    from docmill.config import load_settings
    from tasks.runtime import open_all

    _, _, catalog = open_all(load_settings())
    newest: dict[str, tuple[object, str]] = {}
    for batch in catalog.scan(["key", "etag", "status", "sequence", "processed_at"]):
        for row in batch.to_pylist():
            order = (row["sequence"], row["processed_at"])
            etag = row["etag"] if row["status"] in {"enriched", "rejected"} else row["status"]
            newest[row["key"]] = max(newest.get(row["key"], (order, etag)), (order, etag))
    return {key: etag for key, (_, etag) in newest.items()}


if __name__ == "__main__":
    raise SystemExit(main())
