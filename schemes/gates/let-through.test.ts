import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GatedRollout } from './gate.ts';
import { gates } from './index.ts';

function rollout(reward: number | null, outcome: GatedRollout['outcome'] = 'incorrect'): GatedRollout {
  return { reward, outcome, isTruncated: false };
}

function keeps(options: object, group: readonly GatedRollout[]): boolean {
  const gate = gates.open('mixed', options);
  return gate.part.keeps!(group, gate.options);
}

test('mixed by rewards keeps a group as soon as two scored rollouts differ, whatever the verdicts', () => {
  assert.equal(keeps({}, [rollout(0), rollout(0.5), rollout(0)]), true);
  assert.equal(keeps({}, [rollout(1, 'correct'), rollout(1), rollout(1, 'malformed')]), false);
  assert.equal(keeps({}, [rollout(1), rollout(null), rollout(1)]), false);
  assert.equal(keeps({}, [rollout(null), rollout(null)]), false);
});

test('mixed by verdicts keeps a group with some but not all rollouts correct, whatever the rewards', () => {
  const by = { by: 'verdicts' };
  assert.equal(keeps(by, [rollout(1, 'correct'), rollout(1), rollout(1)]), true);
  assert.equal(keeps(by, [rollout(0, 'correct'), rollout(1, 'correct')]), false);
  assert.equal(keeps(by, [rollout(0), rollout(1, 'malformed')]), false);
});

test('only mixed by verdicts sees labels; the sampling rounds are its option', () => {
  const { part, options } = gates.open('mixed', { rounds: 2 });
  assert.deepEqual([part.rounds!(options), part.sees!(options)], [2, 'nothing']);
  const judged = gates.open('mixed', { by: 'verdicts' });
  assert.deepEqual([judged.part.rounds!(judged.options), judged.part.sees!(judged.options)], [4, 'labels']);
});

test('truncated leaves cut completions out of the loss and no group', () => {
  const { part, options } = gates.open('truncated', {});
  assert.equal(part.counts!(rollout(1), options), true);
  assert.equal(part.counts!({ ...rollout(1), isTruncated: true }, options), false);
  assert.equal(part.keeps, undefined);
});
