"""Masses of paid bookings on one run: made by the load generator, through the services' own doors.

The travellers exist for the test only: their tokens and travel statements are signed with the
development key of the stack, as tools/bench does. The provider's orders are paid as they are made.
"""

import contextlib
import json
import os
import subprocess
import time

from credentials import authority_path, key_path
from floor import ROOT
from world import wait_for

COUNTRY = "JP"
CLASS = "exit-card"
CHUNK = 4000  # paid for within their holds
IN_FLIGHT = 48
ACCOUNTS = 1000  # of a chunk
SECONDS = 600  # for a chunk; it ends when it has run out
# Accounts the load generator made up.
MASS = "account ~ '^accounts/ac-[0-9a-f]{8}-[0-9]+$'"


class Generator:
    """One load generator, connected to one service."""

    def __init__(self, floor, service):
        layout, gateway = floor.layout, floor.services.stack["clients"]["gateway"]
        ahead = floor.world.now() - time.time()
        command = [
            os.path.join(ROOT, "build", floor.stack.preset, "houbu-bench"),
            "--target", f"localhost:{layout.grpc_port(service)}", "--ca", authority_path(layout),
            "--certificate", gateway["certificate"], "--key", gateway["key"],
            "--seed-file", key_path(layout, "account_signing_seed"), "--ahead", f"{ahead:.0f}",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, **wish):
        """Makes calls until there are no more; gives the report."""
        wish = {"in_flight": IN_FLIGHT, "seconds": SECONDS, **wish}
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        self._read()
        return self._read()

    def _read(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the load generator ended with code {self._process.wait()}")
        return json.loads(line)

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Masses:
    """A run of so many places, and everybody who is to have one."""

    def __init__(self, floor, places):
        self.floor = floor
        self.station = f"XC{places}"
        self.run = self._open(places)
        self.name = self.run.removeprefix("runs/")

    def _open(self, places):
        """Imports a window of so many places and gives its run."""
        path = self.floor.layout.path("masses.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(
                "station_id,station_name,city,lat,lon,time_zone,class,weekdays,open,close,"
                "capacity,fee_fen,start_date,end_date\n"
                f"{self.station},样例大口岸,样例,40.0,116.0,Asia/Shanghai,{CLASS},Mon-Fri,09:00,"
                f"12:00,{places},2000,20260101,20361231\n"
            )
        verb = ("import", "--windows", path, "--feed", f"masses-{places}")
        self.floor.stack.run_verb("slot", *verb)
        ahead = self.floor.world.now() + 7 * 86400
        sql = (f"SELECT r.id FROM runs AS r JOIN run_stops AS s ON s.run_id = r.id "
               f"WHERE s.station_id = '{self.station}' AND r.departs_at > to_timestamp({ahead}) "
               "ORDER BY r.departs_at LIMIT 1")  # fmt: skip
        rows = wait_for("the run is open", lambda: self.floor.rows("slot", sql))
        return "runs/" + rows[0]

    def fill(self, count, say=lambda text: None):
        """Books and pays for so many; returns when every booking stands."""
        provider = self.floor.world.provider
        provider.post("/_control", {"pay_at_once": {}})
        with contextlib.ExitStack() as ended:
            ended.callback(provider.post, "/_control", {"pay_at_once": None})
            slot, payment = Generator(self.floor, "slot"), Generator(self.floor, "payment")
            ended.callback(slot.close)
            ended.callback(payment.close)
            made = 0
            while made < count:
                wanted = min(CHUNK, count - made)
                self._book(slot, wanted)
                self._pay(payment, made + wanted)
                made = self._count("state = 'BOOKED'")
                say(f"{made} of {count} booked and paid")

    def _book(self, slot, wanted):
        routes = [{"runs": [self.run], "stations": [self.station, self.station]}]
        slot.run(scenario="book", calls=wanted, trip=1, accounts=ACCOUNTS, routes=routes,
                 destination_country=COUNTRY, **{"class": CLASS})  # fmt: skip

    def _pay(self, payment, count):
        """Starts every payment that is open, until as many stand as were booked."""
        limit = time.monotonic() + 120
        # Also what the provider could not be asked for the first time.
        unstarted = "(state = 'CREATED' OR state = 'PENDING' AND code_url = '')"
        sql = f"SELECT id, account FROM payments WHERE {unstarted} AND {MASS} LIMIT {CHUNK}"
        while self._count("state IN ('HELD', 'PENDING_PAYMENT')"):
            rows = [row.split("\t") for row in self.floor.rows("payment", sql)]
            if rows:
                payment.run(scenario="start_payments",
                            payments=[["payments/" + row[0], row[1]] for row in rows])  # fmt: skip
            if time.monotonic() > limit:
                raise TimeoutError(f"not all of {count} bookings stand")
            time.sleep(0.2)

    def _count(self, condition):
        sql = f"SELECT count(*) FROM bookings WHERE run_id = '{self.name}' AND {condition}"
        return int(self.floor.rows("slot", sql)[0])

    def states(self):
        """{(state, cause of it): how many bookings}."""
        sql = (f"SELECT b.state, h.cause, count(*) FROM bookings AS b JOIN LATERAL (SELECT cause "
               "FROM booking_history WHERE booking_id = b.id ORDER BY seq DESC LIMIT 1) AS h ON "
               f"true WHERE b.run_id = '{self.name}' GROUP BY 1, 2")  # fmt: skip
        rows = [row.split("\t") for row in self.floor.rows("slot", sql)]
        return {(state, cause): int(count) for state, cause, count in rows}

    def paid(self):
        """{payment: amount} of the masses' bookings of the run."""
        sql = f"SELECT payment, total_minor FROM bookings WHERE run_id = '{self.name}' AND {MASS}"
        rows = [row.split("\t") for row in self.floor.rows("slot", sql)]
        return {payment.removeprefix("payments/"): int(amount) for payment, amount in rows}
