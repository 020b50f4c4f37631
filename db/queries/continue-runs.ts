import type { ArtifactRef } from '../../config/plan.ts';
import { writeTransaction, type Database } from '../store/connection.ts';

/** A pending run whose first steps a completed shorter run has recorded already. */
export interface Continuation {
  /** The run whose rows are taken. */
  readonly from: string;
  /** The run that gets them. */
  readonly to: string;
  /** Files of the shorter run that the longer one needs under its own path. */
  readonly files: readonly { readonly source: ArtifactRef; readonly path: string }[];
}

/** What training leaves: its checkpoints, and the evaluations on the way. Those of a final policy stay with their run. */
const ON_THE_WAY = `(
  substr(path, 1, length(:folder || 'checkpoint-')) = :folder || 'checkpoint-'
  or path like '%/evaluation-%/dev-%' or path like '%/evaluation-%/pool-%')
  and substr(path, 1, length(:folder)) = :folder`;

function listFiles(db: Database, from: string, to: string): Continuation['files'] {
  const rows = db.$client
    .prepare(`select path, sha256, bytes from artifacts where is_retained = 1 and ${ON_THE_WAY}`)
    .all({ folder: `runs/${from}/` }) as ArtifactRef[];
  return rows.map((source) => ({
    source,
    path: `runs/${to}/${source.path.slice(`runs/${from}/`.length)}`,
  }));
}

/**
 * The runs of an experiment that have no step yet and continue a completed run of the same seeds.
 *
 * @param pair.continued id of a condition of `to` → id of the condition of `from` that it continues
 */
export function listContinuations(
  db: Database,
  pair: { readonly from: string; readonly to: string; readonly continued: ReadonlyMap<string, string> },
): Continuation[] {
  const query = db.$client.prepare(`
    select longer.id as "to", coalesce(shorter.reused_run_id, shorter.id) as "from"
    from runs longer join runs shorter
      on shorter.base_seed = longer.base_seed and shorter.seed = longer.seed
    where longer.experiment_id = :to and longer.condition_id = :longer and longer.status = 'pending'
      and shorter.experiment_id = :from and shorter.condition_id = :shorter and shorter.status = 'completed'
      and not exists (select 1 from steps where steps.run_id = longer.id)
    order by longer.id`);
  return [...pair.continued].flatMap(([longer, shorter]) => {
    const rows = query.all({ from: pair.from, to: pair.to, longer, shorter }) as {
      from: string;
      to: string;
    }[];
    return rows.map(({ from, to }) => ({ from, to, files: listFiles(db, from, to) }));
  });
}

interface TableCopy {
  readonly table: string;
  readonly where?: string;
  /** Column → SQL of its value in the copy. */
  readonly changed?: Readonly<Record<string, string>>;
}

const renamed = (column: string): string =>
  `replace(${column}, 'runs/' || :from || '/', 'runs/' || :to || '/')`;

/** Training, and the evaluations on the way; referenced tables first. */
const COPIES: readonly TableCopy[] = [
  { table: 'artifacts', where: ON_THE_WAY, changed: { path: renamed('path') } },
  { table: 'steps' },
  { table: 'metrics' },
  {
    table: 'checkpoints',
    changed: { weights_path: renamed('weights_path'), training_state_path: renamed('training_state_path') },
  },
  { table: 'evaluations', where: "run_id = :from and split in ('dev', 'pool')" },
  { table: 'ledger', where: "run_id = :from and (stage <> 'evaluation' or kind like 'dev/%')" },
  { table: 'rollouts', where: "run_id = :from and phase in ('train', 'dev', 'pool')" },
];

/** Tables of a rollout, which the copied rollouts are found for by their natural key. */
const ROLLOUT_TABLES = ['verdicts', 'judgements', 'reward_components'];

function listColumns(db: Database, table: string): string[] {
  const columns = db.$client.prepare(`select name from pragma_table_info(?)`).pluck().all(table) as string[];
  // The surrogate key of rollouts is given anew.
  return table === 'rollouts' ? columns.filter((column) => column !== 'id') : columns;
}

function copyTable(db: Database, copy: TableCopy, run: { from: string; to: string; folder: string }): void {
  const columns = listColumns(db, copy.table);
  const values = columns.map((column) => (column === 'run_id' ? ':to' : (copy.changed?.[column] ?? column)));
  db.$client
    .prepare(
      `insert into ${copy.table} (${columns.join(', ')}) select ${values.join(', ')} from ${copy.table}
       where ${copy.where ?? 'run_id = :from'}`,
    )
    .run(run);
}

function copyOfRollouts(db: Database, table: string, run: { from: string; to: string }): void {
  const columns = listColumns(db, table);
  const values = columns.map((column) => (column === 'rollout_id' ? 'copy.id' : `${table}.${column}`));
  db.$client
    .prepare(
      `insert into ${table} (${columns.join(', ')}) select ${values.join(', ')} from ${table}
       join rollouts original on original.id = ${table}.rollout_id and original.run_id = :from
       join rollouts copy on copy.run_id = :to and copy.phase = original.phase and copy.step = original.step
         and copy.problem_index = original.problem_index and copy.sample_index = original.sample_index`,
    )
    .run(run);
}

/** Gives a run the recorded steps of a shorter one, in one transaction; its files are in place before. */
export function copyRecordedSteps(db: Database, { from, to }: Continuation): void {
  // The statements below belong to the transaction: it is their connection's.
  writeTransaction(db, () => {
    for (const copy of COPIES) copyTable(db, copy, { from, to, folder: `runs/${from}/` });
    for (const table of ROLLOUT_TABLES) copyOfRollouts(db, table, { from, to });
    db.$client
      .prepare('update runs set sources = (select sources from runs where id = :from) where id = :to')
      .run({ from, to });
  });
}
