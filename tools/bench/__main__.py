"""Takes the figures of docs/performance.md on the stack that a setup file describes.

`tools/dev bench` makes that stack. Every figure is a ratio taken within one run, its two sides in
slices of a few seconds by turns, so that whatever slows the machine slows both.
"""

import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import calls  # noqa: E402
import functions  # noqa: E402
import record  # noqa: E402
from world import World  # noqa: E402

_OF_STACK = {**calls.FIGURES, **record.FIGURES}
FIGURES = (*_OF_STACK, *functions.FIGURES)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("figures", nargs="*", help=f"of {', '.join(FIGURES)}")
    parser.add_argument("--setup", required=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--short", action="store_true", help="to see that it works, no more")
    options = parser.parse_args()
    unknown = [name for name in options.figures if name not in FIGURES]
    if unknown:
        parser.error(f"there is no figure {unknown[0]}; there are {', '.join(FIGURES)}")
    with open(options.setup, encoding="utf-8") as file:
        world = World(json.load(file), options.short)
    try:
        for figure in take(world, options.figures or FIGURES):
            print(figure.as_json() if options.json else figure.as_row(), flush=True)
    finally:
        world.close()


def take(world, names):
    """Takes figures by name; gives each as it is there."""
    for name in names:
        if name in _OF_STACK:
            yield from _OF_STACK[name](world)
    rest = [name for name in names if name not in _OF_STACK]
    if rest:
        # These have a Redis of their own; nothing else shall run beside it.
        yield from functions.take(rest, world.short, world.setup["functions_port"])


if __name__ == "__main__":
    main()
