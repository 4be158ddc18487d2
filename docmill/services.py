"""The servers docmill runs as child processes: the object store and the Prefect API of `demo` and `up`.

Entering one starts it without waiting, so that several come up at the same time:

    with EmbeddedStore(folder / "s3") as store, PrefectServer(folder / "prefect") as prefect:
        store.wait_ready()
        prefect.wait_ready()
"""

import os
from importlib.util import find_spec
from pathlib import Path

from docmill.server_process import LOOPBACK, ServerProcess, free_port, python_server

__all__ = ["EmbeddedStore", "PrefectServer"]

REGION = "us-east-1"
# The store is reachable from this machine only and checks no signatures; these are a formality.
ACCESS_KEY, SECRET_KEY = "docmill", "docmill"


class EmbeddedStore(ServerProcess):
    """ministack, an S3 (and SQS, SNS, EventBridge) server, on the loopback interface, its data kept in a folder.

    Args:
        data_dir: Where objects, state and log go; kept, and found again by the next start.
        port: Where to listen; 0 takes a free port.
    """

    def __init__(self, data_dir: Path, port: int = 0) -> None:
        data_dir = data_dir.resolve()
        port = port or free_port()
        self.endpoint_url = f"http://{LOOPBACK}:{port}"
        self._profile = data_dir / "aws.ini"
        super().__init__(
            "ministack",
            python_server("docmill.ministack_server"),
            # None of the user's AWS variables: neither their credentials nor their endpoints are its business.
            _without("AWS_", "MINISTACK_", "LOCALSTACK_") | _ministack_settings(data_dir, port),
            data_dir,
            f"{self.endpoint_url}/_ministack/health",
        )

    def start(self) -> None:
        """Start the child, without waiting for the server to come up; does nothing if it was started before."""
        self._profile.parent.mkdir(parents=True, exist_ok=True)
        self._profile.write_text("[default]\n")
        super().start()

    def environment(self) -> dict[str, str]:
        """What makes any AWS client of a child, or of this process, use this store and nothing of the user's."""
        return {
            **dict.fromkeys(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS"), self.endpoint_url),
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_ALLOW_HTTP": "true",  # for deltalake and Polars, which read the catalog
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_SESSION_TOKEN": "",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            # An AWS_PROFILE of the user's would have to exist, and could say otherwise: put an empty one in its place.
            **dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), str(self._profile)),
            "AWS_PROFILE": "default",
            **_no_proxy(),
        }


class PrefectServer(ServerProcess):
    """Prefect's API and UI on the loopback interface, with a SQLite database in a folder.

    Args:
        home_dir: Becomes PREFECT_HOME: database, profiles and log.
        port: Where to listen; 0 takes a free port.
        database: Another database than that, such as `postgresql+asyncpg://user@host/name`.
    """

    def __init__(self, home_dir: Path, port: int = 0, database: str | None = None) -> None:
        home_dir = home_dir.resolve()
        port = port or free_port()
        self.ui_url = f"http://{LOOPBACK}:{port}"
        self.api_url = f"{self.ui_url}/api"
        self._home = home_dir
        super().__init__(
            "prefect",
            python_server("prefect", "server", "start", "--host", LOOPBACK, "--port", str(port)),
            # None of the user's Prefect variables: one could name the database of their own server.
            _without("PREFECT_") | self.environment() | _prefect_settings(home_dir, self.api_url, database),
            home_dir,
            f"{self.api_url}/health",
        )

    def environment(self) -> dict[str, str]:
        """What makes Prefect in a child, or in this process if set before its import, use this server."""
        return {
            "PREFECT_API_URL": self.api_url,
            "PREFECT_HOME": str(self._home),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            **_no_proxy(),
        }


def _ministack_settings(data_dir: Path, port: int) -> dict[str, str]:
    return {
        "BIND_HOST": LOOPBACK,  # its default is every interface
        "MINISTACK_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "SERVICES": "s3,sqs,sns,events,sts",
        "IOT_MTLS_ENABLED": "0",  # it would listen on port 8883
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{data_dir}/none.sock",  # it would remove containers it takes for its own
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(data_dir / "objects"),
        "STATE_DIR": str(data_dir / "state"),
        "TMPDIR": str(data_dir),  # of its pid file
        "LOG_LEVEL": "WARNING",
    }


def _prefect_settings(home_dir: Path, api_url: str, database: str | None) -> dict[str, str]:
    settings = {"PREFECT_SERVER_UI_API_URL": api_url}
    if database:
        settings["PREFECT_API_DATABASE_CONNECTION_URL"] = database
    # The server completes its UI's files in its own package, which a system-wide installation does not let it.
    package = find_spec("prefect")
    if package and package.origin and not os.access(Path(package.origin).parent / "server", os.W_OK):
        settings["PREFECT_SERVER_UI_STATIC_DIRECTORY"] = str(home_dir / "ui")
    return settings


def _without(*prefixes: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}


def _no_proxy() -> dict[str, str]:
    exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    value = f"{exempt},{LOOPBACK}" if exempt else LOOPBACK
    return {"NO_PROXY": value, "no_proxy": value}
