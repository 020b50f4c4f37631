import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson, fingerprint } from './canonical.ts';
import { expandConditions, expandSeeds } from './expand.ts';
import { experimentSchema } from './experiment.ts';
import { InvalidSpecError, parseSpec } from './invalid-spec-error.ts';
import { applyAssignment, mergeSettings } from './merge.ts';
import { trainingSchema } from './training.ts';

const declared = {
  name: 'demo',
  question: 'Does it work?',
  task: { family: 'arithmetic' },
  training: { steps: 10, optimizer: { learningRate: 1e-4 } },
  conditions: { grpo: {}, fast: { training: { optimizer: { learningRate: 3e-4 } } } },
};

test('controls come by themselves and conditions merge over the defaults', () => {
  const conditions = expandConditions(experimentSchema.parse(declared));
  assert.deepEqual(
    conditions.map((condition) => condition.name),
    ['base', 'random-reward', 'grpo', 'fast'],
  );
  assert.deepEqual(conditions[0]?.settings['scheme'], { name: 'base' });
  assert.deepEqual(conditions[3]?.settings['training'], { steps: 10, optimizer: { learningRate: 3e-4 } });
});

test('the untrained base stands beside itself at its best temperature and greedily, untrained all three', () => {
  const controls = ['base', 'base-best-temperature', 'base-greedy'];
  const experiment = experimentSchema.parse({ ...declared, controls, evaluation: { every: 5 } });
  const conditions = expandConditions(experiment).slice(0, 3);
  assert.deepEqual(
    conditions.map(({ name, settings }) => [name, settings['scheme'], settings['evaluation']]),
    [
      ['base', { name: 'base' }, { every: 5 }],
      ['base-best-temperature', { name: 'base' }, { every: 5, temperature: { best: [0.3, 0.5, 0.7, 1] } }],
      ['base-greedy', { name: 'base' }, { every: 5, temperature: 0 }],
    ],
  );
});

test('axes multiply conditions and an overridden scheme does not inherit another scheme’s overrides', () => {
  const conditions = expandConditions(
    experimentSchema.parse({
      ...declared,
      controls: [],
      scheme: { name: 'grpo', loss: { beta: 0.1 } },
      conditions: { a: {}, b: { scheme: 'rloo' }, c: { scheme: { loss: { epsilonHigh: 0.3 } } } },
      axes: { length: { short: { task: { operations: 2 } }, long: { task: { operations: 4 } } } },
    }),
  );
  assert.deepEqual(
    conditions.map((condition) => condition.name),
    ['a/short', 'a/long', 'b/short', 'b/long', 'c/short', 'c/long'],
  );
  assert.deepEqual(conditions[2]?.settings['scheme'], { name: 'rloo' });
  assert.deepEqual(conditions[4]?.settings['scheme'], {
    name: 'grpo',
    loss: { beta: 0.1, epsilonHigh: 0.3 },
  });
  assert.deepEqual(conditions[1]?.settings['task'], { family: 'arithmetic', operations: 4 });
});

test('an axis that changes a scheme which the condition names itself is refused, since the change would be lost', () => {
  const axes = { clip: { wide: { scheme: { aggregation: 'dapo' } }, plain: {} } };
  const expand = (conditions: object, more: object = {}) =>
    expandConditions(experimentSchema.parse({ ...declared, axes, conditions, ...more }));
  assert.throws(() => expand({ a: { scheme: 'rloo' } }), {
    name: InvalidSpecError.name,
    message: /conditions\.a\/wide\.scheme: it names "rloo" itself/,
  });
  const kept = expand({ a: {}, b: { scheme: { name: 'rloo' } } }, { scheme: 'rloo' });
  const settings = kept.find(({ name }) => name === 'b/wide')!.settings['scheme'];
  assert.deepEqual(settings, { name: 'rloo', aggregation: 'dapo' });
});

test('seeds are a count or a list', () => {
  assert.deepEqual(expandSeeds('seeds', 3), [0, 1, 2]);
  assert.deepEqual(expandSeeds('seeds', [7, 5]), [7, 5]);
  assert.throws(
    () => expandSeeds('seeds', [1, 2 ** 52]),
    /^InvalidSpecError: seeds: found seed 4503599627370496, expected one below 2\^52/,
  );
  assert.throws(
    () => expandSeeds('bases', [7, 5, 7]),
    /^InvalidSpecError: bases: found 7 twice in \[7, 5, 7\]/,
  );
});

test('canonical JSON sorts keys, so equal settings have equal fingerprints', () => {
  assert.equal(canonicalJson({ b: [1, 'x'], a: { d: null, c: undefined } }), '{"a":{"d":null},"b":[1,"x"]}');
  assert.equal(fingerprint({ a: 1, b: 2 }), fingerprint({ b: 2, a: 1 }));
  assert.equal(fingerprint({}), '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
  assert.throws(() => canonicalJson({ a: Number.NaN }), /NaN/);
});

test('an unknown key is an error that names the key, its place and the nearest valid key', () => {
  assert.throws(
    () => parseSpec(trainingSchema, { optimizer: { learningrate: 1 }, step: 3 }, 'training'),
    (error: unknown) =>
      error instanceof InvalidSpecError &&
      error.message.includes('training.optimizer.learningrate: unknown key "learningrate"') &&
      error.message.includes('nearest valid key is "learningRate"') &&
      error.message.includes('nearest valid key is "steps"'),
  );
});

test('--set reads JSON values and bare words at dotted paths without changing its input', () => {
  const before = { training: { steps: 1 } };
  assert.deepEqual(applyAssignment(before, 'training.optimizer.learningRate=3e-5'), {
    training: { steps: 1, optimizer: { learningRate: 3e-5 } },
  });
  assert.deepEqual(applyAssignment(before, 'scheme=rloo'), { training: { steps: 1 }, scheme: 'rloo' });
  assert.deepEqual(before, { training: { steps: 1 } });
  assert.throws(() => applyAssignment(before, 'steps'), /key=value/);
  assert.deepEqual(mergeSettings({ a: [1] }, { a: [2] }), { a: [2] });
});

test('a condition may be crossed with some labels of an axis; controls and others stand in every cell', () => {
  const crossed = {
    ...declared,
    controls: ['base'],
    conditions: { grpo: {}, taught: { only: { length: ['long'] }, scheme: 'distillation' } },
    axes: { length: { short: { task: { operations: 2 } }, long: { task: { operations: 4 } } } },
  };
  const conditions = expandConditions(experimentSchema.parse(crossed));
  assert.deepEqual(
    conditions.map(({ name }) => name),
    ['base/short', 'base/long', 'grpo/short', 'grpo/long', 'taught/long'],
  );
  assert.ok(conditions.every(({ settings }) => !('only' in settings)));
});

test('labels that no axis has, and an axis that chooses conditions, are refused', () => {
  const axes = { length: { short: {}, long: {} } };
  const refused = (more: object): (() => unknown) => {
    return () => expandConditions(experimentSchema.parse({ ...declared, axes, ...more }));
  };
  const asks = (only: object): object => ({ conditions: { grpo: { only } } });
  assert.throws(refused(asks({ length: ['longer'] })), /only\.length: found "longer".*short, long/);
  assert.throws(refused(asks({ size: ['long'] })), /only\.size: found "long".*the axes are length/);
  assert.throws(refused({ axes: { length: { long: { only: { length: ['long'] } } } } }), /move it there/);
});
