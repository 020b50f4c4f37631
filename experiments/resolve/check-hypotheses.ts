import { closest } from 'fastest-levenshtein';
import { openProbe } from '../../probes/index.ts';
import { canonicalJson } from '../../config/canonical.ts';
import type { Condition } from '../../config/experiment.ts';
import { unitOfMetric, type Hypothesis, type HypothesisMetric } from '../../config/hypothesis.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { openTask } from '../../tasks/index.ts';
import { listStepMetrics, openScheme } from '../../schemes/open-scheme.ts';
import type { ResolvedCondition } from './resolve.ts';

type Fault = string | null;
type ProbeMetric = Extract<HypothesisMetric, { name: 'probe' }>;

function probeFault(metric: ProbeMetric, { name, condition }: ResolvedCondition): Fault {
  const { probes } = condition.evaluation;
  if (!Object.hasOwn(probes, metric.probe)) {
    const declared = Object.keys(probes).join(', ') || 'no probe';
    return `condition ${name} does not run probe ${metric.probe}; evaluation.probes has ${declared}`;
  }
  const { family, ...options } = condition.task;
  const setting = { task: openTask(family, options), layers: condition.base.architecture.layers };
  const recorded = openProbe(metric.probe, probes[metric.probe]).metrics(setting);
  const found = recorded.find(({ name: recordedName }) => recordedName === metric.metric);
  if (found === undefined) {
    const names = recorded.map((one) => one.name).join(', ');
    return `probe ${metric.probe} of condition ${name} records ${names}; found ${metric.metric}`;
  }
  if (found.splits.includes(metric.split ?? '')) return null;
  const splits = found.splits.map((split) => (split === '' ? 'no split (null)' : split)).join(', ');
  return `probe ${metric.probe} of condition ${name} records ${metric.metric} on ${splits}; found ${metric.split ?? 'no split'}`;
}

function stepFault(metric: string, { name, condition }: ResolvedCondition): Fault {
  if (condition.training.steps === 0)
    return `condition ${name} is not trained, so no step of it records ${metric}`;
  if (metric.startsWith('format/')) return formatFault(metric.slice('format/'.length), condition);
  const names = listStepMetrics(openScheme(condition.scheme)).map(({ name: recorded }) => recorded);
  return names.includes(metric)
    ? null
    : `no step of condition ${name} records ${metric}; the nearest is ${closest(metric, names)}`;
}

function formatFault(format: string, { task: { family, ...options } }: Condition): Fault {
  const { name, formats } = openTask(family, options);
  return formats.includes(format)
    ? null
    : `the formats of task ${name} are ${formats.join(', ')}; found ${format}`;
}

function metricFault(metric: HypothesisMetric, condition: ResolvedCondition): Fault {
  if (condition.condition.collect !== undefined)
    return `condition ${condition.name} collects a dataset and is not evaluated; name one that reads it`;
  if (metric.name === 'probe') return probeFault(metric, condition);
  if (metric.name === 'step') return stepFault(metric.metric, condition);
  const { splits, samplesPerProblem } = condition.condition.evaluation;
  if (!Object.hasOwn(splits, metric.split)) {
    return `condition ${condition.name} is not evaluated on ${metric.split}; evaluation.splits has ${Object.keys(splits).join(', ')}`;
  }
  if (metric.name === 'format-share') return formatFault(metric.format, condition.condition);
  return metric.k > samplesPerProblem
    ? `k is ${metric.k}, but condition ${condition.name} takes evaluation.samplesPerProblem = ${samplesPerProblem}`
    : null;
}

function marginFault({ alternative, margin, metric, controlMetric }: Hypothesis): Fault {
  const unit = unitOfMetric(metric);
  if (controlMetric !== undefined && unitOfMetric(controlMetric) !== unit) {
    return `controlMetric: it is in ${unitOfMetric(controlMetric)}, metric in ${unit}; compare numbers of one unit`;
  }
  const needsMargin = alternative === 'noninferior' || alternative === 'equivalent';
  if (margin === undefined) {
    return needsMargin ? `margin: "${alternative}" needs one, { value, unit: "${unit}" }` : null;
  }
  return margin.unit === unit ? null : `margin.unit: found "${margin.unit}", but the metric is in ${unit}`;
}

/** What makes the two sides one and the same number, or numbers that no problem pairs. */
function pairFault({ treatment, control, metric, controlMetric }: Hypothesis): Fault {
  const isSameNumber = controlMetric === undefined || canonicalJson(controlMetric) === canonicalJson(metric);
  if (treatment === control && isSameNumber) {
    return `control: found "${control}", which is the treatment; name another condition, or a controlMetric`;
  }
  const splitOf = (one: HypothesisMetric): string | null => (one.name === 'step' ? null : one.split);
  return controlMetric === undefined || splitOf(controlMetric) === splitOf(metric)
    ? null
    : `controlMetric: it reads ${splitOf(controlMetric) ?? 'no split'}, metric ${splitOf(metric) ?? 'no split'}; pairs need the same problems`;
}

/** Labels that every run of a condition reads, where its declaration alone decides it; null: it does not. */
function declaredLabels({ training, scheme }: Condition): number | null {
  const { sees, gates } = openScheme(scheme);
  const hasRounds = gates.some(({ part, options }) => (part.rounds?.(options) ?? 1) > 1);
  const looks = sees.has('labels') ? training.steps * training.promptsPerStep : 0;
  return training.budget !== undefined || (hasRounds && looks > 0) ? null : looks;
}

interface Arm {
  readonly name: string;
  readonly condition: Condition;
}

function describePlan({ name, condition: { training } }: Arm): string {
  const { budget, steps } = training;
  return `${name} has ${budget === undefined ? `no budget, ${steps} steps` : `${budget.at} ${budget.unit}`}`;
}

/** Why the declaration does not make both arms spend alike. */
function equalFault({ equal }: Hypothesis, [left, right]: readonly (Arm | undefined)[]): Fault {
  if (equal === undefined || left === undefined || right === undefined) return null;
  const { unit } = equal;
  const amountOf = ({ condition: { training } }: Arm): number | null =>
    training.budget?.unit === unit ? training.budget.at : null;
  if (amountOf(left) !== null && amountOf(left) === amountOf(right)) return null;
  const labels = declaredLabels(left.condition);
  if (unit === 'labels' && labels !== null && labels === declaredLabels(right.condition)) return null;
  const otherwise =
    unit === 'labels' ? ', or as many steps and prompts of schemes that both read labels in one round' : '';
  return (
    `equal.unit: ${unit} are to be equal, but ${describePlan(left)} and ${describePlan(right)}; ` +
    `give both the same training.budget of ${unit}${otherwise}`
  );
}

function faultsOf(hypothesis: Hypothesis, conditions: readonly ResolvedCondition[]): string[] {
  const arms = [
    ['treatment', 'metric', hypothesis.treatment, hypothesis.metric],
    [
      'control',
      hypothesis.controlMetric === undefined ? 'metric' : 'controlMetric',
      hypothesis.control,
      hypothesis.controlMetric ?? hypothesis.metric,
    ],
  ] as const;
  const faults = arms.map(([arm, place, name, metric]): Fault => {
    const condition = conditions.find((one) => one.name === name);
    if (condition === undefined) {
      const names = conditions.map((one) => one.name);
      return `${arm}: found "${name}", expected one of ${names.join(', ')}; the nearest is "${closest(name, names)}"`;
    }
    const fault = metricFault(metric, condition);
    return fault === null ? null : `${place}: ${fault}`;
  });
  const compared = [hypothesis.treatment, hypothesis.control].map((name) =>
    conditions.find((one) => one.name === name),
  );
  return [...faults, pairFault(hypothesis), marginFault(hypothesis), equalFault(hypothesis, compared)].filter(
    (fault) => fault !== null,
  );
}

/**
 * Checks that every hypothesis names conditions of the matrix and numbers that they record.
 *
 * @throws {InvalidSpecError} listing every fault with its place
 */
export function checkHypotheses(
  hypotheses: readonly Hypothesis[],
  conditions: readonly ResolvedCondition[],
): void {
  const faults = hypotheses.flatMap((hypothesis, i) =>
    faultsOf(hypothesis, conditions).map((fault) => `hypotheses.${i}.${fault}`),
  );
  if (faults.length > 0) throw new InvalidSpecError([...new Set(faults)].join('\n'));
}
