"""What no S3 store accepts, refused before the request so that every store refuses it the same way."""

from collections.abc import Mapping

from docmill.errors import InvalidKeyError, StoreError

__all__ = ["check_key", "check_metadata"]

MAX_KEY_BYTES = 1024
MAX_METADATA_BYTES = 2048


def check_key(key: str) -> None:
    """Refuse a key that S3's own limits rule out.

    Raises:
        InvalidKeyError: It is empty, longer than 1,024 bytes in UTF-8, or has no UTF-8 form.
    """
    try:
        length = len(key.encode())
    except UnicodeEncodeError as error:
        raise InvalidKeyError(f"key {key!a} is not Unicode text", hint="it holds half a surrogate pair") from error
    if not 0 < length <= MAX_KEY_BYTES:
        raise InvalidKeyError(
            f"key {key[:80]!r} is {length} bytes long", hint=f"S3 keys are 1 to {MAX_KEY_BYTES} bytes of UTF-8"
        )


def check_metadata(metadata: Mapping[str, str]) -> None:
    """Refuse user metadata that does not survive a round trip as HTTP headers.

    Raises:
        StoreError: A name is not lower-case, a name or value not printable ASCII, or all together is over 2 KB.
    """
    for name, value in metadata.items():
        if not name or name != name.lower() or not _plain(name) or not _plain(value):
            raise StoreError(
                f"metadata {name!r} = {value[:80]!r} cannot be stored",
                hint="names are lower-case ASCII, values printable ASCII without spaces at the ends: encode others",
            )
    if sum(len(name) + len(value) for name, value in metadata.items()) > MAX_METADATA_BYTES:
        raise StoreError("the metadata is too long", hint=f"S3 keeps {MAX_METADATA_BYTES} bytes of names and values")


def _plain(text: str) -> bool:
    # Header values lose spaces at their ends on the way, and a line break would start another header.
    return text.isascii() and text.isprintable() and text == text.strip()
