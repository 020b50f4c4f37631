import type { RolloutWithVerdict } from '../db/rollouts.ts';
import { toFloats } from './float-blob.ts';

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function share(
  rows: readonly RolloutWithVerdict[],
  holds: (row: RolloutWithVerdict) => boolean,
): number | null {
  return mean(rows.map((row) => Number(holds(row))));
}

function meanEntropy(row: RolloutWithVerdict): number {
  return mean([...toFloats(row.entropies)]) ?? 0;
}

/** Share of prompts whose rollouts all got the same reward: they teach nothing under a group baseline. */
function uniformGroupShare(rows: readonly RolloutWithVerdict[]): number | null {
  const rewards = new Map<number, Set<number | null>>();
  for (const row of rows)
    rewards.set(row.problemIndex, (rewards.get(row.problemIndex) ?? new Set()).add(row.reward));
  return mean([...rewards.values()].map((distinct) => Number(distinct.size === 1)));
}

/**
 * The metrics of a step's rollouts (docs/metrics.md). What is undefined, such as the length of correct completions when
 * there is none, is left out rather than set to 0.
 */
export function measureRollouts(rows: readonly RolloutWithVerdict[]): Record<string, number> {
  const rewards = rows.flatMap((row) => (row.reward === null ? [] : [row.reward]));
  const correct = rows.filter((row) => row.verdict.outcome === 'correct');
  const incorrect = rows.filter((row) => row.verdict.outcome !== 'correct');
  const lengths = (some: readonly RolloutWithVerdict[]): number | null =>
    mean(some.map((row) => row.tokenCount));
  const formats = [...new Set(rows.map((row) => row.format))];
  const values: Record<string, number | null> = {
    'reward/mean': mean(rewards),
    'reward/undetermined': share(rows, (row) => row.reward === null),
    'verdict/correct': share(rows, (row) => row.verdict.outcome === 'correct'),
    'verdict/malformed': share(rows, (row) => row.verdict.outcome === 'malformed'),
    'verdict/unverifiable': share(rows, (row) => row.verdict.outcome === 'unverifiable'),
    'rollout/length_tokens': lengths(rows),
    'rollout/length_tokens_correct': lengths(correct),
    'rollout/length_tokens_incorrect': lengths(incorrect),
    'rollout/truncated': share(rows, (row) => row.isTruncated),
    'rollout/entropy_nats': mean(rows.map(meanEntropy)),
    'group/uniform': uniformGroupShare(rows),
    'gate/kept': share(rows, (row) => row.isKept === true),
    ...Object.fromEntries(
      formats.map((format) => [`format/${format}`, share(rows, (row) => row.format === format)]),
    ),
  };
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null),
  );
}
