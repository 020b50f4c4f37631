import type { ReadOptions } from '../import-format.ts';
import type { SampleOutcome, SourceHeader, SourceSample } from '../source-sample.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { findPlainColumns, listUnread, type PlainColumns, type PlainField } from './plain-fields.ts';
import {
  CONFIDENCE,
  isMissing,
  SAMPLE,
  SCORE,
  SEED,
  TOKENS,
  toName,
  toNumber,
  toText,
  toVerdict,
  type NumberField,
} from './plain-values.ts';

/** A line or row of a plain table: column → value. */
export type PlainRecord = Readonly<Record<string, unknown>>;

/** Turns the records of one source into samples. */
export interface PlainReader {
  readonly header: SourceHeader;
  /** @param line where it stands, from 1. @throws UnreadableSourceError when a value is not what its column holds */
  toSample(record: PlainRecord, line: number): SourceSample;
}

const VERDICT_EXPECTED =
  'true or false, 1 or 0, yes or no, correct or incorrect; a graded score is read with --field score=';

function chooseScorer(path: string, columns: PlainColumns, scorer: string | null): 'correct' | 'score' {
  const present = (['correct', 'score'] as const).filter((field) => columns[field] !== null);
  if (scorer === null) return present[0]!;
  const chosen = present.find((field) => field === scorer || columns[field] === scorer);
  if (chosen !== undefined) return chosen;
  const known = present.map((field) => columns[field]).join(', ');
  throw new UnreadableSourceError(
    path,
    null,
    `there is no score ${JSON.stringify(scorer)}, found ${known}; to read another column: --field score=COLUMN`,
  );
}

function describeScores(columns: PlainColumns, chosen: 'correct' | 'score'): string[] {
  const other = chosen === 'correct' ? columns.score : columns.correct;
  if (other === null) return [];
  return [`the score is "${columns[chosen]}"; "${other}" is there too (--scorer ${other} reads it)`];
}

/** Reads the fields of one record, each from its column. */
class RecordReader {
  constructor(
    private readonly path: string,
    private readonly columns: PlainColumns,
    private readonly scored: 'correct' | 'score',
  ) {}

  get(record: PlainRecord, field: PlainField): unknown {
    const column = this.columns[field];
    return column === null ? null : record[column];
  }

  readNumber(record: PlainRecord, line: number, { field, accepts, expected }: NumberField): number | null {
    const value = this.get(record, field);
    if (isMissing(value)) return null;
    const number = toNumber(value);
    return accepts(number) ? number : this.refuse(line, field, { value, expected });
  }

  readOutcome(record: PlainRecord, line: number): SampleOutcome {
    const score =
      this.scored === 'score' ? this.readNumber(record, line, SCORE) : this.readVerdict(record, line);
    if (score !== null) return { kind: 'scored', score };
    return { kind: 'failed', reason: toName(this.get(record, 'error')) ?? 'no score' };
  }

  readProblem(record: PlainRecord, line: number): { problemId: string; prompt: string | null } {
    const prompt = toName(this.get(record, 'prompt'));
    const problemId = toName(this.get(record, 'problem')) ?? prompt;
    if (problemId !== null) return { problemId, prompt };
    const { columns } = this;
    const names = [columns.problem, columns.prompt].filter((column) => column !== null);
    const expected = `expected a value in "${names.join('" or "')}"`;
    throw new UnreadableSourceError(this.path, line, `tells no problem: ${expected}`);
  }

  private readVerdict(record: PlainRecord, line: number): number | null {
    const value = this.get(record, 'correct');
    if (isMissing(value)) return null;
    const expected = `${VERDICT_EXPECTED}${this.columns.correct}`;
    return toVerdict(value) ?? this.refuse(line, 'correct', { value, expected });
  }

  private refuse(
    line: number,
    field: PlainField,
    { value, expected }: { readonly value: unknown; readonly expected: string },
  ): never {
    const found = `the column "${this.columns[field]}" holds ${JSON.stringify(value).slice(0, 80)}`;
    throw new UnreadableSourceError(this.path, line, `${found}, expected ${expected}`);
  }
}

/**
 * @param found the columns of the source, in its order
 * @throws UnreadableSourceError when they lack what a comparison needs
 */
export function createPlainReader(path: string, found: readonly string[], options: ReadOptions): PlainReader {
  const columns = findPlainColumns(path, found, options.fields);
  const scored = chooseScorer(path, columns, options.scorer);
  const reader = new RecordReader(path, columns, scored);
  return {
    header: {
      tool: null,
      model: null,
      task: null,
      scorer: columns[scored],
      scorers: [columns.correct, columns.score].filter((column) => column !== null),
      settings: {},
      notices: [...describeScores(columns, scored), ...listUnread(found, columns)],
    },
    toSample: (record, line) => ({
      arm: toName(reader.get(record, 'arm')),
      seed: reader.readNumber(record, line, SEED),
      split: toName(reader.get(record, 'split')),
      ...reader.readProblem(record, line),
      target: toText(reader.get(record, 'target')),
      cluster: toName(reader.get(record, 'cluster')),
      sample: reader.readNumber(record, line, SAMPLE),
      outcome: reader.readOutcome(record, line),
      answer: toText(reader.get(record, 'answer')),
      completion: toText(reader.get(record, 'completion')),
      confidence: reader.readNumber(record, line, CONFIDENCE),
      tokens: reader.readNumber(record, line, TOKENS),
    }),
  };
}
