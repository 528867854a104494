"""Runs one Python test file and writes its results as JSON: pyrunner.py FILE RESULTS [PATTERN]."""

import importlib.util
import inspect
import json
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from results import RULE  # noqa: E402


class Recorder(unittest.TextTestResult):
    """Keeps each test's outcome besides printing it."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.recorded = []
        self._started = time.monotonic()

    def startTest(self, test):
        super().startTest(test)
        self._started = time.monotonic()

    def record(self, test, status, detail=""):
        method = getattr(test, getattr(test, "_testMethodName", ""), None)
        self.recorded.append({
            "name": name_of(test), "rules": rules_of(method), "status": status,
            "seconds": round(time.monotonic() - self._started, 3), "detail": detail[:500],
        })  # fmt: skip

    def addSuccess(self, test):
        super().addSuccess(test)
        self.record(test, "passed")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.record(test, "failed", " ".join(str(err[1]).split()))

    def addError(self, test, err):
        super().addError(test, err)
        self.record(test, "failed", f"{err[0].__name__}: {err[1]}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.record(test, "skipped", reason)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self.record(test, "failed", " ".join(str(err[1]).split()))


def name_of(test):
    """Class.method; of a class skipped as a whole, the class."""
    name = test.id()
    return name.rsplit(".", 1)[-1].rstrip(")") if "(" in name else name.split(".", 1)[-1]


def rules_of(method):
    """Rule IDs in a test's `# rules: ...` comments."""
    try:
        lines = inspect.getsource(method).splitlines()
    except (TypeError, OSError):
        return []
    return sorted({rule for line in lines if "# rules:" in line for rule in RULE.findall(line)})


def cases(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from cases(item)
        else:
            yield item


def main(path, results_path, pattern=""):
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    loaded = unittest.defaultTestLoader.loadTestsFromModule(module)
    chosen = unittest.TestSuite(
        case for case in cases(loaded)
        if pattern in case.id() or pattern in rules_of(getattr(case, case._testMethodName, None))
    )  # fmt: skip
    result = unittest.TextTestRunner(resultclass=Recorder, verbosity=2).run(chosen)
    with open(results_path, "w", encoding="utf-8") as file:
        json.dump(result.recorded, file)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
