import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from './generator.ts';
import { deriveStream, philox, uniformAt } from './streams.ts';

test('Philox4x32-10 gives the known answers of Random123', () => {
  assert.deepEqual(philox([0, 0], [0, 0, 0, 0]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  const ones = 0xffffffff;
  assert.deepEqual(
    philox([ones, ones], [ones, ones, ones, ones]),
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  );
  assert.deepEqual(
    philox([0xa4093822, 0x299f31d0], [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]),
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  );
});

test('streams of other names and seeds differ; the same name and seed repeat', () => {
  const draw = (seed: number, name: string): number => uniformAt(deriveStream(seed, name), 3, 5);
  assert.equal(draw(1, 'sample'), draw(1, 'sample'));
  assert.notEqual(draw(1, 'sample'), draw(2, 'sample'));
  assert.notEqual(draw(1, 'sample'), draw(1, 'corpus'));
  assert.throws(() => deriveStream(0.5, 'sample'), RangeError);
});

test('a generator is uniform, shuffles without loss and replays', () => {
  const generator = createGenerator(deriveStream(0, 'test'));
  const draws = Array.from({ length: 20_000 }, () => generator.uniform());
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  assert.ok(Math.abs(mean - 0.5) < 0.01, `mean ${mean}`);
  const normals = Array.from({ length: 20_000 }, () => generator.normal());
  const variance = normals.reduce((sum, x) => sum + x * x, 0) / normals.length;
  assert.ok(Math.abs(variance - 1) < 0.05, `variance ${variance}`);
  const shuffled = createGenerator(deriveStream(0, 'order'), 7).shuffle([1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual([...shuffled].sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(createGenerator(deriveStream(0, 'order'), 7).shuffle([1, 2, 3, 4, 5, 6, 7, 8]), shuffled);
});
