"""What tests said, kept between runs so that `tools/dev rules` can show each rule's last result."""

import re
import xml.etree.ElementTree
from typing import NamedTuple

RULE = re.compile(r"\b[RWX]-\d\d[a-z]?\b")
SKIP_MARK = "SKIPPED: "


class Result(NamedTuple):
    """One test and how it went."""

    program: str
    name: str
    rules: list
    status: str  # passed | failed | skipped
    seconds: float = 0.0
    detail: str = ""
    where: str = ""


def _place(element):
    """file:line of an element; the compiler wrote paths relative to the build folder."""
    path = re.sub(r"^(?:\.\./)+", "", element.get("filename", ""))
    return f"{path}:{element.get('line')}"


def read_catch(program, path):
    """Results of a Catch2 program from its XML report; None when the report is not whole."""
    try:
        report = xml.etree.ElementTree.parse(path).getroot()
    except (FileNotFoundError, xml.etree.ElementTree.ParseError):
        return None
    return [_of_case(program, case) for case in report.iter("TestCase")]


def _of_case(program, case):
    overall = case.find("OverallResult")
    passed = overall is not None and overall.get("success") == "true"
    text = " ".join(piece.strip() for piece in case.itertext() if piece.strip())
    skip = text.find(SKIP_MARK)
    status, detail = ("passed", "") if passed else ("failed", _why(case))
    if passed and skip >= 0:
        status, detail = "skipped", text[skip + len(SKIP_MARK) :][:200]
    seconds = float(overall.get("durationInSeconds", "0")) if overall is not None else 0.0
    rules = sorted(set(RULE.findall(case.get("tags", ""))))
    return Result(program, case.get("name"), rules, status, seconds, detail, _place(case))


def _why(case):
    """The first thing that went wrong in a case, as one line."""
    for element in case.iter():
        if element.tag == "Expression" and element.get("success") == "false":
            parts = [
                " ".join((element.findtext(name) or "").split())
                for name in ("Original", "Expanded")
            ]
            return f"{_place(element)}: {parts[0]} is {parts[1]}"[:500]
        if element.tag in ("Failure", "FatalErrorCondition", "Exception"):
            return f"{_place(element)}: {' '.join((element.text or '').split())}"[:500]
    return "no assertion"


def merge(layout, results, whole):
    """Keeps results; those of tests that did not run now stay, unless everything ran."""
    kept = {} if whole else {(r.program, r.name): r for r in load(layout)}
    kept.update({(r.program, r.name): r for r in results})
    layout.write_json([result._asdict() for result in kept.values()], "results", "tests.json")


def load(layout):
    return [Result(**entry) for entry in layout.read_json("results", "tests.json") or []]


def demo_results(layout):
    """The steps of the last demo as results."""
    steps = layout.read_json("results", "demo.json") or []
    return [
        Result("demo", step["step"], RULE.findall(str(step.get("rule", ""))),
               "passed" if step.get("ok") else "failed", detail=str(step.get("detail", "")))
        for step in steps if "step" in step
    ]  # fmt: skip
