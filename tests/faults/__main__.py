"""`PYTHONPATH=tests python -m faults`: the fault suite at length."""

# ruff: noqa: T201  it reports on the terminal

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from itertools import chain, product
from pathlib import Path

from servers import MotoServer, SeaweedServer

from docmill.cli.prefect_api import quiet_prefect
from docmill.cli.signals import stopped_by_signals
from docmill.services import EmbeddedStore, PrefectServer
from faults.memory import every_point, random_run

STORES = {"ministack": EmbeddedStore, "moto": MotoServer, "seaweedfs": SeaweedServer}


def _parts(runs: int, seed: int) -> int:
    """Kill the parts within this process; the number of violations."""
    begun, found, injected, total = time.monotonic(), [], Counter[str](), 0
    points = (
        every_point(listening=kind, after=after, restoring=restoring)
        for kind, after, restoring in product((False, True), repeat=3)
    )
    for outcome in chain(chain.from_iterable(points), map(random_run, range(seed, seed + runs))):
        total += 1
        injected += outcome.injected
        found += [f"{outcome.name}: {text}" for text in outcome.violations]
    print(f"parts, in one process: {total} runs, {injected['killed']} kills, {time.monotonic() - begun:.0f} s")
    print(f"  injected: {', '.join(f'{name} {number}' for name, number in injected.most_common())}")
    print("\n".join([f"violations: {len(found)}", *found]), flush=True)
    return len(found)


def _commands(store: str, runs: int, seed: int, folder: Path) -> int:
    """Kill the real commands; the number of violations."""
    with stopped_by_signals(), ExitStack() as stack:
        server = stack.enter_context(STORES[store](folder / store))
        prefect = stack.enter_context(PrefectServer(folder / "prefect"))
        server.wait_ready()
        prefect.wait_ready(900)
        os.environ.update(server.environment() | prefect.environment())
        quiet_prefect()
        from launcher import Launcher, warm_up

        from faults.chaos import Campaign
        from faults.proxy import FaultProxy

        def restart() -> None:
            prefect.stop()
            time.sleep(1)
            prefect.start()
            prefect.wait_ready(900)

        warm_up()
        launcher = stack.enter_context(Launcher())
        proxy = stack.enter_context(FaultProxy(server.endpoint_url))
        begun = time.monotonic()
        campaign = Campaign(launcher, proxy, folder, seed, notified=store != "seaweedfs", restart_prefect=restart)
        try:
            campaign.run(runs, lambda line: print(line, file=sys.stderr, flush=True))
        finally:
            print(f"commands, on {store}: {campaign.totals}\n{time.monotonic() - begun:.0f} s", flush=True)
        return len(campaign.totals.violations)


def main() -> None:
    """Run it; exit code 1 if anything is not as promised."""
    parser = argparse.ArgumentParser(prog="faults", description="Kill docmill, and check that nothing is lost.")
    parser.add_argument("--runs", type=int, default=200, help="of the real commands")
    parser.add_argument("--parts", type=int, default=0, help="seeded runs of the parts in one process, and all points")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=STORES, default="ministack")
    parser.add_argument("--folder", type=Path, help="for logs; by default a temporary one")
    chosen = parser.parse_args()
    found = _parts(chosen.parts, chosen.seed) if chosen.parts else 0
    with tempfile.TemporaryDirectory(prefix="docmill-faults-") as folder:
        if chosen.runs:
            found += _commands(chosen.store, chosen.runs, chosen.seed, chosen.folder or Path(folder))
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
