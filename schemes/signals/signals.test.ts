import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COUNT, createRollouts, WIDTH } from '../../learning/teach.fixture.ts';
import { MissingColumnError } from '../../rollouts/rollout-batch.ts';
import { takeRows } from '../../rollouts/select-rows.ts';
import { listSettings, varyOptions, type OptionTable } from '../conformance/vary-options.ts';
import { signals } from './index.ts';

const table: OptionTable = {};

for (const part of signals.parts) {
  const settings = listSettings(part, table);

  test(`${part.name}: one finite number per token, from what it says it needs and nothing less`, () => {
    for (const options of settings) {
      const needs = part.needs?.(options) ?? [];
      const { batch } = createRollouts(new Set(needs));
      const values = part.read(batch, options);
      assert.equal(values.length, COUNT * WIDTH);
      assert.ok(values.every(Number.isFinite) && new Set(values).size > 1);
      for (const missing of needs) {
        const { batch: poorer } = createRollouts(new Set(needs.filter((need) => need !== missing)));
        assert.throws(() => part.read(poorer, options), { name: MissingColumnError.name });
      }
    }
  });

  test(`${part.name}: permuting rollouts permutes its rows`, () => {
    const order = [...Array(COUNT).keys()].map((row) => (row * 7 + 3) % COUNT);
    for (const options of settings) {
      const { batch } = createRollouts(new Set(part.needs?.(options) ?? []));
      const plain = part.read(batch, options);
      const rows = order.flatMap((row) => [...plain.subarray(row * WIDTH, (row + 1) * WIDTH)]);
      assert.deepEqual([...part.read(takeRows(batch, order), options)], rows);
    }
  });

  for (const { option, list } of varyOptions(part, table)) {
    test(`${part.name}.${option}: each value changes the signal`, () => {
      const outcomes = list().map((options) => {
        const { batch } = createRollouts(new Set(part.needs?.(options) ?? []));
        return part.read(batch, options).join();
      });
      assert.equal(new Set(outcomes).size, outcomes.length);
    });
  }
}
