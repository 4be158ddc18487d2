"""Annotate: dates, keyphrases, links, quality and signatures; each can be switched off."""

import sys
import time
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmill.annotate import Annotations, Annotator
from docmill.annotate.chinese_names import tag
from docmill.annotate.dates import find_dates
from docmill.annotate.keyphrases import find_keyphrases as rank_terms
from docmill.annotate.links import find_links
from docmill.annotate.minhash import PERMUTATIONS
from docmill.annotate.minhash import minhash as signature
from docmill.annotate.quality import assess as assess_tokens
from docmill.annotate.terms import chinese_terms, find_terms
from docmill.annotate.tokens import Tokens
from docmill.errors import ConfigError
from docmill.language import identify
from docmill.stage import Cleaned, Link, Metadata
from schemas.document import Block, BlockKind, Language, LinkKind, Quality, Removal, RemovalReason
from schemas.settings import Settings

PROSE = (
    "The harbour board has bought a tidal turbine. The tidal turbine will light the harbour office and the pier. "
    "Engineers of the harbour board towed the tidal turbine past the pier on 4 May 2021. Nobody had expected such a "
    "crowd: the school was closed, the bakery sold out, and the old ferry went out to meet the tow at the outer buoy. "
    "More than a hundred people waved from the rocks while the crew made the machine fast to its moorings."
)
ALL = Settings().annotations


def _block(text: str) -> Block:
    return Block(kind=BlockKind.PARAGRAPH, text=text)


def find_keyphrases(title: str, text: str, language: str, limit: int) -> tuple[str, ...]:
    """Of title and text."""
    titled = f"{title}\n{text}"
    own = len(Tokens(title))
    terms = (
        chinese_terms(tag(titled), len(title)) if language == "zh" else find_terms(Tokens(titled), own, own, language)
    )
    return rank_terms(terms, limit) if terms else ()


def assess(text: str, blocks: Sequence[Block], removed: Sequence[Removal], confidence: float) -> Quality:
    """Of a text by its words."""
    return assess_tokens(Tokens(text), 0, Cleaned(tuple(blocks), tuple(removed)), confidence)


def minhash(text: str) -> str | None:
    """Of a text by its words."""
    return signature(Tokens(text).folded)


def _annotate(text: str, annotations: tuple[str, ...] = ALL) -> Annotations:
    cleaned = Cleaned(blocks=(_block(text),), removed=())
    links = (Link("https://example.org/report.pdf", "The report"),)
    metadata = Metadata(title="A turbine for the pier", published="2021-05-06")
    return Annotator(annotations).annotate(text, metadata, identify(text), cleaned, links)


def test_a_document_is_annotated_and_always_alike() -> None:
    """Every annotator says something of an ordinary page, and twice the same."""
    found = _annotate(PROSE)
    assert found == _annotate(PROSE)
    assert found.dates_mentioned == ("2021-05-04",)
    assert "harbour board" in found.keyphrases
    assert [link.kind for link in found.links] == [LinkKind.DOCUMENT]
    assert found.quality is not None
    assert found.quality.score > 0.9
    assert found.minhash == minhash(PROSE)


@pytest.mark.parametrize("name", ALL)
def test_each_annotator_can_be_switched_off(name: str) -> None:
    """Without its name in the settings an annotator's field is empty, and the others stay as they were."""
    field = {"dates": "dates_mentioned"}.get(name, name)
    text = PROSE + " Dr Maria Lindqvist thanked France."
    full, without = _annotate(text), _annotate(text, tuple(a for a in ALL if a != name))
    assert getattr(full, field)
    assert not getattr(without, field)
    others = {"entities", "keyphrases", "links", "dates_mentioned", "quality", "minhash"} - {field}
    assert all(getattr(full, other) == getattr(without, other) for other in others)


def test_a_missing_model_is_said_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Naming a spaCy model without spaCy is a settings error that names the extra."""
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ConfigError, match="ner_model") as raised:
        Annotator(ALL, "xx_some_model")
    assert "docmill[ner]" in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("language", "text", "dates"),
    [
        ("en", "On April 30, 2020, then 31 Jan. 2020 and the 3rd of March 2019; in May 2021.", "2020-04-30 2020-01-31 2019-03-03 2021-05"),  # noqa: E501
        ("en", "It came yesterday, not 3 days ago; on Tuesday it left; June 5 is next.", "2020-05-13 2020-05-11 2020-05-12 2020-06-05"),  # noqa: E501
        ("en", "Between 13/02/2020 and 3/4/2021 nothing, and never on 2020-02-30.", "2020-02-13"),
        ("en", "You may come 10 at a time; room 12.5.2 is free.", ""),
        ("fr", "Le 1er mars 2021, mardi, en juillet 2019, hier, le 05/06/2020.", "2021-03-01 2020-05-12 2019-07 2020-05-13 2020-06-05"),  # noqa: E501
        ("es", "El 5 de mayo de 2020 y en marzo de 2021.", "2020-05-05 2021-03"),
        ("de", "Am 3. Oktober 1990, am 05.06.2021 und am Dienstag.", "1990-10-03 2021-06-05 2020-05-12"),
        ("ru", "5 марта 2020 г., вчера, в июле 2021 года.", "2020-03-05 2020-05-13 2021-07"),
        ("ar", "في 5 مارس 2020 و٣ كانون الثاني ٢٠٢١", "2020-03-05 2021-01-03"),
        ("zh", "2020年4月30日，4月5日，昨天，2021年3月。", "2020-04-30 2020-04-05 2020-05-13 2021-03"),
        ("en", "On Monday, June 1, 2020, and from Monday to Friday; this Friday, this Wednesday.", "2020-06-01 2020-05-15 2020-05-13"),  # noqa: E501
        ("en", "From May 3 to June 2, 2018 and from 28 December to 3 January 2017; July 25. 2003.", "2018-05-03 2018-06-02 2016-12-28 2017-01-03 2003-07-25"),  # noqa: E501
        ("en", "Born on 12 May 1895; on March 3 of last year the Today show; version 2019.10.2.1, 2020.3.21f1, 05-06-2012.", "1895-05-12 2019-03-03"),  # noqa: E501
        ("en", "2019-05-12T10:00, report 2018.10.02; Room 0 October 22, 2025.", "2019-05-12 2018-10-02 2025-10-22"),
        ("de", "Am Freitag, 15.11.2019, am Morgen des 27. Februar, Montag bis Freitag; am 14. Juli des Vorjahres.", "2019-11-15 2020-02-27 2019-07-14"),  # noqa: E501
        ("fr", "Du lundi au vendredi, le mardi, et mardi. Le 14 juillet 1789.", "2020-05-12 1789-07-14"),
        ("es", "Este viernes se reunirá, y este martes se reunió; de lunes a viernes.", "2020-05-15 2020-05-12"),
        ("ru", "11 февраля прошлого года.", "2019-02-11"),
        ("ar", "في اليوم التالي، اليوم العالمي، قال اليوم الخميس", "2020-05-14"),
        ("zh", "目前天气好，用3天前往北京，今日头条每周一出版，上周一，下周五，本周五；去年5月3日。", "2020-05-04 2020-05-22 2020-05-15 2019-05-03"),  # noqa: E501
        ("zh", "2018年5月3日至6月2日（星期六）", "2018-05-03 2018-06-02"),
    ],
)  # fmt: skip
def test_dates_mentioned(language: str, text: str, dates: str) -> None:
    """Dates in words and figures, and by the day of publication (Thursday, 14 May 2020) those relative to it."""
    assert find_dates(Tokens(text), language, "2020-05-14") == tuple(dates.split())


@pytest.mark.parametrize(("published", "found"), [("0001-01-01", "0001-01-02"), ("9999-12-31T23:59:59Z", "9999-12-30")])
def test_relative_dates_beyond_the_calendar_are_none(published: str, found: str) -> None:
    """Programs that know no date write the first or the last there is: the document is none the worse for it."""
    assert find_dates(Tokens("It came yesterday, and goes tomorrow."), "en", published) == (found,)


def test_relative_dates_need_a_publication_date() -> None:
    """Without one nothing is guessed."""
    assert find_dates(Tokens("It came yesterday, on Tuesday, on June 5."), "en", None) == ()


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", PROSE, "tidal turbine"),
        ("fr", "La station de pompage manque d’eau potable. L’eau potable est rare ; on économise l’eau potable.", "eau potable"),  # noqa: E501
        ("es", "El agua potable escasea. Sin agua potable no hay pan; el agua potable llega en camiones.", "agua potable"),  # noqa: E501
        ("ru", "Очистка воды дорога. Очисткой воды занят завод, а очистку воды проверяют врачи.", "Очистка воды"),
        ("ar", "مياه الشرب نادرة. نحتاج مياه الشرب لأن مياه الشرب قليلة.", "مياه الشرب"),
        ("pl", "Elektrownia wiatrowa stoi. Przy elektrowni wiatrowej jest port; elektrownię wiatrową widać.", "Elektrownia wiatrowa"),  # noqa: E501
        ("it", "L'acqua potabile scarseggia. Senza acqua potabile niente pane; l'acqua potabile arriva su camion.", "acqua potabile"),  # noqa: E501
        ("pt", "A água potável é rara. Sem água potável não há pão; a água potável chega em caminhões.", "água potável"),  # noqa: E501
        ("nl", "Schoon drinkwater is schaars. Zonder schoon drinkwater is er geen brood; schoon drinkwater komt met vrachtwagens.", "Schoon drinkwater"),  # noqa: E501
        ("el", "Το πόσιμο νερό είναι σπάνιο. Χωρίς πόσιμο νερό δεν υπάρχει ψωμί· το πόσιμο νερό έρχεται με φορτηγά.", "πόσιμο νερό"),  # noqa: E501
        ("zh", "潮汐发电机照亮了码头。潮汐发电机由工程师安装，潮汐发电机很安静。", "潮汐发电机"),
    ],
)  # fmt: skip
def test_keyphrases(language: str, text: str, wanted: str) -> None:
    """The term a text repeats comes first in every language whose function words are known."""
    assert find_keyphrases("", text, language, 5)[0] == wanted


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Se dice que se abre la puerta del puerto. Del puerto se ve el mar, y el mar se ve del puerto."),
        ("el", "Της είπε ότι τους είδε στις οκτώ και τις έφερε μας και της είπε τους. Στις οκτώ, της είπε, τους είδε."),
        (
            "de",
            "Du siehst mich und dich. Mir gefällt dein Hafen, dir gefällt mein Hafen; du kannst mal mit mir kommen.",
        ),
    ],
)
def test_function_words_are_no_keyphrases(language: str, text: str) -> None:
    """However often they are said."""
    found = {word for phrase in find_keyphrases("", text, language, 10) for word in phrase.casefold().split()}
    assert found.isdisjoint(
        ["se", "del", "du", "mich", "dich", "mir", "dir", "dein", "mein", "kannst", "mal", "της", "τους", "τις", "μας"]
    )


def test_german_keyphrases_end_with_a_noun() -> None:
    """Which has a capital; verbs and adverbs alone are none, unless the text writes no capitals."""
    text = "Wir öffnen die alte Mühle. Wer die alte Mühle öffnen will, muss öffnen wollen; sicher ist sicher."
    assert find_keyphrases("Die Mühle sicher öffnen", text, "de", 5) == ("alte Mühle",)
    assert "öffnen" in find_keyphrases("", text.lower(), "de", 5)


def test_parts_of_addresses_and_verbs_of_saying_are_no_keyphrases() -> None:
    """In a text that names its site again and again."""
    text = "Visit example.com today. The pier at example.com opens; http://example.com has the pier."
    assert find_keyphrases("", text, "en", 10)[:2] == ("example", "pier")
    assert "com" not in find_keyphrases("", text, "en", 10)
    assert "informó" not in find_keyphrases("", "El puerto, informó. El puerto abre, informó el alcalde.", "es", 10)


def test_a_text_without_words_has_no_terms() -> None:
    """Dashes in a document that is declared to be English."""
    assert find_terms(Tokens("– … –"), 0, 0, "en") is None


def test_keyphrases_do_not_repeat_one_another() -> None:
    """No phrase holds another's words, nor half of them."""
    phrases = find_keyphrases("A turbine for the pier", PROSE * 2, "en", 10)
    words = [set(phrase.lower().split()) for phrase in phrases]
    assert len(phrases) > 3
    for i, one in enumerate(words):
        for other in words[i + 1 :]:
            assert 2 * len(one & other) < min(len(one), len(other)), (one, other)


_WORDS = {
    "en": "education educational policy policies online university China Chinese teacher training of the and",
    "fr": "éducation éducative politique politiques université Chine chinois formation des enseignants et la",
    "es": "educación educativa política políticas universidad China chino formación de los docentes y la",
    "ru": "образование образования образовательный политика политики университет Китай китайский и в на",
    "ar": "التعليم تعليم التعليمية سياسة السياسات جامعة الجامعات الصين صيني في من و",
    "zh": "教育 人工智能 智能 人工 大学 大学生 政策 中国 教师 培训 的 和 在",
}


@pytest.mark.parametrize("language", sorted(_WORDS))
@settings(max_examples=60)
@given(data=st.data())
def test_no_phrase_is_part_or_near_repeat_of_another(language: str, data: st.DataObject) -> None:
    """Whatever the text, in the six languages of the United Nations: no sub-phrases, no forms of the same words."""
    word = st.sampled_from([*_WORDS[language].split(), ". " if language != "zh" else "。"])
    pieces = data.draw(st.lists(word, min_size=5, max_size=80))
    space = "" if language == "zh" else " "
    phrases = find_keyphrases(space.join(pieces[:4]), space.join(pieces), language, 10)
    words = [{w[:6].removeprefix("ال") for w in phrase.lower().split()} for phrase in phrases]
    for i, (phrase, one) in enumerate(zip(phrases, words, strict=True)):
        for other_phrase, other in zip(phrases[i + 1 :], words[i + 1 :], strict=True):
            if language == "zh":
                assert phrase not in other_phrase
                assert other_phrase not in phrase
            else:
                assert not one <= other, (phrase, other_phrase)
                assert not other <= one, (phrase, other_phrase)


@pytest.mark.parametrize(
    ("url", "text", "kind"),
    [
        ("https://www.coursera.org/learn/tides", "Tides", "course"),
        ("https://uni.example/mooc/tides", "", "course"),
        ("https://youtu.be/abc", "Watch", "video"),
        ("https://example.org/a/film.mp4", "", "video"),
        ("https://example.org/tides.csv", "", "dataset"),
        ("https://zenodo.org/record/1", "", "dataset"),
        ("https://doi.org/10.1234/x", "Paper", "document"),
        ("doi:10.1234/x", "Paper", "document"),
        ("https://example.org/report.PDF?x=1", "", "document"),
        ("https://x.com/harbour", "Follow us", "social"),
        ("https://www.netflix.com/", "", "other"),
        ("https://example.org/about", "Enrol", "course"),
        ("mailto:jane@example.org", "Mail", "other"),
    ],
)
def test_kinds_of_links(url: str, text: str, kind: str) -> None:
    """Site, path and text tell what a link leads to."""
    [link] = find_links("", [Link(url, text)])
    assert (link.url, link.kind) == (url, kind)


def test_letters_that_only_ignoring_case_are_alike() -> None:
    """A dotless i, which patterns take for an i, is no reason to fail."""
    [link] = find_links("", [Link("https://example.org/about", "Vıdeo")])
    assert link.kind is LinkKind.VIDEO
    assert find_dates(Tokens("C’est aujourd’huı."), "fr", "2021-05-04") == ("2021-05-04",)


def test_links_in_the_text() -> None:
    """Markdown links and bare addresses count, once each, without the sentence's punctuation; scripts do not."""
    text = "See [the guide](https://example.org/guide_(new)), https://example.org/a_(b). Also www.example.net!"
    links = find_links(
        text, [Link("javascript:alert(1)", "x"), Link("/relative", "y"), Link("https://example.org/a_(b)", "Again")]
    )
    assert {link.url: link.text for link in links} == {
        "https://example.org/a_(b)": "Again",
        "https://example.org/guide_(new)": "the guide",
        "http://www.example.net": "",
    }


def test_quality_falls_with_each_fault() -> None:
    """Ordinary prose scores high; repetition, symbols, glued words, brevity and doubtful language each cost."""
    good = assess(PROSE, [_block(PROSE)], [], 0.95).score
    assert good > 0.9
    worse = {
        "short": assess("Ferry", [_block("Ferry")], [], 0.95).score,
        "language": assess(PROSE, [_block(PROSE)], [], 0.2).score,
        "repeated": assess("\n".join([PROSE] * 4), [_block(PROSE)] * 4, [], 0.95).score,
        "symbols": assess(PROSE.replace(" ", " ### "), [_block(PROSE)], [], 0.95).score,
        "glued": assess(PROSE.replace(". ", ".").replace(" the ", "The"), [_block(PROSE)], [], 0.95).score,
        "shouted": assess(PROSE.upper(), [_block(PROSE.upper())], [], 0.95).score,
    }
    assert all(score < good - 0.05 for score in worse.values()), (good, worse)


@pytest.mark.parametrize(
    "text",
    [
        "这是一个没有任何标点符号的很长很长的句子因此它的长度超过了二十八个字符。",
        "यह एक वाक्य है।",
        "นี่คือประโยคภาษาไทยที่ยาวมาก",
    ],
)
def test_scripts_without_spaces_or_full_stops_are_no_worse(text: str) -> None:
    """A clause in Chinese is no glued word, and other scripts end their sentences otherwise."""
    signals = assess(text, [_block(text)], [], 1.0).signals
    assert signals["glued_share"] == 0
    assert signals["sentence_share"] == 1


def test_marks_part_no_words() -> None:
    """Vowel signs belong to Hindi's words, with an address or without; signatures are what they were."""
    text = "हिन्दी में किताब पढ़ना अच्छा है।"
    assert assess(text, [_block(text)], [], 1.0).signals["words"] == 6
    assert assess(f"{text} http://a.b", [_block(text)], [], 1.0).signals["words"] == 6
    assert signature(["ह", "न", "द"]) == signature(Tokens("हिन्दी").folded)


def test_text_in_a_table_only_is_prose() -> None:
    """Pages laid out as a table hold all of it there."""
    cell = Block(kind=BlockKind.TABLE, text=PROSE)
    assert assess(PROSE, [cell], [], 1.0).signals["sentence_share"] == 1


def test_boilerplate_is_a_signal() -> None:
    """The share that cleaning removed is reported."""
    removed = Removal(kind=BlockKind.LINE, reason=RemovalReason.NAVIGATION, text="x" * 200)
    signals = assess("y" * 200, [_block("y" * 200)], [removed] * 3, 1).signals
    assert signals["boilerplate_share"] == 0.75


def _agreement(one: str, other: str) -> float:
    a, b = (np.frombuffer(bytes.fromhex(minhash(text) or ""), ">u4") for text in (one, other))
    return float((a == b).mean())


def test_minhash_tells_near_duplicates() -> None:
    """A signature agrees with itself, mostly with an edited copy, hardly with another text; Chinese too."""
    assert len(minhash(PROSE) or "") == 8 * PERMUTATIONS
    assert _agreement(PROSE, PROSE.upper()) == 1
    assert _agreement(PROSE, PROSE.replace("bakery", "butcher")) > 0.75
    assert _agreement(PROSE, "Quite another text, about bread and butter and the price of tea in the hills.") < 0.1
    chinese = "港口因为寻找旧灯船丢失的铁锚而在星期一关闭了一整天，渔民们只好在岸边等待。"
    assert _agreement(chinese, chinese.replace("渔民们", "人们")) > 0.5
    assert minhash(" … ") is None


def test_a_signature_never_changes() -> None:
    """Signatures are compared across years: this one is written down."""
    assert (minhash("the quick brown fox") or "")[:32] == "511f176faa83240b1ddef74a3364dbdb"


@given(st.text(max_size=300))
def test_any_text_can_be_annotated(text: str) -> None:
    """Whatever the text, annotating ends without an error and gives the same twice."""
    assert _annotate(text) == _annotate(text)


@pytest.mark.parametrize(
    ("language", "repeated"),
    [
        ("en", "a"), ("en", "7"), ("en", "123 "), ("en", "US "), ("en", "Acme (France), "), ("en", "http://a.b/)))))))"),
        ("en", "10.1234/))))))"), ("ar", "رئيس "), ("ru", "советом "), ("ru", "мали "), ("zh", "艾·"), ("zh", "1"),
        ("en", "www."), ("en", "Xaq Bbq said "),
    ],
)  # fmt: skip
def test_odd_texts_cost_linear_time(language: str, repeated: str) -> None:
    """Whatever is said a hundred kilobytes long: tens of seconds if each word were compared with all others."""
    text = f"5 元 @ {repeated * (100_000 // len(repeated))} http://{')' * 50_000}"
    spoken = Language(code=language, confidence=1, shares={language: 1.0})
    start = time.process_time()
    Annotator(ALL).annotate(
        text, Metadata(published="2024-05-05"), spoken, Cleaned(blocks=(_block(text),), removed=()), ()
    )
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Pumps are better than today. Today, everyone has one. In today’s world that is usual."),
        ("de", "Das gilt bis heute, und der heute 46-Jährige weiß es. Noch heute fährt sie."),
        ("fr", "Cela vaut encore aujourd’hui, et jusqu’à aujourd’hui."),
        ("es", "Así es hasta hoy. Hoy en día se usa más."),
        ("zh", "时至今日，这种水泵仍在使用。"),
    ],
)
def test_nowadays_is_no_day(code: str, text: str) -> None:
    """Where `today` means these times."""
    assert find_dates(Tokens(text), code, "2021-05-04") == ()


@pytest.mark.parametrize(
    ("code", "text", "day"),
    [
        ("en", "It happened on Saturday, May 18.", "2019-05-18"),
        ("en", "It happened on May 18.", "2020-05-18"),
        ("de", "Am Samstag, den 18. Mai, geschah es.", "2019-05-18"),
        ("es", "Fue el sábado 18 de mayo.", "2019-05-18"),
        ("fr", "C'était samedi 18 mai.", "2019-05-18"),
    ],
)
def test_a_weekday_tells_the_year(code: str, text: str, day: str) -> None:
    """Of a day without one, where the nearest has another weekday."""
    assert find_dates(Tokens(text), code, "2019-11-19") == (day,)


@pytest.mark.parametrize(
    "text",
    [
        "ကူးတို့သင်္ဘောသည် နွေဦးအထိ ဆက်လက်ပြေးဆွဲမည်ဟု ဆိပ်ကမ်းရုံးက ပြောကြားခဲ့သည်။",
        "កប៉ាល់ចម្លងនឹងបន្តដំណើរការរហូតដល់និទាឃរដូវ នេះបើតាមការិយាល័យកំពង់ផែ។",
        "הַמַּעְבֹּרֶת תַּמְשִׁיךְ לָשׁוּט עַד הָאָבִיב, אָמַר מִשְׂרַד הַנָּמֵל.",
        "کشتی تا بهار به کار خود ادامه می‌دهد و بندر باز می‌ماند، گفت دفتر بندر.",
        "ጀልባው እስከ ጸደይ ድረስ መስራቱን ይቀጥላል፣ የወደብ ቢሮው ተናግሯል።",
    ],
)
def test_vowel_signs_and_stops_of_any_script_are_no_symbols(text: str) -> None:
    """They are half of what is written in some."""
    assert assess(text, [_block(text)], [], 1.0).signals["symbol_share"] == 0
