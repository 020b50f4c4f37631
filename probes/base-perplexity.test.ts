import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logPerplexity } from './base-perplexity.ts';

test('log-perplexity is the mean surprisal of the tokens, in nats', () => {
  // Probabilities ½, ¼, ⅛: (1 + 2 + 3)/3 · ln 2.
  const logprobs = Float32Array.from([1 / 2, 1 / 4, 1 / 8].map(Math.log));
  assert.ok(Math.abs(logPerplexity(logprobs) - 2 * Math.LN2) < 1e-6);
  assert.equal(logPerplexity(Float32Array.of(0)), -0);
});
