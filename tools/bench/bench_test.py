"""Tests of the benchmark's own arithmetic."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import feed  # noqa: E402
from figure import Figure  # noqa: E402
from load import cpu_seconds  # noqa: E402
from world import RunSet  # noqa: E402


class FigureTest(unittest.TestCase):
    def test_a_figure_is_the_median_with_its_spread(self):
        figure = Figure.of("book_vs_echo", [0.5, 0.41234, 0.3, 0.6, 0.4], "ratio", "by hand")
        self.assertEqual(
            json.loads(figure.as_json()),
            {"figure": "book_vs_echo", "value": 0.4123, "spread": [0.3, 0.6], "unit": "ratio",
             "how": "by hand"},
        )  # fmt: skip
        self.assertNotIn("\n", figure.as_json())
        self.assertIn("0.4123", figure.as_row())

    def test_large_values_keep_their_size(self):
        self.assertEqual(Figure.of("serve_vs_scan", [12345.678], "ratio", "").value, 12350.0)


class RunSetTest(unittest.TestCase):
    def test_a_set_is_used_up_before_it_is_sold_out(self):
        runs = RunSet([("runs/1", 0), ("runs/2", 1)], seats=100)
        self.assertEqual(len(runs), 2)
        places = 2 * 100 * (feed.STOPS - 1) / feed.TRIP_LEGS
        self.assertGreater(runs.left, 0.5 * places)
        self.assertLess(runs.left, places)
        self.assertEqual(
            runs.routes(),
            [{"runs": ["runs/1"], "stations": feed.stations(0)},
             {"runs": ["runs/2"], "stations": feed.stations(1)}],
        )  # fmt: skip


class FeedTest(unittest.TestCase):
    def test_the_feed_has_its_trains_and_seats(self):
        with tempfile.TemporaryDirectory() as folder:
            gtfs, classes = feed.SHORT.write(folder)
            with open(os.path.join(gtfs, "trips.txt"), encoding="utf-8") as file:
                trains = [line.split(",")[2] for line in file.read().splitlines()[1:]]
            with open(classes, encoding="utf-8") as file:
                coaches = [line for line in file if line.startswith("coach,")]
        self.assertEqual(len(set(trains)), feed.SHORT.lines * feed.SHORT.trains)
        self.assertEqual({feed.line_of(train) for train in trains}, set(range(feed.SHORT.lines)))
        self.assertEqual(len(coaches), len(trains) * feed.SHORT.coaches)
        self.assertEqual(feed.FULL.seats, 1000)


class CpuTest(unittest.TestCase):
    def test_cpu_time_covers_children_that_ended(self):
        before = cpu_seconds(os.getpid())
        work = "sum(i * i for i in range(3000000))"
        subprocess.run([sys.executable, "-c", work], check=True)
        self.assertGreater(cpu_seconds(os.getpid()), before)


if __name__ == "__main__":
    unittest.main()
