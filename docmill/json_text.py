"""JSON of whatever origin."""

import json
import sys
from typing import Any

__all__ = ["parsed"]


def parsed(text: str | bytes) -> Any:  # noqa: ANN401  whatever JSON holds
    """As `json.loads`; a number of more digits than Python turns into an integer stays the text it is.

    Raises:
        json.JSONDecodeError: It is no JSON.
        UnicodeDecodeError: It is none in bytes.
        RecursionError: It is nested too deeply.
    """
    try:
        return json.loads(text)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise
    except ValueError:
        return json.loads(text, parse_int=_number)


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) <= sys.get_int_max_str_digits() else digits
