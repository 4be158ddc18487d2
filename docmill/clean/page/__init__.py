"""Clean a web page: which of its blocks are the main content, by a model trained on labelled pages."""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urljoin

from docmill.clean.page.assemble import assemble
from docmill.clean.page.between import between
from docmill.clean.page.model import MANY, load_model
from docmill.clean.page.prompts import closing_notices, complaints, prompts
from docmill.clean.page.reasons import name_reasons
from docmill.clean.page.signatures import signatures, summary
from docmill.clean.patterns import PHRASES
from docmill.clean.sites import NOWHERE, furniture, furniture_at
from docmill.collector import paused
from docmill.extract.html.kinds import Place, places
from docmill.extract.html.page import Page
from docmill.extract.html.shape import Shape
from docmill.heap import give_back_now
from docmill.stage import Cleaned, Link
from schemas.document import BlockKind, RemovalReason

__all__ = ["clean_page"]

Reasons = list[RemovalReason | None]  # why each block goes; None where it stays

_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_SITE = re.compile(r"https?://[\w.:-]+(?=/|$)", re.ASCII)
_PLAIN_PATH = re.compile(r"(?:/(?!\.)[\w.~%+,=&@!-]+)+/?", re.ASCII)  # nothing in it to resolve
_MAX_ADDRESS = 2_000  # characters
_HEADING = 100  # characters; longer ones are text
_REPEATABLE = 60  # characters of a text that may stand twice


@paused()
def clean_page(page: Page, address: str | None, known: frozenset[str] = NOWHERE) -> Cleaned:
    """Split a page's blocks into those that stay and those that go, each with its reason.

    Args:
        page: The page.
        address: Its own, which links in it may be relative to.
        known: What is furniture on its site.
    """
    shape = Shape.of(page)
    where = places(shape)
    reasons = _judged(page, shape, where)
    paths = signatures(page, shape)
    seen_at = summary(page, paths, [reason is None for reason in reasons])
    _drop_repeated(page, reasons)
    cleaned = assemble(page, shape, where, reasons, _links(page, reasons, address))
    if known:
        gone = furniture(known, cleaned.blocks)
        stays = [reason is None and text not in gone for reason, text in zip(reasons, page.block_text, strict=True)]
        left_out = furniture_at(known, page.block_text, paths, stays)
        if gone or left_out:
            reasons = [
                RemovalReason.SITE_FURNITURE if reason is None and (not stays[number] or number in left_out) else reason
                for number, reason in enumerate(reasons)
            ]
            cleaned = assemble(page, shape, where, reasons, _links(page, reasons, address))
    return replace(cleaned, signatures=seen_at)


def _judged(page: Page, shape: Shape, where: Sequence[Place]) -> Reasons:
    """Why each block goes, by what it is itself."""
    model = load_model()
    told = model.names.read(page.signatures)
    keep: list[bool] = model.keep(page, shape, told).tolist()
    if len(keep) > MANY:
        give_back_now()  # what the features took
    for number in between(where, keep):
        keep[number] = True
    dropped = [number for number, kept in enumerate(keep) if not kept]
    reasons: Reasons = [None] * len(keep)
    for number, reason in zip(dropped, name_reasons(page, shape, told, dropped), strict=True):
        reasons[number] = reason
    _drop_advertisements(page, reasons)
    for number, reason in prompts(page, where, _staying(reasons)).items():
        reasons[number] = reason
    if any(tag == "noscript" for tag, *_ in page.signatures):
        for number in complaints(page, _staying(reasons)):
            reasons[number] = RemovalReason.BOILERPLATE
    for number in closing_notices(page, _staying(reasons)):
        reasons[number] = RemovalReason.LEGAL
    if (last := _dangling(page, where, _staying(reasons))) is not None:
        reasons[last] = RemovalReason.BOILERPLATE
    return reasons


def _staying(reasons: Reasons) -> list[int]:
    return [number for number, reason in enumerate(reasons) if reason is None]


def _drop_repeated(page: Page, reasons: Reasons) -> None:
    """What stands a second time, unless it is short."""
    seen: set[str] = set()
    for number in _staying(reasons):
        if len(text := page.block_text[number]) > _REPEATABLE:
            if text in seen:
                reasons[number] = RemovalReason.DUPLICATE
            seen.add(text)


def _drop_advertisements(page: Page, reasons: Reasons) -> None:
    """Labels of advertising that the model keeps, as it does between paragraphs: nothing else reads like them."""
    short = [number for number in _staying(reasons) if len(page.block_text[number]) <= _REPEATABLE]
    for at in PHRASES.holding("advertisement", [page.block_text[number].lower() for number in short]):
        reasons[short[at]] = RemovalReason.ADVERTISEMENT


def _dangling(page: Page, where: Sequence[Place], staying: Sequence[int]) -> int | None:
    """The heading, or label with a colon, that the text ends with: what stands below it goes, as related links do.

    Several at the end are a list of headings.
    """
    ending = staying[-2:]
    if len(ending) < 2 or len(page.block_text[ending[1]]) > _HEADING:  # noqa: PLR2004
        return None
    before, last = (where[number].kind is BlockKind.HEADING for number in ending)
    promises = page.block_text[ending[1]].endswith((":", "："))
    return ending[1] if promises or (last and not before) else None


def _links(page: Page, reasons: Reasons, address: str | None) -> tuple[Link, ...]:
    """Targets of the links in blocks that stay, made absolute; those within the page are left out."""
    found: dict[str, Link] = {}
    if page.base:
        address = _absolute(page.base, address or "", None) or address
    site = _SITE.match(address or "")
    for block, target, text in zip(page.link_block, page.link_target, page.link_text, strict=True):
        if reasons[block] is not None or target.startswith("#") or len(target) > _MAX_ADDRESS:
            continue
        absolute = _absolute(target.strip(), address or "", site)
        if _ABSOLUTE.match(absolute):
            found.setdefault(absolute, Link(absolute, text))
    return tuple(found.values())


def _absolute(target: str, address: str, site: re.Match[str] | None) -> str:
    """A link's target joined to the page's address, whose beginning may be told; empty where it is no address."""
    if site is not None and _PLAIN_PATH.fullmatch(target):
        return site[0] + target
    if (own := _SITE.match(target)) is not None and _PLAIN_PATH.fullmatch(target, own.end()):
        return target
    try:
        return urljoin(address, target)
    except ValueError:  # a broken IPv6 address
        return ""
