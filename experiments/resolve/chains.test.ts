import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedData } from '../../config/chain.ts';
import type { ExperimentInput } from '../../config/experiment.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { extendExperiment } from './extend.ts';
import { resolveExperiment, type ResolvedExperiment } from './resolve.ts';

const declared = {
  name: 'chained',
  question: '?',
  task: { family: 'arithmetic' },
  base: 'boundary',
  controls: ['base'],
  training: { steps: 8, promptsPerStep: 4, pool: 16 },
  evaluation: { splits: { clean: 8 } },
  bases: 2,
  conditions: {
    'teacher-rollouts': { base: 'teacher', collect: 'rollouts' },
    distilled: { scheme: 'distillation', data: { from: 'dataset', run: 'teacher-rollouts' } },
    'distilled-grpo': { models: { policy: { from: 'run', run: 'distilled' } } },
    ranked: { collect: 'ranked-problems', data: { from: 'rollouts', run: 'grpo' } },
    'one-shot': { data: { from: 'dataset', run: 'ranked', take: 1 } },
    grpo: {},
  },
} satisfies ExperimentInput;

type Conditions = NonNullable<ExperimentInput['conditions']>;

function resolve(conditions: Conditions = {}, more: Partial<ExperimentInput> = {}): ResolvedExperiment {
  return resolveExperiment({
    ...declared,
    ...more,
    conditions: { ...declared.conditions, ...conditions },
  });
}

function find(experiment: ResolvedExperiment, name: string) {
  return experiment.conditions.find((condition) => condition.name === name)!;
}

/** The fingerprint of the condition whose run gives a condition its data. */
function dataRunOf(experiment: ResolvedExperiment, name: string): string {
  return (find(experiment, name).condition.data as RecordedData).run;
}

/** A condition that learns from worked solutions. */
function solutions(more: Conditions[string] = {}): Conditions[string] {
  return { scheme: 'distillation', data: { from: 'task' }, training: { pool: null }, ...more };
}

test('links become fingerprints, so that a change of a source renames all that is made of it and nothing else', () => {
  const before = resolve();
  const after = resolve({
    'teacher-rollouts': { base: { recipe: 'teacher', steps: 7 }, collect: 'rollouts' },
  });
  assert.equal(dataRunOf(before, 'distilled'), find(before, 'teacher-rollouts').id);
  const renamed = before.conditions.filter(({ name, id }) => find(after, name).id !== id);
  assert.deepEqual(
    renamed.map(({ name }) => name),
    ['teacher-rollouts', 'distilled', 'distilled-grpo'],
  );
});

test('a run that collects depends on how it samples, and not on how others train or are evaluated', () => {
  const { id, condition } = find(resolve(), 'teacher-rollouts');
  assert.equal(condition.scheme.name, 'base');
  assert.deepEqual(condition.evaluation.splits, {});
  const otherwise = { training: { ...declared.training, optimizer: { learningRate: 1 } } };
  assert.equal(find(resolve({}, otherwise), 'teacher-rollouts').id, id);
  const longer = { training: { ...declared.training, steps: 9 } };
  assert.notEqual(find(resolve({}, longer), 'teacher-rollouts').id, id);
});

test('a dataset is made for the base seeds that are read', () => {
  const data = { from: 'dataset', run: 'teacher-rollouts', baseSeed: 0 } as const;
  const experiment = resolve({ distilled: { scheme: 'distillation', data } });
  assert.deepEqual(find(experiment, 'teacher-rollouts').baseSeeds, [0]);
  assert.deepEqual(find(experiment, 'ranked').baseSeeds, [0, 1]);
  const { experiment: extended } = extendExperiment(experiment, { bases: 3 });
  assert.deepEqual(find(extended, 'teacher-rollouts').baseSeeds, [0]);
  assert.deepEqual(find(extended, 'ranked').baseSeeds, [0, 1, 2]);
});

test('more steps lengthen a chain as a whole', () => {
  const short = resolve();
  const { experiment, continued, recomputed } = extendExperiment(short, { steps: 12 });
  const long = find(experiment, 'teacher-rollouts');
  assert.equal(long.condition.training.steps, 12);
  assert.equal(dataRunOf(experiment, 'distilled'), long.id);
  assert.equal(continued.get(long.id), find(short, 'teacher-rollouts').id);
  assert.deepEqual(
    recomputed.map(({ name }) => name),
    ['distilled', 'distilled-grpo', 'one-shot'],
  );
});

test('a crossed chain stays within its cell', () => {
  const axes = { rate: { plain: {}, slow: { training: { optimizer: { learningRate: 1e-5 } } } } };
  const experiment = resolve({}, { axes, baseline: 'base/plain' });
  for (const cell of ['plain', 'slow'])
    assert.equal(dataRunOf(experiment, `one-shot/${cell}`), find(experiment, `ranked/${cell}`).id);
  // The rate does not touch how the teacher samples: one dataset serves both cells.
  const datasets = experiment.conditions.filter(({ name }) => name.startsWith('teacher-rollouts/'));
  assert.equal(datasets.length, 1);
});

test('imitation of worked solutions takes from no run, and is fingerprinted by the format alone', () => {
  const { condition, id } = find(resolve({ imitation: solutions() }), 'imitation');
  assert.deepEqual(condition.data, { from: 'task' });
  const direct = solutions({ data: { from: 'task', format: 'direct' } });
  assert.notEqual(find(resolve({ imitation: direct }), 'imitation').id, id);
  const { continued } = extendExperiment(resolve({ imitation: solutions() }), { steps: 12 });
  assert.ok([...continued.values()].includes(id), 'more steps go on from where it ended');
});

test('which rows are read is part of a condition, and the first are what is read when nothing is said', () => {
  const picked = (more: object) => find(resolve({ a: dataset('ranked', { take: 2, ...more }) }), 'a');
  assert.equal(picked({ pick: 'first' }).id, picked({}).id);
  assert.deepEqual(Object.keys(picked({ pick: 'first' }).condition.data!).sort(), ['from', 'run', 'take']);
  const ids = [{}, { pick: 'last' }, { pick: 'median' }, { pick: 'random' }].map((more) => picked(more).id);
  assert.equal(new Set(ids).size, 4);
});

const taught = (run: string, more: Conditions[string] = {}): Conditions[string] => ({
  scheme: 'on-policy-distillation',
  models: { teacher: { from: 'run', run } },
  ...more,
});

test('a teacher is a run that trains, or a base arm, of any recipe; it is part of the fingerprint', () => {
  const teachers: Conditions = { 'teacher-base': { base: 'teacher', scheme: 'base' } };
  const idOf = (run: string) => {
    const experiment = resolve({ ...teachers, taught: taught(run) });
    const { condition, id } = find(experiment, 'taught');
    assert.deepEqual(condition.models, { teacher: { from: 'run', run: find(experiment, run).id } });
    return id;
  };
  assert.notEqual(idOf('grpo'), idOf('teacher-base'));
  const both = taught('teacher-base', {
    models: { policy: { from: 'run', run: 'grpo' }, teacher: { from: 'run', run: 'teacher-base' } },
  });
  const { models } = find(resolve({ ...teachers, both }), 'both').condition;
  assert.deepEqual(Object.keys(models!), ['policy', 'teacher']);
});

const dataset = (run: string, more: object = {}) => ({ data: { from: 'dataset', run, ...more } as const });

const refused: readonly (readonly [name: string, conditions: Conditions, message: RegExp])[] = [
  [
    'an unknown source',
    { a: dataset('rankd') },
    /conditions\.a\.data\.run: found "rankd".*nearest is "ranked"/,
  ],
  [
    'a circle',
    {
      grpo: { models: { policy: { from: 'run', run: 'a' } } },
      a: { models: { policy: { from: 'run', run: 'grpo' } } },
    },
    /leads back to itself: grpo → a → grpo/,
  ],
  ['a source that collects nothing', { a: dataset('grpo') }, /"grpo" collects no dataset/],
  [
    'a policy of nothing',
    { a: { models: { policy: { from: 'run', run: 'base' } } } },
    /models\.policy\.run: "base" trains no policy/,
  ],
  [
    'a teacher that nothing reads',
    { a: { models: { teacher: { from: 'run', run: 'grpo' } } } },
    /conditions\.a\.models\.teacher: no part of scheme grpo reads a teacher/,
  ],
  [
    'a scheme without the teacher that it reads',
    { a: { scheme: 'on-policy-distillation' } },
    /conditions\.a\.models: scheme on-policy-distillation reads a teacher/,
  ],
  [
    'a teacher that collects',
    { a: taught('teacher-rollouts') },
    /conditions\.a\.models\.teacher\.run: "teacher-rollouts" collects, and trains no policy/,
  ],
  [
    'a teacher of another task',
    {
      other: { task: { operations: 5 } },
      a: taught('other'),
    },
    /conditions\.a\.models\.teacher\.run: "other" is of another task/,
  ],
  [
    'a policy of another base',
    { a: { base: 'latent-strategy', models: { policy: { from: 'run', run: 'grpo' } } } },
    /has another base model or task \(boundary\)/,
  ],
  [
    'another pool',
    { a: { training: { pool: 8 }, ...dataset('ranked', { take: 1 }) } },
    /pool of "grpo"; declare the same task and training\.pool 16 \(found 8\)/,
  ],
  [
    'more than there is',
    { a: dataset('ranked', { take: 17 }) },
    /take: found 17, expected at most the pool's 16/,
  ],
  [
    'a median of rollouts',
    { a: { scheme: 'distillation', ...dataset('teacher-rollouts', { pick: 'median' }) } },
    /pick: found median, but the rows are rollouts/,
  ],
  [
    'rows counted from the last, as earlier versions said it',
    { a: dataset('ranked', { isReversed: true }) } as Conditions,
    /conditions\.a\.data\.isReversed: a key of an earlier version; .*`pick: last`/,
  ],
  [
    'a ranking of one pass',
    { grpo: { training: { steps: 4 } } },
    /"grpo": it passes less than twice through its pool of 16/,
  ],
  [
    'rounds that a dataset cannot give',
    { a: { scheme: 'dapo', ...dataset('teacher-rollouts') } },
    /scheme dapo may ask for further sampling rounds/,
  ],
  [
    'a base seed that is not made',
    { a: dataset('ranked', { baseSeed: 7 }) },
    /"grpo" has no run of base seed 7; it has 0, 1/,
  ],
  [
    'a collector of others’ rollouts alone',
    { a: { collect: 'ranked-problems' } },
    /reads rollouts of another run; add data/,
  ],
  [
    'a distillation of nothing',
    { a: { scheme: 'distillation' } },
    /conditions\.a\.data: scheme distillation learns from rollouts of another model/,
  ],
  [
    'a solution in a format that the task does not have',
    { a: solutions({ data: { from: 'task', format: 'scratchpads' } }) },
    /conditions\.a\.data: format: found "scratchpads", expected one of scratchpad, direct/,
  ],
  [
    'a pool of problems that are solved already',
    { a: solutions({ training: {} }) },
    /conditions\.a\.data: solutions are of fresh problems; remove training\.pool/,
  ],
  [
    'a ratio to what no model sampled',
    { a: solutions({ scheme: 'dr-grpo' }) },
    /conditions\.a\.data: scheme dr-grpo weighs by the probability with which rollouts were sampled \(clipped\)/,
  ],
  [
    'a policy of which nothing is trained and that yet reads solutions',
    { a: solutions({ scheme: 'base' }) },
    /conditions\.a\.data: scheme base trains nothing/,
  ],
  [
    'a collector that is given solutions',
    { a: { collect: 'rollouts', data: { from: 'task' } } },
    /conditions\.a\.data: collector rollouts samples itself/,
  ],
  ['an unknown collector', { a: { collect: 'rollout' } }, /conditions\.a\.collect: .*nearest is "rollouts"/],
];

for (const [name, conditions, message] of refused) {
  test(`${name} is refused, with what was expected`, () => {
    assert.throws(
      () => resolve(conditions),
      (error: unknown) => {
        assert.ok(error instanceof InvalidSpecError, String(error));
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test('a hypothesis compares runs that are evaluated', () => {
  const hypotheses = [
    {
      claim: 'x',
      treatment: 'teacher-rollouts',
      control: 'base',
      metric: { name: 'pass@k', split: 'clean', k: 1 },
      alternative: 'greater',
      reported: 'greater',
    },
  ] as const;
  assert.throws(() => resolve({}, { hypotheses: [...hypotheses] }), /teacher-rollouts.*collects a dataset/);
  assert.throws(() => resolve({}, { baseline: 'ranked' }), /baseline: found "ranked"/);
});

test('keys of earlier versions are refused with what to write instead', () => {
  const former = {
    ...declared,
    teacher: 'teacher',
    conditions: { a: { training: { examples: { from: 'grpo' } } } },
    axes: { who: { taught: { scheme: { behavior: 'teacher' } } } },
  };
  assert.throws(
    () => resolveExperiment(former),
    (error: unknown) => {
      assert.ok(error instanceof InvalidSpecError);
      assert.match(error.message, /^teacher: a key of an earlier version.*collect: rollouts/m);
      assert.match(error.message, /^conditions\.a\.training\.examples: .*collect: ranked-problems/m);
      assert.match(error.message, /^axes\.who\.taught\.scheme\.behavior: /m);
      return true;
    },
  );
});
