"""The main job on a running stack, as clients do it, checked at every step.

One JSON object a step on standard output; the last says how it went. A failed check ends it with
exit code 1.
"""

import argparse
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from books import Books  # noqa: E402
from border import BorderStory  # noqa: E402
from report import CheckFailed, Report  # noqa: E402
from trains import TrainStory  # noqa: E402
from wire import Refusal, Services  # noqa: E402
from world import World  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--stack", required=True, help="the stack.json that tools/dev wrote")
    options = parser.parse_args()
    services = Services.of_stack(options.stack)
    world, report = World(services), Report()
    try:
        world.join()
        TrainStory(world, report).tell()
        BorderStory(world, report).tell()
        Books(world, report).check()
    except CheckFailed:
        report.end("failed")
        return 1
    except (Refusal, TimeoutError, LookupError) as error:
        try:
            report.step("the story goes on", "", False, f"{type(error).__name__}: {error}")
        except CheckFailed:
            report.end("failed")
        return 1
    finally:
        services.close()
    report.end("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
