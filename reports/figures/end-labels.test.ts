import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endLabels, spreadLabels } from './end-labels.ts';

test('labels that would touch are moved apart, keep their order and stay inside', () => {
  assert.deepEqual(spreadLabels([50, 10, 52], { height: 100, step: 12 }), [50, 10, 62]);
  // The two lowest are pushed back from the edge, and the one above them makes room.
  assert.deepEqual(spreadLabels([95, 99, 80], { height: 100, step: 12 }), [88, 100, 76]);
});

test('a bar spans the range at the end of its series, and a name stands at its mean', () => {
  const { layers, spec } = endLabels(
    [{ name: 'grpo', color: 'red', value: 0.75, low: 0.5, high: 1 }],
    [0, 1],
  );
  const [bar, label] = layers;
  assert.equal(spec.height, 170);
  assert.deepEqual(bar!.encoding.y, { value: 0 });
  assert.deepEqual((bar!.encoding as { y2?: object }).y2, { value: 85 });
  assert.deepEqual(label!.encoding.y, { value: 42.5 });
});
