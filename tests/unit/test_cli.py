"""The command line: light to start, documented, one JSON object a line, and one clear line for whatever is wrong."""

import base64
import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import jsonschema
import pytest
from commands import run_here
from servers import SeaweedServer

from docmill.cli.console import ProgressLine, log_shown, telling
from docmill.cli.main import COMMANDS, cli, main
from docmill.cli.outcomes import Outcomes
from docmill.contract import FILE_NAME, json_schema
from docmill.intake.sqs import make_sqs_client
from docmill.report import Summary
from docmill.result import Ending, Result
from docmill.server_process import free_port
from docmill.services import EmbeddedStore
from docmill.store.s3 import create_bucket, make_client
from schemas.source import SourceObject

ROOT = Path(__file__).parents[2]
DOCMILL = Path(sys.executable).with_name("docmill")
HEAVY = ("prefect", "boto3", "botocore", "pydantic", "numpy", "selectolax")
VALIDATOR = jsonschema.Draft202012Validator(json.loads(json_schema()))
TEXT = "Farmers in the valley waited for rain all summer. The harvest was poor, and prices rose in every market.\n"
BUCKETS = {"DOCMILL_INBOX": "s3://some-inbox", "DOCMILL_OUTPUT": "s3://some-output"}


# What is passed on top of the tests' environment unless a test says otherwise.
USUAL = {"PREFECT_API_URL": None, "PYTHONUTF8": "1"}


@pytest.fixture
def docmill(tmp_path, capsys, models_ahead):
    """Runs a command in an empty folder, in this process."""

    def run(
        *arguments: str, environ: Mapping[str, str | None] | None = None, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        return run_here(arguments, tmp_path, capsys, USUAL | dict(environ or {}), stdin)

    return run


@pytest.fixture
def installed(tmp_path):
    """As `docmill`, the installed command in a process of its own."""

    def run(
        *arguments: str, environ: Mapping[str, str | None] | None = None, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        changes = USUAL | dict(environ or {})
        kept = {name: value for name, value in os.environ.items() if name not in changes}
        given = {name: value for name, value in changes.items() if value is not None}
        return subprocess.run(
            (DOCMILL, *arguments),
            cwd=tmp_path,
            env=kept | given,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=200,
            check=False,
        )

    return run


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that could not do its work says: one line, exit code 2, no traceback, nothing as a result."""
    assert done.returncode == 2, done
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("docmill: ")
    return line


# --- help and documentation


def test_help_names_every_command(installed):
    """`docmill --help`, `-h` and every command's own help exit with 0, and each command is named."""
    for option in ("--help", "-h"):
        done = installed(option)
        assert (done.returncode, done.stderr) == (0, "")
        assert set(COMMANDS) <= {line.split()[0] for line in done.stdout.splitlines() if line.strip()}


def test_help_imports_nothing_heavy():
    """For `docmill --help` no library of the pipeline, the store or Prefect is imported."""
    code = (
        "import sys\nfrom docmill.cli.main import main\ntry:\n    main(['--help'])\nexcept SystemExit as end:\n"
        f"    print(end.code, *[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert done.stderr == "0\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_documented(name):
    """docs/cli.md has every command, and every option of it."""
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert f"docmill {name}" in text
    place = name.replace("-", "_")
    module = __import__(f"docmill.cli.{place}", fromlist=[place])
    options = {option for parameter in getattr(module, place).params for option in parameter.opts if option[0] == "-"}
    assert not {option for option in options if option not in text}


@pytest.mark.parametrize("name", COMMANDS)
def test_command_has_help_and_does_nothing_else_for_it(docmill, tmp_path, name):
    """`docmill COMMAND --help` explains the command, and leaves no file."""
    done = docmill(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Usage: docmill {name}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [(), ("catalog",)])
def test_without_a_command_the_help_is_shown(docmill, arguments):
    """Line by line, as asked for with --help; nothing was done, so the exit code is 2."""
    done = docmill(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == docmill(*arguments, "--help").stdout


def test_a_command_spelt_wrong_is_guessed(docmill):
    """As options are."""
    done = docmill("setup-notification")
    assert done.returncode == 2
    assert "Did you mean 'setup-notifications'?" in done.stderr


# --- refine


def records(done: subprocess.CompletedProcess[str]) -> list[dict]:
    """One JSON object a line, each keeping the contract."""
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for record in found:
        VALIDATOR.validate(record)
    return found


def test_refine_prints_a_record_a_line_in_order(installed, tmp_path):
    """Records come in the order of the arguments, whatever takes longest, and nothing else is printed; exit code 0."""
    names = ["long.txt", "b é.txt", "a.txt", "c.md", "d.html"]
    for name in names:
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    (tmp_path / "long.txt").write_text(TEXT * 2_000, encoding="utf-8")
    done = installed("refine", *names)
    assert (done.returncode, done.stderr) == (0, "")
    assert [(r["status"], r["source"]["key"]) for r in records(done)] == [("enriched", name) for name in names]


def test_refine_prints_nothing_that_steers_a_terminal(docmill, tmp_path):
    """Control characters in a file's name and in its text are escaped or gone."""
    name = "a\x1b[31m\x9b2Jb.txt"
    (tmp_path / name).write_text(f"\x1b[2J{TEXT}\x9b", encoding="utf-8")
    for options in ([], ["--pretty"]):
        done = docmill("refine", *options, name)
        assert not {"\x1b", "\x9b"} & set(done.stdout + done.stderr)
        assert json.loads(done.stdout)["source"]["key"] == name


def test_docmills_own_log_is_shown_while_a_command_works(capsys):
    """That another sweep is waited for, say: a line a message, which steers no terminal; no longer afterwards."""
    log = logging.getLogger("docmill")
    with log_shown():
        log.info("waiting for %s", "process 7\x1b[31m")
    with log_shown(quiet=True):
        log.info("unseen")
    log.info("unseen")
    assert capsys.readouterr().err == "docmill: waiting for process 7[31m\n"


def test_outcomes_print_nothing_that_steers_a_terminal(capsys):
    """Keys may hold any character: in JSON they are escaped, and come back as they were."""
    source = SourceObject(bucket="b", key="a\x1b[31m\x9b2Jb\x7f.txt", etag="e", size=1)
    for as_json in (True, False):
        outcomes = Outcomes(as_json=as_json)
        outcomes(Result(source, Ending.FAILED, f"no {source.key}"))
        outcomes.close(Summary(), "done", completed=True)
        said = capsys.readouterr().out
        assert not {"\x1b", "\x9b", "\x7f"} & set(said)
        assert not as_json or json.loads(said)["key"] == source.key


def test_refine_says_by_its_exit_code_that_a_file_was_rejected(docmill, tmp_path):
    """A rejected file is a record like the others, and makes the exit code 1."""
    (tmp_path / "good.txt").write_text(TEXT)
    (tmp_path / "empty.txt").write_bytes(b"")
    done = docmill("refine", "empty.txt", "good.txt")
    assert (done.returncode, done.stderr) == (1, "")
    first, second = records(done)
    assert (first["status"], first["reason"]) == ("rejected", "empty")
    assert second["status"] == "enriched"


def test_refine_reads_standard_input(docmill):
    """`-` is standard input; `--pretty` indents; `--taxonomy` replaces the configured ones."""
    done = docmill("refine", "--pretty", "--taxonomy", "content-types", "-", stdin=TEXT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("{\n  ")
    record = json.loads(done.stdout)
    VALIDATOR.validate(record)
    assert record["text"].split() == TEXT.split()
    assert record["topics"] == []


def test_demo_says_at_once_that_its_folder_cannot_be_written_to(docmill, tmp_path, monkeypatch):
    """Not after half a minute, with the table lost; of a folder in a file, and of one that may not be written to."""
    (tmp_path / "file").touch()
    (tmp_path / "closed").mkdir()
    may = os.access
    monkeypatch.setattr(os, "access", lambda place, mode: place != tmp_path / "closed" and may(place, mode))  # as root
    for out in ("file/records", "closed/records"):
        done = docmill("demo", "--out", out)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"docmill: {out} cannot be written to (choose another folder with --out)\n"


def test_sigterm_while_a_flow_runs_is_an_interruption(monkeypatch, capsys):
    """Prefect makes an exception of its own of it, which is no `Exception`."""
    from prefect.exceptions import TerminationSignal

    def end(**_options: object) -> None:
        raise TerminationSignal(signal.SIGTERM)

    monkeypatch.setattr(cli, "main", end)
    with pytest.raises(SystemExit, match="130"):
        main(["sweep"])
    assert capsys.readouterr().err == "\ndocmill: interrupted\n"


def test_what_is_piped_is_utf8_whatever_the_locale(monkeypatch, tmp_path, models_ahead):
    """JSON is; a terminal of another encoding shows a question mark for what it lacks, no traceback."""
    (tmp_path / "a.txt").write_text("海湾盐碱地种出新稻种，亩产首次突破六百公斤。" * 5, "utf-8")
    for is_terminal in (False, True):
        out = io.TextIOWrapper(io.BytesIO(), encoding="latin-1", write_through=True)
        monkeypatch.setattr(out, "isatty", lambda is_terminal=is_terminal: is_terminal, raising=False)
        monkeypatch.setattr(sys, "stdout", out)
        with pytest.raises(SystemExit, match="0"):
            main(["refine", str(tmp_path / "a.txt")])
        assert ("盐碱地" if not is_terminal else "?") in json.loads(out.buffer.getvalue())["text"]


@pytest.mark.parametrize("arguments", [("why", "a\udcff.txt"), ("reprocess", "--where", "title = '\udcff'")])
def test_an_argument_that_is_no_text_is_said_to_be_none(docmill, arguments):
    """A shell passes any bytes on; the catalog's query would end in a traceback."""
    done = docmill(*arguments, environ=BUCKETS)
    assert (done.returncode, "is not Unicode text" in done.stderr) == (2, True)


def test_refine_leaves_what_is_too_large_unread(docmill, tmp_path):
    """As a sweep would: the record says so, and a disk image costs neither memory nor minutes."""
    with (tmp_path / "disk.img").open("wb") as file:
        file.truncate(3_000_000_000)
    (tmp_path / "a.txt").write_text(TEXT)
    result = docmill("refine", "disk.img", "a.txt", environ={"DOCMILL_MAX_OBJECT_MB": "2999"})
    large, small = map(json.loads, result.stdout.splitlines())
    assert (large["reason"], large["stage"], large["source"]["size"]) == ("too_large", "fetch", 3_000_000_000)
    assert large["message"] == "The object has 3000000000 bytes; max_object_mb allows 2999 MB."
    assert (result.returncode, small["status"]) == (1, "enriched")


def test_refine_says_that_there_is_no_standard_input(monkeypatch, capsys):
    """`docmill refine - <&-` is told so in a line."""
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SystemExit, match="2"):
        main(["refine", "-"])
    assert capsys.readouterr().err.startswith("docmill: standard input is closed")


def test_refine_where_temporary_files_lie_deep(installed, tmp_path):
    """A folder whose sockets' paths would be too long for the system is no obstacle."""
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    done = installed("refine", "-", stdin=TEXT, environ={"TMPDIR": str(deep)})
    assert (done.returncode, done.stderr) == (0, "")


def test_refine_checks_every_file_first(docmill, tmp_path):
    """A missing file or a folder is named before anything is refined."""
    (tmp_path / "good.txt").write_text(TEXT)
    (tmp_path / "folder").mkdir()
    assert "missing.txt does not exist (check the path)" in complaint(docmill("refine", "good.txt", "missing.txt"))
    assert "\x1b" not in complaint(docmill("refine", "good.txt", "no\x1b]0;name"))
    assert "folder is a folder (name its files: folder/*)" in complaint(docmill("refine", "good.txt", "folder"))


# --- schema


def test_schema_prints_writes_and_checks(docmill, tmp_path):
    """The schema is printed, or written to a file that `--check` then finds up to date."""
    assert docmill("schema").stdout == json_schema()
    assert docmill("schema", "--out", "new/schema.json").returncode == 0
    assert (tmp_path / "new" / "schema.json").read_text(encoding="utf-8") == json_schema()
    assert docmill("schema", "--check", "new/schema.json").returncode == 0
    assert docmill("schema", "--check", str(ROOT / "docs" / "schema" / FILE_NAME)).returncode == 0


@pytest.mark.parametrize("content", ["{}", None], ids=["stale", "missing"])
def test_schema_check_finds_a_stale_file(docmill, tmp_path, content):
    """A file that is not the models' schema, or is not there, is exit code 2 with the command that mends it."""
    if content is not None:
        (tmp_path / "old.json").write_text(content)
    line = complaint(docmill("schema", "--check", "old.json"))
    assert "old.json" in line
    assert "docmill schema --out old.json" in line


# --- what is wrong with the set-up


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"DOCMILL_WORKERS": "many"}, ("DOCMILL_WORKERS", "'many'", "integer")),
        ({"DOCMILL_WORKERS": "0"}, ("DOCMILL_WORKERS", "'0'", "greater than 0")),
        ({"DOCMILL_WROKERS": "2"}, ("DOCMILL_WROKERS", "did you mean DOCMILL_WORKERS?")),
        ({"DOCMILL_INBOX": "my-bucket"}, ("DOCMILL_INBOX", "'my-bucket'", "s3://bucket/prefix")),
        ({"DOCMILL_CONFIG": "none.toml"}, ("none.toml does not exist", "unset DOCMILL_CONFIG")),
        ({"DOCMILL_TAXONOMIES": "no-such"}, ("taxonomy no-such", "media-topics")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_wrong_setting_is_named(docmill, environ, said):
    """A setting that cannot be is named with its value and what would be right."""
    line = complaint(docmill("refine", "-", environ=environ, stdin=TEXT))
    assert [words for words in said if words not in line] == []


def test_wrong_line_in_the_settings_file_is_named(docmill, tmp_path):
    """So is one in docmill.toml, and a docmill.toml that is no TOML."""
    (tmp_path / "docmill.toml").write_text("topic_threshold = 3\n")
    assert "topic_threshold in docmill.toml is 3" in complaint(docmill("refine", "-", stdin=TEXT))
    (tmp_path / "docmill.toml").write_text("workers = = 3\n")
    assert "docmill.toml cannot be read" in complaint(docmill("refine", "-", stdin=TEXT))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id = [", ("is not valid TOML", "correct it")),
        ('id = "mine"\nrole = "topic"\n', ("taxonomy mine.toml", "docs/taxonomies.md")),
        ('id = "mine"\n\n[[category]]\nid = 3\n', ("taxonomy mine.toml", "docs/taxonomies.md")),
    ],
    ids=["no TOML", "incomplete", "wrong type"],
)
def test_malformed_taxonomy_is_named_with_the_place(docmill, tmp_path, text, said):
    """A taxonomy file that cannot be used is named, with where and what, before a process is started for it."""
    (tmp_path / "mine.toml").write_text(text)
    line = complaint(docmill("refine", "--taxonomy", "mine.toml", "-", stdin=TEXT))
    assert [words for words in said if words not in line] == []


@pytest.mark.parametrize("command", ["sweep", "status"])
@pytest.mark.parametrize("name", ["inbox", "output"])
def test_unset_bucket_is_named(docmill, command, name):
    """A command that needs buckets says which is not set, and how to set it."""
    environ = {key: value for key, value in BUCKETS.items() if key != f"DOCMILL_{name.upper()}"}
    line = complaint(docmill(command, environ=environ))
    assert f"setting {name} is not set" in line
    assert f"DOCMILL_{name.upper()}=s3://" in line


@pytest.mark.parametrize("command", ["sweep", "status"])
def test_no_credentials(docmill, command):
    """Without credentials anywhere the line says so and what to set."""
    environ = BUCKETS | {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    line = complaint(docmill(command, environ=environ))
    assert "credentials" in line
    assert "AWS_ACCESS_KEY_ID" in line


@pytest.mark.parametrize("missing", ["inbox", "output"])
@pytest.mark.parametrize("command", ["sweep", "status"])
def test_missing_bucket_is_named(docmill, ministack: EmbeddedStore, monkeypatch, command, missing):
    """A bucket that does not exist is named; the other one, which does, is not blamed."""
    names = {"inbox": f"in-{uuid4().hex[:8]}", "output": f"out-{uuid4().hex[:8]}"}
    environ = {f"DOCMILL_{key.upper()}": f"s3://{name}" for key, name in names.items()}
    for name, value in ministack.environment().items():
        monkeypatch.setenv(name, value)
    client = make_client(1)
    (existing,) = [name for key, name in names.items() if key != missing]
    create_bucket(client, existing)
    client.close()
    line = complaint(docmill(command, environ=environ))
    assert f"bucket {names[missing]!r}" in line
    assert existing not in line
    assert "create" in line


def test_temporary_prefect_server_that_does_not_come_up(installed, ministack: EmbeddedStore, monkeypatch):
    """Prefect's own trouble is one line too, with what to do; Prefect itself would show a traceback."""
    for name, value in ministack.environment().items():
        monkeypatch.setenv(name, value)
    client, bucket = make_client(1), f"in-{uuid4().hex[:8]}"
    create_bucket(client, bucket)
    client.close()
    environ = {"DOCMILL_INBOX": f"s3://{bucket}/in", "DOCMILL_OUTPUT": f"s3://{bucket}/out"}
    environ |= {"PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true"}
    environ |= {"PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "1"}
    line = complaint(installed("sweep", environ=environ))
    assert "Prefect could not run the sweep" in line
    assert "PREFECT_API_URL" in line


def test_prefects_folder_that_cannot_be_written(installed, ministack: EmbeddedStore, monkeypatch, tmp_path):
    """As in a container without a home: said at once, not after the time its server may take to come up."""
    for name, value in ministack.environment().items():
        monkeypatch.setenv(name, value)
    client, bucket = make_client(1), f"in-{uuid4().hex[:8]}"
    create_bucket(client, bucket)
    client.close()
    (tmp_path / "file").touch()
    environ = {"DOCMILL_INBOX": f"s3://{bucket}/in", "DOCMILL_OUTPUT": f"s3://{bucket}/out"}
    environ |= {"PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true", "PREFECT_HOME": str(tmp_path / "file" / "home")}
    done = installed("sweep", environ=environ)
    assert done.returncode == 2
    line = done.stderr.splitlines()[-1]  # after a warning of Prefect's
    assert f"docmill: Prefect's folder {tmp_path / 'file' / 'home'} cannot be written to" in line
    assert "PREFECT_HOME" in line


@pytest.mark.parametrize("command", ["sweep", "status"])
def test_wrong_secret(docmill, seaweedfs: SeaweedServer, command):
    """A signature the store does not accept is told from a missing bucket, with what to check."""
    environ = BUCKETS | seaweedfs.environment() | {"AWS_SECRET_ACCESS_KEY": "not the secret"}
    line = complaint(docmill(command, environ=environ))
    assert "SignatureDoesNotMatch" in line
    assert "AWS_SECRET_ACCESS_KEY" in line
    assert "not the secret" not in line


def test_unreachable_store(docmill):
    """Where nothing listens at the endpoint, the endpoint is named, and the variable that names it."""
    endpoint = f"http://127.0.0.1:{free_port()}"
    line = complaint(docmill("status", environ=BUCKETS | {"AWS_ENDPOINT_URL": endpoint}))
    assert endpoint in line
    assert "AWS_ENDPOINT_URL" in line


@pytest.mark.parametrize("command", ["sweep", "up"])
@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/api", "http://127.0.0.1:42OO/api", "nonsense"])
def test_unreachable_prefect_api(docmill, command, url):
    """A PREFECT_API_URL that does not answer, or is none, is named at once, with what to do."""
    url = url.format(port=free_port())
    start = time.monotonic()
    line = complaint(docmill(command, environ=BUCKETS | {"PREFECT_API_URL": url}))
    assert time.monotonic() - start < 60  # a server of its own is waited for longer
    assert url in line
    assert "Prefect" in line or "PREFECT_API_URL" in line


class _Guarded(BaseHTTPRequestHandler):
    """Prefect's API as its server guards it where PREFECT_SERVER_API_AUTH_STRING is set."""

    def do_GET(self) -> None:
        known = self.headers["Authorization"] == f"Basic {base64.b64encode(b'admin:secret').decode()}"
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(b'"3.8.8"' if known else b"{}")

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


@pytest.mark.parametrize(("secret", "said"), [("admin:secret", "3.8.8"), (None, "set PREFECT_API_AUTH_STRING")])
def test_a_prefect_api_that_asks_for_a_password_is_shown_it(tmp_path, secret, said):
    """As Prefect's own client has it, by the same variable; without, what to set is said."""
    call = "import sys; from docmill.cli.ping import ping; print(ping(sys.argv[1]))"
    with ThreadingHTTPServer(("127.0.0.1", 0), _Guarded) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/api"
        environ = os.environ | ({"PREFECT_API_AUTH_STRING": secret} if secret else {})
        done = subprocess.run(
            (sys.executable, "-c", call, url),
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        server.shutdown()
    assert said in done.stdout + done.stderr
    assert done.returncode == (0 if secret else 1)


def test_a_login_in_an_address_is_used_and_never_shown(installed):
    """Prefect's client takes it from there too; lines go to logs that others read."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Guarded) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.server_port}"
        known = {"PREFECT_API_URL": f"http://admin:secret@{host}/api"}
        store = f"http://admin:secret@127.0.0.1:{free_port()}"
        environ = BUCKETS | known | dict.fromkeys(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"), store)
        done = installed("doctor", environ=environ | {"AWS_MAX_ATTEMPTS": "1"})
        server.shutdown()
    assert f"http://{host}/api is Prefect 3.8.8" in done.stdout or f"the server at http://{host}/api is" in done.stdout
    assert "check AWS_ENDPOINT_URL" in done.stdout
    assert "secret" not in done.stdout + done.stderr


def test_doctor_says_in_one_line_a_check_what_is_wrong(docmill):
    """Every check is a line, each failing one with its fix; `--json` gives the same as objects; exit code 2."""
    environ = BUCKETS | {"DOCMILL_INBOX": None, "AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    done = docmill("doctor", "--json", environ=environ)
    assert (done.returncode, done.stderr) == (2, "")
    checks = {check["check"]: check for check in map(json.loads, done.stdout.splitlines())}
    assert {name for name, check in checks.items() if not check["ok"]} >= {"credentials", "inbox"}
    assert all(check["ok"] or check["fix"] for check in checks.values())
    assert "AWS_ACCESS_KEY_ID" in checks["credentials"]["fix"]


def test_doctor_looks_for_the_queue(docmill, ministack: EmbeddedStore, monkeypatch):
    """By name or by address; one that is not there is a failed check."""
    for name, value in ministack.environment().items():
        monkeypatch.setenv(name, value)
    client = make_sqs_client()
    url = client.create_queue(QueueName=f"q-{uuid4().hex[:8]}")["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody="x")
    client.close()

    def check(queue: str) -> dict:
        done = docmill("doctor", "--json", environ={"DOCMILL_QUEUE": queue})
        return next(found for found in map(json.loads, done.stdout.splitlines()) if found["check"] == "queue")

    for queue in (url, url.rpartition("/")[2]):
        assert check(queue) == {"check": "queue", "ok": True, "said": f"{queue} holds about 1 messages", "fix": None}
    for queue in (f"{url}-not", "not-there"):
        found = check(queue)
        assert (found["ok"], "DOCMILL_QUEUE" in found["fix"]) == (False, True)


APPEAL = (
    "The valley's paper is run by volunteers and paid for by its readers, so if you liked this story please think of"
    " sending us a small gift."
)


def story(n: int) -> str:
    """One of a site whose documents all end alike."""
    return f"{TEXT}\nIt was the year {n} of the drought, and wells {n} metres deep ran dry.\n\n{APPEAL}"


def test_learn_sites_from_a_folder_to_a_file(docmill, tmp_path):
    """Local files teach what repeats; the file, named in the setting, has refining drop it."""
    folder = tmp_path / "stories"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}.txt").write_text(story(n))
    done = docmill("learn-sites", "--from", str(folder), "--out", "sites.json", "--json")
    assert done.returncode == 0, done
    assert "sites.json" in done.stderr
    found = json.loads(done.stdout)
    assert found == json.loads((tmp_path / "sites.json").read_text(encoding="utf-8"))
    assert [text["documents"] for text in found["sites"]["/"]["texts"]] == [5, 5]
    text = f"Snow came early to the upper villages, and the road was closed for a week.\n\n{'More snow fell. ' * 9}"
    environ = {"DOCMILL_PROFILES": str(tmp_path / "sites.json")}
    record = json.loads(docmill("refine", "-", environ=environ, stdin=f"{text}\n\n{APPEAL}").stdout)
    assert [r["text"] for r in record["removed"] if r["reason"] == "site_furniture"] == [APPEAL]
    assert "Snow came early" in record["text"]


def test_learn_sites_stores_under_the_output(docmill, ministack: EmbeddedStore, monkeypatch, tmp_path):
    """Without options the records under the output are read, and the profiles stored where workers look."""
    for name, value in ministack.environment().items():
        monkeypatch.setenv(name, value)
    client, bucket = make_client(1), f"out-{uuid4().hex[:8]}"
    create_bucket(client, bucket)
    names = [f"{n}.txt" for n in range(5)]
    for n, name in enumerate(names):
        (tmp_path / name).write_text(story(n))
    for name, line in zip(names, docmill("refine", *names).stdout.splitlines(), strict=True):
        client.put_object(Bucket=bucket, Key=f"made/enriched/{name}.json", Body=line.encode())
    environ = {"DOCMILL_OUTPUT": f"s3://{bucket}/made"}
    done = docmill("learn-sites", environ=environ)
    assert done.returncode == 0, done
    assert "5 documents, 1 sites" in done.stdout
    stored = json.loads(client.get_object(Bucket=bucket, Key="made/profiles/sites.json")["Body"].read())
    assert list(stored["sites"]) == ["/"]
    client.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("learn-sites",), ["setting output is not set", "--from"]),
        (("learn-sites", "--from", "none.jsonl", "--out", "sites.json"), ["none.jsonl cannot be read"]),
        (("learn-sites", "--from", ".", "--out", "no/sites.json"), ["no of --out does not exist"]),
    ],
)
def test_learn_sites_says_what_is_missing(docmill, arguments, said):
    """Nowhere to read from or to write to is said in one line."""
    line = complaint(docmill(*arguments))
    assert [words for words in said if words not in line] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("learn", "--taxonomy", "media-topics", "--from", ".", "--out", "."), "is a directory"),
        (("learn-sites", "--from", ".", "--out", "."), "is a directory"),
        (("up", "--prefect-port", "99999"), "99999 is not in the range"),
        (("up", "--store-port", "-1"), "-1 is not in the range"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_done(docmill, arguments, said):
    """A folder to write a file over would be found out after the training; a port that is none is a traceback."""
    done = docmill(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_what_takes_long_says_how_far_it_is(monkeypatch, capsys):
    """As `docmill status` over many objects: a listing of 200,000 may take minutes. Nothing is said after its end."""
    monkeypatch.setattr("docmill.cli.console.TELL_SECONDS", 0.001)
    asked = threading.Event()

    def progress() -> str:
        asked.set()
        return "listing the inbox: 7 objects so far"

    with telling(progress):
        assert asked.wait(60)
    assert set(capsys.readouterr().err.splitlines()) == {"listing the inbox: 7 objects so far"}
    assert "docmill-telling" not in {thread.name for thread in threading.enumerate()}


def test_the_rate_is_of_the_time_since_the_first_document(monkeypatch, capsys):
    """A listing of minutes comes before that: the rate was wrong by far, and the first line said 0.0 a second."""
    clock = iter([0.0, *[170.0] * 3, *[180.0] * 2, *[190.0] * 2])
    monkeypatch.setattr("docmill.cli.console.time", SimpleNamespace(monotonic=lambda: next(clock)))
    result = SimpleNamespace(ending="enriched", source=SimpleNamespace(key="k"))
    with ProgressLine() as show:
        for _ in range(3):
            show(result)
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "documents: 1, 0 rejected"
    assert said[1:] == [f"documents: {n}, 0 rejected, 0.1 a second" for n in (2, 3)]


def test_a_key_that_looks_like_markup_is_shown_as_it_is(monkeypatch):
    """On a terminal: what is latest is no instruction to it, and none that could fail."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with ProgressLine() as show:
        show(SimpleNamespace(ending="enriched", source=SimpleNamespace(key="a[/b].txt")))
        show._bar.refresh()
    assert "latest a[/b].txt" in terminal.getvalue()


def test_wrong_profiles_are_named(docmill):
    """A setting that names no profiles stops docmill at start."""
    line = complaint(docmill("refine", "-", environ={"DOCMILL_PROFILES": "none.json"}, stdin=TEXT))
    assert "none.json cannot be read" in line
    assert "docmill learn-sites" in line


def test_unknown_command_is_refused(docmill):
    """A command or option that does not exist is exit code 2 with a pointer to the help."""
    for arguments in (("mill",), ("refine", "--fast", "x"), ("refine",)):
        done = docmill(*arguments)
        assert done.returncode == 2
        assert "--help" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("schema", "a\x1b[31m\x9b"), ("sweep", "--task-runner", "\x1b]0;x"), ("\x1bx",)])
def test_wrong_arguments_steer_no_terminal(docmill, arguments):
    """What was typed or globbed is shown back escaped or without its control characters."""
    done = docmill(*arguments)
    assert done.returncode == 2
    assert "Error: " in done.stderr
    assert not {"\x1b", "\x9b"} & set(done.stderr)


def test_a_folder_that_cannot_be_made_is_one_line(docmill, tmp_path):
    """What the system says of a file or folder of this machine is said in one line, with what to look at."""
    (tmp_path / "file").touch()
    line = complaint(docmill("up", environ={"DOCMILL_STATE_DIR": "file/state", "PREFECT_API_URL": None}))
    assert "file/state" in line
    line = complaint(docmill("schema", "--out", "file/schema.json"))
    assert "check that" in line


@pytest.mark.skipif(sys.platform == "win32", reason="ends by signal")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_ends_any_command_in_order(name):
    """Being told to stop is an interruption like Ctrl-C: what was opened is closed, and the exit code is 130."""
    script = """
import signal
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whatever these tests were started with
from docmill.cli import main
def command(**_):
    try:
        print("ready", flush=True)
        signal.pause()
    finally:
        print("closed")
main.__globals__["cli"].main = command
main([])
"""
    with subprocess.Popen(
        (sys.executable, "-c", script), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        started.send_signal(getattr(signal, name))
        assert started.communicate(timeout=30) == ("closed\n", "docmill: interrupted\n")
    assert started.returncode == 130


@pytest.mark.parametrize("told", [True, False], ids=["in its text", "as its cause"])
def test_an_interruption_that_a_library_made_an_error_of_is_one(monkeypatch, capsys, told):
    """Pydantic, told to stop while it builds a schema, says that the schema is wrong."""

    def build(**_):
        if told:
            raise ValueError("error building `literal`:\n  KeyboardInterrupt: ")
        raise ValueError("no") from KeyboardInterrupt()

    monkeypatch.setattr(cli, "main", build)
    with pytest.raises(SystemExit) as ended:
        main([])
    assert (ended.value.code, capsys.readouterr().err) == (130, "\ndocmill: interrupted\n")


@pytest.mark.skipif(sys.platform == "win32", reason="ends by signal")
def test_refine_can_be_interrupted_while_it_reads(tmp_path):
    """Ctrl-C ends a `refine -` to which nothing is typed."""
    script = "from docmill.cli import main; print('ready', flush=True); main(['refine', '-'])"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen((sys.executable, "-c", script), cwd=tmp_path, text=True, **pipes) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n"
        time.sleep(3)
        started.send_signal(signal.SIGTERM)
        assert started.wait(30) == 130


@pytest.mark.skipif(sys.platform == "win32", reason="ends by signal")
def test_refine_can_be_interrupted_while_models_load(tmp_path):
    """Ctrl-C ends it then and there: no record comes any more."""
    (tmp_path / "endless.py").write_text(
        "import time\n"
        "class Endless:\n"
        "    def __init__(self, settings):\n"
        "        print('loading', flush=True)\n"
        "        while True:\n"
        "            time.sleep(1)\n"
    )
    (tmp_path / "a.txt").write_text("text")
    script = """
from docmill import sandbox
sandbox.open_pool = lambda settings, **how: sandbox.RefinePool(settings, factory="endless:Endless", **how)
from docmill.cli import main
main(["refine", "a.txt"])
"""
    found_there = os.environ | {"PYTHONPATH": str(tmp_path)}
    with subprocess.Popen(
        (sys.executable, "-c", script), cwd=tmp_path, env=found_there, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as started:  # fmt: skip
        assert started.stdout is not None
        assert started.stdout.readline() == "loading\n"
        started.send_signal(signal.SIGINT)
        assert started.communicate() == ("", "\ndocmill: interrupted\n")
    assert started.returncode == 130


@pytest.mark.skipif(sys.platform == "win32", reason="there is no nohup")
def test_nohup_is_respected():
    """A command that was started to outlive its terminal does."""
    script = """
import signal
from docmill.cli.signals import stopped_by_signals
signal.signal(signal.SIGHUP, signal.SIG_IGN)
with stopped_by_signals():
    signal.raise_signal(signal.SIGHUP)
print("done")
"""
    done = subprocess.run(
        (sys.executable, "-c", script), capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("done\n", "")
