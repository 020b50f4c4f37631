import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { schemeSchema } from '../../config/scheme.ts';
import { upgradeScheme } from '../../config/upgrade-scheme.ts';
import { findScheme } from '../../schemes/named/index.ts';
import { settleScheme } from '../../schemes/settle-scheme.ts';
import { listClaims, resolveClaim } from '../load-claims.ts';

interface FlaggedScheme {
  /** A claim at scale tiny; null: a named scheme as it stood in its file. */
  readonly experiment: string | null;
  readonly condition: string;
  readonly scheme: Record<string, unknown>;
}

const fixture = new URL('../../tests/fixtures/flagged-schemes.json', import.meta.url);
const stored = JSON.parse(readFileSync(fixture, 'utf8')) as FlaggedScheme[];
const claims = (await listClaims()).map((claim) => resolveClaim(claim, 'tiny'));

function findToday({ experiment, condition }: FlaggedScheme): unknown {
  if (experiment === null) return settleScheme(findScheme(condition)).scheme;
  const { conditions } = claims.find(({ name }) => name === experiment)!;
  return conditions.find(({ name }) => name === condition)!.condition.scheme;
}

test('every scheme that was stored as flags is upgraded to the lists that its declaration resolves to today', () => {
  assert.ok(stored.length > 35);
  for (const flagged of stored) {
    const upgraded = settleScheme(schemeSchema.parse(upgradeScheme(flagged.scheme)));
    assert.deepEqual(upgraded.faults, []);
    assert.deepEqual(upgraded.scheme, findToday(flagged), `${flagged.experiment} ${flagged.condition}`);
  }
});

test('a scheme of lists is left as it is', () => {
  const scheme = findScheme('clip-cov');
  assert.deepEqual(upgradeScheme(scheme), scheme);
});

test('a reward that was not shuffled is what it was; one that was is no permutation, and is refused with its place', () => {
  const stored = (isShuffled: boolean): Record<string, unknown> => ({
    ...findScheme('rlsf'),
    rewards: [{ name: 'confidence', weight: 1, options: { kind: 'disparity', form: 'rank', isShuffled } }],
  });
  const settled = (isShuffled: boolean) =>
    settleScheme(schemeSchema.parse(upgradeScheme(stored(isShuffled))));
  assert.deepEqual(settled(false), settleScheme(findScheme('rlsf')));
  assert.match(settled(true).faults.join(), /rewards\.0\.options.*isShuffled/);
});

test('flags that no named scheme sets have their parts too', () => {
  const [{ scheme } = { scheme: {} }] = stored;
  const { advantage, loss } = scheme as Record<string, Record<string, unknown>>;
  const upgraded = upgradeScheme({
    ...scheme,
    gates: { dropUniformGroups: false, maxSamplingRounds: 4, maskTruncated: true },
    advantage: { ...advantage, klInReward: 0.1, whitening: 'rollouts' },
    loss: { ...loss, beta: 0.2, klEstimator: 'k2', topEntropyQuantile: 0.2 },
  });
  const { faults } = settleScheme(schemeSchema.parse(upgraded));
  assert.deepEqual(faults, []);
  assert.deepEqual(upgraded['gates'], [{ name: 'truncated', options: {} }]);
  assert.deepEqual((upgraded['rewards'] as unknown[]).at(-1), {
    name: 'reference-kl',
    weight: 0.1,
    options: {},
  });
  assert.deepEqual(upgraded['credit'], [
    { name: 'whiten', options: { over: 'rollouts' } },
    { name: 'spread', options: {} },
    { name: 'top-entropy', options: { share: 0.2 } },
  ]);
  assert.deepEqual((upgraded['objective'] as unknown[]).at(-1), {
    name: 'kl',
    weight: 0.2,
    options: { estimator: 'k2', biasCorrection: false },
  });
});
