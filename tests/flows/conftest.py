"""One Prefect server for all flow tests, and a runtime over in-memory stores for each."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from ends import Stores

from docmill.catalog import Catalog
from docmill.store import MemoryStore
from schemas import Settings
from tasks.runtime import Runtime, close_runtime, use_runtime

HERE = Path(__file__).parent
# Prefect 3.8 drops API clients of its own without closing them. Only here, and only sockets on the loopback.
PREFECTS_SOCKETS = pytest.mark.filterwarnings(r"ignore:unclosed <socket.*127\.0\.0\.1:ResourceWarning")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Applies to this folder's tests; pytest passes those of all folders."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(PREFECTS_SOCKETS)


@pytest.fixture(scope="session", autouse=True)
def _needed(prefect_api: str, models_ahead: None) -> None:
    """By all flow tests."""


@pytest.fixture
def stores(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stores]:
    """Empty stores that the flows run over, in shards of four and batches of six; a test may give settings."""
    found = Stores(MemoryStore("in"), MemoryStore("out"), Catalog(str(tmp_path / "catalog")))
    settings = Settings(inbox="s3://in", output="s3://out", workers=2, shard_size=4, batch_size=6)
    settings = settings.model_copy(update=getattr(request, "param", {}))
    use_runtime(Runtime.over(settings, found.inbox, found.output, found.catalog))
    yield found
    close_runtime()
    gc.collect()  # while the filter above holds
