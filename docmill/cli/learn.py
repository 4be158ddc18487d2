"""`docmill learn`: a trained taxonomy from documents, without labels or with some."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docmill.cli.console import print_json, say, shown
from docmill.cli.stores import opener
from docmill.errors import ConfigError, ObjectNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docmill.classify.embed import Embedder
    from docmill.learn.labels import KnownLabel
    from docmill.learn.learning import Learned, Seen
    from docmill.learn.reading import OpenStore, Refiner
    from schemas.document import EnrichedDocument
    from schemas.settings import Settings
    from schemas.taxonomy import Taxonomy

__all__ = ["learn"]

SAID_EVERY = 500  # documents


@click.command()
@click.option(
    "--taxonomy", "name", required=True, metavar="NAME|FILE", help="The taxonomy to train, or one trained before."
)
@click.option(
    "--from", "place", required=True, metavar="PLACE",
    help="Documents: s3://bucket/prefix, a folder, or a JSONL file; enriched records or anything refine reads.",
)  # fmt: skip
@click.option(
    "--labels", "labels", type=click.Path(path_type=Path), metavar="FILE",
    help='Known labels, JSONL of {"key" or "text", "label", "taxonomy"}; those in {output}/labels/ are read anyway.',
)  # fmt: skip
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where to write it."
)
@click.option("--limit", type=click.IntRange(min=1), default=10_000, show_default=True, help="Documents to read.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of text.")
def learn(name: str, place: str, labels: Path | None, out: Path, limit: int, *, as_json: bool) -> int:  # noqa: PLR0913
    """Train a taxonomy on documents, and write a file that is accepted wherever a taxonomy is.

    Starts from the taxonomy's names and descriptions, so labels are not needed; where there are some, they count most.
    Reports cross-validated accuracy, figures of each category, and what changed.
    """
    from docmill.classify.embed import load_embedder
    from docmill.classify.taxonomies import load_taxonomy
    from docmill.classify.trained import write_trained
    from docmill.config import load_settings
    from docmill.learn.learning import learn as train
    from docmill.learn.reading import Refiner, read_corpus

    settings = load_settings()
    if not out.parent.is_dir():
        raise ConfigError(f"the folder {out.parent} of --out does not exist", hint="create it")
    loaded = load_taxonomy(name)
    embedder = load_embedder(settings.embedder)
    open_store = opener(settings)
    known = list(_known(labels, loaded.taxonomy, settings, open_store))
    refiner = Refiner.of(settings)
    with refiner.pool:
        read = read_corpus(place, refiner, open_store, most=limit, threads=settings.workers * 2)
        corpus = list(_seen(read, embedder))
        labelled, missing = _labelled(known, corpus, refiner, embedder, settings, open_store)
    say(f"{len(corpus)} documents, {len(labelled)} labels; training")
    if missing:
        say(f"{len(missing)} labels name documents that were not found, such as {shown(missing[0])}: left out")
    learned = train(loaded, corpus, labelled, embedder)
    part = out.with_name(out.name + ".part")
    part.write_bytes(write_trained(learned.taxonomy, learned.model))
    part.replace(out)
    if as_json:
        print_json(learned.report)
    else:
        _print(learned, out)
    return 0


def _known(
    file: Path | None, taxonomy: "Taxonomy", settings: "Settings", open_store: "OpenStore"
) -> "Iterator[KnownLabel]":
    """Labels dropped into the output bucket, by name, then those of the file: the later ones count."""
    from docmill.learn.labels import FOLDER, parse_labels
    from docmill.retry import retrying
    from schemas.settings import split_location

    if settings.output is not None:
        bucket, prefix = split_location(settings.output)
        store = open_store(bucket)
        for key in sorted(info.key for info in retrying(lambda: list(store.list(prefix + FOLDER)))):
            if key.endswith((".jsonl", ".json")):
                data = retrying(lambda key=key: store.get(key)).data  # type: ignore[misc]
                yield from parse_labels(data, f"s3://{bucket}/{key}", taxonomy)
    if file is not None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise ConfigError(f"{file} cannot be read: {error.strerror}", hint="check --labels") from error
        yield from parse_labels(data, os.fspath(file), taxonomy)


def _seen(documents: "Iterator[EnrichedDocument]", embedder: "Embedder") -> "Iterator[Seen]":
    from docmill.learn.learning import see

    for number, document in enumerate(documents, start=1):
        if seen := see(document, embedder):
            yield seen
        if number % SAID_EVERY == 0:
            say(f"{number} documents read")


def _labelled(  # noqa: PLR0913, PLR0917  the places a labelled document may be in
    known: "list[KnownLabel]", corpus: "list[Seen]", refiner: "Refiner", embedder: "Embedder", settings: "Settings",
    open_store: "OpenStore",
) -> "tuple[list[tuple[Seen, KnownLabel]], list[str]]":  # fmt: skip
    """Each label with its document: of the corpus, of the output bucket, or the text it came with."""
    from docmill.learn.learning import see

    by_key = {seen.key: seen for seen in corpus}
    found, missing = [], []
    for number, label in enumerate(known, start=1):
        seen = by_key.get(label.key) if label.key is not None else None
        if seen is None:
            document = _document(label, number, refiner, settings, open_store)
            seen = see(document, embedder) if document is not None else None
        if seen is None:
            missing.append(label.key or (label.text or "")[:60])
        else:
            found.append((seen, label))
    return found, missing


def _document(
    label: "KnownLabel", number: int, refiner: "Refiner", settings: "Settings", open_store: "OpenStore"
) -> "EnrichedDocument | None":
    from docmill.keys import output_key
    from docmill.retry import retrying
    from schemas.settings import split_location

    if label.text is not None:
        return refiner.document(label.key or f"label {number}", label.text.encode())
    if label.key is None or settings.output is None:
        return None
    bucket, prefix = split_location(settings.output)
    key = output_key(prefix, "enriched", label.key)
    try:
        data = retrying(lambda: open_store(bucket).get(key)).data
    except ObjectNotFoundError:
        return None
    return refiner.document(label.key, data)


def _print(learned: "Learned", out: Path) -> None:
    report = learned.report
    click.echo(
        f"{report['taxonomy']}: {report['documents']} documents, {report['labelled']} of them with a known label"
    )
    tested = report["cross_validation"]
    name = "cross-validated accuracy" if report["labelled"] else "agreement with itself (no labels to test against)"
    before = f" (before: {report['before']['accuracy']:.3f})" if "before" in report else ""
    click.echo(
        f"{name} {tested['accuracy']:.3f}{before}, macro-F1 {tested['macro_f1'] or 0:.3f},"
        f" calibration error {tested['calibration_error']:.3f}"
    )
    width = max(len(row["id"]) for row in report["categories"])
    click.echo(f"{'category':{width}}  documents  tested  precision  recall     F1")
    for row in report["categories"]:
        numbers = "".join(f"{'–' if row[n] is None else format(row[n], '.3f'):>{w}}" for n, w in _COLUMNS)
        click.echo(f"{row['id']:{width}}  {row['documents']:9}  {row['tested']:6}{numbers}")
    changed = report["changed"]
    click.echo(f"{changed['documents']} documents ({changed['share']:.1%}) have another best category than before")
    for move in changed["moves"]:
        click.echo(f"  {move['documents']:5}  {move['from']} -> {move['to']}")
    click.echo(f"written to {out}: name it in the setting `taxonomies`")


_COLUMNS = (("precision", 11), ("recall", 8), ("f1", 7))
