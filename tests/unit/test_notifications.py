"""Setting up notifications: what a bucket of its own partition, and several inboxes of one bucket, need."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from botocore.stub import Stubber

from docmill.aws import aws_client
from docmill.errors import StoreError
from docmill.intake.notifications import set_up_notifications
from docmill.intake.sqs import SqsQueue

pytestmark = pytest.mark.usefixtures("moto_s3")


@pytest.fixture
def clients() -> Iterator[tuple[Any, Any]]:
    """Of S3, with a bucket, and of SQS."""
    with closing(aws_client("s3", 1)) as s3, closing(aws_client("sqs", 1)) as sqs:
        region = s3.meta.region_name
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
        s3.create_bucket(Bucket="box", **elsewhere)
        yield s3, sqs


def _prefixes(s3: Any) -> dict[str, str]:
    """By prefix, the name of the queue that is notified."""
    found = s3.get_bucket_notification_configuration(Bucket="box")["QueueConfigurations"]
    return {one["Filter"]["Key"]["FilterRules"][0]["Value"]: one["QueueArn"].rpartition(":")[2] for one in found}


def test_each_inbox_of_a_bucket_is_notified_of(clients: tuple[Any, Any]) -> None:
    """One set up later takes nothing from the others; one set up anew, or wider, takes the place of its own."""
    s3, sqs = clients
    set_up_notifications(s3, sqs, "s3://box/one", "first", 60)
    set_up_notifications(s3, sqs, "s3://box/two", "second", 60)
    assert _prefixes(s3) == {"one/": "first", "two/": "second"}
    set_up_notifications(s3, sqs, "s3://box/two", "third", 60)
    set_up_notifications(s3, sqs, "s3://box/one/a", "first", 60)
    assert _prefixes(s3) == {"one/a/": "first", "two/": "third"}


@pytest.mark.parametrize(("region", "partition"), [("us-east-1", "aws"), ("cn-north-1", "aws-cn")])
def test_the_policy_names_the_bucket_in_its_partition(
    region: str, partition: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """China's and the government's buckets have other ARNs: S3 could not send to the queue."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    s3, sqs = request.getfixturevalue("clients")
    url = set_up_notifications(s3, sqs, "s3://box", "q", 60).url
    policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Condition"]["ArnEquals"] == {"aws:SourceArn": f"arn:{partition}:s3:::box"}


def test_a_store_without_queues_is_told_with_what_to_do() -> None:
    """It knows no such request: 405, say, and no word why."""
    with closing(aws_client("sqs", 1)) as sqs, Stubber(sqs) as stub:
        stub.add_client_error("get_queue_url", "", "", 405)
        with pytest.raises(StoreError, match="405") as caught:
            SqsQueue("q", sqs)
    assert "docmill listen --webhook" in (caught.value.hint or "")
