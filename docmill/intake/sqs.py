"""SQS, and servers that speak its protocol, as a message queue. Imported by its path only: boto3 is heavy."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from docmill.aws import aws_client
from docmill.errors import AccessDeniedError, StoreError, StoreUnreachableError
from docmill.intake.queue import Message
from docmill.store.s3_errors import translated

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

__all__ = ["SqsQueue", "asked", "make_sqs_client"]

AT_ONCE = 10  # messages one request may name
LONGEST_POLL = 20  # seconds
RIGHTS = "allow sqs:GetQueueUrl, ReceiveMessage, DeleteMessage, ChangeMessageVisibility and SendMessage on the queue"
NO_SQS = "check AWS_ENDPOINT_URL_SQS or AWS_ENDPOINT_URL; for a store without SQS use docmill listen --webhook"


def make_sqs_client() -> "SQSClient":
    """A client configured by the standard AWS chain.

    Raises:
        ConfigError: The profile or the endpoint URL is unusable.
    """
    client: SQSClient = aws_client("sqs", 4)
    return client


@contextmanager
def asked(what: str, rights: str = RIGHTS) -> Iterator[None]:
    """Raise what boto3 raises within as docmill's errors, with hints for queues."""
    try:
        with translated(what):
            yield
    except AccessDeniedError as error:
        raise AccessDeniedError(
            error.message, hint=rights if "AccessDenied" in error.message else error.hint
        ) from error
    except StoreUnreachableError as error:
        raise StoreUnreachableError(error.message, hint=NO_SQS) from error
    except StoreError as error:
        if error.hint is not None:
            raise
        raise StoreError(error.message, hint=NO_SQS) from error  # 405, say, of a store that knows no such request


class SqsQueue:
    """A `MessageQueue` in SQS.

    Args:
        queue: Its URL or its name.
        client: What `make_sqs_client` made.
        visibility_seconds: How long a received message stays hidden.

    Raises:
        QueueNotFoundError: There is none of that name.
        StoreError: It cannot be asked.
    """

    def __init__(self, queue: str, client: "SQSClient", visibility_seconds: int = 60) -> None:
        self._client = client
        self._visibility = visibility_seconds
        self._name = queue
        with asked(f"find queue {queue!r}"):
            self.url = queue if "://" in queue else client.get_queue_url(QueueName=queue)["QueueUrl"]

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return self._name

    def waiting(self) -> int:
        """About how many messages can be received now.

        Raises:
            QueueNotFoundError: There is no such queue.
            StoreError: It cannot be asked; takes the right to `sqs:GetQueueAttributes`.
        """
        with asked(f"find queue {self._name!r}"):
            answer = self._client.get_queue_attributes(
                QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages"]
            )
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def receive(self, wait_seconds: float) -> Sequence[Message]:
        """At most ten messages; with a wait it is long polling."""
        with asked(f"receive from queue {self._name!r}"):
            answer = self._client.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=AT_ONCE,
                WaitTimeSeconds=min(LONGEST_POLL, max(0, round(wait_seconds))),
                VisibilityTimeout=self._visibility,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
        return [
            Message(
                id=found["MessageId"],
                body=found["Body"],
                receipt=found["ReceiptHandle"],
                received=int(found.get("Attributes", {}).get("ApproximateReceiveCount", 1)),
            )
            for found in answer.get("Messages", ())
        ]

    def extend(self, messages: Collection[Message], seconds: int) -> None:
        """Hide messages anew, ten a request. One that is gone or received again by others answers so, and is left."""
        for some in _tens(messages):
            with asked(f"extend messages of queue {self._name!r}"):
                self._client.change_message_visibility_batch(
                    QueueUrl=self.url,
                    Entries=[
                        {"Id": str(n), "ReceiptHandle": message.receipt, "VisibilityTimeout": seconds}
                        for n, message in enumerate(some)
                    ],
                )

    def delete(self, messages: Collection[Message]) -> None:
        """Remove messages, ten a request. One that could not be removed comes again, and is found to be done."""
        for some in _tens(messages):
            with asked(f"delete messages of queue {self._name!r}"):
                self._client.delete_message_batch(
                    QueueUrl=self.url,
                    Entries=[{"Id": str(n), "ReceiptHandle": message.receipt} for n, message in enumerate(some)],
                )

    def send(self, body: str) -> None:
        """Add a message."""
        with asked(f"send to queue {self._name!r}"):
            self._client.send_message(QueueUrl=self.url, MessageBody=body)


def _tens(messages: Collection[Message]) -> Iterator[list[Message]]:
    left = iter(messages)
    while some := list(islice(left, AT_ONCE)):
        yield some
