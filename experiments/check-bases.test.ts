import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CARD_SEEDS, type GateRecord, type GateState } from '../config/card-gate.ts';
import { declareBaseExperiment, declareCheckExperiment } from './base-experiment.ts';
import { declaredBases } from './bases/index.ts';
import { findGateRecord, keepGateRecord } from './bases/gate-records.ts';
import { listBaseFaults } from './check-bases.ts';
import { resolveExperiment } from './resolve/resolve.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-cards-'));
after(() => rmSync(directory, { recursive: true }));

const { recipeId, gatesId, gates } = declareCheckExperiment('sharp', CARD_SEEDS);
const experimentOn = (base: unknown) =>
  resolveExperiment({
    ...{ name: 'claim', question: '?', task: { family: 'arithmetic' }, base, controls: ['base'] },
    ...{ conditions: { grpo: {} }, evaluation: { splits: { clean: 8 } } },
  });

function recordOf(state: GateState, more: Partial<GateRecord> = {}): GateRecord {
  return {
    ...{ recipe: 'sharp', recipeId, gatesId, machines: ['{}'], weights: {}, seeds: [...CARD_SEEDS] },
    recordedAt: '2026-11-30T06:00:00.000Z',
    gates: gates.map(({ name }) => ({
      name,
      values: {},
      mean: state === 'not measured' ? null : 0.5,
      interval: null,
      state,
    })),
    ...more,
  };
}

let count = 0;
/** A directory that holds the records. */
function cardsOf(...records: GateRecord[]): string {
  const own = join(directory, String((count += 1)));
  for (const record of records) keepGateRecord(own, record);
  return own;
}

const faultsOf = (base: unknown, ...records: GateRecord[]): string =>
  listBaseFaults(experimentOn(base), [cardsOf(...records)]).join('\n');

test('a base whose gates have all passed on the base seeds of cards is accepted', () => {
  assert.equal(faultsOf('sharp', recordOf('passed')), '');
});

test('a base without a card is refused, with the command that measures one', () => {
  assert.match(
    faultsOf('sharp'),
    /^base sharp \([0-9a-f]{12}\): found no card, .*; `assay bases check sharp` measures it$/,
  );
  const otherGates = recordOf('passed', { gatesId: 'of gates that were otherwise' });
  assert.match(faultsOf('sharp', otherGates), /found no card/);
});

test('a gate that failed, or was not measured, is named with what was found', () => {
  assert.match(
    faultsOf('sharp', recordOf('failed')),
    /found a card of 2026-11-30 with greedy-right failed \(0\.500\), truth-lifts/,
  );
  assert.match(faultsOf('sharp', recordOf('not measured')), /greedy-right not measured, /);
});

test('a card of fewer base seeds is a trial, and accepts nothing', () => {
  const trial = recordOf('passed', { seeds: [90, 91], recordedAt: '2026-12-01T00:00:00.000Z' });
  assert.match(faultsOf('sharp', trial), /found a card of base seeds 90, 91, expected 90, 91, 92, 93, 94/);
  assert.equal(faultsOf('sharp', recordOf('passed'), trial), '');
});

test('a recipe or task that a claim changes is not what the card is about', () => {
  assert.match(
    faultsOf({ recipe: 'sharp', steps: 600 }, recordOf('passed')),
    /found recipe or task changed by the claim/,
  );
});

test('a recipe that fixed no gates has none to fail', () => {
  assert.equal(faultsOf('boundary'), '');
});

test('a record takes the place of one of the same seeds and machines, and of recipes that were otherwise', () => {
  const own = cardsOf(recordOf('failed'), recordOf('passed'), recordOf('passed', { machines: ['{"a":1}'] }));
  const read = (): GateRecord[] => JSON.parse(readFileSync(join(own, 'sharp.json'), 'utf8')) as GateRecord[];
  assert.deepEqual(
    read().map(({ machines, gates: [gate] }) => [machines[0], gate!.state]),
    [
      ['{}', 'passed'],
      ['{"a":1}', 'passed'],
    ],
  );
  keepGateRecord(own, recordOf('passed', { recipeId: 'changed' }));
  assert.deepEqual(
    read().map((record) => record.recipeId),
    ['changed'],
  );
  assert.equal(findGateRecord([own], { recipe: 'sharp', recipeId, gatesId }), null);
});

test('a file that holds no cards is refused with its name', () => {
  const own = cardsOf();
  keepGateRecord(own, recordOf('passed'));
  writeFileSync(join(own, 'sharp.json'), '{}');
  assert.throws(() => listBaseFaults(experimentOn('sharp'), [own]), /sharp\.json: expected a list of cards/);
});

test('the arms of a check are those that gates compare, and its untrained arm is that of a build', () => {
  const armsOf = (name: string): string[] =>
    declareCheckExperiment(name, [90]).experiment.conditions.map((condition) => condition.name);
  assert.deepEqual(armsOf('sharp'), ['base', 'truth']);
  assert.deepEqual(armsOf('edge'), ['base', 'at-0.7', 'at-0.5', 'imitation']);
  assert.deepEqual(armsOf('latent-strategy'), ['base']);
  for (const { name } of declaredBases) {
    const [base] = declareCheckExperiment(name, [90]).experiment.conditions;
    assert.equal(base!.id, declareBaseExperiment(name, 90).experiment.conditions[0]!.id);
  }
});
