"""Which notices are about documents in the inbox."""

from collections.abc import Iterator

from docmill.intake.events import Notice
from docmill.keys import OWN_FOLDERS
from schemas.settings import Settings, split_location

__all__ = ["keys_in_inbox"]


def keys_in_inbox(settings: Settings, notice: Notice) -> Iterator[str]:
    """The notice's keys that may be documents: under the inbox's prefix, no folder markers, none of docmill's own."""
    inbox, prefix = split_location(settings.inbox or "")
    output, output_prefix = split_location(settings.output or "")
    own = tuple(output_prefix + folder for folder in OWN_FOLDERS) if inbox == output else ()
    for key in notice.keys if notice.bucket == inbox else ():
        if key.startswith(prefix) and not key.endswith("/") and not key.startswith(own):
            yield key
