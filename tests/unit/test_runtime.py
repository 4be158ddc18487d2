"""What a process does before its first document."""

from pathlib import Path

import pytest

from docmill.catalog import Catalog
from docmill.contract import FILE_NAME, json_schema
from docmill.errors import TransientStoreError
from docmill.store import MemoryStore
from docmill.store.base import StoredObject
from schemas import Settings
from tasks.runtime import Runtime

KEY = f"schemas/{FILE_NAME}"


@pytest.mark.parametrize("there", [None, b"{}", json_schema().encode()], ids=["missing", "another", "the same"])
def test_the_schema_is_put_beside_the_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bytes | None
) -> None:
    """Unless it is there; a busy store is asked again."""
    monkeypatch.setattr("docmill.retry.BASE_SECONDS", 0)
    output, busy = MemoryStore("out"), [1, 1]
    if there is not None:
        output.put(KEY, there)
    plain = output.get

    def get(key: str, *, if_match: str | None = None) -> StoredObject:
        if key == KEY and there is not None and busy:
            busy.pop()
            raise TransientStoreError("slow down")
        return plain(key, if_match=if_match)

    monkeypatch.setattr(output, "get", get)
    monkeypatch.setattr(output, "head", lambda key: plain(key).info)
    settings = Settings(inbox="s3://in", output="s3://out", sandbox=False)
    Runtime.over(settings, MemoryStore("in"), output, Catalog(str(tmp_path))).close()
    assert plain(KEY).data == json_schema().encode()
