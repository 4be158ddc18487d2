"""docmill's exceptions. Rejections are values (`schemas.document.Rejection`), never raised.

    DocmillError
    ├── ConfigError(ValueError)                a setting, taxonomy or model is unusable
    ├── StoreError(OSError)                    the object store, or the message queue, said no
    │   ├── ObjectNotFoundError(LookupError)   no such key
    │   ├── BucketNotFoundError(LookupError)   no such bucket
    │   ├── QueueNotFoundError(LookupError)    no such message queue
    │   ├── AccessDeniedError(PermissionError) credentials missing, wrong or not enough
    │   ├── PreconditionFailedError            If-Match or If-None-Match did not hold
    │   ├── InvalidKeyError(ValueError)        the store cannot hold this key
    │   ├── StoreUnreachableError(ConnectionError)  no answer from the endpoint
    │   └── TransientStoreError                throttled or a 5xx answer: worth another try
    ├── CatalogError(RuntimeError)             the catalog cannot be read or written
    ├── PoolError(RuntimeError)                the refining processes cannot be started or are closed
    └── ServiceError(RuntimeError)             an embedded server or the Prefect API did not come up

Each says in one line what is wrong and, as `hint`, what would put it right.
"""

import re

__all__ = [
    "AccessDeniedError",
    "BucketNotFoundError",
    "CatalogError",
    "ConfigError",
    "DocmillError",
    "InvalidKeyError",
    "ObjectNotFoundError",
    "PoolError",
    "PreconditionFailedError",
    "QueueNotFoundError",
    "ServiceError",
    "StoreError",
    "StoreUnreachableError",
    "TransientStoreError",
    "without_login",
]

_LOGIN = re.compile(r"(https?://)[^/?#\s]+@")


def without_login(text: str) -> str:
    """A text without the names and passwords of its addresses: `http://name:password@host` is `http://host`."""
    return _LOGIN.sub(r"\1", text)


class DocmillError(Exception):
    """Base of all docmill errors."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        self.message = without_login(message)  # it goes to logs, runs and records
        super().__init__(self.message)
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConfigError(DocmillError, ValueError):
    """A setting, taxonomy or model is unusable."""


class StoreError(DocmillError, OSError):
    """The object store, or the message queue, said no."""


class ObjectNotFoundError(StoreError, LookupError):
    """No such key."""


class BucketNotFoundError(StoreError, LookupError):
    """No such bucket."""


class QueueNotFoundError(StoreError, LookupError):
    """No such message queue."""


class AccessDeniedError(StoreError, PermissionError):
    """Credentials are missing, wrong, or do not allow this."""


class PreconditionFailedError(StoreError):
    """If-Match or If-None-Match did not hold."""


class InvalidKeyError(StoreError, ValueError):
    """The store cannot hold this key."""


class StoreUnreachableError(StoreError, ConnectionError):
    """No answer from the endpoint."""


class TransientStoreError(StoreError):
    """Throttled or a 5xx answer: worth another try."""


class CatalogError(DocmillError, RuntimeError):
    """The catalog cannot be read or written; the records are not concerned."""


class PoolError(DocmillError, RuntimeError):
    """The refining processes cannot be started or are closed."""


class ServiceError(DocmillError, RuntimeError):
    """An embedded server or the Prefect API did not come up."""
