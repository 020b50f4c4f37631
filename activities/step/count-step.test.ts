import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseRecipeSchema } from '../../config/base-recipe.ts';
import { conditionSchema } from '../../config/experiment.ts';
import { evaluationSchema, trainingSchema } from '../../config/training.ts';
import type { Scheme } from '../../config/scheme.ts';
import type { JudgementRow } from '../../db/queries/judgements.ts';
import type { RolloutWithVerdict } from '../../db/queries/rollouts.ts';
import { countMatrixParameters } from '../../model/flops.ts';
import { findScheme } from '../../schemes/named/index.ts';
import { openRunContext, type RunContext } from '../run/run-context.ts';
import { countStep } from './count-step.ts';

function openContext(name: string, terms: readonly string[] = [], change: Partial<Scheme> = {}): RunContext {
  const named = { ...findScheme(name), ...change };
  const added = terms.map((term) => ({ name: term, weight: 0.1, options: {} }));
  const scheme = { ...named, objective: [...named.objective, ...added] };
  const condition = conditionSchema.parse({
    task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10 },
    base: baseRecipeSchema.parse({}),
    scheme,
    training: trainingSchema.parse({ steps: 1 }),
    evaluation: evaluationSchema.parse({}),
  });
  return openRunContext({
    ...{ runId: 'r', experimentId: 'e', conditionName: name, seed: 0, baseModelId: 'b' },
    ...{ condition, inputs: {} },
  });
}

/** Prompt of four characters, so four tokens; two rollouts of one problem, of three tokens and of two. */
const rows = [3, 2].map((tokenCount) => ({
  ...{ prompt: '1+2=', problemKey: '1+2', tokenCount, forkAt: 0 },
})) as unknown as RolloutWithVerdict[];

/** 6 and 5 inputs, which see 21 and 15 positions. */
const forward = ({ layers, width, ...config }: RunContext['policyConfig']): number =>
  2 * countMatrixParameters({ layers, width, ...config }) * 11 + 4 * layers * width * 36;

test('a scheme with a critic and a reference pays for both where rollouts are measured', () => {
  const context = openContext('ppo', ['kl']);
  const { policyConfig } = context;
  const critic = { ...policyConfig, outputs: 1 };
  const count = { rollouts: 2, tokens: 5, inputs: 11, positions: 36 };
  const passes = [
    { role: 'policy', kind: 'scores', count },
    { role: 'policy', kind: 'gradients', count },
    { role: 'critic', kind: 'gradients', count },
  ] as const;
  const counted = countStep(context, { step: 7, rows, judgements: [], passes });
  assert.deepEqual(
    counted.map(({ stage, role, kind, flops }) => [stage, role, kind, flops]),
    [
      ['sample', 'policy', 'text', forward(policyConfig)],
      ['measure', 'reference', 'logprobs', forward(policyConfig)],
      ['measure', 'critic', 'values', forward(critic)],
      ['judge', 'judge', 'labels', 0],
      ['update', 'policy', 'scores', forward(policyConfig)],
      ['update', 'policy', 'gradients', 3 * forward(policyConfig)],
      ['update', 'critic', 'gradients', 3 * forward(critic)],
    ],
  );
  assert.ok(counted.every(({ runId, step }) => runId === 'r' && step === 7));
  assert.deepEqual(
    counted.map(({ labels }) => labels),
    [0, 0, 0, 1, 0, 0, 0],
  );
});

test('a scheme that no part of reads references spends no label, whatever verdicts are on record', () => {
  const counted = countStep(openContext('random-reward'), { step: 0, rows, judgements: [], passes: [] });
  assert.deepEqual(
    counted.map(({ stage, labels }) => [stage, labels]),
    [['sample', 0]],
  );
});

test('tokens that rollouts share are sampled once, and read, measured and learned from in each', () => {
  const [first, second] = rows as [RolloutWithVerdict, RolloutWithVerdict];
  const context = openContext('tree-grpo', ['kl']);
  const counted = countStep(context, {
    step: 0,
    rows: [first, { ...second, forkAt: 1 }],
    judgements: [],
    passes: [],
  });
  assert.deepEqual(
    counted.map(({ stage, tokens, flops }) => [stage, tokens, flops]),
    [
      ['sample', 4, forward(context.policyConfig)],
      ['measure', 5, forward(context.policyConfig)],
      ['judge', 0, 0],
    ],
  );
});

test('a judge has a row of its own: what it was asked and the tokens it took; labels only where it sees them', () => {
  const place = { unit: -1, vote: 0, weight: 1, label: null, text: null };
  const judgements = [0, 1].flatMap((rolloutId) =>
    ['known-format', 'ends-properly'].map((item): JudgementRow => ({
      ...{ ...place, rolloutId, judge: 'checks', item, outcome: 'judged', score: 1, tokens: 3 },
    })),
  );
  const count = (criteria: object) => {
    const context = openContext('random-reward', [], {
      rewards: [{ name: 'rubric', weight: 1, options: {} }],
      judges: [{ name: 'checks', options: { criteria } }],
    });
    const counted = countStep(context, { step: 0, rows, judgements, passes: [] });
    return counted.slice(1).map(({ kind, tokens, labels, calls }) => [kind, tokens, labels, calls]);
  };
  assert.deepEqual(count({ 'known-format': 1, 'ends-properly': 1 }), [['checks', 12, 0, 4]]);
  assert.deepEqual(count({ 'known-format': 1, 'steps-correct': 1 }), [
    ['labels', 0, 1, 2],
    ['checks', 12, 0, 4],
  ]);
});
