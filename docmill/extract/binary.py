"""Numbers in binary formats, little-endian; what lies beyond the end of the data is zero."""

from datetime import UTC, datetime, timedelta

__all__ = ["moment", "number", "signed", "wide_text"]


def number(data: bytes, at: int, size: int) -> int:
    """An unsigned number of so many bytes."""
    return int.from_bytes(data[at : at + size], "little")


def signed(data: bytes, at: int, size: int) -> int:
    """A signed number of so many bytes."""
    return int.from_bytes(data[at : at + size].ljust(size, b"\0"), "little", signed=True)


def wide_text(data: bytes) -> str:
    """Text in UTF-16; halves of characters whose other half is missing are replaced."""
    return data.decode("utf-16-le", "replace")


def moment(ticks: int) -> datetime | None:
    """A time of Windows, in 100 ns since 1601; None beyond the calendar."""
    try:
        return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None
