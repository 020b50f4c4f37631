import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelColumn, wrapLabel } from './label-column.ts';

test('a long label goes on in a second line behind a hyphen, slash or space, and is cut at its end', () => {
  assert.deepEqual(wrapLabel('grpo', 20), ['grpo']);
  assert.deepEqual(wrapLabel('base-best-temperature/latent', 20), ['base-best-', 'temperature/latent']);
  assert.deepEqual(wrapLabel('1. negative-only − base', 14), ['1. negative-', 'only − base']);
  assert.deepEqual(wrapLabel('aaaaaaaaaaaa', 8), ['aaaaaaa…']);
  assert.deepEqual(wrapLabel('one two three four five', 8), ['one two', 'three f…']);
});

test('labels end before the plot begins, and the whole drawing keeps its width', () => {
  const { spec, layers, y } = labelColumn(
    [
      { row: 'a', text: 'ten-letter' },
      { row: 'b', text: ['one', 'two'] },
    ],
    { width: 300 },
  );
  // 10 characters of 6.4 units and a gap of 10; 14 at the right.
  assert.deepEqual([spec.padding.left, spec.width], [74, 212]);
  assert.equal(spec.height, 2 * 32);
  assert.deepEqual(y.scale.domain, ['a', 'b']);
  assert.deepEqual(
    layers.map(({ mark, data, encoding }) => [
      mark.dy,
      data.values.map(({ text }) => text),
      encoding.x.value,
    ]),
    [
      [0, ['ten-letter'], -74],
      [-6.5, ['one'], -74],
      [6.5, ['two'], -74],
    ],
  );
});
