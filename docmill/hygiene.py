"""Text hygiene, before cleaning: repair what a bad conversion did to the characters, before anything reads the blocks.

Blocks keep their number, order and lines. Each repair is tried only where a cheap search over the whole text finds
something to repair, so that sound text costs a few passes.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib.resources import files
from itertools import accumulate

import re2

from docmill.rows import rows_with
from docmill.stage import Extracted, Lines, Metadata
from schemas.document import Block

__all__ = ["CONJUNCTIONS", "tidy"]

_SOURCE = (files("docmill") / "hygiene.toml").read_text(encoding="utf-8")
_DATA = tomllib.loads(_SOURCE)
_NUMBERS = _DATA["numbers"]
CONJUNCTIONS = frozenset(_DATA["conjunctions"]["words"])
_PLACEHOLDER = re.compile("|".join(_DATA["placeholders"]["email"]), re.IGNORECASE)

# UTF-8 read as Latin-1, Windows-1252 or Windows-1251: lead bytes followed by continuation bytes.
_HIGH = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_HIGH_RE2 = _HIGH.replace("\x80-\xbf", r"\x{80}-\x{bf}")
_CYRILLIC_HIGH = "\xa0¤¦§©«¬\xad®°±µ¶·»–—‘’“”•…†‡‰€‚„‹›™№ЂЃѓЉЊЌЋЏђљњќћџЎўЈҐЁЄЇІіґёєјЅѕї"
_MOJIBAKE = re.compile(f"[Â-ß][{_HIGH}]|[à-ï][{_HIGH}]{{2}}|ð[{_HIGH}]{{3}}|вЂ.|(?:[РС][{_CYRILLIC_HIGH}]){{3}}")
_SEVERAL_SPACES = re.compile(r" {2,}")

# Tab and line feed stay. Joiners stay where a script or an emoji needs them.
_JUNK = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0001-\U000e007f]"
    "|(?<![\u0590-\u08ff\u0900-\u0dff\u0e80-\u109f\u1780-\u18af\ufb50-\ufeff\ufe0f\u2600-\u27bf\U0001f000-\U0001faff])[\u200c\u200d]"
)
_ODD_BREAK = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_SOFT_HYPHEN = re.compile("\xad(?:[ \t]*\n[ \t]*)?")
_HYPHEN_BREAK = re.compile(r"(?<=[^\W\d_])[-‐][ \t]*\n[ \t]*(?=[^\W\d_])")
_LINE_HYPHEN = re.compile(r"([^\W\d_]{2,})[-‐\xad]$")
_LINE_REST = re.compile(r"([^\W\d_]{2,})([.,;:!?)\]\"'”’»]*)(?:\s+|$)")
# Private characters: what they are, only a font knows; beside Chinese letters they may be letters of old encodings, but
# for one that GB 18030 makes of a blank.
_PRIVATE = re.compile("\ue5e5|(?<![\u2e80-\u9fff])[\ue000-\uf8ff](?![\u2e80-\u9fff])")
_PRIVATE_BULLET = re.compile(r"^[\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf06e](?=\s)", re.MULTILINE)
_PRIVATE_LIGATURE = re.compile(r"(?<=[a-z])[\uf001\uf002]|[\uf001\uf002](?=[a-z])")
_GLUED = re2.compile(r"\pL*\p{Ll}{2}[.!?,;]?\p{Lu}\p{Ll}{2}\pL*")


def tidy(extracted: Extracted) -> Extracted:
    """The same blocks or lines, their text repaired; with a warning of what can only be reported."""
    blocks, page, lines = extracted.blocks, extracted.page, extracted.lines
    text = "\n".join(_texts(extracted))
    steps = _steps_for(text)
    if steps and page is not None:
        found = _all_repaired(page.block_text, steps)
        page = replace(page, block_text=[new or old for new, old in zip(found, page.block_text, strict=True)])
    elif steps and lines is not None:
        whole = _joined(lines) if _without_line_hyphens in steps else lines.texts
        lines = replace(lines, texts=_all_repaired(whole, steps))
    elif steps:
        found = _all_repaired([block.text for block in blocks], steps)
        blocks = tuple(_with_text(block, text) for block, text in zip(blocks, found, strict=True))
    metadata = _repaired_metadata(extracted.metadata)
    warnings = extracted.warnings + _glued_warning(text)
    return replace(extracted, blocks=blocks, page=page, lines=lines, metadata=metadata, warnings=warnings)


def _texts(extracted: Extracted) -> Sequence[str]:
    if extracted.page is not None:
        return extracted.page.block_text
    if extracted.lines is not None:
        return extracted.lines.texts
    return [block.text for block in extracted.blocks]


def _repaired_metadata(metadata: Metadata) -> Metadata:
    """What people wrote in it: the title, the names of authors and site."""
    title, site = metadata.title, metadata.site_name
    return replace(
        metadata,
        title=title and _repaired(title, _steps_for(title)),
        site_name=site and _repaired(site, _steps_for(site)),
        authors=tuple(_repaired(author, _steps_for(author)) or author for author in metadata.authors),
    )


Step = Callable[[str], str]


def _steps_for(text: str) -> list[Step]:
    """The repairs that a text may need, in the order they are made."""
    steps = [_STEPS[index] for index in sorted(_SUSPECTS.Match(text.encode("utf-8", "replace")) or ())]
    # What stood between a letter and its accent may be taken out.
    if not text.isascii() and (steps or not unicodedata.is_normalized("NFC", text)):
        steps.append(_composed)
    return steps


def _repaired(text: str, steps: Iterable[Step]) -> str:
    for step in steps:
        text = step(text)
    return text


def _all_repaired(texts: list[str], steps: list[Step]) -> list[str]:
    """Texts, those repaired in which a suspect stands: the others the repairs would leave as they are."""
    parts = [text.encode("utf-8", "replace") for text in texts]
    ends = list(accumulate([len(part) + 1 for part in parts]))
    whole = b"\n".join(parts)
    touched = {at for at, text in enumerate(texts) if not (text.isascii() or unicodedata.is_normalized("NFC", text))}
    for pattern in [_PATTERNS[step] for step in steps if step in _PATTERNS]:
        touched.update(rows_with(pattern, whole, ends))
    return [_repaired(text, steps) if at in touched else text for at, text in enumerate(texts)]


def _with_text(block: Block, text: str) -> Block:
    return block if text == block.text else block.model_copy(update={"text": text})


def _without_mojibake(text: str) -> str:
    if not _MOJIBAKE.search(text):
        return text
    from ftfy import fix_encoding  # most documents never need it

    return str(fix_encoding(text))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _plain_breaks(text: str) -> str:
    return _ODD_BREAK.sub(" ", text).strip()


def _without_soft_hyphens(text: str) -> str:
    return _SOFT_HYPHEN.sub("", text)


def _without_junk(text: str) -> str:
    return _JUNK.sub("", text).strip()


def _without_private(text: str) -> str:
    """Signs of symbol fonts: bullets as one, ligatures as letters, others as the blank they are without their font."""
    text = _PRIVATE_BULLET.sub("•", text)
    text = _PRIVATE_LIGATURE.sub(lambda sign: "fi" if sign[0] == "\uf001" else "fl", text)
    return _SEVERAL_SPACES.sub(" ", _PRIVATE.sub(" ", text)).strip()


def _without_line_hyphens(text: str) -> str:
    """Within a block of several lines: `exam-` and `ple` are one word; `well-` and `Known` are not."""

    def whole(found: re.Match[str]) -> str:
        rest = _LINE_REST.match(text, found.end())
        if rest and rest[1] in CONJUNCTIONS:
            return "- "
        return "" if text[found.end()].islower() else "-"

    return _HYPHEN_BREAK.sub(whole, text)


def _goes_on(word: str) -> bool:
    """Whether what begins a line may be the rest of a word: not the `und` of `Ein- und Ausgang`."""
    return word.islower() and word not in CONJUNCTIONS


def _without_placeholders(text: str) -> str:
    """Take out `[email protected]` and the like; a block that is nothing else stays, for cleaning to log."""
    rest = _SEVERAL_SPACES.sub(" ", _PLACEHOLDER.sub("", text)).strip()
    return rest if any(c.isalnum() for c in rest) else text


def _joined(lines: Lines) -> list[str]:
    """Lines of a dump of which one ends in a hyphen and the next one continues the word."""
    joined = list(lines.texts)
    vocabulary: set[str] | None = None
    for index in range(len(joined) - 1):
        first, second = joined[index], joined[index + 1]
        if not (head := _LINE_HYPHEN.search(first)):
            continue
        rest = _LINE_REST.match(second)
        wrapped = len(first) >= _NUMBERS["wrapped_characters"] and not lines.items[index + 1]
        follows = lines.numbers[index + 1] == lines.numbers[index] + 1
        if wrapped and follows and rest and rest.end() < len(second) and _goes_on(rest[1]):
            if vocabulary is None:
                vocabulary = {word.lower() for line in lines.texts for word in line.split()}
            known = not first.endswith("\xad") and f"{head[1]}-{rest[1]}".lower() in vocabulary
            joined[index] = first[:-1] + ("-" if known else "") + rest[1] + rest[2]
            joined[index + 1] = second[rest.end() :]
    return joined


def _glued_warning(text: str) -> tuple[str, ...]:
    """Words that lost the space between them are not guessed apart, only reported."""
    glued = _GLUED.findall(text[: _NUMBERS["glued_sample"]].encode("utf-8", "replace"))
    if len(glued) < _NUMBERS["glued_words"]:
        return ()
    words = text[: _NUMBERS["glued_sample"]].count(" ") + 1
    if len(glued) < _NUMBERS["glued_share"] * words:
        return ()
    return (f"glued_words: {len(glued)} of {words} words look like two run together, such as {glued[0].decode()[:40]}",)


def _suspects(patterns: Iterable[str]) -> re2.Set:
    found = re2.Set.SearchSet(re2.Options())
    for pattern in patterns:
        found.Add(pattern)
    found.Compile()
    return found


# What may need which repair, searched for in one pass; the repairs themselves look closer.
_REPAIRS: tuple[tuple[str, Step], ...] = (
    (
        f"[Â-ß][{_HIGH_RE2}]|[à-ï][{_HIGH_RE2}]{{2}}|ð[{_HIGH_RE2}]{{3}}|вЂ.|(?:[РС][{_CYRILLIC_HIGH}]){{3}}",
        _without_mojibake,
    ),
    (r"[\x0b\x0c\x{85}\x{2028}\x{2029}]", _plain_breaks),
    (r"\x{ad}", _without_soft_hyphens),
    (
        (
            r"[\x00-\x08\x0e-\x1f\x7f-\x{84}\x{86}-\x{9f}\x{34f}\x{61c}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{feff}"
            r"\x{fff9}-\x{fffb}\x{e0001}-\x{e007f}]"
        ),
        _without_junk,
    ),
    (r"[\x{e000}-\x{f8ff}]", _without_private),
    (r"\pL[-‐\x{ad}][ \t]*\n", _without_line_hyphens),
    ("(?i)" + "|".join(_DATA["placeholders"]["email"]), _without_placeholders),
)
_STEPS = tuple(step for _, step in _REPAIRS)
_PATTERNS = {step: re2.compile(pattern) for pattern, step in _REPAIRS}
_SUSPECTS = _suspects(pattern for pattern, _ in _REPAIRS)
