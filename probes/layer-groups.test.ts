import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerHalves, singleLayers } from './layer-groups.ts';

function layersOf(group: { has(parameter: string): boolean }, count: number): number[] {
  return Array.from({ length: count }, (_, layer) => layer).filter((layer) =>
    group.has(`layers.${layer}.attentionIn`),
  );
}

test('halves have one size and leave an odd middle layer out', () => {
  const four = layerHalves(4);
  assert.deepEqual(
    [layersOf(four.lower, 4), layersOf(four.upper, 4)],
    [
      [0, 1],
      [2, 3],
    ],
  );
  const three = layerHalves(3);
  assert.deepEqual([layersOf(three.lower, 3), layersOf(three.upper, 3)], [[0], [2]]);
  const one = layerHalves(1);
  assert.deepEqual([layersOf(one.lower, 1), layersOf(one.upper, 1)], [[0], [0]]);
});

test('a layer holds its own parameters only', () => {
  const [, second] = singleLayers(12);
  assert.deepEqual(layersOf(second!, 12), [1]);
  assert.ok(!second!.has('embedding') && !second!.has('norm'));
});
