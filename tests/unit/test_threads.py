"""Numerical libraries and their threads."""

import os
import subprocess
import sys

import numpy as np
from threadpoolctl import threadpool_info

from docmill.threads import one_thread

CLEANING = """
import sys, time
from docmill import Pipeline, RawDocument

pipeline = Pipeline()
dump = "\\n".join(f"Line {n} says that the bridge was open for {n} days of the year." for n in range(3_000)).encode()
page = b"<p>".join(dump.splitlines())
for key, data in (("a.txt", dump), ("a.html", page)):
    pipeline.refine(RawDocument(data=data, key=key))
    time.sleep(0.5)  # while threads that loading has woken may wait awake
    start, own = time.process_time(), time.thread_time()
    pipeline.refine(RawDocument(data=data, key=key))
    whole, own = time.process_time() - start, time.thread_time() - own
    print(key, whole - own, "of", whole)
    if whole - own > 0.05 * whole:
        sys.exit("other threads worked")
"""


def _threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_libraries_have_one_thread_within_and_as_many_as_before_afterwards() -> None:
    """What a program that uses docmill has set stays set."""
    assert (np.eye(2) @ np.eye(2)).any()  # the library is there
    before = _threads()
    with one_thread():
        assert _threads() == {1}
    assert _threads() == before


def test_refining_is_the_work_of_one_thread() -> None:
    """No other is woken for matrices so small: it would wait awake, for longer than they take."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", CLEANING], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
