"""The JSON Schemas that are published, made from the structs that write the JSON."""

from __future__ import annotations

import inspect
import json
from typing import Any

import msgspec


def schema_text(title: str, kind: type[msgspec.Struct]) -> str:
    """Return the schema of a struct, as the text of a file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **msgspec.json.schema(kind)}
    return json.dumps(_without_indentation(schema), indent=2) + "\n"


def _without_indentation(part: Any) -> Any:
    """Take the source's indentation out of descriptions: Python before 3.13 leaves it in docstrings."""
    if isinstance(part, dict):
        return {
            key: inspect.cleandoc(value)
            if key == "description" and isinstance(value, str)
            else _without_indentation(value)
            for key, value in part.items()
        }
    return [_without_indentation(each) for each in part] if isinstance(part, list) else part
