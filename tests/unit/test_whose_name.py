"""Names: where they begin and end, and what is called after somebody."""

import pytest

from docmill.annotate.chinese_names import tag
from docmill.annotate.entities import find_entities
from docmill.annotate.tokens import Tokens
from schemas.document import EntityType, Language


def _names(text: str, code: str, kind: EntityType) -> dict[str, int]:
    language = Language(code=code, confidence=1, shares={code: 1.0})
    found = find_entities(Tokens(text), language, tag(text) if code == "zh" else None)
    return {entity.canonical: entity.count for entity in found if entity.type == kind}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "She told the Valley Leader Monday afternoon that it was working."),
        ("en", "They own the Valley Sun and Harbour Courant, and the former owner of the mill."),
        ("fr", "Le lycée Jean Moreau et la salle Louise Martin sont fermés."),
        ("es", "El partido se juega en el estadio Ricardo Fuentes, en la calle Carlos Prado."),
        ("de", "Das Max Weber Gymnasium bleibt geschlossen."),
        ("ru", "Он живёт на улице Ивана Петрова."),
    ],
)
def test_days_papers_and_what_is_called_after_somebody_are_no_people(code: str, text: str) -> None:
    """Whatever stands before or after them."""
    assert _names(text, code, EntityType.PERSON) == {}


def test_a_surname_that_somebody_else_has_too_stands_for_nobody() -> None:
    """Of two ministers of the same name, one of whom no rule finds, the other has not the mentions of both."""
    text = (
        "Ayer habló Zyx Varela. Carlos Varela, ministro de Salud, respondió. Dicen que Zyx Varela volverá. "
        "Según fuentes, Varela no piensa renunciar."
    )
    assert _names(text, "es", EntityType.PERSON) == {"Carlos Varela": 1}
    assert _names(text.replace("Zyx ", ""), "es", EntityType.PERSON) == {"Carlos Varela": 3}


@pytest.mark.parametrize(
    ("code", "text", "names"),
    [
        ("es", "El jefe de Planificación y Desarrollo Urbano de la Fundación Ribera habló.", {"Fundación Ribera"}),
        ("es", "Dieron al Departamento de Justicia las pruebas del caso.", {"Departamento de Justicia"}),
        ("es", "En la Corte Suprema se acumulan las causas.", {"Corte Suprema"}),
        ("fr", "Il a quitté le groupe RPX à l'Assemblée nationale.", {"Assemblée nationale"}),
        (
            "fr",
            "Le Conseil de l’évaluation de la recherche et de l’enseignement supérieur a écrit.",
            {"Conseil de l’évaluation de la recherche et de l’enseignement supérieur"},
        ),
        ("de", "Organisationen wie Vereine, Kirchen und Nordlicht brauchen Hilfe.", {"Nordlicht"}),
        ("de", "Die LG Nord verpasste den Titel, sagte ein Trainer.", set()),
        ("en", "Officials in the Israeli-occupied West Bank announced it.", set()),
        ("zh", "会计师事务所的人说，党和政府都很重视。", set()),
    ],
)
def test_organisations_begin_and_end_with_their_name(code: str, text: str, names: set[str]) -> None:
    """Not with what is joined to it; and nouns that name none in particular are none."""
    assert set(_names(text, code, EntityType.ORGANISATION)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("协会理事长姜风称，评审有积极意义。", {"姜风"}),
        ("請戴上口罩。（記者盧育君攝）", {"盧育君"}),
        ("约翰·洛克菲勒的三孙子劳伦斯·洛克菲勒出席。", {"约翰·洛克菲勒", "劳伦斯·洛克菲勒"}),
        ("长子埃里克·史密斯出席。", {"埃里克·史密斯"}),
    ],
)
def test_chinese_names_are_whole_and_without_what_stands_beside_them(text: str, names: set[str]) -> None:
    """Verbs, and words for relatives."""
    assert set(_names(text, "zh", EntityType.PERSON)) == names


def test_common_nouns_that_end_as_places_do_are_none() -> None:
    """But for what is on the map."""
    assert set(_names("会议在张家界举行，大城市的市区人口很多。", "zh", EntityType.PLACE)) == {"张家界"}


@pytest.mark.parametrize(
    ("code", "text", "names"),
    [
        ("en", "The drug was banned by the Food and Drug Administration in May.", {"Food and Drug Administration"}),
        (
            "en",
            "Yesterday he sent letters to the Pentagon and Treasury Department about their old plans.",
            {"Treasury Department"},
        ),
        ("en", "She trained a Generative Adversarial Network on tides.", set()),
        ("en", "He told an Associated Press reporter in the old town.", {"Associated Press"}),
        ("en", "Use of Version Control Systems is wide; version control came late.", set()),
        (
            "es",
            "Habló la Asamblea Permanente por los Derechos Humanos.",
            {"Asamblea Permanente por los Derechos Humanos"},
        ),
        ("es", "Lo pidió el Congreso por los Tribunales del país.", set()),
    ],
)
def test_capitals_that_stress_a_term_or_join_two_names(code: str, text: str, names: set[str]) -> None:
    """Agencies are whole, terms none."""
    assert set(_names(text, code, EntityType.ORGANISATION)) == names


def test_parts_of_other_names_are_no_places() -> None:
    """Universities and courts in English; in Chinese the hour of a place, and its university."""
    assert not _names("Then Ohio State won, said a clerk of the Southern District of courts.", "en", EntityType.PLACE)
    assert set(_names("北京时间三点，他在上海说，非上市公司很多。", "zh", EntityType.PLACE)) == {"上海"}
