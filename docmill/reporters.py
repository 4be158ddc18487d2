"""Reporters: the names that stand after a title in Chinese bylines and in the first sentence of reports.

As in `本报北京3月4日电（记者 王小明、李大伟）`, `记者王小明报道` or `文/王小明`. Korean ones sign below: `김민준 기자`.
"""

import re

from docmill.annotate.lexicon import raw

__all__ = ["is_sentence", "may_name_reporters", "reporters_in", "signed_reporters"]

_BEGINNING = 80  # characters of a text in which its reporters are named
_SENTENCE, _STOPS = 25, ("。", "。”", "。」", "！", "？")  # characters, and how it ends
_SIGNS = ("者", "撰文", "通讯员", "通訊員", "文 ", "文:", "文：", "文/", "文／", "文╱", "文|")
_SURNAMES = "".join(raw("zh")["surnames"].split())
_NAME = rf"(?:[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][ \u3000][\u4e00-\u9fff](?![\u4e00-\u9fff]))"
_REPORTERS = re.compile(
    r"(?:记者|記者|作者|撰文|通讯员|通訊員|(?<![\u4e00-\u9fff])文(?=[\s:：/／╱|]))[\s:：/／╱|]{0,3}"
    rf"({_NAME}(?:(?:[、，,／/]|[ \u3000]{{1,2}}(?!(?:记者|記者|通讯员|通訊員|报道|報導|報道|摄|攝))){_NAME})*)"
    r"(?:$|(?=[\s）)】\]/／╱|｜・·;；]|(?:综合)?(?:报道|報導|報道|报导|电|電|讯|訊)|摄|攝))"
)
_PARTED = re.compile(r"[、，,／/]|[ \u3000]+(?=[\u4e00-\u9fff]{2})")

_TITLE = r"(?:인턴|선임|수석|객원|전문)?(?:기자|특파원|논설위원)"
_KOREAN_NAME = rf"(?!{_TITLE}|인턴|선임|수석|객원|전문)[가-힣]{{2,4}}"
_KOREAN = re.compile(  # a place may stand before
    rf"[\s\[(/=▶■●]*(?:{_KOREAN_NAME}[\s=/]\s?)?((?:{_KOREAN_NAME}\s?(?:{_TITLE}|[,·ㆍ])[\s,·ㆍ]{{0,3}}){{0,3}}"
    rf"{_KOREAN_NAME}\s?{_TITLE})[\s\])/=]*(?:[\w.+-]+@[\w.-]+)?\W*"
)
_KOREANS = re.compile(rf"({_KOREAN_NAME})\s?(?:{_TITLE}(?![가-힣])|[,·ㆍ])")


def signed_reporters(text: str) -> list[str]:
    """The Korean reporters whose signature a text is; none of another text."""
    if "기자" not in text and "특파원" not in text and "논설위원" not in text:
        return []
    signed = _KOREAN.fullmatch(text)
    return list(dict.fromkeys(_KOREANS.findall(signed[1]))) if signed else []


def is_sentence(text: str) -> bool:
    """Whether a text is a sentence of Chinese or Japanese, which say as much in less room, and so no byline."""
    return len(text) > _SENTENCE and text.endswith(_STOPS)


def may_name_reporters(text: str) -> bool:
    """Whether a text has a title of reporters; none in other languages."""
    return not text.isascii() and any(sign in text for sign in _SIGNS)


def reporters_in(text: str) -> list[str]:
    """The reporters that the beginning of a text names, each once."""
    if not may_name_reporters(beginning := text[:_BEGINNING]):
        return []
    named = [name for names in _REPORTERS.findall(beginning) for name in _PARTED.split(names)]
    return list(dict.fromkeys("".join(name.split()) for name in named))
