"""An account erased for good: not while something is under way, and then everywhere."""

import subprocess
import unittest

from floor import FaultCase, Person, booked
from truths import Truths
from world import wait_for

PRIVACY = "account.v1.PrivacyService/"
THINKING = 10 * 60 + 1  # as the stack's account has it
CLOSING = 60 + 1
TOOLS = "/usr/lib/postgresql/15/bin/"
KINDS = {1: "KIND_BOOKING", 2: "KIND_WAITLIST_ORDER", 3: "KIND_PAYMENT", 4: "KIND_REFUND"}


class Erasure(FaultCase):
    """What is true of who wants to be forgotten."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journey = cls.floor.roomy_day().whole

    def standing(self, person):
        return person.call(PRIVACY + "GetErasure", name=person.account + "/erasure")

    def ask(self, person):
        person.sign_in()
        return person.call(PRIVACY + "EraseAccount", name=person.account)

    def state(self, person):
        account = person.account.removeprefix("accounts/")
        sql = f"SELECT state FROM erasures WHERE account_id = '{account}' ORDER BY id DESC LIMIT 1"
        return "".join(self.floor.rows("account", sql))

    def reach(self, person, state):
        wait_for(f"the erasure is {state}", lambda: self.state(person) == state)

    def close(self, person):
        """Until nobody signs in to the account any more."""
        self.world.advance(THINKING)
        self.reach(person, "CLOSING")

    def finish(self, person):
        self.close(person)
        self.world.advance(CLOSING)
        self.reach(person, "DONE")

    def blockers(self, person):
        return {b.name: KINDS[b.kind] for b in self.standing(person).blockers}

    def traveller(self, nickname):
        """Somebody whose every kind of trace is there, and over."""
        person = Person(self.world, nickname, 1)
        person.verify()
        held = booked(person, person.book(self.journey, 1))
        self.cancel(person, held)
        return person, held

    def cancel(self, person, booking):
        """Cancels a booking; returns once its money is back."""
        person.cancel(booking.name, "sample")
        refunds = lambda: person.call(
            "payment.v1.PaymentService/ListRefunds", parent=booking.payment
        ).refunds  # fmt: skip
        wait_for("the refund", refunds)
        wait_for("nothing blocks", lambda: not self.blockers(person))

    def complete_sign_in(self, person):
        before = len(person._codes())
        anybody = self.world.services.as_anybody()
        challenge = anybody.call("account.v1.SignInService/StartSignIn", identifier=person.phone)
        code = wait_for("the code", lambda: person._codes()[before:])[-1]
        anybody.call("account.v1.SignInService/CompleteSignIn", challenge=challenge.name, code=code)

    def count(self, service, sql):
        return int("".join(self.floor.rows(service, "SELECT count(*) FROM " + sql)))

    def test_what_is_under_way_blocks_and_is_named(self):
        # rules: R-17
        person = Person(self.world, "busy", 1)
        person.verify()
        held = person.book(self.journey, 1)
        refusal = self.refused("FAILED_PRECONDITION", "ERASURE_BLOCKED", self.ask, person)
        self.assertEqual(sorted(refusal.fields), sorted([held.name, held.payment]))
        booked(person, held)
        self.assertEqual(self.blockers(person), {held.name: "KIND_BOOKING"})
        self.cancel(person, held)
        asked = self.ask(person)
        self.assertEqual(type(asked).State.Name(asked.state), "STATE_ASKED")
        # What is begun meanwhile stops it, and the account is its owner's as before.
        begun = booked(person, person.book(self.journey, 1))
        self.close(person)
        self.refused("FAILED_PRECONDITION", "ACCOUNT_CLOSING", self.complete_sign_in, person)
        self.world.advance(CLOSING)
        self.reach(person, "STOPPED")
        person.sign_in()
        self.assertIn(begun.name, self.blockers(person))

    def test_it_is_taken_back_while_there_is_time(self):
        # rules: R-17
        person, _ = self.traveller("thinker")
        self.ask(person)
        person.sign_in()
        person.call(PRIVACY + "CancelErasure", name=person.account + "/erasure")
        self.world.advance(THINKING + CLOSING)
        person.sign_in()
        self.assertEqual(self.state(person), "CANCELLED")
        listed = person.call("account.v1.PassengerService/ListPassengers", parent=person.account)
        self.assertEqual(len(listed.passengers), 1)

    def test_every_service_forgets_and_the_books_stay(self):
        # rules: R-17 X-06
        person, held = self.traveller("forgotten")
        account, short = person.account, person.account.removeprefix("accounts/")
        payment = held.payment.removeprefix("payments/")
        entries = (
            "ledger_entries e JOIN ledger_transactions t ON t.key = e.transaction_key "
            f"WHERE t.payment = '{payment}'"
        )
        before = self.count("payment", entries)
        self.assertGreater(before, 0)
        self.ask(person)
        self.finish(person)
        nothing = {
            "account": (f"passengers WHERE account_id = '{short}'",
                        f"sessions WHERE account_id = '{short}'",
                        f"person_keys WHERE owner = '{short}' AND wrapped IS NOT NULL",
                        f"accounts WHERE id = '{short}' AND phone IS NOT NULL"),
            "slot": ("booking_places p JOIN bookings b ON b.id = p.booking_id "
                     f"WHERE b.account = '{account}' AND p.masked_name <> ''",),
            "notification": (f"contacts WHERE account = '{account}'",
                             f"messages WHERE account = '{account}'"),
        }  # fmt: skip
        for service, tables in nothing.items():
            for table in tables:
                wait_for(f"no {table}", lambda: self.count(service, table) == 0)
        self.assertEqual(self.count("payment", entries), before)
        self.assertEqual(self.count("slot", f"bookings WHERE account = '{account}'"), 1)
        Truths(self.world).hold()
        person.sign_in()  # the number is free again, and opens another account
        self.assertNotEqual(person.account, account)
        self.assertFalse(person.call("slot.v1.BookingService/ListBookings",
                                     parent=person.account).bookings)  # fmt: skip

    def test_it_waits_for_who_is_away_and_outlives_the_service(self):
        # rules: R-17 X-06
        person, _ = self.traveller("patient")
        self.ask(person)
        self.close(person)
        self.floor.kill("slot")
        self.world.operator.call("development.v1.ClockService/AdvanceClock", at="account",
                                 by=f"{CLOSING}s")  # fmt: skip
        self.floor.kill("account")
        self.floor.start("account")
        self.assertEqual(self.state(person), "CLOSING")
        self.floor.start("slot")
        self.world.join()
        self.reach(person, "DONE")

    def test_a_backup_from_before_shows_nothing_without_its_key(self):
        # rules: R-17
        person, _ = self.traveller("backed-up")
        short = person.account.removeprefix("accounts/")
        conninfo = self.floor.layout.conninfo("houbu_account")
        dump = lambda *options: subprocess.run(
            [TOOLS + "pg_dump", "--dbname", conninfo, *options],
            capture_output=True, timeout=120, check=True,
        ).stdout  # fmt: skip
        yesterday = dump("--exclude-table-data=person_keys", "--section=pre-data", "--section=data")
        self.ask(person)
        self.finish(person)
        today = dump("--data-only", "--table=person_keys")
        self.floor.rows("account", "CREATE DATABASE houbu_account_restored")
        restored = self.floor.layout.conninfo("houbu_account_restored")
        for content in (yesterday, today):
            subprocess.run(
                ["psql", "-v", "ON_ERROR_STOP=1", "-q", restored],
                input=content, capture_output=True, timeout=120, check=True,
            )  # fmt: skip
        sealed = self.floor.stack.postgres.query(
            "houbu_account_restored",
            "SELECT (phone IS NOT NULL)::text || ' ' || (wrapped IS NULL)::text "
            f"FROM accounts JOIN person_keys ON owner = id WHERE id = '{short}'",
        )
        self.assertEqual("".join(sealed).strip(), "true true")


if __name__ == "__main__":
    unittest.main()
