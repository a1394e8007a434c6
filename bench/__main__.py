"""`python -m bench [STAGE …]`: takes the figures and writes them into docs/performance.md."""

import importlib
import signal
import sys
import time

from bench import ground, report
from deploy.parts import Missing

STAGES = ("page", "signing", "memory", "growth", "front")


def main(wanted):
    unknown = [name for name in wanted if name not in STAGES]
    if unknown:
        print(f"There is no stage {unknown[0]}. The stages are: {', '.join(STAGES)}.", file=sys.stderr)
        return 2
    try:
        site = ground.cluster()
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    began = time.monotonic()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))  # So that nothing is left running.
    with site:
        for name in wanted or STAGES:
            print(f"\n{name}", flush=True)
            rows = []
            for row in importlib.import_module(f"bench.stages.{name}").rows(site):
                print(f"  {row.what}: {row.measured}" + (f"  (aim: {row.aim})" if row.aim else ""), flush=True)
                rows.append(row)
            report.write(name, rows)
    print(f"\nDone in {time.monotonic() - began:.0f} s; written into {report.PAGE.name}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
