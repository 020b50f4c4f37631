import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countRollout } from '../rollouts/count-pass.ts';
import { countForwardFlops, countGradientFlops, countMatrixParameters } from './flops.ts';
import { toCriticConfig } from './network/critic.ts';
import type { PolicyConfig } from './network/config.ts';

const config: PolicyConfig = {
  ...{ vocabularySize: 10, width: 8, layers: 2, heads: 4, keyValueHeads: 2, headWidth: 2 },
  ...{ feedForwardWidth: 16, maxPositions: 32, ropeTheta: 10000, normEpsilon: 1e-5, tiedEmbeddings: true },
  ...{ beginId: null, endId: null, padId: null },
};

test('matrix parameters are the projections, the feed-forward and the head, tied or not', () => {
  // Per layer: queries 8·8, keys and values 8·4 each, output 8·8, feed-forward 3·8·16; head 8·10.
  assert.equal(countMatrixParameters(config), 2 * (64 + 64 + 64 + 384) + 80);
  assert.equal(countMatrixParameters({ ...config, tiedEmbeddings: false }), 1232);
});

test('a critic has one output in place of a vocabulary', () => {
  assert.equal(countMatrixParameters(toCriticConfig(config)), 1152 + 8);
});

test('a rollout is read but for its last token, and each input attends to itself and what is before it', () => {
  // 3 + 2 tokens, 4 of them read; they see 1, 2, 3 and 4 positions.
  assert.deepEqual(countRollout(3, 2), { rollouts: 1, tokens: 2, inputs: 4, positions: 10 });
});

test('forward FLOPs are two per parameter and input, and 4·layers·width per position; gradients take three times as many', () => {
  const pass = countRollout(3, 2);
  assert.equal(countForwardFlops(config, pass), 2 * 1232 * 4 + 4 * 2 * 8 * 10);
  assert.equal(countForwardFlops(config, pass), 10_496);
  assert.equal(countGradientFlops(config, pass), 31_488);
});

test('heads narrower than the residual stream attend with their own width', () => {
  const narrow = { ...config, headWidth: 1 };
  // Per layer: 8·4 + 2·8·2 + 4·8 + 384; attention 4·2·4 per position.
  assert.equal(countForwardFlops(narrow, { inputs: 1, positions: 1 }), 2 * (2 * 480 + 80) + 32);
});
