"""Taxonomies: the categories a document can be given, as users write them in TOML."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.base import Model

__all__ = ["Category", "Taxonomy"]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^\S(.*\S)?$", max_length=200)]
PerLanguage = dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")], Text]


class Category(Model):
    """One category. `labels` and `description` are keyed by language code."""

    id: Id
    labels: Annotated[PerLanguage, Field(min_length=1)]
    description: Annotated[PerLanguage, Field(min_length=1)]
    seeds: tuple[Text, ...] = Field(default=(), description="Phrases that speak for the category.")
    examples: tuple[Text, ...] = Field(default=(), description="Whole texts that belong to it.")
    parent: Id | None = Field(default=None, description="Id of the wider category this one is part of.")


class Taxonomy(Model):
    """A set of categories to classify documents by."""

    id: Id
    title: Text
    kind: Literal["topics", "content_type"]
    multi: bool = Field(default=False, description="Whether a document may be given several of its categories.")
    category: Annotated[tuple[Category, ...], Field(min_length=1)]
