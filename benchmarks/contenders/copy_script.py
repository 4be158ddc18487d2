"""The limit of the store: every object read and written again as it is, with no work at all.

python copy_script.py INBOX OUTPUT WORKERS [--obstore]
"""

import argparse
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

THREADS = 16
REGION = "us-east-1"


def main() -> None:
    """List, and copy them all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("inbox")
    parser.add_argument("output")
    parser.add_argument("workers", type=int)
    parser.add_argument("--obstore", action="store_true")
    arguments = parser.parse_args()
    client = boto3.client("s3", config=Config(max_pool_connections=THREADS))
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=arguments.inbox)
    keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
    copy = _through_obstore(arguments) if arguments.obstore else _through_boto3(client, arguments)
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(copy, keys))


def _through_boto3(client: "object", arguments: argparse.Namespace) -> Callable[[str], None]:
    def copy(key: str) -> None:
        data = client.get_object(Bucket=arguments.inbox, Key=key)["Body"].read()  # type: ignore[attr-defined]
        client.put_object(Bucket=arguments.output, Key=f"documents/{key}.json", Body=data)  # type: ignore[attr-defined]

    return copy


def _through_obstore(arguments: argparse.Namespace) -> Callable[[str], None]:
    import obstore
    from obstore.store import S3Store

    def bucket(name: str) -> S3Store:
        return S3Store(
            name,
            endpoint=os.environ["AWS_ENDPOINT_URL"],
            region=os.environ.get("AWS_REGION", REGION),
            access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
            secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
            client_options={"allow_http": True},
        )

    inbox, output = bucket(arguments.inbox), bucket(arguments.output)

    def copy(key: str) -> None:
        data = obstore.get(inbox, key).bytes()
        obstore.put(output, f"documents/{key}.json", bytes(data), use_multipart=False)

    return copy


if __name__ == "__main__":
    main()
