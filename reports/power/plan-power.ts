import { marginValue, shareOf, type Hypothesis } from '../../config/hypothesis.ts';
import { DECISION_ALPHA } from '../../stats/significance/decide-hypothesis.ts';
import { PLANNED_POWER } from '../../stats/significance/detectable-effect.ts';
import {
  expectedPower,
  neededBases,
  type PowerQuestion,
  type VarianceComponents,
} from '../../stats/significance/power.ts';
import { describeComparison } from '../text/hypothesis-text.ts';
import type { ComponentRow } from './component-rows.ts';
import { nameMetric } from './measure-components.ts';

/** What a claim plans to run. */
export interface PowerPlan {
  readonly claim: string;
  readonly scale: string;
  readonly hypotheses: readonly Hypothesis[];
  readonly bases: number;
  readonly seedsPerBase: number;
  /** Split → problems. */
  readonly problems: Readonly<Record<string, number>>;
}

/** From the least to the most that the components allow; the same twice where all of them are known. */
export interface Range<Value> {
  readonly low: Value;
  readonly high: Value;
}

interface Planned {
  /** From 1, in declaration order. */
  readonly number: number;
  readonly hypothesis: Hypothesis;
}

export interface ExpectedRow extends Planned {
  /** Distance from the bound at the effect of interest. */
  readonly effect: number;
  /** One-sided level: that of Holm's first step. */
  readonly alpha: number;
  readonly power: Range<number>;
  /** Bases that give 80 %, of the components that ask for the fewest and the most; null: no number of bases does. */
  readonly needed: Range<number | null>;
  readonly components: ComponentRow;
  /** Components of another comparison by the same metric of this claim, the largest there are. */
  readonly isBorrowed: boolean;
}

/** Why nothing can be said of the power. */
export interface UnknownRow extends Planned {
  readonly reason: string;
}

export type PowerRow = ExpectedRow | UnknownRow;

export function isExpected(row: PowerRow): row is ExpectedRow {
  return 'power' in row;
}

/** No components that are possible give the power that is planned for. */
export function isUnderpowered(row: PowerRow): boolean {
  return isExpected(row) && row.power.high < PLANNED_POWER;
}

/**
 * How far from its bound a hypothesis must be shown to be: of greater and less the effect of interest beyond the margin, of
 * noninferior and equivalent, where no difference at all is meant, the margin. Text: why it is not known.
 */
function distanceOf(hypothesis: Hypothesis): number | string {
  const { alternative, interest } = hypothesis;
  const margin = marginValue(hypothesis);
  if (margin === null) return `its margin is a share of what ${shareOf(hypothesis)!.of.treatment} will gain`;
  if (alternative === 'noninferior' || alternative === 'equivalent') return margin;
  return interest === undefined ? 'it declares no smallest effect of interest' : interest.value - margin;
}

/** All components that a row allows: its own, or the residual at 0 and at the most that runs and problems can hold of it. */
function possibleComponents(row: ComponentRow): VarianceComponents[] {
  const { bases, seeds, problems, residual, measuredBases, measuredRuns, measuredProblems } = row;
  const known = { bases, seeds, problems, sampling: 0 };
  if (residual !== null) return [{ ...known, residual }];
  const units = measuredBases > 1 ? measuredBases : measuredRuns;
  const most = Math.min((bases + seeds) * measuredProblems, problems * units);
  const less = most / measuredProblems;
  const rest = measuredBases > 1 ? { bases: bases - less, seeds } : { bases, seeds: seeds - less };
  return [
    { ...known, residual: 0 },
    { ...known, ...rest, problems: problems - most / units, residual: most },
  ];
}

/** Problems that the plan measures a hypothesis on. */
function problemsOf({ metric }: Hypothesis, plan: PowerPlan, row: ComponentRow): number {
  // One number per run: without variance of problems two of them are as good as one, and the calculation needs two.
  if (row.measuredProblems < 2) return 2;
  const split = 'split' in metric ? metric.split : null;
  return (split === null ? undefined : plan.problems[split]) ?? row.measuredProblems;
}

const rangeOf = (values: readonly number[]): Range<number> => ({
  low: Math.min(...values),
  high: Math.max(...values),
});

function expect(
  planned: Planned & { readonly effect: number },
  found: { readonly components: ComponentRow; readonly isBorrowed: boolean },
  plan: PowerPlan,
): ExpectedRow {
  const { hypothesis, effect } = planned;
  const alpha = DECISION_ALPHA / plan.hypotheses.length;
  const problems = problemsOf(hypothesis, plan, found.components);
  const bounds = hypothesis.alternative === 'equivalent' ? 2 : 1;
  const design = { bases: plan.bases, seedsPerBase: plan.seedsPerBase, problems, samples: 1 };
  const questions = possibleComponents(found.components).map((components): PowerQuestion => ({
    effect,
    components,
    alpha,
    bounds,
    design,
  }));
  const counts = questions.map((question) => neededBases(question));
  const finite = counts.filter((count) => count !== null);
  return {
    ...planned,
    alpha,
    power: rangeOf(questions.map(expectedPower)),
    needed: {
      low: finite.length === 0 ? null : Math.min(...finite),
      high: finite.length < counts.length ? null : Math.max(...finite),
    },
    ...found,
  };
}

/** The hypothesis's own components, else the largest of the claim's comparisons by the same metric. */
function findComponents(
  hypothesis: Hypothesis,
  plan: PowerPlan,
  rows: readonly ComponentRow[],
): { readonly components: ComponentRow; readonly isBorrowed: boolean } | null {
  const comparison = describeComparison(hypothesis);
  const alike = rows.filter(
    ({ claim, scale, metric }) =>
      claim === plan.claim && scale === plan.scale && metric === nameMetric(hypothesis),
  );
  const own = alike.find((row) => row.comparison === comparison);
  if (own !== undefined) return { components: own, isBorrowed: false };
  const spread = ({ bases, seeds, problems, measuredBases, measuredProblems }: ComponentRow): number =>
    (bases + seeds) / measuredBases + problems / measuredProblems;
  const [largest] = alike.toSorted((a, b) => spread(b) - spread(a));
  // A contrast's weights are its own: what varies in a difference says little of it.
  return largest === undefined || hypothesis.contrast !== undefined
    ? null
    : { components: largest, isBorrowed: true };
}

const hasSpread = ({ bases, seeds, problems, residual }: ComponentRow): boolean =>
  bases + seeds + problems + (residual ?? 0) > 0;

/** The power that each hypothesis can expect at its effect of interest; unknown stays unknown. */
export function planPower(plan: PowerPlan, rows: readonly ComponentRow[]): PowerRow[] {
  return plan.hypotheses.map((hypothesis, i): PowerRow => {
    const planned = { number: i + 1, hypothesis };
    const effect = distanceOf(hypothesis);
    if (typeof effect === 'string') return { ...planned, reason: effect };
    const found = findComponents(hypothesis, plan, rows);
    if (found === null)
      return { ...planned, reason: `no variance components of its metric at scale ${plan.scale} are stored` };
    if (!hasSpread(found.components)) return { ...planned, reason: 'nothing varied where it was measured' };
    if (plan.bases * plan.seedsPerBase < 2) return { ...planned, reason: 'one run says nothing of others' };
    return expect({ ...planned, effect }, found, plan);
  });
}
