"""The stack that fault tests break, and what all of them need of it.

`tools/dev test faults` brings a stack up and names it in the environment: HOUBU_FAULTS_STATE is its
state folder, HOUBU_FAULTS_PORTS its port base, HOUBU_FAULTS_PRESET the build its programs are from.
HOUBU_FAULTS_SEED, when it is there, makes the load another one.
"""

import contextlib
import datetime
import json
import os
import signal
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request
from typing import NamedTuple

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
for folder in ("tools/demo", "tools/devtool"):
    sys.path.insert(0, os.path.join(ROOT, folder))
# While all calls fail at once nobody but this poller sees that a service is back.
os.environ.setdefault("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "100")

import trains  # noqa: E402
from credentials import authority_path, certificate_paths  # noqa: E402
from layout import SERVICES, Layout  # noqa: E402, F401
from network import Network, Stretch, day_of  # noqa: E402
from people import Person, state_of  # noqa: E402
from stack import Stack, answers  # noqa: E402
from wire import Refusal, Services  # noqa: E402
from world import ON_DUTY, World, appoint, wait_for  # noqa: E402

# A mutation may be asked again with the same request_id after these. CANCELLED, where nobody here
# cancelled: what gRPC's C core answers to a call that comes in while its server is told to stop
# and that no handler has taken (grpc/grpc#41785).
OUTAGES = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "ABORTED", "CANCELLED")
READY_SECONDS = 30
UNREADY_SECONDS = 4
DAYS_AHEAD = range(5, 200)
ROOMY = 3
SECOND = trains.SECOND


def seed(default):
    """What chance starts from."""
    return int(os.environ.get("HOUBU_FAULTS_SEED", default))


class TrainDay(NamedTuple):
    """The sample train on one day that nobody had touched."""

    whole: Stretch  # A-C
    middle: str  # B
    free: int  # second-class places over A-C
    departure: int  # seconds since 1970

    def first_leg(self):
        return self.whole._replace(destination=self.middle)

    def second_leg(self):
        return self.whole._replace(origin=self.middle)


class Floor:
    """A stack of devtool, seen by the demo's clients."""

    def __init__(self):
        layout = Layout(os.environ["HOUBU_FAULTS_STATE"], int(os.environ["HOUBU_FAULTS_PORTS"]))
        self.layout = layout
        self.stack = Stack(layout, os.environ.get("HOUBU_FAULTS_PRESET", "dev"))
        self.services = Services.of_stack(os.path.join(layout.state, "stack.json"))
        for service in SERVICES:  # tests speak as services too
            certificate, key = certificate_paths(layout, service)
            self.services.stack["clients"][service] = {"certificate": certificate, "key": key}
        self.world = World(self.services)
        self.operator = self.world.operator
        self.network = Network(self.world)

    def close(self):
        self.services.close()

    # Places ---------------------------------------------------------------------------------------

    def train_day(self):
        """The sample train on the first day that nobody has booked or waits for."""
        return self.train_days(1)[0]

    def train_days(self, count):
        """The sample train on the first so many days that nobody has booked or waits for."""
        today, found = day_of(self.world.now()), []
        for ahead in DAYS_AHEAD:
            day = today + datetime.timedelta(days=ahead)
            whole = self.network.journey(trains.TRAIN, trains.ORIGIN, trains.DESTINATION, day)
            if whole and whole.run and self._is_untouched(whole.run):
                found.append(self._described(whole, day))
            if len(found) == count:
                return found
        raise LookupError(f"{trains.TRAIN} has no {count} untouched days")

    def roomy_day(self):
        """The sample train on a day with places left: for who needs one, whoever has others."""
        today = day_of(self.world.now())
        for ahead in reversed(DAYS_AHEAD):
            day = today + datetime.timedelta(days=ahead)
            whole = self.network.journey(trains.TRAIN, trains.ORIGIN, trains.DESTINATION, day)
            if whole and whole.run and self._goes(whole.run):
                described = self._described(whole, day)
                if described.free >= ROOMY:
                    return described
        raise LookupError(f"{trains.TRAIN} has no day with {ROOMY} places left")

    def _is_untouched(self, run):
        report = self.operator.call("slot.v1.InventoryService/CheckInventory", run=run)
        return report.taken == 0 and report.waiting == 0 and self._goes(run)

    def _goes(self, run):
        """Whether no test has cancelled a run."""
        name = run.removeprefix("runs/")
        return not self.rows("slot", f"SELECT 1 FROM runs WHERE id = '{name}' AND cancelled")

    def _described(self, whole, day):
        leg = self.network.journey(trains.TRAIN, trains.ORIGIN, trains.MIDDLE, day)
        free = next(c.free for c in whole.classes if c.code == SECOND)
        stretch = Stretch(whole.run, SECOND, getattr(whole, "from"), whole.to)
        return TrainDay(stretch, leg.to, free, whole.departure_time.seconds)

    # Breaking -------------------------------------------------------------------------------------

    def send(self, name, number):
        """Sends a signal to a program of the stack; gives its pid."""
        pid = self.stack.processes.record(name)["pid"]
        os.kill(pid, number)
        return pid

    def kill(self, name, number=signal.SIGKILL):
        """Ends a program of the stack, at once by default, and waits until it is gone."""
        self.send(name, number)
        wait_for(f"{name} is gone", lambda: self.stack.processes.record(name) is None)

    def exit_code(self, pid, seconds):
        """How a program that this very process started has ended."""
        status = wait_for(f"{pid} ends", lambda: _ended(pid), seconds)
        return os.waitstatus_to_exitcode(status[1])

    def start(self, service):
        """Starts a service again; returns once it is ready."""
        self.stack.start_services([service])

    def redis(self, *command):
        """Gives Redis a command as an operator would."""
        argv = ["redis-cli", "-p", str(self.layout.port("redis")), *command]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)

    def flush_redis(self):
        self.redis("FLUSHALL")

    @contextlib.contextmanager
    def without(self, name):
        """A time in which PostgreSQL or Redis is away; it is back, with everybody ready, after."""
        self.stack.processes.stop(name)
        try:
            yield
        finally:
            self.start_database(name)

    def start_database(self, name):
        {"postgres": self.stack.postgres, "redis": self.stack.redis}[name].start()
        for service in SERVICES:
            self.wait_ready(service)

    # Seeing ---------------------------------------------------------------------------------------

    def _probe(self, service):
        return f"http://127.0.0.1:{self.layout.admin_port(service)}/readyz"

    def is_ready(self, service):
        return answers(self._probe(service))

    def answers_ready(self, admin_port):
        """Whether what is probed at a port is ready."""
        return answers(f"http://127.0.0.1:{admin_port}/readyz")

    def wait_ready(self, service):
        wait_for(f"{service} is ready", lambda: self.is_ready(service), READY_SECONDS)

    def wait_unready(self, service):
        """Waits until the probe says 503: the service lives and says it cannot serve."""

        def refuses():
            try:
                with urllib.request.urlopen(self._probe(service), timeout=2):
                    return False
            except urllib.error.HTTPError as error:
                return error.code == 503

        wait_for(f"{service} is unready", refuses, UNREADY_SECONDS)

    def rows(self, service, sql):
        """What a service's own record says, as lines of tab-separated values."""
        return self.stack.postgres.query(f"houbu_{service}", sql)

    def appoint(self, person, role):
        """Gives one of the staff a role, unless they have it."""
        return appoint(self.services, person, role)

    def run_houbuctl(self, *arguments, person=f"operators/{ON_DUTY}"):
        """Runs houbuctl as an operator, to its end."""
        certificate, key = certificate_paths(self.layout, person)
        command = [os.path.join(ROOT, "build", self.stack.preset, "houbuctl"),
                   "--account", f"localhost:{self.layout.grpc_port('account')}",
                   "--payment", f"localhost:{self.layout.grpc_port('payment')}",
                   "--slot", f"localhost:{self.layout.grpc_port('slot')}",
                   "--ca", authority_path(self.layout), "--certificate", certificate,
                   "--key", key, "--json", *arguments]  # fmt: skip
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)

    def houbuctl(self, *arguments, person=f"operators/{ON_DUTY}"):
        """The exit code of houbuctl, and what it says, an object a line, or its complaint."""
        done = self.run_houbuctl(*arguments, person=person)
        return (
            done.returncode,
            [json.loads(line) for line in done.stdout.splitlines()] or done.stderr,
        )

    def parties_forget(self):
        """Empties the books of mails and texts: what a later test finds there is its own."""
        self.world.mail.delete("/_state")
        self.world.sms.delete("/_state")


class FaultCase(unittest.TestCase):
    """A test on the stack that the environment names."""

    @classmethod
    def setUpClass(cls):
        if "HOUBU_FAULTS_STATE" not in os.environ:
            raise unittest.SkipTest("no stack to break: run tools/dev test faults")
        cls.floor = Floor()
        cls.addClassCleanup(cls.floor.close)
        cls.world = cls.floor.world

    def refused(self, code, reason, ask, /, *arguments, **fields):
        """Checks that asking is refused so; gives the refusal."""
        with self.assertRaises(Refusal) as caught:
            ask(*arguments, **fields)
        found = caught.exception
        self.assertEqual((found.code, found.reason), (code, reason), str(found))
        return found


def _ended(pid):
    found, status = os.waitpid(pid, os.WNOHANG)
    return (found, status) if found else None


def eventually(ask, seconds=READY_SECONDS):
    """Asks again while the answer is an outage; gives the answer."""
    limit = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except Refusal as refusal:
            if refusal.code not in OUTAGES or time.monotonic() > limit:
                raise
        time.sleep(0.1)


def told_of(person, subject):
    """The names of the events a person's inbox tells of a booking or an order."""
    inbox = person.call(
        "notification.v1.NotificationService/ListMessages", parent=person.account, page_size=200
    )
    message = type(inbox).DESCRIPTOR.fields_by_name["messages"].message_type
    names = message.fields_by_name["event"].enum_type.values_by_number
    return sorted(names[m.event].name for m in inbox.messages if m.subject == subject)


def booked(person, held):
    """Pays a booking and gives it once it stands."""
    person.pay(held.payment)
    return wait_for(f"{held.name} stands", lambda: person.in_state(held.name, "STATE_BOOKED"))


__all__ = [
    "OUTAGES", "SECOND", "SERVICES", "FaultCase", "Floor", "Person", "Refusal", "Services",
    "Stretch", "TrainDay", "World", "booked", "eventually", "seed", "state_of", "told_of",
    "wait_for",
]  # fmt: skip
