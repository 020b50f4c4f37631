import {
  listTerms,
  marginValue,
  shareOf,
  unitOfMetric,
  type ComparedTerm,
  type Hypothesis,
  type HypothesisMetric,
} from '../../config/hypothesis.ts';

type Compared = Parameters<typeof listTerms>[0];

export function describeMetric(metric: HypothesisMetric): string {
  switch (metric.name) {
    case 'pass@k':
      return `pass@${metric.k} on ${metric.split}`;
    case 'score':
      return `mean score on ${metric.split}`;
    case 'maj@k':
      return `maj@${metric.k} on ${metric.split}`;
    case 'format-share':
      return `share of format ${metric.format} on ${metric.split}`;
    case 'brier':
      return `Brier score on ${metric.split}`;
    case 'step':
      return `${metric.metric}, ${{ last: 'last step', 'last-quarter': 'last quarter of the steps', mean: 'all steps' }[metric.over]}`;
    case 'probe':
      return `${metric.probe} ${metric.metric}${metric.split === null ? '' : ` on ${metric.split}`}`;
  }
}

/** Fractions go without a unit. */
export function unitSuffix({ metric }: Pick<Compared, 'metric'>): string {
  const unit = unitOfMetric(metric);
  return unit === 'fraction' ? '' : ` ${unit}`;
}

/** "(a − b) − (c − d)" of weights +1, −1, −1, +1 that the labels of an axis pair, a with b and c with d; null for any other contrast. */
function describeInteraction(
  terms: readonly ComparedTerm[],
  name: (term: ComparedTerm) => string,
): string | null {
  const labelOf = ({ condition }: ComparedTerm): string => condition.split('/').slice(1).join('/');
  const minus = terms.filter(({ weight }) => weight === -1);
  const pairs = terms
    .filter(({ weight }) => weight === 1)
    .flatMap((plus) => {
      const twin = minus.find((term) => labelOf(term) === labelOf(plus));
      return twin === undefined || labelOf(plus) === '' ? [] : [{ plus, twin }];
    })
    // Stored contrasts have no order of their own; a treatment's name mostly sorts after `base`.
    .sort((a, b) => (a.plus.condition > b.plus.condition ? -1 : 1));
  const [first, second] = pairs;
  if (terms.length !== 4 || minus.length !== 2 || first === undefined || second === undefined) return null;
  if (first.twin === second.twin) return null;
  return `(${name(first.plus)} − ${name(first.twin)}) − (${name(second.twin)} − ${name(second.plus)})`;
}

/** What is computed from the conditions: "grpo − base", "grpo", "(a − b) − (c − d)", "0.5 × c − 0.5 × a". */
export function describeComparison(compared: Compared): string {
  const { contrast, metrics = {} } = compared;
  const terms = listTerms(compared);
  if (contrast === undefined) return terms.map(({ condition }) => condition).join(' − ');
  const nameOf = ({ condition, metric }: ComparedTerm): string =>
    metrics[condition] === undefined ? condition : `${condition} (${describeMetric(metric)})`;
  const factorial = describeInteraction(terms, nameOf);
  if (factorial !== null) return factorial;
  const ordered = terms.toSorted((a, b) => b.weight - a.weight);
  return ordered
    .map((term, i) => {
      const size = Math.abs(term.weight);
      const factor = size === 1 ? '' : `${Number(size.toPrecision(3))} × `;
      const sign = term.weight < 0 ? (i === 0 ? '−' : ' − ') : i === 0 ? '' : ' + ';
      return `${sign}${factor}${nameOf(term)}`;
    })
    .join('');
}

/** The margin as it is declared: "0.05", "25% of (ground-truth − base)"; empty where there is none. */
export function describeMargin(hypothesis: Hypothesis): string {
  const share = shareOf(hypothesis);
  if (share !== null)
    return `${Number((100 * share.share).toPrecision(3))}% of (${share.of.treatment} − ${share.of.control})`;
  return hypothesis.margin === undefined ? '' : `${marginValue(hypothesis)}${unitSuffix(hypothesis)}`;
}

/** "grpo above base in pass@1 on clean", with the margin; of a contrast "a − b − c + d above 0 in pass@1 on clean". */
export function describeTest(hypothesis: Hypothesis): string {
  const { treatment, control, contrast, metric, controlMetric, alternative } = hypothesis;
  const size = describeMargin(hypothesis);
  const what = controlMetric === undefined ? ` in ${describeMetric(metric)}` : '';
  if (contrast !== undefined) {
    const relation = {
      greater: `above ${size === '' ? '0' : size}`,
      less: `below ${size === '' ? '0' : `−${size}`}`,
      noninferior: `above −${size}`,
      equivalent: `within ±${size}`,
    }[alternative];
    return `${describeComparison(hypothesis)} ${relation}${what}`;
  }
  const left = controlMetric === undefined ? treatment : `${treatment} (${describeMetric(metric)})`;
  const right = controlMetric === undefined ? control : `${control} (${describeMetric(controlMetric)})`;
  const beyond = size === '' ? '' : ` by more than ${size}`;
  const relation = {
    greater: `above ${right}${beyond}`,
    less: `below ${right}${beyond}`,
    noninferior: `at most ${size} below ${right}`,
    equivalent: `within ${size} of ${right}`,
  }[alternative];
  return `${left} ${relation}${what}`;
}

/** "grpo − base" and what is subtracted, for a figure's narrow rows. */
export function describeSides(hypothesis: Hypothesis): { readonly sides: string; readonly metric: string } {
  const { metric, controlMetric } = hypothesis;
  const subtracted = controlMetric === undefined ? '' : ` − ${describeMetric(controlMetric)}`;
  return { sides: describeComparison(hypothesis), metric: `${describeMetric(metric)}${subtracted}` };
}
