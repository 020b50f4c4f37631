import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberTrees } from '../trees.ts';
import { drawRounds } from './draw-rounds.fixture.ts';
import { shapes } from './index.ts';

const WIDTH = 4;

/** What a draw that shares tokens says, its sample first. */
function describe(draws: ReturnType<typeof drawRounds>['draws'][number]): unknown[] {
  return draws.map(({ sample, opening }) => [
    sample,
    opening!.parent,
    opening!.forkAt,
    [...opening!.tokens].join(),
  ]);
}

test('forks start at the token drawn among all that were sampled for their tree, those of shared prefixes once', () => {
  // Two trees of four tokens. Round 1: u = .5 is the third token of each, u = .99 its last.
  const uniforms = [
    [0.5, 0.99, 0.5, 0],
    // Tree 0 then has 4 + 2 + 1 tokens: of samples 0 (0–3), 2 (from 2: 4, 5) and 3 (from 3: 6); .6 · 7 = 4.2, .9 · 7 = 6.3.
    // Tree 1 has 4 + 2 + 4: of samples 1 (0–3), 4 (from 2: 4, 5), 5 (from 0: 6–9); .45 · 10 = 4.5, .3 · 10 = 3.
    [0.6, 0.9, 0.45, 0.3],
  ];
  const { batch, draws } = drawRounds(shapes.open('tree', { trees: 2, forks: 2, rounds: 2 }), {
    ...{ problems: [0], groupSize: 10, width: WIDTH },
    uniform: (_problem, round, i) => uniforms[round - 1]![i]!,
  });
  assert.deepEqual(describe(draws[1]!), [
    [2, 0, 2, '0,1'],
    [3, 0, 3, '0,1,2'],
    [4, 1, 2, '10,11'],
    [5, 1, 0, ''],
  ]);
  assert.deepEqual(describe(draws[2]!), [
    [6, 2, 2, '0,1'],
    [7, 3, 3, '0,1,2'],
    [8, 4, 2, '10,11'],
    [9, 1, 3, '10,11,12'],
  ]);
  assert.deepEqual([...numberTrees(batch)], [0, 1, 0, 0, 1, 1, 0, 0, 1, 1]);
  // Shared tokens have the scores of the round that sampled them: sample 6 shares two of sample 2, which shares them with 0.
  assert.deepEqual([...batch.perToken.logprobs.slice(6 * WIDTH, 7 * WIDTH)], [-1, -1, -3, -3]);
  assert.deepEqual([...batch.perToken.logprobs.slice(7 * WIDTH, 8 * WIDTH)], [-1, -1, -1, -3]);
});

test('a tree of the script’s M = 2, N = 2, L = 1 has six rollouts, three leaves per tree', () => {
  const { part, options } = shapes.open('tree', { trees: 2, forks: 2, rounds: 1 });
  assert.equal(part.width(options, 16), 6);
});
