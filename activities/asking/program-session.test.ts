import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { createTemporaryDirectory } from '../../tests/support/small-matrix.ts';
import { rewards } from '../../schemes/rewards/index.ts';
import { input } from '../../schemes/conformance/reward-input.ts';
import { askReward } from './ask-reward.ts';
import { createProgramPool } from './program-pool.ts';
import { openProgram, type ProgramSession } from './program-session.ts';

const READ = 'import json, os, sys, time\nfor text in sys.stdin:\n  line = json.loads(text)\n';
/** Answers with the length of the completion. */
const ANSWER = '  print(json.dumps({"id": line["id"], "score": len(line["completion"])}), flush=True)\n';

interface Answer {
  readonly outcome: string;
  readonly score: number | null;
  readonly label: string | null;
  readonly text: string | null;
}

/** Asks a Python program about completions one after the other. */
function openReward(
  t: TestContext,
  program: string,
  { deadlineMs = 5000, command = ['python3', 'reward.py'] } = {},
): { ask(...completions: string[]): Promise<Answer[]>; readonly session: ProgramSession } {
  const source = { command, files: { 'reward.py': program } };
  const session = openProgram(source);
  t.after(() => session.close());
  const reward = rewards.open('external', { ...source, deadlineMs });
  const askOne = async (completion: string, at: number): Promise<Answer> => {
    const { outcome, score, label, text } = await askReward(reward, input({ completion }), {
      ...{ id: `r1/0/0/${at}`, signal: new AbortController().signal, sessionOf: () => session },
    });
    return { outcome, score, label, text };
  };
  return {
    session,
    ask: async (...completions) => {
      const answers: Answer[] = [];
      for (const [at, completion] of completions.entries()) answers.push(await askOne(completion, at));
      return answers;
    },
  };
}

const kindsOf = (answers: readonly Answer[]): unknown[] => answers.map(({ label, score }) => label ?? score);

test('a program gives a score, null or an error, one line for one line', async (t) => {
  const program = `${READ}  c = line["completion"]
  if c == "bad": answer = {"error": "no such word"}
  elif c == "?": answer = {"score": None}
  else: answer = {"score": len(c) + (c == line["answer"])}
  print(json.dumps({"id": line["id"], **answer}), flush=True)
`;
  const answers = await openReward(t, program).ask('#10', '10', 'bad', '?');
  assert.deepEqual(answers, [
    { outcome: 'judged', score: 3, label: null, text: null },
    { outcome: 'judged', score: 3, label: null, text: null },
    { outcome: 'failed', score: null, label: 'rejected', text: 'no such word' },
    { outcome: 'not-applicable', score: null, label: null, text: null },
  ]);
});

test('a program is told prompt, completion, reference and ids', async (t) => {
  const program = `${READ}  print(json.dumps({"id": line["id"], "error": json.dumps(line)}), flush=True)\n`;
  const [answer] = await openReward(t, program).ask('#7');
  assert.deepEqual(JSON.parse(answer!.text!), {
    ...{ id: 'r1/0/0/0', problem: '1+1=', sample: 0, prompt: '1+1=', completion: '#7', answer: '10' },
    ...{ isTruncated: false, outcome: 'correct' },
  });
});

test('one that hangs is late, killed and started once more; after a second time in a row it is left alone', async (t) => {
  const program = `${READ}  if line["completion"] == "hang": time.sleep(1000)\n${ANSWER}`;
  const { ask, session } = openReward(t, program, { deadlineMs: 2500 });
  const began = Date.now();
  assert.deepEqual(kindsOf(await ask('hang', 'abc', 'hang', 'hang', 'abc')), [
    'late',
    3,
    'late',
    'late',
    'ended',
  ]);
  assert.ok(Date.now() - began < 20_000);
  session.forgive();
  assert.deepEqual(kindsOf(await ask('abcd')), [4]);
});

test('one that prints rubbish is quoted, and goes on', async (t) => {
  const program = `${READ}  if line["completion"] == "x": print("hello", flush=True)\n${ANSWER}`;
  const answers = await openReward(t, program).ask('x', 'abc');
  assert.deepEqual(kindsOf(answers), ['unreadable', 3]);
  assert.match(answers[0]!.text!, /printed "hello"; expected one line of JSON with the id .*stderr/);
  const notANumber = `${READ}  print(json.dumps({"id": line["id"], "score": "high"}), flush=True)\n`;
  const [answer] = await openReward(t, notANumber).ask('x');
  assert.deepEqual(
    [answer!.outcome, answer!.text],
    [...['unparsable', 'found the score "high", expected a finite number, or null']],
  );
});

test('one that dies is started once more and asked again; the end of its stderr is told', async (t) => {
  const once = `${READ}  if not os.path.exists("seen"):\n    open("seen", "w").close(); sys.exit(3)\n${ANSWER}`;
  assert.deepEqual(kindsOf(await openReward(t, once).ask('abc')), [3]);
  const always = 'import sys\nsys.stderr.write("weights.bin is missing\\n")\nsys.exit(3)\n';
  const [first, second] = await openReward(t, always).ask('abc', 'abc');
  assert.deepEqual([first!.outcome, first!.label], ['failed', 'ended']);
  assert.match(
    first!.text!,
    /"python3 reward\.py" ended with code 3; the end of its stderr:\nweights\.bin is missing/,
  );
  assert.match(second!.text!, /stopped 2 times in a row/);
});

test('a program that is not there is an error of the declaration, not of a rollout', async (t) => {
  const { ask } = openReward(t, '', { command: ['no-such-program', 'reward.py'] });
  await assert.rejects(ask('abc'), { name: 'ProgramStartError', message: /no-such-program.*ENOENT/ });
});

test('closing it ends what it has started, too, and removes its folder', async (t) => {
  const directory = createTemporaryDirectory(t, 'assay-program-test-');
  const pids = join(directory, 'pids');
  const program = `import subprocess
child = subprocess.Popen(["sleep", "1000"])
${READ}  open(${JSON.stringify(pids)}, "w").write(f"{child.pid} {os.getpid()} {os.getcwd()}")
${ANSWER}`;
  const { ask, session } = openReward(t, program);
  await ask('abc');
  const [child, own, folder] = readFileSync(pids, 'utf8').split(' ') as [string, string, string];
  session.close();
  assert.equal(existsSync(folder), false);
  // A killed process whose parent is gone may stay a zombie for a while.
  const runs = (pid: string): boolean =>
    existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  for (let tries = 0; tries < 100 && (runs(child) || runs(own)); tries += 1) await sleep(20);
  assert.deepEqual([runs(child), runs(own)], [false, false]);
});

test('a program is kept for the next round, and for one caller at a time', async (t) => {
  const pool = createProgramPool(10_000);
  t.after(() => pool.close());
  const source = { command: ['python3', 'reward.py'], files: { 'reward.py': READ + ANSWER } };
  const first = pool.borrow(source);
  const second = pool.borrow(source);
  assert.notEqual(first, second);
  pool.giveBack(source, first);
  assert.equal(pool.borrow({ ...source }), first);
  assert.notEqual(pool.borrow({ ...source, files: { 'reward.py': `${READ}${ANSWER}\n` } }), second);
});
