"""What a container's reader is given and what it yields, and the bounds on what may come out of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from docmill.stage import Refusal
from schemas.document import Reason
from schemas.settings import Settings

__all__ = [
    "STAGE",
    "Budget",
    "Limits",
    "Member",
    "Problem",
    "Readable",
    "Skipped",
    "TooMuchError",
    "Yield",
    "read_member",
]

STAGE = "unpack"
MEGABYTE = 1_000_000
_CHUNK = 1 << 18
_RATIO_FROM = MEGABYTE  # unpacked bytes below which nothing is called a bomb


class Readable(Protocol):
    """A binary stream whose reads are bounded by what is asked for."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a member, or the rest of a container, could not be read."""

    reason: Reason
    message: str
    limits: dict[str, float] = field(default_factory=dict)  # the settings that were in the way

    def refusal(self) -> Refusal:
        """As the container's own verdict."""
        return Refusal(STAGE, self.reason, self.message, self.limits)


@dataclass(frozen=True, slots=True)
class Member:
    """One member, unpacked, or why it was not."""

    name: str  # as found: never to be used as a path
    data: bytes | Problem = field(repr=False)
    media_type: str | None = None  # as the container declares it

    @property
    def size(self) -> int:
        """Unpacked bytes."""
        return len(self.data) if isinstance(self.data, bytes) else 0


@dataclass(frozen=True, slots=True)
class Skipped:
    """An entry that is no document: a folder, a link, a device, a request."""

    what: str


# A refusal says why the rest of the container is not read, and comes last.
Yield = Iterator[Member | Skipped | Refusal]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may come out of one source object."""

    depth: int
    members: int
    member_bytes: int
    total_bytes: int
    ratio: float

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """As the settings say."""
        return cls(
            depth=settings.max_depth,
            members=settings.max_members,
            member_bytes=int(settings.max_member_mb * MEGABYTE),
            total_bytes=int(settings.max_container_mb * MEGABYTE),
            ratio=settings.max_ratio,
        )


class TooMuchError(Exception):
    """Unpacking went past a limit. Stays within this package."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Budget:
    """What is left of the limits for one source object: shared by all containers within it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.members = 0
        self.unpacked = 0

    def spent(self) -> Refusal | None:
        """Why no further member may be unpacked, if so."""
        if self.members >= self.limits.members:
            return self.too_many(f"{self.members} members were read").refusal()
        if self.unpacked >= self.limits.total_bytes:
            return self._total().refusal()
        return None

    def too_many(self, what: str) -> Problem:
        """The problem of a container with too many members."""
        most = self.limits.members
        return Problem(
            Reason.TOO_MANY_MEMBERS, f"{what}; max_members allows {most}. The rest is unread.", {"max_members": most}
        )

    def too_large(self, read: int, declared: int | None = None) -> Problem:
        """The problem of a member that is too large."""
        most = self.limits.member_bytes / MEGABYTE
        size = f"is said to have {declared} bytes" if declared is not None else "is larger than that"
        message = f"The member {size}; max_member_mb allows {most:g} MB. {read} bytes of it were read."
        return Problem(Reason.TOO_LARGE, message, {"max_member_mb": most})

    def take(self, size: int) -> None:
        """Note so many unpacked bytes.

        Raises:
            TooMuchError: All together are more than allowed.
        """
        self.unpacked += size
        if self.unpacked > self.limits.total_bytes:
            raise TooMuchError(self._total())

    def check_ratio(self, packed: int, unpacked: int) -> None:
        """Raises TooMuchError if so few packed bytes may not become so many."""
        if unpacked > _RATIO_FROM and unpacked > self.limits.ratio * packed:
            message = (
                f"{packed} packed bytes had become {unpacked} when unpacking was stopped; "
                f"max_ratio allows {self.limits.ratio:g} times as many."
            )
            raise TooMuchError(Problem(Reason.COMPRESSION_RATIO, message, {"max_ratio": self.limits.ratio}))

    def _total(self) -> Problem:
        most = self.limits.total_bytes / MEGABYTE
        message = f"{self.unpacked} bytes were unpacked; max_container_mb allows {most:g} MB. The rest is unread."
        return Problem(Reason.TOO_LARGE, message, {"max_container_mb": most})


def read_member(stream: Readable, budget: Budget, *, declared: int | None = None) -> bytes | Problem:
    """A member's bytes, or what is wrong with it.

    Args:
        stream: Yields the unpacked bytes; counted already by whoever unpacks them.
        budget: Bounds what is kept.
        declared: Bytes the container says there are: fewer is `truncated`.
    """
    most = budget.limits.member_bytes
    if declared is not None and declared > most:
        return budget.too_large(0, declared)
    kept = bytearray()
    while chunk := stream.read(min(_CHUNK, most + 1 - len(kept))):
        kept += chunk
        if len(kept) > most:
            return budget.too_large(len(kept))
    if declared is not None and len(kept) < declared:
        return Problem(Reason.TRUNCATED, f"The member ends after {len(kept)} of {declared} bytes.")
    return bytes(kept)
