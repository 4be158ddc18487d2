"""Names by a spaCy model the user names: the optional extra `ner`."""

from importlib.metadata import version

from docmill.annotate.tokens import Mention
from docmill.errors import ConfigError

__all__ = ["SpacyNames"]

# Labels of spaCy's pipelines: OntoNotes and the WikiNER scheme.
_TYPES = {"PERSON": "person", "PER": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place"}
_LONGEST = 100_000  # characters; later text goes unread, as spaCy's memory grows with the text


class SpacyNames:
    """People, organisations and places as a spaCy pipeline finds them."""

    def __init__(self, model: str) -> None:
        """Load the model.

        Raises:
            ConfigError: spaCy or the model is not installed.
        """
        try:
            import spacy
        except ImportError as error:
            raise ConfigError(
                f"setting ner_model is {model!r}, but spaCy is not installed", hint="pip install 'docmill[ner]'"
            ) from error
        try:
            self._pipeline = spacy.load(model, exclude=["tagger", "parser", "lemmatizer", "attribute_ruler"])
        except OSError as error:
            raise ConfigError(
                f"setting ner_model is {model!r}, which spaCy cannot load",
                hint=f"python -m spacy download {model}, or name a folder",
            ) from error
        self.language: str = self._pipeline.meta["lang"]
        self.name = f"spacy {version('spacy')} {model} {self._pipeline.meta['version']}"

    def find(self, text: str) -> list[Mention]:
        """Mentions of type person, organisation and place."""
        return [
            Mention(entity.start_char, entity.end_char, _TYPES[entity.label_])
            for entity in self._pipeline(text[:_LONGEST]).ents
            if entity.label_ in _TYPES
        ]
