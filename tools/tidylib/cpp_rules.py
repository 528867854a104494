"""Rules for C++ that need its statements: awaits, functions, names, banned calls."""

import re

from tidylib.arrows import is_for_tests
from tidylib.cpp import Source
from tidylib.finding import Finding

FUNCTION_LINES_MAX = 70
BANNED_SUFFIXES = ("Impl", "Manager", "Helper", "Helpers", "Util", "Utils", "Data", "Info")
_CATCH_ALL_ROOMS = ("libs/rpc/", "libs/process/")
_CLOCK_FILE = "libs/base/clock.cc"
_NOW_CALLS = {("absl", "Now"), ("system_clock", "now")}


def check(path, text):
    """All findings for one C++ file."""
    source = Source(text)
    yield from _awaits(path, source)
    yield from _functions(path, source)
    yield from _names(path, source)
    yield from _calls(path, source)
    if path.endswith(".h") and not re.search(r"^#pragma once$", text, re.MULTILINE):
        yield Finding(path, 1, "no include guard: begin with `#pragma once`")


def _awaits(path, source):
    for statement in source.statements():
        awaits = [token for token in statement.tokens if token.text == "co_await"]
        if not awaits:
            continue
        if len(awaits) > 1:
            yield Finding(
                path, awaits[1].line,
                "a second co_await in one statement: name the first result in its own statement",
            )  # fmt: skip
        for token in statement.braces:
            yield Finding(
                path, token.line,
                "{...} in a statement that awaits (g++ 12.2 destroys it twice): "
                "name the value first, then std::move it",
            )  # fmt: skip
        for token in statement.lambdas:
            yield Finding(
                path, token.line,
                "a lambda in a statement that awaits (g++ 12.2 destroys its captures twice): "
                "name it first, then std::move it",
            )  # fmt: skip


def _functions(path, source):
    for function in source.functions():
        lines = function.last_line - function.first_line + 1
        if lines > FUNCTION_LINES_MAX:
            yield Finding(
                path, function.first_line,
                f"{function.name} has {lines} lines, at most {FUNCTION_LINES_MAX}: "
                "give its steps functions of their own",
            )  # fmt: skip


def _names(path, source):
    tokens = source.tokens
    for at, token in enumerate(tokens[:-1]):
        if token.text not in ("class", "struct", "enum", "using") or tokens[at + 1].kind != "name":
            continue
        if token.text != "enum" and at and tokens[at - 1].text == "enum":
            continue
        name = tokens[at + 1]
        if name.text in ("class", "struct") and at + 2 < len(tokens):
            name = tokens[at + 2]
        if token.text == "using" and (at + 2 >= len(tokens) or tokens[at + 2].text != "="):
            continue
        for suffix in BANNED_SUFFIXES:
            if name.text.endswith(suffix):
                yield Finding(path, name.line, _name_message(name.text, suffix))
                break


def _name_message(name, suffix):
    return (
        f"{name}: a name in -{suffix} says nothing; name what the thing is in the customer's world"
    )


def file_name(path):
    """Findings for the name of a file."""
    stem = path.rsplit("/", 1)[-1].split(".", 1)[0].removesuffix("_test")
    for suffix in BANNED_SUFFIXES:
        if stem == suffix.lower() or stem.endswith("_" + suffix.lower()):
            yield Finding(path, 1, _name_message(stem, "_" + suffix.lower()))
            return


def _calls(path, source):
    tokens = source.tokens
    for at, token in enumerate(tokens):
        text = [t.text for t in tokens[at : at + 4]]
        if len(text) == 4 and (text[0], text[2]) in _NOW_CALLS and text[1::2] == ["::", "("]:
            # Libraries may ask for the true time: gRPC's deadlines, the lines of the log.
            true_time = text[0] == "system_clock" and path.startswith("libs/")
            if path != _CLOCK_FILE and not true_time:
                yield Finding(
                    path, token.line, f"{text[0]}::{text[2]}(): ask a houbu::Clock instead"
                )
        if text == ["catch", "(", "...", ")"] and not path.startswith(_CATCH_ALL_ROOMS):
            yield Finding(
                path, token.line,
                "catch (...) stands only in libs/rpc and libs/process: "
                "catch the exception the library throws, by its type",
            )  # fmt: skip
        if token.kind == "name" and token.text == "throw" and not is_for_tests(path):
            yield Finding(path, token.line, "throw: return an absl::Status instead")
