"""What people pay with: the apps of the providers."""

from typing import NamedTuple

import client


class Wallet(NamedTuple):
    """The app of one provider; it scans a code and pays what stands behind it."""

    channel: str  # as StartPayment names it
    party: client.Client
    number: str  # the field of an order that has its number

    def order_of(self, code_url):
        """The provider's order behind a code."""
        orders = self.party.get("/_state")["orders"]
        return next(order for order in orders if order.get("code_url") == code_url)

    def pay(self, order, force=False):
        """Pays an order; by force also one that is closed, as money on its way does."""
        wanted = {"force": True} if force else {}
        paid = self.party.post(f"/_control/pay/{order[self.number]}", wanted)
        if paid.status != 200:
            raise LookupError(f"{self.channel} does not take the money: {paid.content}")


def wallets(sandbox, wechat_pay, alipay):
    """A wallet of each provider, by channel."""
    made = (
        Wallet("CHANNEL_SANDBOX", sandbox, "merchant_order"),
        Wallet("CHANNEL_WECHAT_PAY", wechat_pay, "out_trade_no"),
        Wallet("CHANNEL_ALIPAY", alipay, "out_trade_no"),
    )
    return {wallet.channel: wallet for wallet in made}
