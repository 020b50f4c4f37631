import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { baseRecipeSchema } from '../../config/base-recipe.ts';
import { conditionSchema, type Condition } from '../../config/experiment.ts';
import type { ArtifactRef, RunPlan } from '../../config/plan.ts';
import { evaluationSchema, trainingSchema } from '../../config/training.ts';
import { writeDocuments } from '../../corpora/corpus.ts';
import { settleRecipe } from '../../corpora/settle-recipe.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import { findScheme } from '../../schemes/named/index.ts';
import { openRunContext, trainProblems, type RunContext } from '../run/run-context.ts';
import { decodeRollouts } from '../step/rollout-file.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { countWanted, isGiven, problemsOfRound, roundOf } from './dataset-rows.ts';
import { createReplay } from './replay.ts';

const recipe = settleRecipe(
  baseRecipeSchema.parse({ steps: 2, documentsPerStep: 8, sources: [{ name: 'solutions' }], stages: [] }),
).recipe;

function open(data: Condition['data'], seed = 0): RunContext {
  const condition = conditionSchema.parse({
    task: { family: 'arithmetic', operations: 2 },
    base: recipe,
    scheme: findScheme('distillation'),
    training: trainingSchema.parse({ steps: 2, promptsPerStep: 3, groupSize: 2 }),
    evaluation: evaluationSchema.parse({ splits: { clean: 4 } }),
    data,
  });
  return openRunContext({ runId: 'imitation', seed, condition, inputs: {} } as unknown as RunPlan);
}

/** What the activity writes for a step. It asks the database for nothing. */
async function replay(context: RunContext, step: number): Promise<RolloutBatch> {
  let written: Uint8Array | null = null;
  const artifacts = {
    write: (path: string, bytes: Uint8Array): Promise<ArtifactRef> => {
      written = bytes;
      return Promise.resolve({ path, sha256: '', bytes: bytes.length });
    },
  };
  const plans = { readRun: () => Promise.resolve(context) };
  const activity = createReplay({ artifacts, plans } as unknown as StoreDependencies);
  await new MockActivityEnvironment().run(activity, { plan: {} as ArtifactRef, step });
  return decodeRollouts(written!);
}

function textsOf({ tokenizer }: RunContext, batch: RolloutBatch): string[] {
  const width = batch.promptLength + batch.completionLength;
  return Array.from({ length: batch.count }, (_, row) =>
    tokenizer.decode(batch.tokens.subarray(row * width, (row + 1) * width), { skipSpecialTokens: true }),
  );
}

const none = null as never;

test('a step learns from as many solutions as it would sample rollouts, each of a problem of its own, all of them right', async () => {
  const context = open({ from: 'task' });
  const batch = await replay(context, 1);
  assert.equal(batch.count, 6);
  assert.deepEqual([...batch.groups], [0, 1, 2, 3, 4, 5]);
  assert.ok(batch.finished.every((finished) => finished === 1));
  const problems = problemsOfRound(none, context, { step: 1, round: 0 });
  assert.equal(new Set([...problems.values()].map(({ key }) => key)).size, 6);
  for (const [row, text] of textsOf(context, batch).entries()) {
    const problem = problems.get(row)!;
    assert.ok(text.startsWith(problem.prompt));
    const completion = text.slice(problem.prompt.length);
    assert.equal(context.task.verify(problem, { text: completion, isTruncated: false }).outcome, 'correct');
    assert.equal(context.task.formatOf(completion), 'scratchpad');
  }
});

test('steps, seeds and formats have solutions of their own, and the same step has the same ones again', async () => {
  const context = open({ from: 'task' });
  const texts = async (of: RunContext, step: number) => textsOf(of, await replay(of, step));
  const first = await texts(context, 0);
  assert.deepEqual(await texts(open({ from: 'task' }), 0), first);
  for (const others of [await texts(context, 1), await texts(open({ from: 'task' }, 1), 0)])
    assert.ok(others.every((text) => !first.includes(text)));
  const direct = await texts(open({ from: 'task', format: 'direct' }), 0);
  assert.deepEqual(
    direct.map((text) => text.split('=')[0]),
    first.map((text) => text.split('=')[0]),
  );
  assert.ok(direct.every((text) => /=#\d\d$/.test(text)));
});

test('solutions are neither documents of the corpus nor what prompts of the same seed ask', async () => {
  const context = open({ from: 'task' });
  const promptsOf = (texts: readonly string[]): string[] => texts.map((text) => text.split('=')[0]!);
  const corpus = promptsOf([0, 1].flatMap((step) => writeDocuments(context.corpus, step)));
  const asked = promptsOf(trainProblems(context, { step: 0, round: 0 }).map(({ prompt }) => prompt));
  const solved = promptsOf(textsOf(context, await replay(context, 0)));
  assert.ok(solved.every((prompt) => !corpus.includes(prompt) && !asked.includes(prompt)));
});

test('a run with solutions is a fit: one round, and all groups that it is given', () => {
  const { plan } = open({ from: 'task' });
  assert.equal(isGiven(plan), true);
  assert.equal(roundOf(plan, 5), 0);
  assert.equal(countWanted(plan), Infinity);
  const sampling = open(undefined).plan;
  assert.equal(isGiven(sampling), false);
  assert.equal(countWanted(sampling), 3);
});

test('a run whose policy samples is given nothing to replay', async () => {
  await assert.rejects(replay(open(undefined), 0), /imitation is given no rollouts, its policy samples/);
});
