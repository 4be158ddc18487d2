"""Have a bucket send its notifications to a queue: queue, dead-letter queue, policy and bucket configuration.

Safe to repeat: what is there already and right is left as it is, and what belongs to others is never removed.
The policy is the one "Walkthrough: Configuring a bucket for notifications" in the Amazon S3 User Guide asks for.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docmill.errors import QueueNotFoundError, StoreError
from docmill.intake.sqs import asked
from schemas.settings import split_location

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

__all__ = ["SetUp", "set_up_notifications"]

EVENTS = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]
CONFIGURATION_ID = "docmill"
STATEMENT_ID = "docmill-notifications"
DEAD_LETTERS = "-dead-letters"
RECEIVES = 5  # before a message goes to the dead-letter queue
KEEP_SECONDS = 14 * 24 * 3600  # the longest SQS allows
RIGHTS = (
    "allow sqs:CreateQueue, GetQueueUrl, GetQueueAttributes, SetQueueAttributes on the queues, and "
    "s3:GetBucketNotification, s3:PutBucketNotification on the bucket"
)


@dataclass(frozen=True, slots=True)
class SetUp:
    """The queues as they are now, and in words what was changed to get there."""

    url: str
    dead_letter_url: str
    changes: tuple[str, ...]


def set_up_notifications(s3: "S3Client", sqs: "SQSClient", inbox: str, queue: str, visibility_seconds: int) -> SetUp:
    """Create or complete what a bucket needs to notify a queue of writes and removals.

    Args:
        s3: Asked for the bucket.
        sqs: Asked for the queues.
        inbox: `s3://bucket/prefix`: only what is under the prefix is notified of.
        queue: Its name; the dead-letter queue's is longer by `-dead-letters`.
        visibility_seconds: How long a new queue hides a received message.

    Raises:
        StoreError: It is not allowed, or the bucket's configuration for others stands against it.
    """
    bucket, prefix = split_location(inbox)
    changes: list[str] = []
    dead_url, dead_arn = _ensure_queue(
        sqs, queue + DEAD_LETTERS, {"MessageRetentionPeriod": str(KEEP_SECONDS)}, changes
    )
    attributes = {
        "MessageRetentionPeriod": str(KEEP_SECONDS),
        "ReceiveMessageWaitTimeSeconds": "20",
        "VisibilityTimeout": str(visibility_seconds),
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": RECEIVES}),
    }
    url, arn = _ensure_queue(sqs, queue, attributes, changes)
    _ensure_policy(sqs, url, arn, bucket, changes)
    _ensure_configuration(s3, bucket, prefix, arn, changes)
    return SetUp(url, dead_url, tuple(changes))


def _ensure_queue(sqs: "SQSClient", name: str, attributes: dict[str, str], changes: list[str]) -> tuple[str, str]:
    """Its URL and ARN. An existing queue's attributes are its owner's: only a missing redrive policy is added."""
    try:
        with asked(f"find queue {name!r}", RIGHTS):
            url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except QueueNotFoundError:
        with asked(f"create queue {name!r}", RIGHTS):
            url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]  # type: ignore[arg-type]
        changes.append(f"created queue {name}")
    found = _attributes(sqs, url)
    if "RedrivePolicy" in attributes and not found.get("RedrivePolicy"):
        with asked(f"set the redrive policy of queue {name!r}", RIGHTS):
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": attributes["RedrivePolicy"]})
        changes.append(f"gave queue {name} a redrive policy")
    return url, found["QueueArn"]


def _attributes(sqs: "SQSClient", url: str) -> dict[str, str]:
    with asked(f"read the attributes of queue {url}", RIGHTS):
        return dict(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]).get("Attributes", {}))  # type: ignore[arg-type]


def _ensure_policy(sqs: "SQSClient", url: str, arn: str, bucket: str, changes: list[str]) -> None:
    """S3 may send to the queue, on behalf of this bucket of this account alone."""
    _, partition, _, _, account, _ = arn.split(":", 5)  # aws, or aws-cn in China, aws-us-gov
    policy: dict[str, Any] = json.loads(_attributes(sqs, url).get("Policy") or '{"Version": "2012-10-17"}')
    statement = {
        "Sid": f"{STATEMENT_ID}-{''.join(c for c in bucket if c.isalnum())}",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {
            "ArnEquals": {"aws:SourceArn": f"arn:{partition}:s3:::{bucket}"},
            "StringEquals": {"aws:SourceAccount": account},
        },
    }
    others = policy.get("Statement", [])
    others = others if isinstance(others, list) else [others]
    if statement in others:
        return
    statements = [*(one for one in others if one.get("Sid") != statement["Sid"]), statement]
    with asked(f"set the policy of queue {url}", RIGHTS):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy | {"Statement": statements})})
    changes.append(f"allowed bucket {bucket} to send to the queue")


def _ensure_configuration(s3: "S3Client", bucket: str, prefix: str, arn: str, changes: list[str]) -> None:
    """The bucket sends what happens under the prefix; its other configurations stay, those of other inboxes too."""
    identity = f"{CONFIGURATION_ID}-{hashlib.sha256(prefix.encode()).hexdigest()[:8]}"
    wanted: dict[str, Any] = {"Id": identity, "QueueArn": arn, "Events": EVENTS}
    if prefix:
        wanted["Filter"] = {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}}
    with asked(f"read the notification configuration of bucket {bucket!r}", RIGHTS):
        found: dict[str, Any] = dict(s3.get_bucket_notification_configuration(Bucket=bucket))
    found.pop("ResponseMetadata", None)
    queues = found.get("QueueConfigurations", [])
    if any(_same(one, wanted) for one in queues):
        return
    found["QueueConfigurations"] = [*(one for one in queues if not _is_replaced(one, prefix)), wanted]
    what = f"set the notification configuration of bucket {bucket!r}"
    try:
        with asked(what, RIGHTS):
            s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=found)  # type: ignore[arg-type]
    except StoreError as error:
        if "overlap" in error.message.lower():
            hint = "another configuration notifies of the same keys: remove it, or feed its queue to docmill"
            raise StoreError(error.message, hint=hint) from error
        raise
    changes.append(f"bucket {bucket} notifies the queue of what is written or removed under {prefix or 'any key'!r}")


def _is_replaced(found: dict[str, Any], prefix: str) -> bool:
    """Whether it was made here before, of keys that another one is made of now: a bucket sends each key once."""
    theirs = dict(_rules(found)).get("prefix", "")
    ours = str(found.get("Id", "")).startswith(CONFIGURATION_ID)
    return ours and (theirs.startswith(prefix) or prefix.startswith(theirs))


def _same(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return (
        found.get("QueueArn") == wanted["QueueArn"]
        and sorted(found.get("Events", ())) == sorted(EVENTS)
        and _rules(found) == _rules(wanted)
    )


def _rules(configuration: dict[str, Any]) -> set[tuple[str, str]]:
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return {(str(rule["Name"]).lower(), str(rule["Value"])) for rule in rules}
