#!/usr/bin/env python3
"""Recomputes every verdict of a result from its raw tables, and holds it to what the result states.

    python3 docs/results/recompute.py docs/results/one-shot [FOLDER ...]

Written apart from the program, from docs/metrics.md alone, for Python 3.9 and its standard library. It reads
evaluations.csv, step-metrics.csv, probe-scores.csv, runs.csv, hypotheses.csv and hypothesis-terms.csv (or their .gz),
recomputes scores, paired differences, variances, intervals, p-values and Holm's correction, and compares verdicts.csv.
Bootstrap and Monte Carlo columns are not recomputed: they depend on a stream of random numbers.

Exit code: 0 all agree, 1 something differs, 2 a table is missing.
"""

import csv
import gzip
import math
import sys
from collections import defaultdict
from copy import copy
from fractions import Fraction
from pathlib import Path

from crossed_mean import CrossedMean, Undefined, flip_p, holm, mean

ALPHA = 0.05
# Relative for p: the program's library has the quantiles of t to about 1e-8.
TOLERANCE = 1e-6


class Missing(Exception):
    """A table that is not there, or a column that a table lacks."""


# Tables


def read_table(folder, name):
    plain, packed = folder / name, folder / (name + ".gz")
    if not plain.exists() and not packed.exists():
        raise Missing(f"{plain} is not there, nor {packed.name}; write the result again: assay claims page NAME -o DIR")
    path, opened = (plain, open) if plain.exists() else (packed, gzip.open)
    with opened(path, "rt", newline="", encoding="utf8") as stream:
        return list(csv.DictReader(stream))


class Result:
    """The raw tables of one folder, by run."""

    def __init__(self, folder):
        self.runs = read_table(folder, "runs.csv")
        self.evaluations = by_run(read_table(folder, "evaluations.csv"))
        self.steps = by_run(read_table(folder, "step-metrics.csv"))
        self.probes = by_run(read_table(folder, "probe-scores.csv"))
        self.hypotheses = read_table(folder, "hypotheses.csv")
        self.terms = read_table(folder, "hypothesis-terms.csv")
        self.verdicts = read_table(folder, "verdicts.csv")

    def limited(self, bases):
        """The same with the first base seeds alone, as a planned look saw it."""
        seen = sorted({int(run["base_seed"]) for run in self.runs})[:bases]
        other = copy(self)
        other.runs = [run for run in self.runs if int(run["base_seed"]) in seen]
        return other

    def completed(self, condition):
        own = [run for run in self.runs if run["condition"] == condition and run["status"] == "completed"]
        return sorted(own, key=pair_of)


def by_run(rows):
    grouped = defaultdict(list)
    for row in rows:
        grouped[row["run"]].append(row)
    return grouped


def pair_of(run):
    return int(run["base_seed"]), int(run["seed"])


def last_rows(rows):
    """Those of the last evaluated step."""
    last = max((int(row["step"]) for row in rows), default=-1)
    return [row for row in rows if int(row["step"]) == last]


# Scores of one problem (docs/metrics.md, section 1)


def pass_at_k(row, k):
    n, c = int(row["n"]), int(row["c"])
    return None if k > n else float(1 - Fraction(math.comb(n - c, k), math.comb(n, k)))


def majority_at_k(row, k):
    """Exact chance that k samples without replacement vote for the right answer, ties shared equally."""
    n, right = int(row["n"]), int(row["votes_right"])
    rivals = [int(votes) for votes in row["votes_wrong"].split()]
    if k > n or right != int(row["c"]):
        return None
    silent = n - right - sum(rivals)
    wins = Fraction(0)
    for own in range(1, min(right, k) + 1):
        # ways[used, tied]: choices of the other k - own samples among the rivals seen so far, none above `own`.
        ways = {(used, 0): math.comb(silent, used) for used in range(min(silent, k - own) + 1)}
        for votes in rivals:
            extended = defaultdict(int)
            for (used, tied), count in ways.items():
                for taken in range(min(votes, own, k - own - used) + 1):
                    extended[used + taken, tied + (taken == own)] += count * math.comb(votes, taken)
            ways = extended
        shared = sum(Fraction(count, tied + 1) for (used, tied), count in ways.items() if used == k - own)
        wins += math.comb(right, own) * shared
    return float(wins / math.comb(n, k))


def format_share(row, name):
    counts = {key[2:]: int(value) for key, value in row.items() if key.startswith("n/")}
    total = sum(counts.values())
    return None if total == 0 else counts.get(name, 0) / total


def brier(row):
    """Mean (q - right)^2 over the samples that state a confidence q."""
    stated = [(float(q), *map(int, counts.split("/"))) for q, counts in (one.split(":") for one in row["stated"].split())]
    samples = sum(n for _, _, n in stated)
    return None if samples == 0 else sum(c * (q - 1) ** 2 + (n - c) * q**2 for q, c, n in stated) / samples


# A metric of a condition: {(base seed, seed): {problem: value}}


def final_scores(result, condition, split, score):
    def rows_of(run):
        own = [row for row in result.evaluations[run["run"]] if row["split"] == split]
        return {row["problem"]: row for row in last_rows(own)}

    rows = {pair_of(run): rows_of(run) for run in result.completed(condition)}
    problems = set().union(*rows.values()) if rows else set()
    if not problems:
        raise Undefined(f"{condition} has no final evaluation of {split}")
    scores = {
        pair: {problem: score(own[problem]) for problem in sorted(problems)}
        for pair, own in rows.items()
        if len(own) == len(problems)
    }
    if any(value is None for own in scores.values() for value in own.values()):
        raise Undefined(f"the metric is undefined for some problem of {split} under {condition}")
    return scores


def step_value(result, run, metric, over):
    done = int(run["steps_done"])
    first = {"last": done - 1, "last-quarter": done * 0.75, "mean": 0}[over]
    late = [row for row in result.steps[run["run"]] if int(row["step"]) >= first]
    values = [float(row[metric]) for row in late if row.get(metric, "") != ""]
    # A format that a step does not name had the share 0 there.
    count = len(late) if metric.startswith("format/") else len(values)
    return {} if count == 0 else {"run": math.fsum(values) / count}


def probe_values(result, run, probe, metric, split):
    own = [
        row
        for row in result.probes[run["run"]]
        if (row["probe"], row["metric"], row["split"]) == (probe, metric, split)
    ]
    return {
        "run" if row["problem"] == "" else f"{split}/{row['problem']}": float(row["value"]) for row in last_rows(own)
    }


def run_scores(result, condition, values_of):
    values = {pair_of(run): values_of(run) for run in result.completed(condition)}
    shared = set.intersection(*(set(own) for own in values.values())) if values else set()
    if not shared:
        raise Undefined(f"no run, or no problem that every run has, recorded the metric under {condition}")
    return {pair: {problem: own[problem] for problem in sorted(shared)} for pair, own in values.items()}


def measure(result, term):
    condition, metric, split = term["condition"], term["metric"], term["split"]
    if not any(run["condition"] == condition for run in result.runs):
        raise Undefined(f"there is no run of {condition}")
    if metric == "pass@k":
        return final_scores(result, condition, split, lambda row: pass_at_k(row, int(term["k"])))
    if metric == "maj@k":
        return final_scores(result, condition, split, lambda row: majority_at_k(row, int(term["k"])))
    if metric == "format-share":
        return final_scores(result, condition, split, lambda row: format_share(row, term["format"]))
    if metric == "brier":
        return final_scores(result, condition, split, brier)
    if metric == "step":
        return run_scores(result, condition, lambda run: step_value(result, run, term["recorded"], term["over"]))
    if metric == "probe":
        probe, recorded = term["probe"], term["recorded"]
        return run_scores(result, condition, lambda run: probe_values(result, run, probe, recorded, split))
    raise Missing(f"hypothesis-terms.csv names the metric {metric!r}, which this script does not know")


def weighted_cells(result, number):
    """Base of each pair; cells of the effect and of the margin's control: [pair][problem] = sum of weight * score."""
    terms = [term for term in result.terms if term["hypothesis"] == number]
    measured = [(term["part"], float(term["weight"]), measure(result, term)) for term in terms]
    pairs = sorted(set.intersection(*(set(scores) for _, _, scores in measured)))
    if not pairs:
        raise Undefined("no base seed and seed ran under all conditions")
    problems = sorted(set.intersection(*(set(scores[pairs[0]]) for _, _, scores in measured)))

    def cells(part):
        own = [(weight, scores) for one, weight, scores in measured if one == part]
        if not problems:
            # Of conditions without a common problem each run counts with the mean over its own.
            return [[math.fsum(w * mean(scores[pair].values()) for w, scores in own)] for pair in pairs]
        return [[math.fsum(w * scores[pair][problem] for w, scores in own) for problem in problems] for pair in pairs]

    return [base for base, _ in pairs], cells("effect"), cells("margin")


# The decision


def bounds_of(alternative, margin, share=0.0):
    """(value, share, side) of everything that must hold: effect - share * control above (1) or below (-1) the value."""
    return {
        "greater": [(margin, share, 1)],
        "less": [(-margin, -share, -1)],
        "noninferior": [(-margin, -share, 1)],
        "equivalent": [(-margin, -share, 1), (margin, share, -1)],
    }[alternative]


def number_in(row, column):
    """Of a column that older results lack; None where it is empty."""
    return float(row[column]) if row.get(column, "") != "" else None


def evidence(result, row):
    bases, effects, controls = weighted_cells(result, row["hypothesis"])
    found = CrossedMean(bases, effects)
    bounds = bounds_of(row["alternative"], number_in(row, "margin") or 0.0, number_in(row, "margin_share") or 0.0)

    def p_of(value, share, side):
        cells = [[e - share * c for e, c in zip(*both)] for both in zip(effects, controls)] if share else effects
        shifted = CrossedMean(bases, cells)
        if shifted.has_no_spread():
            return flip_p([pair - value for pair in shifted.pair_means], side)
        above = shifted.p_above(value)
        return above if side == 1 else 1 - above

    half = 0.0 if found.has_no_spread() else found.critical_value(0.025) * found.error
    interest = number_in(row, "interest")
    within = [] if interest is None else bounds_of("equivalent", interest)
    return {
        "effect": found.effect,
        "low": found.effect - half,
        "high": found.effect + half,
        "p": max(p_of(*bound) for bound in bounds),
        "opposite_p": min(1.0, len(bounds) * min(p_of(value, share, -side) for value, share, side in bounds)),
        "standard_error": found.error,
        "shares": found.shares,
        **({"no_effect_p": max(p_of(*bound) for bound in within)} if within else {}),
    }


COMPARED = (
    *("effect", "low", "high", "p", "holm_p", "opposite_p", "opposite_holm_p"),
    *("no_effect_p", "no_effect_holm_p", "standard_error"),
)


def decide(found, level):
    if found["holm_p"] <= level:
        return "supported"
    if found["opposite_holm_p"] <= level:
        return "contradicted"
    return "no-effect" if found.get("no_effect_holm_p", 1.0) <= level else "underpowered"


def recompute(result):
    """Each hypothesis by the rows of the look at which it was decided; where there are no looks, by all."""
    at = [stated.get("look_bases") or "" for stated in result.verdicts]
    families = {bases: recompute_family(result if bases == "" else result.limited(int(bases))) for bases in set(at)}
    return [families[bases][i] for i, bases in enumerate(at)]


def recompute_family(result):
    """Per hypothesis what the raw tables say, or why they say nothing. Those without evidence count as p = 1."""
    found = []
    for row, stated in zip(result.hypotheses, result.verdicts):
        try:
            found.append({"reason": stated["reason"]} if stated["effect"] == "" else evidence(result, row))
        except Undefined as fault:
            found.append({"reason": str(fault)})
    for one, adjusted in zip(found, holm([entry.get("p", 1.0) for entry in found])):
        one["holm_p"] = adjusted
    for one, adjusted in zip(found, holm([entry.get("opposite_p", 1.0) for entry in found])):
        one["opposite_holm_p"] = adjusted
    # The family of "no effect of interest" are the hypotheses that declare a smallest one.
    declared = [one for one, row in zip(found, result.hypotheses) if number_in(row, "interest") is not None]
    for one, adjusted in zip(declared, holm([entry.get("no_effect_p", 1.0) for entry in declared])):
        one["no_effect_holm_p"] = adjusted
    return found


def differences_to(stated, found):
    """{column: error} of the columns that the committed table has; relative for p, whose size spans decades."""
    errors = {}
    for name in COMPARED:
        if stated.get(name, "") != "":
            value = float(stated[name])
            scale = value if name.endswith("p") and value > 0 else 1.0
            errors[name] = abs(found[name] - value) / scale
    return errors


def check(folder):
    """Prints the comparison of one result; returns how many hypotheses differ."""
    result = Result(folder)
    if [row["hypothesis"] for row in result.hypotheses] != [row["hypothesis"] for row in result.verdicts]:
        raise Missing(f"{folder}: hypotheses.csv and verdicts.csv do not list the same hypotheses")
    print(f"{folder}: {len(result.verdicts)} hypotheses")
    faults, worst = 0, 0.0
    for stated, found in zip(result.verdicts, recompute(result)):
        number, verdict = stated["hypothesis"], stated["verdict"]
        if "effect" not in found:
            missing = stated["effect"] != ""
            faults += missing
            print(f"  {number}: {'DIFFERS' if missing else 'as stated'}: {verdict}, no evidence: {found['reason']}")
            continue
        errors = differences_to(stated, found)
        decided = decide(found, number_in(stated, "look_level") or ALPHA)
        # Whether a treatment was delivered at all is no score: a stated reason may withhold a verdict.
        agrees = verdict == decided or (verdict == "not-tested" and stated["reason"] != "")
        worst = max(worst, *errors.values())
        differs = not agrees or max(errors.values()) > TOLERANCE
        faults += differs
        components = ", ".join(f"{variance:.3g} (t {df})" for variance, df in found["shares"])
        print(
            f"  {number}: {'DIFFERS' if differs else 'agrees'}: {verdict}; effect {found['effect']:+.6f} "
            f"({found['low']:+.6f} to {found['high']:+.6f}), SE {found['standard_error']:.3g} of {components}, "
            f"p {found['p']:.4g}, Holm {found['holm_p']:.4g}"
        )
        for name, error in errors.items():
            if error > TOLERANCE:
                print(f"     {name}: stated {stated[name]}, recomputed {found[name]!r}")
        if not agrees:
            print(f"     verdict: stated {verdict}, recomputed {decided}")
    print(f"  largest error {worst:.2g}; {faults} of {len(result.verdicts)} differ")
    return faults


def main(folders):
    if not folders:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return 1 if sum(check(Path(folder)) for folder in folders) > 0 else 0
    except (Missing, KeyError) as fault:
        what = fault if isinstance(fault, Missing) else f"a table lacks the column {fault}"
        print(f"recompute: {what}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
