import {
  blob,
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

export const problems = sqliteTable(
  'problems',
  {
    id: integer('id').primaryKey(),
    /** Task family; with the key it names the problem whatever experiment meets it. */
    task: text('task').notNull(),
    split: text('split').notNull(),
    key: text('key').notNull(),
    prompt: text('prompt').notNull(),
    answer: text('answer').notNull(),
  },
  (t) => [uniqueIndex('problems_key').on(t.task, t.split, t.key)],
);

export const rollouts = sqliteTable(
  'rollouts',
  {
    id: integer('id').primaryKey(),
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** 'train', or the split of an evaluation. */
    phase: text('phase').notNull(),
    step: integer('step').notNull(),
    /** Counter of the problem within the step: what its random draws are keyed by. */
    problemIndex: integer('problem_index').notNull(),
    sampleIndex: integer('sample_index').notNull(),
    problemId: integer('problem_id')
      .notNull()
      .references(() => problems.id),
    text: text('text').notNull(),
    format: text('format').notNull(),
    tokenCount: integer('token_count').notNull(),
    isTruncated: integer('is_truncated', { mode: 'boolean' }).notNull(),
    /** Little-endian: tokens int32, the others float32, one item per sampled token. */
    tokens: blob('tokens', { mode: 'buffer' }).notNull(),
    /**
     * Where in `text` each token ends, int32, in UTF-16 units; null: each token is one character, and the end token follows
     * unless the rollout is truncated.
     */
    tokenEnds: blob('token_ends', { mode: 'buffer' }),
    logprobs: blob('logprobs', { mode: 'buffer' }).notNull(),
    entropies: blob('entropies', { mode: 'buffer' }).notNull(),
    credit: blob('credit', { mode: 'buffer' }),
    /** What the policy gradient of each token was multiplied by; null: 1, or left out of the loss. */
    tokenWeights: blob('token_weights', { mode: 'buffer' }),
    /** Null: not shaped yet, or could not be determined. */
    reward: real('reward'),
    advantage: real('advantage'),
    /** Whether the scheme's gates let it teach; null before shaping. */
    isKept: integer('is_kept', { mode: 'boolean' }),
  },
  (t) => [uniqueIndex('rollouts_point').on(t.runId, t.phase, t.step, t.problemIndex, t.sampleIndex)],
);

/** What the deterministic check found, whether or not the scheme may see it. */
export const verdicts = sqliteTable('verdicts', {
  rolloutId: integer('rollout_id')
    .primaryKey()
    .references(() => rollouts.id, { onDelete: 'cascade' }),
  outcome: text('outcome', { enum: ['correct', 'incorrect', 'malformed', 'unverifiable'] }).notNull(),
  extractedAnswer: text('extracted_answer'),
  reason: text('reason'),
});

/** What judges of a scheme found; a failure is a row of its own, never a score of 0. */
export const judgements = sqliteTable(
  'judgements',
  {
    rolloutId: integer('rollout_id')
      .notNull()
      .references(() => rollouts.id, { onDelete: 'cascade' }),
    /** A part's name in schemes/judges/. */
    judge: text('judge').notNull(),
    /** What was asked about, such as a criterion. */
    item: text('item').notNull(),
    /** Which unit of the rollout, from 0; −1: the whole rollout. */
    unit: integer('unit').notNull(),
    /** Which of several answers to the same question, from 0. */
    vote: integer('vote').notNull(),
    outcome: text('outcome', {
      enum: ['judged', 'unparsable', 'truncated', 'failed', 'refused', 'not-applicable'],
    }).notNull(),
    /** 1: met, 0: unmet; null unless judged. */
    score: real('score'),
    /** Factor of the score among those of the same rollout. */
    weight: real('weight').notNull(),
    /** The verdict in the judge's own words; null where it has none. */
    label: text('label'),
    /** What the judge said; null: it says nothing beside the score. */
    text: text('text'),
    /** Tokens that a model spent on it; 0 for rules. */
    tokens: integer('tokens').notNull(),
  },
  (t) => [primaryKey({ columns: [t.rolloutId, t.judge, t.item, t.unit, t.vote] })],
);

export const rewardComponents = sqliteTable(
  'reward_components',
  {
    rolloutId: integer('rollout_id')
      .notNull()
      .references(() => rollouts.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    weight: real('weight').notNull(),
    /** Null: could not be determined, which is not 0. */
    value: real('value'),
  },
  (t) => [primaryKey({ columns: [t.rolloutId, t.name] })],
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

export const evaluations = sqliteTable(
  'evaluations',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** Training steps behind the evaluated checkpoint. */
    step: integer('step').notNull(),
    split: text('split').notNull(),
    problemIndex: integer('problem_index').notNull(),
    problemId: integer('problem_id')
      .notNull()
      .references(() => problems.id),
    /** Samples with a verdict other than unverifiable. */
    n: integer('n').notNull(),
    c: integer('c').notNull(),
    malformed: integer('malformed').notNull(),
    unverifiable: integer('unverifiable').notNull(),
    tokens: integer('tokens').notNull(),
    /** JSON: each extracted answer (empty text: none) → how many samples gave it. */
    answers: text('answers').notNull(),
    /** JSON: each completion format → {n, c}. */
    formats: text('formats').notNull(),
    /** JSON: each stated confidence (empty text: none) → {n, c}; null when no format states one. */
    confidences: text('confidences'),
  },
  (t) => [primaryKey({ columns: [t.runId, t.step, t.split, t.problemIndex] })],
);

/** What a probe of the final policy measured (docs/probes.md). */
export const probeScores = sqliteTable(
  'probe_scores',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** Training steps behind the probed checkpoint. */
    step: integer('step').notNull(),
    probe: text('probe').notNull(),
    metric: text('metric').notNull(),
    /** Empty: the probe reads no split. */
    split: text('split').notNull(),
    /** −1: one number for the whole run. */
    problemIndex: integer('problem_index').notNull(),
    value: real('value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.step, t.probe, t.metric, t.split, t.problemIndex] })],
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
