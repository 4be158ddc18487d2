"""Countries: names by CLDR, demonyms and what is ambiguous by docmill's own tables, to ISO 3166-1 codes."""

from docmill.annotate.countries.find import CountryMention, find_countries
from docmill.annotate.countries.gazetteer import LANGUAGES

__all__ = ["LANGUAGES", "CountryMention", "find_countries"]
