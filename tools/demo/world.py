"""The world around the services: their clocks, the counterparties, time that passes."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                "counterparties"))  # fmt: skip

import client  # noqa: E402
from wallets import wallets  # noqa: E402
from wire import Refusal  # noqa: E402

PATIENCE_SECONDS = 20
ON_DUTY = "duty-1"
DUTIES = ("ROLE_SUPPORT", "ROLE_FINANCE", "ROLE_REVIEWER")
HEARD_SECONDS = 1  # until every service knows of a role that was given


class World:
    """A running stack and everybody outside it."""

    def __init__(self, services):
        self.services = services
        appoint(services, ON_DUTY, *DUTIES)
        self.operator = services.as_staff(ON_DUTY)
        ports = services.stack["ports"]
        self.provider = client.Client(ports["provider"])
        self.alipay = client.Client(ports["alipay"])
        self.wechat_pay = client.Client(ports["wechat_pay"])
        self.sms = client.Client(ports["sms"])
        self.mail = client.Client(ports["mail_query"])
        self.identity = client.Client(ports["identity"])
        self._wallets = wallets(self.provider, self.wechat_pay, self.alipay)
        self.pay_by("CHANNEL_SANDBOX")

    def now(self):
        """The services' time, in seconds since 1970."""
        clock = self.operator.call("development.v1.ClockService/GetClock", at="slot")
        return clock.now.seconds + clock.now.nanos / 1e9

    def advance_to(self, moment):
        """Moves all clocks forward to a moment."""
        self.advance(moment - self.now())

    def advance(self, seconds):
        """Moves the clocks of all services forward, and the counterparties' with them."""
        offset_ms = 0
        for service in self.services.stack["services"]:
            by = f"{max(seconds, 0.001):.3f}s"
            clock = self.operator.call(
                "development.v1.ClockService/AdvanceClock", at=service, by=by
            )
            offset_ms = clock.offset.seconds * 1000 + clock.offset.nanos // 1_000_000
        self.follow_clock(offset_ms)

    def follow_clock(self, offset_ms):
        """Sets the counterparties' clocks by the services'."""
        parties = (self.provider, self.alipay, self.wechat_pay, self.sms, self.mail, self.identity)
        for party in parties:
            party.post("/_control", {"clock_offset_ms": offset_ms})

    def join(self):
        """Sets every clock to the one furthest ahead: what an earlier demo moved stays moved."""
        names = list(self.services.stack["services"])
        read = lambda name: self.operator.call("development.v1.ClockService/GetClock", at=name)
        offsets = {name: _seconds(read(name).offset) for name in names}
        furthest = max(offsets.values())
        for name, offset in offsets.items():
            if furthest - offset > 0.001:
                by = f"{furthest - offset:.3f}s"
                self.operator.call("development.v1.ClockService/AdvanceClock", at=name, by=by)
        self.follow_clock(int(furthest * 1000))

    def pay_by(self, channel):
        """Whoever comes from now on pays by this channel."""
        self.wallet = self._wallets[channel]


def appoint(services, person, *roles):
    """Gives one of the staff roles, unless they have them; every service knows of it then."""
    admin = services.as_staff("admin-1")
    given = False
    for role in roles:
        try:
            admin.call("account.v1.StaffService/GrantRole", name=f"staff/{person}", role=role,
                       reason="duty")  # fmt: skip
            given = True
        except Refusal as refusal:
            if refusal.reason != "ROLE_HELD":
                raise
    if given:
        time.sleep(HEARD_SECONDS)
    return services.as_staff(person)


def _seconds(duration):
    return duration.seconds + duration.nanos / 1e9


def wait_for(what, look, seconds=PATIENCE_SECONDS):
    """Looks again and again until there is something to see; a Refusal counts as nothing yet."""
    limit = time.monotonic() + seconds
    refusal = None
    while time.monotonic() < limit:
        try:
            seen = look()
            if seen:
                return seen
        except Refusal as error:
            refusal = error
        time.sleep(0.05)
    raise TimeoutError(f"{what}: not seen within {seconds} s{f' ({refusal})' if refusal else ''}")
