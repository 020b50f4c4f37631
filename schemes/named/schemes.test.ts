import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { UnknownPartError } from '../../config/part-index.ts';
import { trainingSchema } from '../../config/training.ts';
import { findLeak, GROUP, REWARDS, teach, WIDTH } from '../../learning/teach.fixture.ts';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { openScheme, type OpenScheme } from '../open-scheme.ts';
import { listPartFaults, settleScheme } from '../settle-scheme.ts';
import { findScheme, schemeNames, schemes } from './index.ts';

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

const rowOf = (at: number): number => Math.floor(at / WIDTH);

/** Whitened after a group baseline, groups of equal rewards follow the batch's mean, whatever its sign. */
function isRecentred({ comparisons, credit }: OpenScheme): boolean {
  const isCentred = comparisons.some(
    ({ part, options }) => part.name === 'group' && options['baseline'] !== 'none',
  );
  return isCentred && credit.some(({ part }) => part.name === 'whiten');
}

/** What is learned has nothing to do with rewards. */
function ignoresRewards({ rewards }: OpenScheme): boolean {
  return rewards.every(({ weight }) => weight === 0);
}

for (const scheme of schemes.filter(({ isTrained }) => isTrained)) {
  const open = openScheme(scheme);

  test(`${scheme.name}: loss and gradient are finite on uniform, unscored and truncated rollouts`, () => {
    const tensors = tf.memory().numTensors;
    assert.equal(findLeak(teach(scheme)), null);
    assert.equal(tf.memory().numTensors, tensors);
  });

  test(`${scheme.name}: some token learns, unscored rollouts learn by no surrogate`, () => {
    const { gradients, advantages } = teach(scheme);
    const unscored = REWARDS.indexOf(null);
    assert.equal(advantages[unscored], 0);
    assert.ok(gradients.some((slopes) => slopes.some((slope) => slope !== 0)));
    if (open.objective.some(({ part }) => part.surrogate === undefined)) return;
    gradients[0].forEach((slope, at) => assert.ok(rowOf(at) !== unscored || slope === 0, `token ${at}`));
  });

  test(`${scheme.name}: on-policy, rewarded rollouts are made no less and unrewarded ones no more likely`, () => {
    if (ignoresRewards(open)) return;
    const { gradients } = teach(scheme, { isOnPolicy: true });
    gradients[0].forEach((slope, at) => {
      const row = rowOf(at);
      const reward = REWARDS[row];
      const group = REWARDS.slice(row - (row % GROUP)).slice(0, GROUP);
      if (isRecentred(open) && new Set(group).size === 1) return;
      assert.ok(reward === 1 ? slope <= 0 : slope >= 0, `token ${at}: ${slope} at reward ${reward}`);
    });
  });
}

test('every named scheme settles, and contradicts no default training plan of its own', () => {
  for (const scheme of schemes) {
    const settled = settleScheme(scheme);
    assert.deepEqual(settled.faults, [], scheme.name);
    assert.deepEqual(listPartFaults(settled.scheme, trainingSchema.parse({})), [], scheme.name);
  }
});

test('each scheme is named as its file and each file is listed in the index', () => {
  const files = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' });
  const names = files
    .filter((file) => /(^|\/)[a-z-]+\.ts$/.test(file))
    .map((file) => basename(file, '.ts'))
    .filter((name) => name !== 'index');
  assert.deepEqual(
    [
      ...names
        .filter((name) => !schemeNames.includes(name))
        .map((name) => `schemes/named/ has ${name}.ts, which is not in schemes/named/index.ts`),
      ...schemeNames
        .filter((name) => !names.includes(name))
        .map((name) => `schemes/named/index.ts lists ${name}, which is the name of no file there`),
    ],
    [],
  );
});

test('no two schemes share a name, a title or a composition', () => {
  const compositions = schemes.map((scheme) => {
    const { name: _name, title: _title, source: _source, ...rest } = settleScheme(scheme).scheme;
    return rest;
  });
  for (const values of [schemes.map((s) => s.name), schemes.map((s) => s.title), compositions]) {
    assert.equal(new Set(values.map((value) => JSON.stringify(value))).size, schemes.length);
  }
});

test('PSR learns from correct samples only, NSR from the others only, and on-policy they add up to REINFORCE', () => {
  const rewards = REWARDS.map((reward) => reward ?? 0);
  const slopes = (name: string): Float32Array =>
    teach(findScheme(name), { rewards, isOnPolicy: true }).gradients[0];
  const positive = slopes('positive-reinforcement');
  const negative = slopes('negative-reinforcement');
  slopes('reinforce').forEach((slope, at) => {
    const isCorrect = rewards[rowOf(at)] === 1;
    assert.equal(Math.abs(isCorrect ? negative[at]! : positive[at]!), 0);
    assert.ok(Math.abs(positive[at]! + negative[at]! - slope) < 1e-7);
  });
});

test('an unknown name is answered with the nearest', () => {
  assert.throws(() => findScheme('drgrpo'), { name: UnknownPartError.name, message: /"dr-grpo"/ });
});
