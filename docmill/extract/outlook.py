"""What Outlook's forms of a mail (MSG, TNEF) share: code pages, times, and a body that is kept in one of three ways."""

from docmill.extract import mime
from docmill.extract.binary import moment
from docmill.extract.collect import Collector
from docmill.extract.compressed_rtf import decompressed
from docmill.extract.embedded import take_html
from docmill.extract.limits import Limits
from docmill.extract.mail import plain_body
from docmill.extract.rtf import read_rtf
from docmill.stage import Refusal

__all__ = ["charset_of", "date_of", "decoded", "take_body"]

_NUMBER = 0xFFFFFFFF
_CODE_PAGES = {
    20127: "ascii", 20866: "koi8-r", 20932: "euc_jp", 21866: "koi8-u", 50220: "iso2022_jp", 50221: "iso2022_jp",
    51932: "euc_jp", 51949: "euc_kr", 54936: "gb18030", 65001: "utf-8",
    **{28590 + part: f"iso8859-{part}" for part in range(1, 16)},
}  # fmt: skip


def charset_of(code_page: int) -> str | None:
    """The name of a Windows code page; None of 0."""
    number = code_page & _NUMBER
    return _CODE_PAGES.get(number, f"cp{number}") if number else None


def decoded(data: bytes, charset: str | None) -> str:
    """Text in a character set, or in one that is recognised."""
    return mime.decoded(data, charset).strip("\x00")


def date_of(ticks: int | None) -> str | None:
    """A time in 100 ns since 1601."""
    found = moment(ticks) if ticks else None
    return found.isoformat() if found else None


def take_body(plain: str, html: str, rtf: bytes, into: Collector, limits: Limits) -> None:
    """Take a body: the plain one, else HTML, else compressed RTF."""
    if plain.strip():
        plain_body(plain, into)
    elif html.strip():
        take_html(html, into)
    elif rtf:
        _take_rtf(decompressed(rtf, limits.unpacked_bytes), into, limits)


def _take_rtf(source: bytes, into: Collector, limits: Limits) -> None:
    with into.as_far_as_readable():
        found = read_rtf(source, limits)
        if isinstance(found, Refusal):
            return
        into.take(found.blocks)
        for link in found.links:
            into.link(link.url, link.text)
        for removal in found.removed:
            into.leave_out(removal.reason, removal.text)
        for warning in found.warnings:
            into.warn(warning)
