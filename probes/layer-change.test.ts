import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relativeChange, upperShare } from './layer-change.ts';

const before = new Map([
  ['embedding', Float32Array.of(3, 4)],
  ['layers.0.attentionIn', Float32Array.of(1, 2)],
  ['layers.0.feedForwardOut', Float32Array.of(2)],
  ['layers.1.attentionIn', Float32Array.of(1, 0)],
]);
const after = new Map([
  ['embedding', Float32Array.of(3, 4)],
  ['layers.0.attentionIn', Float32Array.of(1, 3)],
  ['layers.0.feedForwardOut', Float32Array.of(2)],
  ['layers.1.attentionIn', Float32Array.of(1, -2)],
]);

test('the change of a layer is the norm of its difference over its norm, its parameters together', () => {
  // Layer 0: √1 / √(1 + 4 + 4); layer 1: √4 / √1.
  assert.equal(
    relativeChange(before, after, (name) => name.startsWith('layers.0.')),
    1 / 3,
  );
  assert.equal(
    relativeChange(before, after, (name) => name.startsWith('layers.1.')),
    2,
  );
  assert.equal(
    relativeChange(before, after, (name) => name === 'embedding'),
    0,
  );
  assert.equal(
    relativeChange(before, after, (name) => name === 'head'),
    null,
  );
});

test("the upper half's share is of the squared change of both halves", () => {
  assert.equal(upperShare(before, after, 2), 4 / 5);
  assert.equal(upperShare(before, before, 2), null);
});
