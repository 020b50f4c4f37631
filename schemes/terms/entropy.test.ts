import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adaptWeight } from './entropy.ts';

const adaptive = { target: 0.2, step: 0.005 };

test('a fixed weight is in force whatever the entropy, and nothing is remembered', () => {
  const options = { ...adaptive, target: null };
  for (const entropy of [0, 3, null]) {
    const found = adaptWeight(options, { weight: 0.01, remembered: null, entropy });
    assert.deepEqual(found, { weight: 0.01, next: null });
  }
});

test('the weight rises by one step below the target, and falls and is not in force above it', () => {
  const weights: [number, number][] = [];
  let remembered: number | null = null;
  for (const entropy of [0.5, 0.1, 0.2, 0.15, 0.3, 0.1]) {
    const { weight, next } = adaptWeight(adaptive, { weight: 0, remembered, entropy });
    weights.push([weight, Number(next!.toFixed(6))]);
    remembered = next;
  }
  // c: 0, clamped at 0; 0 → 0.005 → 0.01 → 0.015; down to 0.01 while off; then on again from there.
  assert.deepEqual(
    weights.map(([weight, next]) => [Number(weight.toFixed(6)), next]),
    [
      [0, 0],
      [0, 0.005],
      [0.005, 0.01],
      [0.01, 0.015],
      [0, 0.01],
      [0.01, 0.015],
    ],
  );
});

test('the weight never exceeds 1 and starts from the scheme’s', () => {
  const first = adaptWeight(adaptive, { weight: 0.998, remembered: null, entropy: 0.1 });
  assert.deepEqual(first, { weight: Math.fround(0.998), next: 1 });
  assert.equal(adaptWeight(adaptive, { weight: 0.998, remembered: 1, entropy: 0.1 }).next, 1);
});

test('a step without counted tokens has no bonus and changes nothing', () => {
  const found = adaptWeight(adaptive, { weight: 0, remembered: 0.5, entropy: null });
  assert.deepEqual(found, { weight: 0, next: 0.5 });
});

test('what is remembered is a float32 number, so a checkpoint holds it exactly', () => {
  let remembered: number | null = null;
  for (let step = 0; step < 300; step += 1) {
    const call = { weight: 0, remembered, entropy: 0.1 };
    const { next }: { next: number | null } = adaptWeight(adaptive, call);
    assert.equal(next, Float32Array.of(next!)[0]);
    remembered = next;
  }
  assert.equal(remembered, 1);
});
