import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { declareExperiment } from './declare-experiment.ts';
import type { ResolvedExperiment } from './resolve.ts';

/** Of 200 such questions 14 fall into dev and 39 into clean. */
const ROWS = 200;

interface Files {
  readonly csv?: string;
  readonly task?: string;
  readonly more?: string;
  readonly set?: readonly string[];
}

const table = (answerOf: (i: number) => string): string =>
  ['prompt,label', ...Array.from({ length: ROWS }, (_, i) => `${i}+1=,"${answerOf(i)}"`)].join('\n');

const SIZES = 'evaluation: { splits: { clean: 20 }, devProblems: 10 }';
const FIELDS = 'fields: { question: prompt, answer: label }';
const TASK = `{ family: jsonl, file: my.csv, ${FIELDS}, verification: numeric }`;

async function declare(t: TestContext, { csv, task = TASK, more = SIZES, set = [] }: Files) {
  const directory = mkdtempSync(join(tmpdir(), 'assay-own-data-'));
  t.after(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'my.csv'), csv ?? table((i) => String(i + 1)));
  const yaml = join(directory, 'matrix.yaml');
  writeFileSync(yaml, `name: demo\nquestion: Why?\nconditions: { grpo: {} }\ntask: ${task}\n${more}\n`);
  return declareExperiment(yaml, { set });
}

async function faultOf(t: TestContext, files: Files): Promise<string> {
  try {
    await declare(t, files);
  } catch (error) {
    assert.ok(error instanceof InvalidSpecError, String(error));
    assert.doesNotMatch(error.message, /"code":|invalid_type/, 'no dump of a schema library');
    return error.message;
  }
  return 'no fault';
}

const conditionOf = ({ conditions }: ResolvedExperiment) =>
  conditions.find(({ name }) => name === 'grpo')!.condition;

test('a table is ten lines of YAML, and its base learns to write what its task writes', async (t) => {
  const { base, task } = conditionOf(await declare(t, {}));
  assert.equal((task['rows'] as unknown[]).length, ROWS);
  assert.deepEqual([base.name, base.stages], ['task-solutions', []]);
  assert.deepEqual(base.sources, [{ name: 'solutions', options: { formats: { answer: 1 } } }]);
  const own = conditionOf(await declare(t, { more: `${SIZES}\nbase: { steps: 3, name: mine }` })).base;
  assert.deepEqual([own.name, own.steps, own.sources], ['mine', 3, base.sources]);
});

test('every reference is checked under its verifier, with file, line, reason and what would read it', async (t) => {
  const worked = await faultOf(t, { csv: table((i) => `${i} and 1\n#### ${i + 1}`) });
  assert.match(worked, /task: 200 of 200 rows cannot be used with verification 'numeric'/);
  // Every row is two lines long: the head is line 1, the third row begins on line 6.
  assert.match(worked, /\n {2}my\.csv, line 6: found "2 and 1 #### 3", expected a number\n/);
  assert.equal(worked.split('my.csv, line').length - 1, 10);
  assert.match(worked, /\n {2}and 190 more\n {2}answerMarker: '####' would read 200 of the 200$/);
  const csv = table((i) => (i === 57 ? 'about three' : String(i + 1)));
  assert.match(
    await faultOf(t, { csv }),
    /1 of 200 rows .*\n {2}my\.csv, line 59: found "about three", expected a number$/s,
  );
  assert.equal(await faultOf(t, { csv, set: ['task.verification=exact'] }), 'no fault');
});

test('references with a marker are read after it, and what leads to it can be learned', async (t) => {
  const csv = table((i) => `${i} and 1\n#### ${i + 1}`);
  const task = `${TASK.slice(0, -2)}, answerMarker: '#### ', formats: [solution] }`;
  const { base } = conditionOf(await declare(t, { csv, task }));
  assert.deepEqual(base.sources, [{ name: 'solutions', options: { formats: { solution: 1 } } }]);
  assert.match(await faultOf(t, { task }), /200 of 200 rows .*expected a worked solution/s);
});

test('a split that is smaller than what is asked of it is refused, with the key and the rows there are', async (t) => {
  const evaluated = (plan: string): Promise<string> => faultOf(t, { more: `evaluation: { ${plan} }` });
  assert.match(
    await evaluated('splits: { clean: 60 }'),
    /evaluation\.splits\.clean: found 60 problems, but split clean holds 39 of the rows/,
  );
  assert.match(
    await evaluated('splits: { clean: 39 }'),
    /evaluation\.devProblems: found 48 problems, but split dev holds 14 of the rows/,
  );
  assert.equal(await evaluated('splits: { clean: 39 }, devProblems: 14'), 'no fault');
  assert.equal(await evaluated('splits: { clean: 39 }, every: 0'), 'no fault');
  assert.match(
    await faultOf(t, { more: `${SIZES}\ntraining: { pool: 150 }` }),
    /training\.pool: found 150 problems/,
  );
  const all = `${TASK.slice(0, -2)}, shares: { dev: 0.5, clean: 0.5, contaminated: 0 } }`;
  assert.match(await faultOf(t, { task: all }), /task\.shares: split train holds none of the rows/);
});

test('the longest row counts, not the first', async (t) => {
  const csv = table((i) => String(i + 1)).replace('57+1=', `${'0'.repeat(200)}57+1=`);
  assert.match(await faultOf(t, { csv }), /maxPositions: found 128; prompts of 205/);
});

test('a key that names no file is told the one that does', async (t) => {
  const refused = async (task: string, message: RegExp, set: readonly string[] = []) =>
    assert.match(await faultOf(t, { task, set }), message);
  await refused(
    '{ family: jsonl, path: my.csv }',
    /task\.path: unknown key "path"; the nearest valid key is "file"/,
  );
  await refused('{ family: jsonl, rows: my.csv }', /task\.rows: found "my\.csv", .*`file: my\.csv`/);
  await refused('{ family: jsonl }', /task\.file: found none; name the file/);
  await refused('{ family: jsonl, file: 3 }', /task\.file: found 3, expected the name of a file/);
  await refused(TASK, /task\.file: it is read with the declaration/, ['task.file=other.csv']);
  await refused(
    '{ family: jsonl, file: my.csv, fields: { question: prompt, anwser: label } }',
    /task\.fields\.anwser: unknown key "anwser"; the nearest valid key is "answer"/,
  );
  await refused(
    '{ family: jsonl, file: my.csv }',
    /my\.csv, line 2: no field "question"; the nearest is "prompt"/,
  );
  await refused(`${TASK.slice(0, -2)}, verificaton: exact }`, /verificaton: unknown key .* "verification"/);
});

test('labels of an axis may name files of their own', async (t) => {
  const more = `${SIZES}\naxes: { data: { mine: { task: ${TASK} } } }`;
  const { conditions } = await declare(t, { task: '{ family: jsonl, rows: [] }', more });
  assert.ok(conditions.every(({ condition }) => (condition.task['rows'] as unknown[]).length === ROWS));
});
