"""The embedded servers come up, say why if they do not, and leave nothing behind."""

import os
import runpy
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from deltalake import DeltaTable
from hypercorn.config import Config

from docmill import server_process
from docmill.cli.lock import folder_lock
from docmill.cli.up import environment_file
from docmill.errors import ServiceError
from docmill.server_process import ServerProcess, free_port
from docmill.services import EmbeddedStore, PrefectServer
from docmill.store.s3 import S3Store, create_bucket, make_client


def ends(pid: int, seconds: float = 10) -> bool:
    """Whether the process is gone, or a zombie its new parent has yet to collect, within the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def listening(url: str) -> bool:
    host, port = url.removeprefix("http://").split("/")[0].split(":")
    with socket.socket() as caller:
        return caller.connect_ex((host, int(port))) == 0


def script(folder: Path, code: str, name: str = "thing") -> ServerProcess:
    return ServerProcess(name, (sys.executable, "-c", code), {}, folder, f"http://127.0.0.1:{free_port()}/")


@pytest.mark.parametrize("kind", [EmbeddedStore, PrefectServer])
def test_server_leaves_nothing_behind(tmp_path, prefect_database, kind):
    """A server answers once it is ready; once stopped, its processes are gone and its port is free."""
    if kind is PrefectServer:
        prefect_database.put(tmp_path / "data")
    server = kind(tmp_path / "data")
    url = server.endpoint_url if isinstance(server, EmbeddedStore) else server.ui_url
    with server:
        server.wait_ready()
        assert listening(url)
        family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    assert not [process for process in family if process.is_running()]
    assert not listening(url)
    server.stop()


def test_embedded_store_listens_on_loopback_only(tmp_path):
    """The embedded store opens its one port on 127.0.0.1 and no other."""
    with EmbeddedStore(tmp_path) as server:
        server.wait_ready()
        connections = psutil.Process(server.pid).net_connections()
    opened = [(c.laddr.ip, c.laddr.port) for c in connections if c.status == psutil.CONN_LISTEN]
    assert [f"http://{ip}:{port}" for ip, port in opened] == [server.endpoint_url]


def test_embedded_store_keeps_objects(tmp_path, monkeypatch):
    """Objects are there again, metadata included, when the store starts again on the same folder and port."""
    port = free_port()
    for run in range(2):
        with EmbeddedStore(tmp_path, port) as server:
            server.wait_ready()
            for name, value in server.environment().items():
                monkeypatch.setenv(name, value)
            client = make_client(1)
            store = S3Store("kept", client)
            if run == 0:
                create_bucket(client, "kept")
                store.put("a b/é", b"data", metadata={"n": "1"})
            stored = store.get("a b/é")
            client.close()
    assert (stored.data, stored.info.metadata) == (b"data", {"n": "1"})


def test_embedded_store_wins_over_users_configuration(tmp_path, monkeypatch):
    """With the store's environment, a profile and endpoint of the user's are not used, and theirs are not needed."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://production.example")
    server = EmbeddedStore(tmp_path)
    with server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        client = make_client(1)
        assert client.meta.endpoint_url == server.endpoint_url
        client.close()


def test_embedded_stores_environment_does_for_readers_of_the_catalog(tmp_path, monkeypatch):
    """deltalake, which refuses plain HTTP by itself, looks into a bucket with nothing else set."""
    with EmbeddedStore(tmp_path) as server:
        server.wait_ready()
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        client = make_client(1)
        create_bucket(client, "kept")
        client.close()
        assert not DeltaTable.is_deltatable("s3://kept/catalog")


def test_servers_do_not_get_users_credentials(tmp_path, monkeypatch):
    """A child is not handed the user's AWS credentials or Prefect settings."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret of the user's")
    monkeypatch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", "postgresql://production.example")
    assert "AWS_SECRET_ACCESS_KEY" not in EmbeddedStore(tmp_path)._environment
    assert "PREFECT_API_DATABASE_CONNECTION_URL" not in PrefectServer(tmp_path)._environment


PARENT = """
import sys, threading
from pathlib import Path
from docmill.services import EmbeddedStore
server = EmbeddedStore(Path(sys.argv[1]))
starter = threading.Thread(target=server.start)  # whose end is not the parent's
starter.start()
starter.join()
server.wait_ready()
print(server.pid, server.endpoint_url, flush=True)
threading.Event().wait()
"""


def test_killed_parent_leaves_no_orphan(tmp_path):
    """A parent killed outright takes its server with it, whichever thread started it."""
    command = (sys.executable, "-c", PARENT, str(tmp_path))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pid, url = parent.stdout.readline().split()
        time.sleep(0.5)
        assert listening(url)
        parent.kill()
        assert ends(int(pid))
        assert not listening(url)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
def test_killed_command_leaves_no_temporary_prefect_server(tmp_path, prefect_database):
    """Not even Prefect's own, which a command starts that no API was named to."""
    code = (
        "from docmill.cli.prefect_api import check_prefect, send_all\n"
        "check_prefect()\n"
        "from prefect.client.orchestration import get_client\n"
        "import psutil, time\n"
        "client = get_client(sync_client=True)\n"
        "print(client.api_healthcheck(), psutil.Process().children()[0].pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")} | {"PREFECT_HOME": str(tmp_path)}
    environ |= {"PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true"}
    prefect_database.put(tmp_path)
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environ)
    health, child = parent.stdout.readline().split()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert health == b"None"
    assert ends(int(child), 20)


def test_a_shell_finds_the_servers_by_a_file(tmp_path):
    """What `up` started is written so that a shell reads exactly that, and nothing is left of it afterwards."""
    path, value = tmp_path / "env", "a 'b' \"$HOME\" `c` é"
    with environment_file(path, {"DOCMILL_SOME": value}):
        script = '. "$0"; printf %s "$DOCMILL_SOME"'
        shell = subprocess.run(("/bin/sh", "-c", script, path), capture_output=True, encoding="utf-8", check=True)
        assert shell.stdout == value
    assert not path.exists()


def test_taken_port_is_said_to_be_taken(tmp_path):
    """A server whose port another program has is not started, and what answers there is not taken for it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        for server in (EmbeddedStore(tmp_path, port), PrefectServer(tmp_path, port)):
            with pytest.raises(ServiceError, match=f"port {port}: it is taken"):
                server.start()


def test_server_that_ends_with_a_traceback_says_its_error(tmp_path):
    """Not the last lines of its log, which may be others' complaints, or lines of code where a full disk cut it."""
    code = "print('x.DiskError: disk is full\\n\\n  File a.py, line 3\\n    call()\\n    ^^'); raise SystemExit(1)"
    with (
        pytest.raises(ServiceError, match=r"thing ended with exit code 1: x\.DiskError: disk is full \(see"),
        script(tmp_path, code) as server,
    ):
        server.wait_ready()


def test_server_that_ends_on_a_full_disk_is_helped_by_room(tmp_path, monkeypatch):
    """Neither another port nor another folder of that disk would help."""
    monkeypatch.setattr("docmill.server_process.disk_usage", lambda _folder: SimpleNamespace(free=4_096))
    with pytest.raises(ServiceError) as caught, script(tmp_path, "raise SystemExit(3)") as server:
        server.wait_ready()
    assert "make room" in caught.value.hint


def test_server_that_ends_says_why(tmp_path):
    """A server that ends before it is ready is an error with the end of its log and where the log is."""
    with (
        pytest.raises(ServiceError, match="thing ended with exit code 3: no disk") as caught,
        script(tmp_path, "print('no disk', flush=True); raise SystemExit(3)") as server,
    ):
        server.wait_ready()
    assert str(tmp_path / "thing.log") in caught.value.hint
    assert "\n" not in str(caught.value)


def test_server_that_hangs_is_given_up_and_killed(tmp_path):
    """A server that does not answer in time is an error; one that does not stop when told to is killed."""
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    server = script(tmp_path, code)
    server.start()
    pid = server.pid
    while "deaf" not in server.log.read_text():
        time.sleep(0.05)
    with pytest.raises(ServiceError, match=r"did not answer within 0\.2 s: deaf"):
        server.wait_ready(0.2)
    server.stop(0.2)
    assert ends(pid, 1)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("patience", ["_STOP_SECONDS", "_UNREADY_SECONDS"])
def test_server_that_was_not_ready_is_not_waited_for_long(tmp_path, monkeypatch, patience):
    """A deaf server is killed after one time if it was ready before it was stopped, after another if it was not."""
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)\n"
    code += "from http.server import HTTPServer, SimpleHTTPRequestHandler\n"
    code += "import sys; HTTPServer(('127.0.0.1', int(sys.argv[1])), SimpleHTTPRequestHandler).serve_forever()"
    port = free_port()
    server = ServerProcess("thing", (sys.executable, "-c", code, str(port)), {}, tmp_path, f"http://127.0.0.1:{port}/")
    for name in ("_STOP_SECONDS", "_UNREADY_SECONDS"):
        monkeypatch.setattr(server_process, name, 0.1 if name == patience else 3600)
    server.start()
    pid = server.pid
    if patience == "_STOP_SECONDS":
        server.wait_ready()
    while "deaf" not in server.log.read_text():
        time.sleep(0.05)
    server.stop()
    assert ends(pid, 1)


def test_servers_that_are_told_first_end_side_by_side(tmp_path):
    """One that ends only after the other has been told does: the first is not waited for before the second hears."""
    code = """
import pathlib, signal, sys, time
def end(*_):
    pathlib.Path(f"told-{sys.argv[1]}").touch()
    while not pathlib.Path(f"told-{sys.argv[2]}").exists():
        time.sleep(0.02)
    print("in order", flush=True)
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
time.sleep(60)
"""
    url = f"http://127.0.0.1:{free_port()}/"
    servers = [
        ServerProcess(name, (sys.executable, "-c", code, name, other), {}, tmp_path, url)
        for name, other in (("one", "two"), ("two", "one"))
    ]
    for server in servers:
        server.start()
    while not all("up" in server.log.read_text() for server in servers):
        time.sleep(0.05)
    for server in servers:
        server.tell_to_end()
    for server in servers:
        server.stop()
        assert "in order" in server.log.read_text()


def test_embedded_store_does_not_wait_for_who_waits_for_messages(monkeypatch):
    """A listener's poll of twenty seconds is no work that is to be finished at the store's end."""
    found = []
    monkeypatch.setattr("ministack.app.main", lambda: found.append(Config().graceful_timeout))
    usual = Config.graceful_timeout
    monkeypatch.setattr(Config, "graceful_timeout", usual)  # to be put back
    runpy.run_module("docmill.ministack_server", run_name="__main__")
    assert found[0] < usual


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_ctrl_c_does_not_reach_servers(tmp_path):
    """A server is in a session of its own, which the terminal's signals do not reach."""
    with script(tmp_path, "import time; time.sleep(60)") as server:
        assert os.getsid(server.pid) == server.pid != os.getsid(0)


def test_server_has_to_be_started():
    """Waiting for a server that was not started is an error, not an endless wait."""
    with pytest.raises(ServiceError, match="not started"):
        script(Path(), "").wait_ready()


@pytest.mark.skipif(sys.platform == "win32", reason="locks by another call")
def test_a_folder_whose_holder_ends_just_now_is_not_held_twice(tmp_path: Path) -> None:
    """Who opened the lock before the last holder's end, and takes it after that, holds it against all others."""
    import fcntl

    with folder_lock(tmp_path):
        waiting = (tmp_path / "lock").open("a+")
    with waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(ServiceError, match="another docmill"), folder_lock(tmp_path):
            pass
