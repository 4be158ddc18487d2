"""The documentation says what is so."""

import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from docmill.detect import BINARY
from docmill.detect.packed import OLE_ENCRYPTED, OLE_UNKNOWN
from docmill.extract import Limits
from docmill.extract.guard import MOST_DEPTH, MOST_TAG
from docmill.pipeline import Pipeline
from docmill.sandbox.refined import Refined
from schemas import EnrichedDocument, RawDocument, Settings, Taxonomy
from schemas.document import Reason, RemovalReason

ROOT = Path(__file__).parents[2]


def _blocks(file: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / file).read_text(encoding="utf-8"), re.DOTALL)


def test_the_readmes_python_runs() -> None:
    """The example in the README works as it stands, on a real page."""
    [code] = _blocks("README.md", "python")
    page = f"<html><head><title>A day</title></head><body><p>{'The ferry left at noon. ' * 20}</p></body></html>"
    names: dict[str, object] = {}
    exec(code.replace("<html>...</html>", page), names)  # noqa: S102  our own text
    assert isinstance(names["record"], EnrichedDocument)


def test_the_readmes_commands_are_the_makefiles() -> None:
    """Each make target the README names exists."""
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    named = re.findall(r"^make (\w+)", "\n".join(_blocks("README.md", "sh")), re.MULTILINE)
    assert named == ["demo", "test"]
    assert set(named) <= set(targets)


def test_the_readmes_table_is_what_comes_out() -> None:
    """Each line the README shows of the demo is what its sample becomes."""
    [table] = re.findall(r"```\n(document .*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    samples, pipeline = ROOT / "docmill" / "samples", Pipeline()
    for line in table.splitlines()[1:]:
        name, title, *rest = re.split(r" {2,}", line.strip())
        [file] = samples.glob(name.replace("…", "*"))
        made = Refined.of(pipeline.refine(RawDocument(data=file.read_bytes(), key=file.name)))
        if made.status == "rejected":
            assert (title, rest) == (f"rejected: {made.reason}", [])
            continue
        assert rest == [made.language, made.content_type, ", ".join(made.topics), str(made.lines_removed)], name
        assert (made.title or "").startswith(title.rstrip("…"))


def test_every_setting_is_documented_with_its_default() -> None:
    """docs/settings.md lists exactly the settings there are, with what the model says of them."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| (.+) \|$", text, re.MULTILINE)
    assert {name: said for name, _, said in rows} == {
        n: field.description for n, field in Settings.model_fields.items()
    }
    in_words = {"annotations": "all six", "workers": "number of cores"}
    assert {name: default for name, default, _ in rows} == {
        name: in_words.get(name) or _shown(field.default) or "–" for name, field in Settings.model_fields.items()
    }


def _shown(default: object) -> str:
    """As the table has it: names after one another, patterns in code."""
    if isinstance(default, tuple):
        return ", ".join(default) if all(name[0].isalpha() for name in default) else " ".join(f"`{p}`" for p in default)
    if default is None:
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_documented_policy_reads_the_inbox_and_writes_the_output() -> None:
    """It is JSON that can be pasted, with the rights docmill uses and no other."""
    [policy] = map(json.loads, _blocks("docs/howto.md", "json"))
    rights = {action: one["Resource"] for one in policy["Statement"] for action in np.ravel(one["Action"]).tolist()}
    assert rights.keys() == {"s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"}
    assert "inbox" not in rights["s3:PutObject"] + rights["s3:DeleteObject"]


@pytest.mark.parametrize("reason", Reason)
def test_every_rejection_reason_is_documented(reason: Reason) -> None:
    """A consumer can look every reason up."""
    assert f"`{reason}`" in (ROOT / "docs" / "output.md").read_text(encoding="utf-8")


def test_the_documented_taxonomy_is_valid() -> None:
    """The taxonomy file the documentation shows loads."""
    [_, example] = _blocks("docs/taxonomies.md", "toml")
    assert Taxonomy.model_validate(tomllib.loads(example)).id == "our-columns"


@pytest.mark.parametrize("media_type", sorted(BINARY - {OLE_ENCRYPTED, OLE_UNKNOWN}))
def test_every_format_is_documented(media_type: str) -> None:
    """The table of formats has each format that has a reader, by its usual extension."""
    data = tomllib.loads((ROOT / "docmill" / "detect" / "media_types.toml").read_text(encoding="utf-8"))
    names = [extension[1:].upper() for extension in data["extensions"][media_type]]
    table = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8").upper()
    assert any(re.search(rf"^\| .*\b{name}\b", table, re.MULTILINE) for name in names)


def test_every_limit_of_the_readers_is_documented() -> None:
    """docs/formats.md gives each bound with its value."""
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    limits = Limits()
    for value in (limits.blocks, limits.pages, limits.parts, MOST_DEPTH, MOST_TAG):
        assert f"{value:,} " in text or f"{value} " in text
    assert limits.unpacked_bytes == Settings().max_unpacked_mb * (1 << 20)
    assert limits.tag_bytes == limits.entity_bytes == 1 << 20


def test_the_design_names_every_package_and_no_other() -> None:
    """Who looks for something finds where it is, and what is named is there."""
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:docmill|schemas|tasks|flows|tests|training|benchmarks)/[\w./]*)`", text))
    packages = {f"{file.parent.relative_to(ROOT).as_posix()}/" for file in (ROOT / "docmill").rglob("__init__.py")}
    assert packages - named == {"docmill/"}
    assert [path for path in sorted(named) if not (ROOT / path.rstrip("/")).exists()] == []


@pytest.mark.parametrize("reason", RemovalReason)
def test_every_reason_of_a_removal_is_documented(reason: RemovalReason) -> None:
    """What the removal log says can be looked up."""
    assert f"`{reason}`" in (ROOT / "docs" / "cleaning.md").read_text(encoding="utf-8").partition("## Reasons")[2]
