"""Values of the WeChat Pay wire format: times, numbers of the merchant, checks of fields."""

import datetime
import re

BEIJING = datetime.timezone(datetime.timedelta(hours=8))
PAID = ("SUCCESS", "REFUND")  # states of an order whose money came
OUT_TRADE_NO = r"([0-9a-zA-Z_|*-]{6,32})"
OUT_REFUND_NO = r"([0-9a-zA-Z_|*@-]{1,64})"


def rfc3339(milliseconds):
    moment = datetime.datetime.fromtimestamp(milliseconds // 1000, BEIJING)
    return moment.isoformat(timespec="seconds")


def milliseconds_of(text):
    return int(datetime.datetime.fromisoformat(text).timestamp() * 1000)


def is_out_trade_no(value):
    matches = isinstance(value, str) and re.fullmatch(OUT_TRADE_NO, value)
    return None if matches else "must be 6 to 32 of 0-9 A-Z a-z _ | * -"


def is_out_refund_no(value):
    matches = isinstance(value, str) and re.fullmatch(OUT_REFUND_NO, value)
    return None if matches else "must be 1 to 64 of 0-9 A-Z a-z _ | * @ -"


def is_moment(value):
    try:
        has_zone = datetime.datetime.fromisoformat(value).tzinfo is not None
        return None if has_zone else "must have a zone"
    except (TypeError, ValueError):
        return "must be RFC 3339"


def is_description(value):
    fits = isinstance(value, str) and 1 <= len(value) <= 127
    return None if fits else "must be 1 to 127 characters"


def is_object(value):
    return None if isinstance(value, dict) else "must be an object"
