"""A small reader of C++: tokens, what each brace means, and the statements of a file.

It does not know types; it knows enough punctuation to tell a block from a braced initialiser and
a lambda from a subscript, which is what the rules need.
"""

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>//(?:[^\n\\]|\\[^\n]|\\\n)*|/\*.*?\*/)
  | (?P<raw>(?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
  | (?P<string>(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*")
  | (?P<char>(?:u8|[uUL])?'(?:[^'\\\n]|\\.)+')
  | (?P<number>\.?\d(?:[\w.]|'\w|[eEpP][+-])*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<punct>::|->\*?|<=>|\+\+|--|&&|\|\||<<=?|[-+*/%^&|=!<>]=|\.\.\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPEN = {"(": ")", "[": "]", "{": "}"}
_CLOSE = {")", "]", "}"}
_TYPE_WORDS = {"class", "struct", "union", "enum", "namespace"}
_BEFORE_BLOCK = frozenset(
    "else do try const noexcept override final mutable namespace struct union enum class requires"
    " export ;".split()
)
_BEFORE_LAMBDA_BODY = {"mutable", "noexcept", "constexpr"}


class Token(NamedTuple):
    kind: str
    text: str
    line: int


class Statement(NamedTuple):
    """Tokens of one statement, without the bodies of lambdas in it."""

    tokens: list
    braces: list  # tokens that open a braced initialiser
    lambdas: list  # tokens that open a lambda

    @property
    def line(self):
        return self.tokens[0].line


class Function(NamedTuple):
    name: str
    first_line: int
    last_line: int


def tokens_of(text):
    """The tokens of a file, without blanks, comments and preprocessor lines."""
    found, line, position, at_line_start = [], 1, 0, True
    while position < len(text):
        if at_line_start and text[position] == "#":
            end = _end_of_directive(text, position)
            line += text.count("\n", position, end)
            position = end
            continue
        match = _TOKEN.match(text, position)
        kind, piece = match.lastgroup, match.group()
        kind = "raw" if kind == "mark" else kind
        if kind not in ("space", "comment"):
            found.append(Token(kind, piece, line))
            at_line_start = False
        if "\n" in piece and kind in ("space", "comment"):
            at_line_start = True
        line += piece.count("\n")
        position = match.end()
    return found


def _end_of_directive(text, position):
    while True:
        end = text.find("\n", position)
        if end < 0:
            return len(text)
        if text[end - 1] != "\\":
            return end
        position = end + 1


class Source:
    """A file's tokens with matched brackets and every brace and bracket understood."""

    def __init__(self, text):
        self.tokens = tokens_of(text)
        self.partner = self._match()
        self.kind = {}  # index of "{" -> "block" | "lambda" | "init"
        for index, token in enumerate(self.tokens):
            if token.text == "{" and token.kind == "punct":
                self.kind[index] = self._kind_of_brace(index)

    def _text(self, index):
        if 0 <= index < len(self.tokens):
            token = self.tokens[index]
            return token.text if token.kind in ("punct", "name") else token.kind
        return ""

    def _match(self):
        partner, open_ones = {}, []
        for index, token in enumerate(self.tokens):
            if token.kind != "punct":
                continue
            if token.text in _OPEN:
                open_ones.append(index)
            elif token.text in _CLOSE and open_ones:
                start = open_ones.pop()
                partner[start], partner[index] = index, start
        return partner

    def is_lambda(self, index):
        """Whether the "[" at the index begins a lambda."""
        before, earlier = self._text(index - 1), self._text(index - 2)
        if before in ("return", "co_return", "co_await", "co_yield", "case", "else", "and", "or"):
            return True
        if self._text(index + 1) == "[" or before == "[":
            return False  # an attribute
        if before in ("&", "&&") and earlier == "auto":
            return False  # a structured binding
        if before in (")", "]", "}", ">", "delete", "operator", "string", "raw"):
            return before == "}" and self.kind.get(self.partner.get(index - 1)) == "block"
        return not (self.tokens[index - 1].kind == "name") if index else False

    def _kind_of_brace(self, index):
        before = self._text(index - 1)
        if self._opens_lambda_body(index):
            return "lambda"
        if before in ("", ")", "string") or before in _BEFORE_BLOCK:
            return "block"
        if before in ("&", "&&") and self._text(index - 2) in (")", "const"):
            return "block"  # a ref-qualified member function
        if before == "{":
            return "init" if self.kind.get(index - 1) == "init" else "block"
        if before == "}":
            return "block"
        if before == ":":
            return "block" if self._after_label(index - 1) else "init"
        if self.tokens[index - 1].kind == "name" or before == ">":
            return "block" if self._names_a_scope(index - 1) else "init"
        return "init"

    def _after_label(self, index):
        while index >= 0 and self._text(index) not in (";", "{", "}", "(", "?"):
            if self._text(index) in ("case", "default", "public", "private", "protected"):
                return True
            index -= 1
        return False

    def _opens_lambda_body(self, index):
        """Whether "{" follows `[...]`, `[...](...)` or either with specifiers and return type."""
        at = self._skip_return_type(index - 1)
        while self._text(at) in _BEFORE_LAMBDA_BODY:
            at -= 1
        if self._text(at) == ")" and at in self.partner:
            at = self.partner[at] - 1
        while self._text(at) in _BEFORE_LAMBDA_BODY:
            at -= 1
        if self._text(at) == ">":  # [x]<class T>(...)
            at = self._before_angles(at)
        return self._text(at) == "]" and at in self.partner and self.is_lambda(self.partner[at])

    def _skip_return_type(self, at):
        """The index before `-> type` when the tokens up to `at` end in one, else `at`."""
        index = at
        while index >= 0:
            text = self._text(index)
            if text == "->":
                return index - 1
            if text == ">":
                index = self._before_angles(index)
                continue
            if text == ")" and index in self.partner and self._text(index - 1) != ")":
                index = self.partner[index] - 1  # decltype(...)
                continue
            if self.tokens[index].kind != "name" and text not in ("::", "*", "&", "&&"):
                return at
            index -= 1
        return at

    def _before_angles(self, index):
        depth = 0
        while index >= 0:
            text = self._text(index)
            depth += (text == ">") - (text == "<")
            if text in (";", "{", "}") or depth == 0:
                return index - 1
            index -= 1
        return index

    def _names_a_scope(self, index):
        """Whether the tokens before a brace declare a class, enum, namespace or return type."""
        if self._skip_return_type(index) != index:
            return True
        while index >= 0:
            text = self._text(index)
            if text in (";", "{", "}", "(", "=", ",", "return"):
                return self._text(index) == "," and self._lists_bases(index)
            if text == ">":
                index = self._before_angles(index)
                continue
            if text in (")", "]") and index in self.partner:
                index = self.partner[index] - 1
                continue
            if text in _TYPE_WORDS:
                return True
            index -= 1
        return False

    def _lists_bases(self, index):
        while index >= 0 and self._text(index) not in (";", "{", "}", "(", ")", "="):
            if self._text(index) in ("class", "struct"):
                return True
            index -= 1
        return False

    def statements(self):
        """Every statement of the file, headers of blocks (`if (...)`, `for (...)`) included."""
        found = []
        self._read_block(0, len(self.tokens), found)
        return found

    def _read_block(self, start, end, found):
        current, index, depth = self._new(), start, 0
        while index < end:
            token = self.tokens[index]
            text = token.text if token.kind == "punct" else ""
            if text == "{" and self.kind[index] != "init":
                close = self.partner.get(index, end)
                self._read_block(index + 1, close, found)
                if self.kind[index] == "block" and depth == 0:
                    current = self._finish(current, found)
                index = close + 1
                continue
            depth += (text == "(") - (text == ")")
            if text == ";" and depth == 0:
                current = self._finish(current, found)
                index += 1
                continue
            if text == "{":
                current.braces.append(token)
            elif text == "[" and self.is_lambda(index):
                current.lambdas.append(token)
            current.tokens.append(token)
            index += 1
        self._finish(current, found)

    @staticmethod
    def _new():
        return Statement([], [], [])

    def _finish(self, statement, found):
        if statement.tokens:
            found.append(statement)
        return self._new()

    def functions(self):
        """Functions with a body, outermost first; lambdas count to the function they stand in."""
        found = []
        self._read_functions(0, len(self.tokens), found)
        return found

    def _read_functions(self, start, end, found):
        index, header = start, start
        while index < end:
            text = self._text(index)
            if text == "{" and index in self.kind:
                close = self.partner.get(index, end)
                if self.kind[index] == "block":
                    name = self._function_name(header, index)
                    if name:
                        lines = self.tokens[header].line, self.tokens[min(close, end - 1)].line
                        found.append(Function(name, *lines))
                    else:
                        self._read_functions(index + 1, close, found)
                    header = close + 1
                index = close + 1
                continue
            if text == ";":
                header = index + 1
            index += 1

    def _function_name(self, start, end):
        """The name before a header's first parenthesis; None for classes, enums, namespaces."""
        for at in range(start, end):
            text = self._text(at)
            if text in ("namespace", "enum", "extern"):
                return None
            if text in ("class", "struct", "union") and self._text(at - 1) not in ("<", ","):
                return None
            if text == "(":
                return self._text(at - 1) if at > start else None
        return None
