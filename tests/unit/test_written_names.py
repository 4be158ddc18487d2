"""Names and what stands beside them: nouns in German, places in Spanish called like people, titles in Chinese."""

import pytest

from docmill import Pipeline, RawDocument
from schemas.document import EnrichedDocument


def _named(pipeline: Pipeline, text: str, kind: str) -> set[str]:
    record = pipeline.refine(RawDocument(data=text.encode(), key="note.txt"))
    assert isinstance(record, EnrichedDocument)
    return {entity.canonical or entity.text for entity in record.entities if entity.type.value == kind}


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Die Franz Kafka Lesung im Theater begann am Abend pünktlich und dauerte zwei Stunden.", {"Franz Kafka"}),
        ("Der Verein freut sich über Thomas Müller Fans aus der ganzen Stadt.", {"Thomas Müller"}),
        ("Das war Rudolf Augsteins Motto, und Augstein hielt sich daran.", {"Rudolf Augstein"}),
        ("Heute ist die Peter Fischer Straße wegen der Bauarbeiten gesperrt.", set()),
        ("Die Martin Luther Kirche wird im Sommer von der Gemeinde renoviert.", set()),
        ("Das sagte der Leiter des Bischöflichen Jugendamts am Montag in der Stadt.", set()),
        ("Gestern sprach der Regisseur Till Beckmann mit Johann Sebastian Bach und Anna Maria Schmidt.",
         {"Till Beckmann", "Johann Sebastian Bach", "Anna Maria Schmidt"}),
        ("Stephen King and Larry King read about Martin Luther King Jr. in the library on Monday.",
         {"Stephen King", "Larry King", "Martin Luther King Jr."}),
        ("Related Expert Advice articles by Cardinal Digital Marketing were read by Coach Miller and Author Jake.",
         {"Miller", "Jake"}),
        ("Then President Donald Trump met Judge Judy Sheindlin at the house.", {"Donald Trump", "Judy Sheindlin"}),
        ("El gobernador Gustavo Bordet viajó de Entre Ríos a Comodoro Rivadavia, General Pico y Carlos Paz.",
         {"Gustavo Bordet"}),
        ("国家主席习近平出席会议。歌手周杰伦到场。外交部发言人毛宁表示同意，郑强局长也来了。",
         {"习近平", "周杰伦", "毛宁", "郑强"}),
        ("特朗普总统表示同意。美国总统约瑟夫·拜登也同意。", {"特朗普", "约瑟夫·拜登"}),
        ("中国工程院院士钟南山指出，疫情已经过去，主治医师李家政表示，系统很好。", {"钟南山", "李家政"}),
        ("柯达宣布破产，柯达公司表示遗憾，话剧来到张家口。", set()),
    ],
)  # fmt: skip
def test_people_and_nobody_else(pipeline: Pipeline, text: str, people: set[str]) -> None:
    assert _named(pipeline, text, "person") == people


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("El tren va de Entre Ríos a Comodoro Rivadavia, General Pico y Santiago del Estero.",
         {"Entre Ríos", "Comodoro Rivadavia", "General Pico", "Santiago del Estero"}),
        ("话剧来到张家口和秦皇岛，观众很多，大家都很高兴。", {"张家口", "秦皇岛"}),
    ],
)  # fmt: skip
def test_places_that_look_like_people(pipeline: Pipeline, text: str, places: set[str]) -> None:
    assert _named(pipeline, text, "place") == places
