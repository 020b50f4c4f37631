import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainingSchema } from '../../config/training.ts';
import { createRolloutBatch, numberGroups } from '../../rollouts/rollout-batch.fixture.ts';
import { assertClose } from '../../tests/support/golden-cases.ts';
import { estimate } from '../credit/estimate.fixture.ts';
import { tree } from './tree.ts';

const CLOSE = { rtol: 1e-6, atol: 0, what: 'advantage' };

/** One prompt, two trees of three rollouts, of one token each: samples 2 and 3 go on from 0, 4 from 1 and 5 from 4. */
const batch = createRolloutBatch({
  count: 6,
  completionLength: 1,
  groups: numberGroups(6, 6),
  parents: Int32Array.of(-1, -1, 0, 0, 1, 4),
  perToken: { logprobs: new Float32Array(6), entropies: new Float32Array(6) },
  perRollout: {},
});
const rewards = [1, 0, 0, 0, 0, 0];

test('one right leaf of three: 2/3 and −1/3 within its tree, nothing for the tree without one', () => {
  const none = { name: 'tree', options: { scale: 'none' } };
  const { advantages } = estimate(batch, { rewards, rules: ['spread'], comparisons: [none] });
  assertClose(advantages, [2 / 3, 0, -1 / 3, -1 / 3, 0, 0], CLOSE);
  // The squares sum to 4/9 + 1/9 + 1/9 = 2/3, over 3 − 1: the deviation is √(1/3).
  const scaled = estimate(batch, { rewards, rules: ['spread'], comparisons: ['tree'] });
  const divisor = Math.sqrt(1 / 3) + 1e-4;
  assertClose(
    scaled.advantages,
    [2, 0, -1, -1, 0, 0].map((third) => third / 3 / divisor),
    CLOSE,
  );
});

test('tree and group add up to Tree-GRPO’s advantage', () => {
  const { advantages } = estimate(batch, { rewards, rules: ['spread'], comparisons: ['tree', 'group'] });
  // Of all six: mean 1/6, squares 25/36 + 5/36 = 5/6, over 5: the deviation is √(1/6).
  const [intra, inter] = [Math.sqrt(1 / 3) + 1e-4, Math.sqrt(1 / 6) + 1e-4];
  const lost = -1 / 6 / inter;
  const beside = -1 / 3 / intra + lost;
  assertClose(advantages, [2 / 3 / intra + 5 / 6 / inter, lost, beside, beside, lost, lost], CLOSE);
});

test('rollouts that share nothing cannot be compared by tree: a fault of the condition, an error on stored ones', () => {
  const faultOf = (forks: boolean): string | null =>
    tree.findFault!(
      { scale: 'tree' },
      { training: trainingSchema.parse({}), rewards: [], judges: [], forks },
    );
  assert.match(faultOf(false)!, /rollouts: tree/);
  assert.equal(faultOf(true), null);
  const alone = { ...batch, parents: new Int32Array(6).fill(-1) };
  assert.throws(() => estimate(alone, { rewards, rules: ['spread'], comparisons: ['tree'] }), {
    name: 'MissingColumnError',
    message: /none of 6 rollouts shares tokens/,
  });
});
