"""How fast a counterparty is asked, and what it says to who asks too fast."""

import collections
import threading
import time


class Pace:
    """Counts requests by the second; with a limit, takes no more than that in any one second."""

    def __init__(self, seconds=time.monotonic):
        self._seconds = seconds
        self._lock = threading.Lock()
        self._taken = collections.deque()  # when, within the last second
        self._most = 0
        self._total = 0
        self._refused = 0

    def take(self, limit=None):
        """Whether one more request is taken now; one that is refused does not count against it."""
        now = self._seconds()
        with self._lock:
            while self._taken and self._taken[0] <= now - 1:
                self._taken.popleft()
            if limit is not None and len(self._taken) >= limit:
                self._refused += 1
                return False
            self._taken.append(now)
            self._total += 1
            self._most = max(self._most, len(self._taken))
            return True

    def shown(self):
        with self._lock:
            return {
                "total": self._total,
                "most_in_a_second": self._most,
                "refused": self._refused,
            }

    def forget(self):
        with self._lock:
            self._most = self._total = self._refused = 0
