"""Buckets, a queue and a catalog on a real server, and people who drop, overwrite and delete documents there."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from archives import zipped

from docmill.catalog.aws import open_catalog
from docmill.config import load_settings
from docmill.intake.notifications import DEAD_LETTERS, set_up_notifications
from docmill.intake.sqs import make_sqs_client
from docmill.store.s3 import S3Store, create_bucket, make_client
from faults.invariants import message_violations, violations

__all__ = ["Site"]

TEXT = "The ferry number {} left the harbour at noon, and the farmers of the valley sold their apples at the market. "
NAMES = (*(f"in/{folder}{number}.txt" for folder in ("", "a/", "b c/") for number in range(4)), "in/box.zip")
# Legitimate settings, but small ones: a document takes milliseconds, and what is killed is found dead soon.
LIGHT = {
    "DOCMILL_TAXONOMIES": "content-types",
    "DOCMILL_EMBEDDER": "words",
    "DOCMILL_ANNOTATIONS": "links,minhash",
    "DOCMILL_SANDBOX": "false",  # but for some of the disturbed commands
    "DOCMILL_WORKERS": "1",
    "DOCMILL_IO_THREADS": "4",
    "DOCMILL_LEASE_SECONDS": "1",
    "DOCMILL_QUEUE_VISIBILITY_SECONDS": "3",
    "DOCMILL_LISTEN_SECONDS": "0.1",
}


@dataclass
class Site:
    """On the server that the AWS variables of this process point to."""

    chance: random.Random
    notified: bool  # whether the server has queues and notifications
    injected: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.client: Any = make_client(4)
        self.sqs: Any = make_sqs_client() if self.notified else None
        self.buckets = [f"{kind}-{uuid4().hex[:12]}" for kind in ("in", "out")]
        for name in self.buckets:
            create_bucket(self.client, name)
        self.inbox, self.output = (S3Store(name, self.client) for name in self.buckets)
        self.environ = LIGHT | {
            "DOCMILL_INBOX": f"s3://{self.buckets[0]}/in",
            "DOCMILL_OUTPUT": f"s3://{self.buckets[1]}/out",
            "DOCMILL_ON_DELETE": self.chance.choice(["keep", "remove"]),
        }
        if self.notified:
            self.environ["DOCMILL_QUEUE"] = queue = f"q-{uuid4().hex[:12]}"
            found = set_up_notifications(self.client, self.sqs, self.environ["DOCMILL_INBOX"], queue, 3)
            self._queue, self._dead_letters = found.url, found.dead_letter_url
            assert self._dead_letters.endswith(DEAD_LETTERS)
        self.settings = load_settings(environ=self.environ)
        self._numbers = count()

    def close(self) -> None:
        """Remove what is there: some servers have room for a few buckets only."""
        for store in (self.inbox, self.output):
            for info in list(store.list()):
                store.delete(info.key)
            self.client.delete_bucket(Bucket=store.bucket)
        if self.notified:
            for url in (self._queue, self._dead_letters):
                self.sqs.delete_queue(QueueUrl=url)
            self.sqs.close()
        self.client.close()

    def write(self) -> None:
        """Drop or overwrite a document."""
        key, number = self.chance.choice(NAMES), next(self._numbers)
        data = b"" if number % 7 == 0 else (TEXT.format(number) * 5).encode()
        if key.endswith(".zip"):
            data = zipped([(f"{n}.txt", (TEXT.format(number + n) * 5).encode()) for n in range(number % 3 + 1)])
        self.inbox.put(key, data)

    def meddle(self) -> None:
        """Overwrite, drop or delete a document while others work."""
        if self.chance.random() < 2 / 3:
            self.write()
            self.injected["object written meanwhile"] += 1
        else:
            self.inbox.delete(self.chance.choice(NAMES))
            self.injected["object deleted meanwhile"] += 1

    def change(self) -> None:
        """What happens between two runs."""
        for _ in range(self.chance.randint(1, 4)):
            self.write()
        if self.chance.random() < 1 / 2:
            self.inbox.delete(self.chance.choice(NAMES))
        if self.notified:
            self._mix_messages()

    def _mix_messages(self) -> None:
        """Lose some of the messages that can be received now, send some twice, and all in another order."""
        bodies = self._receive_all(self._queue)
        readable = [body for body in bodies if body not in self.unreadable]
        lost = [body for body in readable if self.chance.random() < 1 / 6]
        twice = [body for body in readable if self.chance.random() < 1 / 6]
        bodies = [body for body in bodies if body not in lost] + twice
        if self.chance.random() < 1 / 6:
            bodies.append(f"nonsense {next(self._numbers)}")
            self.unreadable[bodies[-1]] += 1
            self.injected["message unreadable"] += 1
        self.chance.shuffle(bodies)
        for body in bodies:
            self.sqs.send_message(QueueUrl=self._queue, MessageBody=body)
        self.injected += Counter(
            {"notification lost": len(lost), "notification twice": len(twice), "notifications reordered": len(bodies)}
        )

    def violations(self) -> list[str]:
        """What is wrong now, messages apart."""
        catalog = open_catalog(self.settings.output or "", self.output, self.client)
        return violations(self.inbox, self.output, catalog, self.settings)

    def message_violations(self) -> list[str]:
        """What is wrong with the messages; those the redrive policy took aside are whole."""
        dead = self._receive_all(self._dead_letters)
        self.injected["in the dead-letter queue"] += len(dead)
        lost = self.unreadable - Counter(dead)
        broken = [body for body in dead if body not in self.unreadable and "Records" not in json.loads(body)]
        found = message_violations(self.output, "out/", lost, self.waiting())
        return found + [f"dead letter {body[:60]!r}" for body in broken]

    def waiting(self) -> int:
        """Messages in the queue, hidden ones too."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    def _receive_all(self, url: str) -> list[str]:
        """Take all that is visible out of a queue."""
        bodies: list[str] = []
        # No wait: the queue's own would be of 20 seconds.
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get(
            "Messages"
        ):
            for message in found:
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies
