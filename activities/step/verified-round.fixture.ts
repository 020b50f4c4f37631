import type { TestContext } from 'node:test';
import { baseRecipeSchema } from '../../config/base-recipe.ts';
import { conditionSchema } from '../../config/experiment.ts';
import type { Scheme } from '../../config/scheme.ts';
import { evaluationSchema, trainingSchema } from '../../config/training.ts';
import {
  exampleRollout,
  openExampleStore,
  recordExampleRollouts,
  temporaryStorePath,
} from '../../db/example-store.fixture.ts';
import { startRun } from '../../db/queries/runs.ts';
import { findScheme } from '../../schemes/named/index.ts';
import { openRunContext } from '../run/run-context.ts';

/** A store with two rollouts of one prompt of run `r1` under GRPO with some parts replaced: verified, and no more. */
export function openVerifiedRound(t: TestContext, change: Partial<Scheme>) {
  const condition = conditionSchema.parse({
    task: { family: 'arithmetic', operations: 1, startDigits: 1, modulus: 10 },
    base: baseRecipeSchema.parse({}),
    scheme: { ...findScheme('grpo'), ...change },
    training: trainingSchema.parse({ steps: 1, promptsPerStep: 1, groupSize: 2 }),
    evaluation: evaluationSchema.parse({}),
  });
  const context = openRunContext({
    ...{ runId: 'r1', experimentId: 'e1', conditionName: 'grpo', seed: 0, baseModelId: 'b' },
    ...{ condition, inputs: {} },
  });
  const db = openExampleStore(temporaryStorePath(t));
  t.after(() => db.$client.close());
  const epoch = startRun(db, 'r1', { provenance: '{}', sources: null });
  recordExampleRollouts(db, [exampleRollout('r1', 0), exampleRollout('r1', 1)]);
  return { db, context, epoch };
}
