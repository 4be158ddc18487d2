"""Clean: furniture goes, each piece with its reason; content stays; nothing vanishes unlogged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmill.clean import clean
from docmill.clean.line import Line, read_blocks
from docmill.clean.reasons import name_reasons
from docmill.clean.rules import judge
from docmill.clean.whole import keep_whole
from docmill.extract.text import read_lines
from docmill.stage import Cleaned, Extracted
from schemas.document import Block, BlockKind, RemovalReason

PROSE = "The river rose two metres overnight, and the lower town was cut off from the bridge until noon."
MORE = "Volunteers carried sandbags to the school, where forty families had spent the night on camp beds."


def _clean(*lines: str) -> Cleaned:
    return clean(read_lines("\n".join(lines)))


def _reasons(*lines: str) -> dict[int, str]:
    return {r.start_line or 0: r.reason.value for r in _clean(*lines).removed}


def _line(text: str, kind: BlockKind = BlockKind.LINE) -> Line:
    return read_blocks([Block(kind=kind, text=text)])[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Home > Regional > Floods", "breadcrumb"),
        ("Sie sind hier: Start » Region", "breadcrumb"),
        ("Log in or create an account", "login_prompt"),
        ("忘记密码", "login_prompt"),
        ("Войти через почту", "login_prompt"),
        ("We use cookies to improve your experience and show you relevant content.", "cookie_banner"),
        ("© 2021 Valley Gazette. All rights reserved.", "legal"),
        ("版权所有 山谷日报", "legal"),
        ("Share on Facebook", "sharing"),
        ("اترك تعليق", "sharing"),
        ("By Nora Eide", "byline"),
        ("Source: Valley Gazette | 2021-04-05 08:00 | Author: Nora Eide", "byline"),
        ("作者：李明 来源：山谷日报", "byline"),
        ("Publié le 3 avril 2022", "byline"),
        ("Home News Contact Search", "navigation"),
        ("Главная Новости Контакты", "navigation"),
        ("Retour en haut", "navigation"),
        ("Photo: Ole Vik / Valley Gazette", "caption_credit"),
        ("Related articles", "related_links"),
        ("Leia também: a ponte que caiu", "related_links"),
        ("Czytaj też", "related_links"),
        ("Διαβάστε επίσης", "related_links"),
        ("İlginizi çekebilir", "related_links"),
        ("İLGİLİ HABERLER", "related_links"),
        ("ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ", "related_links"),
        ("関連記事", "related_links"),
        ("관련기사", "related_links"),
        ("Baca juga: Banjir di hilir", "related_links"),
        ("Xem thêm: Lũ lụt", "related_links"),
        ("Lees ook: de brug is dicht", "related_links"),
        ("Ta strona używa plików cookies.", "cookie_banner"),
        ("このサイトはCookieを使用しています。", "cookie_banner"),
        ("무단 전재 및 재배포 금지", "legal"),
        ("Wszelkie prawa zastrzeżone", "legal"),
        ("홍길동 기자 hong@example.com", "byline"),
        ("Pubblicità", "advertisement"),
        ("Đăng nhập", "login_prompt"),
        ("Читайте также", "related_links"),
        ("Advertisement", "advertisement"),
        ("[email protected]", "contact"),
        ("best online casino bonus", "spam"),
    ],
)
def test_stock_furniture_is_named(text: str, reason: str) -> None:
    """The stock wording of pages is recognised by itself, in many languages."""
    verdict = judge(_line(text))
    assert verdict is not None
    assert verdict.value == reason


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "The museum shares a building with the library, and both will sign up new members in May.",
        "He logged in to the old terminal and found the letters his grandfather had written in 1962.",
        "By the time the ferry came, the queue reached the chapel.",
        "Copyright law was the subject of the second lecture, which drew some eighty students, and it ran late.",
        "2. The pump is switched off before the valve is opened.",
        "O rio subiu dois metros durante a noite, e a cidade baixa leu também sobre a ponte que caiu.",
        "川の水位は一晩で二メートル上がり、下町は正午まで橋から切り離されていた。",
        "今年的雨季来得比往年早，村里的水库已经蓄满了水，农民们都松了一口气。",
        "Наводнение отрезало нижний город от моста, и жители ждали помощи до полудня следующего дня.",
    ],
)
def test_prose_is_left_alone(text: str) -> None:
    """Running text that mentions such things is not furniture."""
    assert judge(_line(text)) is None


@given(
    st.lists(
        st.sampled_from(
            ["Log in", "", "© 2021", "Photo:", "Share\nthis page", PROSE, "Home News", "by", "x 😀", "版权所有"]
        ),
        max_size=30,
    )
)
def test_texts_are_named_alike_together_and_alone(texts: list[str]) -> None:
    """One search over many texts finds in each what a search of it alone finds."""
    assert name_reasons(texts) == [judge(_line(text)) for text in texts]


def test_code_and_tables_are_left_alone() -> None:
    """No phrase rule applies to code or table rows."""
    assert judge(_line("Log in", BlockKind.CODE)) is None
    assert judge(_line("Home | News", BlockKind.TABLE)) is None


def test_title_is_found_and_what_stands_before_it_goes() -> None:
    """The heading before the prose is the title; labels before it are the site's."""
    found = _clean(
        "The Valley Gazette", "Home News Sport", "River cuts off the lower town for a night", "", PROSE, "", MORE
    )
    assert found.title in {"The Valley Gazette", "River cuts off the lower town for a night"}
    found = _clean("Home News Sport", "River cuts off the lower town for a night", "", PROSE, "", MORE)
    assert found.title == "River cuts off the lower town for a night"
    assert [r.start_line for r in found.removed] == [1]


def test_a_title_speaks_of_what_the_text_speaks_of() -> None:
    """Buttons, teasers and bylines between the menu and the text are none, whatever stands first or twice."""
    title = "River cuts off the lower town"
    dump = [
        "Printer friendly", "Send to friend", "", "Win a holiday for two on the coast", "", title, "",
        "by Nora Eide, Valley Gazette", "", PROSE, "", MORE, "", "Send to friend",
    ]  # fmt: skip
    found = _clean(*dump)
    assert found.title == title
    assert "Send to friend" not in [block.text for block in found.blocks]
    assert _clean("Log in with your account", "", "Share this:", "", PROSE, "", MORE).title is None


def test_the_numbers_of_pages_are_no_title() -> None:
    """A line of numbers and arrows, however near to the text."""
    assert _clean("1 ← 2 3 4 5 6 → 14 Next >", "", PROSE, "", MORE).title is None


def test_a_title_stands_at_the_end_of_the_breadcrumb() -> None:
    """Of lines above the text, the one that the breadcrumb ends with is the title, not the nearest."""
    title = "The long night of the valley"
    found = _clean(f"Home › News › {title}", "", title, "", "Sandbags for the school", "", PROSE, "", MORE)
    assert found.title == title


def test_a_label_that_comes_again_is_navigation() -> None:
    """A bare name is a byline only below the title or beside a dated one."""
    title = "River cuts off the lower town"
    reasons = _reasons("Our Services", "", title, "", "Nora Eide", "", PROSE, "", MORE, "", "Our Services", "Nora Eide")
    assert (reasons[1], reasons[5], reasons[11]) == ("navigation", "byline", "navigation")


def test_of_two_lines_above_the_text_the_first_is_the_title() -> None:
    """The second says whose it is, though the text speaks of that."""
    assert _clean("Village Booth #22", "River Watch School", "", PROSE, "", MORE).title == "Village Booth #22"


def test_byline_is_no_title() -> None:
    """A text that opens with a date and an author has no title."""
    assert _clean("date 2021-04-05 By Valley Gazette", "", "By Nora Eide", "", PROSE).title is None


def test_repeated_title_and_photo_credit_go() -> None:
    """A caption block that repeats the title and names the photographer is dropped, wherever it stands."""
    title = "River cuts off the lower town for a night"
    reasons = _reasons(
        title,
        "",
        "Nora Eide",
        PROSE,
        "Nora Eide",
        title,
        "Ole Vik",
        "",
        MORE,
        "",
        title,
        "Ole Vik",
        "",
        PROSE + " Again.",
    )
    assert reasons == {
        3: "byline",
        5: "byline",
        6: "duplicate",
        7: "caption_credit",
        11: "duplicate",
        12: "caption_credit",
    }


@pytest.mark.parametrize("question", ["Not a member yet?", "还没有账号？"])
def test_a_question_above_a_login_prompt_goes_with_it(question: str) -> None:
    """It is the prompt's heading; the same question above content stays."""
    assert _reasons("Floods", PROSE, MORE, "", question, "", "Log in or create an account")[5] == "login_prompt"
    assert _reasons("Floods", PROSE, question, MORE, PROSE.upper()).get(3) != "login_prompt"


def test_a_sentence_below_the_title_or_its_byline_is_kept() -> None:
    """It introduces the article, however much furniture stands between them."""
    deck = "The council met with residents of three villages to talk about the new dam on Friday."
    furniture = ["Nora Eide", "Dam to be built above the valley", "Ole Vik", "", "Menu", "Home", "Weather", "Sport", ""]
    body = [PROSE, MORE, PROSE.replace("river", "lake"), MORE.replace("school", "church")] * 3
    removed = _reasons("Dam to be built above the valley", "", "Nora Eide", deck, *furniture, *body)
    assert removed[3] == "byline"
    assert 4 not in removed


def test_a_refrain_amid_the_content_stays() -> None:
    """A longer line that comes again within the running text is part of it."""
    refrain = "And still the water rose, and still nobody came to open the gates."
    found = _clean("Title of some five words", "", PROSE, refrain, MORE, refrain, PROSE + " Again.")
    assert [block.text for block in found.blocks].count(refrain) == 2


def test_teasers_below_a_related_heading_go() -> None:
    """Full sentences below "Top news" near the end are teasers of other pages."""
    reasons = _reasons(
        "Title of some five words",
        "",
        PROSE,
        "",
        MORE,
        "",
        "Top news",
        "",
        "Ferry timetable changes",
        "",
        "From Monday the ferry leaves at seven, the company said.",
    )
    assert reasons == {7: "related_links", 9: "related_links", 11: "related_links"}


def test_related_heading_in_the_opening_does_not_cost_the_body() -> None:
    """A "related" box before the body takes only itself."""
    reasons = _reasons("Title of some five words", "Related articles", PROSE, MORE, PROSE + " Again.", MORE + " Again.")
    assert reasons == {2: "related_links"}


def test_labels_after_the_last_prose_go_but_list_items_stay() -> None:
    """The tail of a dump is the page's; numbered lines that follow on the text are the document's own."""
    reasons = _reasons(
        "Title of some five words",
        "",
        PROSE,
        "(1) River levels by hour",
        "(2) Shelters and routes",
        "",
        "Our newsletters",
        "Weather",
    )
    assert reasons == {7: "navigation", 8: "navigation"}


def test_footer_in_a_foreign_script_is_spam() -> None:
    """A copyright line that opens in a script the document does not use is a planted link."""
    found = _clean(
        "Title of some five words", PROSE, MORE, "某某游戏平台 copyright © Valley Gazette, all rights reserved"
    )
    assert [r.reason for r in found.removed] == [RemovalReason.SPAM]


def test_text_without_prose_is_kept() -> None:
    """A list or poem without a full sentence is not mistaken for a menu."""
    poem = ["Grey gulls over the weir", "and nobody awake", "but the lock-keeper's daughter", "counting barges"]
    assert len(_clean(*poem).blocks) == 4


_ANY_LINE = st.one_of(
    st.sampled_from(
        [PROSE, MORE, "", "Log in", "Home News Contact", "Related articles", "By Nora Eide", "Nora Eide", "© 2020"]
    ),
    st.text(max_size=60).filter(lambda s: "\n" not in s and "\r" not in s),
)


@settings(max_examples=200)
@given(st.lists(_ANY_LINE, max_size=25))
def test_kept_and_removed_are_the_input(lines: list[str]) -> None:
    """Kept and removed blocks together are the non-blank input lines, each once, in order."""
    found = _clean(*lines)
    accounted = sorted([b.start_line or 0 for b in found.blocks] + [r.start_line or 0 for r in found.removed])
    assert accounted == [n for n, line in enumerate(lines, 1) if line.strip()]


def test_a_sheets_first_name_is_no_title() -> None:
    """What programs call it until somebody does; the next heading near the start may be one."""

    def title(*names: str) -> str | None:
        return keep_whole(Extracted(tuple(Block(kind=BlockKind.HEADING, text=name) for name in names))).title

    assert [title("Sheet1"), title("Лист 2", "Prices"), title("Sheets of the Bible")] == [
        None, "Prices", "Sheets of the Bible"
    ]  # fmt: skip
