"""`docmill why`: the answer for one key."""

import json
import unicodedata
from collections import Counter
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

import click

from docmill.cli.console import print_json, shown, unicode_text
from docmill.errors import ConfigError, ObjectNotFoundError, without_login

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docmill.catalog.table import Catalog
    from docmill.store.base import ObjectStore
    from docmill.why import Account
    from schemas.catalog import CatalogRow
    from schemas.settings import Settings

__all__ = ["why"]


@click.command()
@click.argument("key", callback=unicode_text)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def why(key: str, *, as_json: bool) -> int:
    """Say everything known of the object KEY.

    A key of the inbox's bucket, with or without the inbox's prefix, or s3://bucket/key, or that of its record; where
    there is no such object, its accents may be composed or apart, or it may be encoded as in a URL. Of a container's
    member: KEY/!/MEMBER, with the name its record has in source.member.

    Whether it exists and is matched by the settings' patterns, its etag now and as processed, attempts, status, reason,
    run, record and pipeline; of an enriched document its labels with what spoke for them, and what was removed; and
    what happens next. Exit code 1 if nothing at all is known of it; then keys that may have been meant are shown.
    """
    from docmill.config import load_settings
    from docmill.pipeline import Pipeline
    from docmill.profiles import with_profiles
    from docmill.why import Places, account
    from tasks.runtime import open_all

    settings = load_settings()
    inbox, output, catalog = open_all(settings, reading=True)
    name = _of_record(key, settings, catalog) or _key(key, inbox, settings)
    fingerprint = Pipeline(with_profiles(settings, output)).fingerprint
    known = account(name, Places(inbox, output, catalog), settings, fingerprint)
    near = _near(known, inbox, catalog)
    if as_json:
        print_json(_as_json(known) | {"near": near})
    else:
        for label, text in _lines(known, f"s3://{inbox.bucket}/", f"s3://{output.bucket}/"):
            click.echo(f"{label:12} {text}")
        for label, text in _said(known, output):
            click.echo(f"{label:12} {text}")
        click.echo(f"{'next':12} {known.next}")
        for other in near:
            click.echo(f"{'or rather?':12} {shown(other, 400)}")
    return 0 if _is_known(known) else 1


def _is_known(known: "Account") -> bool:
    if known.member is not None:
        return bool(known.members)
    return bool(known.found or known.rows or known.records)


def _near(known: "Account", inbox: "ObjectStore", catalog: "Catalog") -> list[str]:
    """What may have been meant, if nothing is known of what was asked for."""
    from docmill.names import SEPARATOR
    from docmill.near import near_keys, near_members

    if _is_known(known):
        return []
    if known.member is None or known.current is None:
        return near_keys(known.key, inbox, catalog)
    names = (member.member or "" for member in catalog.members_of(known.current))
    return [known.key + SEPARATOR + name for name in near_members(known.member, names)]


def _lines(known: "Account", inbox: str, output: str) -> "Iterator[tuple[str, str]]":
    found, row = known.found, known.current
    yield "object", shown(f"{inbox}{known.key}", 400)
    if found:
        yield "now", f"{found.size} bytes, modified {found.last_modified:%Y-%m-%d %H:%M:%S} UTC, etag {found.etag}"
    else:
        yield "now", "there is no such object"
    yield "patterns", f"not a document: {known.refusal}" if known.refusal else "matched: a document"
    if row is None:
        yield "catalog", "knows nothing of it"
    else:
        same = " (the same)" if found and row.etag == found.etag else " (another)" if found else ""
        yield "processed", f"etag {row.etag}{same}, {row.processed_at:%Y-%m-%d %H:%M:%S} UTC, attempt {row.attempts}"
        yield "status", _status(row)
        yield "pipeline", f"{row.pipeline_fingerprint}, docmill {row.docmill_version}"
        yield "run", _run(row)
    for status, record in known.records:
        made = f"made from etag {record.made.etag}" if record.made else "not docmill's"
        yield "record", f"{status}: {shown(output + record.key, 400)}, {made}"
    yield from _members(known, output)
    for earlier in reversed(known.rows[:-1]):
        yield "before", f"{earlier.processed_at:%Y-%m-%d %H:%M:%S} UTC: {_status(earlier)}, etag {earlier.etag}"


def _of_record(given: str, settings: "Settings", catalog: "Catalog") -> str | None:
    """The key meant, if the address is that of a record."""
    from docmill.keys import FOLDERS
    from docmill.near import key_of_record
    from schemas.settings import split_location

    bucket, prefix = split_location(settings.output or "")
    record_key = given.removeprefix(f"s3://{bucket}/")
    is_record = record_key != given and record_key.startswith(tuple(prefix + folder for folder in FOLDERS.values()))
    return key_of_record(record_key, catalog) if is_record else None


def _key(given: str, inbox: "ObjectStore", settings: "Settings") -> str:
    """The key meant: it may be given as an address, without the inbox's prefix, or as another program spells it.

    Raises:
        ConfigError: The address is of another bucket, or of none of its objects.
    """
    from docmill.inbox import find
    from docmill.names import SEPARATOR
    from schemas.settings import split_location

    if given in {"", f"s3://{inbox.bucket}", f"s3://{inbox.bucket}/"}:
        raise ConfigError("no object is named", hint="its key, or s3://bucket/key; docmill status tells of all")
    if given.startswith("s3://"):
        key = given.removeprefix(f"s3://{inbox.bucket}/")
        if key == given:
            raise ConfigError(f"{given} is not in the inbox's bucket", hint=f"the inbox is {settings.inbox}")
        return next((one for one in _spellings(key) if find(inbox, one)), key)
    _, prefix = split_location(settings.inbox or "")
    for spelt in _spellings(given):
        for key in dict.fromkeys((spelt, prefix + spelt)):
            if find(inbox, key.partition(SEPARATOR)[0]):
                return key
    return given if given.startswith(prefix) else f"{prefix}{given}"


def _spellings(key: str) -> "Iterator[str]":
    """As it is; with composed accents, and with accents apart, as macOS writes them; as decoded from a URL."""
    yield key
    for other in (unicodedata.normalize("NFC", key), unicodedata.normalize("NFD", key), unquote(key)):
        if other != key:
            yield other


def _said(known: "Account", output: "ObjectStore") -> "Iterator[tuple[str, str]]":
    """What the enriched record says, of the one document that was asked for."""
    from docmill.cli.record_lines import record_lines
    from docmill.retry import retrying

    keys = [record.key for status, record in known.records if status == "enriched"]
    if known.member is not None:
        keys = [str(member.output_key) for member in known.members if member.output_key]
    for key in keys:
        with suppress(ObjectNotFoundError):  # gone since
            yield from record_lines(json.loads(retrying(partial(output.get, key)).data))


def _members(known: "Account", output: str) -> "Iterator[tuple[str, str]]":
    if known.member is None:
        if known.members:
            yield "members", ", ".join(f"{count} {name}" for name, count in _counts(known.members).items())
        return
    if not known.members:
        yield "member", f"{shown(known.member, 400)}: there is none of this name"
    for member in known.members:
        yield "member", f"{shown(member.member, 400)}: {_status(member)}"
        yield "", shown(f"{output}{member.output_key}", 400)


def _status(row: "CatalogRow") -> str:
    reason = f" ({row.reason} in {row.stage})" if row.reason else ""
    return f"{row.status}{reason}" + (f": {shown(row.message, 200)}" if row.message else "")


def _run(row: "CatalogRow") -> str:
    if not row.flow_run_id:
        return "–"
    link = _link(row.flow_run_id)
    return f"{row.flow_run_id} {link}" if link else row.flow_run_id


def _link(run_id: str) -> str | None:
    """The run's page in the UI of the API that PREFECT_API_URL names."""
    from docmill.cli.prefect_api import quiet_prefect

    quiet_prefect()
    from prefect.settings import PREFECT_API_URL, PREFECT_UI_URL

    address = PREFECT_UI_URL.value() or str(PREFECT_API_URL.value() or "").removesuffix("/").removesuffix("/api")
    return without_login(f"{str(address).rstrip('/')}/runs/flow-run/{run_id}") if address else None


def _counts(members: "Iterable[CatalogRow]") -> dict[str, int]:
    return dict(Counter(str(member.reason or member.status) for member in members).most_common())


def _as_json(known: "Account") -> dict[str, object]:
    found, row = known.found, known.current
    return {
        "key": known.key,
        "exists": found is not None,
        "etag": found.etag if found else None,
        "size": found.size if found else None,
        "last_modified": found.last_modified.isoformat() if found else None,
        "excluded": known.refusal,
        "settles_at": known.settles_at.isoformat() if known.settles_at else None,
        "current": row.model_dump(mode="json") if row else None,
        "run_url": _link(row.flow_run_id) if row and row.flow_run_id else None,
        "earlier": [earlier.model_dump(mode="json") for earlier in known.rows[:-1]],
        "records": [
            {"status": status, "key": record.key, "source_etag": record.made.etag if record.made else None}
            for status, record in known.records
        ],
        "next": known.next,
        "member": known.member,
        "members": _counts(known.members)
        if known.member is None
        else [m.model_dump(mode="json") for m in known.members],
    }
