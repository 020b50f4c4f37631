import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { BrokenLockError, listDeviations, type FixedByLock } from '../../config/claim-lock.ts';
import { looksOf } from '../claim.ts';
import { findClaim, resolveClaim } from '../load-claims.ts';
import { fixClaim } from './fix-claim.ts';
import { lockPathOf, readLock, toLockText, writeLock } from './lock-file.ts';
import { LockInUseError, renewLock } from './renew-lock.ts';

const making = { analysis: 'd'.repeat(64), cards: new Map<string, string>() };
const first = { found: null, startedRuns: 0, reason: undefined, now: '2026-11-30T00:00:00.000Z' };

async function fix(nameOrFile: string, set: readonly string[] = []): Promise<FixedByLock> {
  const claim = await findClaim(nameOrFile);
  const experiment = resolveClaim(claim, 'small', { set });
  const looks = looksOf(claim.declared, 'small', experiment.conditions[0]!.baseSeeds.length);
  return fixClaim({ name: claim.name, scale: 'small', experiment, looks }, making);
}

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-locks-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

const declared = `
name: mine
question: Does it?
source: nowhere
task: { family: arithmetic }
base: boundary
evaluation: { splits: { clean: 12, harder: 8 } }
conditions: { nsr: { scheme: negative-reinforcement } }
scales: { small: { bases: 3 } }
hypotheses:
  - claim: It does.
    treatment: nsr
    control: base
    metric: { name: pass@k, split: clean, k: 4 }
    alternative: noninferior
    margin: { value: 0.03, unit: fraction }
    reported: not-reported
`;

test('a user’s own claim is locked beside its file, and the lock is read back as it was written', async (t) => {
  const directory = temporaryDirectory(t);
  const file = join(directory, 'mine.yaml');
  writeFileSync(file, declared);
  const path = lockPathOf(await findClaim(file), 'small');
  assert.equal(path, join(directory, 'mine-small.lock.json'));
  assert.equal(await readLock(path), null);
  const { state, lock } = renewLock(await fix(file), first);
  assert.equal(state, 'locked');
  await writeLock(path, lock);
  assert.deepEqual(await readLock(path), lock);
  assert.deepEqual(readdirSync(directory).sort(), ['mine-small.lock.json', 'mine.yaml']);
  assert.deepEqual(Object.keys(lock.conditions).sort(), [
    'base',
    'base-best-temperature',
    'base-greedy',
    'format-only',
    'ground-truth',
    'nsr',
    'random-reward',
  ]);
  const { bases, seeds, problems, samplesPerProblem, hypotheses } = lock;
  assert.deepEqual(
    { bases, seeds, problems, samplesPerProblem },
    { bases: [0, 1, 2], seeds: [0], problems: { clean: 12, harder: 8 }, samplesPerProblem: 64 },
  );
  assert.deepEqual(hypotheses[0]!['margin'], { value: 0.03, unit: 'fraction' });
  writeFileSync(path, readFileSync(path, 'utf8').replace('"value": 0.03', '"value": 0.04'));
  await assert.rejects(readLock(path), BrokenLockError);
  writeFileSync(path, '{');
  await assert.rejects(readLock(path), /not JSON/);
});

test('looks are locked with the bases, and what does not rise to all of them is refused', async (t) => {
  const file = join(temporaryDirectory(t), 'mine.yaml');
  const declare = (looks: string): void =>
    writeFileSync(file, declared.replace('bases: 3', `bases: 6, looks: ${looks}`));
  declare('[2, 4, 6]');
  const fixed = await fix(file);
  assert.deepEqual(fixed.looks, [2, 4, 6]);
  assert.ok(!('looks' in (await fix('one-shot'))));
  declare('[2, 6]');
  assert.deepEqual(
    listDeviations(fixed, await fix(file)).map(({ path }) => path),
    ['looks'],
  );
  for (const wrong of ['[6]', '[1, 6]', '[4, 2, 6]', '[2, 4]', '[2.5, 6]', 'often']) {
    declare(wrong);
    await assert.rejects(fix(file), /scales\.small\.looks: found .*expected two or more numbers of bases/);
  }
  declare('[2, 6]');
  await assert.rejects(
    fix(file, ['conditions.nsr.base={"recipe":"boundary","seed":3}']),
    /conditions\.\S+: has base seeds .* a claim with looks needs the same ones/,
  );
});

test('a claim of the program is locked in experiments/locks', async () => {
  const claim = await findClaim('one-shot');
  assert.match(lockPathOf(claim, 'full'), /experiments.locks.one-shot-full\.json$/);
  assert.equal(lockPathOf(await findClaim(claim.file), 'full'), lockPathOf(claim, 'full'));
});

test('locking again what did not change leaves the lock, its date included', async () => {
  const fixed = await fix('one-shot');
  const { lock } = renewLock(fixed, first);
  const again = renewLock(await fix('one-shot'), { ...first, found: lock, startedRuns: 9, now: 'later' });
  assert.equal(again.state, 'unchanged');
  assert.equal(toLockText(again.lock), toLockText(lock));
});

test('a lock is replaced freely before its first run, and afterwards only with a reason that it keeps', async () => {
  const { lock } = renewLock(await fix('one-shot'), first);
  const changed = await fix('one-shot', ['training.steps=30']);
  const before = renewLock(changed, { ...first, found: lock });
  assert.deepEqual([before.state, before.lock.history], ['relocked', []]);
  assert.throws(
    () => renewLock(changed, { ...first, found: lock, startedRuns: 7 }),
    (error) =>
      error instanceof LockInUseError &&
      /7 runs have started .*conditions\.one-shot,.*--relock REASON/.test(error.message),
  );
  const after = renewLock(changed, { ...first, found: lock, startedRuns: 7, reason: 'too few steps' });
  assert.deepEqual(after.lock.history, [{ sha256: lock.sha256, reason: 'too few steps' }]);
  assert.equal(renewLock(changed, { ...first, found: after.lock, startedRuns: 7 }).state, 'unchanged');
});

test('one recipe overridden in some conditions is locked as two', async () => {
  const fixed = await fix('one-shot', ['conditions.one-shot.base={"recipe":"latent-strategy","steps":9}']);
  const latent = Object.keys(fixed.recipes).filter((name) => name.startsWith('latent-strategy'));
  assert.equal(latent.length, 2);
  for (const name of latent) assert.match(name, /^latent-strategy-[0-9a-f]{12}$/);
});
