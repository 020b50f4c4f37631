import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBlob } from '../../db/blobs.ts';
import { gatherRollouts } from './gather-rollouts.ts';

const PAD = 9;

test('stored rollouts are padded as sampled ones: prompts on the left, completions on the right', () => {
  const batch = gatherRollouts(
    [
      {
        ...{ tokens: toBlob(Int32Array.of(3, 4, 0)), isTruncated: false, parentSample: null, forkAt: 0 },
        ...{ logprobs: toBlob(Float32Array.of(-1, -2, -3)), entropies: toBlob(Float32Array.of(1, 2, 3)) },
      },
      {
        ...{ tokens: toBlob(Int32Array.of(3, 6)), isTruncated: true, parentSample: 0, forkAt: 1 },
        ...{ logprobs: toBlob(Float32Array.of(-4, -5)), entropies: toBlob(Float32Array.of(4, 5)) },
      },
    ],
    { prompts: [[1, 2], [5]], groups: [0, 4], padId: PAD },
  );
  assert.deepEqual([batch.count, batch.promptLength, batch.completionLength], [2, 2, 3]);
  assert.deepEqual([...batch.tokens], [1, 2, 3, 4, 0, PAD, 5, 3, 6, PAD]);
  assert.deepEqual([...batch.promptStarts], [0, 1]);
  assert.deepEqual([...batch.completionLengths], [3, 2]);
  assert.deepEqual([...batch.finished], [1, 0]);
  assert.deepEqual([...batch.groups], [0, 4]);
  assert.deepEqual(
    [[...batch.parents], [...batch.forkAt]],
    [
      [-1, 0],
      [0, 1],
    ],
  );
  assert.deepEqual([...batch.perToken.logprobs], [-1, -2, -3, -4, -5, 0]);
  assert.deepEqual([...batch.perToken.entropies], [1, 2, 3, 4, 5, 0]);
});
