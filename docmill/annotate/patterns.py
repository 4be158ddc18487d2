"""What a pattern tells for certain: e-mail addresses, DOIs, patent numbers, sums of money."""

import re
from collections.abc import Iterable, Iterator

from docmill.annotate.characters import CJK
from docmill.annotate.tokens import Mention, Tokens

__all__ = ["find_patterned"]

_EMAIL = re.compile(
    rf"(?:(?<![\w.+-])|(?<=[{CJK}]))[A-Za-z0-9][A-Za-z0-9_.+-]{{0,63}}"
    rf"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,62}})\.)+[A-Za-z]{{2,24}}(?:(?![\w-])|(?=[{CJK}]))"
)
# Crossref's recommended pattern for DOIs.
_DOI = re.compile(r"(?:(?<=doi\.org/)|(?<![\w/.]))10\.\d{4,9}/[-._;()/:<>A-Za-z0-9]{0,200}[A-Za-z0-9)]", re.IGNORECASE)
_DOI_PREFIX = re.compile(r"10\.\d{4}")
# WIPO ST.16 kind codes after the number; offices as ISO 3166 or WIPO ST.3 codes.
_OFFICE = "US|EP|WO|CN|JP|KR|DE|FR|GB|RU|SU|CA|AU|IN|BR|TW|ES|IT|CH|AT|NL|SE|MX|EA|IL|ZA|SG|NZ"
_EUROPEAN = "DE|FR|GB|IT|ES|CH|AT|NL|SE"
_PATENT = re.compile(
    # Nine or eleven digits of a European office are a firm's VAT number, two years a span.
    rf"\b(?!(?:{_EUROPEAN}) ?(?:\d{{9}}|\d{{10,11}})\b)"
    rf"(?:{_OFFICE})[ -]?(?:(?:19|20)\d\d[ /-]?\d{{5,8}}|\d{{1,3}}(?:,\d{{3}}){{2}}|\d{{7,13}})(?:\.\d)?"
    r"(?: ?[ABCUYTS]\d?)?\b|\bPCT/[A-Z]{2}\d{2,4}/\d{5,6}\b|\bZL ?\d{12}\.[\dX]\b"
    r"|\b(?:U\.?S\.? )?Pat(?:ent)?\.? No\.? ?\d{1,2},\d{3},\d{3}\b"
)
_SCALE = (
    r"thousand|million|billion|trillion|mn|bn|k|m|millions?|milliards?|mille|mil|millones|mil millones|billones"
    r"|Millionen?|Milliarden?|Mio\.?|Mrd\.?|тыс\.?|тысяч\w?|млн\.?|миллион\w*|млрд\.?|миллиард\w*|трлн"
    r"|الف|ألف|مليون|ملايين|مليار|مليارات"
)
_CURRENCY = (
    r"dollars?|euros?|pounds? sterling|pounds|yen|yuan|renminbi|rupees?|rubles?|roubles?|francs?|riyals?|dirhams?"
    r"|pesos?|reais|dólares|libras|yuanes|rublos|Dollar|Euro|Franken|Rubel|Yuan|Pfund"
    r"|доллар\w*|евро|рубл\w+|юан\w+|фунт\w+|иен\w?|دولار\w*|يورو|ريال\w*|درهم\w*|يوان|جنيه\w*|دينار\w*"
)
_CODE = r"USD|EUR|GBP|JPY|CNY|RMB|RUB|CHF|CAD|AUD|INR|KRW|BRL|MXN|SAR|AED|EGP|ZAR|TRY|SEK|NOK|DKK|PLN|HKD|SGD"
_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f,.']\d{3}){1,6}(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,3})?"
_SCALED = rf"(?:{_NUMBER})(?![\d%])(?:[KMBT]\b|[\s-]?(?:{_SCALE})\b)?"
_SYMBOLS = "$€£¥₽₹₩₺"
_SYMBOL = re.compile(f"[{_SYMBOLS}]")
_AFTER_SYMBOL = re.compile(rf"[{_SYMBOLS}]\s?{_SCALED}")
_DOLLARS = re.compile(r"\b(?:US|A|C|HK|NZ|S|R)$")  # before the symbol
_AFTER_CODE = re.compile(rf"(?:{_CODE})\s?{_SCALED}")
_BEFORE_CURRENCY = re.compile(
    rf"(?<![\w.,])(?:{_NUMBER})(?:\s(?:{_SCALE}))?(?:\s(?:de|d['’]))?\s?"
    rf"(?:[{_SYMBOLS}](?!\d)|(?:US[ -]|U\.S\. |американских )?(?:(?:{_CODE}|{_CURRENCY})\b))"
)
# Won is a verb, and real an adjective, but after large sums.
_LARGE = re.compile(rf"(?<![\w.,])(?:\d{{1,3}}(?:[,.]\d{{3}})+|(?:{_NUMBER})\s(?:{_SCALE}))\s(?:won|reales)\b")
_CHINESE = re.compile(
    r"(?:人民币)?(?<!\d)\d[\d,.]{0,20}\s?[万亿千百]{0,2}\s?(?:美元|欧元|英镑|日元|人民币|港元|卢布|韩元|元)"
)
_VERBS = frozenset(["won", "reales"])
_CODES = frozenset(_CODE.split("|"))
_PATENTED = frozenset([*_OFFICE.split("|"), "PC", "ZL", "Pa", "U"])  # what a patent's number begins with


def find_patterned(tokens: Tokens) -> Iterator[Mention]:
    """Mentions of type email, doi, patent and money."""
    text = tokens.text
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Mention(match.start(), match.end(), "email", match[0].lower())
    for match in _DOI.finditer(text) if _DOI_PREFIX.search(text) else ():
        doi = _balanced(match[0])
        yield Mention(match.start(), match.start() + len(doi), "doi", doi.lower())
    for match in _matches(tokens, _PATENT, (i for i in tokens.capitals if tokens.words[i][:2] in _PATENTED)):
        yield Mention(match.start(), match.end(), "patent", re.sub(r"[\s,./-]|Pat(?:ent)?|No", "", match[0]))
    yield from _money(tokens)


def _matches(tokens: Tokens, pattern: re.Pattern[str], words: Iterable[int]) -> Iterator[re.Match[str]]:
    """Those that begin with one of the words, none inside another."""
    done = 0
    for i in words:
        if tokens.starts[i] >= done and (match := pattern.match(tokens.text, tokens.starts[i])):
            done = match.end()
            yield match


def _money(tokens: Tokens) -> Iterator[Mention]:
    text = tokens.text
    for symbol in _SYMBOL.finditer(text) if any(map(text.__contains__, _SYMBOLS)) else ():
        if match := _AFTER_SYMBOL.match(text, symbol.start()):
            before = _DOLLARS.search(text, max(0, symbol.start() - 3), symbol.start())
            yield Mention(before.start() if before else match.start(), match.end(), "money")
    coded = (i for i in tokens.capitals if tokens.words[i][:3] in _CODES)
    for match in (
        *_matches(tokens, _AFTER_CODE, coded),
        *_matches(tokens, _BEFORE_CURRENCY, tokens.figures),
        *(_matches(tokens, _LARGE, tokens.figures) if not tokens.vocabulary.isdisjoint(_VERBS) else ()),
    ):
        yield Mention(match.start(), match.end(), "money")
    if "元" in text or "镑" in text:
        for match in _CHINESE.finditer(text):
            yield Mention(match.start(), match.end(), "money")


def _balanced(doi: str) -> str:
    """Without the punctuation of the sentence and a closing bracket that belongs to it."""
    while doi.endswith((".", ",", ";", ":")) or (doi.endswith(")") and doi.count(")") > doi.count("(")):
        doi = doi[:-1]
    return doi
