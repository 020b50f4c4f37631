import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AUTHORS } from '../rollout-batch.ts';
import { pretendToSample } from './draw-rounds.fixture.ts';
import { joinDraws } from './join-draws.ts';
import type { Draw } from './shape.ts';

const first: readonly Draw[] = [0, 1].map((sample) => ({ problem: 3, sample, opening: null }));

test('a later draw of the same sample takes its place, its given tokens with the authors they have', () => {
  const done = joinDraws(null, { draws: first, sampled: pretendToSample(first, 2, -1) }, 0);
  const { policy, forced } = AUTHORS;
  const opening = {
    tokens: Int32Array.of(300, 301, 7),
    authors: Uint8Array.of(policy, policy, forced),
    parent: -1,
    forkAt: 0,
  };
  const draws = [{ problem: 3, sample: 0, opening }];
  const batch = joinDraws(done, { draws, sampled: pretendToSample(draws, 4, -2) }, 99);
  assert.deepEqual([...batch.tokens], [0, 300, 301, 7, 303, ...[0, 310, 311, 99, 99]]);
  assert.deepEqual([...batch.authors], [policy, policy, forced, policy, ...[0, 0, 0, 0]]);
  assert.deepEqual([...batch.completionLengths], [4, 2]);
  assert.deepEqual([...batch.parents, ...batch.forkAt], [-1, -1, 0, 0]);
});
