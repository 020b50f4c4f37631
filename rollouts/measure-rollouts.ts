import type { StepMetric } from '../config/part.ts';

/** A training rollout as its step's metrics read it. */
export interface MeasuredRollout {
  /** Counter of the prompt within the step. */
  readonly problemIndex: number;
  readonly reward: number | null;
  readonly verdict: { readonly outcome: string };
  readonly format: string;
  readonly tokenCount: number;
  readonly isTruncated: boolean;
  /** Whether the gates let it teach. */
  readonly isKept: boolean | null;
  /** [tokenCount] nats */
  readonly entropies: Float32Array;
}

/** What every step records of its rollouts; `format/NAME` comes on top, one for each format that occurred. */
export const rolloutMetrics: readonly StepMetric[] = [
  {
    name: 'reward/mean',
    unit: 'reward',
    description: 'mean reward the scheme gave, over rollouts whose reward could be determined',
  },
  { name: 'reward/undetermined', unit: 'fraction', description: 'share of rollouts without a reward' },
  {
    name: 'verdict/correct',
    unit: 'fraction',
    description: 'share whose true verdict is correct, whatever the scheme looked at',
  },
  { name: 'verdict/malformed', unit: 'fraction', description: 'share without a readable answer' },
  { name: 'verdict/unverifiable', unit: 'fraction', description: 'share that the verifier could not decide' },
  {
    name: 'rollout/length_tokens',
    unit: 'tokens',
    description: 'mean completion length, end token included',
  },
  { name: 'rollout/length_tokens_correct', unit: 'tokens', description: 'the same over the correct ones' },
  { name: 'rollout/length_tokens_incorrect', unit: 'tokens', description: 'the same over all others' },
  { name: 'rollout/truncated', unit: 'fraction', description: 'share cut off at the longest allowed length' },
  {
    name: 'rollout/entropy_nats',
    unit: 'nats',
    description: 'mean over rollouts of the mean entropy of the behavior policy per sampled token',
  },
  {
    name: 'group/uniform',
    unit: 'fraction',
    description:
      'share of prompts whose rollouts all got the same reward: they teach nothing under a group baseline',
  },
  { name: 'gate/kept', unit: 'fraction', description: "share of rollouts that the scheme's gates let teach" },
];

function mean(values: ArrayLike<number>): number | null {
  return values.length === 0
    ? null
    : Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

function share<Row>(rows: readonly Row[], holds: (row: Row) => boolean): number | null {
  return mean(rows.map((row) => Number(holds(row))));
}

/** Share of prompts whose rollouts all got the same reward. */
function uniformGroupShare(rows: readonly MeasuredRollout[]): number | null {
  const rewards = new Map<number, Set<number | null>>();
  for (const row of rows)
    rewards.set(row.problemIndex, (rewards.get(row.problemIndex) ?? new Set()).add(row.reward));
  return mean([...rewards.values()].map((distinct) => Number(distinct.size === 1)));
}

/** What is undefined, such as the length of correct completions when there is none, is left out rather than set to 0. */
function dropUndefined(values: Readonly<Record<string, number | null>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null),
  );
}

/** A rollout as it was sampled. */
export type SampledRollout = Omit<MeasuredRollout, 'reward' | 'isKept' | 'problemIndex'>;

/** The metrics of a step's rollouts that no scheme has a say in. */
export function measureSampled(rows: readonly SampledRollout[]): Record<string, number> {
  const isCorrect = ({ verdict }: SampledRollout): boolean => verdict.outcome === 'correct';
  const lengths = (some: readonly SampledRollout[]): number | null => mean(some.map((row) => row.tokenCount));
  const formats = [...new Set(rows.map((row) => row.format))];
  return dropUndefined({
    'verdict/correct': share(rows, isCorrect),
    'verdict/malformed': share(rows, (row) => row.verdict.outcome === 'malformed'),
    'verdict/unverifiable': share(rows, (row) => row.verdict.outcome === 'unverifiable'),
    'rollout/length_tokens': lengths(rows),
    'rollout/length_tokens_correct': lengths(rows.filter(isCorrect)),
    'rollout/length_tokens_incorrect': lengths(rows.filter((row) => !isCorrect(row))),
    'rollout/truncated': share(rows, (row) => row.isTruncated),
    'rollout/entropy_nats': mean(rows.map((row) => mean(row.entropies) ?? 0)),
    ...Object.fromEntries(
      formats.map((format) => [`format/${format}`, share(rows, (row) => row.format === format)]),
    ),
  });
}

/** The metrics of a step's rollouts. */
export function measureRollouts(rows: readonly MeasuredRollout[]): Record<string, number> {
  return {
    ...dropUndefined({
      'reward/mean': mean(rows.flatMap(({ reward }) => reward ?? [])),
      'reward/undetermined': share(rows, (row) => row.reward === null),
      'group/uniform': uniformGroupShare(rows),
      'gate/kept': share(rows, (row) => row.isKept === true),
    }),
    ...measureSampled(rows),
  };
}
