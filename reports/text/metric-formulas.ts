import type { ComparisonInput } from '../comparison/comparison-input.ts';

/** A number of the report: how it is computed, and how to read it. */
export interface MetricFormula {
  readonly name: string;
  readonly formula: string;
  readonly note: string;
}

const PASS_AT_K: MetricFormula = {
  name: 'pass@k',
  formula: '1 − C(n − c, k) / C(n, k), averaged over problems',
  note: 'Chance that at least one of k samples is correct, from n samples with c correct. Unbiased; undefined for k > n.',
};

/** Of runs that were trained here; docs/metrics.md has the long form. */
const OF_RUNS: readonly MetricFormula[] = [
  PASS_AT_K,
  {
    name: 'Interval of a mean',
    formula: 'mean ± t* · √(V_runs + V_problems), cut at 0 and 1',
    note: 'As for a claim, below. Where every score is 0 or 1 it is not narrower than the exact binomial interval over problems. Intervals of parts, ratios and crossings are the 2.5% and 97.5% quantiles of bootstrap replicates, which draw base models, the seeds of each, and problems (shared by all runs).',
  },
  {
    name: 'Verdict per claim',
    formula: 'effect ± t* · √(V_runs + V_problems), t* the variances’ weighted mean of t quantiles',
    note: 'V_runs from the spread of the base models (with one base: of its seeds), V_problems from that of the problems, each s²/n, what both hold counted once. Of three bases a bootstrap shows too little spread; t quantiles hold the 5 % also there. The minimum detectable effect is (t*₀.₉₅ + t*₀.₈₀) · SE.',
  },
  {
    name: 'Difference',
    formula: 'mean over seeds and problems of passₖ(condition) − passₖ(reference)',
    note: 'Paired: the same problems and, where both arms ran them, the same seeds. Interval and p are those of a claim; Holm p corrects p over all comparisons at the same k.',
  },
  {
    name: 'Parts of a gain',
    formula: 'Σ s′a′ − Σ sa = Σ (s′ − s)a + Σ s′(t − a) + Σ s′(a′ − t), over formats',
    note: 'Shares s and accuracies a of the base, t of the base at its best temperature, s′ and a′ of the arm. Share is eliciting, temperature sharpening, the rest teaching. Where the base’s accuracy in a format is not known, a′ stands in for it, so that it never counts as taught.',
  },
  {
    name: 'Crossing point',
    formula: 'smallest k with passₖ(baseline) ≥ passₖ(condition)',
    note: 'Read off between evaluated k, linear in log k. “Never” means not within the n samples drawn; such replicates count as beyond every k.',
  },
  {
    name: 'Contribution of a strategy switch',
    formula: 'Σ over d of (after − before) / Σ over all problems of (after − before)',
    note: 'd: the problems whose most frequent format changed from one to another, or stayed. Undefined where the interval of the total gain includes 0.',
  },
  {
    name: 'Clean–contaminated gap',
    formula: 'pass@1(contaminated) − pass@1(clean)',
    note: 'The contaminated problems were in the pretraining corpus, the clean ones provably were not. The change is the gap after training minus the gap of the baseline.',
  },
  {
    name: 'Reward against truth',
    formula: 'mean reward of the training rollouts with each true verdict',
    note: 'A scheme that rewards what is wrong as much as what is right does not teach what it seems to.',
  },
];

/** Of results that other programs made; docs/metrics.md, section 8. */
const OF_IMPORTS: readonly MetricFormula[] = [
  PASS_AT_K,
  {
    name: 'Score of a problem',
    formula: 'mean of its samples that have a score',
    note: 'A sample that failed has none: it is counted, and is no 0. A problem without a score in some arm is left out of all.',
  },
  {
    name: 'Difference',
    formula: 'd̄, the mean over problems of d = score(arm) − score(baseline)',
    note: 'Paired: the same problem in both arms, told apart by what was asked. Holm p corrects p over all comparisons at the same k.',
  },
  {
    name: 'Interval of one run per arm',
    formula: 'd̄ ± t(P − 1) · √(Σ (d − d̄)² / (P (P − 1)))',
    note: 'Over P problems, or over clusters of them where these are told (then the sums of the clusters vary). It covers other problems of the same kind, not other runs; a noise floor adds 2 · the variance between runs.',
  },
  {
    name: 'Interval of several runs per arm',
    formula: 'd̄ ± t* · √(V_runs + V_problems), t* the variances’ weighted mean of t quantiles',
    note: 'V_runs from the spread of the runs, V_problems from that of the problems, each s²/n, what both hold counted once.',
  },
  {
    name: 'Detectable',
    formula: '(t*₀.₉₇₅ + t*₀.₈₀) · SE',
    note: 'The smallest true difference that 80% of such comparisons would show.',
  },
];

/** The formulas that a report prints. */
export function formulasFor({ imported }: Pick<ComparisonInput, 'imported'>): readonly MetricFormula[] {
  return imported === undefined ? OF_RUNS : OF_IMPORTS;
}
