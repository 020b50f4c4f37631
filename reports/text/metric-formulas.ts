/** The formulas the report prints; docs/metrics.md has the long form. */
export const METRIC_FORMULAS: readonly {
  readonly name: string;
  readonly formula: string;
  readonly note: string;
}[] = [
  {
    name: 'pass@k',
    formula: '1 − C(n − c, k) / C(n, k), averaged over problems',
    note: 'Chance that at least one of k samples is correct, from n samples with c correct. Unbiased; undefined for k > n.',
  },
  {
    name: 'Interval of a mean',
    formula: '2.5% and 97.5% quantiles of the replicates’ means',
    note: 'Bootstrap over base models, the seeds of each, and problems (shared by all runs). It covers other bases where there are several, training again with other seeds, and drawing other problems of the same kind. With few seeds that disagree it is too narrow, and where nothing ever varied it has width 0; there pass@k has the exact binomial interval over problems.',
  },
  {
    name: 'Verdict per claim',
    formula: 'effect ± t* · √(V_runs + V_problems), t* the variances’ weighted mean of t quantiles',
    note: 'V_runs from the spread of the base models (with one base: of its seeds), V_problems from that of the problems, each s²/n, what both hold counted once. Of three bases a bootstrap shows too little spread; t quantiles hold the 5 % also there. The minimum detectable effect is (t*₀.₉₅ + t*₀.₈₀) · SE.',
  },
  {
    name: 'Difference',
    formula: 'mean over seeds and problems of passₖ(condition) − passₖ(reference)',
    note: 'Paired: the same problems and, where both arms ran them, the same seeds. p is the level at which the interval would just touch 0; Holm p corrects it over all comparisons at the same k.',
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
