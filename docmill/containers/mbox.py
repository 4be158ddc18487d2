"""Messages of an mbox, in one pass over a stream. Format: RFC 4155, with the quoting of mboxrd undone."""

import re

from docmill.containers.base import Budget, Member, Problem, TooMuchError, Yield
from docmill.containers.lines import lines
from docmill.containers.unpack import ERRORS, Metered, problem_of

__all__ = ["read_mbox"]

_POSTMARK = re.compile(rb"From \S.*\d\d:\d\d.*\d{4}|From \S+ .*\d\d")
_QUOTED = re.compile(rb">+From ")


def read_mbox(stream: Metered, budget: Budget) -> Yield:
    """The messages, named by their place."""
    message: bytearray | None = None
    number, blank, most = 0, True, budget.limits.member_bytes
    try:
        for line in lines(stream):
            if blank and line.startswith(b"From ") and _POSTMARK.match(line):
                if message is not None:
                    number += 1
                    yield _member(number, message, budget)
                message = bytearray()
            elif message is not None and len(message) <= most:
                message += line[1:] if _QUOTED.match(line) else line
            blank = not line.strip(b"\r\n")
    except TooMuchError as error:
        yield error.problem.refusal()
        return
    except ERRORS as error:
        yield problem_of(error, stream.count).refusal()
        return
    if message is not None:
        yield _member(number + 1, message, budget)


def _member(number: int, message: bytearray, budget: Budget) -> Member:
    most = budget.limits.member_bytes
    data: bytes | Problem = bytes(message) if len(message) <= most else budget.too_large(most)
    return Member(f"message-{number:06}.eml", data, "message/rfc822")
