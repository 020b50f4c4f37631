import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodeOfOutcomes, outcomeSchema, worstOutcome } from './outcome.ts';

test('each outcome has an exit code of its own, and none that means a fault, bad input or an interruption', () => {
  const codes = outcomeSchema.options.map((outcome) => exitCodeOfOutcomes([outcome]));
  assert.deepEqual(codes, [0, 10, 11, 12, 13, 14]);
});

test('of several outcomes what is decided against counts before what is undecided, and support only when alone', () => {
  assert.equal(exitCodeOfOutcomes(['supported', 'supported']), 0);
  assert.equal(exitCodeOfOutcomes(['supported', 'pending']), 14);
  assert.equal(exitCodeOfOutcomes(['pending', 'underpowered', 'supported']), 12);
  assert.equal(exitCodeOfOutcomes(['underpowered', 'not-tested']), 13);
  assert.equal(exitCodeOfOutcomes(['not-tested', 'no-effect', 'pending']), 11);
  assert.equal(exitCodeOfOutcomes(['no-effect', 'not-tested', 'contradicted']), 10);
  assert.equal(worstOutcome(['pending', 'contradicted']), 'contradicted');
});

test('nothing asked has no exit code', () => {
  assert.equal(worstOutcome([]), null);
  assert.throws(() => exitCodeOfOutcomes([]), /at least one outcome, found none/);
});
