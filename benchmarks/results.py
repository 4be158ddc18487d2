"""Results of measurements: kept as JSON files with machine, versions, date and corpus, and printed as tables."""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from benchmarks.corpus import Corpus

__all__ = ["FOLDER", "circumstances", "keep", "rate_of", "table"]

FOLDER = Path(__file__).parent / "results"
COLUMNS = ("contender", "documents/s", "docmill is", "written", "failed", "dropped", "CPU ms/document", "peak MB")


def circumstances(corpus: Corpus) -> dict[str, Any]:
    """What figures depend on beside the code."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "corpus": {
            "name": corpus.name,
            "documents": len(corpus),
            "mean_kb": round(corpus.size / len(corpus) / 1000, 1),
            "digest": corpus.digest,
        },
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "load_before": [round(load, 2) for load in psutil.getloadavg()],
        },
    }


def keep(kind: str, figures: Mapping[str, Any], folder: Path = FOLDER) -> Path:
    """Write figures to a file whose name says what they are of, and when."""
    folder.mkdir(parents=True, exist_ok=True)
    date = figures["date"].replace(":", "").replace("-", "")[:13]
    file = folder / f"{kind}-{date}.json"
    file.write_text(json.dumps(figures, indent=1) + "\n")
    return file


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Contenders' figures as a table in Markdown; ratios are docmill's rate over theirs."""
    own = rate_of("docmill", rows)
    cells = [COLUMNS, *(_cells(row, own) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(COLUMNS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def rate_of(name: str, rows: Sequence[Mapping[str, Any]]) -> float | None:
    """A contender's documents a second, if it ran well."""
    return next((row["rate"] for row in rows if row["contender"] == name and row.get("rate")), None)


def _cells(row: Mapping[str, Any], own: float | None) -> tuple[str, ...]:
    if "rate" not in row:
        return (row["contender"], row.get("broken") or row["skipped"], *("" for _ in COLUMNS[2:]))
    ratio = f"{own / row['rate']:.1f} x as fast" if own and row["rate"] and row["contender"] != "docmill" else ""
    counts = (str(row[name]) for name in ("written", "failed", "dropped"))
    return (row["contender"], f"{row['rate']:.1f}", ratio, *counts, f"{row['cpu_ms']:.0f}", f"{row['peak_mb']}")


def _commit() -> str | None:
    asked = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )
