"""Means of paired differences with their error, Student's t, Holm's correction: the statistics of recompute.py."""

import math

SMALLEST_P = 1e-9
NO_SPREAD = 1e-24


class Undefined(Exception):
    """A hypothesis for which there is no evidence, and why."""


# Mean and its error (docs/metrics.md, section 4)


def mean(values):
    values = list(values)
    return math.fsum(values) / len(values)


def squared_error(values):
    """Squared standard error of the mean of independent values."""
    centre = mean(values)
    return math.fsum((value - centre) ** 2 for value in values) / ((len(values) - 1) * len(values))


class CrossedMean:
    """Mean over units of training (bases; with one base its seeds) and problems, and its squared error by share."""

    def __init__(self, bases, differences):
        self.pair_means = [mean(row) for row in differences]
        groups = [[row for row, base in zip(differences, bases) if base == one] for one in sorted(set(bases))]
        units = groups if len(groups) > 1 else [[row] for row in groups[0]]
        if len(units) < 2:
            raise Undefined("one run per condition says nothing of other runs")
        cells = [[mean(column) for column in zip(*unit)] for unit in units]
        unit_means = [mean(row) for row in cells]
        problem_means = [mean(column) for column in zip(*cells)]
        self.effect = mean(unit_means)
        runs = squared_error(unit_means)
        self.shares = [(runs, len(units) - 1)]
        if len(problem_means) > 1:
            # Both spreads hold the residual of unit and problem; it counts once, with the units.
            twice = min(self.residual(cells, unit_means, problem_means), runs)
            self.shares.append((max(0.0, squared_error(problem_means) - twice), len(problem_means) - 1))
        self.error = math.sqrt(sum(variance for variance, _ in self.shares))

    def residual(self, cells, unit_means, problem_means):
        """The part of the squared error that each cell of unit and problem has for itself."""
        squares = math.fsum(
            (cell - unit - problem + self.effect) ** 2
            for row, unit in zip(cells, unit_means)
            for cell, problem in zip(row, problem_means)
        )
        units, problems = len(unit_means), len(problem_means)
        return squares / ((units - 1) * (problems - 1) * units * problems)

    def has_no_spread(self):
        return self.error**2 <= NO_SPREAD

    def critical_value(self, tail):
        total = sum(variance for variance, _ in self.shares)
        return sum(variance / total * t_quantile(1 - tail, df) for variance, df in self.shares if variance > 0)

    def p_above(self, bound):
        '''One-sided p against "the mean is at most bound".'''
        t = (self.effect - bound) / self.error
        if t == 0:
            return 0.5
        tail = self.tail_of(abs(t))
        return tail if t > 0 else 1 - tail

    def tail_of(self, t):
        if self.critical_value(SMALLEST_P) <= t:
            return SMALLEST_P
        low, high = math.log(SMALLEST_P), math.log(0.5)
        for _ in range(50):
            middle = (low + high) / 2
            low, high = (middle, high) if self.critical_value(math.exp(middle)) > t else (low, middle)
        return math.exp((low + high) / 2)


def flip_p(values, side):
    """Exact one-sided sign-flip p of a mean above (side 1) or below 0."""
    if len(values) > 16:
        raise Undefined("nothing varies, and more than 16 pairs take the program's random numbers")
    observed = sum(values)
    slack = 1e-9 * abs(observed)
    sums = [0.0]
    for value in values:
        sums = [one + signed for one in sums for signed in (value, -value)]
    return sum(side * one >= side * observed - slack for one in sums) / len(sums)


# Student's t by the incomplete beta function


def beta_fraction(a, b, x):
    """Continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22)."""
    tiny = 1e-300
    c, d = 1.0, 1 / max(1 - (a + b) * x / (a + 1), tiny)
    value = d
    for m in range(1, 1000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + term * d or tiny)
            c = 1 + term / c or tiny
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            return value
    raise ArithmeticError(f"the incomplete beta function at a={a}, b={b}, x={x} did not converge")


def incomplete_beta(a, b, x, rest):
    """Regularised; rest = 1 - x, given apart because it is known more exactly than 1 - x says."""
    if x <= 0:
        return 0.0
    if rest <= 0:
        return 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest)
    )
    if x < (a + 1) / (a + b + 2):
        return front * beta_fraction(a, b, x) / a
    return 1 - front * beta_fraction(b, a, rest) / b


def t_tail(t, df):
    """P(T > t) for t >= 0."""
    total = df + t * t
    return incomplete_beta(df / 2, 0.5, df / total, t * t / total) / 2


def t_quantile(level, df):
    tail = 1 - level if level > 0.5 else level
    if tail == 0.5:
        return 0.0
    low, high = 0.0, 1.0
    while t_tail(high, df) > tail:
        low, high = high, 2 * high
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if t_tail(middle, df) > tail else (low, middle)
    return math.copysign((low + high) / 2, level - 0.5)


# Holm 1979


def holm(values):
    adjusted, largest = [0.0] * len(values), 0.0
    for rank, index in enumerate(sorted(range(len(values)), key=lambda i: (values[i], i))):
        largest = max(largest, values[index] * (len(values) - rank))
        adjusted[index] = min(1.0, largest)
    return adjusted
