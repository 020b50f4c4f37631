import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { openReadonlyDatabase } from '../db/store/connection.ts';
import { findProcesses, runAssay, startAssay } from './support/assay-process.ts';
import { createTemporaryDirectory, readReport, readRows, waitFor } from './support/small-matrix.ts';

const ROLLOUTS_PER_STEP = 32;

/** In the middle of the second step, where the first 16 of its answers are stored and some more were given. */
const HANGS_AT = ROLLOUTS_PER_STEP + 24;

const STORED = ROLLOUTS_PER_STEP + 16;

/** Notes each question before it answers; while there is a gate, it never answers the one whose number the gate holds. */
const QUESTIONS = `import json, os, sys, time

log, gate = os.environ["QUESTION_LOG"], os.environ["QUESTION_GATE"]
for number, text in enumerate(sys.stdin, 1):
    line = json.loads(text)
    with open(log, "a") as file:
        print(os.getpid(), line["id"], file=file)
    if os.path.exists(gate) and open(gate).read() == str(number):
        time.sleep(10000)
    score = line["completion"].endswith(line["answer"]) + 0.01 * len(line["completion"])
    print(json.dumps({"id": line["id"], "score": score}), flush=True)
`;

const MATRIX = `name: asked
question: Does a killed run ask again what was answered?
task: { family: arithmetic, operations: 2 }
base:
  steps: 40
  documentsPerStep: 16
  architecture: { hiddenSize: 32, layers: 2, heads: 2, keyValueHeads: 1, feedForwardSize: 64 }
controls: [base]
conditions:
  asked:
    scheme: { name: grpo, rewards: [{ name: external, options: { command: [python3, ./questions.py], deadlineMs: 600000 } }] }
training: { steps: 3, promptsPerStep: 4, groupSize: 8 }
evaluation: { splits: { clean: 8 }, samplesPerProblem: 8, every: 0 }
seeds: 1
`;

interface Question {
  readonly pid: number;
  readonly id: string;
}

/** A home, the command that launches and resumes the matrix in it, and what the program was asked there. */
function prepare(directory: string, name: string) {
  const [home, log, gate] = ['home', 'log', 'gate'].map((part) => join(directory, `${name}-${part}`)) as [
    string,
    string,
    string,
  ];
  return {
    home,
    gate,
    parameters: ['run', join(directory, 'matrix.yaml'), '--home', home],
    environment: { QUESTION_LOG: log, QUESTION_GATE: gate },
    listQuestions: (): Question[] => {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
      return lines.map((line) => {
        const [pid, id] = line.split(' ') as [string, string];
        return { pid: Number(pid), id };
      });
    },
  };
}

/** Of the answers that are stored, the ids under which they were asked. */
function listAnswered(home: string): string[] {
  const { $client } = openReadonlyDatabase(join(home, 'assay.db'));
  try {
    return $client
      .prepare(
        `select r.run_id || '/' || r.step || '/' || r.problem_index || '/' || r.sample_index from judgements j
           join rollouts r on r.id = j.rollout_id where j.judge like '%external%'`,
      )
      .pluck()
      .all() as string[];
  } finally {
    $client.close();
  }
}

async function waitUntilEnded(pid: number): Promise<void> {
  for (let waited = 0; existsSync(`/proc/${pid}`); waited += 50) {
    assert.ok(waited < 20_000, `program ${pid} outlives the worker that asked it by 20 s`);
    await sleep(50);
  }
}

test('a run killed while its reward program is asked leaves no program behind, asks nothing twice that was stored, and ends like one left alone', async (t) => {
  const directory = createTemporaryDirectory(t, 'assay-asked-');
  writeFileSync(join(directory, 'questions.py'), QUESTIONS);
  writeFileSync(join(directory, 'matrix.yaml'), MATRIX);
  const calm = prepare(directory, 'calm');
  const undisturbed = await runAssay(calm.parameters, calm.environment);
  assert.equal(undisturbed.code, 0, undisturbed.stderr);
  const asked = calm.listQuestions().map(({ id }) => id);
  assert.equal(asked.length, 3 * ROLLOUTS_PER_STEP);

  const killed = prepare(directory, 'killed');
  writeFileSync(killed.gate, String(HANGS_AT));
  const assay = startAssay(killed.parameters, killed.environment);
  await waitFor(
    assay,
    'an unanswered question',
    () => killed.listQuestions().length === HANGS_AT && listAnswered(killed.home).length === STORED,
  );
  const workers = [...findProcesses('--role', killed.home), ...findProcesses('start-dev', killed.home)];
  for (const pid of [assay.child.pid!, ...workers]) process.kill(pid, 'SIGKILL');
  await assay.exit;
  await waitUntilEnded(killed.listQuestions().at(-1)!.pid);
  const stored = listAnswered(killed.home);
  assert.equal(stored.length, STORED);
  rmSync(killed.gate);
  const resumed = await runAssay(killed.parameters, killed.environment);
  assert.equal(resumed.code, 0, resumed.stderr);

  const times = new Map<string, number>();
  for (const { id } of killed.listQuestions()) times.set(id, (times.get(id) ?? 0) + 1);
  assert.deepEqual([...times.keys()].sort(), asked.toSorted());
  for (const id of stored) assert.equal(times.get(id), 1, `${id} was stored and asked again`);
  // Those that were asked and not stored, and no others.
  assert.equal([...times.values()].filter((count) => count === 2).length, HANGS_AT - STORED);
  assert.deepEqual(readRows(killed.home), readRows(calm.home));
  assert.deepEqual(readReport(killed.home), readReport(calm.home));
  assert.ok(
    readRows(calm.home).some((row) => row.includes('safetensors')),
    'hashes of weights are compared',
  );
});
