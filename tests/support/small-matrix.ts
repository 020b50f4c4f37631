import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openReadonlyDatabase } from '../../db/store/connection.ts';
import { dumpRows } from '../../db/store/dump.ts';
import { findProcesses, type AssayProcess } from './assay-process.ts';

const matrix = fileURLToPath(new URL('../matrices/small.ts', import.meta.url));

/** A directory that is removed, with every process that works in it, when the test or suite that made it ends. */
export function createTemporaryDirectory(
  scope: { after(cleanup: () => void): void },
  prefix: string,
): string {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  scope.after(() => {
    for (const pid of findProcesses(directory)) process.kill(pid, 'SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** The command that launches, and resumes, the small matrix in `home`. */
export function smallMatrixCommand(home: string): string[] {
  return ['run', matrix, '--home', home];
}

function openStore(home: string) {
  return openReadonlyDatabase(join(home, 'assay.db'));
}

/** Finished attempts at the stages that begin with `stage`: what follows each of them is under way or done. */
export function countFinished(home: string, stage: string): number {
  const { $client } = openStore(home);
  try {
    const query = 'select count(*) as n from attempts where stage like ? and finished_at is not null';
    return ($client.prepare(query).get(`${stage}%`) as { n: number }).n;
  } finally {
    $client.close();
  }
}

/** Waits until `isTrue`; fails when the command ends or two minutes pass first. */
export async function waitFor(assay: AssayProcess, what: string, isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 120_000;
  let hasEnded = false;
  let thrown: unknown;
  void assay.exit.then(() => (hasEnded = true));
  for (;;) {
    try {
      if (isTrue()) return;
      thrown = undefined;
    } catch (error) {
      // The database is not there yet.
      thrown = error;
    }
    const seen = `${what} (${String(thrown ?? 'it was false')}):\n${assay.output().stderr}`;
    assert.ok(!hasEnded, `the command ended before ${seen}`);
    assert.ok(Date.now() < deadline, `timed out before ${seen}`);
    await sleep(20);
  }
}

/** Every row of the store, as `dumpRows` compares them. */
export function readRows(home: string): string[] {
  const db = openStore(home);
  try {
    return dumpRows(db);
  } finally {
    db.$client.close();
  }
}

/** The report's files by name. */
export function readReport(home: string): Map<string, string> {
  const root = join(home, 'reports');
  const [directory] = readdirSync(root);
  const files = readdirSync(join(root, directory!)).sort();
  return new Map(files.map((name) => [name, readFileSync(join(root, directory!, name), 'utf8')]));
}

/** The first row of either list that the other lacks, since a whole list of differences is never read. */
function assertSameRows(rows: readonly string[], expected: readonly string[]): void {
  const [known, wanted] = [new Set(rows), new Set(expected)];
  const extra = rows.find((row) => !wanted.has(row));
  const missing = expected.find((row) => !known.has(row));
  assert.deepEqual({ extra, missing }, { extra: undefined, missing: undefined });
  assert.equal(rows.length, expected.length);
}

/** Rows (checkpoint hashes among them) and the report's bytes are those of a home in which nothing went wrong. */
export function assertSameResults(home: string, calm: string): void {
  const expected = readRows(calm);
  assert.ok(expected.length > 500, `a real matrix ran (${expected.length} rows)`);
  assertSameRows(readRows(home), expected);
  assert.deepEqual(readReport(home), readReport(calm));
}
