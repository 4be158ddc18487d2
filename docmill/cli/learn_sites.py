"""`docmill learn-sites`: what repeats across the documents of a site, for cleaning to drop."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docmill.cli.console import print_json, say, shown
from docmill.cli.stores import opener
from docmill.errors import ConfigError

if TYPE_CHECKING:
    from docmill.learn.reading import OpenStore
    from schemas.settings import Settings

__all__ = ["learn_sites"]

SAID_EVERY = 1_000  # documents
SHOWN = 20  # sites


@click.command("learn-sites")
@click.option(
    "--from", "place", metavar="PLACE",
    help="Documents: s3://bucket/prefix, a folder, or a JSONL file; by default the records under the output location.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Where to write the profiles; by default {output}/profiles/sites.json, where workers find them.",
)  # fmt: skip
@click.option(
    "--share", type=click.FloatRange(0, 1, min_open=True), default=0.5, show_default=True,
    help="Of a site's documents a text must stand in.",
)  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), default=10_000, show_default=True, help="Documents to read.")
@click.option("--json", "as_json", is_flag=True, help="Print the profiles as JSON instead of a summary.")
def learn_sites(place: str | None, out: Path | None, share: float, limit: int, *, as_json: bool) -> int:
    """Find the texts that repeat across each site's documents, and store them for cleaning to drop.

    A site is the host of the documents' own address, or the folder they lie in. Needs five documents of a site.
    """
    from docmill.config import load_settings
    from docmill.learn.reading import Refiner, read_corpus
    from docmill.learn.sites import SiteCounts
    from docmill.learn.sites import as_json as encoded

    settings = load_settings()
    if settings.output is None and (place is None or out is None):
        hint = "set DOCMILL_OUTPUT=s3://bucket/prefix, or give --from and --out"
        raise ConfigError("setting output is not set", hint=hint)
    if out is not None and not out.parent.is_dir():
        raise ConfigError(f"the folder {out.parent} of --out does not exist", hint="create it")
    open_store = opener(settings)
    counts = SiteCounts()
    refiner = Refiner.of(settings.model_copy(update={"profiles": "off"}))  # what a profile drops must be seen
    with refiner.pool:
        read = read_corpus(place or _records(settings), refiner, open_store, most=limit, threads=settings.io_threads)
        for number, document in enumerate(read, start=1):
            counts.add(document)
            if number % SAID_EVERY == 0:
                say(f"{number} documents read")
    profiles = counts.profiles(share)
    written = _write(encoded(profiles), out, settings, open_store)
    if as_json:
        print_json(profiles)
    else:
        _print(profiles)
    say(f"written to {written}")
    return 0


def _records(settings: "Settings") -> str:
    return f"{(settings.output or '').rstrip('/')}/enriched/"


def _write(data: bytes, out: Path | None, settings: "Settings", open_store: "OpenStore") -> str:
    from docmill.profiles import profiles_key
    from docmill.retry import retrying
    from schemas.settings import split_location

    if out is None:
        bucket, key = split_location(settings.output or "")[0], profiles_key(settings)
        retrying(lambda: open_store(bucket).put(key, data, media_type="application/json"))
        return f"s3://{bucket}/{key}: the next sweep uses it, and docmill sweep --refresh redoes what was made without"
    part = out.with_name(out.name + ".part")
    part.write_bytes(data)
    part.replace(out)
    return f"{out}: name it in the setting `profiles`"


def _print(profiles: dict[str, Any]) -> None:
    sites = sorted(profiles["sites"].items(), key=lambda entry: (-entry[1]["documents"], entry[0]))
    click.echo(f"{profiles['documents']} documents, {len(sites)} sites with texts that repeat")
    for name, site in sites[:SHOWN]:
        sample = shown(site["texts"][0]["text"], 60)
        click.echo(f"{shown(name, 40)}: {site['documents']} documents, {len(site['texts'])} texts, such as {sample!r}")
    if len(sites) > SHOWN:
        click.echo(f"and {len(sites) - SHOWN} more")
