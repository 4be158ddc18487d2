"""Verbs are no key terms where their endings tell them."""

import pytest

from docmill.annotate.keyphrases import find_keyphrases
from docmill.annotate.terms import find_terms
from docmill.annotate.tokens import Tokens
from docmill.annotate.verbs import is_verb


@pytest.mark.parametrize(
    ("language", "verbs", "others"),
    [
        (
            "ru",
            "открыл принял вернула сообщил задержали требует получат избавиться открывается признаны поддержало",
            "крыло тыл память область канал журнала автомобили сила совести совет школа материал модели",
        ),
        (
            "pl",
            "przyjęła zginął zaczęli zobaczyć dostarczył wygrała informuje pozwalają zasiedli praktykowano",
            "miłość sieć udział skała ciało materiał chwili oddział",
        ),
        (
            "es",
            "abre evitar apropiarse presentó realizarán cerró haciendo exige descartan",
            "lugar mujer militar comando muerte charla orden problema externos carlos",
        ),
        (
            "fr",
            "publier travailler mettraient rendez deviennent permet",
            "hiver dossier quartier cancer ensemble recherche surveillance affaire",
        ),
    ],
)
def test_endings_tell_verbs_from_nouns(language: str, verbs: str, others: str) -> None:
    """But for nouns that end alike, and whatever has a capital, which may be a name."""
    assert [verb for verb in verbs.split() if not is_verb(verb, language)] == []
    assert [other for other in others.split() if is_verb(other, language)] == []
    assert not any(is_verb(verb.title(), language) for verb in verbs.split())


def test_key_phrases_hold_no_verbs() -> None:
    """A title's verb parts what stands before it from what stands after."""
    title = "Речная комиссия требует отставки директора"
    text = f"{title}\nРечная комиссия сообщила, что директора проверят. Речная комиссия требует решения."
    terms = find_terms(Tokens(text), 5, 5, "ru")
    assert terms is not None
    found = find_keyphrases(terms, 10)
    assert found[0] == "Речная комиссия"
    assert not any("требует" in phrase or "сообщила" in phrase for phrase in found)


def test_other_languages_keep_their_words() -> None:
    """Where endings tell nothing."""
    assert not is_verb("announced", "en")
