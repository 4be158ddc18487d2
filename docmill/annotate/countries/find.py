"""Find the countries a text names, by name, acronym or demonym, and leave out what only looks like one."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress
from operator import attrgetter

from docmill.annotate.countries.gazetteer import Entry, Node, fold, gazetteer, table
from docmill.annotate.tokens import Tokens

__all__ = ["CountryMention", "find_countries"]

_GAP = re.compile(r"[\s'’.\-‐-―·]{1,2}")  # between the words of one name
_STOPPED = re.compile(r"[.,;:!?)\]»”\"،؛؟]")
_CHAINED = re.compile(r"\s*(?:[,/،-]|,?\s*(?:and|or|et|ou|y|e|o|und|oder|и|или))\s*|\s+")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:\n]\s*[\"“«(]?|[\n•–—-]\s)\s*$")
_AROUND = 160  # characters that may tell one Georgia from the other
_CASELESS = ("ar",)


@dataclass(frozen=True, slots=True)
class CountryMention:
    """Where a text names a country."""

    start: int
    end: int
    code: str  # ISO 3166-1 alpha-2


@dataclass(slots=True)
class _Hit:
    start: int  # of words
    end: int
    entry: Entry


class _Reader:
    """One text, read with one language's gazetteer."""

    def __init__(self, tokens: Tokens, language: str) -> None:
        self.text, self.language = tokens.text, language
        self.starts, self.ends, self.words = tokens.starts, tokens.ends, tokens.words
        self.folded, self._vocabulary = tokens.folded, tokens.vocabulary
        self._at = tokens.at
        if language in _CASELESS:
            self._at = self._folded_at
            self.folded = [fold(word, language) for word in tokens.words]
            self._vocabulary = frozenset(self.folded)
        self.lowercased = tokens.lowercased
        self._line = 0, 0, False  # begin and end of the line looked at last, and whether it is in capitals

    def _folded_at(self, folded: frozenset[str]) -> list[int]:
        return list(compress(range(len(self.folded)), map(folded.__contains__, self.folded)))

    def mentions(self) -> list[CountryMention]:
        """What is left of the hits after each has been judged by what stands around it."""
        hits = [hit for hit in self._hits() if self._cased(hit)]
        languages = self._languages(hits)
        return [
            CountryMention(self.starts[hit.start], self.ends[hit.end - 1], hit.entry.code)
            for hit in hits
            if hit.entry.code and id(hit) not in languages and not self._elsewhere(hit, hits)
        ]

    def _hits(self) -> Iterable[_Hit]:
        """The longest entries, left to right."""
        root, done = gazetteer(self.language), 0
        begin = root.follow.keys() & self._vocabulary  # few: they are found again sooner than among all
        if not begin:
            return
        for i in self._at(frozenset(begin)):
            if i >= done and (hit := self._longest(root, i)):
                yield hit
                done = hit.end

    def _longest(self, root: Node, i: int) -> _Hit | None:
        node, found, j = root, None, i
        while j < len(self.folded) and (following := node.follow.get(self.folded[j])):
            if j > i and not _GAP.fullmatch(self._gap(j)):
                break
            node, j = following, j + 1
            if node.entry:
                found = _Hit(i, j, node.entry)
        return found

    def _gap(self, i: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.ends[i - 1] if i else 0 : self.starts[i]]

    def _surface(self, i: int) -> str:
        return self.words[i]

    def _after(self, hit: _Hit) -> tuple[str, str]:
        """What follows: the gap and the folded word."""
        end = self.ends[hit.end - 1]
        if hit.end == len(self.words):
            return self.text[end:], ""
        return self.text[end : self.starts[hit.end]], self.folded[hit.end]

    def _cased(self, hit: _Hit) -> bool:
        """Whether its letters' case fits: `US` is not `us`, nor `Turkey` `turkey`."""
        entry, surface = hit.entry, self._surface(hit.start)
        if entry.kind in ("hidden", "language") or self.language in _CASELESS:
            return True
        before = self.folded[hit.start - 1] if hit.start else ""
        if entry.kind == "acronym":
            return self._acronym(hit, before)
        if entry.kind == "combining":
            return self._after(hit)[0] == "-"
        if self.lowercased:
            return True
        if entry.kind == "demonym" and self.language != "en" and not surface[0].isupper():
            return not (
                self.language == "de"
                and not self.folded[hit.end - 1].rstrip("enrsm").endswith(("isch", "deutsch", "tsch"))
            )
        return surface[0].isupper()

    def _acronym(self, hit: _Hit, before: str) -> bool:
        start, end = self.starts[hit.start], self.ends[hit.end - 1]
        whole = self.text[start:end]
        if not self.lowercased:
            return whole.isupper() and (before == "the" or whole != "US" or not self._shouted(start))
        return whole != "us" or before == "the" or self.text[start - 1 : start] + self.text[end : end + 1] == "()"

    def _shouted(self, place: int) -> bool:
        """Whether a line, found by a place in it, is in capitals; lines are asked for in order."""
        begin, end, shouted = self._line
        if not begin <= place < end:
            begin, end = self.text.rfind("\n", 0, place) + 1, self.text.find("\n", place)
            end = end if end >= 0 else len(self.text)
            shouted = self.text[begin:end].isupper()
            self._line = begin, end, shouted
        return shouted

    def _languages(self, hits: Sequence[_Hit]) -> set[int]:
        """Hits that name a language: after `in` or before `language`, and those strung together with them."""
        rules = table(self.language).get("languages", {})
        before, after = set(rules.get("before", "").split()), set(rules.get("after", "").split())
        bare = set(rules.get("bare_before", "").split())
        named: set[int] = set()
        for last, hit in zip([None, *hits], hits, strict=False):
            if hit.entry.kind not in ("demonym", "language"):
                continue
            gap, following = self._after(hit)
            preceded = hit.start > 0 and self.folded[hit.start - 1] in before
            chained = last is not None and id(last) in named and self._chained(last, hit)
            if (
                following in after
                or self._german_language(hit)
                or (self._bare(hit, gap, following, bare) and (preceded or chained))
            ):
                named.add(id(hit))
        for hit, following_hit in zip(reversed(hits[:-1]), reversed(hits[1:]), strict=True):
            if id(following_hit) in named and hit.entry.kind == "demonym" and self._chained(hit, following_hit):
                named.add(id(hit))
        return named

    def _german_language(self, hit: _Hit) -> bool:
        """German writes a language as a noun without ending: `Spanisch`."""
        folded = self.folded[hit.end - 1]
        capital = self._surface(hit.start)[0].isupper() and not self._initial(hit.start)
        spoken = folded.endswith(("isch", "deutsch")) or (folded.endswith("ischen") and not self._qualifies(hit))
        return self.language == "de" and capital and spoken

    def _qualifies(self, hit: _Hit) -> bool:
        """Whether a capitalised word, in German a noun, follows."""
        return hit.end < len(self.words) and self._gap(hit.end) == " " and self._surface(hit.end)[0].isupper()

    def _bare(self, hit: _Hit, gap: str, following: str, bare: set[str]) -> bool:
        """Whether a demonym stands alone, qualifying nothing."""
        if self.language == "ar":
            return True
        capital = self._surface(hit.start)[0].isupper()
        if self.language in ("fr", "es") and (capital or self._plural(hit)):
            return False
        if self.language == "de":
            return capital and (bool(_STOPPED.search(gap)) or not self._qualifies(hit))
        return not following or bool(_STOPPED.search(gap)) or following in bare

    def _plural(self, hit: _Hit) -> bool:
        """Spanish and French name people by plurals, languages never."""
        folded = self.folded[hit.end - 1]
        return folded.endswith("s") and not folded.endswith(("és", "ais", "ois"))

    def _chained(self, hit: _Hit, following: _Hit) -> bool:
        between = self.text[self.ends[hit.end - 1] : self.starts[following.start]]
        if self.language == "ar":
            return between.isspace() and self.folded[following.start].startswith("و")
        return bool(between.strip()) and bool(_CHAINED.fullmatch(between))

    def _elsewhere(self, hit: _Hit, hits: Sequence[_Hit]) -> bool:
        """Whether the word is somebody's name, another place or a common word."""
        data, word = table(self.language), self.folded[hit.start]
        if self.language == "ar":
            return word in _folded(self.language, "cautious") and not self._introduced(hit)
        if word in _folded(self.language, "not_initial") and self._initial(hit.start):
            following = bisect_left(hits, hit.end, key=attrgetter("start"))
            return following == len(hits) or not self._chained(hit, hits[following])
        if self._kin(hit) or (hit.entry.kind == "name" and self._water(hit)):
            return True
        cues = data.get("elsewhere", {}).get(word)
        if cues and hit.entry.kind == "name":
            start = self.starts[hit.start]
            around = fold(self.text[max(0, start - _AROUND) : start + _AROUND], self.language)
            if any(cue in around for cue in cues):
                return True
        return (
            hit.entry.kind == "name"
            and not self.lowercased
            and word in _folded(self.language, "guarded")
            and self._among_names(hit)
        )

    def _kin(self, hit: _Hit) -> bool:
        """Whether it is somebody's name by the word before: `my uncle Chad`."""
        kin, guarded = table(self.language).get("kin", "").split(), _folded(self.language, "guarded")
        before = hit.start > 0 and self.folded[hit.start - 1] in kin and self._gap(hit.start) in (" ", ". ")
        return before and (self.folded[hit.start] in guarded or self.language == "de")

    def _water(self, hit: _Hit) -> bool:
        """Whether it is part of a river's or a sea's name."""
        gap, following = self._after(hit)
        waters = table(self.language).get("waters", "").split()
        return gap == " " and following in waters and self._surface(hit.end)[0].isupper()

    def _introduced(self, hit: _Hit) -> bool:
        return hit.start > 0 and self.folded[hit.start - 1] in table(self.language)["introduced"].split()

    def _initial(self, i: int) -> bool:
        return bool(_SENTENCE_START.search(self.text[max(0, self.starts[i] - 4) : self.starts[i]]))

    def _among_names(self, hit: _Hit) -> bool:
        """Whether a capitalised word stands right beside it that makes no title or office of it."""
        titles, known = set(table(self.language)["titles"].split()), gazetteer(self.language).follow
        i, j = hit.start - 1, hit.end
        if i >= 0 and self._gap(hit.start) == " " and self._part_of_name(i) and not self._initial(i):
            return self.folded[i] not in titles
        if j < len(self.words) and self._gap(j) == " " and self._part_of_name(j):
            return self.folded[j] not in titles and self.folded[j] not in known
        return False

    def _part_of_name(self, i: int) -> bool:
        surface = self._surface(i)
        return surface[0].isupper() and not surface.isupper()


@cache
def _folded(language: str, key: str) -> frozenset[str]:
    return frozenset(fold(word.strip(), language) for word in table(language).get(key, "").split(","))


def find_countries(tokens: Tokens, language: str) -> list[CountryMention]:
    """The countries a text in a language of spaced words names, in order; for Chinese see `chinese_countries`."""
    return _Reader(tokens, language).mentions()
