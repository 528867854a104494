"""tools/dev keeps what it promises: whom it stops, what it runs, how it reads results."""

import io
import os
import subprocess
import sys
import tempfile
import unittest

TOOLS = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(TOOLS, "devtool"))

import console  # noqa: E402
import credentials  # noqa: E402
import packages  # noqa: E402
import results  # noqa: E402
import rules  # noqa: E402
import testing  # noqa: E402
from commands import capture  # noqa: E402
from configs import PEERS  # noqa: E402
from console import Failure  # noqa: E402
from layout import SERVICES, Layout  # noqa: E402
from processes import Processes, start_time  # noqa: E402

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<Catch name="slot_test"><Group name="slot_test">
 <TestCase name="A-C is sold out" tags="[slot][X-01][W-05]"
   filename="../../services/a_test.cc" line="7">
  <OverallResult success="true" durationInSeconds="0.5"/></TestCase>
 <TestCase name="needs Redis" tags="[redis]" filename="../../services/a_test.cc" line="9">
  <Warning>SKIPPED: needs Redis</Warning>
  <OverallResult success="true" durationInSeconds="0.0"/></TestCase>
 <TestCase name="fails" tags="[W-07]" filename="../../services/a_test.cc" line="11">
  <Expression success="false" type="CHECK" filename="../../services/a_test.cc" line="12">
   <Original>a == b</Original><Expanded>1 == 2</Expanded></Expression>
  <OverallResult success="false" durationInSeconds="0.1"/></TestCase>
</Group></Catch>
"""


class StateCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.layout = Layout(os.path.join(folder.name, "state"), 20000)
        stream, console.console._stream = console.console._stream, io.StringIO()
        self.addCleanup(setattr, console.console, "_stream", stream)


class ProcessesTest(StateCase):
    def test_what_was_started_is_stopped_by_another_run(self):
        Processes(self.layout).start("sleeper", ["sleep", "60"])
        later = Processes(self.layout)
        record = later.record("sleeper")
        self.assertEqual(start_time(record["pid"]), record["start_time"])
        later.stop("sleeper")
        self.assertIsNone(start_time(record["pid"]))
        self.assertEqual(later.names(), [])

    def test_a_recycled_pid_is_left_alone(self):
        stranger = subprocess.Popen(["sleep", "60"])
        self.addCleanup(stranger.wait)
        self.addCleanup(stranger.kill)
        processes = Processes(self.layout)
        record = {"pid": stranger.pid, "start_time": start_time(stranger.pid) - 1, "order": 0,
                  "command": [], "stop": "SIGTERM", "stamps": []}  # fmt: skip
        self.layout.write_json(record, "pids", "old.json")
        processes.stop("old")
        self.assertIsNone(stranger.poll())
        self.assertEqual(processes.names(), [])

    def test_it_starts_anew_only_when_what_it_runs_changed(self):
        watched = self.layout.path("program")
        with open(watched, "w", encoding="utf-8") as file:
            file.write("1")
        processes = Processes(self.layout)
        self.addCleanup(processes.stop, "sleeper")
        self.assertTrue(processes.start("sleeper", ["sleep", "60"], [watched]))
        self.assertFalse(processes.start("sleeper", ["sleep", "60"], [watched]))
        first = processes.record("sleeper")["pid"]
        with open(watched, "a", encoding="utf-8") as file:
            file.write("2")
        self.assertTrue(processes.start("sleeper", ["sleep", "60"], [watched]))
        self.assertIsNone(start_time(first))

    def test_what_ends_while_we_wait_for_it_is_one_clear_line(self):
        processes = Processes(self.layout)
        processes.start("broken", ["sh", "-c", "echo error: no such key; exit 78"])
        with self.assertRaises(Failure) as caught:
            processes.wait_until("broken", lambda: False, 10, "ready")
        self.assertIn("broken ended: error: no such key", str(caught.exception))
        self.assertIn("logs/broken.log", str(caught.exception))


class ResultsTest(StateCase):
    def read(self, text):
        path = self.layout.path("report.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return results.read_catch("slot_test", path)

    def test_a_report_is_read(self):
        passed, skipped, failed = self.read(REPORT)
        self.assertEqual(
            (passed.status, passed.rules, passed.seconds), ("passed", ["W-05", "X-01"], 0.5)
        )
        self.assertEqual(passed.where, "services/a_test.cc:7")
        self.assertEqual((skipped.status, skipped.detail), ("skipped", "needs Redis"))
        self.assertEqual((failed.status, failed.detail),
                         ("failed", "services/a_test.cc:12: a == b is 1 == 2"))  # fmt: skip

    def test_a_report_cut_short_is_none(self):
        self.assertIsNone(self.read(REPORT[:400]))
        self.assertIsNone(results.read_catch("slot_test", "/nowhere"))

    def test_a_filtered_run_keeps_the_results_of_the_others(self):
        one = results.Result("a_test", "one", [], "passed")
        two = results.Result("a_test", "two", [], "passed")
        results.merge(self.layout, [one, two], whole=True)
        results.merge(self.layout, [one._replace(status="failed")], whole=False)
        kept = {result.name: result.status for result in results.load(self.layout)}
        self.assertEqual(kept, {"one": "failed", "two": "passed"})

    def test_the_demo_s_steps_count_for_their_rules(self):
        steps = [
            {"step": "cancel", "rule": "R-03 W-13", "ok": True, "detail": ""},
            {"demo": "passed"},
        ]
        self.layout.write_json(steps, "results", "demo.json")
        (result,) = results.demo_results(self.layout)
        self.assertEqual((result.rules, result.status), (["R-03", "W-13"], "passed"))


class FilterTest(unittest.TestCase):
    def test_what_a_filter_means_to_catch(self):
        for wanted, expected in (
            ("", []), ("slot", []), ("slot_test", []), ("W-05", ["[W-05]"]),
            ("[redis]", ["[redis]"]),
            ("sold out", ["*sold out*"]), ("a,b", ["*a\\,b*"]),
        ):  # fmt: skip
            self.assertEqual(testing._catch_filter("slot_test", wanted), expected, wanted)


class RulesTest(unittest.TestCase):
    def test_the_page_names_every_rule_once(self):
        found = rules.titles()
        self.assertEqual(len(found), 60)
        self.assertIn("W-09n", found)

    def test_tests_of_the_sources_name_only_rules_of_the_page(self):
        known = set(rules.titles())
        for test in rules.in_sources():
            self.assertLessEqual(set(test.rules), known, test.where)

    def test_a_rule_is_proven_only_when_nothing_failed(self):
        passed = results.Result("a", "b", ["W-05"], "passed")
        for statuses, verdict in (
            ((), "no test"), (("not run",), "not run"), (("skipped",), "not run"),
            (("passed", "not run"), "proven"), (("passed", "failed"), "failed"),
        ):  # fmt: skip
            tests = [passed._replace(status=status) for status in statuses]
            self.assertEqual(rules._verdict(tests), verdict)


class LayoutTest(StateCase):
    def test_two_stacks_side_by_side_share_no_port(self):
        names = (
            "postgres",
            "payment_callbacks",
            "identity",
            "provider",
            "alipay",
            "sms",
            "smtp",
            "mail_query",
            "redis",
        )
        taken = []
        for base in (7400, 7400 + testing.TEST_PORTS, 7400 + testing.DEMO_PORTS, 8400):
            layout = Layout(self.layout.state, base)
            taken += [layout.grpc_port(service) for service in SERVICES]
            taken += [layout.admin_port(service) for service in SERVICES]
            taken += [layout.port(name) for name in names]
        self.assertEqual(len(taken), len(set(taken)))

    def test_every_service_knows_its_peers(self):
        self.assertEqual(set(PEERS), set(SERVICES))

    def test_every_package_line_is_understood(self):
        every, always = packages.wanted(("check",)), packages.wanted()
        self.assertIn("postgresql-15", always)
        self.assertIn("clang-format-16", set(every) - set(always))


class CredentialsTest(StateCase):
    def test_a_certificate_says_who_one_is_and_keys_are_private(self):
        credentials.make_certificates(self.layout)
        certificate, key = credentials.certificate_paths(self.layout, "slot")
        self.assertEqual(os.stat(key).st_mode & 0o777, 0o600)
        command = ["openssl", "x509", "-in", certificate, "-noout", "-ext"]
        _, names = capture([*command, "subjectAltName"])
        for name in ("URI:spiffe://houbu/slot", "DNS:localhost", "IP Address:127.0.0.1"):
            self.assertIn(name, names)
        authority = credentials.authority_path(self.layout)
        self.assertEqual(capture(["openssl", "verify", "-CAfile", authority, certificate])[0], 0)
        with open(certificate, encoding="utf-8") as file:
            before = file.read()
        credentials.make_certificates(self.layout)
        with open(certificate, encoding="utf-8") as file:
            self.assertEqual(file.read(), before)


if __name__ == "__main__":
    unittest.main()
