"""The output contract as JSON Schema, generated from the models."""

import json
from functools import cache

from pydantic import TypeAdapter

from schemas.document import SCHEMA_VERSION, Outcome

__all__ = ["FILE_NAME", "json_schema"]

FILE_NAME = f"docmill-{SCHEMA_VERSION}.schema.json"


@cache
def json_schema() -> str:
    """JSON Schema (draft 2020-12) of a record: an enriched document or a rejection. Stable text, ends in a newline."""
    schema = TypeAdapter(Outcome).json_schema(mode="serialization")
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"docmill record {SCHEMA_VERSION}",
        "description": "An enriched document (under enriched/) or a rejection (under quarantine/).",
    }
    return json.dumps(head | schema, indent=2, ensure_ascii=False) + "\n"
