import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { checkDatabase } from '../store/check-database.ts';
import { openDatabase, type Database } from '../store/connection.ts';
import { dumpRows } from '../store/dump.ts';
import { temporaryStorePath } from '../example-store.fixture.ts';
import { listImportCounts, listImportTexts } from './import-counts.ts';
import {
  chooseImportName,
  deleteImport,
  findImport,
  listImportRuns,
  listImports,
  removeAbandonedImports,
  requireImport,
  UnknownImportError,
} from './imports.ts';
import { beginImport, ImportExistsError, type ImportSample, type ImportWriter } from './record-import.ts';

const ID = 'ab'.repeat(32);
const described = { id: ID, name: 'grpo', format: 'plain JSONL', header: '{}', notices: ['A notice.'] };

function openStore(t: TestContext): Database {
  const db = openDatabase(temporaryStorePath(t));
  t.after(() => db.$client.close());
  return db;
}

/** Values of a sample beside its place. */
const empty = { score: null, failure: null, answer: null, completion: null, confidence: null, tokens: null };

type Told = Partial<ImportSample> & Pick<ImportSample, 'sample'>;

/** One run; the samples of each of its problems. */
function writeRun(writer: ImportWriter, arm: string, problems: readonly (readonly Told[])[]): void {
  writer.write(() => {
    const importRun = writer.addRun({ arm, seed: null });
    problems.forEach((samples, i) => {
      const named = { sourceId: `q${i}`, split: '', key: `${arm} key ${i}`, prompt: `${i}?` };
      const importProblem = writer.addProblem({ ...named, target: null, cluster: 'sums' });
      for (const sample of samples) writer.addSample({ ...empty, importRun, importProblem, ...sample });
    });
  });
}

function begin(db: Database): ImportWriter {
  return beginImport(db, { source: 'runs/grpo.jsonl', sha256: 'c'.repeat(64), bytes: 12 });
}

function importExample(db: Database, problems: readonly (readonly Told[])[]): void {
  const writer = begin(db);
  writeRun(writer, 'grpo', problems);
  writer.complete(described);
}

test('an import is found by name, id and the start of its id, with what was counted of it', (t) => {
  const db = openStore(t);
  importExample(db, [[{ sample: 0, score: 1 }], [{ sample: 0, failure: 'timed out' }]]);
  const found = requireImport(db, 'grpo');
  assert.equal(found.id, ID);
  assert.deepEqual([found.problems, found.samples, found.failures, found.bytes], [2, 2, 1, 12]);
  assert.deepEqual(found.notices, ['A notice.']);
  assert.deepEqual(findImport(db, ID), found);
  assert.deepEqual(findImport(db, 'ababab'), found);
  assert.equal(findImport(db, 'abab'), null, 'too short to name one');
  assert.deepEqual(listImports(db), [found]);
  assert.deepEqual(listImportRuns(db, ID), [{ run: 0, arm: 'grpo', seed: null }]);
  assert.equal(chooseImportName(db, 'grpo'), 'grpo-2');
  assert.equal(chooseImportName(db, 'dapo'), 'dapo');
  assert.throws(() => requireImport(db, 'ppo'), UnknownImportError);
});

test('samples of a problem are counted: failures apart, answers, confidences and tokens where told', (t) => {
  const db = openStore(t);
  importExample(db, [
    [
      { sample: 0, score: 1, answer: '2', confidence: 0.9, tokens: 5 },
      { sample: 1, score: 0, answer: '3', confidence: 0.9, tokens: 7 },
      { sample: 2, score: 1, answer: '2', tokens: 6 },
      { sample: 3, failure: 'timed out', tokens: 100 },
    ],
    [
      { sample: 0, score: 0.5 },
      { sample: 1, score: 0.25 },
    ],
  ]);
  const [first, second, ...others] = [...listImportCounts(db, ID)];
  assert.deepEqual(first, {
    run: 0,
    arm: 'grpo',
    seed: null,
    problem: 0,
    key: 'grpo key 0',
    sourceId: 'q0',
    split: '',
    cluster: 'sums',
    target: null,
    n: 3,
    sum: 2,
    sumOfSquares: 2,
    isBinary: true,
    failures: 1,
    tokens: 118,
    samplesWithTokens: 4,
    answers: { '2': 2, '3': 1 },
    confidences: { '0.9': { n: 2, c: 1 }, '': { n: 1, c: 1 } },
  });
  assert.deepEqual(
    [second!.n, second!.sum, second!.sumOfSquares, second!.isBinary, second!.tokens, second!.answers],
    [2, 0.75, 0.3125, false, null, null],
  );
  assert.equal(second!.confidences, null);
  assert.deepEqual(others, []);
  assert.deepEqual([...listImportCounts(db, ID, { arm: 'other arm' })], []);
});

test('a report reads the first samples of each problem, whatever their numbers are', (t) => {
  const db = openStore(t);
  const numbers = [4, 7, 9];
  const samples = numbers.map((sample) => ({ sample, score: 1, completion: `text ${sample}` }));
  importExample(db, [samples, samples]);
  const shown = listImportTexts(db, { importId: ID, run: 0, samples: 2 });
  assert.deepEqual(
    shown.map(({ problem, prompt, completion }) => [problem, prompt, completion]),
    [
      [0, '0?', 'text 4'],
      [0, '0?', 'text 7'],
      [1, '1?', 'text 4'],
      [1, '1?', 'text 7'],
    ],
  );
  const one = listImportTexts(db, { importId: ID, run: 0, samples: 1, keys: ['grpo key 1'] });
  assert.deepEqual(
    one.map(({ problem, completion }) => [problem, completion]),
    [[1, 'text 4']],
  );
});

test('nothing of an import is seen before it is whole, and what a kill left goes after a minute', (t) => {
  const db = openStore(t);
  const writer = begin(db);
  writeRun(writer, 'grpo', [[{ sample: 0, score: 1 }]]);
  assert.deepEqual(listImports(db), []);
  assert.equal(findImport(db, 'grpo'), null);
  removeAbandonedImports(db);
  const rows = (): number =>
    db.$client.prepare('select count(*) from import_samples').pluck().get() as number;
  assert.equal(rows(), 1, 'another process may be writing it');
  removeAbandonedImports(db, Date.now() + 61_000);
  assert.equal(rows(), 0);
  assert.deepEqual(db.$client.prepare('select * from imports').all(), []);
  assert.throws(() => writeRun(writer, 'late', []), /FOREIGN KEY/);
});

test('removing an import removes its rows and no other', (t) => {
  const db = openStore(t);
  importExample(db, [[{ sample: 0, score: 1 }]]);
  const before = dumpRows(db);
  const writer = begin(db);
  writeRun(writer, 'dapo', [[{ sample: 0, score: 0 }], [{ sample: 0, failure: 'x' }]]);
  const other = { ...described, id: 'cd'.repeat(32), name: 'dapo' };
  writer.complete(other);
  assert.equal(dumpRows(db).length, before.length + 6);
  assert.equal(deleteImport(db, other.id), true);
  assert.deepEqual(dumpRows(db), before);
  assert.equal(deleteImport(db, other.id), false);
  assert.deepEqual(checkDatabase(db).faults, []);
});

test('of two imports of one content the first that is whole stands', (t) => {
  const db = openStore(t);
  const [first, second] = [begin(db), begin(db)];
  writeRun(first, 'grpo', []);
  writeRun(second, 'grpo', []);
  first.complete(described);
  assert.throws(() => second.complete({ ...described, name: 'other' }), ImportExistsError);
  assert.throws(() => second.complete({ ...described, id: 'ef'.repeat(32) }), ImportExistsError);
  second.complete({ ...described, id: 'ef'.repeat(32), name: 'other' });
  assert.equal(listImports(db).length, 2);
});

test('a second sample in the place of another is told and changes nothing', (t) => {
  const db = openStore(t);
  const writer = begin(db);
  writer.write(() => {
    const importRun = writer.addRun({ arm: null, seed: 3 });
    const problem = { sourceId: 'q', split: 'clean', key: 'k', prompt: null, target: null, cluster: null };
    const importProblem = writer.addProblem(problem);
    const sample = { ...empty, importRun, importProblem, sample: 0, score: 1 };
    assert.equal(writer.addSample(sample), true);
    assert.equal(writer.addSample({ ...sample, score: 0 }), false);
    assert.deepEqual(writer.readSample(sample), sample);
  });
});

test('problems exchange their keys', (t) => {
  const db = openStore(t);
  const writer = begin(db);
  writeRun(writer, 'a', [[], []]);
  const keys = (): unknown[] => db.$client.prepare('select id, key from import_problems order by id').all();
  assert.deepEqual(keys(), [
    { id: 1, key: 'a key 0' },
    { id: 2, key: 'a key 1' },
  ]);
  const exchanged = [
    { id: 1, key: 'a key 1' },
    { id: 2, key: 'a key 0' },
  ];
  writer.write(() => writer.renameProblems(exchanged));
  assert.deepEqual(keys(), exchanged);
});

test('samples name a run and a problem that are there', (t) => {
  const db = openStore(t);
  const writer = begin(db);
  const sample = { ...empty, importRun: 1, importProblem: 1, sample: 0, score: 1 };
  assert.throws(() => writer.write(() => writer.addSample(sample)), /FOREIGN KEY/);
});
