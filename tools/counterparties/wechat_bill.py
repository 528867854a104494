"""The trade bill of the fake WeChat Pay: CSV, a backquote before each value, amounts in yuan."""

TITLE = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
SUMMARY_TITLE = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
RATE_PER_MILLE = 6


def yuan(fen):
    """Fen as yuan with two decimals."""
    return f"{fen // 100}.{fen % 100:02d}"


def fee(fen):
    """The fee in hundred-thousandths of a yuan, rounded half up to fen."""
    return (fen * RATE_PER_MILLE + 500) // 1000 * 1000


def fee_text(fee_units):
    sign, units = ("-", -fee_units) if fee_units < 0 else ("", fee_units)
    return f"{sign}{units // 100000}.{units % 100000:05d}"


def _line(values):
    return ",".join("`" + str(value) for value in values)


def payment_row(entry):
    """Of {time, app_id, mch_id, transaction, order, payer, type, fen, description}."""
    return _line([
        entry["time"], entry["app_id"], entry["mch_id"], 0, "", entry["transaction"],
        entry["order"], entry["payer"], entry["type"], "SUCCESS", "OTHERS", "CNY",
        yuan(entry["fen"]), "0.00", 0, 0, "0.00", "0.00", "", "", entry["description"], "",
        fee_text(fee(entry["fen"])), "0.60%", yuan(entry["fen"]), "0.00", "",
    ])  # fmt: skip


def refund_row(entry):
    """Of the same with {refund, out_refund, refund_fen}; the order's amount is not repeated."""
    return _line([
        entry["time"], entry["app_id"], entry["mch_id"], 0, "", entry["transaction"],
        entry["order"], entry["payer"], entry["type"], "REFUND", "OTHERS", "CNY",
        "0.00", "0.00", entry["refund"], entry["out_refund"], yuan(entry["refund_fen"]), "0.00",
        "ORIGINAL", "SUCCESS", entry["description"], "", fee_text(-fee(entry["refund_fen"])),
        "0.60%", "0.00", yuan(entry["refund_fen"]), "",
    ])  # fmt: skip


def bill(payments, refunds):
    """The bill's bytes: title, rows, title of the sums, sums; CRLF after each line."""
    rows = [payment_row(entry) for entry in payments] + [refund_row(entry) for entry in refunds]
    paid = sum(entry["fen"] for entry in payments)
    returned = sum(entry["refund_fen"] for entry in refunds)
    fees = sum(fee(e["fen"]) for e in payments) - sum(fee(e["refund_fen"]) for e in refunds)
    sums = _line([
        len(rows), yuan(paid), yuan(returned), "0.00", fee_text(fees), yuan(paid), yuan(returned),
    ])  # fmt: skip
    lines = [TITLE, *rows, SUMMARY_TITLE, sums]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
