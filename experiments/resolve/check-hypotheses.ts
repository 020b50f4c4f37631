import { closest } from 'fastest-levenshtein';
import { openProbe } from '../../probes/index.ts';
import { canonicalJson } from '../../config/canonical.ts';
import type { Check } from '../../config/check.ts';
import type { Condition } from '../../config/experiment.ts';
import {
  listTerms,
  unitOfMetric,
  type ComparedTerm,
  type Hypothesis,
  type HypothesisMetric,
} from '../../config/hypothesis.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { openTask } from '../../tasks/index.ts';
import { listStepMetrics, openScheme } from '../../schemes/open-scheme.ts';
import { equalFault } from './equal-fault.ts';
import { interestFault, marginFault } from './margin-fault.ts';
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

function brierFault({ task: { family, ...options } }: Condition): Fault {
  const { name, formats, statesConfidence } = openTask(family, options);
  return statesConfidence
    ? null
    : `no format of task ${name} states a confidence (it has ${formats.join(', ')}); declare one that does in task.formats`;
}

/** With n = k the estimate of pass@k is 0 or 1 per problem; from n = 4k on its noise is that of the problems. */
const SAMPLES_PER_K = 4;

function sampleFault({ name, k }: { name: string; k: number }, condition: string, samples: number): Fault {
  const least = name === 'pass@k' ? SAMPLES_PER_K * k : k;
  if (samples >= least) return null;
  const rule = name === 'pass@k' ? ` (n >= ${SAMPLES_PER_K}k)` : '';
  return (
    `k is ${k}, but condition ${condition} draws n = ${samples} samples; ` +
    `evaluation.samplesPerProblem must be at least ${least}${rule}`
  );
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
  if (metric.name === 'brier') return brierFault(condition.condition);
  if (metric.name === 'score') return null;
  return sampleFault(metric, condition.name, samplesPerProblem);
}

/** What makes the two sides one and the same number, or numbers that no problem pairs. */
function pairFault({ treatment, control, metric, controlMetric }: Compared): Fault {
  if (control === undefined) return null;
  const isSameNumber = controlMetric === undefined || canonicalJson(controlMetric) === canonicalJson(metric);
  if (treatment === control && isSameNumber) {
    return `control: found "${control}", which is the treatment; name another condition, or a controlMetric`;
  }
  const splitOf = (one: HypothesisMetric): string | null => (one.name === 'step' ? null : one.split);
  return controlMetric === undefined || splitOf(controlMetric) === splitOf(metric)
    ? null
    : `controlMetric: it reads ${splitOf(controlMetric) ?? 'no split'}, metric ${splitOf(metric) ?? 'no split'}; pairs need the same problems`;
}

type Compared = Parameters<typeof listTerms>[0];

/** Terms in one unit, of conditions that record them. */
function termFaults(compared: Compared, conditions: readonly ResolvedCondition[]): Fault[] {
  const terms = listTerms(compared);
  const unit = unitOfMetric(compared.metric);
  return terms.flatMap((term): Fault[] => {
    const condition = conditions.find(({ name }) => name === term.condition);
    if (condition === undefined) return [unknownFault(term, conditions)];
    const fault = metricFault(term.metric, condition);
    const own = unitOfMetric(term.metric);
    return [
      fault === null ? null : `${term.metricPlace}: ${fault}`,
      own === unit
        ? null
        : `${term.metricPlace}: it is in ${own}, metric in ${unit}; compare numbers of one unit`,
    ];
  });
}

function unknownFault(
  { place, condition }: Pick<ComparedTerm, 'place' | 'condition'>,
  conditions: readonly ResolvedCondition[],
): string {
  const names = conditions.map(({ name }) => name);
  return `${place}: found "${condition}", expected one of ${names.join(', ')}; the nearest is "${closest(condition, names)}"`;
}

function requireFaults({ requires = [] }: Hypothesis, checks: Checks): Fault[] {
  const names = Object.keys(checks);
  return requires.map((name, i) => {
    if (names.includes(name)) return null;
    const known = names.length === 0 ? 'no check is declared' : `expected one of ${names.join(', ')}`;
    return `requires.${i}: found "${name}", ${known}`;
  });
}

/** A margin that is a share of a positive control's effect is measured as the hypothesis is. */
function shareFaults(hypothesis: Hypothesis, conditions: readonly ResolvedCondition[]): Fault[] {
  const { margin, metric } = hypothesis;
  if (margin === undefined || !('share' in margin)) return [];
  const control = { ...margin.of, metric };
  return [pairFault(control), ...termFaults(control, conditions)].map((fault) =>
    fault === null ? null : `margin.of.${fault}`,
  );
}

function faultsOf(
  hypothesis: Hypothesis,
  checks: Checks,
  conditions: readonly ResolvedCondition[],
): string[] {
  const compared = listTerms(hypothesis).flatMap(
    (term) => conditions.find(({ name }) => name === term.condition) ?? [],
  );
  const faults = [
    ...termFaults(hypothesis, conditions),
    pairFault(hypothesis),
    marginFault(hypothesis),
    interestFault(hypothesis),
    ...shareFaults(hypothesis, conditions),
    ...requireFaults(hypothesis, checks),
    equalFault(hypothesis, compared, conditions),
  ];
  return faults.filter((fault) => fault !== null);
}

function checkFaults(check: Check, conditions: readonly ResolvedCondition[]): string[] {
  const unit = unitOfMetric(check.metric);
  const boundFault =
    check.bound.unit === unit
      ? null
      : `bound.unit: found "${check.bound.unit}", but the metric is in ${unit}`;
  return [...termFaults(check, conditions), pairFault(check), boundFault].filter((fault) => fault !== null);
}

type Checks = Readonly<Record<string, Check>>;

/** What an experiment decides, and what must hold before it does. */
interface Decided {
  readonly hypotheses: readonly Hypothesis[];
  readonly checks: Checks;
}

/**
 * Checks that every hypothesis and every check names conditions of the matrix and numbers that they record.
 *
 * @throws {InvalidSpecError} listing every fault with its place
 */
export function checkHypotheses(
  { hypotheses, checks }: Decided,
  conditions: readonly ResolvedCondition[],
): void {
  const faults = [
    ...Object.entries(checks).flatMap(([name, check]) =>
      checkFaults(check, conditions).map((fault) => `checks.${name}.${fault}`),
    ),
    ...hypotheses.flatMap((hypothesis, i) =>
      faultsOf(hypothesis, checks, conditions).map((fault) => `hypotheses.${i}.${fault}`),
    ),
  ];
  if (faults.length > 0) throw new InvalidSpecError([...new Set(faults)].join('\n'));
}
