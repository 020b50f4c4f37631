import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toEvaluationLog } from './evaluation-log.ts';
import type { FinalEvaluation } from './final-evaluations.ts';
import { toInstanceLine } from './instance-line.ts';
import { nameRecord } from './record-names.ts';

async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.partial`, text);
  await rename(`${path}.partial`, path);
}

/** The two files of a run's record by their paths: the aggregate refers to the samples by hash. */
export function toRecordFiles(evaluation: FinalEvaluation, organization: string): Map<string, string> {
  const names = nameRecord(evaluation, organization);
  const lines = evaluation.splits.flatMap((result) =>
    result.samples.map((sample) => JSON.stringify(toInstanceLine(result, sample, names))),
  );
  const samples = lines.map((line) => `${line}\n`).join('');
  const path = `${names.path}_samples.jsonl`;
  const sha256 = createHash('sha256').update(samples).digest('hex');
  const log = toEvaluationLog(evaluation, names, { path, sha256, rows: lines.length });
  return new Map([
    [path, samples],
    [`${names.path}.json`, `${JSON.stringify(log, null, 2)}\n`],
  ]);
}

/** Writes the records under `directory`, as the format's data store lays them out; the paths, sorted. Equal rows give equal bytes. */
export async function writeEveryEvalEver(
  evaluations: Iterable<FinalEvaluation>,
  to: { readonly directory: string; readonly organization: string },
): Promise<string[]> {
  const paths: string[] = [];
  for (const evaluation of evaluations) {
    for (const [name, text] of toRecordFiles(evaluation, to.organization)) {
      const path = join(to.directory, name);
      await writeWhole(path, text);
      paths.push(path);
    }
  }
  return paths.sort();
}
