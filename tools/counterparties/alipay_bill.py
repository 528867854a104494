"""Bills of the fake Alipay: a day's trades and refunds as CSV in GB18030, in a zip."""

import io
import zipfile

from alipay_signing import beijing, yuan

HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
    "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,"
    "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
LINE = "#-----------------------------------------"


def rows_of(trades, day):
    """(trade, kind, fen, time, request) of everything that ended on a day, "2026-11-20"."""
    for trade in trades:
        if trade.get("paid_at_ms") and beijing(trade["paid_at_ms"]).startswith(day):
            yield trade, "交易", trade["total"], trade["paid_at_ms"], ""
        for refund in trade["refunds"].values():
            if refund["state"] == "DONE" and beijing(refund["at_ms"]).startswith(day):
                yield trade, "退款", -refund["fen"], refund["at_ms"], refund["out_request_no"]


def _row(trade, kind, fen, at_ms, request):
    return (
        f"{trade['trade_no']}\t,{trade['out_trade_no']}\t,{kind}\t,{trade['subject']},"
        f"{beijing(trade['created_at_ms'])},{beijing(at_ms)},\t,\t,\t,\t,*品(sam***@example.com)\t,"
        f"{yuan(fen)},{yuan(fen)},0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00,{request}\t,0.00,0.00,"
    )


def details(account, day, rows, now_ms):
    """The bill's details as text."""
    rows = list(rows)
    paid = [fen for _, _, fen, _, _ in rows if fen > 0]
    returned = [fen for _, _, fen, _, _ in rows if fen < 0]
    year, month, number = day.split("-")
    date = f"{year}年{month}月{number}日"
    return "\r\n".join(
        [
            "#支付宝业务明细查询",
            f"#账号：[{account}0156]",
            f"#起始日期：[{date} 00:00:00]   终止日期：[{date} 24:00:00]",
            LINE + "业务明细列表----------------------------------------",
            HEAD,
            *(_row(*row) for row in rows),
            LINE + "业务明细列表结束------------------------------------",
            f"#交易合计：{len(paid)}笔，商家实收共{yuan(sum(paid))}元，商家优惠共0.00元",
            f"#退款合计：{len(returned)}笔，商家实收退款共{yuan(sum(returned))}元，" "商家优惠退款共0.00元",
            f"#导出时间：[{beijing(now_ms)}]",
            "",
        ]
    )


def packed(account, day, text):
    """The zip of a bill: its names are in GBK and do not say so, as Alipay's are."""
    number = day.replace("-", "")
    summary = "#支付宝业务汇总查询\r\n"
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind, content in (("业务明细", text), ("业务明细(汇总)", summary)):
            name = f"{account}0156_{number}_{kind}.csv".encode("gbk").decode("latin-1")
            archive.writestr(_Plain(name), content.encode("gb18030"), zipfile.ZIP_DEFLATED)
    return sink.getvalue()


class _Plain(zipfile.ZipInfo):
    """An entry whose name goes out as the bytes it stands for."""

    def _encodeFilenameFlags(self):
        return self.filename.encode("latin-1"), self.flag_bits & ~0x800
