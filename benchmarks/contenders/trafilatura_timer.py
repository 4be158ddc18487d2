"""How long trafilatura takes for pages: for each path read, a line each, the milliseconds of processor time.

python trafilatura_timer.py
"""

import sys
import time
from pathlib import Path

import trafilatura


def main() -> None:
    """Time what is asked for, until the input ends."""
    for line in sys.stdin:
        page = Path(line.rstrip("\n")).read_bytes()
        start = time.process_time()
        trafilatura.bare_extraction(page, url=None, with_metadata=True)
        print((time.process_time() - start) * 1000, flush=True)


if __name__ == "__main__":
    main()
