import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countSampled } from './count-pass.ts';
import { createRolloutBatch } from './rollout-batch.fixture.ts';
import { AUTHORS } from './rollout-batch.ts';

test('sampled tokens are those of the policy behind each fork, padding left out', () => {
  const { policy, forced } = AUTHORS;
  const batch = createRolloutBatch({
    count: 3,
    completionLength: 3,
    completionLengths: Int32Array.of(3, 3, 1),
    forkAt: Int32Array.of(0, 2, 0),
    authors: Uint8Array.of(...[forced, policy, policy], ...[forced, policy, policy], ...[policy, 0, 0]),
    perToken: {},
    perRollout: {},
  });
  assert.equal(countSampled(batch), 2 + 1 + 1);
});
