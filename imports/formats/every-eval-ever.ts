import { z } from 'zod';
import type { ImportFormat } from '../import-format.ts';
import { peekRow, readFirstRows, readJsonLines, type JsonRow } from '../json-lines.ts';
import type { SourceFile } from '../source-file.ts';
import type { SampleOutcome, SourceSample } from '../source-sample.ts';
import { toOutcome } from '../to-outcome.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { countRows, describeAggregate, readAggregate } from './every-eval-ever-aggregate.ts';
import { messageText } from './message-text.ts';

/** Rows that are read to tell what a file holds. */
const FIRST_ROWS = 100;

/** How a row begins that is longer than what is seen of a file. */
const ROW_START = /^\s*\{\s*"schema_version"\s*:\s*"[^"]*"\s*,\s*"evaluation_id"\s*:.*"sample_id"\s*:/s;

const textsSchema = z.array(z.string());

/** What is read of a row; `instance_level_eval.schema.json` of the format has the rest. */
const rowSchema = z.looseObject({
  evaluation_id: z.string(),
  model_id: z.string(),
  evaluation_name: z.string(),
  evaluation_result_id: z.string().nullish(),
  sample_id: z.string(),
  input: z.looseObject({ raw: z.string(), reference: textsSchema, choices: textsSchema.nullish() }),
  output: z.looseObject({ raw: textsSchema }).nullish(),
  messages: z.array(z.unknown()).nullish(),
  answer_attribution: z.array(
    z.looseObject({ extracted_value: z.string(), is_terminal: z.boolean().nullish() }),
  ),
  evaluation: z.looseObject({ score: z.unknown().optional() }),
  token_usage: z.looseObject({ output_tokens: z.unknown().optional() }).nullish(),
  error: z.string().nullish(),
});

type InstanceRow = z.infer<typeof rowSchema>;

function parseRow(path: string, line: number, row: JsonRow): InstanceRow {
  const parsed = rowSchema.safeParse(row);
  if (parsed.success) return parsed.data;
  const { path: field, message } = parsed.error.issues[0]!;
  const found = `${field.join('.')} is not what the format has there: ${message}`;
  throw new UnreadableSourceError(path, line, `${found}; expected an instance-level row of Every Eval Ever`);
}

type NamedResult = Pick<InstanceRow, 'evaluation_name' | 'evaluation_result_id'>;

/** A score of a row: its name is the same in every run of an evaluation. */
interface NamedScore {
  readonly name: string;
  readonly split: string | null;
}

/**
 * A result's id may begin with that of its evaluation, which differs from run to run, and then, as in Assay's own records,
 * with the split that ends the evaluation's name: `EVALUATION#clean.pass_at_1` of `assay.arithmetic.clean`.
 */
function nameScore(evaluationId: string, result: NamedResult): NamedScore {
  const { evaluation_name, evaluation_result_id: id } = result;
  if (id === null || id === undefined) return { name: evaluation_name, split: null };
  const own = id.startsWith(`${evaluationId}#`) ? id.slice(evaluationId.length + 1) : id;
  const split = evaluation_name.split('.').at(-1)!;
  return own.startsWith(`${split}.`)
    ? { name: own.slice(split.length + 1), split }
    : { name: own, split: null };
}

function readOutcome({ error, evaluation }: InstanceRow): SampleOutcome {
  if (typeof error === 'string' && error !== '') return { kind: 'failed', reason: error };
  return toOutcome(evaluation.score, 'score');
}

function readAnswer({ answer_attribution: found }: InstanceRow): string | null {
  const terminal = found.filter(({ is_terminal }) => is_terminal !== false);
  return (terminal.at(-1) ?? found.at(-1))?.extracted_value ?? null;
}

/** From the first answer of the model on, where there is a conversation. */
function readCompletion({ output, messages }: InstanceRow): string | null {
  if (output && output.raw.length > 0) return output.raw.join('\n\n');
  const turns = messages ?? [];
  const first = turns.findIndex((turn) => (turn as { role?: unknown } | null)?.role === 'assistant');
  return first === -1 ? null : messageText(turns.slice(first));
}

function readTokens({ token_usage }: InstanceRow): number | null {
  const tokens = token_usage?.output_tokens;
  return typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens >= 0 ? tokens : null;
}

function toSample(row: InstanceRow, split: string | null): SourceSample {
  const { input, sample_id } = row;
  return {
    ...{ arm: null, seed: null, split, problemId: sample_id, cluster: null, sample: null },
    prompt: [input.raw, ...(input.choices ?? [])].join('\n'),
    target: input.reference.length === 0 ? null : input.reference.join('\n'),
    outcome: readOutcome(row),
    answer: readAnswer(row),
    completion: readCompletion(row),
    confidence: null,
    tokens: readTokens(row),
  };
}

function refuseOther(path: string, line: number, found: InstanceRow, first: InstanceRow): never {
  const tell = ({ evaluation_id, model_id }: InstanceRow): string =>
    JSON.stringify(`${evaluation_id} of ${model_id}`);
  throw new UnreadableSourceError(
    path,
    line,
    `found a row of the evaluation ${tell(found)}, expected ${tell(first)} as in the first line; give each evaluation as a file of its own`,
  );
}

function checkWhole(path: string, found: number, expected: number | null): void {
  if (expected === null || found >= expected) return;
  const rows = `found ${found} rows, expected ${expected} as its aggregate document says`;
  throw new UnreadableSourceError(path, null, `${rows}: the file was probably cut; get a whole copy`);
}

function refuseScorer(path: string, scorer: string, known: Iterable<string>): never {
  const found = `there is no score ${JSON.stringify(scorer)}`;
  throw new UnreadableSourceError(path, null, `${found}; it has ${[...known].join(', ')}`);
}

async function* readSamples(
  file: SourceFile,
  scorer: string,
  { first, expected }: { readonly first: InstanceRow; readonly expected: number | null },
): AsyncGenerator<SourceSample> {
  let found = 0;
  const names = new Set<string>();
  for await (const { number, row } of readJsonLines(file)) {
    const parsed = parseRow(file.path, number, row);
    if (parsed.evaluation_id !== first.evaluation_id || parsed.model_id !== first.model_id)
      refuseOther(file.path, number, parsed, first);
    found += 1;
    const { name, split } = nameScore(first.evaluation_id, parsed);
    names.add(name);
    if (name === scorer) yield toSample(parsed, split);
  }
  checkWhole(file.path, found, expected);
  if (!names.has(scorer)) refuseScorer(file.path, scorer, names);
}

function isInstance(head: string): boolean {
  const row = peekRow(head);
  if (row === null) return ROW_START.test(head);
  return ['schema_version', 'evaluation_id', 'sample_id', 'evaluation'].every((name) =>
    Object.hasOwn(row, name),
  );
}

/** Instance-level rows of Every Eval Ever, in the layout of its version 0.3 or one that only adds to it. */
export const everyEvalEver: ImportFormat = {
  name: 'every-eval-ever',
  description: 'UUID_samples.jsonl, the instance-level rows of Every Eval Ever',
  recognizes: ({ container, head }) => container === 'text' && isInstance(head),
  async open(file, { scorer: wanted }) {
    const rows = (await readFirstRows(file, FIRST_ROWS)).map((row, i) => parseRow(file.path, i + 1, row));
    const first = rows[0]!;
    const aggregate = await readAggregate(file.path, first.evaluation_id);
    const results = aggregate.kind === 'read' ? aggregate.value.evaluation_results : [];
    const name = (result: NamedResult): string => nameScore(first.evaluation_id, result).name;
    const scorers = [...new Set([...rows, ...results].map(name))];
    const scorer = wanted ?? scorers[0]!;
    // Without an aggregate, rows that were not looked at yet may have a score that is not known.
    if (aggregate.kind === 'read' && !scorers.includes(scorer)) refuseScorer(file.path, scorer, scorers);
    const scored = [...rows, ...results].find((result) => name(result) === scorer) ?? first;
    return {
      header: {
        ...describeAggregate(aggregate, scored.evaluation_result_id ?? null),
        ...{ model: first.model_id, task: scored.evaluation_name, scorer, scorers },
      },
      samples: readSamples(file, scorer, { first, expected: countRows(aggregate) }),
    };
  },
};
