"""Office files locked with a password: opened where it is the one that programs try unasked, else refused.

Excel encrypts workbooks that are merely protected against changes with a fixed password ([MS-OFFCRYPTO] 2.4.2.3),
and opens them without a word.
"""

import io
import re

import msoffcrypto
import olefile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, ParseError

from docmill.detect.compound import BROKEN
from docmill.detect.packed import DOCX, PPTX, XLSX, zip_media_type
from docmill.extract.docx import read_docx
from docmill.extract.limits import Limits
from docmill.extract.ole import check_stream, read_stream
from docmill.extract.pptx import read_pptx
from docmill.extract.unreadable import UnreadableError
from docmill.extract.xlsx import read_xlsx
from docmill.stage import Extracted, Refusal
from schemas.document import Reason

__all__ = ["PASSWORD", "read_locked"]

PASSWORD = "VelvetSweatshop"  # noqa: S105  a constant of the format
_MOST_ROUNDS = 1_000_000  # of deriving the key; Office does 100,000
_LONGEST_INFO = 100_000  # bytes
_ROUNDS = re.compile(rb'spinCount="(\d{1,12})"')
_READERS = {DOCX: read_docx, PPTX: read_pptx, XLSX: read_xlsx}


def read_locked(data: bytes, limits: Limits) -> Extracted | Refusal:
    """The blocks of a file that the fixed password opens; a refusal of any other."""
    opened = _opened(data)
    reader = _READERS.get(zip_media_type(opened)) if opened else None
    if reader is None:
        raise UnreadableError(Reason.ENCRYPTED, "The file is locked with a password.")
    return reader(opened, limits)


def _opened(data: bytes) -> bytes:
    """The file inside; empty if the fixed password does not open it."""
    unlocked = io.BytesIO()
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            info = read_stream(ole, "EncryptionInfo")
            check_stream(ole, "EncryptedPackage")  # the library reads as much as it is said to hold
        rounds = max((int(count) for count in _ROUNDS.findall(info)), default=0)
        # The library parses this part with the standard library's XML reader: no declarations of its own, please.
        if len(info) > _LONGEST_INFO or rounds > _MOST_ROUNDS or b"<!" in info:
            return b""
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        file.load_key(password=PASSWORD, verify_password=True)
        file.decrypt(unlocked)
    except (*BROKEN, DecryptionError, FileFormatError, ParseError):
        return b""
    return unlocked.getvalue()
