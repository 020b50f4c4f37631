import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sealLock } from '../../config/claim-lock.ts';
import { temporaryStorePath } from '../../db/example-store.fixture.ts';
import { recordEvaluations } from '../../db/queries/evaluations.ts';
import { endRun, listRuns, startRun } from '../../db/queries/runs.ts';
import { openDatabase, writeTransaction, type Database } from '../../db/store/connection.ts';
import { fixClaim } from '../../experiments/locks/fix-claim.ts';
import { resolveExperiment, type ResolvedExperiment } from '../../experiments/resolve/resolve.ts';
import { holdToLock, recordLockedLaunch } from '../../launch/claim-lock.ts';
import { registerMatrix } from '../../launch/register.ts';
import { firstStage, runStages, type LaunchedClaim } from './claim-stages.ts';

const launch = { sources: 'c0de'.repeat(16), mixedSources: false };

function launchClaim(db: Database, looks: readonly number[] | undefined): LaunchedClaim {
  const experiment = resolveExperiment({
    ...{ name: 'demo', question: 'Does it stop?', task: { family: 'arithmetic' }, source: 'nowhere' },
    ...{ controls: ['base'], conditions: { grpo: {} }, training: { steps: 5 }, bases: 6, seeds: 1 },
    evaluation: { splits: { clean: 4 }, samplesPerProblem: 16 },
    hypotheses: [
      {
        ...{ claim: 'It rises.', treatment: 'grpo', control: 'base', alternative: 'greater' },
        ...{ metric: { name: 'pass@k', split: 'clean', k: 1 }, reported: 'greater' },
      },
    ],
  });
  const making = { analysis: 'd'.repeat(64), cards: new Map<string, string>() };
  const fixed = fixClaim({ name: 'demo', scale: 'small', experiment, looks }, making);
  const lock = sealLock({ ...fixed, history: [], lockedAt: '2026-11-30T00:00:00.000Z' });
  const claim = { experiment, lock };
  registerMatrix(db, firstStage(claim), launch);
  recordLockedLaunch(db, holdToLock(fixed, { lock, deviate: undefined, argument: 'demo' }));
  return claim;
}

/** Completes runs: of 16 samples a base solves 8, and training adds `gains[base]`. */
function complete(db: Database, experiment: ResolvedExperiment, gains: readonly number[]): void {
  registerMatrix(db, experiment, launch);
  for (const { id, baseSeed, status } of listRuns(db, experiment.id)) {
    if (status === 'completed') continue;
    const c = 8 + (id.includes('/grpo/') ? gains[baseSeed]! : 0);
    startRun(db, id, { sources: launch.sources, provenance: '{}' });
    const evaluated = [0, 1, 2, 3].map((problemIndex) => ({
      problem: { task: 'sums', split: 'clean', key: `p${problemIndex}`, prompt: '1+1=', answer: '2' },
      counts: {
        ...{ runId: id, step: 5, split: 'clean', problemIndex, n: 16, c, malformed: 0, unverifiable: 0 },
        ...{ tokens: 32, answers: '{}', formats: '{}', confidences: null },
      },
    }));
    writeTransaction(db, (tx) => recordEvaluations(tx, evaluated));
    endRun(db, id, { status: 'completed', failure: null });
  }
}

/** Runs the claim, and says how many bases each round had. */
async function follow(db: Database, claim: LaunchedClaim, gains: readonly number[]): Promise<number[]> {
  const rounds: number[] = [];
  await runStages(db, [claim], async ([experiment]) => {
    rounds.push(experiment!.conditions[0]!.baseSeeds.length);
    complete(db, experiment!, gains);
    return 0;
  });
  return rounds;
}

test('a claim is extended look by look until it is decided, and one without looks is run once', async (t) => {
  // Gains of 2, 4 and 3 of 16 have t = 3/16 / (1/16/√3) = 5.2 with 2 degrees of freedom: p = .018, above the .0056 of half of the bases.
  const gains = [2, 4, 3, 3, 2, 4];
  const db = openDatabase(temporaryStorePath(t));
  assert.deepEqual(await follow(db, launchClaim(db, [3, 6]), gains), [3, 6]);
  const plain = openDatabase(temporaryStorePath(t));
  assert.deepEqual(await follow(plain, launchClaim(plain, undefined), gains), [6]);
});

test('a claim stops early where it is shown, and where it is given up', async (t) => {
  // 7, 8 and 7 have t = 7.33 / (.577/√3) = 22 with 2 degrees of freedom: p = .001, below .0056; 1, −1 and 0 have p = .5.
  for (const gains of [
    [7, 8, 7, 0, 0, 0],
    [1, -1, 0, 5, 6, 5],
  ]) {
    const db = openDatabase(temporaryStorePath(t));
    assert.deepEqual(await follow(db, launchClaim(db, [3, 6]), gains), [3], gains.join());
  }
});

test('after an interruption a claim goes on at the look that it was at', async (t) => {
  const db = openDatabase(temporaryStorePath(t));
  const gains = [2, 4, 3, 3, 2, 4];
  const claim = launchClaim(db, [3, 6]);
  const rounds: number[] = [];
  const killed = runStages(db, [claim], async ([experiment]) => {
    rounds.push(experiment!.conditions[0]!.baseSeeds.length);
    if (rounds.length > 1) {
      registerMatrix(db, experiment!, launch);
      throw new Error('killed');
    }
    complete(db, experiment!, gains);
    return 0;
  });
  await assert.rejects(killed, /killed/);
  assert.deepEqual(rounds, [3, 6]);
  assert.deepEqual(await follow(db, launchClaim(db, [3, 6]), gains), [6]);
  assert.deepEqual(await follow(db, launchClaim(db, [3, 6]), gains), [6], 'what is decided is not run again');
});
