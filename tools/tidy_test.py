"""Each rule of tidy finds what it forbids and leaves alone what it allows."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import tidy  # noqa: E402
from tidylib import headers  # noqa: E402
from tidylib.cpp import Source  # noqa: E402

APP = "services/slot/app/booking.cc"


def messages(path, text, existing=()):
    ports = lambda service: {f"services/{service}/app/prices.h"}
    return [str(f) for f in tidy.check_text(path, text, lambda goal: goal in existing, ports)]


class TidyCase(unittest.TestCase):
    def assert_clean(self, path, text):
        self.assertEqual(messages(path, text), [], text)

    def assert_found(self, path, text, *parts):
        found = messages(path, text)
        self.assertEqual(len(found), 1, (text, found))
        for part in parts:
            self.assertIn(part, found[0])

    def in_function(self, body):
        return "Task<void> F(int a) {\n" + body + "\n}\n"


class AwaitTest(TidyCase):
    def test_braces_in_an_awaiting_statement(self):
        for statement in (
            "co_await F({.a = 1});",
            "co_await F(Args{1, 2});",
            "const auto x = co_await F(std::vector<std::string>{a, b});",
            "ASSIGN_OR_CO_RETURN(const auto x, co_await store_.Load(Id{name}));",
            "co_return co_await F({});",
            "if (co_await F(Args{1})) { Use(); }",
            "for (const auto& x : co_await F({1})) { Use(x); }",
            "switch (co_await F(A<int>{1})) { case kA: break; }",
            "co_await F(\n    Args{\n      .a = 1});",
            "co_await (x->*m)(Args<std::map<int, int>>{});",
            "if (x) co_await F(Args{});",
            "const Args args{co_await F()};",
        ):
            self.assert_found(APP, self.in_function(statement), "{...} in a statement that awaits")

    def test_lambdas_in_an_awaiting_statement(self):
        for statement in (
            "co_await F([x] { return x; });",
            "co_await OnPool(pool, [&]() -> absl::Status { return Work(); });",
            "const auto y = co_await F(a, [x = std::move(x)](int i) mutable { return x + i; });",
            "co_await F([]<class T>(T t) { return t; });",
        ):
            self.assert_found(
                APP, self.in_function(statement), "a lambda in a statement that awaits"
            )

    def test_two_awaits_in_a_statement(self):
        self.assert_found(
            APP, self.in_function("Use(co_await F(), co_await G());"), "second co_await"
        )
        self.assert_found(APP, self.in_function("if (co_await F() && co_await G()) {}"), "second")

    def test_what_may_await(self):
        for body in (
            "Args args{.a = 1}; co_await F(std::move(args));",
            "auto work = [x] { return x; }; co_await F(std::move(work));",
            "if (ready) { co_await F(); } else { co_await G(); }",
            "while (!done) { co_await F(); }",
            "do { co_await F(); } while (more);",
            "switch (kind) { case A::kA: { co_await F(); break; } case A::kB: co_await G(); }",
            "for (int i = 0; i < 3; ++i) { co_await F(names[i]); }",
            "const auto& [a, b] = pair; co_await F(a[0], b[i + 1]);",
            "try { co_await F(); } catch (const std::exception& e) { Log(e); }",
            "// co_await F({1});\nco_await F();",
            'co_await F("{ co_await [x] }", R"sql(select {1})sql", \'{\');',
            "const std::array<int, 2> x = {1, 2};\nco_await F(x[1]);",
            "spawn([self] { return self->Run(); });\nco_await F();",
            "struct Local { int a = 1; };\nco_await F();",
            "auto f = [this](Args a) -> Task<void> { co_await Run(std::move(a)); };\nco_await G();",
            "auto f = [] { return Args{1}; };\nauto y = co_await G();",
            "{ co_await F(); }\n{ co_await G(); }",
        ):
            self.assert_clean(APP, self.in_function(body))

    def test_functions_after_class_bodies_and_initialisers(self):
        self.assert_clean(
            APP,
            """
namespace houbu::slot {
class Sale final : public Base<int>, private Other {
 public:
  explicit Sale(int a) : a_{a}, b_(a) {}
  Task<void> Run() const && { co_await F(); }
  [[nodiscard]] Task<int> Count() const noexcept override { co_return co_await G(); }
  std::vector<int> list_{1, 2};
};
enum class Kind : int { kA, kB };
template <class T>
  requires std::integral<T>
auto Sale::Next(T t) -> Task<T> {
  co_await F(t);
}
}  // namespace houbu::slot
""",
        )

    def test_a_macro_definition_is_not_a_statement(self):
        self.assert_clean(APP, "#define M(x) \\\n  co_await F({x}); \\\n  co_await G()\nint a;\n")


class CppTest(TidyCase):
    def test_long_functions(self):
        body = "  Use();\n" * 70
        self.assert_found(
            APP, "namespace a {\nvoid F() {\n" + body + "}\n}\n", ":2:", "F has 72 lines"
        )
        self.assert_clean(APP, "void F() {\n" + "  Use();\n" * 68 + "}\n")
        self.assert_clean(
            APP,
            "class A {\n  void F() {\n"
            + "  Use();\n" * 60
            + "  }\n"
            + "  void G() {\n"
            + "  Use();\n" * 60
            + "  }\n};\n",
        )
        names = [f.name for f in Source("struct A { A() : b_{1} {} void F() {} };").functions()]
        self.assertEqual(names, ["A", "F"])

    def test_names_that_say_nothing(self):
        for text, name in (
            ("class SlotManager;", "SlotManager"),
            ("struct RunInfo { int a; };", "RunInfo"),
            ("enum class ImportHelper { kA };", "ImportHelper"),
            ("using RowData = std::string;", "RowData"),
        ):
            self.assert_found(APP, text + "\n", name, "name what the thing is")
        self.assert_clean(APP, "google::rpc::ErrorInfo info;\nusing google::rpc::ErrorInfo;\n")
        self.assert_found("libs/base/string_utils.cc", "int a;\n", "string_utils")
        self.assert_found("libs/base/store_impl_test.cc", "int a;\n", "store_impl")
        self.assert_clean("libs/base/update_data_source.cc", "int a;\n")

    def test_calls_with_a_place_of_their_own(self):
        now = "absl::Time t = absl::Now();\n"
        self.assert_found(APP, now, "absl::Now(): ask a houbu::Clock")
        self.assert_clean("libs/base/clock.cc", now)
        catch = "void F() { try { G(); } catch (...) { H(); } }\n"
        self.assert_found(APP, catch, "catch (...)", "by its type")
        self.assert_clean("libs/rpc/seam.cc", catch)
        self.assert_found(APP, "void F() { throw 1; }\n", "return an absl::Status")

    def test_headers_are_guarded(self):
        self.assert_found("libs/base/a.h", "int a;\n", "#pragma once")
        self.assert_clean("libs/base/a.h", "#pragma once\nint a;\n")


class TextTest(TidyCase):
    def test_width_counts_characters(self):
        self.assert_found(APP, "// " + "x" * 98 + "\n", "101 columns")
        self.assert_clean(APP, "// " + "候" * 97 + "\n")
        self.assert_clean(APP, "// https://example.com/" + "x" * 98 + "\n")
        self.assert_clean("README.md", "x" * 300 + "\n")

    def test_length(self):
        self.assert_found(APP, "int a;\n" * 401, "401 lines", "split the file")
        self.assert_clean(APP, "int a;\n" * 400)

    def test_sql(self):
        store = "services/slot/storage/bookings.cc"
        self.assert_found(store, 'auto s = R"(SELECT * FROM b)";\n', "list the columns")
        self.assert_found(store, 'auto s = "select b.* from b";\n', "list the columns")
        self.assert_clean(store, 'auto s = "SELECT count(*) FROM b";\n')
        self.assert_found(store, 'auto s = "WHERE due_at < now()";\n', "service's Clock")
        self.assert_clean(store, "parameters.Add(clock_.Now());\n")

    def test_paths_of_a_machine(self):
        for path in ("ho" + "me/ann/x", "ro" + "ot/x", "wo" + "rk/main"):
            self.assert_found("README.md", f"see /{path}\n", "relative to the repository")
        self.assert_clean("README.md", "a/home/page and https://example.com/home/me/x and /root\n")

    def test_dead_links(self):
        text = (
            "[a](there.md#part) [b](https://example.com) [c](#here) `[d](code)`\n\n    [e](code)\n"
        )
        self.assertEqual(messages("docs/a.md", text, {"docs/there.md"}), [])
        found = messages("docs/a.md", "[a](../gone.md)\n```\n[b](fenced)\n```\n")
        self.assertEqual(len(found), 1)
        self.assertIn("dead link ../gone.md", found[0])

    def test_methods_say_who_may_call_them(self):
        path = "protos/houbu/slot/v1/slot.proto"
        with_option = (
            "rpc A(B) returns (C) {\n option (houbu.type.v1.access) = {account: true};\n }\n"
        )
        self.assert_clean(path, with_option)
        self.assert_found(path, with_option + "rpc D(E) returns (F);\n", "D does not say who")
        self.assert_found(path, "rpc D(E) returns (F) {}\n" + with_option, "D does not say who")


class ArrowTest(TidyCase):
    def test_what_a_room_may_include(self):
        for path, target in (
            ("services/slot/domain/run.cc", '"libs/base/money.h"'),
            ("services/slot/app/booking.cc", '"services/slot/domain/run.h"'),
            ("services/slot/app/booking.cc", '"libs/async/task.h"'),
            ("services/slot/rpc/handlers.cc", '"houbu/payment/v1/payment.pb.h"'),
            ("services/slot/storage/store.cc", '"services/slot/app/ports.h"'),
            ("services/slot/storage/store.cc", '"services/slot/app/prices.h"'),
            ("services/slot/storage/store.cc", '"libs/redis/client.h"'),
            ("services/slot/storage/store_subject.cc", '"services/slot/app/memory_store.h"'),
            ("services/slot/peers/payment.cc", '"houbu/payment/v1/payment.grpc.pb.h"'),
            ("services/slot/main.cc", '"services/slot/storage/store.h"'),
            ("services/slot/assembly.cc", '"services/slot/peers/payment.h"'),
            ("services/slot/app/booking_test.cc", '"libs/testing/run_task.h"'),
            ("libs/postgres/pool.cc", '"libs/async/task.h"'),
            ("libs/process/process.cc", '"libs/rpc/server.h"'),
        ):
            self.assert_clean(path, f"#include {target}\n")

    def test_what_it_may_not(self):
        for path, target, part in (
            (
                "services/slot/domain/run.cc",
                '"services/slot/app/ports.h"',
                "domain/ sees domain only",
            ),
            ("services/slot/domain/run.cc", '"libs/async/task.h"', "libraries base only"),
            ("services/slot/domain/run.cc", '"libs/base/clock.h"', "no clock"),
            ("services/slot/domain/run.cc", "<random>", "pure"),
            ("services/slot/app/a.cc", '"houbu/slot/v1/slot.pb.h"', "no protobuf in app/"),
            ("services/slot/app/a.cc", '"libs/postgres/pool.h"', "uses the libraries"),
            ("services/slot/rpc/a.cc", '"services/slot/storage/a.h"', "main.cc puts"),
            ("services/slot/rpc/a.cc", '"services/slot/assembly.h"', "main.cc puts"),
            ("services/slot/assembly.cc", '"services/payment/domain/a.h"', "no service includes"),
            ("services/slot/storage/a.cc", '"services/slot/app/booking.h"', "only ports.h"),
            ("services/slot/storage/a.cc", '"services/slot/rpc/a.h"', "main.cc puts"),
            ("services/slot/peers/a.cc", '"services/payment/domain/a.h"', "no service includes"),
            ("services/slot/peers/a.cc", '"houbu/waitlist/v1/a.pb.h"', "arrows never circle"),
            ("services/slot/helpers/a.cc", '"libs/base/money.h"', "none of them"),
            ("services/slot/app/a.cc", '"services/slot/app/memory_store.h"', "made for tests"),
            ("services/slot/domain/a.cc", '"services/slot/app/prices.h"', "domain/ sees"),
            ("libs/base/a.cc", '"libs/async/task.h"', "builds on"),
            ("libs/rpc/a.cc", '"services/slot/domain/a.h"', "knows no service"),
        ):
            self.assert_found(path, f"#include {target}\n", part)


class HeaderTest(unittest.TestCase):
    def test_a_header_that_does_not_compile_alone_is_found_until_it_does(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "libs/base"))
            memory = os.path.join(root, ".state/headers.json")
            names = ["libs/base/a.h", "libs/base/b.h"]
            texts = ["#pragma once\nstd::string A();\n", '#pragma once\n#include "libs/base/c.h"\n']
            for name, text in zip(names + ["libs/base/c.h"], texts + ["#pragma once\nint c;\n"]):
                with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                    file.write(text)
            found = headers.check(root, names, root, memory)
            self.assertEqual([f.path for f in found], ["libs/base/a.h"])
            with open(os.path.join(root, "libs/base/a.h"), "w", encoding="utf-8") as file:
                file.write("#pragma once\n#include <string>\nstd::string A();\n")
            self.assertEqual(headers.check(root, names, root, memory), [])
            with open(os.path.join(root, "libs/base/c.h"), "w", encoding="utf-8") as file:
                file.write("#pragma once\nMissing c;\n")
            found = headers.check(root, names, root, memory)
            self.assertEqual([f.path for f in found], ["libs/base/b.h"])


class RepositoryTest(unittest.TestCase):
    def test_tidy_finds_nothing_in_its_own_code(self):
        own = tidy.chosen(tidy.repository_files(), [os.path.join(tidy.ROOT, "tools/tidylib")])
        self.assertTrue(own)
        for path in own:
            with open(os.path.join(tidy.ROOT, path), encoding="utf-8") as file:
                self.assertEqual(tidy.check_text(path, file.read()), [])


if __name__ == "__main__":
    unittest.main()
