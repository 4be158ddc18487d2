"""Listening on real servers: from a drop to a record, through real queues and real wrappings, and through crashes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from botocore.exceptions import ClientError
from commands import run_here
from launcher import Command, Launcher
from waiting import within

from docmill.errors import AccessDeniedError, ObjectNotFoundError, QueueNotFoundError
from docmill.intake.events import read_notices
from docmill.intake.listener import Listener
from docmill.intake.notifications import RECEIVES, set_up_notifications
from docmill.intake.sqs import SqsQueue, asked, make_sqs_client
from docmill.server_process import free_port
from docmill.store.s3 import S3Store, create_bucket, make_client
from schemas import Settings

if TYPE_CHECKING:
    from docmill.intake.queue import Message

DOCMILL = Path(sys.executable).with_name("docmill")
TEXT = b"Farmers in the valley waited for rain all summer. The harvest was poor, and prices rose in every market. "
# Of commands that are about messages, not about what becomes of documents: these settings need no models.
LIGHT = {
    "DOCMILL_TAXONOMIES": "content-types",
    "DOCMILL_EMBEDDER": "words",
    "DOCMILL_ANNOTATIONS": "links",
    "DOCMILL_SANDBOX": "false",
}
ODD_KEYS = ("a b+c.txt", "100% é.txt", "a%2Bb.txt", "名前/файл.txt")

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as on Unix")


@dataclass
class Site:
    """Buckets and a queue on a server, and what commands need to find them."""

    inbox: S3Store
    output: S3Store
    environ: dict[str, str]
    client: Any
    sqs: Any
    queue: str = field(default_factory=lambda: f"q-{uuid4().hex[:12]}")

    def set_up(self) -> SqsQueue:
        """Queue and notifications, as `docmill setup-notifications` makes them."""
        location = f"s3://{self.inbox.bucket}/in"
        found = set_up_notifications(self.client, self.sqs, location, self.queue, visibility_seconds=60)
        self.environ["DOCMILL_QUEUE"] = self.queue
        return SqsQueue(found.url, self.sqs, 60)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            (DOCMILL, *arguments),
            env=os.environ | self.environ,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    def has_record(self, key: str) -> bool:
        """Whether a document has its record."""
        try:
            self.output.head(f"enriched/{key}.json")
        except ObjectNotFoundError:
            return False
        return True

    def waiting(self, queue: str | None = None) -> int:
        """Messages in a queue, hidden ones too."""
        url = self.sqs.get_queue_url(QueueName=queue or self.queue)["QueueUrl"]
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)


@pytest.fixture
def site(request, monkeypatch, tmp_path, prefect_api) -> Iterator[Site]:
    """Two new buckets on ministack, or on the server that the test names."""
    server = request.getfixturevalue(getattr(request, "param", "ministack"))
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    client, sqs = make_client(4), make_sqs_client()
    names = [f"{kind}-{uuid4().hex}" for kind in ("in", "out")]
    for name in names:
        create_bucket(client, name)
    environ = {
        "DOCMILL_INBOX": f"s3://{names[0]}/in",
        "DOCMILL_OUTPUT": f"s3://{names[1]}",
        "DOCMILL_WORKERS": "1",
        "DOCMILL_STATE_DIR": str(tmp_path / "state"),
        "PREFECT_API_URL": prefect_api,
    }
    yield Site(S3Store(names[0], client), S3Store(names[1], client), environ, client, sqs)
    client.close()
    sqs.close()


Here = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def here(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Here:
    """Runs a command in this process."""

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return run_here(arguments, tmp_path, capsys, site.environ | environ)

    return run


@dataclass
class Forked:
    """A command under way that needed no start of its own, and what it says."""

    command: Command
    log: Path

    def said(self) -> str:
        """So far."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def line(self, words: str) -> str:
        """The first line with these words, once it is said."""
        assert within(100, lambda: words in self.said() or self.command.poll() is not None)
        return next(line for line in self.said().splitlines() if words in line)


Fork = Callable[..., AbstractContextManager[Forked]]


@pytest.fixture
def forking(site: Site, launcher: Launcher, tmp_path: Path) -> Fork:
    """Forks commands with light settings; each is killed at the end, if it is still there."""
    logs = count()

    @contextmanager
    def run(*arguments: str, **environ: str) -> Iterator[Forked]:
        log = tmp_path / f"log-{next(logs)}"
        forked = Forked(launcher.run(*arguments, environ=site.environ | LIGHT | environ, log=log), log)
        try:
            yield forked
        finally:
            forked.command.signal(signal.SIGKILL)
            forked.command.wait(10)

    return run


# --- setting up


@pytest.mark.parametrize("site", ["ministack", "moto_server"], indirect=True)
def test_set_up_can_be_repeated_and_keeps_what_is_others(site: Site) -> None:
    """Queue, dead letters, policy and configuration are made once; another queue's notifications stay."""
    other = site.sqs.create_queue(QueueName=f"other-{uuid4().hex[:8]}")["QueueUrl"]
    arn = site.sqs.get_queue_attributes(QueueUrl=other, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rules = [{"Name": "prefix", "Value": "elsewhere/"}]
    theirs = {
        "Id": "theirs", "QueueArn": arn, "Events": ["s3:ObjectCreated:Put"], "Filter": {"Key": {"FilterRules": rules}}
    }  # fmt: skip
    site.client.put_bucket_notification_configuration(
        Bucket=site.inbox.bucket, NotificationConfiguration={"QueueConfigurations": [theirs]}
    )
    location = f"s3://{site.inbox.bucket}/in"
    first = set_up_notifications(site.client, site.sqs, location, site.queue, 45)
    assert len(first.changes) == 4
    again = set_up_notifications(site.client, site.sqs, location, site.queue, 45)
    assert (again.url, again.changes) == (first.url, ())
    found = site.client.get_bucket_notification_configuration(Bucket=site.inbox.bucket)["QueueConfigurations"]
    ours, others = sorted(one["Id"] for one in found)
    assert (ours.startswith("docmill-"), others) == (True, "theirs")
    attributes = site.sqs.get_queue_attributes(QueueUrl=first.url, AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "45"
    redrive = json.loads(attributes["RedrivePolicy"])
    assert int(redrive["maxReceiveCount"]) == RECEIVES
    assert redrive["deadLetterTargetArn"].endswith(f"{site.queue}-dead-letters")
    (statement,) = json.loads(attributes["Policy"])["Statement"]
    assert statement["Condition"]["ArnEquals"] == {"aws:SourceArn": f"arn:aws:s3:::{site.inbox.bucket}"}


def test_set_up_by_command_says_what_to_set(site: Site, here: Here) -> None:
    """It prints the variable to set, says what it did, and that nothing was left to do the second time."""
    first = here("setup-notifications", "--queue", site.queue)
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("export DOCMILL_QUEUE=http")
    assert "created queue" in first.stderr
    second = here("setup-notifications", "--queue", site.queue, "--json")
    assert json.loads(second.stdout)["changes"] == []


# --- what servers send


@pytest.mark.parametrize("site", ["ministack", "moto_server"], indirect=True)
def test_real_notifications_are_understood(site: Site) -> None:
    """Of puts, copies, multipart uploads and removals, with keys that have to be encoded, as two servers send them."""
    queue = site.set_up()
    for key in ODD_KEYS:
        site.inbox.put(f"in/{key}", b"x")
    bucket = site.inbox.bucket
    site.client.copy_object(Bucket=bucket, Key="in/copy.txt", CopySource={"Bucket": bucket, "Key": f"in/{ODD_KEYS[0]}"})
    upload = site.client.create_multipart_upload(Bucket=bucket, Key="in/parts.txt")["UploadId"]
    part = site.client.upload_part(Bucket=bucket, Key="in/parts.txt", UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
    site.client.complete_multipart_upload(
        Bucket=bucket, Key="in/parts.txt", UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]},
    )  # fmt: skip
    site.inbox.delete("in/copy.txt")
    site.inbox.put("elsewhere.txt", b"x")
    counted: dict[str, int] = {}
    deadline = time.monotonic() + 10
    while len(counted) < 6 and time.monotonic() < deadline:
        messages = queue.receive(1)
        for message in messages:
            for notice in read_notices(message.body):
                assert notice.bucket == bucket
                for key in notice.keys:
                    counted[key] = counted.get(key, 0) + 1
        queue.delete(messages)
    assert set(counted) == {f"in/{key}" for key in ODD_KEYS} | {"in/copy.txt", "in/parts.txt"}


@pytest.mark.parametrize("raw", ["true", "false"], ids=["raw delivery", "wrapped"])
def test_notifications_through_sns_are_understood(site: Site, raw: str) -> None:
    """With and without SNS's envelope."""
    import boto3

    sns = boto3.client("sns")
    url = site.sqs.create_queue(QueueName=site.queue)["QueueUrl"]
    arn = site.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name=f"topic-{uuid4().hex[:8]}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": raw})
    site.client.put_bucket_notification_configuration(
        Bucket=site.inbox.bucket,
        NotificationConfiguration={"TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]},
    )
    site.inbox.put("in/a b.txt", b"x")
    assert _keys_received(SqsQueue(url, site.sqs)) == {"in/a b.txt"}
    sns.close()


def test_notifications_through_eventbridge_are_understood(site: Site) -> None:
    """Keys come as they are."""
    import boto3

    events = boto3.client("events")
    url = site.sqs.create_queue(QueueName=site.queue)["QueueUrl"]
    arn = site.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    rule = f"rule-{uuid4().hex[:8]}"
    pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [site.inbox.bucket]}}}
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": arn}])
    site.client.put_bucket_notification_configuration(
        Bucket=site.inbox.bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    site.inbox.put("in/a b+c.txt", b"x")
    assert _keys_received(SqsQueue(url, site.sqs)) == {"in/a b+c.txt"}
    events.close()


def _keys_received(queue: SqsQueue) -> set[str]:
    """Keys of the first messages that name any; test events come before."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        messages = queue.receive(1)
        queue.delete(messages)
        if keys := {key for message in messages for notice in read_notices(message.body) for key in notice.keys}:
            return keys
    return set()


# --- the queue


def test_a_message_that_is_never_done_with_ends_among_the_dead_letters(site: Site) -> None:
    """The redrive policy counts receipts: letting go is not deleting."""
    queue = site.set_up()
    queue.send("never done")
    received = []
    for _ in range(RECEIVES + 1):
        for message in queue.receive(0):
            if message.body == "never done":
                received.append(message.received)
            queue.extend([message], 0)
    assert received == list(range(1, RECEIVES + 1))
    assert within(30, lambda: not queue.receive(0) and site.waiting(f"{site.queue}-dead-letters") >= 1)


def test_extended_messages_stay_hidden_and_many_are_handled_at_once(site: Site) -> None:
    """More than ten messages go in several requests; what is extended beyond its time is not received again."""
    url = site.sqs.create_queue(QueueName=site.queue)["QueueUrl"]
    queue = SqsQueue(url, site.sqs, visibility_seconds=1)
    for n in range(25):
        queue.send(str(n))
    held: list[Message] = []
    while len(held) < 25:
        held += queue.receive(1)
        queue.extend(held, 30)
    time.sleep(1.2)
    assert queue.receive(0) == []
    queue.delete(held)
    assert site.waiting() == 0
    queue.delete(held)  # again: no error
    queue.extend(held, 5)


async def test_a_listener_holds_real_messages_for_as_long_as_it_works(site: Site) -> None:
    """With a visibility timeout of three seconds and five seconds of work, nothing is received twice."""
    import asyncio

    url = site.sqs.create_queue(QueueName=site.queue)["QueueUrl"]
    queue = SqsQueue(url, site.sqs, visibility_seconds=3)
    queue.send(json.dumps({"Records": [_record("a")]}))
    calls: list[list[str]] = []

    async def process(keys: Any) -> set[str]:
        calls.append(list(keys))
        await asyncio.sleep(5)
        return set()

    settings = Settings(queue_visibility_seconds=3)
    listener = Listener(queue, process, lambda *_: None, lambda notice: notice.keys, settings)
    await listener.run(asyncio.Event(), idle_seconds=1)
    assert calls == [["a"]]
    assert (listener.counts.received, site.waiting()) == (1, 0)


def _record(key: str) -> dict[str, Any]:
    return {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "box"}, "object": {"key": key}}}


# --- the command


def test_what_is_dropped_gets_its_record_and_the_queue_is_emptied(site: Site) -> None:
    """Every document once, duplicates and removals included; what is not understood is set aside with its body."""
    queue = site.set_up()
    for key in ODD_KEYS:
        site.inbox.put(f"in/{key}", TEXT + key.encode())
    site.inbox.put("in/empty.txt", b"")
    site.inbox.put("in/gone.txt", TEXT)
    site.inbox.delete("in/gone.txt")
    site.inbox.put(f"in/{ODD_KEYS[0]}", TEXT + ODD_KEYS[0].encode())
    queue.send("no notification")
    done = site.run("listen", "--until-idle", "3")
    assert done.returncode == 1, done.stderr  # for what was set aside
    assert "9 of 10 notifications done, 1 set aside" in done.stderr
    assert "Traceback" not in done.stderr
    assert all(site.has_record(f"in/{key}") for key in ODD_KEYS)
    assert {info.key for info in site.output.list("quarantine/")} == {"quarantine/in/empty.txt.json"}
    (aside,) = site.output.list("quarantine-messages/")
    assert json.loads(site.output.get(aside.key).data)["body"] == "no notification"
    assert site.waiting() == 0


@unix_only
@pytest.mark.timeout(360)
def test_a_killed_listener_loses_nothing(site: Site, forking: Fork) -> None:
    """Documents it was working on are done by the next one, when their messages come again."""
    site.set_up()
    for n in range(30):
        site.inbox.put(f"in/{n}.txt", TEXT + b"%d" % n)
    slow = {"DOCMILL_QUEUE_VISIBILITY_SECONDS": "3", "DOCMILL_LISTEN_BATCH_SIZE": "10"}
    with forking("listen", **slow) as first:
        assert within(60, lambda: site.has_record("in/0.txt")), first.said()
        first.command.signal(signal.SIGKILL)
        assert first.command.wait(60) == -signal.SIGKILL
    with forking("listen", "--until-idle", "10", **slow) as second:
        assert second.command.wait(200) == 0, second.said()
    assert all(site.has_record(f"in/{n}.txt") for n in range(30))
    assert site.waiting() == 0


@unix_only
def test_a_signal_ends_it_in_order(site: Site, forking: Fork) -> None:
    """SIGTERM while documents are dropped: exit code 0, what it took is done or in the queue."""
    site.set_up()
    with forking("listen", DOCMILL_SANDBOX="true") as forked:
        forked.line("listening to")
        for n in range(12):
            site.inbox.put(f"in/{n}.txt", TEXT + b"%d" % n)
        forked.command.signal(signal.SIGTERM)
        assert forked.command.wait(60) == 0, forked.said()
        assert "Traceback" not in forked.said()
    done = [n for n in range(12) if site.has_record(f"in/{n}.txt")]
    assert len(done) + site.waiting() >= 12


@unix_only
@pytest.mark.timeout(360)
def test_what_the_webhook_took_survives_a_kill(site: Site, forking: Fork) -> None:
    """Without a queue: 202, then SIGKILL at once; the next listener does the document from the spool."""
    port = free_port()
    environ = {"DOCMILL_WEBHOOK_TOKEN": "token"}
    headers = {"Authorization": "Bearer token"}
    for n in range(6):
        site.inbox.put(f"in/{n}.txt", TEXT + b"%d" % n)
    with forking("listen", "--webhook", f"127.0.0.1:{port}", **environ) as forked:
        url = forked.line("post notifications to").split()[-1]
        for n in range(6):
            body = {"Records": [_record(f"in/{n}.txt")]}
            body["Records"][0]["s3"]["bucket"]["name"] = site.inbox.bucket
            assert httpx.post(url, json=body, headers=headers, timeout=10).status_code == 202
        forked.command.signal(signal.SIGKILL)
        assert forked.command.wait(60) == -signal.SIGKILL
    with forking("listen", "--webhook", f"127.0.0.1:{port}", "--until-idle", "3", **environ) as again:
        assert again.command.wait(200) == 0, again.said()
    assert all(site.has_record(f"in/{n}.txt") for n in range(6))


# --- what is wrong with the set-up


def test_mistakes_are_one_clear_line(here: Here) -> None:
    """No queue set, a queue that does not exist, a server that is not there, a webhook without a token."""
    cases = [
        (("listen",), {}, ("setting queue is not set", "setup-notifications")),
        (("listen",), {"DOCMILL_QUEUE": "none-such"}, ("'none-such'", "DOCMILL_QUEUE")),
        (("listen",), {"DOCMILL_QUEUE": f"{os.environ['AWS_ENDPOINT_URL']}/000000000000/none"}, ("none", "setup-not")),
        (
            ("listen",),
            {"DOCMILL_QUEUE": "q", "AWS_ENDPOINT_URL_SQS": f"http://127.0.0.1:{free_port()}"},
            ("AWS_ENDPOINT_URL_SQS", "--webhook"),
        ),
        (("listen", "--webhook", "8080"), {}, ("webhook_token is not set", "DOCMILL_WEBHOOK_TOKEN")),
        (("listen", "--webhook", "x:y"), {}, ("HOST:PORT",)),
        (("setup-notifications",), {"DOCMILL_INBOX": "s3://none-such-bucket"}, ("'none-such-bucket'", "create")),
    ]
    for arguments, environ, said in cases:
        done = here(*arguments, **environ)
        assert (done.returncode, done.stdout) == (2, ""), done
        (line,) = [text for text in done.stderr.splitlines() if not text.startswith("listening to")]
        assert line.startswith("docmill: ")
        assert [words for words in said if words not in line] == []


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("AccessDenied", AccessDeniedError, "ReceiveMessage, DeleteMessage"),
        ("InvalidClientTokenId", AccessDeniedError, "AWS_ACCESS_KEY_ID"),
        ("QueueDoesNotExist", QueueNotFoundError, "setup-notifications"),
        ("AWS.SimpleQueueService.NonExistentQueue", QueueNotFoundError, "DOCMILL_QUEUE"),
    ],
)
def test_refusals_name_what_is_missing(code: str, kind: type[Exception], words: str) -> None:
    """Rights are named, and told from wrong keys and from a missing queue."""
    with pytest.raises(kind, match="cannot receive from queue 'q'") as caught, asked("receive from queue 'q'"):
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "ReceiveMessage")
    assert words in str(caught.value)
