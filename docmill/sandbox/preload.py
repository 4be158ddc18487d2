"""Imported once by the server that refining processes are forked from: they find parsers and models loaded.

So a process is ready in a moment, a killed one replaced in milliseconds, and the models' memory is shared. The server
has one thread (numerical libraries included, see child.py), so forking it is safe.
"""

import contextlib

from docmill import extract
from docmill.errors import DocmillError
from docmill.pipeline import Pipeline

__all__: list[str] = []

extract.preload()  # readers are otherwise imported when first needed
with contextlib.suppress(DocmillError):  # a process that cannot do without says what is wrong
    Pipeline().warm_up()
