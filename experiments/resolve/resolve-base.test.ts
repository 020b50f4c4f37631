import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { openTask } from '../../tasks/index.ts';
import { declaredBases } from '../bases/index.ts';
import { resolveBase } from './resolve-base.ts';
import { resolveExperiment } from './resolve.ts';

const arithmetic = { family: 'arithmetic' };

function faultOf(settings: Parameters<typeof resolveBase>[0]): string {
  try {
    resolveBase(settings, 'conditions.a');
  } catch (error) {
    assert.ok(error instanceof InvalidSpecError, String(error));
    return error.message;
  }
  return 'no fault';
}

test('every declared base resolves alone, to the task it is made for', () => {
  for (const { name, task, recipe } of declaredBases) {
    const resolved = resolveBase({ task: { family: task.family }, base: { recipe: name } }, name);
    const { family, ...options } = task;
    const { leakedProblems: _, ...expected } = openTask(family, options).options;
    const { family: __, leakedProblems: ___, ...found } = resolved.task;
    assert.deepEqual(found, expected, name);
    assert.equal(resolved.base.name, name);
    assert.deepEqual(
      resolved.base.sources.map((source) => source.name),
      recipe.sources?.map((source) => source.name),
    );
    const matrix = { name, question: '?', task: { family: task.family }, base: { recipe: name } };
    resolveExperiment({ ...matrix, controls: ['base'], evaluation: { splits: { clean: 8 } } });
  }
});

test('what a declaration says itself goes before what the named recipe says', () => {
  const { task, base } = resolveBase(
    { task: { ...arithmetic, operations: 2 }, base: { recipe: 'latent-strategy', steps: 7 } },
    'conditions.a',
  );
  assert.equal(task['operations'], 2);
  assert.equal(base.steps, 7);
  assert.deepEqual(base.sources[1]!.options, { formats: { scratchpad: 0.4, direct: 0.6 } });
});

test('an unknown recipe is refused with the nearest name', () => {
  assert.match(
    faultOf({ task: arithmetic, base: { recipe: 'latent-stratgy' } }),
    /conditions\.a\.base\.recipe: there is no base recipe "latent-stratgy"; the nearest is "latent-strategy"/,
  );
});

test('a path, or a model of a hub, is refused with where base models come from', () => {
  for (const recipe of ['Qwen/Qwen2.5-0.5B', '/models/qwen'])
    assert.match(
      faultOf({ task: arithmetic, base: { recipe } }),
      /base models are made here from scratch \(docs\/substrates\.md\), expected one of latent-strategy, /,
    );
});

test('a recipe made for another family is refused', () => {
  assert.match(
    faultOf({ task: { family: 'countdown' }, base: { recipe: 'latent-strategy' } }),
    /task\.family: found "countdown", but the base recipe is made for "arithmetic"/,
  );
});

test('the number of leaked problems follows the recipe, and another number is refused', () => {
  const source = { name: 'planted', share: 0.3, options: { problems: 12 } };
  const base = { stages: [{ name: 'leak', steps: 5, sources: [source] }] };
  assert.equal(resolveBase({ task: arithmetic, base }, 'a').task['leakedProblems'], 12);
  assert.match(
    faultOf({ task: { ...arithmetic, leakedProblems: 32 }, base }),
    /leakedProblems: found 32, but base\.stages\.0\.sources\.0 \(planted\) has 12/,
  );
});

test('a field of an earlier version is refused with the list that says the same', () => {
  const message = faultOf({ task: arithmetic, base: { facts: 0, formats: { direct: 1 }, leak: null } });
  const sources = '`sources: [{"name":"solutions","options":{"formats":{"direct":1}}}]`';
  assert.ok(message.startsWith('conditions.a.base: found facts, formats; '), message);
  assert.ok(message.includes(sources), message);
  assert.match(message, /conditions\.a\.base: found leak; .*`stages: \[\]`/);
  const planting = faultOf({ task: arithmetic, base: { leak: { problems: 4 } } });
  assert.match(planting, /base: found leak; .*"name":"planted","share":0\.3,"options":.*"problems":4/);
});

test('a bare name stands for the recipe of that name, in defaults, conditions and axes', () => {
  const declared = { name: 'demo', question: '?', task: arithmetic, evaluation: { splits: { clean: 8 } } };
  const controls = ['base'];
  const [plain] = resolveExperiment({ ...declared, controls, base: 'latent-strategy' }).conditions;
  const [named] = resolveExperiment({
    ...declared,
    controls,
    base: { recipe: 'latent-strategy' },
  }).conditions;
  assert.equal(plain!.id, named!.id);
  const axes = { past: { latent: {}, none: { base: 'no-latent-strategy' } } };
  const crossed = { ...declared, controls, axes, baseline: 'base/latent' };
  const { conditions } = resolveExperiment({ ...crossed, base: 'latent-strategy' });
  assert.deepEqual(
    conditions.map(({ condition }) => condition.base.name),
    ['latent-strategy', 'no-latent-strategy'],
  );
});

test('naming another recipe in a condition drops what overrode the former', () => {
  const { conditions } = resolveExperiment({
    name: 'demo',
    question: '?',
    task: arithmetic,
    base: { recipe: 'latent-strategy', steps: 7 },
    axes: {
      past: { latent: {}, none: { base: { recipe: 'no-latent-strategy' } } },
    },
    controls: ['base'],
    baseline: 'base/latent',
    evaluation: { splits: { clean: 8 } },
  });
  const steps = Object.fromEntries(conditions.map(({ name, condition }) => [name, condition.base.steps]));
  assert.deepEqual(steps, { 'base/latent': 7, 'base/none': 1200 });
});
