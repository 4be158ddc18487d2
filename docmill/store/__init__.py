"""Object stores: the protocol, the in-memory fake, and (import it by its path, boto3 is heavy) `docmill.store.s3`."""

from docmill.store.base import Capabilities, ObjectInfo, ObjectStore, StoredObject
from docmill.store.memory import MemoryStore

__all__ = ["Capabilities", "MemoryStore", "ObjectInfo", "ObjectStore", "StoredObject"]
