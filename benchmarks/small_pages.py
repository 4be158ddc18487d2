"""How much of what stands between the paragraphs of small pages in plain markup goes, and how much of the text stays.

    python benchmarks/small_pages.py

Twelve pages of each language are made of `small_pages.toml`: an article, and five prompts and labels at random places,
as they stand on pages made by hand, in exports and in mails, without names that would tell them.
"""

import random
import tomllib
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docmill import Pipeline, RawDocument
from schemas.document import EnrichedDocument

PAGES, PROMPTS = 12, 5
AROUND = ("<article>{}</article>", "<main>{}</main>", '<div class="content">{}</div>', "{}")
MENU = '<nav><ul><li><a href="/">Home</a></li><li><a href="/n">News</a></li></ul></nav>'
LINKED = 0.3  # share of the prompts that are
SEED = 7


def pages(data: dict[str, Any], rnd: random.Random) -> Iterator[tuple[str, list[str], list[str]]]:
    """Markup, and the texts in it that are wanted and those that are not."""
    for _ in range(PAGES):
        wanted, unwanted = [data["title"], *data["paragraphs"]], rnd.sample(data["furniture"], PROMPTS)
        parts = [f"<h1>{escape(data['title'])}</h1>", *(f"<p>{escape(text)}</p>" for text in data["paragraphs"])]
        for text in unwanted:
            tag = rnd.choice(("p", "div"))
            shown = f'<a href="/q">{escape(text)}</a>' if rnd.random() < LINKED else escape(text)
            parts.insert(rnd.randint(1, len(parts)), f"<{tag}>{shown}</{tag}>")
        body = rnd.choice(("", MENU)) + rnd.choice(AROUND).format("".join(parts))
        yield f"<title>{escape(data['title'])}</title><body>{body}</body>", wanted, unwanted


def main() -> None:
    """Run it."""
    pipeline = Pipeline()
    rnd = random.Random(SEED)  # noqa: S311  reproducible, nothing secret
    for language, data in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items():
        kept: Counter[str] = Counter()
        for number, (markup, wanted, unwanted) in enumerate(pages(data, rnd)):
            outcome = pipeline.refine(RawDocument(data=markup.encode(), key=f"{language}-{number}.html"))
            texts = {block.text for block in outcome.blocks} if isinstance(outcome, EnrichedDocument) else set()
            kept["wanted"] += len(texts.intersection(wanted))
            kept["unwanted"] += len(texts.intersection(unwanted))
        texts_made, prompts_made = PAGES * (1 + len(data["paragraphs"])), PAGES * PROMPTS
        gone = prompts_made - kept["unwanted"]
        print(f"{language}: {kept['wanted']} of {texts_made} texts stay, {gone} of {prompts_made} prompts go")


if __name__ == "__main__":
    main()
