"""Settings: from file, then environment; a wrong one is named with its value and the fix."""

from pathlib import Path

import pytest

from docmill.config import SECRET, load_settings
from docmill.errors import ConfigError
from schemas.settings import Settings, split_location


def test_defaults_need_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file or variables there are settings, with no buckets."""
    monkeypatch.chdir(tmp_path)
    settings = load_settings(environ={})
    assert settings.inbox is None
    assert settings.taxonomies == ("media-topics", "content-types")


def test_environment_overrides_the_file(tmp_path: Path) -> None:
    """The file sets, the environment overrides, setting by setting."""
    file = tmp_path / "docmill.toml"
    file.write_text('inbox = "s3://a/in"\noutput = "s3://a/out"\nworkers = 3\n')
    settings = load_settings(file, {"DOCMILL_OUTPUT": "s3://b"})
    assert (settings.inbox, settings.output, settings.workers) == ("s3://a/in", "s3://b", 3)


def test_lists_are_separated_by_commas_or_json() -> None:
    """Taxonomies in a variable may be written either way."""
    expected = ("content-types", "mine.toml")
    assert load_settings(environ={"DOCMILL_TAXONOMIES": "content-types, mine.toml"}).taxonomies == expected
    assert load_settings(environ={"DOCMILL_ANNOTATIONS": "links, dates"}).annotations == ("links", "dates")
    assert load_settings(environ={"DOCMILL_TAXONOMIES": '["content-types", "mine.toml"]'}).taxonomies == expected


@pytest.mark.parametrize(
    ("environ", "parts"),
    [
        ({"DOCMILL_INBOX": "bucket"}, ["DOCMILL_INBOX", "'bucket'", "s3://bucket"]),
        ({"DOCMILL_INBOX": "s3://bucket/\udcff"}, ["DOCMILL_INBOX", "Unicode text"]),
        ({"DOCMILL_WORKERS": "many"}, ["DOCMILL_WORKERS", "'many'", "integer"]),
        ({"DOCMILL_TOPIC_THRESHOLD": "7"}, ["DOCMILL_TOPIC_THRESHOLD", "'7'", "less than or equal to 1"]),
        ({"DOCMILL_MAX_MEMBER_MB": "inf"}, ["DOCMILL_MAX_MEMBER_MB", "'inf'", "finite"]),
        ({"DOCMILL_INCLUDE": ""}, ["DOCMILL_INCLUDE", "at least 1", "Patterns of keys to process"]),
        ({"DOCMILL_INBOKS": "s3://b"}, ["DOCMILL_INBOKS", "did you mean DOCMILL_INBOX?"]),
        ({"DOCMILL_TAXONOMIES": "[oops"}, ["DOCMILL_TAXONOMIES", "JSON"]),
        ({"DOCMILL_CONFIG": "/nonexistent.toml"}, ["/nonexistent.toml", "DOCMILL_CONFIG"]),
    ],
)
def test_wrong_settings_are_named_with_value_and_fix(environ: dict[str, str], parts: list[str]) -> None:
    """The message names the setting, what it was, and what would be right."""
    with pytest.raises(ConfigError) as caught:
        load_settings(environ=environ)
    for part in parts:
        assert part in str(caught.value)


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    """A token that is none is named without it: the line goes to logs. All settings that hide their value are known."""
    (tmp_path / "docmill.toml").write_text("webhook_token = 12345678\n")
    with pytest.raises(ConfigError, match=r"webhook_token in .* is \(not shown\)") as caught:
        load_settings(tmp_path / "docmill.toml", {})
    assert "12345678" not in str(caught.value)
    assert {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)} == SECRET


def test_what_kubernetes_says_of_services_is_no_setting() -> None:
    """It puts an address into every container's environment for each service, docmill's webhook's among them."""
    environ = {
        "DOCMILL_SERVICE_HOST": "10.0.0.1", "DOCMILL_SERVICE_PORT": "80", "DOCMILL_SERVICE_PORT_HTTP": "80",
        "DOCMILL_PORT": "tcp://10.0.0.1:80", "DOCMILL_WEBHOOK_PORT_8080_TCP": "tcp://10.0.0.1:8080",
        "DOCMILL_WEBHOOK_PORT_8080_TCP_ADDR": "10.0.0.1", "DOCMILL_WORKERS": "3",
    }  # fmt: skip
    assert load_settings(environ=environ).workers == 3


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    """Windows' editors and shells put one at the beginning of what they call UTF-8."""
    file = tmp_path / "docmill.toml"
    file.write_text("workers = 3", encoding="utf-8-sig")
    assert load_settings(file, {}).workers == 3


def test_malformed_file_is_named(tmp_path: Path) -> None:
    """A file that is no TOML is named, with the place."""
    file = tmp_path / "docmill.toml"
    file.write_text("inbox = \nworkers = 2")
    with pytest.raises(ConfigError, match=r"docmill\.toml.*line 1"):
        load_settings(file, {})


def test_locations_split_into_bucket_and_prefix() -> None:
    """A location is a bucket and a prefix that ends in a slash or is empty."""
    assert split_location("s3://b") == ("b", "")
    assert split_location("s3://b/") == ("b", "")
    assert split_location("s3://b/x/y") == ("b", "x/y/")
    for wrong in ["b", "s3://", "http://b", "s3:///x"]:
        with pytest.raises(ValueError, match="s3://bucket"):
            split_location(wrong)
