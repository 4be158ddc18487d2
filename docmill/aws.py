"""Clients of AWS and of servers that speak its protocols. Imported by its path only: boto3 is heavy."""

import os
import re
from typing import Any, Literal
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from docmill.errors import AccessDeniedError, ConfigError
from docmill.store.s3_errors import translated

__all__ = ["CONNECT_SECONDS", "DEFAULT_REGION", "READ_SECONDS", "aws_client", "credentials_source", "is_public_s3"]

DEFAULT_REGION = "us-east-1"
CONNECT_SECONDS = 5
READ_SECONDS = 60
ATTEMPTS = 4  # within one call, with backoff and jitter; the tasks retry calls
_PUBLIC_S3 = re.compile(r"s3(?:\.[a-z0-9-]+)?\.amazonaws\.com")


def aws_client(service: Literal["s3", "sqs"], max_pool_connections: int) -> Any:  # noqa: ANN401  one of boto3's
    """A client configured by the standard AWS chain; make one a process and share it between threads.

    Args:
        service: Which.
        max_pool_connections: Connections kept open: at least the number of threads that will share the client.

    Raises:
        ConfigError: The profile or the endpoint URL is unusable.
    """
    _forget_empty_variables()
    config = Config(
        signature_version="s3v4" if service == "s3" else None,
        max_pool_connections=max_pool_connections,
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    try:
        with translated(f"connect to {service.upper()}"):
            session = boto3.session.Session()
            # boto3 itself reads only AWS_DEFAULT_REGION; the other AWS SDKs, and so users, say AWS_REGION. Both go
            # before the profile's.
            named = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION")
            region = named or session.region_name or DEFAULT_REGION
            return session.client(service, region_name=region, config=config)
    except ConfigError:  # a ValueError too
        raise
    except ValueError as error:
        raise ConfigError(
            f"cannot connect to {service.upper()}: {error}", hint="set AWS_ENDPOINT_URL to http(s)://host:port"
        ) from error


def credentials_source() -> str:
    """Where the AWS chain found credentials, in its words: `env`, `shared-credentials-file`, `iam-role`.

    Raises:
        AccessDeniedError: It found none.
    """
    _forget_empty_variables()
    with translated("find credentials"):
        found = boto3.session.Session().get_credentials()
    if found is None:
        raise AccessDeniedError(
            "no AWS credentials were found", hint="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
        )
    return found.method


def is_public_s3(endpoint: str) -> bool:
    """Whether an endpoint is where AWS SDKs find S3 by themselves, and not one of a network of one's own, say."""
    return _PUBLIC_S3.fullmatch(urlsplit(endpoint).hostname or "") is not None


def _forget_empty_variables() -> None:
    """Unset the variables that are empty, as compose files and CI leave those that are not set.

    boto3 mostly takes them so; obstore and the Delta library take an empty endpoint for the store's address, and panic.
    """
    for name in [name for name, value in os.environ.items() if name.startswith("AWS_") and not value]:
        del os.environ[name]
