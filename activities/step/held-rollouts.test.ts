import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRolloutBatch } from '../../rollouts/rollout-batch.fixture.ts';
import { createHeldRollouts, type HeldRound } from './held-rollouts.ts';

function roundOf(sha256: string): HeldRound {
  const none = new Float32Array(0);
  const perToken = { logprobs: none, entropies: none };
  const batch = createRolloutBatch({ count: 0, completionLength: 0, perToken, perRollout: {} });
  return { sha256, batch, rows: [] };
}

const step = { runId: 'matrix/grpo/base-0/seed-0', step: 3 };

test('the rounds of a step come in their order, whichever was held first', () => {
  const held = createHeldRollouts();
  held.hold({ ...step, round: 1 }, roundOf('second'));
  held.hold({ ...step, round: 0 }, roundOf('first'));
  assert.deepEqual(
    held.rounds(step).map(({ sha256 }) => sha256),
    ['first', 'second'],
  );
});

test('a run holds one step, and nothing once it is dropped', () => {
  const held = createHeldRollouts();
  held.hold({ ...step, round: 0 }, roundOf('old'));
  held.hold({ ...step, step: 4, round: 0 }, roundOf('new'));
  assert.equal(held.find({ ...step, round: 0 }), null);
  assert.equal(held.find({ ...step, step: 4, round: 0 })?.sha256, 'new');
  held.drop(step.runId);
  assert.deepEqual(held.rounds({ ...step, step: 4 }), []);
});
