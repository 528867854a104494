"""tools/dev: the one command of the developers' stack."""

import argparse
import contextlib
import fcntl
import os
import signal
import sys
import time

import bench
import build
import checks
import demo
import packages
import rules
import testing
from console import Failure, console
from layout import SERVICES, Layout
from stack import Stack

HELP = """\
usage: tools/dev <command>

  up              install what is missing, build, start everything, load the sample, run the demo
  down            stop everything that up started; the data stays
  down --purge    stop everything and remove its data
  demo            run the main job on the running stack, checking as it goes
  status          say what runs
  test [filter]   run the tests: all, a program (slot), a rule (W-05), a tag ([redis]), a name;
                  test faults breaks a stack of its own
  rules           list every rule with its tests and their last results
  tidy            check the rules of style, lint the protos
  fmt             format C++ and Python
  bench [figures] take the figures of docs/performance.md: all, or those named (a,b) of them
  ci              everything continuous integration runs, sanitizers and clang-tidy included
  help            this

  --json          for demo, rules, bench: JSON on standard output
  --no-build      for up, test, bench: take the programs as they are
  --no-demo       for up: leave the demo out
  --preset NAME   for test: dev (default), asan, tsan, release; for bench: release (default)

HOUBU_PORT_BASE (default 7400) moves all ports; everything else lies in .state/.
"""


def main(arguments):
    parser = argparse.ArgumentParser(
        add_help=False, usage="tools/dev <command>; see tools/dev help"
    )
    parser.add_argument("command", nargs="?", default="help")
    parser.add_argument("filter", nargs="?", default="")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--purge", action="store_true")
    parser.add_argument("--no-build", action="store_true")
    parser.add_argument("--no-demo", action="store_true")
    parser.add_argument("--preset", choices=build.PRESETS)
    parser.add_argument("-h", "--help", action="store_true")
    options = parser.parse_intermixed_args(arguments)
    command = COMMANDS.get(options.command)
    if options.help or options.command == "help":
        print(HELP, end="")
        return 0
    if not command:
        raise Failure(f"there is no command {options.command}; see tools/dev help")
    if options.filter and options.command not in ("test", "bench"):
        raise Failure(f"{options.command} takes no argument {options.filter}")
    return command(Layout(), options) or 0


@contextlib.contextmanager
def alone(layout):
    """One up, down, test or demo at a time on one state folder."""
    with open(layout.path("lock"), "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure("another tools/dev works on this stack; wait for it to end") from None
        yield


def up(layout, options):
    started = time.monotonic()
    with alone(layout):
        packages.install(layout)
        if not options.no_build:
            build.build(layout, build.PROGRAMS)
        stack = Stack(layout)
        stack.up()
        demo.load_sample(stack)
        if not options.no_demo:
            demo.run(layout)
    console.step(f"up after {time.monotonic() - started:.0f} s")
    for service in SERVICES:
        console.say(f"   {service:<13} gRPC localhost:{layout.grpc_port(service)} (mTLS)"
                    f"   http://127.0.0.1:{layout.admin_port(service)}/metrics")  # fmt: skip
    console.say(f"   PostgreSQL    {layout.conninfo('houbu_slot')}")
    console.say(f"   Redis         127.0.0.1:{layout.port('redis')}")
    console.say(f"   mails         http://127.0.0.1:{layout.port('mail_query')}/_state")
    console.say(f"   SMS           http://127.0.0.1:{layout.port('sms')}/_state")
    for party in ("provider", "wechat_pay", "alipay"):
        console.say(f"   {party:<13} http://127.0.0.1:{layout.port(party)}/_state")
    console.say(
        f"   everything    {os.path.relpath(layout.state)}/ (logs/, config/, tls/, stack.json)"
    )
    console.say("   tools/dev demo runs the main job again, tools/dev down stops everything")


def down(layout, options):
    if not os.path.isdir(layout.state):
        return
    with alone(layout):
        for part in ("e2e", "faults", "test", "bench"):  # left behind by a test run that was killed
            folder = os.path.join(layout.state, part)
            if os.path.isdir(folder):
                Stack(Layout(folder, layout.base)).down()
        stack = Stack(layout)
        stack.purge() if options.purge else stack.down()
    console.say("down")


def run_demo(layout, options):
    with alone(layout):
        if not Stack(layout).is_up():
            raise Failure("nothing runs here; tools/dev up starts it")
        demo.run(layout, as_json=options.json)


def status(layout, _):
    processes = Stack(layout).processes
    for name in processes.names():
        record = processes.record(name)
        print(f"{name:<13} {'runs, pid ' + str(record['pid']) if record else 'does not run'}")


def test(layout, options):
    with alone(layout):
        packages.install(layout)
        failed = testing.run(layout, options.filter, options.preset or "dev", not options.no_build)
    return 1 if failed else 0


def show_rules(layout, options):
    return 1 if rules.show(layout, options.json) else 0


def tidy(layout, _):
    checks.tidy(layout)
    checks.buf_lint(layout)


def fmt(layout, _):
    packages.install(layout, ("check",))
    checks.fmt(layout)


def ci(layout, _):
    with alone(layout):
        packages.install(layout, ("check",))
        folder = build.build(layout)
        checks.tidy(layout, headers=True)
        checks.buf_lint(layout)
        checks.fmt(layout, check=True)
        checks.clang_tidy(layout, folder)
        failed = testing.run(layout) + testing.run(layout, preset="asan")
    return 1 if failed else 0


def take_figures(layout, options):
    with alone(layout):
        packages.install(layout)
        figures = options.filter.split(",") if options.filter else ()
        bench.run(layout, figures, options.json, options.preset or "release",
                  not options.no_build)  # fmt: skip


COMMANDS = {
    "up": up, "down": down, "demo": run_demo, "status": status, "test": test, "rules": show_rules,
    "tidy": tidy, "fmt": fmt, "ci": ci, "bench": take_figures,
}  # fmt: skip

if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        console.say(f"tools/dev: {failure}")
        sys.exit(1)
    except KeyboardInterrupt:
        console.say("tools/dev: interrupted")
        sys.exit(130)
