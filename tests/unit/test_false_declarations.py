"""Texts whose encoding is declared falsely, is more than one, or shows in a small part of them only."""

import codecs

import pytest

from docmill.decode import decode
from docmill.stage import Text
from schemas.source import RawDocument

TEXTS = {
    "gbk": "海湾大桥昨日恢复通车，市民可以免费通行三天。",
    "shift_jis": "港の橋は昨日ふたたび開通し、三日間は無料で渡れる。",
    "euc_kr": "항구 다리가 어제 다시 열려 사흘 동안 무료로 건널 수 있다.",
    "koi8-r": "Мост через залив вчера снова открыли, три дня проезд бесплатный.",
    "cp1251": "Мост через залив вчера снова открыли, три дня проезд бесплатный.",
    "iso8859-7": "Η γέφυρα του λιμανιού άνοιξε ξανά χθες και για τρεις ημέρες είναι δωρεάν.",
    "cp1256": "أعيد أمس فتح جسر الميناء، والعبور عليه مجاني لمدة ثلاثة أيام.",
    "iso8859-2": "Most przez zatokę otwarto wczoraj po długiej przerwie; przez trzy dni przejazd będzie dla wszystkich"
    " mieszkańców bezpłatny, a później opłatę będą pobierać także od pieszych i rowerzystów.",
}
WESTERN = (
    "Die Brücke über den Hafen wurde gestern für Fußgänger wieder geöffnet; drei Tage lang zählt die Behörde, wie viele"
    " Bürgerinnen und Bürger hinüber möchten, und überprüft die Geländer. Für Autos bleibt sie gesperrt, später könnten"
    " auch Räder ausgeschlossen werden."
)
ALBANIAN = (
    "Ura mbi liman u hap dje përsëri pas një ndërprerjeje të gjatë; për tri ditë kalimi është falas për të gjithë"
    " banorët e qytetit, ndërsa më vonë do të paguajnë edhe këmbësorët dhe çiklistët që e përdorin çdo ditë."
)


def _text(data: bytes, key: str, media_type: str | None = None) -> str:
    found = decode(RawDocument(data=data, key=key, media_type=media_type))
    assert isinstance(found, Text)
    return found.content if isinstance(found.content, str) else found.content.decode()


@pytest.mark.parametrize("encoding", TEXTS)
def test_letters_of_another_alphabet_are_read_whatever_is_declared(encoding: str) -> None:
    """Latin letters with accents hardly ever follow each other."""
    data = TEXTS[encoding].encode(encoding)
    assert _text(data, "a.txt", "text/plain; charset=iso-8859-1") == TEXTS[encoding]
    page = b'<!DOCTYPE html><html><head><meta charset="windows-1252"></head><body><p>%b</p></body></html>' % data
    assert TEXTS[encoding] in _text(page, "a.html")


@pytest.mark.parametrize("text", [WESTERN, ALBANIAN])
def test_latin_1_that_is_declared_is_believed(text: str) -> None:
    """German with a good many accents, and Albanian, which the detector takes for Lithuanian."""
    assert _text(text.encode("latin-1"), "a.txt", "text/plain; charset=iso-8859-1") == text


@pytest.mark.parametrize("encoding", ["gbk", "cp1251"])
def test_what_follows_a_mark_of_utf_8_need_not_be_any(encoding: str) -> None:
    """Some programs put the mark before whatever they were given; the text was refused as undecodable."""
    assert _text(codecs.BOM_UTF8 + TEXTS[encoding].encode(encoding), "a.txt") == TEXTS[encoding]
    damaged = codecs.BOM_UTF8 + TEXTS[encoding].encode() + b"\xd0"
    assert _text(damaged, "a.txt").startswith(TEXTS[encoding])


@pytest.mark.parametrize("encoding", ["gbk", "koi8-r", "cp1251"])
def test_a_few_words_in_a_long_english_text_tell_their_encoding(encoding: str) -> None:
    """The detector is shown the lines that are no ASCII: of all lines it took the words for Latin-1 with accents."""
    text = "The bridge over the harbour was opened again, and all may cross it.\n" * 40 + TEXTS[encoding]
    assert _text(text.encode(encoding), "a.txt") == text


def test_lines_of_another_encoding_are_read_by_themselves() -> None:
    """As in logs and archives that were put together; all of the text was read as the lesser part's."""
    most = "\n".join([TEXTS["gbk"]] * 4)
    data = most.encode() + b"\n" + TEXTS["cp1251"].encode("cp1251") + b"\n" + TEXTS["gbk"].encode()
    assert _text(data, "a.txt") == f"{most}\n{TEXTS['cp1251']}\n{TEXTS['gbk']}"


def test_zeros_do_not_hide_the_encoding() -> None:
    """As at the ends of strings in what a database wrote; such Chinese was refused as undecodable."""
    data = b"\0".join([TEXTS["gbk"].encode("gbk") * 3] * 12)
    assert _text(data, "a.txt") == TEXTS["gbk"] * 36
