"""How often the dominant language of mixed Chinese and English documents is recognised, by their mix and form.

    python benchmarks/mixed_languages.py DATA

DATA holds `topic_sib200.jsonl` in the form of the evaluation data: sentences of one corpus in many languages. Documents
of ten to thirty of them are drawn at random; the language of most sentences is the dominant one.
"""

import argparse
import json
import random
from collections import Counter, defaultdict
from pathlib import Path

from docmill.language import identify

SHARES = (20, 30, 40, 60, 70, 80)  # per cent of the sentences that are Chinese
DOCUMENTS = 50  # of each mix and form
SEED = 4


def sentences(data: Path) -> dict[str, list[str]]:
    """English and Chinese ones."""
    found: dict[str, list[str]] = defaultdict(list)
    with (data / "topic_sib200.jsonl").open(encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            if row["lang"] in {"en", "zh"}:
                found[row["lang"]].append(row["text"])
    return found


def mixed(pool: dict[str, list[str]], share: int, form: str, rnd: random.Random) -> str:
    """One document."""
    total = rnd.choice([10, 20, 30])
    chinese = [rnd.choice(pool["zh"]) for _ in range(total * share // 100)]
    english = [rnd.choice(pool["en"]) for _ in range(total - len(chinese))]
    halves = [chinese, english] if rnd.random() < 0.5 else [english, chinese]
    parts = halves[0] + halves[1]
    if form != "blocks":
        rnd.shuffle(parts)
    return (" " if form == "sentences" else "\n").join(parts)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    pool = sentences(parser.parse_args().data)
    rnd = random.Random(SEED)  # noqa: S311  reproducible, nothing secret
    right: Counter[int] = Counter()
    for share in SHARES:
        for form in ("paragraphs", "sentences", "blocks"):
            wanted = "zh" if share > 50 else "en"
            right[share] += sum(identify(mixed(pool, share, form, rnd)).code == wanted for _ in range(DOCUMENTS))
        print(f"{share} % Chinese: {right[share] / (3 * DOCUMENTS):.3f} right")
    print(f"all: {right.total() / (3 * DOCUMENTS * len(SHARES)):.3f} of {3 * DOCUMENTS * len(SHARES)}")


if __name__ == "__main__":
    main()
