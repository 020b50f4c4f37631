import type { ComparisonInput } from './comparison-input.ts';
import { stageOrder } from '../../db/queries/ledger.ts';
import { compareSplits } from './final-counts.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The same rows in the one order of every file: conditions as declared, runs by condition, base seed and seed, all else by run. Sums
 * of floating-point numbers depend on their order, so this comes before any arithmetic.
 */
export function sortComparison(input: ComparisonInput): ComparisonInput {
  const conditionOrder = new Map(input.conditions.map(({ name }, i) => [name, i]));
  const runs = input.runs.toSorted(
    (a, b) =>
      conditionOrder.get(a.condition)! - conditionOrder.get(b.condition)! ||
      a.baseSeed - b.baseSeed ||
      a.seed - b.seed ||
      byText(a.id, b.id),
  );
  const runOrder = new Map(runs.map(({ id }, i) => [id, i]));
  const byRun = (a: { runId: string }, b: { runId: string }): number =>
    runOrder.get(a.runId)! - runOrder.get(b.runId)!;
  return {
    ...input,
    runs,
    baseModels: input.baseModels.toSorted((a, b) => byText(a.name, b.name) || byText(a.id, b.id)),
    evaluations: input.evaluations.toSorted(
      (a, b) =>
        byRun(a, b) || compareSplits(a.split, b.split) || a.step - b.step || byText(a.problemId, b.problemId),
    ),
    metrics: input.metrics.toSorted((a, b) => byRun(a, b) || byText(a.name, b.name) || a.step - b.step),
    stepTokens: input.stepTokens.toSorted((a, b) => byRun(a, b) || a.step - b.step),
    ledger: input.ledger.toSorted(
      (a, b) => byRun(a, b) || stageOrder(a.stage) - stageOrder(b.stage) || byText(a.role, b.role),
    ),
    uncountedRuns: input.uncountedRuns.toSorted(byText),
    probeScores: input.probeScores.toSorted(
      (a, b) =>
        byRun(a, b) ||
        a.step - b.step ||
        byText(a.probe, b.probe) ||
        byText(a.metric, b.metric) ||
        compareSplits(a.split, b.split) ||
        a.problemIndex - b.problemIndex,
    ),
    forcedFormats: input.forcedFormats.toSorted(
      (a, b) =>
        byRun(a, b) ||
        compareSplits(a.split, b.split) ||
        byText(a.problemId, b.problemId) ||
        byText(a.format, b.format),
    ),
    temperatures: input.temperatures.toSorted(
      (a, b) => byRun(a, b) || a.temperature - b.temperature || byText(a.problemId, b.problemId),
    ),
    rewardByVerdict: input.rewardByVerdict.toSorted((a, b) => byRun(a, b) || byText(a.verdict, b.verdict)),
    answers: input.answers.toSorted(
      (a, b) => byRun(a, b) || byText(a.reward, b.reward) || byText(a.kind, b.kind),
    ),
    finalSamples: input.finalSamples.toSorted(
      (a, b) =>
        byRun(a, b) ||
        byText(a.problemId, b.problemId) ||
        byText(a.completion, b.completion) ||
        byText(a.verdict, b.verdict),
    ),
    rollouts: input.rollouts.toSorted(
      (a, b) =>
        byRun(a, b) ||
        byText(b.phase, a.phase) ||
        a.step - b.step ||
        byText(a.problemId, b.problemId) ||
        byText(a.completion, b.completion) ||
        byText(a.verdict, b.verdict),
    ),
  };
}
