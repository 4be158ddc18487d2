"""The day of publication in the data that a page is drawn from, which frameworks such as Next.js send along with it."""

import re

from docmill.extract.html.metadata.candidates import Candidates
from docmill.extract.html.metadata.landmarks import Landmarks

__all__ = ["read_page_data"]

_LONGEST = 2_000_000  # characters of one script
_PUBLISHED = re.compile(
    r'"(?:date_?published|published_?(?:at|on|date|time)|publish_?date|publication_?(?:date|time)'
    r'|first_?published(?:_?at)?)"\s*:\s*"(\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)"',
    re.IGNORECASE,
)


def read_page_data(landmarks: Landmarks, found: Candidates) -> None:
    """Note the moment of publication, if all that is said of one there is of one day: else it is of several pages."""
    moments = [moment for script in landmarks.data for moment in _PUBLISHED.findall(script.text()[:_LONGEST])]
    if len({moment[:10] for moment in moments}) == 1:
        found.add("published", moments[0], "page_data", 1)
