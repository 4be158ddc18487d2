"""Inflection: the forms a country's name or demonym takes in a language, by its regular paradigms.

Each function takes one word in its dictionary form and returns every form of it in lower case.
"""

from collections.abc import Callable, Iterable

__all__ = ["DEMONYM", "NAME"]

_RU_ADJECTIVE = ["ий", "ая", "ое", "ие", "ого", "ой", "ому", "ую", "им", "ом", "их", "ими", "ою", "о"]  # российско-
_RU_MASCULINE = ["", "а", "у", "ом", "е", "ы", "и", "ов", "ам", "ами", "ах"]
_RU_SOFTENED = ["", "а", "у", "ем", "ом", "е", "ы", "ев", "ов", "ам", "ами", "ах"]  # китайцем, китайцев
_RU_FEMININE = ["а", "и", "е", "у", "ой", "ам", "ами", "ах"]
_RU_CITIZEN = ["ин", "ина", "ину", "ином", "ине", "е", "", "ам", "ами", "ах"]  # россиянин, россияне
_RU_NAME = {  # ending of the nominative, and what takes its place in the other cases
    "ия": "ия ии ию ией",
    "ея": "ея еи ее ею еей",
    "ья": "ья ьи ье ью ьей",
    "ая": "ая ой ую",
    "ий": "ий ого ому им ом",
    "ый": "ый ого ому ым ом",
    "ое": "ое ого ому ым ом",
    "ие": "ие их им ими",
    "ые": "ые ых ым ыми",
    "ова": "ова ов овам овами овах овы ове ову овой",  # острова, Молдова
    "а": "а ы и е у ой",
    "я": "я и е ю ей",
    "й": "й я ю ем е",
    "ь": "ь я ю ем е и ью",
    "ы": "ы ов ам ами ах",
}
_AR_CLITICS = ["", "و", "ف", "ب", "ل", "ك", "وب", "ول", "فب", "فل", "وك"]
_AR_NISBA = ["", "ه", "ين", "ون", "ات", "تين"]
_DE_ADJECTIVE = ["", "e", "en", "er", "es", "em"]
_DE_NOUN = {"er": ["er", "ers", "ern", "erin", "erinnen"], "e": ["e", "en", "in", "innen"]}
_ES = {"és": "és esa eses esas", "án": "án ana anes anas", "ón": "ón ona ones onas", "o": "o a os as"}
_FR = {"en": "en enne ens ennes", "on": "on onne ons onnes", "ois": "ois oise oises", "ais": "ais aise aises"}


def _replaced(word: str, endings: dict[str, str]) -> list[str] | None:
    for ending, others in endings.items():
        if word.endswith(ending):
            return [word.removesuffix(ending) + other for other in others.split()]
    return None


def _en(word: str) -> Iterable[str]:
    return [word, word + "s"] if word[-1] not in "shn" or word.endswith(("an", "on", "nn")) else [word]


def _fr(word: str) -> Iterable[str]:
    if word.endswith("s"):
        return _replaced(word, _FR) or [word]
    return _replaced(word, _FR) or (
        [word, word + "s"] if word.endswith("e") else [word + e for e in ("", "e", "s", "es")]
    )


def _es(word: str) -> Iterable[str]:
    if word.endswith(("í", "ú")):
        return [word, word + "es", word + "s"]
    if word.endswith("ol"):
        return [word + ending for ending in ("", "a", "es", "as")]
    if word.endswith(("l", "r")):
        return [word, word + "es"]
    return _replaced(word, _ES) or [word, word + "s"]


def _de(word: str) -> Iterable[str]:
    if word.endswith(("isch", "deutsch")):
        return [word + ending for ending in _DE_ADJECTIVE]
    for ending, others in _DE_NOUN.items():
        if word.endswith(ending):
            return [word.removesuffix(ending) + other for other in others]
    return [word + ending for ending in ("", "s", "n", "en", "in", "innen")]


def _de_name(word: str) -> Iterable[str]:
    return [word, word + "s"]


def _ru(word: str) -> Iterable[str]:
    """`stem-` is an adjective's or a woman's stem, `nominative/stem` a man's."""
    nominative, _, stem = word.partition("/")
    if stem:
        if nominative == stem + "ин":
            return [stem + ending for ending in _RU_CITIZEN]
        endings = _RU_SOFTENED if stem.endswith("ц") else _RU_MASCULINE
        return [nominative, *(stem + ending for ending in endings if ending or nominative == stem)]
    stem = word.removesuffix("-")
    if stem.endswith(("янк", "чанк", "енк", "женк")) or not stem.endswith(("ск", "цк", "ецк")):
        return [stem + ending for ending in _RU_FEMININE] + [stem[:-1] + "ок"]
    return [stem + ending for ending in _RU_ADJECTIVE]


def _ru_name(word: str) -> Iterable[str]:
    if word.isupper():
        return [word]
    return _replaced(word, _RU_NAME) or (
        [word] if word[-1] in "оеуюэё" else [word + ending for ending in ("", "а", "у", "ом", "е")]
    )


def _ar(word: str) -> Iterable[str]:
    forms = [word + ending for ending in _AR_NISBA] if word.endswith("ي") else [word]
    definite = [("ال" + form) for form in forms]
    return [clitic + form for form in forms for clitic in _AR_CLITICS] + [
        # In bare بال- + feminine, as in بالصينيه, it is the language.
        joined
        for form in definite
        for clitic in _AR_CLITICS
        if not ((joined := _joined(clitic, form)).startswith("بال") and form.endswith("يه"))
    ]


def _ar_name(word: str) -> Iterable[str]:
    """With the article, or with letters that are only spelled like it: ألمانيا."""
    return dict.fromkeys(form for clitic in _AR_CLITICS for form in (_joined(clitic, word), clitic + word))


def _joined(clitic: str, word: str) -> str:
    """`ل` and the article become `لل`."""
    return clitic + word.removeprefix("ا") if clitic.endswith("ل") and word.startswith("ال") else clitic + word


def _same(word: str) -> Iterable[str]:
    return [word]


DEMONYM: dict[str, Callable[[str], Iterable[str]]] = {"en": _en, "fr": _fr, "es": _es, "de": _de, "ru": _ru, "ar": _ar}
NAME: dict[str, Callable[[str], Iterable[str]]] = {"de": _de_name, "ru": _ru_name, "ar": _ar_name}
for _language in ("en", "fr", "es"):
    NAME[_language] = _same
