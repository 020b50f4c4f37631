import {
  foreignKey,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';

/**
 * Every row is reachable from a run (or from the base model it starts from). Natural keys are unique, so a repeated
 * activity repeats its rows; `_at` columns are ISO 8601 in UTC and never part of a comparison.
 */

/** One row: the store's own identity, which queue names, workflow ids and artifact prefixes carry. */
export const stores = sqliteTable('stores', {
  /** A random UUID, given when the database is made. */
  id: text('id').primaryKey(),
  createdAt: text('created_at').notNull(),
});

export const experiments = sqliteTable('experiments', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  question: text('question').notNull(),
  baseline: text('baseline').notNull(),
  /** Where the claim comes from, e.g. an arXiv id and section. */
  source: text('source'),
  /** Canonical JSON: what the report decides (config/hypothesis.ts). */
  hypotheses: text('hypotheses').notNull().default('[]'),
  /** Canonical JSON: name → what must hold before a hypothesis that requires it is tested (config/check.ts). */
  checks: text('checks').notNull().default('{}'),
  /** Canonical JSON: the Temporal server of its latest launch and the process that follows it there; null before the first. */
  temporalServer: text('temporal_server'),
  createdAt: text('created_at').notNull(),
});

export const conditions = sqliteTable(
  'conditions',
  {
    experimentId: text('experiment_id')
      .notNull()
      .references(() => experiments.id, { onDelete: 'cascade' }),
    /** Fingerprint of `settings`. */
    id: text('id').notNull(),
    name: text('name').notNull(),
    position: integer('position').notNull(),
    isControl: integer('is_control', { mode: 'boolean' }).notNull(),
    /** Canonical JSON of the whole condition, defaults included. */
    settings: text('settings').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.experimentId, t.id] }),
    uniqueIndex('conditions_name').on(t.experimentId, t.name),
  ],
);

export const runs = sqliteTable(
  'runs',
  {
    id: text('id').primaryKey(),
    experimentId: text('experiment_id')
      .notNull()
      .references(() => experiments.id, { onDelete: 'cascade' }),
    conditionId: text('condition_id').notNull(),
    /** Seed of the base model's initialisation and corpus. */
    baseSeed: integer('base_seed').notNull(),
    /** Fingerprint of the base model's recipe (with its seed) and task. */
    baseModelId: text('base_model_id').notNull(),
    /** Seed of everything after the base model. */
    seed: integer('seed').notNull(),
    /** Seed of its random streams; null in runs of versions whose streams came from `seed` alone, the same for every base. */
    streamSeed: integer('stream_seed'),
    /** The completed run of the same condition and seeds in another experiment whose rows stand for this one's. */
    reusedRunId: text('reused_run_id'),
    /** How often it was opened: a commit names the opening that it belongs to, and only the newest passes. */
    epoch: integer('epoch').notNull().default(0),
    /** SHA-256 of the sources that decide its numbers; null before it was opened, and in stores older than it. */
    sources: text('sources'),
    status: text('status', { enum: ['pending', 'running', 'completed', 'failed', 'cancelled'] }).notNull(),
    totalSteps: integer('total_steps').notNull(),
    /** Training steps after which its budget was spent and it took no other; null: it has none, or has not spent it. */
    spentSteps: integer('spent_steps'),
    failureType: text('failure_type'),
    failureMessage: text('failure_message'),
    /** JSON: git revision, versions, backend and its flags, device, host. */
    provenance: text('provenance'),
    startedAt: text('started_at'),
    finishedAt: text('finished_at'),
  },
  (t) => [
    uniqueIndex('runs_point').on(t.experimentId, t.conditionId, t.baseSeed, t.seed),
    index('runs_condition').on(t.conditionId, t.baseSeed, t.seed),
    foreignKey({ columns: [t.reusedRunId], foreignColumns: [t.id] }),
    foreignKey({
      columns: [t.experimentId, t.conditionId],
      foreignColumns: [conditions.experimentId, conditions.id],
    }),
  ],
);

/** What a claim was locked to when it was launched, and how its declaration differed: one row per lock and declaration. */
export const claimLocks = sqliteTable(
  'claim_locks',
  {
    experimentId: text('experiment_id')
      .notNull()
      .references(() => experiments.id, { onDelete: 'cascade' }),
    /** SHA-256 that the lock file carries. */
    lockSha256: text('lock_sha256').notNull(),
    /** SHA-256 of what the launched declaration fixes; that of the locked one where nothing differs. */
    declaredSha256: text('declared_sha256').notNull(),
    /** Canonical JSON of the whole lock file. */
    lock: text('lock').notNull(),
    /** Canonical JSON: every field that differed, as path, locked and now. */
    deviations: text('deviations').notNull().default('[]'),
    /** Why it was launched all the same; null where nothing differed. */
    reason: text('reason'),
    recordedAt: text('recorded_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.experimentId, t.lockSha256, t.declaredSha256] })],
);

/** What a run takes from other runs, pinned when it is first opened: made again, they must be the same. */
export const runInputs = sqliteTable(
  'run_inputs',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    role: text('role', { enum: ['policy', 'teacher', 'data'] }).notNull(),
    /** The run that recorded it. */
    inputRunId: text('input_run_id')
      .notNull()
      .references(() => runs.id),
    /** SHA-256 of the policy's weights, or of the dataset's rows. */
    sha256: text('sha256').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.role] }), index('run_inputs_input').on(t.inputRunId)],
);

/** Which attempt committed which stage of a step, when: one row per commit, an audit trail. */
export const attempts = sqliteTable(
  'attempts',
  {
    /** In the order of the commits. Never used twice. */
    id: integer('id').primaryKey({ autoIncrement: true }),
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    stage: text('stage').notNull(),
    step: integer('step').notNull(),
    /** The opening of the run that it belongs to; null in stores older than it. */
    epoch: integer('epoch'),
    /** As the workflow counts them: from 1 again in each of its executions. */
    attempt: integer('attempt').notNull(),
    worker: text('worker').notNull(),
    startedAt: text('started_at').notNull(),
    finishedAt: text('finished_at'),
  },
  (t) => [index('attempts_stage').on(t.runId, t.stage, t.step)],
);

export const baseModels = sqliteTable('base_models', {
  /** Fingerprint of recipe and task. */
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  plan: text('plan').notNull(),
  weightsPath: text('weights_path')
    .notNull()
    .references(() => artifacts.path),
  /** JSON: canonical problem key → times the problem occurs in the corpus. */
  leak: text('leak').notNull(),
  /** SHA-256 of every fiftieth step's documents; null in stores older than it. */
  corpusSha256: text('corpus_sha256'),
  tokens: integer('tokens').notNull(),
  /** What making it took, forward and backward (model/flops.ts); null in stores older than it. */
  flops: real('flops'),
  /** JSON: mean loss in nats of each chunk of pretraining steps. */
  losses: text('losses').notNull(),
  createdAt: text('created_at').notNull(),
});

/** A training step that is done: its whole outcome was recorded in one transaction. */
export const steps = sqliteTable(
  'steps',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    step: integer('step').notNull(),
    rollouts: integer('rollouts').notNull(),
    tokens: integer('tokens').notNull(),
    /** Canonical JSON of the kind of machine that made its update: processor, platform, backend and its versions; null in older stores. */
    machine: text('machine'),
    /** Revision of the program that made its update, `+` appended where files had changed; null where unknown. */
    revision: text('revision'),
    recordedAt: text('recorded_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.step] })],
);

export const metrics = sqliteTable(
  'metrics',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    step: integer('step').notNull(),
    name: text('name').notNull(),
    value: real('value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.step, t.name] })],
);

/**
 * What a run spent, as counts that every machine gives alike, never time. One row for each thing that one model did in a stage of
 * a step; what making a base model took stands with it (`base_models.flops`).
 */
export const ledger = sqliteTable(
  'ledger',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** The training step, from 0; of an evaluation, the training steps behind the checkpoint. */
    step: integer('step').notNull(),
    stage: text('stage', { enum: ['sample', 'measure', 'judge', 'update', 'evaluation'] }).notNull(),
    /** Whose compute it is. */
    role: text('role', { enum: ['policy', 'reference', 'critic', 'teacher', 'judge'] }).notNull(),
    /** What was done: text, logprobs, values, labels, a judge's name, scores, gradients; of a slice of an evaluation or pool, `SPLIT/FIRST PROBLEM`. */
    kind: text('kind').notNull(),
    /** Completion tokens that were sampled, scored or trained on, in each pass anew. */
    tokens: integer('tokens').notNull(),
    /** Of the whole texts, prompts included; a whole number, exact up to 2^53. */
    flops: real('flops').notNull(),
    /** Distinct problems of the step whose reference a part of the scheme read. */
    labels: integer('labels').notNull(),
    /** Texts that the role was asked about, in each pass anew. */
    calls: integer('calls').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.step, t.stage, t.role, t.kind] })],
);

export const checkpoints = sqliteTable(
  'checkpoints',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** Training steps behind it. */
    step: integer('step').notNull(),
    weightsPath: text('weights_path')
      .notNull()
      .references(() => artifacts.path),
    trainingStatePath: text('training_state_path').references(() => artifacts.path),
  },
  (t) => [primaryKey({ columns: [t.runId, t.step] })],
);

/** Every file the store promises: where, and what its content hashes to. */
export const artifacts = sqliteTable(
  'artifacts',
  {
    path: text('path').primaryKey(),
    kind: text('kind').notNull(),
    sha256: text('sha256').notNull(),
    bytes: integer('bytes').notNull(),
    /** False once the file is superseded and deleted; its hash stays on record. */
    isRetained: integer('is_retained', { mode: 'boolean' }).notNull(),
  },
  (t) => [index('artifacts_sha256').on(t.sha256)],
);
