"""What services ask of each other, asked again as outboxes do: one effect and one answer."""

import glob
import os
import re
import time
import unittest
import uuid

from floor import ROOT, SERVICES, Person, booked, told_of
from network import buy_out
from repeating import Asker, RepeatCase
from truths import Truths

_FRESH = lambda prefix: f"{prefix}-{uuid.uuid4().hex}"


class PeerReplays(RepeatCase):
    """What is true of every mutation between services."""

    def as_service(self, name):
        return Asker(self.world, name)

    def timestamp(self, seconds_ahead):
        moment = time.gmtime(self.world.now() + seconds_ahead)
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)

    def test_payments_are_opened_closed_and_returned_once(self):
        # rules: X-07 W-14
        slot, payment = self.as_service("slot"), "payment.v1.PaymentService/"
        wanted = {
            "payment_id": _FRESH("py"), "order": "bookings/bk-sample", "product": "PRODUCT_RAIL",
            "account": self.person.account, "expire_time": self.timestamp(600),
            "amount": {"currency_code": "CNY", "minor_units": 100},
        }  # fmt: skip
        opened = self.twice(payment + "CreatePayment", wanted, {"order": "bookings/bk-other"}, slot)
        self.twice(payment + "CancelPayment", {"name": opened.name},
                   {"name": "payments/other"}, slot)  # fmt: skip
        held = self.person.book(self.floor.train_day().whole, 1)
        booked(self.person, held)
        refund = {"name": held.payment, "reason": "REFUND_REASON_UNEXPECTED"}
        self.twice(payment + "RefundPayment", refund, {"reason": "REFUND_REASON_LATE"}, slot)
        heard = {
            "payment": held.payment,
            "order": held.name,
            "pay_time": self.timestamp(0),
            "amount": {"currency_code": "CNY", "minor_units": held.total.minor_units},
        }
        self.twice(
            "payment.v1.PaymentListenerService/OnPaymentSucceeded",
            heard,
            {"pay_time": self.timestamp(60)},
            self.as_service("payment"),
            at="slot",
        )
        Truths(self.world).hold()
        refunds = self.person.call(payment + "ListRefunds", parent=held.payment).refunds
        self.assertEqual([r.amount.minor_units for r in refunds], [held.total.minor_units])

    def test_demands_are_enlisted_withdrawn_and_answered_once(self):
        # rules: W-05 W-07 X-07
        day, waitlist = self.floor.train_day(), self.as_service("waitlist")
        buy_out(self.world, day.whole, day.free)
        self.person.verify()
        order = self.person.wait_in_line([day.whole], 1)
        statement = {"traveller_key": "sample", "masked_name": "旅*", "type": "PASSENGER_TYPE_ADULT",
                     "passenger": self.person.passengers[1]}  # fmt: skip
        wanted = {
            "demand_id": _FRESH("dm"), "order": "waitlistOrders/wo-sample",
            "spec": day.whole.fields(), "travellers": [statement], "payment": "payments/py-sample",
            "account": self.person.account, "effective_time": self.timestamp(0),
        }  # fmt: skip
        demand = self.twice("slot.v1.DemandService/EnlistDemand", wanted,
                            {"payment": "payments/py-other"}, waitlist)  # fmt: skip
        self.twice("slot.v1.DemandService/WithdrawDemand", {"name": demand.name},
                   {"name": "demands/other"}, waitlist)  # fmt: skip
        self.person.call("waitlist.v1.WaitlistService/TerminateOrder", name=order.name)
        mine = order.choices[0].demand
        match = {"demand": mine, "order": order.name, "booking": "bookings/bk-sample",
                 "total": {"currency_code": "CNY", "minor_units": 1}}  # fmt: skip
        slot, listener = self.as_service("slot"), "slot.v1.MatchListenerService/"
        verdict = self.twice(listener + "OnMatch", match, {"booking": "bookings/bk-other"}, slot,
                             at="waitlist")  # fmt: skip
        self.assertEqual(type(verdict).Verdict.Name(verdict.verdict), "VERDICT_DECLINED")
        failed = {"demand": mine, "order": order.name, "reason": "ITINERARY_CONFLICT"}
        self.twice(listener + "OnDemandFailed", failed, {"reason": "RUN_DEPARTED"}, slot,
                   at="waitlist")  # fmt: skip
        Truths(self.world).hold()

    def test_a_prepayment_is_settled_once(self):
        # rules: W-07 X-07
        day = self.floor.train_day()
        (buyer, sold), *_ = buy_out(self.world, day.whole, day.free)
        self.person.verify()
        order = self.person.wait_in_line([day.whole], 1)
        self.person.pay(order.payment)
        buyer.cancel(sold.name, "for who waits (sample)")
        Truths(self.world).hold()
        served = self.person.order_in_state(order.name, "STATE_SERVED")
        self.assertTrue(served)
        again = {"name": order.payment, "order": served.booking,
                 "fare": {"currency_code": "CNY", "minor_units": 1}}  # fmt: skip
        again["request_id"] = uuid.uuid4().hex
        method = "payment.v1.PaymentService/SettlePayment"
        refusal = self.refusal_of(self.as_service("waitlist"), method, again)
        self.assertEqual(refusal.reason, "ALREADY_SETTLED")

    def test_a_cancellation_is_counted_once(self):
        # rules: R-19 X-07
        told = {"account": self.person.account, "booking": "bookings/" + _FRESH("bk"),
                "cancel_time": self.timestamp(0)}  # fmt: skip
        self.twice("slot.v1.CancellationListenerService/OnBookingCancelled", told,
                   {"booking": "bookings/bk-other"}, self.as_service("slot"),
                   at="account")  # fmt: skip

    def test_an_erasure_is_heard_once(self):
        # rules: R-17 X-07
        for hearer in ("slot", "waitlist", "payment", "notification"):
            account = "accounts/" + _FRESH("ac")
            told = {"account": account, "erase_time": self.timestamp(0)}
            self.twice("account.v1.ErasureListenerService/OnAccountErased", told,
                       {"account": "accounts/ac-other"}, self.as_service("account"),
                       at=hearer)  # fmt: skip

    def test_messages_codes_and_contacts_are_taken_once(self):
        # rules: W-09n R-13n
        person, service = self.person, "notification.v1.NotificationService/"
        subject = "bookings/" + _FRESH("bk")
        news = {"account": person.account, "event": "EVENT_BOOKED", "subject": subject,
                "event_time": self.timestamp(0), "parameters": {"number": "YJ-sample"}}  # fmt: skip
        self.twice(service + "SendMessage", news, {"event": "EVENT_CANCELLED"},
                   self.as_service("slot"))  # fmt: skip
        self.assertEqual(told_of(person, subject), ["EVENT_BOOKED"])
        other = Person(self.world, "other").phone
        code = {"phone": person.phone, "code": "000000", "expire_time": self.timestamp(600)}
        self.twice(service + "SendCode", code, {"phone": other}, self.as_service("account"))
        contact = {"account": person.account, "phone": person.phone}
        self.twice(service + "UpdateContact", contact, {"phone": other},
                   self.as_service("account"))  # fmt: skip

    def test_an_operators_changes_of_the_inventory_happen_once(self):
        # rules: X-01
        day, operator = self.floor.train_day(), Asker(self.world, "operators/duty-1")
        service = "slot.v1.InventoryService/"
        check = lambda: self.world.operator.call(service + "CheckInventory", run=day.whole.run)
        before = check().capacity
        added = {"run": day.whole.run, "class_code": day.whole.class_code, "units": 2,
                 "coach": "09"}  # fmt: skip
        self.twice(service + "AddCapacity", added, {"units": 3}, operator)
        after = check()
        self.assertEqual(after.capacity - before, 2 * self.legs(day))
        self.assertFalse(after.differences)
        self.twice(service + "RebuildInventory", {"run": day.whole.run}, {"run": ""}, operator)
        self.twice(service + "CloseSale", {"run": day.whole.run}, {"run": "runs/none"}, operator)
        self.twice(service + "ReopenSale", {"run": day.whole.run}, {"run": "runs/none"}, operator)
        self.assertFalse(check().differences)
        self.twice(service + "CancelRun", {"run": day.whole.run, "reason": "the line is closed"},
                   {"reason": "no engine"}, operator)  # fmt: skip

    def test_what_two_people_do_with_money_is_done_once(self):
        # rules: X-06 X-07
        for number in (1, 2):
            self.floor.appoint(f"finance-{number}", "ROLE_FINANCE")
        first, second = (Asker(self.world, f"operators/finance-{number}") for number in (1, 2))
        proposals, held = "payment.v1.ProposalService/", self.person.book(self.roomy(), 1)
        booked(self.person, held)
        refund = {"payment": held.payment, "reason": "no heating",
                  "amount": {"currency_code": "CNY", "minor_units": 100}}  # fmt: skip
        made = self.twice(proposals + "ProposeRefund", refund, {"reason": "no light"}, first)
        self.decide(made, second)
        refunds = self.person.call("payment.v1.PaymentService/ListRefunds", parent=held.payment)
        self.assertEqual([refund.amount.minor_units for refund in refunds.refunds], [100])
        stretch = {"channel": "CHANNEL_SANDBOX", "start_time": self.timestamp(-60),
                   "end_time": self.timestamp(0)}  # fmt: skip
        run = self.twice("payment.v1.ReconciliationService/RunReconciliation", stretch,
                         {"end_time": self.timestamp(60)}, first)  # fmt: skip
        closing = {"case": self.found_by(run), "reason": "a slip of the provider's"}
        self.decide(
            self.twice(proposals + "ProposeClosing", closing, {"reason": "?"}, first), second
        )
        Truths(self.world).hold()

    def decide(self, proposal, person):
        approval = {"name": proposal.name, "decision": "DECISION_APPROVE"}
        done = self.twice("payment.v1.ProposalService/DecideProposal", approval,
                          {"decision": "DECISION_REJECT", "comment": "no"}, person)  # fmt: skip
        self.assertEqual(done.checker, "operators/finance-2")

    def roomy(self):
        return self.floor.roomy_day().whole

    def found_by(self, reconciliation):
        """A case that a reconciliation could have found."""
        case, found_by = _FRESH("cs"), reconciliation.name.removeprefix("reconciliations/")
        self.floor.rows("payment", f"""
            INSERT INTO cases (id, class, channel, movement, subject, currency, theirs, detail,
                               reconciliation, open_time, seen_time)
            VALUES ('{case}', 'UNKNOWN_ORDER', 'sandbox', 'PAYMENT', '{case}', 'CNY', 100, 'sample',
                    '{found_by}', now(), now())""")  # fmt: skip
        return f"cases/{case}"

    def legs(self, day):
        return len(self.floor.network.run(day.whole.run).stops) - 1

    def test_every_mutation_of_the_protos_is_asked_twice_here_or_in_replay_test(self):
        # rules: X-07
        asked = ""
        for name in ("replay_test.py", "peer_replay_test.py", "identity_replay_test.py"):
            with open(os.path.join(ROOT, "tests/faults", name), encoding="utf-8") as file:
                asked += file.read()
        self.assertEqual([method for method in mutations() if f'{method}"' not in asked], [])


def mutations():
    """Every method of the five services whose request has a request_id."""
    found = set()
    for path in glob.glob(os.path.join(ROOT, "protos/houbu/*/v1/*.proto")):
        if path.split(os.sep)[-3] not in SERVICES:
            continue
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for method, request in re.findall(r"rpc (\w+)\((\w+)\)", text):
            body = text.split(f"message {request} {{", 1)[1]
            if " request_id = " in body[: body.index("}" if body[0] == "}" else "\n}")]:
                found.add(method)
    return sorted(found)


if __name__ == "__main__":
    unittest.main()
