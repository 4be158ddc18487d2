"""Describe: who wrote it, when, where; from the markup, else from bylines in the text."""

from dataclasses import replace

import pytest

from docmill import author_names
from docmill.author_names import full_names_in, half_labelled_names, names_in
from docmill.bylines import read_fields
from docmill.clean import clean
from docmill.dates import find_date, read_timestamp
from docmill.describe import describe
from docmill.describe.choice import choose
from docmill.describe.dump import read_dump
from docmill.describe.signed import signed_lines
from docmill.extract.text import read_lines
from docmill.persons import is_full_name
from docmill.stage import Metadata

PROSE = "The river rose two metres overnight, and the lower town was cut off from the bridge until noon."


def _describe(*lines: str) -> Metadata:
    extracted = read_lines("\n".join([*lines, "", PROSE]))
    return describe(extracted, clean(extracted))


@pytest.mark.parametrize(
    ("byline", "authors", "published", "site"),
    [
        ("By Nora Eide and Ole Vik", ("Nora Eide", "Ole Vik"), None, None),
        ("By Nora Eide | March 5, 2021", ("Nora Eide",), "2021-03-05", None),
        (
            "Source: Valley Gazette | 2021-04-05 08:00 | Author: Nora Eide",
            ("Nora Eide",),
            "2021-04-05",
            "Valley Gazette",
        ),
        ("作者：李明 来源：山谷日报 2021-04-05 08:00", ("李明",), "2021-04-05", "山谷日报"),
        ("Published: 5 March 2021, 4:05 PM EST by Nora Eide", ("Nora Eide",), "2021-03-05T16:05-05:00", None),
        ("Автор: Нора Эйде, 5 марта 2021", ("Нора Эйде",), "2021-03-05", None),
        ("Par Jeanne Morel, publié le 3 avril 2022", ("Jeanne Morel",), "2022-04-03", None),
        ("Publicado el 12 de mayo de 2020", (), "2020-05-12", None),
        ("بقلم: سمير حداد", ("سمير حداد",), None, None),
        ("By Nora EidePublished: Mar 5, 2021", ("Nora Eide",), "2021-03-05", None),
        ("By Nora Eide March 5, 2021 4 min read", ("Nora Eide",), "2021-03-05", None),
        ("Nora Eide • March 5, 2021", ("Nora Eide",), "2021-03-05", None),
        ("Nora Eide | 5 March 2021 | Weather", ("Nora Eide",), "2021-03-05", None),
        ("ByNora EideMar 5, 2021 | 6 comments", ("Nora Eide",), None, None),
        ("By Nora Eide ⋅ Founder and Editor-in-Chief ⋅ Updated May 6, 2025", ("Nora Eide",), None, None),
        ("Par Jeanne Morel le 07 mai 2020", ("Jeanne Morel",), "2020-05-07", None),
        ("Thread starter river_fan42", ("river_fan42",), None, None),
        ("【山谷日報／記者李明／即時報導】", ("李明",), None, None),
        ("홍길동 기자 hong@example.com", ("홍길동",), None, None),
        ("Af Jens Hansen", ("Jens Hansen",), None, None),
        ("Tác giả: Nguyễn Văn An", ("Nguyễn Văn An",), None, None),
    ],
)
def test_bylines_are_read(byline: str, authors: tuple[str, ...], published: str | None, site: str | None) -> None:
    """Authors, date and publication are read from byline lines in several languages."""
    found = _describe("River cuts off the lower town for a night", byline)
    assert (found.authors, found.published, found.site_name) == (authors, published, site)


def test_a_line_of_its_own_names_the_author() -> None:
    """Where one line names a publication and another only a person, the person is the author."""
    found = _describe("date 2021-04-05 By Valley Gazette", "", "By Nora Eide")
    assert (found.authors, found.site_name, found.published) == (("Nora Eide",), "Valley Gazette", "2021-04-05")


def test_a_name_by_itself_is_known_by_what_stands_around_it() -> None:
    """A label above it, the date or the writer's role tells an author from a menu's label."""
    title = "River cuts off the lower town for a night"
    for lines in (
        [title, "By", "Nora Eide"],
        [title, "Nora Eide", "March 5, 2021"],
        [title, "Nora Eide", "Staff writer"],
    ):
        assert _describe(*lines).authors == ("Nora Eide",)
    menu = ["Solutions", "By Industry", "Health", "By Role", "Garden Guides", ""]
    assert _describe(*menu, title, "", PROSE, "", "Our garden guides are for every industry.").authors == ()


def test_who_began_a_discussion_is_its_author() -> None:
    """Users have names in any form; those who answer are no authors."""
    found = _describe(
        "River cuts off the lower town", "", "Thread starter riverfan", "Start date Mar 5, 2021", "", "riverfan",
        "Member", "Joined: 2019", "", PROSE, "", "old_bridge", "Member", "Joined: 2020", "Mar 7, 2021", "",
    )  # fmt: skip
    assert (found.authors, found.published) == (("riverfan",), "2021-03-05")


def test_labels_of_menus_and_other_articles_bylines_name_nobody() -> None:
    """A dump's menus stand twice or more, and teasers below the text have authors of their own."""
    menu = ["Our Services", "Email Address", "Learn More"]
    found = _describe(*menu, "", "River cuts off the lower town for a night", "", PROSE, "", *menu, "", *menu)
    assert found.authors == ()
    extracted = read_lines(
        "\n".join([
            "River cuts off the lower town for a night", "", "By Nora Eide", "March 5, 2021", "", PROSE, "",
            "Volunteers carried sandbags to the school, where forty families had spent the night on camp beds.", "",
            *["Other news", "", "Bridge to open in spring", "", "By Ole Vik", "May 9, 2021", ""] * 2,
        ])
    )  # fmt: skip
    found = describe(extracted, clean(extracted))
    assert (found.authors, found.published) == (("Nora Eide",), "2021-03-05")


def test_an_update_is_no_publication() -> None:
    """A line that tells only of an update leaves the publication date open."""
    found = _describe("River cuts off the lower town for a night", "Updated: 2021-04-06")
    assert (found.published, found.modified) == (None, "2021-04-06")


def test_markup_outranks_the_text() -> None:
    """What the markup declares is taken before what the visible text says."""
    extracted = read_lines(f"By Nora Eide\n\n{PROSE}")
    metadata = Metadata(title="Declared", authors=("Ole Vik",), url="https://news.example.org/x")
    declared = replace(extracted, metadata=metadata)
    found = describe(declared, clean(declared))
    assert (found.title, found.authors, found.site_name) == ("Declared", ("Ole Vik",), "news.example.org")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2021-4-5", "2021-04-05"),
        ("2021年4月5日", "2021-04-05"),
        ("05.04.2021", "2021-04-05"),
        ("5 April 2021", "2021-04-05"),
        ("April 5, 2021", "2021-04-05"),
        ("5 de abril de 2021", "2021-04-05"),
        ("5 апреля 2021", "2021-04-05"),
        ("ngày 5 tháng 4 năm 2021", "2021-04-05"),
        ("5 Tháng Tư, 2021", "2021-04-05"),
        ("Thứ hai, 5/4/2021, 10:30", "2021-04-05"),
        ("5 เมษายน 2564", "2021-04-05"),
        ("5 เม.ย. พ.ศ. 2564", "2021-04-05"),
        ("५ अप्रैल २०२१", "2021-04-05"),
        ("5 באפריל 2021", "2021-04-05"),
        ("۱۶ فروردین ۱۴۰۰", "2021-04-05"),
        ("۱۶ فروردين ۱۴۰۰", "2021-04-05"),
        ("۱۲ دي ۱۴۰۳", "2025-01-01"),
        ("۵ ژانویه ۲۰۲۱", "2021-01-05"),
        ("۵ ژوئيه ۲۰۲۱", "2021-07-05"),
        ("۱۲ جنوري ۲۰۲۱", "2021-01-12"),
        ("۵ فبرایر ۲۰۲۱", "2021-02-05"),
        ("۳۰ اسفند ۱۳۹۹", "2021-03-20"),
        ("令和3年4月5日", "2021-04-05"),
        ("民國110年4月5日", "2021-04-05"),
        ("5. huhtikuuta 2021", "2021-04-05"),
        ("5. travnja 2021.", "2021-04-05"),
        ("2021 m. balandžio 5 d.", "2021-04-05"),
        ("abril 5 de 2021", "2021-04-05"),
        ("2021年13月40日", None),
        ("13/14/2021", None),
        ("2021-13-05", None),
        ("no date", None),
    ],
)
def test_dates_become_iso(text: str, date: str | None) -> None:
    """Unambiguous dates become ISO 8601; impossible and ambiguous ones are left alone."""
    assert find_date(text) == date


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("April 5, 2021, 5:30 AM UTC+2", "2021-04-05T05:30+02:00"),
        ("5 Apr 2021 10:30 (GMT-3)", "2021-04-05T10:30-03:00"),
        ("5 Apr 2021 10:30 WIB", "2021-04-05T10:30+07:00"),
        ("2021년 4월 5일 오후 3:20", "2021-04-05T15:20"),
        ("2021年4月5日 下午3:20", "2021-04-05T15:20"),
        ("2021年4月5日(月) 10時30分", "2021-04-05T10:30"),
        ("5 abril 2021 às 10h30", "2021-04-05T10:30"),
        ("5 Nisan 2021 Pazartesi 15:09", "2021-04-05T15:09"),
        ("Mon Apr 05 11:05:00 UTC 2021", "2021-04-05T11:05:00+00:00"),
        ("20210405T103000Z", "2021-04-05T10:30:00+00:00"),
        ("202104051030", "2021-04-05T10:30"),
        ("20210405", "2021-04-05"),
        ("1617618600", "2021-04-05T10:30:00+00:00"),
        ("1617618600000", "2021-04-05T10:30:00+00:00"),
        ("05.04.21 10:30", "2021-04-05T10:30"),
        ("05.04.71", "1971-04-05"),
        ("25/04/2021", "2021-04-25"),
        ("04/25/2021", "2021-04-25"),
        ("04-25-2021", "2021-04-25"),
        ("20211305", None),
        ("3/4/2021", None),
        ("1.2.10", None),
    ],
)
def test_times_are_read_with_their_halves_and_zones(text: str, moment: str | None) -> None:
    """Hours told by halves of the day, how far a zone is from UTC, and what machines write; the ambiguous is not."""
    assert read_timestamp(text) == moment


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Eide, Nora; Vik, Ole", ["Nora Eide", "Ole Vik"]),
        ("Di Nora Eide e Ole Vik", ["Nora Eide", "Ole Vik"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Nora Eide y Ole Vik", ["Nora Eide", "Ole Vik"]),
        ("Nora Eide y Agencias", ["Nora Eide", "Agencias"]),
        ("Nora Eide in Bergen", ["Nora Eide"]),
        ("By Nora Eide for the Valley Gazette", ["Nora Eide"]),
        ("作者：张三 李四", ["张三", "李四"]),
        ("著者：山田 太郎", ["山田 太郎"]),
        ("記者王小明／台北報導", ["王小明"]),
        ("【山谷日報／記者王小明／台北報導】", ["王小明"]),
        ("本报记者 王小明 通讯员 李红", ["王小明", "李红"]),
        ("记者蒋 凌", ["蒋凌"]),
        ("本文栏目：", []),
        ("ο Νίκος Μπάρας", ["Νίκος Μπάρας"]),
        ("김철수 기자", ["김철수"]),
        ("Текст: Анна Иванова. Фото: Пётр Сидоров", ["Анна Иванова"]),
        ("Tác giả: Nguyễn Văn An", ["Nguyễn Văn An"]),
        ("Yazar: Ahmet Yılmaz", ["Ahmet Yılmaz"]),
        ("Oleh Budi Santoso", ["Budi Santoso"]),
        ("מאת יוסי כהן", ["יוסי כהן"]),
    ],
)
def test_names_in_many_languages(value: str, names: list[str]) -> None:
    """Labels, places, words around a name and the ways to part names of languages all over the world."""
    assert names_in(value) == names


def test_what_takes_long_is_looked_at_only_where_it_may_decide() -> None:
    """A line that cannot be chosen any more is done with; what is chosen is what has most, if that is enough."""
    looked: list[str] = []

    def slow(line: str) -> bool:
        looked.append(line)
        return "!" in line

    features = {"slow": slow, "length": len}
    weights = {"slow": 2.0, "length": 1.0, "none": 3.0}
    assert choose(features, weights, ["a", "bc!", "bcdef", "bcd!", "x"], ["slow"]) == "bcd!"
    assert looked == ["bc!", "bcdef", "bcd!"]
    assert choose(features, weights, ["bcd!", "bcd!x"], ["slow"]) == "bcd!x"
    assert choose(features, weights, ["a", "bcd"], ["slow"]) is None
    assert choose(features, weights, ["a", "abcd"]) == "abcd"


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("quay.example.gr", []),
        ("Mit Informationen von Nora Eide, Quay-Studio London", ["Nora Eide"]),
        ("潮汐_藍天 發表在", ["潮汐_藍天"]),
        ("will.i.am", ["will.i.am"]),
    ],
)
def test_what_is_around_a_declared_name_is_no_part_of_it(value: str, names: list[str]) -> None:
    """Nor is a site's address one."""
    assert names_in(value, as_written=True)[:1] == names


def test_a_label_is_no_part_of_the_title() -> None:
    """Dumps with fields at their top name them."""
    found = _describe("Title: River cuts off the lower town", "Author: Eide, Nora", "Date: 2021-04-05", "", PROSE)
    assert (found.title, found.authors) == ("River cuts off the lower town", ("Nora Eide",))


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Words by Nora Eide. Photographs by Ole Vik", ["Nora Eide"]),
        ("By Nora Eide, photos by Ole Vik", ["Nora Eide"]),
        ("By Nora Eide (Reuters)", ["Nora Eide"]),
        ("Written by Nora Eide on February 28, 2023", ["Nora Eide"]),
        ("By Ole Vik Jr.", ["Ole Vik Jr"]),
        ("By Nora Eide PhD and Ole Vik", ["Nora Eide PhD", "Ole Vik"]),
        ("By Nora Eide, PhD", ["Nora Eide"]),
        ("Author: Eide, Nora K.", ["Nora K Eide"]),
        ("Author: Eide, Editor", ["Eide"]),
        ("Text von Nora Eide    Illustration von Ole Vik", ["Nora Eide"]),
        ("Texte de Nora Eide, photos de Ole Vik", ["Nora Eide"]),
        ("Edited by Ole Vik", []),
        ("By Nora Eide, Ole Vik", ["Nora Eide", "Ole Vik"]),
    ],
)
def test_a_byline_names_who_wrote(line: str, names: list[str]) -> None:
    """Not the photographer, the agency in brackets or the day; a degree takes nobody's name away."""
    assert [n for label, value in read_fields(line) if label == "author" for n in names_in(value)] == names


@pytest.mark.parametrize(
    "value",
    ["Nora Eide", "Nora Eide and Ole Vik", "Posted by Nora Eide", "Contact us", "Read More", "Nora Eide, editor"],
)
def test_full_names_are_those_of_the_names_that_look_like_it(value: str) -> None:
    """However soon it is told."""
    assert full_names_in(value) == [name for name in names_in(value) if is_full_name(name)]
    assert bool(full_names_in(value)) == ("Eide" in value)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("di Nora Eide e Ole Vik", ["Nora Eide", "Ole Vik"]),
        ("av Nora Eide", ["Nora Eide"]),
        ("홍길동 기자", ["홍길동"]),
        ("de la Nora spre casa", []),
        ("Nora Eide", []),
    ],
)
def test_half_a_label_is_one_beside_full_names(line: str, names: list[str]) -> None:
    """And of a sentence that begins with the same word none."""
    assert half_labelled_names(line) == names


def test_a_half_labelled_byline_is_parted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is one and whom it names is told together."""
    cleaned = clean(read_lines(f"The river rose two metres\n\ndi Nora Eide\n\n{PROSE}"))
    parted: list[str] = []
    part = author_names._parted  # the step that takes the time

    def watched(value: str) -> list[str]:
        parted.append(value)
        return part(value)

    monkeypatch.setattr(author_names, "_parted", watched)
    assert [said.names for _, said in signed_lines(read_dump(cleaned))] == [("Nora Eide",)]
    assert parted.count("di Nora Eide") == 1


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("example.org, Bergen, Norway", []),
        ("example.org, Nora Eide", ["Nora Eide"]),
        ("Revised edition edited by Nora Eide", []),
        ("A report by Nora Eide", ["Nora Eide"]),
        ("Learn More", []),
    ],
)
def test_sites_places_and_editors_are_no_authors(value: str, names: list[str]) -> None:
    """Beside a host's name only full names are."""
    assert [name for name in names_in(value, as_written=True) if is_full_name(name)] == names
    assert (names_in(value, as_written=True) == []) == (names == [])
