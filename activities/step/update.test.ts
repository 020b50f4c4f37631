import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import {
  COMPLETION,
  createBatch,
  createToyPolicy,
  createTraining,
} from '../../learning/toy-update.fixture.ts';
import { scoreValues } from '../../model/network/score-values.ts';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { encodePolicy } from '../../model/checkpoints/checkpoint.ts';
import { disposePolicy, type Policy } from '../../model/network/policy.ts';
import { parseSafetensors } from '../../model/checkpoints/safetensors.ts';
import { addColumns, type ShapedBatch } from '../../rollouts/rollout-batch.ts';
import { findScheme } from '../../schemes/named/index.ts';
import { openScheme } from '../../schemes/open-scheme.ts';
import type { CheckpointRef } from '../../config/plan.ts';
import { createArtifactStore } from '../../artifacts/artifact-store.ts';
import { createLivePolicies, type LivePolicies } from './live-policies.ts';
import { listSuperseded } from './record.ts';
import { encodeRollouts } from './rollout-file.ts';
import type { RunContext } from '../run/run-context.ts';
import { createUpdate, type UpdatedPolicy } from './update.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-update-'));
const artifacts = createArtifactStore(directory, randomUUID());
const plan = { path: 'plan.json', sha256: '', bytes: 0 };
let policy: Policy;
let base: CheckpointRef;

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory(), threads: 1 });
  policy = createToyPolicy();
  base = { weights: await artifacts.write('base.safetensors', encodePolicy(policy)), trainingState: null };
});

after(() => {
  disposePolicy(policy);
  rmSync(directory, { recursive: true });
});

/** Updates the toy policy on `batch` as a run of `scheme` does in its first step. */
async function update(scheme: string, policies: LivePolicies, batch: ShapedBatch): Promise<UpdatedPolicy> {
  const context = {
    plan: {
      runId: scheme,
      seed: 1,
      condition: {
        scheme: findScheme(scheme),
        training: createTraining(),
      },
    },
    scheme: openScheme(findScheme(scheme)),
    policyConfig: policy.config,
    maxNewTokens: COMPLETION,
  } as unknown as RunContext;
  const plans = {
    readRun: () => Promise.resolve(context),
    readBaseModel: () => Promise.reject(new Error('no base model is read')),
  };
  const activity = createUpdate({
    artifacts,
    plans,
    policies,
    provenance: '{}',
    computedBy: { machine: '{}', revision: null },
    workerQueue: 'here',
  });
  const shaped = await artifacts.write('shaped-{sha}.safetensors', encodeRollouts(batch));
  return (await new MockActivityEnvironment().run(activity, {
    plan,
    step: 0,
    checkpoint: base,
    shaped,
  })) as UpdatedPolicy;
}

async function listStored(checkpoint: CheckpointRef): Promise<{ weights: string[]; state: string[] }> {
  return {
    weights: [...parseSafetensors(await artifacts.read(checkpoint.weights)).keys()],
    state: [...parseSafetensors(await artifacts.read(checkpoint.trainingState!)).keys()],
  };
}

test('a critic goes with the training state and not with the weights, and to no other run of the same base', async () => {
  const policies = createLivePolicies(artifacts, 4);
  const critic = await policies.borrowCritic(base, policy.config);
  const batch = createBatch(policy, 2);
  const values = scoreValues(critic, batch, { microBatch: 8 });
  const { credit: returns, tokenMask: valueMask } = batch.perToken;
  const valued = addColumns(batch, { perToken: { values, returns, valueMask } });
  const plain = await update('grpo', policies, batch);
  const withCritic = await update('ppo', policies, valued);
  assert.ok(withCritic.metrics['critic/loss']! > 0);
  const stored = await listStored(withCritic.checkpoint);
  assert.ok(
    stored.state.includes('critic.score.weight') && stored.state.includes('critic.exp_avg.score.weight'),
  );
  assert.ok(!stored.weights.some((name) => /critic|score/.test(name)));
  const { state } = await listStored(plain.checkpoint);
  assert.ok(!state.some((name) => name.startsWith('critic.')));
  const moved = await policies.borrowCritic(withCritic.checkpoint, policy.config);
  const fresh = await createLivePolicies(artifacts, 4).borrowCritic(withCritic.checkpoint, policy.config);
  const live = scoreValues(moved, batch, { microBatch: 8 });
  assert.deepEqual(scoreValues(fresh, batch, { microBatch: 8 }), live);
  assert.notDeepEqual(live, values);
});

test('a loss that is not finite keeps its batch, says where, and is not retried', async () => {
  const batch = createBatch(policy, 2);
  const logprobs = batch.perToken.logprobs.map(() => Number.NEGATIVE_INFINITY);
  const broken = addColumns(batch, { perToken: { logprobs } });
  await assert.rejects(update('grpo', createLivePolicies(artifacts, 1), broken), (error: unknown) => {
    assert.ok(error instanceof ApplicationFailure);
    assert.deepEqual([error.type, error.nonRetryable], ['NonFiniteLossError', true]);
    const [, path] = /kept as artifacts\/(runs\/grpo\/failures\/step-0-\w+\.safetensors)/.exec(
      error.message,
    )!;
    assert.deepEqual(readFileSync(join(directory, path!)), Buffer.from(encodeRollouts(broken)));
    return true;
  });
});

test('a step’s end supersedes its checkpoint, unless it is the base, kept by the plan, or the next step’s reference', () => {
  const over = (syncEvery: number, checkpointEvery = 0): number[][] =>
    [0, 1, 2, 3, 4, 5].map((step) => listSuperseded(step, { syncEvery, checkpointEvery }));
  assert.deepEqual(over(0), [[], [1], [2], [3], [4], [5]]);
  assert.deepEqual(over(0, 2), [[], [1], [], [3], [], [5]]);
  assert.deepEqual(over(1), [[], [1], [2], [3], [4], [5]]);
  // Checkpoint 2 is the reference of steps 2 and 3, and goes when step 3 ends.
  assert.deepEqual(over(2), [[], [1], [], [2, 3], [], [4, 5]]);
  assert.deepEqual(over(2, 4), [[], [1], [], [2, 3], [], [5]]);
});
