"""The object stores the contract is held against, and room for each test in them."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from docmill.store import MemoryStore
from docmill.store.s3 import S3Store, create_bucket, make_client
from docmill.store.s3_fast import FastStore

BUCKET = "contract"


@pytest.fixture(params=["memory", "moto", "ministack", "seaweedfs", "ministack, fast", "seaweedfs, fast"])
def backend(request) -> str:
    return request.param


@pytest.fixture(scope="session")
def clients() -> Iterator[dict[str, Any]]:
    """Of each server one with the bucket made, for all tests: to make one takes longer than most tests do."""
    made: dict[str, Any] = {}
    yield made
    for client in made.values():
        client.close()


@pytest.fixture
def store(backend, request, monkeypatch, clients):
    """An object store; what a test wrote to it before stays, under another prefix."""
    if backend == "memory":
        yield MemoryStore(BUCKET)
        return
    server, _, fast = backend.partition(", ")
    if server == "moto":
        request.getfixturevalue("moto_s3")
        client = make_client(16)
        create_bucket(client, BUCKET)
        yield S3Store(BUCKET, client)
        client.close()
        return
    for name, value in request.getfixturevalue(server).environment().items():
        monkeypatch.setenv(name, value)
    if server not in clients:
        clients[server] = make_client(16)
        create_bucket(clients[server], BUCKET)
    yield (FastStore if fast else S3Store)(BUCKET, clients[server])


@pytest.fixture
def prefix() -> str:
    return f"{uuid4().hex}/"
