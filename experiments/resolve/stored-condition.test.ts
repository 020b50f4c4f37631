import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../../config/canonical.ts';
import { readStoredCondition } from '../../config/stored-condition.ts';
import { listClaims, resolveClaim } from '../load-claims.ts';

const claims = await listClaims();
const conditions = claims.flatMap((claim) => resolveClaim(claim, 'tiny').conditions);
const [{ condition: example }] = conditions as [(typeof conditions)[0]];

function stored(change: (condition: Record<string, Record<string, unknown>>) => void): unknown {
  const copy = JSON.parse(canonicalJson(example)) as Record<string, Record<string, unknown>>;
  change(copy);
  return copy;
}

test('every condition of every claim is read back as it was stored', () => {
  assert.ok(conditions.length > 50);
  for (const { condition } of conditions)
    assert.deepEqual(readStoredCondition(JSON.parse(canonicalJson(condition))), condition);
});

test('a condition that is older than a field has its default', () => {
  const older = stored(({ scheme }) => delete scheme!['reference']);
  assert.deepEqual(readStoredCondition(older), example);
});

test('a condition with a field of another version is refused by its place', () => {
  const newer = stored(({ training }) => (training!['patience'] = 3));
  assert.throws(() => readStoredCondition(newer), {
    name: 'StoredConditionError',
    message: /does not fit .*condition\.training\.patience: unknown key/,
  });
});
