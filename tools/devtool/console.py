"""What the developer sees: steps, progress on one line, failures as one line with a log to read."""

import sys
import time

PROGRESS_SECONDS = 15


class Failure(Exception):
    """Something the developer must know; its text is one line, and `log` what to read next."""

    def __init__(self, message, log=None):
        super().__init__(message)
        self.log = log

    def __str__(self):
        return f"{self.args[0]} (log: {self.log})" if self.log else self.args[0]


class Console:
    """Writes to stderr, so that --json answers on stdout stay clean."""

    def __init__(self, stream=sys.stderr):
        self._stream = stream
        self._terminal = stream.isatty()
        self._said_at = 0.0
        self._open = False

    def say(self, text=""):
        self._end_line()
        print(text, file=self._stream, flush=True)

    def step(self, text):
        self.say(f"== {text}")
        self._said_at = time.monotonic()

    def progress(self, text):
        """Shows how far a step is: at once on a terminal, else every few seconds."""
        if self._terminal:
            self._stream.write(f"\r\033[K   {text[:96]}")
            self._stream.flush()
            self._open = True
        elif time.monotonic() - self._said_at > PROGRESS_SECONDS:
            self.say(f"   {text}")
            self._said_at = time.monotonic()

    def _end_line(self):
        if self._open:
            self._stream.write("\r\033[K")
            self._open = False


console = Console()
