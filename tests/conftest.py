"""What all tests share: an environment that is not the user's, and the servers."""

import atexit
import functools
import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import botocore.session
import hypothesis
import pytest
from launcher import Launcher
from prefect_database import PrefectDatabase
from servers import MotoServer, SeaweedServer

from docmill.services import EmbeddedStore

if TYPE_CHECKING:
    from docmill import Pipeline

# How long an example takes depends on the machine and on what it does besides.
hypothesis.settings.register_profile("docmill", deadline=None)
hypothesis.settings.load_profile("docmill")
# Else every client reads AWS's descriptions of its services anew, which takes five times what else it takes to make.
botocore.session.create_loader = functools.cache(botocore.session.create_loader)

_patch = pytest.MonkeyPatch()
_home = tempfile.TemporaryDirectory(prefix="docmill-tests-")


def pytest_configure() -> None:
    """Before the tests are collected: importing Prefect reads its settings and makes its home."""
    for name in tuple(os.environ):
        if name.startswith(("AWS_", "DOCMILL_", "PREFECT_")) and name != "AWS_CA_BUNDLE":
            _patch.delenv(name)
    for name, value in _isolated(Path(_home.name)).items():
        _patch.setenv(name, value)


def pytest_unconfigure() -> None:
    """Give the user's environment back."""
    atexit.unregister(gc.freeze)  # of commands run here: some libraries call what is not collected then a leak
    _patch.undo()
    _home.cleanup()


def _isolated(home: Path) -> dict[str, str]:
    ours = os.environ.get("XDG_CACHE_HOME") if "PYTEST_XDIST_WORKER" in os.environ else None
    return {
        "XDG_CACHE_HOME": ours or str(home / "cache"),  # models are unpacked once a run, not once a worker
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(home / "no-aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "no-aws-credentials"),
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


@pytest.fixture(scope="session")
def models_ahead() -> None:
    """Refining processes of this session find models loaded, whatever their settings: else each takes seconds more.

    They are all forked from the server that is started with the first of them.
    """
    from docmill.sandbox import heat_up
    from schemas import Settings

    heat_up(Settings())


@pytest.fixture(scope="session", autouse=True)
def _models_ahead(request: pytest.FixtureRequest) -> None:
    """In runs of all tests before a test starts that server for its own purposes."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        request.getfixturevalue("models_ahead")


@pytest.fixture(scope="session")
def pipeline() -> "Pipeline":
    """All stages, as settings are by default."""
    from docmill import Pipeline

    return Pipeline()


@pytest.fixture(scope="session")
def cleaner() -> "Pipeline":
    """The same without topics and annotations: what cleaning and describing make of a document."""
    from docmill import Pipeline, Settings

    return Pipeline(Settings(taxonomies=(), annotations=()))


@pytest.fixture
def moto_s3() -> Iterator[None]:
    """S3 simulated within this process, empty; its AWS clients talk to it by themselves."""
    import atomic_moto  # noqa: F401  conditional writes in one step, in this process too
    from moto import mock_aws

    with mock_aws():
        yield


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """The embedded store of `docmill demo` and `up`."""
    with EmbeddedStore(tmp_path_factory.mktemp("ministack")) as server:
        server.wait_ready()
        yield server


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedServer]:
    """A store that enforces what S3 does and differs where S3-compatible stores differ."""
    with SeaweedServer(tmp_path_factory.mktemp("seaweedfs")) as server:
        server.wait_ready()
        yield server


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MotoServer]:
    """Moto behind HTTP, for child processes and clients that are not boto3."""
    with MotoServer(tmp_path_factory.mktemp("moto")) as server:
        server.wait_ready()
        yield server


@pytest.fixture(scope="session")
def prefect_database(tmp_path_factory: pytest.TempPathFactory) -> PrefectDatabase:
    """An empty database that Prefect servers may start with."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    return PrefectDatabase(shared / "prefect-database")


@pytest.fixture(scope="session")
def prefect_api(prefect_database: PrefectDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prefect API that the flows run in this process are recorded by; its URL."""
    from prefect.settings import PREFECT_API_URL
    from prefect.testing import utilities

    folder = tmp_path_factory.mktemp("prefect-api")
    prefect_database.put(folder, "prefect-test.db")
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(utilities, "mkdtemp", lambda: str(folder))  # where its database is
            patch.setenv("PREFECT_API_BLOCKS_REGISTER_ON_START", "false")
            stack.enter_context(utilities.prefect_test_harness(server_startup_timeout=200))
        yield str(PREFECT_API_URL.value())


@pytest.fixture(scope="session")
def launcher(prefect_api: str) -> Iterator[Launcher]:
    """Starts docmill's commands as processes, whose runs that API records, in a fraction of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
        patch.setenv("PREFECT_API_URL", prefect_api)
        with Launcher() as started:
            yield started
