import { blob, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { runs } from './schema.ts';

/** What runs sampled: rollouts with all that was found of them, counts of evaluations, and datasets made of rollouts. */

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
    /** Sample of the same problem whose first tokens it shares; null: of none. */
    parentSample: integer('parent_sample'),
    /** Token from which on its tokens are its own; those before it were sampled, and count, in its parent. */
    forkAt: integer('fork_at').notNull().default(0),
    /** Step, turn or episode of each token, int32, −1 for none; null: not told. */
    units: blob('units', { mode: 'buffer' }),
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
    /** A judge's name, or `reward:` and that of a reward that is asked. */
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

/** What the temperature of a final evaluation was chosen from: counts of one problem at one temperature. */
export const temperatureGrid = sqliteTable(
  'temperature_grid',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** Training steps behind the evaluated checkpoint. */
    step: integer('step').notNull(),
    temperature: real('temperature').notNull(),
    problemIndex: integer('problem_index').notNull(),
    problemId: integer('problem_id')
      .notNull()
      .references(() => problems.id),
    /** As in `evaluations`. */
    n: integer('n').notNull(),
    c: integer('c').notNull(),
    formats: text('formats').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.step, t.temperature, t.problemIndex] })],
);

/** The temperature that a final evaluation was sampled at, where it was chosen on dev. */
export const chosenTemperatures = sqliteTable(
  'chosen_temperatures',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    step: integer('step').notNull(),
    temperature: real('temperature').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.step] })],
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

/** What a run collected for others to read; written once, when all of it is there. */
export const datasets = sqliteTable('datasets', {
  runId: text('run_id')
    .primaryKey()
    .references(() => runs.id, { onDelete: 'cascade' }),
  kind: text('kind', { enum: ['problems', 'rollouts'] }).notNull(),
  rows: integer('rows').notNull(),
  /** SHA-256 of the rows, canonical JSON each, a line feed after each. */
  sha256: text('sha256').notNull(),
});

export const datasetRows = sqliteTable(
  'dataset_rows',
  {
    runId: text('run_id')
      .notNull()
      .references(() => datasets.runId, { onDelete: 'cascade' }),
    row: integer('row').notNull(),
    /** Canonical JSON (datasets/collector.ts). */
    value: text('value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.row] })],
);
