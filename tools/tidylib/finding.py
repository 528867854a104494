"""What a check reports."""

from typing import NamedTuple


class Finding(NamedTuple):
    """A place that breaks a rule, and what to write there instead."""

    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"
