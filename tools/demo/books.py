"""Part (c): what must hold at the end, whatever happened before."""

import collections
import urllib.request

from people import state_of
from report import yuan
from wire import Refusal
from world import wait_for

QUIET_SECONDS = 30
LEASE_SECONDS = 150  # what a killed sender had claimed waits for its lease to end


def payment_numbered(out_trade_no):
    """The payment's id that became this number at WeChat Pay: 32 hex digits written as base32."""
    prefix, bar, digits = out_trade_no.partition("_")
    if not bar:
        return out_trade_no
    number = 0
    for digit in digits:
        number = number * 32 + "abcdefghijklmnopqrstuvwxyz234567".index(digit)
    return f"{prefix}-{number:032x}"


class Books:
    """The final checks."""

    def __init__(self, world, report):
        self.world = world
        self.report = report

    def check(self):
        self.outboxes()
        self.inventory()
        self.ledger()
        self.providers()
        self.messages()

    def outboxes(self):
        figures = lambda: {
            service: self._outbox(service) for service in self.world.services.stack["services"]
        }
        quiet = lambda: all(pending == 0 for pending, _ in figures().values())
        wait_for("every outbox is empty", quiet, QUIET_SECONDS)
        parked = sum(count for _, count in figures().values())
        self.report.step("every outbox is empty, nothing parked", "X-07", parked == 0, figures())

    def _outbox(self, service):
        """(pending, parked) by the service's own metrics."""
        admin = self.world.services.stack["services"][service]["admin"]
        with urllib.request.urlopen(f"http://{admin}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        figure = lambda name: sum(float(line.split()[-1]) for line in lines
                                  if line.split("{")[0].split(" ")[0] == name)  # fmt: skip
        return figure("houbu_outbox_pending"), figure("houbu_outbox_parked")

    def inventory(self):
        report = self.world.operator.call("slot.v1.InventoryService/CheckInventory")
        self.report.step(
            "no unit-leg is sold twice, none is lost", "X-01 X-18",
            report.oversold == 0 and report.conservation_error == 0 and not report.differences,
            f"{report.runs} runs: {report.capacity} unit-legs, {report.taken} taken",
        )  # fmt: skip
        self.report.step(
            "nobody who waits fits what is free", "W-05", report.servable_waiting == 0,
            f"{report.waiting} waiting",
        )  # fmt: skip

    def ledger(self):
        balance = self.world.operator.call("payment.v1.LedgerService/GetTrialBalance")
        sums = {i.currency_code: i.minor_units for i in balance.imbalances}
        self.report.step("the ledger sums to zero", "X-06", not any(sums.values()),
                         ", ".join(f"{line.ledger_account} {yuan(abs(line.balance.minor_units))}"
                                   for line in balance.lines))  # fmt: skip

        looked_at, faults = self._check_books()
        self.report.step("every payment, its refunds and its postings tell one story", "X-06",
                         not faults, faults or f"{looked_at} payments")  # fmt: skip

    def _check_books(self):
        """How many payments the ledger was compared with, and what does not agree."""
        looked_at, faults, token = 0, [], ""
        while True:
            page = self.world.operator.call(
                "payment.v1.LedgerService/CheckBooks", page_size=200, page_token=token
            )
            looked_at += page.payments
            faults += [f"{found.payment}: {fault}" for found in page.faults
                       for fault in found.faults]  # fmt: skip
            token = page.next_page_token
            if not token:
                return looked_at, faults

    def providers(self):
        """Each provider's books, order by order and in their sum, against ours."""
        balance = self.world.operator.call("payment.v1.LedgerService/GetTrialBalance")
        ledger = {line.ledger_account: line.balance.minor_units for line in balance.lines}
        for channel, name, orders in (
            ("sandbox", "the sandbox provider", self._sandbox_orders()),
            ("wechat_pay", "WeChat Pay", self._wechat_pay_orders()),
            ("alipay", "Alipay", self._alipay_orders()),
        ):
            # What it took and has not given back, less what is on its way back.
            ours = sum(ledger.get(f"{account}:{channel}", 0)
                       for account in ("provider_receivable", "refunds_payable"))  # fmt: skip
            self._compare(name, orders, ours)

    def _compare(self, name, orders, ours):
        paid = sum(order["amount_minor"] for order in orders if order["state"] == "PAID")
        returned = sum(order["refunded_minor"] for order in orders)
        different = [d for d in map(self._difference, orders) if d]
        if not different and ours != paid - returned:
            different = [f"{yuan(paid - returned)} yuan left there, {yuan(ours)} by our ledger"]
        self.report.step(
            f"the books of {name} equal ours", "X-06 X-07", not different,
            different or f"{len(orders)} orders, {yuan(paid)} yuan paid, "
            f"{yuan(returned)} refunded",
        )  # fmt: skip

    def _sandbox_orders(self):
        return self.world.provider.get("/_state")["orders"]

    def _alipay_orders(self):
        """Alipay's books in the words of the sandbox provider."""
        return [
            {
                "merchant_order": order["out_trade_no"].replace("_", "-"),
                "state": "PAID" if order["paid_at_ms"] else "OPEN",
                "amount_minor": order["total_minor"],
                "refunded_minor": order["refunded_minor"],
            }
            for order in self.world.alipay.get("/_state")["orders"]
        ]

    def _wechat_pay_orders(self):
        """WeChat Pay's books in the words of the sandbox provider."""
        state = self.world.wechat_pay.get("/_state").content
        returned = collections.Counter()
        for refund in state["refunds"]:
            if refund["status"] != "CLOSED":
                returned[refund["out_trade_no"]] += refund["amount"]["refund"]
        return [
            {
                "merchant_order": payment_numbered(order["out_trade_no"]),
                "state": "PAID" if "transaction_id" in order else order["trade_state"],
                "amount_minor": order["amount"]["total"],
                "refunded_minor": returned[order["out_trade_no"]],
            }
            for order in state["orders"]
        ]

    def _difference(self, theirs):
        name = "payments/" + theirs["merchant_order"]
        try:
            ours = self.world.operator.call("payment.v1.PaymentService/GetPayment", name=name)
        except Refusal as refusal:
            return f"{name}: {refusal.reason}"
        paid, returned = theirs["state"] == "PAID", theirs["refunded_minor"]
        if ours.refunded_amount.minor_units == returned:
            if paid == (state_of(ours) == "STATE_SUCCEEDED"):
                return None
            # Money that came too late leaves the payment closed and goes back whole.
            if paid and state_of(ours) == "STATE_CLOSED" and returned == theirs["amount_minor"]:
                return None
        mine = f"{state_of(ours)}, refunded {ours.refunded_amount.minor_units}"
        return f"{name}: {mine}; theirs {theirs['state']}, refunded {returned}"

    def messages(self):
        pending = lambda: self.world.operator.call(
            "notification.v1.NotificationService/ListDeliveries", state="STATE_PENDING"
        ).deliveries
        wait_for("every message is sent", lambda: not pending(), LEASE_SECONDS)
        mails = self.world.mail.get("/_state")["mails"]
        texts = self.world.sms.get("/_state")["messages"]
        once = len({mail["message_id"] for mail in mails}) == len(mails)
        repeated = [text["message_id"] for text in texts if text["times_asked"] > 1]
        self.report.step("every message was sent once", "W-09n", once and not repeated,
                         f"{len(mails)} mails, {len(texts)} text messages")  # fmt: skip
