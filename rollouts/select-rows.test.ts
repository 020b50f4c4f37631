import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRolloutBatch } from './rollout-batch.fixture.ts';
import { addColumns, type RolloutBatch } from './rollout-batch.ts';
import { selectRows, takeRows } from './select-rows.ts';

/** P = 2, T = 1: the rollouts `· 5 | 6` and `7 8 | 9`. */
const short = createRolloutBatch({
  count: 2,
  promptLength: 2,
  completionLength: 1,
  tokens: Int32Array.of(0, 5, 6, 7, 8, 9),
  promptStarts: Int32Array.of(1, 0),
  finished: Uint8Array.of(1, 0),
  groups: Int32Array.of(4, 4),
  authors: Uint8Array.of(0, 1),
  parents: Int32Array.of(-1, 0),
  perToken: { logprobs: Float32Array.of(-1, -2), entropies: Float32Array.of(1, 2) },
  perRollout: { weight: Float32Array.of(10, 20) },
});

/** P = 1, T = 3: the rollout `5 | 1 2 ·`. */
const long = createRolloutBatch({
  count: 1,
  promptLength: 1,
  completionLength: 3,
  tokens: Int32Array.of(5, 1, 2, 0),
  completionLengths: Int32Array.of(2),
  groups: Int32Array.of(9),
  authors: Uint8Array.of(1, 0, 0),
  forkAt: Int32Array.of(1),
  units: Int16Array.of(0, 3, -1),
  perToken: { logprobs: Float32Array.of(-3, -4, 0), entropies: Float32Array.of(3, 4, 0) },
  perRollout: { weight: Float32Array.of(30) },
});

test('rows of several batches become one, in their order, padded to the longest prompt and completion', () => {
  const rows = [
    { batch: short, row: 1 },
    { batch: long, row: 0 },
    { batch: short, row: 0 },
  ];
  assert.deepEqual(selectRows(rows, 99), {
    count: 3,
    promptLength: 2,
    completionLength: 3,
    tokens: Int32Array.of(...[7, 8, 9, 99, 99], ...[99, 5, 1, 2, 0], ...[0, 5, 6, 99, 99]),
    promptStarts: Int32Array.of(0, 1, 1),
    completionLengths: Int32Array.of(1, 2, 1),
    finished: Uint8Array.of(0, 1, 1),
    groups: Int32Array.of(4, 9, 4),
    authors: Uint8Array.of(...[1, 0, 0], ...[1, 0, 0], ...[0, 0, 0]),
    parents: Int32Array.of(0, -1, -1),
    forkAt: Int32Array.of(0, 1, 0),
    units: Int16Array.of(...[-1, -1, -1], ...[0, 3, -1], ...[-1, -1, -1]),
    perToken: {
      logprobs: Float32Array.of(...[-2, 0, 0], ...[-3, -4, 0], ...[-1, 0, 0]),
      entropies: Float32Array.of(...[2, 0, 0], ...[3, 4, 0], ...[1, 0, 0]),
    },
    perRollout: { weight: Float32Array.of(20, 30, 10) },
  });
});

test('rows of one batch keep its widths, although none of them fills them', () => {
  const wide: RolloutBatch = selectRows(
    [short, long].map((batch) => ({ batch, row: 0 })),
    0,
  );
  const taken = takeRows(wide, [0]);
  assert.deepEqual([taken.count, taken.promptLength, taken.completionLength], [1, 2, 3]);
  assert.deepEqual([...taken.tokens], [0, 5, 6, 0, 0]);
  assert.deepEqual(takeRows(wide, [0, 1]), wide);
});

test('a column that nobody has heard of goes with its rollouts', () => {
  const surprise = Float32Array.of(7, 8);
  const taken = takeRows(addColumns(short, { perToken: { surprise } }), [1, 1]);
  assert.deepEqual([...taken.perToken.surprise], [8, 8]);
});

test('distributions [N, T, V] go with their places, 0 beyond a shorter completion', () => {
  const [narrow, wide] = [
    addColumns(short, { perVocabulary: { teacherDistributions: Float32Array.of(1, 2, 3, 4) } }),
    addColumns(long, { perVocabulary: { teacherDistributions: Float32Array.of(5, 6, 7, 8, 9, 10) } }),
  ];
  const rows = [
    { batch: wide, row: 0 },
    { batch: narrow, row: 1 },
  ];
  const { perVocabulary } = selectRows(rows, 0);
  const expected = Float32Array.of(...[5, 6, 7, 8, 9, 10], ...[3, 4, 0, 0, 0, 0]);
  assert.deepEqual(perVocabulary, { teacherDistributions: expected });
  assert.throws(
    () =>
      selectRows(
        [
          { batch: wide, row: 0 },
          { batch: short, row: 0 },
        ],
        0,
      ),
    RangeError,
  );
});

test('batches of different columns are refused, and so is a selection of nothing', () => {
  const valued = addColumns(long, { perToken: { values: new Float32Array(3) } });
  const rows = [short, valued].map((batch) => ({ batch, row: 0 }));
  assert.throws(() => selectRows(rows, 0), {
    name: RangeError.name,
    message:
      'rollouts of one batch need the same columns; found one with rollout/weight, token/entropies, token/logprobs ' +
      'and one with rollout/weight, token/entropies, token/logprobs, token/values',
  });
  assert.throws(() => takeRows(short, []), RangeError);
});
