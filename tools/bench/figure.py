"""A figure: what is measured in one number, how far it scatters, and how it was taken."""

import json
import statistics


class Figure:
    """One line of the benchmark's answer."""

    def __init__(self, name, value, spread, unit, how):
        self.name = name
        self.value = value
        self.spread = spread  # [least, greatest] over the rounds
        self.unit = unit
        self.how = how

    @classmethod
    def of(cls, name, values, unit, how):
        """The median of values, one a round."""
        spread = [_rounded(min(values)), _rounded(max(values))]
        return cls(name, _rounded(statistics.median(values)), spread, unit, how)

    def as_json(self):
        """The figure as one line of JSON."""
        return json.dumps({"figure": self.name, "value": self.value, "spread": self.spread,
                           "unit": self.unit, "how": self.how}, ensure_ascii=False)  # fmt: skip

    def as_row(self):
        """The figure as a line of a table."""
        least, greatest = self.spread
        return f"{self.name:<28} {self.value:>10g}   {least:g} .. {greatest:g}   {self.unit}"


def _rounded(value):
    return float(f"{value:.4g}")
