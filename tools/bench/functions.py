"""Measures the Redis functions of slot: places, the line, and what waiting costs.

Ratios are of slices taken by turns in one run, over at least five rounds. A slice's time is what
Redis counts for its FCALLs (INFO commandstats, read before and after it), so neither the client nor
the network is in it. Starts a Redis server of its own.

    tools/bench/functions.py [--json] [--short] [--port 7993] [figure ...]
"""

import argparse
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import functions_line  # noqa: E402
import functions_load  # noqa: E402
import functions_places  # noqa: E402
from functions_redis import Redis  # noqa: E402

FIGURES = {**functions_places.FIGURES, **functions_line.FIGURES, **functions_load.FIGURES}


def take(names, short, port):
    """Takes figures by name, all of them where none is named; gives each as it is there."""
    redis = Redis(port)
    try:
        for name in names or FIGURES:
            random.seed(20261201)
            redis.flush()
            yield from FIGURES[name](redis, short)
    finally:
        redis.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("figures", nargs="*", help=f"of {', '.join(FIGURES)}")
    parser.add_argument("--port", type=int, default=7993)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--short", action="store_true", help="to see that it works, no more")
    options = parser.parse_args()
    unknown = [name for name in options.figures if name not in FIGURES]
    if unknown:
        parser.error(f"there is no figure {unknown[0]}; there are {', '.join(FIGURES)}")
    for figure in take(options.figures, options.short, options.port):
        print(figure.as_json() if options.json else figure.as_row(), flush=True)


if __name__ == "__main__":
    main()
