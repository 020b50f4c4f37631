import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { listImportCounts, listImportTexts } from '../../db/queries/import-counts.ts';
import { listImportRuns, listImports } from '../../db/queries/imports.ts';
import { checkDatabase } from '../../db/store/check-database.ts';
import { openDatabase, type Database } from '../../db/store/connection.ts';
import type { ReadOptions } from '../../imports/import-format.ts';
import { UnreadableSourceError } from '../../imports/unreadable-source-error.ts';
import { ImportNameTakenError, importSource, type ImportResult } from './import-source.ts';

const trl = fileURLToPath(new URL('../../tests/fixtures/imports/trl', import.meta.url));
const lmEval = fileURLToPath(new URL('../../tests/fixtures/imports/lm-eval', import.meta.url));
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Bench {
  readonly db: Database;
  /** Writes a file of these lines, or of this content. */
  write(name: string, content: readonly object[] | string | Uint8Array): string;
  read(source: string, options?: Partial<ReadOptions> & { readonly name?: string }): Promise<ImportResult>;
}

function createBench(t: TestContext): Bench {
  const directory = mkdtempSync(join(tmpdir(), 'assay-import-'));
  const db = openDatabase(join(directory, 'assay.db'));
  t.after(() => {
    db.$client.close();
    rmSync(directory, { recursive: true });
  });
  return {
    db,
    write(name, content) {
      const path = join(directory, name);
      mkdirSync(dirname(path), { recursive: true });
      const isText = typeof content === 'string' || content instanceof Uint8Array;
      writeFileSync(path, isText ? content : content.map((line) => JSON.stringify(line)).join('\n'));
      return path;
    },
    read(source, { name = null, ...options }: Partial<ReadOptions> & { name?: string | null } = {}) {
      return importSource(db, { source, name, options: { scorer: null, fields: {}, ...options } });
    },
  };
}

/** Problem, n and sum of each run, by the source's names. */
function counts({ db }: Bench, { record }: ImportResult): [number, string, number, number][] {
  return [...listImportCounts(db, record.id)].map(({ run, sourceId, n, sum }) => [run, sourceId, n, sum]);
}

test('arms pair by what was asked, whatever order and names they give', async (t) => {
  const bench = createBench(t);
  const lines = (arm: string, names: readonly string[]): object[] =>
    names.map((problem, i) => ({ arm, problem, prompt: `${i}+1=`, correct: true }));
  const source = bench.write('two.jsonl', [...lines('a', ['x', 'y']), ...lines('b', ['p', 'q']).reverse()]);
  const { record } = await bench.read(source);
  assert.equal(record.problems, 2);
  const keys = [...listImportCounts(bench.db, record.id)].map(({ arm, key }) => [arm, key]);
  const expected = [sha256('0+1='), sha256('1+1=')];
  assert.deepEqual(keys, [...expected.map((key) => ['a', key]), ...expected.map((key) => ['b', key])]);
  assert.deepEqual(record.notices, []);
});

test('a run is an arm with a seed, samples without numbers follow each other, and splits keep problems apart', async (t) => {
  const bench = createBench(t);
  const of = (seed: number, split: string, correct: number): object => ({
    problem: 'q',
    seed,
    split,
    correct,
  });
  const result = await bench.read(
    bench.write('runs.jsonl', [of(0, 'clean', 1), of(1, 'clean', 0), of(0, 'clean', 0), of(0, 'leaked', 1)]),
  );
  assert.deepEqual(listImportRuns(bench.db, result.record.id), [
    { run: 0, arm: null, seed: 0 },
    { run: 1, arm: null, seed: 1 },
  ]);
  const found = [...listImportCounts(bench.db, result.record.id)];
  assert.deepEqual(
    found.map(({ run, split, n, sum }) => [run, split, n, sum]),
    [
      [0, 'clean', 2, 1],
      [0, 'leaked', 1, 1],
      [1, 'clean', 1, 0],
    ],
  );
  assert.equal(new Set(found.map(({ key }) => key)).size, 1, 'the same name in every split');
});

test('a sample that stands twice counts once, and is named where its content differs', async (t) => {
  const bench = createBench(t);
  const first = { arm: 'a', problem: 'q7', sample: 0, correct: 1, tokens: 5 };
  const result = await bench.read(
    bench.write('twice.jsonl', [
      first,
      { ...first, sample: 1 },
      first,
      { ...first, correct: 0 },
      { ...first, tokens: 6 },
    ]),
  );
  assert.deepEqual(counts(bench, result), [[0, 'q7', 2, 2]]);
  assert.deepEqual(result.record.notices, [
    '1 sample stands twice, and counts once',
    '2 samples stand twice with other content; the first of each counts, e.g. a, problem q7 sample 0',
  ]);
});

test('a name with two prompts is two problems, and a prompt with two names in a run too', async (t) => {
  const bench = createBench(t);
  const lines = [
    { arm: 'a', problem: '1', prompt: 'one', correct: 1 },
    { arm: 'b', problem: '1', prompt: 'other', correct: 0 },
    { arm: 'a', problem: 'q10', prompt: 'same', correct: 1 },
    { arm: 'a', problem: 'q9', prompt: 'same', correct: 0 },
    { arm: 'b', problem: 'q9', prompt: 'same', correct: 1 },
    { arm: 'b', problem: 'q10', prompt: 'same', correct: 0 },
  ];
  const { record } = await bench.read(bench.write('names.jsonl', lines));
  const own = 'which count as problems of their own';
  assert.deepEqual(record.notices, [
    `1 name stands for more than one prompt, ${own}`,
    `1 prompt stands under more than one name, ${own}`,
  ]);
  const found = [...listImportCounts(bench.db, record.id)].map(({ arm, key, sum }) => [arm, key, sum]);
  const same = sha256('same');
  assert.deepEqual(found, [
    ['a', sha256('one'), 1],
    ['a', `${same}-2`, 1],
    ['a', same, 0],
    ['b', sha256('other'), 0],
    ['b', `${same}-2`, 0],
    ['b', same, 1],
  ]);
});

test('names of one prompt that arms do not share never put two problems of an arm together', async (t) => {
  const bench = createBench(t);
  const line = (arm: string, problem: string, correct: number): object => ({
    arm,
    problem,
    prompt: 'p',
    correct,
  });
  const lines = [
    line('a', 'x', 1),
    line('a', 'y', 0),
    line('b', 'z', 1),
    line('b', 'x', 0),
    line('b', 'y', 1),
  ];
  const result = await bench.read(bench.write('crowd.jsonl', lines));
  assert.equal(result.record.problems, 3);
  assert.deepEqual(
    counts(bench, result).map(([run, , n]) => [run, n]),
    [
      [0, 1],
      [0, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  );
});

test('the same content is imported once, and read in another way it is another import', async (t) => {
  const bench = createBench(t);
  const source = bench.write('eval.jsonl', [{ problem: 'q', correct: 1, score: 0.5 }]);
  const first = await bench.read(source);
  assert.equal(first.isNew, true);
  const copy = bench.write('copy/other.jsonl', [{ problem: 'q', correct: 1, score: 0.5 }]);
  assert.deepEqual(await bench.read(copy), { record: first.record, isNew: false });
  const graded = await bench.read(source, { scorer: 'score' });
  assert.equal(graded.record.name, 'eval-2');
  assert.notEqual(graded.record.id, first.record.id);
});

test('a name that another import has is taken only where none was asked for', async (t) => {
  const bench = createBench(t);
  await bench.read(bench.write('a.jsonl', [{ problem: 'q', correct: 1 }]), { name: 'base' });
  const other = bench.write('b.jsonl', [{ problem: 'q', correct: 0 }]);
  await assert.rejects(
    bench.read(other, { name: 'base' }),
    (error) => error instanceof ImportNameTakenError && /assay import rm base/.test(error.message),
  );
  assert.equal((await bench.read(other, { name: 'other' })).record.name, 'other');
});

test('of a file that breaks off nothing is kept', async (t) => {
  const bench = createBench(t);
  const lines = Array.from({ length: 25_000 }, (_, i) => JSON.stringify({ problem: `q${i}`, correct: 1 }));
  const cut = bench.write('cut.jsonl', lines.join('\n').slice(0, -3));
  await assert.rejects(bench.read(cut), /line 25000: not JSON/);
  const packed = gzipSync(lines.join('\n'));
  await assert.rejects(
    bench.read(bench.write('cut.jsonl.gz', packed.subarray(0, -20))),
    UnreadableSourceError,
  );
  assert.deepEqual(listImports(bench.db), []);
  const { contents, faults } = checkDatabase(bench.db);
  assert.deepEqual(faults, []);
  const rows = ['imports', 'import_runs', 'import_problems', 'import_samples'].map((table) =>
    bench.db.$client.prepare(`select count(*) from ${table}`).pluck().get(),
  );
  assert.deepEqual(rows, [0, 0, 0, 0], JSON.stringify(contents));
});

test('more samples than one transaction holds are all there', async (t) => {
  const bench = createBench(t);
  const lines = Array.from({ length: 25_000 }, (_, i) => ({ problem: `q${i % 10}`, score: i % 4 }));
  const result = await bench.read(bench.write('long.jsonl', lines));
  // Of ten problems, 2,500 samples each; i % 4 of even i is 0 or 2, of odd i 1 or 3, in equal shares.
  assert.deepEqual(
    counts(bench, result).map(([, , n, sum]) => [n, sum]),
    Array.from({ length: 10 }, (_, i) => [2500, i % 2 === 0 ? 2500 : 5000]),
  );
});

test("a folder of TRL's steps is one import", async (t) => {
  const bench = createBench(t);
  const { record } = await bench.read(trl);
  assert.equal(record.name, 'trl');
  assert.deepEqual([record.problems, record.samples, record.failures], [4, 16, 0]);
  assert.equal(record.notices[0], 'its 2 files differ in first step (1, 2), last step (1, 2)');
  assert.match(record.notices[1]!, /^TRL's rows are rollouts of training/);
  const [text] = listImportTexts(bench.db, { importId: record.id, run: 0, samples: 1 });
  assert.deepEqual([text!.prompt, text!.completion, text!.score, text!.split], ['7+2=', '+9016', 1, 'train']);
});

test('a step that TRL logged again, without new rollouts, counts once', async (t) => {
  const bench = createBench(t);
  const folder = dirname(bench.write('completions/notes.txt', 'Seen.'));
  for (const [from, to] of [
    ['1', '1'],
    ['1', '2'],
    ['2', '3'],
  ])
    cpSync(join(trl, `completions_0000${from}.parquet`), join(folder, `completions_0000${to}.parquet`));
  const { record } = await bench.read(folder);
  assert.equal(record.samples, 16);
  assert.ok(record.notices.some((notice) => /^1 file holds the samples of the file before/.test(notice)));
  assert.ok(record.notices.some((notice) => /left out, as no results: .*notes\.txt/.test(notice)));
});

test('files of a folder that cannot be read are told, and hidden ones are not looked at', async (t) => {
  const bench = createBench(t);
  bench.write('logs/a/one.jsonl', [{ problem: 'q', correct: 1 }]);
  bench.write('logs/.cache/two.jsonl', [{ problem: 'q', correct: 1 }]);
  const damaged = bench.write('logs/b.zip', 'PK and no more');
  const { record } = await bench.read(dirname(damaged));
  assert.equal(record.samples, 1);
  assert.match(record.notices[0]!, /^files that cannot be read: .*b\.zip: no whole zip archive/);
});

test('what is no source is refused with what would be one', async (t) => {
  const bench = createBench(t);
  const refused: [string, RegExp][] = [
    [bench.write('prose.txt', 'Nothing of interest'), /of no known format; expected one of: .*plain CSV/],
    [bench.write('empty.jsonl', ''), /the file is empty/],
    [join(dirname(trl), 'none.jsonl'), /cannot be read: ENOENT/],
    [dirname(bench.write('folder/prose.txt', 'Nothing')), /none of its 1 files is of a known format/],
    [bench.write('header.csv', 'problem,correct\n'), /it holds no sample/],
  ];
  for (const [source, message] of refused)
    await assert.rejects(
      bench.read(source),
      (error) => error instanceof UnreadableSourceError && message.test(error.message),
      source,
    );
  await assert.rejects(
    bench.read(trl, { fields: { score: 'advantage' } }),
    /--field score is for plain JSONL and CSV/,
  );
  assert.deepEqual(listImports(bench.db), []);
});

test('a folder that lm-eval wrote is read without its results files, each task a split', async (t) => {
  const { db, read } = createBench(t);
  const { record } = await read(join(lmEval, 'seed-11'));
  const splits = new Set([...listImportCounts(db, record.id)].map(({ split }) => split));
  assert.deepEqual([...splits].sort(), ['capitals', 'sums']);
  assert.ok(!record.notices.some((notice) => notice.includes('left out')), record.notices.join('; '));
});
