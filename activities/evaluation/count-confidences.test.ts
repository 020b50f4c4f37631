import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VerifiedRollout } from '../../db/queries/rollouts.ts';
import { openTask } from '../../tasks/index.ts';
import type { Outcome } from '../../tasks/verdict.ts';
import { countConfidences } from './count-confidences.ts';

const sample = (text: string, outcome: Outcome, isTruncated = false): VerifiedRollout =>
  ({ rollout: { text, isTruncated }, verdict: { outcome } }) as VerifiedRollout;

test('confidences are counted with their correct answers; none stated and cut off count as none', () => {
  const task = openTask('arithmetic', { formats: ['direct-confidence'] });
  const counts = countConfidences(task, [
    sample('#10~9', 'correct'),
    sample('#11~9', 'incorrect'),
    sample('#10~0', 'correct'),
    sample('#10', 'correct'),
    sample('#10~9', 'malformed', true),
    sample('#10~9', 'unverifiable'),
  ]);
  assert.deepEqual(counts, { '1': { n: 2, c: 1 }, '0': { n: 1, c: 1 }, '': { n: 2, c: 1 } });
});

test('a task without a confidence format has no such counts', () => {
  assert.equal(countConfidences(openTask('arithmetic'), [sample('#10', 'correct')]), null);
});
