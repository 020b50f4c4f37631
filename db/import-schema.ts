import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Results that other programs produced: what was read of files, unchanged, for comparisons. */

export const imports = sqliteTable('imports', {
  key: integer('key').primaryKey(),
  /**
   * SHA-256 of the files' SHA-256 and of how they were read (the options, canonical). Null: not whole, because it is being
   * written or removed, or the process that did so was killed; nothing reads such a one.
   */
  id: text('id').unique(),
  /** What commands call it; null as `id`. */
  name: text('name').unique(),
  /** The path as it was given. */
  source: text('source').notNull(),
  /** Of the file, or of the SHA-256 of several in their order. */
  sha256: text('sha256').notNull(),
  /** Of all files, as they lie on the disk. */
  bytes: integer('bytes').notNull(),
  /** Name of the format. */
  format: text('format').notNull().default(''),
  /** Canonical JSON: what the source tells of itself, notices left out. */
  header: text('header').notNull().default('{}'),
  /** JSON: what a reader of a comparison has to know, one sentence each. */
  notices: text('notices').notNull().default('[]'),
  problems: integer('problems').notNull().default(0),
  samples: integer('samples').notNull().default(0),
  /** Samples without a score. */
  failures: integer('failures').notNull().default(0),
  createdAt: text('created_at').notNull(),
  /** When rows were last written: one that is not whole and was not touched for long was left behind by a kill. */
  touchedAt: text('touched_at').notNull(),
});

/** One arm with one seed. */
export const importRuns = sqliteTable(
  'import_runs',
  {
    id: integer('id').primaryKey(),
    importKey: integer('import_key')
      .notNull()
      .references(() => imports.key, { onDelete: 'cascade' }),
    /** From 0, in the order of the source. */
    run: integer('run').notNull(),
    /** Null: the source tells of only one. */
    arm: text('arm'),
    /** Null: not told. */
    seed: integer('seed'),
  },
  (t) => [uniqueIndex('import_runs_run').on(t.importKey, t.run)],
);

export const importProblems = sqliteTable(
  'import_problems',
  {
    id: integer('id').primaryKey(),
    importKey: integer('import_key')
      .notNull()
      .references(() => imports.key, { onDelete: 'cascade' }),
    /** From 0, in the order of the source. */
    problem: integer('problem').notNull(),
    /** What the source calls it. */
    sourceId: text('source_id').notNull(),
    /** Empty: the source has no splits. */
    split: text('split').notNull().default(''),
    /** SHA-256 of the prompt, or of what the source calls it where it tells no prompt; `-2` after the second of one prompt. */
    key: text('key').notNull(),
    prompt: text('prompt'),
    target: text('target'),
    /** Problems of one cluster are alike; null: not told. */
    cluster: text('cluster'),
  },
  (t) => [
    uniqueIndex('import_problems_problem').on(t.importKey, t.problem),
    uniqueIndex('import_problems_key').on(t.importKey, t.split, t.key),
  ],
);

export const importSamples = sqliteTable(
  'import_samples',
  {
    importRun: integer('import_run')
      .notNull()
      .references(() => importRuns.id, { onDelete: 'cascade' }),
    importProblem: integer('import_problem')
      .notNull()
      .references(() => importProblems.id, { onDelete: 'cascade' }),
    /** Which of the run's samples of the problem, from 0. */
    sample: integer('sample').notNull(),
    /** Null: it failed. */
    score: real('score'),
    /** Why it has no score; null where it has one. */
    failure: text('failure'),
    answer: text('answer'),
    completion: text('completion'),
    /** Stated by the model, 0 to 1. */
    confidence: real('confidence'),
    /** Completion tokens. */
    tokens: integer('tokens'),
  },
  (t) => [
    primaryKey({ columns: [t.importRun, t.importProblem, t.sample] }),
    // Without it, removing a problem would read every sample.
    index('import_samples_problem').on(t.importProblem),
  ],
);
