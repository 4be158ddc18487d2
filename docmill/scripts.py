"""Scripts: the runs of a text that are written in one script each."""

import re
from dataclasses import dataclass

__all__ = ["ScriptRun", "script_runs", "width"]

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
# A run begins and ends with its script; between, what belongs to no script (spaces, digits, punctuation) may stand.
_RUN = re.compile(
    "|".join(f"(?P<{script}>[{letters}](?:[{letters}\\W\\d_]*[{letters}])?)" for script, letters in _RANGES.items())
)
_LETTER = re.compile(f"[{''.join(_RANGES.values())}]")
_WIDE = re.compile(f"[{_RANGES['Hani']}]")
_JAPANESE = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class ScriptRun:
    """What of one paragraph is in one script."""

    script: str  # ISO 15924
    text: str
    letters: int  # as `width` counts them


def width(text: str) -> int:
    """Letters of a text; an East Asian one, as wide as two and saying as much, counts as two."""
    return len(_LETTER.findall(text)) + len(_WIDE.findall(text))


def script_runs(text: str) -> list[ScriptRun]:
    """The text's runs in order, one for each script of a paragraph: its stretches in that script, joined by spaces."""
    runs = []
    for line in text.split("\n"):
        stretches: dict[str, list[str]] = {}
        for match in _RUN.finditer(line):
            stretches.setdefault(str(match.lastgroup), []).append(match[0])
        for script, parts in stretches.items():
            run = " ".join(parts)
            runs.append(ScriptRun(_east_asian(run) if script == "Hani" else script, run, width(run)))
    return runs


def _east_asian(text: str) -> str:
    return "Jpan" if _JAPANESE.search(text) else "Hang" if _HANGUL.search(text) else "Hani"
