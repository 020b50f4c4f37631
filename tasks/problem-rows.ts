import { z } from 'zod';

export const problemRowSchema = z.looseObject({
  question: z.string().min(1).describe('The prompt.'),
  answer: z.string().min(1).nullable().describe('The reference answer; null: nothing can be verified.'),
  metadata: z.record(z.string(), z.json()).default({}).describe('Anything else, kept with the problem.'),
});

export type ProblemRow = z.infer<typeof problemRowSchema>;

/** A problem file that cannot be used as it is: mend the line named. */
export class ProblemFileError extends Error {
  constructor(source: string, line: number, found: string) {
    super(
      `${source}, line ${line}: ${found}. Every line must be a JSON object ` +
        '{"question": text, "answer": text or null, "metadata"?: object} with a question of its own.',
    );
    this.name = 'ProblemFileError';
  }
}

function parseRow(text: string, source: string, line: number): ProblemRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProblemFileError(
      source,
      line,
      `not JSON (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  const parsed = problemRowSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ProblemFileError(source, line, `${issue!.path.join('.') || 'the value'}: ${issue!.message}`);
}

/**
 * Reads problems from JSON Lines; blank lines are skipped, fields besides question, answer and metadata are kept but unused.
 *
 * @param source names the text in errors, e.g. a file's path
 * @throws ProblemFileError with the line's number, also for a question that occurs twice
 */
export function parseProblemRows(text: string, source: string): ProblemRow[] {
  const lineOfQuestion = new Map<string, number>();
  const rows: ProblemRow[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    if (content.trim() === '') continue;
    const row = parseRow(content, source, index + 1);
    const earlier = lineOfQuestion.get(row.question);
    if (earlier !== undefined) {
      throw new ProblemFileError(source, index + 1, `the question is the same as in line ${earlier}`);
    }
    lineOfQuestion.set(row.question, index + 1);
    rows.push(row);
  }
  if (rows.length === 0) throw new ProblemFileError(source, 1, 'no problem');
  return rows;
}
