import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createTurns, takeTurns, WorkerBusyError } from './turns.ts';

test('activities of one process run one after the other, in the order they came', async () => {
  const running: string[] = [];
  const log: string[] = [];
  const { work } = takeTurns(
    {
      work: async (name: string) => {
        running.push(name);
        assert.equal(running.length, 1, `${running.join(' and ')} ran together`);
        await sleep(5);
        log.push(name);
        running.pop();
      },
    },
    createTurns(),
  );
  await Promise.all(['a', 'b', 'c'].map((name) => new MockActivityEnvironment().run(work, name)));
  assert.deepEqual(log, ['a', 'b', 'c']);
});

test('one that fails, or is cancelled while it waits, lets the next one in, but never beside the one before it', async () => {
  const turns = createTurns();
  const log: string[] = [];
  let finishFirst: () => void = () => undefined;
  const run = (environment: MockActivityEnvironment, body: () => Promise<void>) =>
    environment.run(() => turns(body, Infinity));

  const first = run(new MockActivityEnvironment(), async () => {
    await new Promise<void>((resolve) => (finishFirst = resolve));
    log.push('first');
    throw new Error('first failed');
  });
  const cancelled = new MockActivityEnvironment();
  const second = run(cancelled, async () => void log.push('second'));
  const third = run(new MockActivityEnvironment(), async () => void log.push('third'));
  await sleep(5);
  cancelled.cancel();
  await assert.rejects(second);
  await sleep(5);
  assert.deepEqual(log, []);
  finishFirst();
  await assert.rejects(first, /first failed/);
  await third;
  assert.deepEqual(log, ['first', 'third']);
});

test('one whose patience ends before its turn is refused, and those behind it keep their order', async () => {
  const turns = createTurns();
  const log: string[] = [];
  let finishFirst: () => void = () => undefined;
  const run = (name: string, patienceMs: number, until: Promise<void> = Promise.resolve()) =>
    new MockActivityEnvironment().run(() =>
      turns(async () => {
        await until;
        log.push(name);
      }, patienceMs),
    );
  const first = run('first', Infinity, new Promise<void>((resolve) => (finishFirst = resolve)));
  const impatient = run('impatient', 5);
  const patient = run('patient', 60_000);
  await assert.rejects(impatient, WorkerBusyError);
  finishFirst();
  await Promise.all([first, patient]);
  assert.deepEqual(log, ['first', 'patient']);
});
