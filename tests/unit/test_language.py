"""Language: a vote of the paragraphs, with script, shares and confidence."""

import sys
from collections.abc import Iterator

import pytest

from docmill import language
from docmill.fingerprint import fingerprint
from docmill.langid import Identifier
from docmill.language import identify
from docmill.scripts import run_text, script_name, script_runs

ENGLISH = [
    "The harbour was closed on Monday while divers looked for the lost anchor of the old lightship.",
    "Nobody could say how long the repairs of the northern breakwater would take this winter.",
    "A new timetable for the island ferries was posted on the wall of the ticket office.",
    "The museum keeps its oldest sea charts in a cool room behind the library.",
    "Fishermen complained that the light on the western pier had been out for two weeks.",
    "The council will vote on the new lamps before the end of the month.",
    "School classes may visit the boatyard free of charge on Thursdays.",
    "Heavy rain washed sand across the coastal road during the night.",
    "The bakery by the bridge opens an hour earlier in summer.",
    "Volunteers counted more than three hundred seals on the outer rocks.",
]
CHINESE = [
    "今天上午，市政府宣布新的公共图书馆将于明年春天向市民开放。",
    "馆内设有儿童阅览室、自习区和一个可以举办展览的大厅。",
    "港口因为寻找旧灯船丢失的铁锚而在星期一关闭了一整天。",
    "没有人能说清北边防波堤的修理工作今年冬天要花多长时间。",
    "渔民们抱怨西边码头上的灯已经坏了两个星期还没有人来修。",
    "博物馆把最古老的海图保存在图书馆后面一间凉爽的房间里。",
    "学校的班级每个星期四都可以免费参观造船厂和绳索工坊。",
    "昨天夜里的大雨把沙子冲到了沿海公路上，交通中断了三小时。",
    "桥边的面包店夏天比平时早开门一个小时，门口总是排着长队。",
    "志愿者在外海的礁石上一共数到了三百多只正在休息的海豹。",
]
SENTENCES = {
    "en": (ENGLISH[0], "Latn"),
    "zh": (CHINESE[0], "Hani"),
    "fr": ("La bibliothèque municipale ouvrira ses portes au printemps prochain, a annoncé la mairie.", "Latn"),
    "ru": ("Новая городская библиотека откроется для жителей будущей весной, сообщили в мэрии.", "Cyrl"),
    "es": ("La nueva biblioteca municipal abrirá sus puertas la próxima primavera, anunció el alcalde.", "Latn"),
    "ar": ("ستفتح المكتبة البلدية الجديدة أبوابها للجمهور في الربيع المقبل، كما أعلنت البلدية.", "Arab"),
    "de": ("Die neue Stadtbücherei wird im kommenden Frühjahr eröffnet, teilte das Rathaus mit.", "Latn"),
    "pt": ("A nova biblioteca municipal vai abrir as suas portas na próxima primavera, anunciou a câmara.", "Latn"),
    "ja": ("新しい市立図書館は来年の春に開館する予定だと市役所が発表しました。", "Jpan"),
    "ko": ("새로운 시립 도서관은 내년 봄에 문을 열 예정이라고 시청이 발표했다.", "Kore"),
    "hi": ("नया नगर पुस्तकालय अगले वसंत में जनता के लिए खुलेगा, नगर पालिका ने घोषणा की।", "Deva"),
    "tr": ("Yeni belediye kütüphanesi önümüzdeki ilkbaharda kapılarını açacak, diye duyurdu belediye.", "Latn"),
    "nb": ("Det nye biblioteket åpner ikke før neste vår, sier kommunen, men barna kan komme allerede nå.", "Latn"),
    "nn": ("Det nye biblioteket opnar ikkje før neste vår, seier kommunen, men borna kan kome no.", "Latn"),
    "mi": ("Ka tuwhera te whare pukapuka hou hei te kōanga e tū mai nei, e ai ki te kaunihera.", "Latn"),
    "tn": ("Laeborari e ntšhwa e tla bulelwa batho ka letlhafula le le latelang, go bolela mmasepala.", "Latn"),
}


@pytest.fixture
def _without_cld2(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where there are no wheels of it."""
    monkeypatch.setitem(sys.modules, "pycld2", None)
    language._cld2.cache_clear()
    yield
    language._cld2.cache_clear()


@pytest.mark.parametrize(("code", "text", "script"), [(code, *rest) for code, rest in SENTENCES.items()])
def test_a_sentence_is_recognised_with_its_script(code: str, text: str, script: str) -> None:
    """One sentence is enough, in big languages, close relatives and small ones."""
    found = identify(text)
    assert (found.code, found.script, found.shares) == (code, script, {code: 1.0})
    assert 0.2 < found.confidence <= 1


def test_regional_varieties_are_their_language() -> None:
    """Chinese in traditional characters or with Cantonese words is zh."""
    assert identify("呢間圖書館嘅書好多都係舊嘅，不過佢哋話聽年會買新書。").code == "zh"


@pytest.mark.parametrize("chinese", [2, 3, 7, 8])
@pytest.mark.parametrize("separator", ["\n", " "])
def test_mixed_documents_have_the_language_of_most_sentences(chinese: int, separator: str) -> None:
    """Of ten sentences in Chinese and English, in one paragraph or many, the majority decides."""
    mixed = separator.join([*CHINESE[:chinese], *ENGLISH[chinese:]])
    found = identify(mixed)
    assert found.code == ("zh" if chinese > 5 else "en")
    assert set(found.shares) == {"zh", "en"}
    assert sum(found.shares.values()) == pytest.approx(1, abs=0.01)


def test_a_foreign_byline_leaves_a_page_its_language() -> None:
    """A Chinese line in an English page is a small share."""
    found = identify("\n".join([*ENGLISH, CHINESE[0]]))
    assert found.code == "en"
    assert 0 < found.shares["zh"] < 0.15


@pytest.mark.parametrize("text", ["", "1234 --- 5678", "\n\n", "Hi", "«»"])
def test_too_little_text_is_undetermined(text: str) -> None:
    """Where there are hardly any letters the language is `und`, and nothing is claimed."""
    found = identify(text)
    assert (found.code, found.confidence, found.shares, found.script) == ("und", 0.0, {}, None)


def test_characters_a_model_refuses_do_no_harm() -> None:
    """Control characters and lone surrogates leave the text readable."""
    assert identify("\x01\x07\ud800 ".join(ENGLISH)).code == "en"


def test_runs_are_by_paragraph_and_script() -> None:
    """A paragraph in two scripts gives two runs; an East Asian letter counts as two, also a rare one."""
    text = "Hello 世界, again\nかな𠀀"
    [latin, han, kana] = script_runs(text)
    assert (latin.script, run_text(text, latin), latin.letters) == ("Latn", "Hello again", 10)
    assert (han.script, run_text(text, han), han.letters) == ("Hani", "世界", 4)
    assert (script_name(kana, run_text(text, kana)), kana.letters) == ("Jpan", 6)
    assert script_runs("1 2 3 … 😀") == []


def test_many_short_lines_in_another_script_are_heard() -> None:
    """A Chinese page of short labels stays Chinese, whatever one English sentence stands in it."""
    found = identify("\n".join(["最新消息", "联系我们", "公司简介", "招聘信息", "产品中心"] * 12 + [ENGLISH[0]]))
    assert found.code == "zh"
    assert set(found.shares) == {"zh", "en"}


def test_very_long_texts_are_sampled() -> None:
    """Of megabytes some stretches are looked at, from the beginning to the end."""
    found = identify("\n".join([*ENGLISH * 600, *CHINESE * 3000]))
    assert (found.code, set(found.shares)) == ("zh", {"zh", "en"})


def test_lists_of_names_and_lost_accents_are_no_english() -> None:
    """CLD2 is sure that these are English, but they are little like it, and the other model knows better."""
    listed = (
        "Lista de participantes: Fernando Alcaraz, Beatriz Olmedo, Ignacio Larrea, Universidad Central; Revista"
        " Iberoamericana de Estudios Superiores, Instituto Nacional, Encuentro Internacional de Rectores 2012"
    )
    mangled = (
        "Otras noticias: Programa Nacional, Congreso Internacional de Rectores, Universidad Central, Revista"
        " Iberoamericana de Educacin Superior, Globalizacin, Instituto Tecnolgico, Comisin Federal de Electricidad"
    )
    assert [identify(text).code for text in (listed, mangled)] == ["es", "es"]


def test_languages_are_ranked_as_the_package_does() -> None:
    """The same probabilities to the last bit, of what is no text in a language too, without those left out."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    ignored = ("la", "mk", "srl")
    package = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    package.set_languages([label for label in package.labels if label not in ignored])
    ours = Identifier(ignored)
    assert ours.labels == package.labels
    odd = [
        "",
        " ",
        "12:30",
        "\ud800",
        "STRASSE",
        "a\u0308",
        "Добар дан, како сте?",
        "Dobar dan, kako ste?",
        "مرحبا بكم",
    ]
    for text in [*ENGLISH, *CHINESE, *odd, " ".join(ENGLISH + CHINESE)]:
        assert ours.rank(text) == package.rank(text)


@pytest.mark.usefixtures("_without_cld2")
@pytest.mark.parametrize("code", ["en", "zh", "fr", "ru", "es", "ar", "de", "ja", "ko", "hi"])
def test_one_model_alone_tells_languages(code: str) -> None:
    """Where CLD2 cannot be installed."""
    text, script = SENTENCES[code]
    found = identify("\n\n".join([text] * 12))
    assert (found.code, found.script, found.shares) == (code, script, {code: 1.0})


def test_outputs_without_a_library_have_a_fingerprint_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one model tells some languages otherwise."""
    with_all = fingerprint({})
    monkeypatch.setattr("docmill.fingerprint._LIBRARIES", ("numpy", "no-such-library"))
    without = fingerprint({})
    monkeypatch.setattr("docmill.fingerprint._LIBRARIES", ("numpy",))
    assert len({with_all, without, fingerprint({})}) == 3
