"""Which keys of the inbox are documents: the patterns of the settings."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from fnmatch import translate

from docmill.keys import OWN_FOLDERS
from schemas.settings import Settings, split_location

__all__ = ["KeyRules", "composed"]


def composed(text: str) -> str:
    """A key or pattern with its accents in the one form: macOS writes them apart, keyboards do not."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


class KeyRules:
    """Tells documents from everything else in the inbox.

    A pattern without `/` is held against the key's last part, one with `/` against all that follows the inbox's prefix;
    `*` stands for anything, `/` too. Case counts; whether accents are composed or apart does not.
    """

    def __init__(self, settings: Settings) -> None:
        bucket, self._prefix = split_location(settings.inbox or "s3://unset")
        output_bucket, output_prefix = split_location(settings.output or "s3://unset-too")
        self._own = tuple(output_prefix + folder for folder in OWN_FOLDERS) if bucket == output_bucket else ()
        self._include = _Patterns(settings.include)
        self._exclude = _Patterns(settings.exclude)
        self._temporary = _Patterns(settings.temporary)
        self._refused = _Patterns((*settings.exclude, *settings.temporary))

    def is_output(self, key: str) -> bool:
        """Whether a key of the inbox's bucket is docmill's own: inbox and output may share one."""
        return bool(self._own) and key.startswith(self._own)

    def refusal(self, key: str, size: int) -> str | None:
        """Why an object is none of docmill's business, for a person; None if it is a document."""
        if not key.startswith(self._prefix):
            return f"it lies outside the inbox's prefix {self._prefix!r}"
        if key.endswith("/") and size == 0:
            return "it is a folder marker"
        if self.is_output(key):
            return "it is docmill's own output"
        return self._unmatched(key[len(self._prefix) :])

    def _unmatched(self, path: str) -> str | None:
        if not self._include.match(path):
            return "no pattern of the setting include matches it"
        if not self._refused.match(path):
            return None
        if pattern := self._exclude.which(path):
            return f"it is excluded by the pattern {pattern!r} of the setting exclude"
        return f"it is an upload under way, by the pattern {self._temporary.which(path)!r} of the setting temporary"


class _Patterns:
    """Some patterns as two expressions, so that a million keys are tried fast."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = tuple(patterns)
        self._names = _any(p for p in patterns if "/" not in p)
        self._paths = _any(p for p in patterns if "/" in p)
        self._all = "*" in patterns

    def match(self, path: str) -> bool:
        """Whether one matches."""
        if self._all:
            return True
        path = composed(path)
        if self._names and self._names(path[path.rfind("/") + 1 :]):
            return True
        return bool(self._paths and self._paths(path))

    def which(self, path: str) -> str | None:
        """The first that matches."""
        if not self.match(path):
            return None
        return next(pattern for pattern in self._patterns if _Patterns([pattern]).match(path))


def _any(patterns: Iterable[str]) -> Callable[[str], object] | None:
    joined = "|".join(translate(composed(pattern)) for pattern in patterns)
    return re.compile(joined).match if joined else None
