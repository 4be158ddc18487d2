"""Site memory: what stands in many documents of a site is its furniture, however it reads.

`docmill learn-sites` (docmill.learn.sites) finds what repeats and writes the profiles; here they are looked up. A
profile only ever takes away: what cleaning has dropped stays dropped.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from docmill.clean.line import WORD, Line
from docmill.errors import ConfigError
from schemas.document import Block, BlockKind, DocumentSource, RemovalReason

__all__ = [
    "MOST_CHARACTERS",
    "NOWHERE",
    "SiteMemory",
    "furniture",
    "furniture_at",
    "load_profiles",
    "logged",
    "path_key",
    "site_of",
    "text_key",
]

FORMAT = 1
MOST_CHARACTERS = 1_000  # longer blocks are never taken for furniture
EXEMPT = frozenset({BlockKind.TABLE, BlockKind.CODE})  # rows and listings repeat by nature
_LOGGED_CHARACTERS = 200
_MOST_OF_A_DOCUMENT = 0.5  # a document of which more than this would go is a copy of another, not furniture
_BUILT_IN = ("auto", "off")
_KEY_BYTES = 8

NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SiteMemory:
    """The profiles of all sites: each one's name and the keys of the texts and places that are furniture there."""

    sites: Mapping[str, frozenset[str]] = field(default_factory=dict)
    digest: str = ""  # of what decides, for the pipeline fingerprint

    def known(self, url: str | None, source: DocumentSource) -> frozenset[str]:
        """Keys of the furniture of the site a document is of; see `site_of`."""
        return self.sites.get(site_of(url, source), NOWHERE) if self.sites else NOWHERE


def load_profiles(setting: str) -> SiteMemory:
    """The profiles in a file; none for `off`, or for `auto`, which only a worker with an output location resolves.

    Raises:
        ConfigError: The file cannot be read, or is none of `docmill learn-sites`.
    """
    if setting in _BUILT_IN:
        return SiteMemory()
    try:
        sites = _parse(Path(setting).read_bytes())
        known = json.dumps({name: sorted(keys) for name, keys in sorted(sites.items())})
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        hint = "give a file that docmill learn-sites wrote, auto or off"
        raise ConfigError(f"the site profiles {setting} cannot be read: {error}", hint=hint) from error
    return SiteMemory(sites, hashlib.sha256(known.encode()).hexdigest())


def _parse(data: bytes) -> dict[str, frozenset[str]]:
    found = json.loads(data)
    if found["format"] != FORMAT:
        raise ValueError(f"its format is {found['format']}")
    return {
        name: frozenset(entry["key"] for entry in (*site["texts"], *site.get("signatures", ())))
        for name, site in found["sites"].items()
    }


def site_of(url: str | None, source: DocumentSource) -> str:
    """The site's name: the host of a document's own address, else the folder it lies in.

    Args:
        url: The canonical address, where the document declares one.
        source: Where it lies. A container is a folder of its members; folders without letters in their names, as of
            dates, do not count.
    """
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        host = None
    if host:
        return host.removeprefix("www.")
    path = f"{source.key}/{source.member}" if source.member else source.key
    folders = path.split("/")[:-1]
    return "/".join(part for part in folders if any(map(str.isalpha, part))) + "/"


def text_key(text: str) -> str | None:
    """The same for texts that differ in case, punctuation and space only; None where there are no letters."""
    folded = " ".join(WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
    if not any(map(str.isalpha, folded)):
        return None
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).hexdigest()


def path_key(path: str) -> str:
    """The key of a block's signature, never that of a text."""
    return hashlib.blake2b(path.encode("utf-8", "replace"), digest_size=_KEY_BYTES, person=b"path").hexdigest()


def furniture_at(
    known: frozenset[str], texts: Sequence[str], paths: Sequence[str], stays: Sequence[bool]
) -> frozenset[int]:
    """Numbers of the blocks that stay where their site has its furniture; none if they are most of what stays.

    Args:
        known: As `SiteMemory.known` gives it.
        texts: Of all blocks of a page.
        paths: Their signatures.
        stays: Whether each is kept otherwise.
    """
    places = {path for path in set(paths) if path_key(path) in known}
    gone = frozenset(number for number, path in enumerate(paths) if stays[number] and path in places)
    total = sum(len(text) for text, stay in zip(texts, stays, strict=True) if stay)
    return gone if sum(len(texts[number]) for number in gone) <= _MOST_OF_A_DOCUMENT * total else frozenset()


def furniture(known: frozenset[str], blocks: Iterable[Block | Line]) -> frozenset[str]:
    """Texts of the kept blocks that are their site's furniture; none if they are most of the document.

    Args:
        known: As `SiteMemory.known` gives it.
        blocks: What cleaning otherwise keeps.
    """
    if not known:
        return NOWHERE
    gone: set[str] = set()
    total = taken = 0
    for block in blocks:
        text = block.text
        total += len(text)
        if len(text) <= MOST_CHARACTERS and block.kind not in EXEMPT and text_key(text) in known:
            taken += len(text)
            gone.add(text)
    return NOWHERE if taken > _MOST_OF_A_DOCUMENT * total else frozenset(gone)


def logged(text: str, reason: RemovalReason) -> str:
    """What the removal log says of a text: furniture is logged whole, or it could not be counted again."""
    if len(text) <= _LOGGED_CHARACTERS:
        return text
    return text[: MOST_CHARACTERS if reason is RemovalReason.SITE_FURNITURE else _LOGGED_CHARACTERS]
