"""Tells what the demo does, one JSON object a step, and stops at the first check that fails."""

import json
import sys
import time


class CheckFailed(Exception):
    """A step whose check failed; it has been told already."""


class Report:
    """The demo's steps on standard output."""

    def __init__(self):
        self._started = time.monotonic()
        self._steps = 0

    def step(self, step, rule, ok, detail):
        """Tells a step; `ok` is what was checked."""
        self._steps += 1
        self._say({"step": step, "rule": rule, "ok": bool(ok), "detail": str(detail)})
        if not ok:
            raise CheckFailed(step)

    def end(self, verdict):
        """Tells how the demo went as a whole."""
        seconds = round(time.monotonic() - self._started, 1)
        self._say({"demo": verdict, "steps": self._steps, "seconds": seconds})

    @staticmethod
    def _say(entry):
        json.dump(entry, sys.stdout, ensure_ascii=False)
        print(flush=True)


def yuan(fen):
    """Fen as people write it."""
    return f"{fen // 100}.{fen % 100:02d}"
