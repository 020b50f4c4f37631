import { openProbe } from '../probes/index.ts';
import { unitOfMetric, type Hypothesis, type HypothesisMetric } from '../spec/hypothesis.ts';
import { InvalidSpecError } from '../spec/invalid-spec-error.ts';
import { openTask } from '../tasks/index.ts';
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

function metricFault(metric: HypothesisMetric, condition: ResolvedCondition): Fault {
  if (metric.name === 'probe') return probeFault(metric, condition);
  if (metric.name === 'step') return null;
  const { splits, samplesPerProblem } = condition.condition.evaluation;
  if (!Object.hasOwn(splits, metric.split)) {
    return `condition ${condition.name} is not evaluated on ${metric.split}; evaluation.splits has ${Object.keys(splits).join(', ')}`;
  }
  return 'k' in metric && metric.k > samplesPerProblem
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
      return `${arm}: found "${name}", expected one of ${conditions.map((one) => one.name).join(', ')}`;
    }
    const fault = metricFault(metric, condition);
    return fault === null ? null : `${place}: ${fault}`;
  });
  return [...faults, marginFault(hypothesis)].filter((fault) => fault !== null);
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
