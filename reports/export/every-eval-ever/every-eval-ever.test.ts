import { Ajv, type ValidateFunction } from 'ajv';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Database } from '../../../db/store/connection.ts';
import {
  completeRun,
  EXPERIMENT,
  openExportedStore,
  recordCounts,
  recordCurveStep,
  registerReusing,
} from '../exported-experiment.fixture.ts';
import { loadFinalEvaluations } from './final-evaluations.ts';
import { hashSample } from './instance-line.ts';
import { toRecordFiles, writeEveryEvalEver } from './write-every-eval-ever.ts';

const SCHEMAS = new URL('../../../tests/fixtures/every-eval-ever/', import.meta.url);

/** The schema says for its own readers which version it is, in a keyword that JSON Schema does not have. */
function compileSchema(name: string): ValidateFunction {
  const schema = JSON.parse(readFileSync(new URL(name, SCHEMAS), 'utf8')) as object;
  return new Ajv({ strict: false, allErrors: true }).compile(schema);
}

const isLog = compileSchema('eval.schema.json');
const isInstance = compileSchema('instance_level_eval.schema.json');

function assertValid(validate: ValidateFunction, value: unknown): void {
  assert.ok(validate(value), JSON.stringify(validate.errors, null, 2));
}

function openCompleted(t: TestContext): Database {
  const db = openExportedStore(t);
  recordCurveStep(db, 0);
  recordCurveStep(db, 1);
  completeRun(db);
  return db;
}

interface Result {
  evaluation_result_id: string;
  evaluation_name: string;
  metric_config: { metric_name: string };
  score_details: { score: number; uncertainty?: { standard_error: { value: number }; num_samples: number } };
  generation_config: unknown;
}

interface Line {
  evaluation_id: string;
  model_id: string;
  evaluation_result_id: string;
  sample_id: string;
  output: { raw: string[] };
  answer_attribution: { source: string; extracted_value: string }[];
  evaluation: { score: number; is_correct: boolean };
}

function readRecord(db: Database) {
  const [evaluation] = [...loadFinalEvaluations(db, EXPERIMENT)];
  const files = [...toRecordFiles(evaluation!, 'my-lab')];
  const [[samplesPath, samples], [path, text]] = files as [[string, string], [string, string]];
  const log = JSON.parse(text) as Record<string, unknown> & { evaluation_results: Result[] };
  const lines = samples
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return { samplesPath, samples, path, log, lines };
}

test('aggregate and samples hold to the schemas of the format', (t) => {
  const { log, lines } = readRecord(openCompleted(t));
  assertValid(isLog, log);
  for (const line of lines) assertValid(isInstance, line);
  // The schemas can fail: a missing model, a message where there is one turn.
  assert.ok(!isLog({ ...log, model_info: undefined }));
  assert.ok(!isInstance({ ...lines[0], messages: [] }));
});

test('scores are pass@k over problems, with the standard error of the mean', (t) => {
  const { log } = readRecord(openCompleted(t));
  const found = log.evaluation_results.map(({ evaluation_name, metric_config, score_details }) => [
    evaluation_name,
    metric_config.metric_name,
    score_details.score,
  ]);
  // Clean: (1/4 + 1) / 2; at k = 2: (1 − C(3, 2) / C(4, 2) + 1) / 2 = (1/2 + 1) / 2.
  assert.deepEqual(found, [
    ['assay.arithmetic.clean', 'pass@1', 0.625],
    ['assay.arithmetic.clean', 'pass@2', 0.75],
    ['assay.arithmetic.clean', 'pass@4', 1],
    ['assay.arithmetic.contaminated', 'pass@1', 0],
    ['assay.arithmetic.contaminated', 'pass@2', 0],
    ['assay.arithmetic.contaminated', 'pass@4', 0],
  ]);
  const [clean, , , contaminated] = log.evaluation_results.map(({ score_details }) => score_details);
  // Deviation of 0.25 and 1 with n − 1: 0.75 / √2; over √2: 0.375. One problem alone shows no spread.
  assert.ok(Math.abs(clean!.uncertainty!.standard_error.value - 0.375) < 1e-12);
  assert.equal(clean!.uncertainty!.num_samples, 2);
  assert.equal(contaminated!.uncertainty, undefined);
  assert.deepEqual(log.evaluation_results[0]!.generation_config, {
    generation_args: { temperature: 1, max_tokens: 12 },
  });
});

test('the lines of a result have its score as their mean, and say what was kept as text', (t) => {
  const { log, lines } = readRecord(openCompleted(t));
  const clean = lines.filter(
    ({ evaluation_result_id }) => evaluation_result_id === log.evaluation_results[0]!.evaluation_result_id,
  );
  assert.deepEqual(
    clean.map(({ sample_id, evaluation }) => [sample_id, evaluation.score, evaluation.is_correct]),
    [
      ['clean-0', 0.25, false],
      ['clean-1', 1, true],
    ],
  );
  assert.deepEqual(clean[0]!.output.raw, ['#0', 'x']);
  assert.deepEqual(
    clean[0]!.answer_attribution.map(({ source, extracted_value }) => [source, extracted_value]),
    [['output.raw[0]', '0']],
  );
  assert.deepEqual(clean[1]!.output.raw, []);
});

test('the two files name each other: one folder and UUID, one evaluation, the hash and number of the lines', (t) => {
  const { log, lines, path, samplesPath, samples } = readRecord(openCompleted(t));
  const folder = 'data/assay-sums-feedbead0123/my-lab/sums_grpo_short_base-0_seed-3';
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(path.slice(folder.length + 1, -'.json'.length), uuid);
  assert.equal(samplesPath, path.replace('.json', '_samples.jsonl'));
  const { file_path, checksum, total_rows } = log['detailed_evaluation_results'] as Record<string, unknown>;
  assert.equal(file_path, samplesPath);
  assert.equal(checksum, createHash('sha256').update(samples).digest('hex'));
  assert.equal(total_rows, 3);
  assert.equal(
    log['evaluation_id'],
    'assay-sums-feedbead0123/my-lab/sums_grpo_short_base-0_seed-3/1767323045',
  );
  for (const line of lines) {
    assert.equal(line.evaluation_id, log['evaluation_id']);
    assert.equal(line.model_id, (log['model_info'] as { id: string }).id);
  }
});

test('the same store gives the same bytes, and a run under way nothing', async (t) => {
  const db = openExportedStore(t);
  recordCounts(db, { step: 2, split: 'clean', problemIndex: 0 }, { n: 4, c: 1 });
  assert.deepEqual([...loadFinalEvaluations(db, EXPERIMENT)], []);
  completeRun(db);
  const directory = mkdtempSync(join(tmpdir(), 'assay-export-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const write = async (): Promise<Map<string, string>> => {
    const to = { directory, organization: 'my-lab' };
    const paths = await writeEveryEvalEver(loadFinalEvaluations(db, EXPERIMENT), to);
    return new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));
  };
  const first = await write();
  assert.equal(first.size, 2);
  assert.deepEqual(await write(), first);
});

test('a run that another experiment takes over is evaluated there as well, in a record of its own', (t) => {
  const db = openCompleted(t);
  registerReusing(db, 'cafe');
  const [own] = [...loadFinalEvaluations(db, EXPERIMENT)];
  const [other] = [...loadFinalEvaluations(db, { id: 'cafe', name: 'sums-again' })];
  assert.deepEqual(other!.splits, own!.splits);
  const paths = [own, other].flatMap((found) => [...toRecordFiles(found!, 'my-lab').keys()]);
  assert.equal(new Set(paths).size, 4);
});

test('a split with a problem that nobody could verify is left out', (t) => {
  const db = openExportedStore(t);
  recordCounts(db, { step: 2, split: 'harder', problemIndex: 0 }, { n: 0, c: 0 });
  completeRun(db);
  const [evaluation] = [...loadFinalEvaluations(db, EXPERIMENT)];
  assert.deepEqual(
    evaluation!.splits.map(({ split }) => split),
    ['clean', 'contaminated'],
  );
});

test("a sample's hash is the one that the format's own recipe gives", () => {
  // hashlib.sha256(json.dumps({"raw": "1+é=😀", "reference": ["1\x7f"]}, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
  assert.equal(
    hashSample('1+é=😀', ['1\u007f']),
    '5d352c9570288bfca9d2f83621a1594d6ac4f10460d6a62ccdb98e7b6ce8d1b2',
  );
});
