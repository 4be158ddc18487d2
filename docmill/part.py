"""Shares of an inbox, for several workers side by side: every key is in exactly one, whatever folder it lies in."""

import hashlib
import re
from dataclasses import dataclass
from typing import Self

from docmill.errors import ConfigError

__all__ = ["WHOLE", "Part"]

_FORM = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Part:
    """One of `count` shares, of about the same number of keys; numbers begin at 1."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `2/4` says.

        Raises:
            ConfigError: It is no such share.
        """
        found = _FORM.fullmatch(text)
        part = cls(int(found[1]), int(found[2])) if found else cls(0, 0)
        if not 1 <= part.number <= part.count:
            raise ConfigError(f"there is no part {text!r}", hint="1/4, 2/4, 3/4 and 4/4 are the four quarters")
        return part

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def holds(self, key: str) -> bool:
        """Whether a key is in it."""
        if self.count == 1:
            return True
        digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        return int.from_bytes(digest) % self.count == self.number - 1

    @property
    def lease(self) -> str:
        """Name of the lease under which one process at a time sweeps it."""
        return "sweep" if self.count == 1 else f"sweep-{self.number}-of-{self.count}"


WHOLE = Part(1, 1)
