/** A JSON Lines file that cannot be read as what it is used for: mend the line named, or name another field. */
export class JsonLinesError extends Error {
  constructor(source: string, line: number, found: string) {
    super(`${source}, line ${line}: ${found}`);
    this.name = 'JsonLinesError';
  }
}

/** A line of a file, counted from 1. */
export interface SourceLine {
  readonly source: string;
  readonly line: number;
  readonly text: string;
}

/** @throws JsonLinesError when the line holds no JSON */
export function parseJsonLine({ source, line, text }: SourceLine): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new JsonLinesError(
      source,
      line,
      `not JSON (${(error as Error).message}); every line must be one JSON value`,
    );
  }
}

/** The text that a line's object holds under `field`. */
export function readTextField(at: SourceLine, field: string): string {
  const value = parseJsonLine(at);
  const text = (value as Record<string, unknown> | null)?.[field];
  if (typeof text === 'string') return text;
  const fields =
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? `an object with ${Object.keys(value).join(', ') || 'no field'}`
      : 'no object';
  throw new JsonLinesError(at.source, at.line, `expected an object with text in "${field}", found ${fields}`);
}

/** Every text in a JSON value, in order, keys left out. */
export function listTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(listTexts);
}
