import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../../config/canonical.ts';
import type { Condition } from '../../config/experiment.ts';
import { readStoredCondition } from '../../config/stored-condition.ts';
import { resolveExperiment, type ResolvedCondition } from './resolve.ts';

/** The condition `arm` of a matrix whose groups have eight rollouts. */
function resolve(scheme: unknown, groupSize = 8): ResolvedCondition {
  const { conditions } = resolveExperiment({
    ...{ name: 'shapes', question: 'Which shape?', task: { family: 'arithmetic' }, controls: [] },
    ...{ baseline: 'arm', conditions: { arm: { scheme } }, training: { groupSize } },
  });
  return conditions[0]!;
}

test('independent rollouts leave no trace in a condition, so its fingerprint is that of before there were shapes', () => {
  const plain = resolve('grpo');
  assert.doesNotMatch(canonicalJson(plain.condition.scheme), /"rollouts":/);
  for (const rollouts of ['independent', { name: 'independent', options: {} }])
    assert.equal(resolve({ name: 'grpo', rollouts }).id, plain.id);
  assert.equal(readStoredCondition(JSON.parse(canonicalJson(plain.condition))).scheme.rollouts, undefined);
});

test('a shape is settled with its defaults and read again as it was stored', () => {
  const { condition } = resolve('tree-grpo');
  assert.deepEqual(condition.scheme.rollouts, { name: 'tree', options: { trees: 2, forks: 3, rounds: 1 } });
  const stored: Condition = readStoredCondition(JSON.parse(canonicalJson(condition)));
  assert.deepEqual(stored.scheme, condition.scheme);
  const deeper = { name: 'tree', options: { trees: 1, forks: 1, rounds: 7 } };
  assert.deepEqual(
    resolve({ name: 'tree-grpo', rollouts: deeper }).condition.scheme.rollouts!.options,
    deeper.options,
  );
});

test('a shape at fault is named with its place', () => {
  const faults: readonly [unknown, number, RegExp][] = [
    [
      'tree-grpo',
      16,
      /scheme\.rollouts: tree draws 8 rollouts per prompt; expected training\.groupSize = 16/,
    ],
    [{ name: 'grpo', rollouts: 'trees' }, 8, /scheme\.rollouts: there is no rollout shape "trees"; .*"tree"/],
    [
      { name: 'grpo', rollouts: { name: 'tree', options: { trees: 0 } } },
      8,
      /scheme\.rollouts\.options\.trees/,
    ],
    [{ name: 'tree-grpo', rollouts: 'independent' }, 8, /scheme\.comparisons\.0: .* share tokens/],
  ];
  for (const [scheme, groupSize, message] of faults)
    assert.throws(() => resolve(scheme, groupSize), { name: 'InvalidSpecError', message });
});
