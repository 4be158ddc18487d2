"""Buckets by name, for commands that read documents from anywhere."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docmill.learn.reading import OpenStore
    from docmill.store.base import ObjectStore
    from schemas.settings import Settings

__all__ = ["opener"]


def opener(settings: "Settings") -> "OpenStore":
    """Opens buckets, all over one client, which is made for the first."""
    clients: list[Any] = []

    def open_store(bucket: str) -> "ObjectStore":
        from docmill.store.s3 import S3Store, make_client

        if not clients:
            clients.append(make_client(settings.io_threads))
        return S3Store(bucket, clients[0])

    return open_store
