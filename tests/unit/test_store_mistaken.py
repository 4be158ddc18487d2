"""An endpoint that is no object store: the message says so, whatever is asked of it."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from docmill.errors import StoreError
from docmill.store.s3 import S3Store, make_client
from docmill.store.s3_fast import bucket_store
from schemas import Settings

PAGE = b"<html><body>Sign in</body></html>"


class Web(BaseHTTPRequestHandler):
    """A web server that answers whatever it is asked with a page, or leads elsewhere, which is here."""

    redirects = 0

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.redirects or 200)
        if self.redirects:
            self.send_header("Location", self.path)
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(PAGE)

    do_GET = do_HEAD = do_PUT = do_DELETE = _answer  # noqa: N815  as the server calls them

    def log_message(self, *_: object) -> None:
        """It says nothing."""


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In the place of the store."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Web) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        try:
            yield
        finally:
            server.shutdown()


ASKED: dict[str, Callable[[S3Store], object]] = {
    "list": lambda store: list(store.list("a/")),
    "list level": lambda store: store.list_level("a/"),
    "list after": lambda store: store.keys_after("a/", "a/b"),
    "head": lambda store: store.head("a"),
    "get": lambda store: store.get("a"),
    "put": lambda store: store.put("a", b"x"),
}


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("fast", [False, True], ids=["boto3", "obstore"])
@pytest.mark.parametrize("asked", ASKED)
def test_a_web_page_is_no_store(asked: str, *, fast: bool) -> None:
    """No bucket seems empty because a console or a sign-in page answers with success."""
    client = make_client(2)
    store = bucket_store("bucket", client, Settings()) if fast else S3Store("bucket", client)
    with pytest.raises(StoreError, match="what answers there is no S3 API"):
        ASKED[asked](store)  # type: ignore[arg-type]


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize("status", [301, 307])
@pytest.mark.parametrize("asked", ["list", "put"])
def test_what_leads_elsewhere_is_said(asked: str, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the address lacks its `https`."""
    monkeypatch.setattr(Web, "redirects", status)
    with pytest.raises(StoreError, match="AWS_ENDPOINT_URL to where it leads"):
        ASKED[asked](S3Store("bucket", make_client(2)))
