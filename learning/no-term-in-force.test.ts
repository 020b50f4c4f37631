import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { disposePolicy, readParameters } from '../model/network/policy.ts';
import { createMoments } from './optimizer/adamw.ts';
import {
  COMPLETION,
  createBatch,
  createScheme,
  createToyPolicy,
  createTraining,
} from './toy-update.fixture.ts';
import { updatePolicy } from './update-policy.ts';

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

test('a step in which an adaptive weight switches the only term off is skipped and moves no weight', async () => {
  const policy = createToyPolicy();
  const before = readParameters(policy).map((values) => values.slice());
  const { metrics } = await updatePolicy({
    policy,
    moments: createMoments(policy),
    batch: createBatch(policy, 4),
    scheme: createScheme({ objective: [{ name: 'entropy', weight: 0.1, options: { target: 0 } }] }),
    training: createTraining(),
    maxNewTokens: COMPLETION,
    seed: 1,
    step: 0,
  });
  assert.equal(metrics['update/skipped'], 1);
  assert.equal(metrics['entropy/coefficient'], 0);
  assert.deepEqual(readParameters(policy), before);
  disposePolicy(policy);
});
