"""Documents of a JSON Lines file: each line an object with a text of its own."""

from itertools import islice

from docmill.containers.base import Budget, Member, Problem, TooMuchError, Yield
from docmill.containers.lines import lines
from docmill.containers.unpack import ERRORS, Metered, problem_of
from docmill.json_text import parsed
from schemas.document import Reason

__all__ = ["are_documents", "read_jsonl"]

# Where collections of documents keep the text: Common Crawl derivatives, Hugging Face data sets, search indexes' dumps.
_TEXTS = ("text", "content", "body", "html", "raw_content", "markdown")
_LOOKED_AT = 10  # lines


def are_documents(head: bytes) -> bool:
    """Whether the first lines are objects that each hold a document's text, rather than records of data.

    Of some the text may be empty or the line broken: that is for these to say, not for the others.
    """
    complete = head.split(b"\n")[:-1] or [head]
    found = [_texts_of(line) for line in islice(complete, _LOOKED_AT) if line.strip()]
    return all(texts != [] for texts in found) and 2 * sum(any(texts or ()) for texts in found) >= len(found) > 0


def read_jsonl(stream: Metered, budget: Budget) -> Yield:
    """The lines, named by their numbers; a broken one is `corrupt` by itself."""
    number, most = 0, budget.limits.member_bytes
    line = bytearray()
    try:
        for piece in lines(stream):
            if len(line) <= most:
                line += piece
            if piece.endswith(b"\n"):
                number += 1
                if line.strip():
                    yield _member(number, bytes(line), budget)
                line.clear()
    except TooMuchError as error:
        yield error.problem.refusal()
        return
    except ERRORS as error:
        yield problem_of(error, stream.count).refusal()
        return
    if line.strip():
        yield _member(number + 1, bytes(line), budget)


def _member(number: int, line: bytes, budget: Budget) -> Member:
    name, most = f"line-{number:06}.json", budget.limits.member_bytes
    if len(line) > most:
        return Member(name, budget.too_large(most))
    try:
        parsed(line)
    except (ValueError, RecursionError) as error:
        return Member(name, Problem(Reason.CORRUPT, f"Line {number} is no JSON: {error}."))
    return Member(name, line.strip(), "application/json")


def _texts_of(line: bytes) -> list[str] | None:
    """What a line's object has where texts are kept, if that is text or null; None of what is no JSON."""
    try:
        record = parsed(line)
    except (ValueError, RecursionError):
        return None
    texts = [record[name] or "" for name in _TEXTS if name in record] if isinstance(record, dict) else []
    return [text.strip() for text in texts if isinstance(text, str)]
