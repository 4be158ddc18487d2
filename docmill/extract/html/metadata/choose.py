"""Choose between the candidates of a field: by where they stand and by what they agree on."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from docmill.author_names import names_in
from docmill.dates import MIDNIGHTS, read_timestamp
from docmill.extract.html.metadata.candidates import Candidate
from docmill.extract.html.metadata.site_names import SiteNames
from docmill.persons import is_full_name, is_host

__all__ = ["choose_authors", "choose_date"]

_IN_PATH = re.compile(
    r"/((?:19|20)\d\d)[/_-]?(0\d|1[0-2])[/_-]?([0-2]\d|3[01])(?=\D|$)|/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})/"
)
_DAY_FIRST_IN_PATH = re.compile(r"/([0-2]\d|3[01])-(0\d|1[0-2])-(20\d\d)(?=\D|$)")
_EARLIEST = 1990
_NOON, _APRIL, _OCTOBER = 12, 4, 10
_SHOWN = 4.5
_WEAK = 4.5
_STAMP = 6  # what the date of a page counts that is no article
_POST = 6  # what the date of a thread's first post counts
_LIST = 4  # days
_NEAR = 4  # what a date counts at least that stands about the heading
_MARKED = 5  # what a byline counts that stands in its place or is marked as such
_PERSONAL = frozenset({"json_ld", "microdata", "byline"})


def choose_date(  # noqa: PLR0913
    candidates: list[Candidate],
    url: str | None,
    events: list[Candidate],
    *,
    day_first: bool | None = None,
    language: str | None = None,
    first: bool = True,
) -> Candidate | None:
    """The day that the weightiest candidates agree on, as precisely as one of them says it.

    Args:
        candidates: What was found.
        url: The page's address, which may hold a date.
        events: The days of an event the page is about; where they are shown, they are no dates of the page.
        day_first: How to read `3/4/2021`, if it is known.
        language: The page's, such as `de`.
        first: Whether it is the first day of the page that is asked for.
    """
    held = {date[:10] for event in events if (date := read_timestamp(event.value))}
    dated = [
        Candidate(date, c.origin, c.weight)
        for c in candidates
        if (date := read_timestamp(c.value, day_first=day_first)) and int(date[:4]) >= _EARLIEST
    ]
    dated += _in_address(url or "")
    dated = [c for c in dated if c.origin != "visible_text" or c.value[:10] not in held]
    dated = _without_stamps(_without_answers(dated) if first else dated)
    if _are_news(dated):
        dated = [c for c in dated if c.origin != "visible_text"]
    if first and (shown := _shown_day(dated)):
        dated = _until(shown, dated)
    votes: dict[str, dict[str, float]] = defaultdict(dict)
    for c in dated:
        by_origin = votes[c.value[:10]]
        by_origin[c.origin] = max(by_origin.get(c.origin, 0), c.weight)
    if not votes:
        return None
    day = max(votes, key=lambda day: max(votes[day].values()) + sum(votes[day].values()) / 4)
    best = max((c for c in dated if c.value[:10] == day), key=lambda c: c.weight)
    return _local_day(best, dated) or _from_midnight(best, dated, language) or best


def _in_address(url: str) -> Iterator[Candidate]:
    """The day that a page's address holds: year first, or else, which is less sure, day first."""
    if path := _IN_PATH.search(url):
        year, month, day = path.groups()[:3] if path[1] else path.groups()[3:]
        if date := read_timestamp(f"{year}-{month}-{day}"):
            yield Candidate(date, "url", 5)
    if (path := _DAY_FIRST_IN_PATH.search(url)) and (date := read_timestamp("-".join(reversed(path.groups())))):
        yield Candidate(date, "url", 4)


def _without_stamps(dated: list[Candidate]) -> list[Candidate]:
    """Those but for what nothing else in the page says of a page that is no article: systems stamp every page."""
    sure = {c.value[:10] for c in dated if c.origin != "json_ld" or c.weight > _STAMP}
    return [c for c in dated if c.value[:10] in sure]


def _without_answers(dated: list[Candidate]) -> list[Candidate]:
    """Those but for the posts of a thread after its first, whose microdata has a day each; the first counts less."""
    posts = [c for c in dated if c.origin == "microdata"]
    if len({c.value[:10] for c in posts if c.weight == posts[0].weight}) < 2:  # noqa: PLR2004
        return dated
    first = min(posts, key=lambda c: c.value[:10])
    return [c for c in dated if c.origin != "microdata"] + [Candidate(first.value, first.origin, _POST)]


def _shown_day(dated: list[Candidate]) -> str | None:
    """The day shown about the heading, if it is one."""
    days = {c.value[:10] for c in dated if c.origin == "visible_text" and c.weight >= _SHOWN}
    return days.pop() if len(days) == 1 else None


def _until(shown: str, dated: list[Candidate]) -> list[Candidate]:
    """Those but for what is declared to be later than the day that is shown: when a system took the page over."""
    latest = (datetime.fromisoformat(shown) + timedelta(days=1)).date().isoformat()
    return [c for c in dated if c.origin == "visible_text" or c.value[:10] <= latest]


def _are_news(dated: list[Candidate]) -> bool:
    """Whether the dates shown are those of a list, the newest first; those of a thread's posts ascend.

    A page that shows one day about its heading has that for its own, whatever stands below.
    """
    if any(c.origin != "visible_text" for c in dated) or len({c.value[:10] for c in dated if c.weight > _NEAR}) == 1:
        return False
    days = list(dict.fromkeys(c.value[:10] for c in dated))
    return len(days) >= _LIST and days == sorted(days, reverse=True)


def _local_day(stamp: Candidate, dated: list[Candidate]) -> Candidate | None:
    """The calendar day readers are shown, where a stamp in universal time falls on the day before or after it."""
    if not stamp.value.endswith("+00:00"):
        return None
    moment = datetime.fromisoformat(stamp.value)
    morning = moment.hour < _NOON
    local = (moment + timedelta(days=-1 if morning else 1)).date().isoformat()
    said = [c for c in dated if c.weight >= _SHOWN and not c.value.endswith("+00:00")]
    best = max(said, key=lambda c: c.weight, default=None)
    return best if best is not None and best.value[:10] == local else None


def _from_midnight(stamp: Candidate, dated: list[Candidate], language: str | None) -> Candidate | None:
    """The day that begins where its language is at home with a stamp that systems write for a day without a time."""
    if language not in MIDNIGHTS or not stamp.value.endswith(":00:00+00:00"):
        return None
    moment = datetime.fromisoformat(stamp.value)
    winter, summer = MIDNIGHTS[language]
    is_shown = any(c.value[:10] == stamp.value[:10] and not c.value.endswith("+00:00") for c in dated)
    if is_shown or moment.hour != (summer if _APRIL <= moment.month <= _OCTOBER else winter):
        return None
    return Candidate((moment + timedelta(hours=24 - moment.hour)).date().isoformat(), stamp.origin, stamp.weight)


def choose_authors(
    candidates: list[Candidate], site: SiteNames, shown: Callable[[], str], *, is_article: bool = True
) -> list[Candidate]:
    """The names of the weightiest place that names any; places that agree support each other.

    Args:
        candidates: What was found.
        site: What the site is called.
        shown: Gives the page's text in small letters.
        is_article: Whether the page says that it is an article.
    """
    places = _places(candidates, site)
    folded = {place: {n.casefold() for n in names} for place, names in places.items()}

    def support(place: tuple[str, float]) -> float:
        origins = {other[0] for other, names in folded.items() if other[0] != place[0] and names & folded[place]}
        return place[1] + 2 * len(origins)

    best = max(places, key=support, default=None)
    if (
        best
        and best[0] in ("meta", "open_graph")
        and not any((is_article and is_full_name(name)) or name.casefold() in shown() for name in places[best])
    ):
        del places[best]  # an account of the publishing system, a keyword, or whose the site is
        best = max(places, key=support, default=None)
    if best is None:
        return []
    best = _shown_in_full(best, places) or _with_others(best, places, folded) or best
    return [Candidate(name, best[0], best[1]) for name in places[best]]


def _places(candidates: list[Candidate], site: SiteNames) -> dict[tuple[str, float], list[str]]:
    """The names that each place of the page gives, by its origin and weight."""
    groups: dict[tuple[str, float], list[str]] = defaultdict(list)
    namesakes: dict[tuple[str, float], list[str]] = defaultdict(
        list
    )  # a site called after its author, or a firm that signs
    declared = {c.value for c in candidates if c.as_written}  # accounts' names too, which bylines may show
    for c in candidates:
        if not site.include(c.value):
            names = names_in(c.value, as_written=c.value in declared)
            groups[c.origin, c.weight] += [name for name in names if not site.include(name)]
        elif is_host(c.value):
            continue
        elif c.weight > _WEAK and (c.origin in _PERSONAL or is_full_name(c.value)):
            namesakes[c.origin, c.weight].append(c.value)
    chosen = {place: names for place, names in groups.items() if names} or namesakes
    return {place: list({n.casefold(): n for n in names}.values()) for place, names in chosen.items()}


def _shown_in_full(best: tuple[str, float], places: dict[tuple[str, float], list[str]]) -> tuple[str, float] | None:
    """Where the page shows a full name, and its head declares but the name of an account."""
    if best[0] not in ("meta", "json_ld") or any(len(name.split()) > 1 for name in places[best]):
        return None
    bylines = [place for place, names in places.items() if place[0] == "byline" and place[1] >= _MARKED]
    bylines = [place for place in bylines if all(map(is_full_name, places[place]))]
    return max(bylines, key=lambda place: place[1], default=None)


def _with_others(
    best: tuple[str, float], places: dict[tuple[str, float], list[str]], folded: dict[tuple[str, float], set[str]]
) -> tuple[str, float] | None:
    """Where something else declared names more than those chosen: some systems give the first alone."""
    more = [
        place
        for place, names in folded.items()
        if names > folded[best] and place[0] != "byline" and all(map(is_full_name, places[place]))
    ]
    return max(more, key=lambda place: place[1], default=None)
