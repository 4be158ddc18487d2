"""A flow as one writes it first: one Prefect task a document that fetches, refines and stores it.

python task_per_document.py INBOX OUTPUT WORKERS [--pool]

Buckets and everything else come from docmill's settings. With --pool, made as fast as it gets: eight threads, and
refining in docmill's own processes.
"""

import sys
from collections.abc import Callable

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from docmill import Pipeline, RawDocument
from docmill.config import load_settings
from docmill.keys import output_key
from docmill.sandbox import RefinePool
from docmill.store.base import ObjectStore
from tasks.runtime import open_stores

THREADS = 8
Refine = Callable[[RawDocument], tuple[str, bytes]]


def main() -> None:
    """Run the flow over everything in the inbox."""
    settings = load_settings()
    inbox, output = open_stores(settings)
    if "--pool" in sys.argv:
        with RefinePool(settings) as pool:

            def refine(raw: RawDocument) -> tuple[str, bytes]:
                refined = pool.refine(raw)
                return refined.status, refined.record

            run(inbox, output, refine, ThreadPoolTaskRunner(max_workers=THREADS))
        return
    pipeline = Pipeline(settings)
    pipeline.warm_up()

    def refine(raw: RawDocument) -> tuple[str, bytes]:
        outcome = pipeline.refine(raw)
        return outcome.status, outcome.model_dump_json().encode()

    run(inbox, output, refine, ThreadPoolTaskRunner())


def run(inbox: ObjectStore, output: ObjectStore, refine: Refine, runner: ThreadPoolTaskRunner) -> None:
    """Map the task over the keys."""

    @task(cache_policy=NO_CACHE, persist_result=False)
    def process(key: str) -> None:
        status, record = refine(RawDocument(data=inbox.get(key).data, key=key))
        output.put(output_key("", status, key), record, media_type="application/json")

    @flow(task_runner=runner)
    def one_task_a_document(keys: list[str]) -> None:
        process.map(keys).wait()

    keys = sorted(info.key for info in inbox.list())
    one_task_a_document(keys)


if __name__ == "__main__":
    main()
