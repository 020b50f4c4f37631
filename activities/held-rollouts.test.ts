import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHeldRollouts, type HeldRound } from './held-rollouts.ts';

function roundOf(sha256: string): HeldRound {
  const none = new Float32Array(0);
  const empty = new Int32Array(0);
  const batch = {
    ...{ count: 0, promptLength: 0, completionLength: 0, tokens: empty, promptStarts: empty },
    ...{ completionLengths: empty, finished: new Uint8Array(0), logprobs: none, entropies: none },
  };
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
