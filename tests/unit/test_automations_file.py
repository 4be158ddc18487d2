"""Automations from a file: what is none is said before Prefect is asked."""

from pathlib import Path

import pytest

from docmill.automations import load_automations
from docmill.errors import ConfigError
from schemas import Settings


@pytest.mark.parametrize(
    "text",
    [
        "automations: 3",
        "automations: [3]",
        "automations: [{actions: []}]",
        "automations: [{name: a, actions: }]",
        "automations: [{name: a, actions: 5}]",
        "automations: [{name: a, actions: {type: do-nothing}}]",
        "automations: [{name: a, actions: [do-nothing]}]",
        "automations: [{name: a, actions: [{deployment: sweep/sweep}]}]",
    ],
)
def test_files_that_are_no_automations_are_refused(text: str, tmp_path: Path) -> None:
    """By name, with what they should hold."""
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"mine\.yaml holds no list of automations, each with a name"):
        load_automations(Settings(), file)


def test_actions_may_be_missing(tmp_path: Path) -> None:
    """One that only watches has none; docmill's own are as they have to be."""
    file = tmp_path / "mine.yaml"
    file.write_text("automations: [{name: a}, {name: b, actions: [{type: do-nothing}]}]")
    assert [automation["name"] for automation in load_automations(Settings(), file)] == ["a", "b"]
    assert load_automations(Settings())
