"""The Dask and Ray task runners, where their extras are installed: a sweep by a cluster of this machine."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import pytest

from docmill.services import EmbeddedStore
from docmill.store.s3 import S3Store, create_bucket, make_client

TEXT = b"Farmers in the valley waited for rain all summer. The harvest was poor, and prices rose in every market. "
SWEEP = (sys.executable, "-c", "import sys; from docmill.cli import main; sys.exit(main())", "sweep", "--json")


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", ["dask", "ray"])
def test_a_sweep_on_a_cluster(
    name: str, ministack: EmbeddedStore, prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every document is told of once and has one record, and a second sweep, here, finds nothing to do."""
    if not find_spec(f"prefect_{name}"):
        pytest.skip(f"needs the extra {name}")
    bucket = f"cluster-{uuid4().hex[:8]}"
    environment = ministack.environment() | {
        "PREFECT_API_URL": prefect_api,
        "DOCMILL_INBOX": f"s3://{bucket}/in",
        "DOCMILL_OUTPUT": f"s3://{bucket}/out",
        "DOCMILL_WORKERS": "1",
        "DOCMILL_SHARD_SIZE": "5",
    }
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    client = make_client(4)
    create_bucket(client, bucket)
    store = S3Store(bucket, client)
    for n in range(12):
        store.put(f"in/{n}.txt", TEXT * (n + 1))
    done = subprocess.run([*SWEEP, "--task-runner", name], cwd=tmp_path, capture_output=True, text=True, check=True)
    keys = [json.loads(line)["key"] for line in done.stdout.splitlines()]
    assert sorted(keys) == sorted(f"in/{n}.txt" for n in range(12))
    assert len(list(store.list("out/enriched/"))) == 12
    again = subprocess.run(SWEEP, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not again.stdout
    client.close()
