"""Organisations, people and places in Chinese, by jieba's words and parts of speech and what stands around them."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cache
from operator import itemgetter

from docmill.annotate.countries.chinese import is_country
from docmill.annotate.lexicon import raw
from docmill.annotate.tokens import Mention

__all__ = ["find_chinese_names", "tag"]

Word = tuple[int, str, str]  # offset, word, part of speech
_INSIDE = frozenset(["n", "ns", "nz", "nr", "nt", "nrt", "nrfg", "j", "vn", "eng", "b", "an", "l"])
_PROPER = ("ns", "nz", "nr", "nt", "j", "eng")  # parts of speech
_MOST = 8  # words before a head noun
_HAN = re.compile(r"[\u3400-\u9fff]+")
_PERSON = range(2, 5)
_NAMES = ("nr", "nrt", "nrfg")  # parts of speech of people
_SCENERY = "山江河湖海"
_SHORT = 2  # characters that are too few to tell by their ending
_COMPOUND = 4  # characters that hold more than a head noun
_DOTS, _HYPHENS = "·•・", "－-"  # between the parts of a foreign name; the second also between those of its surname
_PARTICLES = "pcdu"  # what parts of speech of prepositions, conjunctions, adverbs and particles begin with
_FULL = 3  # characters of most names; two are often something else
_SAYS, _PAUSES = "称稱", ("，", "：", ",", ":")
_ADVERBS = "也还還则則均都又曾已就再亦并並和与與及等称稱说說日今后後前"  # before a verb
_REPORTERS, _REPORTS = ("记者", "記者"), ("摄", "攝", "报道", "報導", "報道")
_OF_PLACES = frozenset(
    ["时间", "時間", "大学", "大學", "学院", "學院", "银行", "銀行"]
)  # of which a place is only a part
_OFTEN = 3  # mentions that make a name of what nothing else shows to be one


def tag(text: str) -> list[Word]:
    """Words with offsets and parts of speech (ICTCLAS codes: nr person, ns place, nt organisation)."""
    import rjieba

    words, offset = list[Word](), 0
    for word, part in rjieba.tag(text):
        last = words[-1] if words else (0, "", "")
        if word[:-2] in _listed("heads") and word[-2:] in _listed("titles"):  # 大学教授
            words += [(offset, word[:-2], "n"), (offset + len(word) - 2, word[-2:], "n")]
        elif part == last[2] == "nr" and len(last[1]) == 1 and len(word) <= _SHORT and last[1] in raw("zh")["surnames"]:
            words[-1] = (last[0], last[1] + word, part)  # 陳 梅玉
        else:
            words.append((offset, word, part))
        offset += len(word)
    return words


def find_chinese_names(text: str, words: Sequence[Word]) -> list[Mention]:
    """Mentions of organisations, people and places in the order of their types."""
    organisations = _organisations(words)
    taken = {offset for mention in organisations for offset in range(mention.start, mention.end)}
    free = [word for word in words if word[0] not in taken]
    people = _people(text, words, taken)
    named = {mention.start for mention in people}
    return organisations + people + _places([word for word in free if word[0] not in named])


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(raw("zh")[key].split())


@cache
def _foreign() -> re.Pattern[str]:
    """A name written by its sounds: the first and last part end where something else begins."""
    sounds = f"[{''.join(raw('zh')['sounds'].split())}]"
    return re.compile(
        rf"{sounds}{{1,6}}[{_DOTS}](?:[\u4e00-\u9fff]{{1,7}}[{_DOTS}{_HYPHENS}]){{0,4}}?{sounds}{{1,7}}"
        rf"(?![{_DOTS}]|[{_HYPHENS}]?{sounds})"
    )


@cache
def _unnamed() -> frozenset[str]:
    return _listed("heads") | _listed("no_names")


def _organisations(words: Sequence[Word]) -> list[Mention]:
    heads, short, directions = (tuple(_listed(key)) for key in ("heads", "short_heads", "directions"))
    mentions: list[Mention] = []
    done = 0
    for i, (offset, word, part) in enumerate(words):
        short_name = (
            word.endswith(short)
            and (part == "nt" or (len(word) > _SHORT and part in ("n", "nz", "j")))
            and not word.endswith(directions)
        )
        if not _HAN.match(word) or not (word.endswith(heads) or short_name) or word in _listed("no_names"):
            continue
        start = i
        while start > done and i - start < _MOST and (_inside(words[start - 1]) or _verbal(words, start - 1, i)):
            start -= 1
        while start < i and words[start][1] in _listed("generic"):
            start += 1
        whole = "".join(w for _, w, _ in words[start : i + 1])
        common = word.endswith(tuple(_listed("common_heads"))) and not word.endswith(tuple(_listed("limited")))
        telling = _telling(words[start:i], proper=common)
        alone = part == "nt" or (len(word) > _COMPOUND and not common) or _office(word)
        if (telling or alone) and whole not in _unnamed() and not is_country(whole.removesuffix("公司")):
            if mentions and done > start:
                continue
            following = words[i + 1] if i + 1 < len(words) else (0, "", "")
            if following[1].endswith(heads) and _inside(following):
                continue  # the name goes on
            mentions.append(Mention(words[start][0], offset + len(word), "organisation"))
            done = i + 1
    return mentions


def _telling(words: Sequence[Word], *, proper: bool) -> bool:
    """Whether words before a head noun make a name of it: a proper name, or else a long word."""
    return any(p.startswith(_PROPER) or (len(w) > _SHORT and not proper) for _, w, p in words)


def _verbal(words: Sequence[Word], i: int, head: int) -> bool:
    """Whether a verb stands inside a name: 照明 in 蓝灯照明有限公司."""
    return (
        words[i][2] == "v" and i + 1 == head and i > 0 and words[i - 1][2] in ("ns", "nz", "n") and len(words[i][1]) > 1
    )


def _office(word: str) -> bool:
    """Whether a word is the name of a ministry or bureau by itself: 教育部."""
    return (
        len(word) > _SHORT
        and word.endswith(tuple(_listed("offices")))
        and not word.endswith(tuple(_listed("directions")))
    )


def _inside(word: Word) -> bool:
    return (
        (word[2] in _INSIDE or word[1] in ("与", "和", "暨"))
        and word[1] not in ("与", "和")
        and word[1] not in _listed("outside")
        and bool(re.match(r"\w", word[1]))
    )


def _people(text: str, words: Sequence[Word], taken: set[int]) -> list[Mention]:
    surnames, titles, verbs = raw("zh")["surnames"], _listed("titles"), _listed("verbs")
    spans = [_at_words(match, words) for match in _foreign().finditer(text) if match.start() not in taken]
    candidates: list[tuple[str, int, bool]] = []
    for i, (offset, word, part) in enumerate(words):
        if len(word) not in _PERSON or offset in taken or word in _listed("places"):
            continue
        only_titled = word[0] not in surnames if part in _NAMES else _is_scenic(word, part)
        if (part not in _NAMES and not only_titled) or f"{word}公司" in text:
            continue
        before, after = words[i - 1][1] if i else "", words[i + 1][1] if i + 1 < len(words) else ""
        name, after = _parted(word, before, after, text[offset + len(word) :][:3])
        shown = any(before.endswith(title) for title in titles) or after in titles or after in verbs
        if shown or not only_titled:
            candidates.append((name, offset, shown))
    known = {word for word, _, shown in candidates if shown}
    counted = Counter(word for word, _, _ in candidates if len(word) == _FULL)
    known |= {word for word, count in counted.items() if count >= _OFTEN}
    spans += [(offset, offset + len(word)) for word, offset, _ in candidates if word in known]
    return [Mention(start, end, "person") for start, end in spans]


def _is_scenic(word: str, part: str) -> bool:
    """Whether a word that jieba takes for a place may be a name that ends as mountains do: 钟南山."""
    return part == "ns" and len(word) == _FULL and word[0] in raw("zh")["surnames"] and word[-1] in _SCENERY


def _parted(word: str, before: str, after: str, following: str) -> tuple[str, str]:
    """A name and what follows, where jieba parts them otherwise.

    姜风 and 称 in 姜风称，; 盧育君 in 記者盧育君攝; 李家政 in 李家政表示.
    """
    if len(word) == _FULL and word[-1] in _SAYS and following[:1] in _PAUSES:
        return word[:-1], "说"
    if len(word) < _FULL and before in _REPORTERS and following[1:].startswith(_REPORTS):
        return word + following[0], after[1:]
    if len(word) < _FULL and len(after) == 1 and after not in _ADVERBS and following[1:] in _listed("verbs"):
        return word + after, following[1:]
    return word, after


def _at_words(match: re.Match[str], words: Sequence[Word]) -> tuple[int, int]:
    """Where a foreign name begins and ends: with whole words, and before a particle or verb.

    弟弟大卫·洛克菲勒 begins with 大卫, 劳伦斯·洛克菲勒于 ends before 于.
    """
    text, start, end = match.string, match.start(), match.end()
    offset, word, _ = words[bisect_right(words, start, key=itemgetter(0)) - 1]
    if text[offset + len(word)] in _DOTS:
        start = min(start, offset)
    start = _after_kin(text, start)
    last = bisect_left(words, end, key=itemgetter(0)) - 1
    offset, word, part = words[last]
    particle = len(word) == 1 and part[0] in (_PARTICLES + "v" if words[last - 1][2] in ("nr", "nrt") else _PARTICLES)
    if (particle or offset + len(word) > end) and text[offset - 1] not in _DOTS:
        end = offset
    return start, end


def _after_kin(text: str, start: int) -> int:
    """Where a foreign name begins after a relative or title, whose end may be taken for a sound: 主席约翰·米勒."""
    for at in (start - 1, start, start + 1):
        for kin in _listed("kin") | _listed("titles"):
            end = at + len(kin)
            if at >= 0 and text.startswith(kin, at) and end > start and text[end] not in _DOTS:
                return _after_kin(text, end)
    return start


def _places(words: Sequence[Word]) -> list[Mention]:
    """Known places, and words jieba takes for one that end as places do."""
    endings = tuple(_listed("place_endings"))
    return [
        Mention(offset, offset + len(word), "place")
        for i, (offset, word, part) in enumerate(words)
        if (
            word in _listed("places")
            or (part == "ns" and len(word) > _SHORT and word.endswith(endings) and word not in _listed("no_places"))
        )
        and not (i + 1 < len(words) and words[i + 1][0] == offset + len(word) and words[i + 1][1] in _OF_PLACES)
    ]
