import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from '../../config/canonical.ts';
import { sealLock } from '../../config/claim-lock.ts';
import { hypothesisSchema } from '../../config/hypothesis.ts';
import { openExampleStore, temporaryStorePath } from '../../db/example-store.fixture.ts';
import { recordClaimLock } from '../../db/queries/claim-locks.ts';
import { analyzeComparison } from '../comparison/analyze-comparison.ts';
import { loadLock, type LockRecord } from '../comparison/lock-record.ts';
import { simulateComparison } from '../comparison/simulated-comparison.fixture.ts';
import { sortComparison } from '../comparison/sort-comparison.ts';
import { claimSection } from '../page/claim-section.ts';
import { listLockDeviations, lockFacts } from './lock-text.ts';
import { toSummaryMarkdown } from './summary-markdown.ts';

const lock = sealLock({
  version: 1,
  claim: 'demo',
  scale: 'small',
  experiment: '5eed'.repeat(16),
  baseline: 'base',
  hypotheses: [{ claim: 'GRPO raises pass@1.' }],
  checks: {},
  conditions: { base: 'b'.repeat(64), grpo: 'c'.repeat(64) },
  bases: [0, 1],
  seeds: [0],
  problems: { clean: 96, harder: 48 },
  samplesPerProblem: 64,
  alpha: 0.05,
  analysis: 'd'.repeat(64),
  recipes: { boundary: { fingerprint: 'e'.repeat(64), card: null } },
  history: [{ sha256: 'f'.repeat(64), reason: 'another margin' }],
  lockedAt: '2026-11-30T00:00:00.000Z',
});
const deviations = [{ path: 'hypotheses.0.margin.value', locked: 0.03, now: 0.05 }];
const deviating: LockRecord = { lock, launches: [{ deviations, reason: 'the unit was wrong' }], drift: [] };

test('a lock is told by its hash, date, what it fixed and what it replaced; without deviations it says none', () => {
  const facts = lockFacts({ lock, launches: [], drift: [] });
  assert.deepEqual(facts, [
    ['lock', [`${lock.sha256}, 2026-11-30T00:00:00.000Z`, 'replaced ffffffffffff: another margin']],
    [
      'locked',
      [
        'hypotheses 1; checks 0; conditions 2; base seeds 0 1; RL seeds 0; 96 clean and 48 harder problems; 64 samples each; α 0.05; ' +
          'analysis dddddddddddd; recipe boundary without a card',
      ],
    ],
    ['deviations', ['none']],
  ]);
  assert.match(lockFacts(null)[0]![1][0]!, /^none/);
});

test('a claim with looks says them, and that it stands at one is no deviation', (t) => {
  const looking = sealLock({ ...lock, bases: [0, 1, 2, 3], looks: [2, 4] });
  assert.ok(
    lockFacts({ lock: looking, launches: [], drift: [] })[1]![1][0]!.includes(
      'base seeds 0 1 2 3; looks after 2, 4 bases; RL seeds 0',
    ),
  );
  const db = openExampleStore(temporaryStorePath(t));
  recordClaimLock(db, {
    ...{ experimentId: 'e1', lockSha256: looking.sha256, declaredSha256: 'a'.repeat(64) },
    ...{ lock: canonicalJson(looking), deviations: '[]', reason: null },
  });
  const driftAt = (bases: number[]): number =>
    loadLock(db, 'e1', { runs: bases.map((baseSeed) => ({ baseSeed, seed: 0 })) })!.drift.length;
  assert.deepEqual(
    [driftAt([0, 1]), driftAt([0, 1, 2, 3]), driftAt([0, 1, 2]), driftAt([0, 2])],
    [0, 0, 1, 1],
  );
});

test('the summary and the page list deviations with the reason', async () => {
  const simulated = simulateComparison({ bases: 2, seeds: 1, problems: 8, samples: 4, steps: 2 });
  const hypothesis = hypothesisSchema.parse({
    claim: 'GRPO raises pass@1.',
    treatment: 'grpo',
    control: 'base',
    metric: { name: 'pass@k', split: 'clean', k: 1 },
    alternative: 'greater',
    reported: 'greater',
  });
  const experiment = { ...simulated.experiment, hypotheses: [hypothesis] };
  const input = sortComparison({ ...simulated, experiment, lock: deviating });
  const analysis = analyzeComparison(input);
  const line = 'hypotheses.0.margin.value: locked 0.03, now 0.05 (the unit was wrong)';
  assert.ok(toSummaryMarkdown(input, analysis).includes(`- deviations: ${line}`));
  assert.ok((await claimSection(analysis, { lock: deviating }))!.body.markup.includes(line));
});

test('what the store holds of locks is loaded, and bases that nobody gave a reason for are listed', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const runs = [
    { baseSeed: 0, seed: 0 },
    { baseSeed: 1, seed: 0 },
  ];
  assert.equal(loadLock(db, 'e1', { runs }), null);
  recordClaimLock(db, {
    experimentId: 'e1',
    lockSha256: lock.sha256,
    declaredSha256: 'a'.repeat(64),
    lock: canonicalJson(lock),
    deviations: canonicalJson(deviations),
    reason: 'the unit was wrong',
  });
  assert.deepEqual(loadLock(db, 'e1', { runs }), deviating);
  const extended = loadLock(db, 'e1', { runs: [...runs, { baseSeed: 2, seed: 0 }] })!;
  assert.deepEqual(
    listLockDeviations(extended)[1],
    'bases: locked [0,1], now [0,1,2] (no reason is recorded)',
  );
});
