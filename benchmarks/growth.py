"""Time and memory of refining one document against its size: web pages and plain-text dumps, each in a fresh process.

    python -m benchmarks.growth [--kind page dump] [--largest FACTOR]

Prints, for each size, processor seconds, the process's peak memory, what of it the models take, and how time grew from
the size before: 1.0 is linear. A page's size is in MB, a dump's in lines.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from itertools import pairwise

from docmill import Pipeline, RawDocument

SIZES = {"page": (0.3, 1.25, 5, 20), "dump": (3_000, 12_500, 50_000, 200_000)}
MOST_SECONDS, MOST_MB = 10, 500
_TEXT = """
    the river rose two metres overnight and lower town was cut off from its bridge until noon harbour council vote new
    lamps coastal road seals outer rocks island ferry leaves at seven on weekdays museum keeps old sea charts in a room
"""
_WORDS = _TEXT.split()


def _chance() -> random.Random:
    return random.Random(1)  # noqa: S311  the same documents each time


def sentence(rnd: random.Random) -> str:
    """Of a dozen words or two."""
    return " ".join(rnd.choice(_WORDS) for _ in range(rnd.randint(10, 26))).capitalize() + "."


def label(rnd: random.Random) -> str:
    """As of a menu."""
    return " ".join(rnd.choice(_WORDS) for _ in range(rnd.randint(1, 4))).capitalize()


def dump(lines: float) -> bytes:
    """Labels and sentences, half and half, in groups."""
    rnd, made = _chance(), list[str]()
    while len(made) < lines:
        made += [label(rnd) for _ in range(rnd.randint(2, 12))] + [""]
        made += [f"{sentence(rnd)} {sentence(rnd)}" for _ in range(rnd.randint(2, 12))]
    return "\n".join(made[: int(lines)]).encode()


def page(megabytes: float) -> bytes:
    """Sections of headings, paragraphs, lists of links and small tables."""
    parts = [
        "<html><head><title>Harbour news</title></head><body><nav><a href=/>Home</a> <a href=/n>News</a></nav><main>"
    ]
    rnd, size = _chance(), 0
    while size < megabytes * 1e6:
        links = "".join(f"<li><a href='/{rnd.randint(1, 9999)}'>{label(rnd)}</a></li>" for _ in range(6))
        text = "".join(f"<p>{sentence(rnd)} <b>{label(rnd)}</b> {sentence(rnd)}</p>" for _ in range(5))
        rows = "".join(f"<tr><td>{label(rnd)}</td><td>{rnd.randint(1, 999)}</td></tr>" for _ in range(3))
        parts.append(f"<section class=s><h2>{label(rnd)}</h2>{text}<ul>{links}</ul><table>{rows}</table></section>\n")
        size += len(parts[-1])
    return "".join([*parts, "</main><footer>All rights reserved</footer></body></html>"]).encode()


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def one(kind: str, size: float) -> dict[str, float]:
    """Refine one document here."""
    make = {"page": page, "dump": dump}[kind]
    data = make(size)
    suffix = {"page": "html", "dump": "txt"}[kind]
    pipeline = Pipeline()
    pipeline.warm_up()
    models = _megabytes()
    start = time.process_time()
    outcome = pipeline.refine(RawDocument(data=data, key=f"a.{suffix}"))
    seconds = time.process_time() - start
    if outcome.status != "enriched":
        raise SystemExit(f"{kind} {size}: {outcome}")
    stages = {stage.name: round(stage.milliseconds) for stage in outcome.provenance.stages}
    return {"seconds": seconds, "models": models, "peak": _megabytes(), "stages": stages}


def main() -> None:
    """Run all sizes, or one of them for the process started for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", nargs="*", choices=list(SIZES), default=list(SIZES))
    parser.add_argument("--one", nargs=2, metavar=("KIND", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one[0], float(options.one[1]))))
        return
    for kind in options.kind:
        found = []
        for size in SIZES[kind]:
            command = [sys.executable, "-m", "benchmarks.growth", "--one", kind, str(size)]
            found.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
            own = found[-1]
            memory = f"{own['peak']:.0f} MB, of it models {own['models']:.0f}"
            print(f"{kind} {size:>8}: {own['seconds']:6.2f} s, {memory}; milliseconds {own['stages']}")
        for (before, after), (smaller, larger) in zip(pairwise(found), pairwise(SIZES[kind]), strict=True):
            growth = after["seconds"] / before["seconds"] / (larger / smaller)
            print(f"{kind} {smaller} to {larger}: time grows {growth:.2f} times as much as size")
        met = found[-1]["seconds"] < MOST_SECONDS and found[-1]["peak"] < MOST_MB
        print(f"{kind}: {'within' if met else 'over'} {MOST_SECONDS} s and {MOST_MB} MB at the largest")


if __name__ == "__main__":
    main()
