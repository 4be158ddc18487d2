"""Reporters of Chinese pages and dumps, and the times of day that stand between a day and its author."""

import pytest

from docmill import Pipeline, RawDocument
from docmill.dates import after_time
from docmill.reporters import reporters_in
from schemas.document import EnrichedDocument

PROSE = "河口的渡船从星期一起恢复航行，码头在冬天修好了。渡船可载六十人和十二辆汽车，风平浪静时航程一小时十五分。"
MORE = "县里说，修理花了四百万元，其中一半由岛上的居民捐出，另一半来自造船厂的基金会，明年还要添一艘新船。"


def _authors(pipeline: Pipeline, data: str, key: str) -> tuple[str, ...]:
    record = pipeline.refine(RawDocument(data=data.encode(), key=key))
    assert isinstance(record, EnrichedDocument)
    return record.authors


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("本报北京3月4日电（记者王小明）渡船恢复航行", ["王小明"]),
        ("（记者 王小明、李大伟）渡船恢复航行", ["王小明", "李大伟"]),
        ("河报讯（记者王小明 通讯员李大伟）渡船恢复航行", ["王小明", "李大伟"]),
        ("记者 王小明 报道", ["王小明"]),
        ("文／王小明 图／李明", ["王小明"]),
        ("记者从县里了解到，渡船恢复航行。", []),
        ("记者高兴，大家也高兴。", []),
        ("渡船恢复航行。" * 20 + "（记者王小明）", []),
        ("Reporter Wang Xiaoming", []),
    ],
)
def test_reporters_are_named_at_the_beginning(text: str, names: list[str]) -> None:
    assert reporters_in(text) == names


@pytest.mark.parametrize(
    ("above", "lead", "names"),
    [
        ("", "本报北京3月4日电（记者王小明）", ("王小明",)),
        ("", "（记者 王小明、李大伟）", ("王小明", "李大伟")),
        ("", "记者 王小明 报道 ", ("王小明",)),
        ("2025-03-04 10:20", "（记者王小明）", ("王小明",)),
        ("2025-03-04 10:20 文/王小明", "", ("王小明",)),
        ("2025年3月4日 上午10时20分 文/王小明", "", ("王小明",)),
        ("", "记者 从县里了解到，", ()),
    ],
)
def test_pages_and_dumps_name_the_same_reporters(
    pipeline: Pipeline, above: str, lead: str, names: tuple[str, ...]
) -> None:
    """A sentence that begins with a reporter's title names nobody but reporters."""
    title = "渡船恢复航行"
    byline = f"<p>{above}</p>" if above else ""
    page = f"<title>{title}</title><article><h1>{title}</h1>{byline}<p>{lead}{PROSE}</p><p>{MORE}</p></article>"
    assert _authors(pipeline, page, "a.html") == names
    assert _authors(pipeline, "\n\n".join((title, above, lead + PROSE, MORE)), "a.txt") == names


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (" 10:20 by Nora Eide", " by Nora Eide"),
        (", 10:20 am EST by Nora Eide", " by Nora Eide"),
        (" à 10h20 par Anne Roux", " par Anne Roux"),
        (" ore 10:20 di Marco Rossi", " di Marco Rossi"),
        (" 10:20 Uhr von Petra Klein", " von Petra Klein"),
        (" 上午10时20分 文/王小明", " 文/王小明"),
        (" (火) 10:20 UTC+2 | Nora Eide", " | Nora Eide"),
        (" by Nora Eide", " by Nora Eide"),
    ],
)
def test_what_follows_a_time_of_day(text: str, rest: str) -> None:
    assert after_time(text).strip() == rest.strip()
