import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidSpecError, parseSpec } from './invalid-spec-error.ts';
import { chooseTemperature, temperatureOr, temperatureSchema } from './temperature.ts';

test('the highest score wins, and of equal ones the higher temperature', () => {
  assert.equal(
    chooseTemperature(
      new Map([
        [0.3, 0.6],
        [0.5, 0.7],
        [0.7, 0.7],
        [1, 0.4],
      ]),
    ),
    0.7,
  );
  assert.equal(
    chooseTemperature(
      new Map([
        [1, 0.4],
        [0.7, 0.7],
        [0.5, 0.7],
      ]),
    ),
    0.7,
  );
  assert.equal(chooseTemperature(new Map([[0.3, 0]])), 0.3);
  assert.throws(() => chooseTemperature(new Map()), RangeError);
});

test('a temperature is a number, or chosen on dev among different ones above 0', () => {
  assert.equal(temperatureSchema.parse(0), 0);
  assert.deepEqual(temperatureSchema.parse({ best: [0.5, 1] }), { best: [0.5, 1], on: 'dev', samples: 16 });
  for (const wrong of [
    -1,
    'hot',
    { best: [] },
    { best: [0.5, 0.5] },
    { best: [0, 1] },
    { best: [1], on: 'clean' },
  ])
    assert.throws(() => parseSpec(temperatureSchema, wrong, 'evaluation.temperature'), InvalidSpecError);
});

test('a temperature that is still to be chosen has a stand-in', () => {
  assert.equal(temperatureOr(0, 1), 0);
  assert.equal(temperatureOr({ best: [0.5], on: 'dev', samples: 16 }, 1), 1);
});
