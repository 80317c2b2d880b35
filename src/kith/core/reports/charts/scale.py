"""Round ticks of an axis and the places of values on it."""

import math
from dataclasses import dataclass
from decimal import Decimal

STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values between `low` and `high` to places between `start` and `end`."""

    low: float
    high: float
    start: float
    end: float
    step: float

    def at(self, value: float) -> float:
        """The place of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def ticks(self) -> list[Decimal]:
        """The values named at the axis."""
        count = round((self.high - self.low) / self.step)
        digits = max(0, 2 - math.floor(math.log10(self.step)))
        return [round(Decimal(self.low + self.step * n), digits) for n in range(count + 1)]


def scale(values: list[float], start: float, end: float, *, wanted: int = 4, whole: bool = False) -> Scale:
    """A scale with round ticks that holds all values and zero; `whole` has no ticks between whole numbers."""
    low, high = min([0.0, *values]), max([0.0, *values])
    if low == high:
        high = low + 1
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in STEPS if power * n >= rough * 0.999)
    step = max(1.0, float(math.ceil(step))) if whole else step
    return Scale(math.floor(low / step) * step, math.ceil(high / step) * step, start, end, step)
