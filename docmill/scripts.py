"""Scripts: the runs of a text that are written in one script each."""

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["ScriptRun", "run_text", "script_name", "script_runs"]

# ISO 15924 codes to the ranges of their letters. East Asian scripts go together: Japanese and Korean mix them.
_RANGES = {
    "Latn": "A-Za-zªºÀ-ÖØ-öø-ʯᴀ-ᶿḀ-ỿ\u0300-\u036fＡ-Ｚａ-ｚ",
    "Hani": "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3100-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\u1100-\u11ff\u3130-\u318f\uac00-\ud7af\U00020000-\U0003ffff",
    "Cyrl": "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f",
    "Arab": "\u0600-\u0603\u0610-\u061a\u061c-\u061e\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff"
    "\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdcf\ufdf0-\ufdfd\ufe70-\ufefc",
    "Grek": "\u0370-\u037d\u037f-\u03ff\u1f00-\u1fff",
    "Hebr": "\u0591-\u05f4\ufb1d-\ufb4f",
    "Deva": "\u0900-\u097f\ua8e0-\ua8ff",
    "Beng": "\u0980-\u09ff",
    "Guru": "\u0a00-\u0a7f",
    "Gujr": "\u0a80-\u0aff",
    "Orya": "\u0b00-\u0b7f",
    "Taml": "\u0b80-\u0bff",
    "Telu": "\u0c00-\u0c7f",
    "Knda": "\u0c80-\u0cff",
    "Mlym": "\u0d00-\u0d7f",
    "Sinh": "\u0d80-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Laoo": "\u0e80-\u0eff",
    "Tibt": "\u0f00-\u0fff",
    "Mymr": "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f",
    "Geor": "\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2f",
    "Armn": "\u0530-\u058f\ufb13-\ufb17",
    "Ethi": "\u1200-\u139f\u2d80-\u2ddf\uab00-\uab2f",
    "Khmr": "\u1780-\u17ff\u19e0-\u19ff",
    "Mong": "\u1800-\u18af",
    "Tfng": "\u2d30-\u2d7f",
    "Nkoo": "\u07c0-\u07ff",
    "Olck": "\u1c50-\u1c7f",
}
_NAMES = tuple(_RANGES)
_EAST_ASIAN = _NAMES.index("Hani") + 1
_BMP = 0x10000
_RARE_IDEOGRAPHS = 0x20000, 0x40000
_SHOWN = 600  # characters of a paragraph searched for a run's text
_JAPANESE = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")


class ScriptRun(NamedTuple):
    """What of one paragraph is in one script."""

    script: str  # ISO 15924; Hani for all that is written in East Asia
    letters: int  # an East Asian one, as wide as two and saying as much, counts as two
    start: int  # of its first letter in the text
    end: int  # of its paragraph


@cache
def _table() -> NDArray[np.uint8]:
    """Of each code point of the basic plane: the number of its script, from 1; 0 for what belongs to none."""
    table = np.zeros(_BMP, np.uint8)
    for number, letters in enumerate(_RANGES.values(), start=1):
        for first, last in re.findall("(.)(?:-(.))?", letters):
            table[ord(first) : min(ord(last or first), _BMP - 1) + 1] = number
    return table


@cache
def _run_of(script: str) -> re.Pattern[str]:
    """A run begins and ends with its script; between, what belongs to no script (spaces, digits, signs) may stand."""
    letters = _RANGES[script]
    return re.compile(rf"[{letters}](?:[{letters}\W\d_]*[{letters}])?")


def script_runs(text: str) -> list[ScriptRun]:
    """The text's runs in order, one for each script of a paragraph: all its stretches in that script."""
    codes = _codes(text + "\n")
    scripts = _scripts(codes)
    letters = np.flatnonzero(scripts)
    if not len(letters):
        return []
    ends, own = np.flatnonzero(codes == ord("\n")), scripts[letters]
    # Stretches of letters of one script and paragraph, by the first letter of each: few, next to the letters.
    changes = own[1:] != own[:-1]
    begun = np.searchsorted(letters, ends)
    changes[begun[(begun > 0) & (begun < len(letters))] - 1] = True
    first = np.append(0, np.flatnonzero(changes) + 1)
    sizes = np.append(first[1:], len(letters)) - first
    keys = np.searchsorted(ends, letters[first]) * (len(_NAMES) + 1) + own[first]
    found, at, stretch = np.unique(keys, return_index=True, return_inverse=True)
    counts = np.bincount(stretch, sizes * (1 + (own[first] == _EAST_ASIAN))).astype(np.int64)
    order = np.argsort(at)
    paragraphs, numbers = np.divmod(found[order], len(_NAMES) + 1)
    columns = (numbers - 1, counts[order], letters[first[at[order]]], ends[paragraphs])
    return [ScriptRun(_NAMES[n], *rest) for n, *rest in zip(*(column.tolist() for column in columns), strict=True)]


def _codes(text: str) -> NDArray[np.uint16] | NDArray[np.uint32]:
    data = text.encode("utf-16-le", "surrogatepass")
    if len(data) == 2 * len(text):
        return np.frombuffer(data, np.uint16)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _scripts(codes: NDArray[np.uint16] | NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The number of each character's script."""
    if codes.dtype == np.uint16:
        return _table()[codes]
    scripts = _table()[np.minimum(codes, _BMP - 1)]
    scripts[codes >= _BMP] = 0
    scripts[(codes >= _RARE_IDEOGRAPHS[0]) & (codes < _RARE_IDEOGRAPHS[1])] = _EAST_ASIAN
    return scripts


def run_text(text: str, run: ScriptRun) -> str:
    """A run's stretches, joined by spaces, as far as they stand near its beginning."""
    return " ".join(_run_of(run.script).findall(text, run.start, min(run.end, run.start + _SHOWN)))


def script_name(run: ScriptRun, shown: str) -> str:
    """A run's script, East Asian ones told apart by its text."""
    if run.script != "Hani":
        return run.script
    return "Jpan" if _JAPANESE.search(shown) else "Hang" if _HANGUL.search(shown) else "Hani"
