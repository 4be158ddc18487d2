"""boto3's errors, of S3 and SQS, in docmill's words: the one place they are translated."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from botocore import exceptions as boto
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from docmill.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    ConfigError,
    DocmillError,
    InvalidKeyError,
    ObjectNotFoundError,
    PreconditionFailedError,
    QueueNotFoundError,
    StoreError,
    StoreUnreachableError,
    TransientStoreError,
)

__all__ = ["field", "translated"]

_KEYS = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile AWS_PROFILE names"
_SIGNATURE = f"{_KEYS}; where others work with them, set AWS_REQUEST_CHECKSUM_CALCULATION=when_required"
_SIGN_IN = "sign in again (aws sso login) or refresh AWS_SESSION_TOKEN: temporary credentials ran out"
_POLICY = "allow s3:GetObject, s3:PutObject, s3:DeleteObject and, or missing objects look like this too, s3:ListBucket"
_LISTING = "allow s3:ListBucket on the bucket"
_RENAME = "this store does not take such a key: rename the object or use another store"
_REGION = "set AWS_REGION to the bucket's region"
_REDIRECTED = "at AWS set AWS_REGION to the bucket's region, elsewhere AWS_ENDPOINT_URL to where it leads (https?)"
_NO_S3 = "check AWS_ENDPOINT_URL: what answers there is no S3 API, but a console, a web page or a proxy, say"
_LATER = "the store is busy or failing: try again"
_REREAD = "read the object again: another writer was faster"
_CHECKSUM = "for an older store set AWS_REQUEST_CHECKSUM_CALCULATION=when_required"
_REACH = "check AWS_ENDPOINT_URL, the network and proxy settings, and that the store is running"
_CLOCK = "set this machine's clock"
_QUOTA = "raise the bucket's quota, or make room in it"
_ARCHIVED = "the object is archived: restore it first"
_BUCKET_NAME = "bucket names are 3 to 63 lower-case letters, digits, dots and hyphens"
_QUEUE = "check DOCMILL_QUEUE and AWS_ENDPOINT_URL, or create it with docmill setup-notifications"
_CREATE = "check the name and AWS_ENDPOINT_URL, or create the bucket"

# Codes as S3 documents them, those of servers that speak its protocol, and bare statuses: a HEAD answer has no body.
_ANSWERS: tuple[tuple[type[StoreError], str | None, str], ...] = (
    (ObjectNotFoundError, None, "NoSuchKey NoSuchVersion NotFound 404"),
    (BucketNotFoundError, _CREATE, "NoSuchBucket"),
    (BucketNotFoundError, _BUCKET_NAME, "InvalidBucketName"),
    (QueueNotFoundError, _QUEUE, "QueueDoesNotExist AWS.SimpleQueueService.NonExistentQueue NonExistentQueue"),
    (PreconditionFailedError, _REREAD, "PreconditionFailed NotModified 412 304"),
    (AccessDeniedError, _KEYS, "InvalidAccessKeyId InvalidClientTokenId 401"),
    (AccessDeniedError, _SIGNATURE, "SignatureDoesNotMatch"),
    (AccessDeniedError, _SIGN_IN, "ExpiredToken InvalidToken TokenRefreshRequired"),
    (AccessDeniedError, _CLOCK, "RequestTimeTooSkewed"),
    (AccessDeniedError, _QUOTA, "QuotaExceeded XMinioAdminBucketQuotaExceeded"),
    (AccessDeniedError, _POLICY, "AccessDenied AccessDeniedException AllAccessDisabled AccountProblem"),
    (AccessDeniedError, _POLICY, "Forbidden 403"),
    (InvalidKeyError, _RENAME, "KeyTooLongError KeyTooLong InvalidURI InvalidKey InvalidObjectName"),
    (InvalidKeyError, _RENAME, "XMinioInvalidObjectName XMinioInvalidResourceName"),
    (
        TransientStoreError,
        _LATER,
        "SlowDown Throttling RequestThrottled RequestLimitExceeded RequestTimeout InternalError 429",
    ),
    (TransientStoreError, _LATER, "ServiceUnavailable OperationAborted ConditionalRequestConflict"),
    (StoreError, _REGION, "PermanentRedirect AuthorizationHeaderMalformed IllegalLocationConstraintException"),
    (StoreError, _REDIRECTED, "301 302 307 308"),
    (StoreError, _ARCHIVED, "InvalidObjectState"),
    (StoreError, _CHECKSUM, "BadDigest InvalidDigest XAmzContentSHA256Mismatch"),
    (StoreError, "this store cannot do that", "NotImplemented 501"),
)
_CODES = {code: (kind, hint) for kind, hint, codes in _ANSWERS for code in codes.split()}

# What some servers say of a key they do not take, but also of much else.
_VAGUE = {"InvalidRequest", "InvalidArgument", "BadRequest", "400"}

_CREDENTIALS = (
    boto.NoCredentialsError,
    boto.PartialCredentialsError,
    boto.CredentialRetrievalError,
    boto.MetadataRetrievalError,
    boto.RefreshWithMFAUnsupportedError,
    boto.SSOError,
    boto.TokenRetrievalError,
    boto.NoAuthTokenError,
)
_NO_ANSWER = (boto.ConnectionError, boto.HTTPClientError)
# Also what was damaged on the way, by its checksum.
_BROKEN_OFF = (
    boto.IncompleteReadError,
    boto.ResponseStreamingError,
    boto.ConnectionClosedError,
    boto.FlexibleChecksumError,
)


class MissingFieldError(Exception):
    """An answer lacks what each answer of S3 has. Stays between `field` and `translated`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def field(answer: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401  whatever the field holds
    """What an answer says; to be asked within `translated`, as what answers with success may be any web server."""
    if name not in answer:
        raise MissingFieldError(name)
    return answer[name]


@contextmanager
def translated(what: str, key: str = "", *, of_bucket: bool = False) -> Iterator[None]:
    """Raise what boto3 raises within as docmill's errors.

    Args:
        what: What is tried, for the message: "get object 'a' in bucket 'b'".
        key: The object's key, if it is about one.
        of_bucket: A 404 without a reason means the bucket, not an object.
    """
    try:
        yield
    except ClientError as error:
        raise _from_answer(error, what, key, of_bucket=of_bucket) from error
    except (boto.BotoCoreError, RecursionError) as error:
        raise _from_client(error, what) from error
    except MissingFieldError as error:
        raise StoreError(f"cannot {what}: the answer has no {error.name}", hint=_NO_S3) from error
    except (ResponseParserError, HTTPError) as error:  # botocore lets the latter through where an answer breaks off
        raise TransientStoreError(f"cannot {what}: {_line(error)}", hint=_LATER) from error


def _from_answer(error: ClientError, what: str, key: str, *, of_bucket: bool) -> StoreError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    kind, hint = _CODES.get(code) or _by_status(status)
    if kind is ObjectNotFoundError and of_bucket:
        kind, hint = BucketNotFoundError, _CREATE
    if of_bucket and hint == _POLICY:
        hint = _LISTING
    if code in _VAGUE and _is_odd(key):
        kind, hint = InvalidKeyError, _RENAME
    said = error.response.get("Error", {}).get("Message") or "no reason given"
    if "checksum" in said.lower():  # by whatever code: of headers that boto3 sends and an older store does not know
        hint = _CHECKSUM
    return kind(f"cannot {what}: {_line(said)} [{code or status}]", hint=hint)


def _is_odd(key: str) -> bool:
    return "\0" in key or not {".", ".."}.isdisjoint(key.split("/"))


def _by_status(status: int) -> tuple[type[StoreError], str | None]:
    if str(status) in _CODES:
        return _CODES[str(status)]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TransientStoreError, _LATER
    return StoreError, None


def _from_client(error: boto.BotoCoreError | RecursionError, what: str) -> DocmillError:
    message = f"cannot {what}: {_line(error)}"
    if RecursionError in {type(error), type(getattr(error, "kwargs", {}).get("error"))}:  # by redirections in a circle
        return StoreError(f"cannot {what}: each request is redirected", hint=_REDIRECTED)
    if isinstance(error, _BROKEN_OFF):
        return TransientStoreError(message, hint=_LATER)
    if isinstance(error, _NO_ANSWER):
        return StoreUnreachableError(message, hint=_REACH)
    return _from_settings(error, message)


def _from_settings(error: Exception, message: str) -> DocmillError:
    """Of what was given to it."""
    if isinstance(error, boto.ProfileNotFound):
        return ConfigError(message, hint="set AWS_PROFILE to a profile of your AWS configuration, or unset it")
    if isinstance(error, _CREDENTIALS):
        return AccessDeniedError(message, hint=f"give AWS credentials: {_KEYS}")
    if isinstance(error, boto.ParamValidationError):
        return _from_parameter(message)
    return StoreError(message)


def _from_parameter(message: str) -> StoreError:
    if "parameter Key" in message:
        return InvalidKeyError(message, hint=_RENAME)
    if "bucket name" in message.lower():
        return BucketNotFoundError(message, hint=_BUCKET_NAME)
    return StoreError(message)


def _line(error: object) -> str:
    return " ".join(str(error).split())
