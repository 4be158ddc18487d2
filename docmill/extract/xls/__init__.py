"""Excel before 2007 (XLS): a heading a sheet, a block a row; text boxes and comments; printed headers set apart."""

import io

import msoffcrypto
import olefile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

from docmill.detect.compound import BROKEN
from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.locked import PASSWORD
from docmill.extract.ole import read_stream, verdict
from docmill.extract.sheet_rows import sheet_name_kind
from docmill.extract.summary import summary
from docmill.extract.unreadable import UnreadableError
from docmill.extract.xls.sheet import read_sheet
from docmill.extract.xls.workbook import LockedError, Workbook
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import Reason

__all__ = ["read_xls"]

_STREAMS = ("Workbook", "Book")  # of Excel 97 and later, of Excel 5 and 95; files for both have both


def read_xls(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Blocks sheet by sheet; formulas by their last computed values, dates in ISO 8601.

    Raises:
        UnreadableError: It is broken, cut off, locked, or from before Excel 5.
    """
    try:
        workbook, metadata = _opened(data)
    except LockedError:
        try:
            workbook, metadata = _opened(_unlocked(data))
        except LockedError:
            raise UnreadableError(Reason.ENCRYPTED, "The file is locked with a password.") from None
    into = Collector(limits)
    for number, sheet in enumerate(workbook.sheets, 1):
        if sheet.begins >= sheet.ends or into.full:
            into.warn(f"partly_read: sheet {number} was not read")
            continue
        with into.shown(sheet.is_shown):
            into.add(sheet_name_kind(sheet.name), sheet.name, number)
            read_sheet(workbook, sheet, number, into)
    return into.extracted(metadata)


def _opened(data: bytes) -> tuple[Workbook, Metadata]:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            stream = next((found for name in _STREAMS if (found := read_stream(ole, name))), b"")
            return Workbook(stream), summary(ole)
    except BROKEN as error:
        raise UnreadableError(*verdict(data, error)) from None


def _unlocked(data: bytes) -> bytes:
    """The file, opened with the password that Excel itself tries.

    Raises:
        LockedError: It has another one.
    """
    opened = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        file.load_key(password=PASSWORD)
        file.decrypt(opened)
    except (*BROKEN, DecryptionError, FileFormatError, InvalidKeyError, ParseError, AssertionError):
        raise LockedError from None
    return opened.getvalue()
