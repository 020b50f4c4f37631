import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { endWithActivity } from './end-with-activity.ts';

const ref = { path: 'runs/r/x', sha256: '0'.repeat(64), bytes: 1 };

/** A store whose transfers stand still until their signal ends them. */
function createStandingStore(): ArtifactStore {
  const stand = (signal: AbortSignal | undefined): Promise<never> =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
  return {
    read: (_ref, { signal } = {}) => stand(signal),
    write: (_path, _bytes, { signal } = {}) => stand(signal),
    remove: () => Promise.resolve(),
  };
}

for (const [name, transfer] of [
  ['read', (store: ArtifactStore) => store.read(ref)],
  ['write', (store: ArtifactStore) => store.write('runs/r/{sha}', new Uint8Array(1))],
] as const) {
  test(`a ${name} that stands still ends with its activity’s cancellation`, async () => {
    const environment = new MockActivityEnvironment();
    const running = environment.run(() => transfer(endWithActivity(createStandingStore())));
    environment.cancel();
    await assert.rejects(running, CancelledFailure);
  });
}
