import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { canonicalJson } from '../../config/canonical.ts';

/** What a run must end with, however the program around it changes. */
export interface Outcome {
  /** SHA-256 of the final policy's file; for a run without steps, of its base model's. */
  readonly weights: string;
  /** SHA-256 of the lines `split problem n c` of every evaluation. */
  readonly counts: string;
  /** Samples and correct ones, all together, to tell at a glance how far two outcomes are apart. */
  readonly n: number;
  readonly c: number;
}

export interface GuardRecord {
  /** Weights are the same on one kind of machine only. */
  readonly machine: string;
  readonly revision: string | null;
  /** By `experiment/condition/base-B/seed-S`. */
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

const path = new URL('./outcomes.json', import.meta.url);

/** One record per kind of machine. */
export function readGuardRecords(): GuardRecord[] {
  return JSON.parse(readFileSync(path, 'utf8')) as GuardRecord[];
}

/** The record in place of that of its kind of machine, or beside the others. */
export function writeGuardRecord(record: GuardRecord): void {
  const others = readGuardRecords().filter(({ machine }) => machine !== record.machine);
  writeFileSync(path, `${JSON.stringify([...others, record], null, 2)}\n`);
}

interface RunRow {
  readonly name: string;
  readonly recorded: string;
  readonly weights: string;
  readonly provenance: string;
}

interface Provenance {
  readonly revision: string | null;
  readonly backend: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly host: { readonly platform: string; readonly architecture: string; readonly processor: string };
}

/** The kind of machine that a run's provenance tells of. */
function machineOf({ backend, versions, host }: Provenance): string {
  const { platform, architecture, processor } = host;
  const { assay: _assay, node: _node, temporal: _temporal, ...libraries } = versions;
  return canonicalJson({ platform, architecture, processor, backend, libraries });
}

function outcomeOf(db: Database.Database, run: RunRow): Outcome {
  const rows = db
    .prepare(
      'select split, step, problem_index as problem, n, c from evaluations where run_id = ? order by split, step, problem_index',
    )
    .all(run.recorded) as { split: string; step: number; problem: number; n: number; c: number }[];
  const hash = createHash('sha256');
  for (const { split, step, problem, n, c } of rows) hash.update(`${split} ${step} ${problem} ${n} ${c}\n`);
  const sum = (name: 'n' | 'c'): number => rows.reduce((total, row) => total + row[name], 0);
  return { weights: run.weights, counts: hash.digest('hex'), n: sum('n'), c: sum('c') };
}

/** What every completed run of a home ended with. */
export function collectOutcomes(databasePath: string): GuardRecord {
  const db = new Database(databasePath, { readonly: true });
  const runs = db
    .prepare(
      `select e.name || '/' || k.name || '/base-' || r.base_seed || '/seed-' || r.seed as name,
         coalesce(r.reused_run_id, r.id) as recorded, r.provenance, coalesce(
           (select a.sha256 from checkpoints p join artifacts a on a.path = p.weights_path
             where p.run_id = coalesce(r.reused_run_id, r.id) and p.step = coalesce(r.spent_steps, r.total_steps)),
           (select a.sha256 from base_models b join artifacts a on a.path = b.weights_path where b.id = r.base_model_id)
         ) as weights
       from runs r join experiments e on e.id = r.experiment_id
       join conditions k on k.experiment_id = r.experiment_id and k.id = r.condition_id
       where r.status = 'completed' and json_extract(k.settings, '$.collect') is null order by name`,
    )
    .all() as RunRow[];
  const provenance = JSON.parse(runs[0]!.provenance) as Provenance;
  const outcomes = Object.fromEntries(runs.map((run) => [run.name, outcomeOf(db, run)]));
  db.close();
  return { machine: machineOf(provenance), revision: provenance.revision, outcomes };
}

/** The runs of `found` that ended otherwise than recorded, or that nobody recorded. */
export function listDeviations(recorded: GuardRecord, found: GuardRecord): string[] {
  return Object.entries(found.outcomes).flatMap(([name, outcome]) => {
    const expected = recorded.outcomes[name];
    if (expected === undefined) return [`${name}: no outcome is recorded`];
    const differing = (Object.keys(outcome) as (keyof Outcome)[]).filter(
      (key) => outcome[key] !== expected[key],
    );
    if (differing.length === 0) return [];
    return [
      `${name}: ${differing.map((key) => `${key} is ${outcome[key]}, recorded ${expected[key]}`).join('; ')}`,
    ];
  });
}
