import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closest } from 'fastest-levenshtein';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { constraintSchema, type Constraint } from '../config/constraint.ts';
import { describeIssue } from '../config/describe-issue.ts';
import { InvalidSpecError } from '../config/invalid-spec-error.ts';
import { readSmallFile } from './resolve/read-small-file.ts';

const CONSTRAINTS_DIRECTORY = fileURLToPath(new URL('./constraints', import.meta.url));
const MAX_CONSTRAINT_BYTES = 20_000;

/** The line of the value at `path`, or of the innermost object around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/**
 * One statement from the text of its file.
 *
 * @throws {InvalidSpecError} with file and line of every fault
 */
export function parseConstraint(text: string, file: string): Constraint {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = document.errors.map(
    ({ pos, message }) => `${file}:${lines.linePos(pos[0]).line}: ${message}`,
  );
  if (faults.length > 0) throw new InvalidSpecError(faults.join('\n'));
  const input: unknown = document.toJS({ maxAliasCount: 0 });
  const result = constraintSchema.safeParse(input);
  if (!result.success) {
    const described = result.error.issues.flatMap((issue) => {
      const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
      const place = `${file}:${lineOf(document, lines, path)}`;
      return describeIssue(issue, { schema: constraintSchema, input, place: '' }).map(
        (fault) => `${place}: ${fault}`,
      );
    });
    throw new InvalidSpecError(described.join('\n'));
  }
  const expected = basename(file, '.yaml');
  if (result.data.name === expected) return result.data;
  throw new InvalidSpecError(
    `${file}:${lineOf(document, lines, ['name'])}: name: found ${result.data.name}, expected ${expected}, the file's name`,
  );
}

/** Every statement of experiments/constraints, by name. @throws {InvalidSpecError} */
export async function listConstraints(): Promise<Constraint[]> {
  const files = (await readdir(CONSTRAINTS_DIRECTORY)).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file) => {
      const path = join(CONSTRAINTS_DIRECTORY, file);
      return parseConstraint(await readSmallFile(path, MAX_CONSTRAINT_BYTES), path);
    }),
  );
}

/** @throws {InvalidSpecError} with the nearest name */
export async function findConstraint(name: string): Promise<Constraint> {
  const constraints = await listConstraints();
  const found = constraints.find((constraint) => constraint.name === name);
  if (found !== undefined) return found;
  const names = constraints.map((constraint) => constraint.name);
  throw new InvalidSpecError(
    `there is no constraint "${name}"; the nearest is "${closest(name, names)}" of ${names.join(', ')}`,
  );
}

/** The statements that a claim tests. */
export async function listConstraintsOf(claim: string): Promise<Constraint[]> {
  return (await listConstraints()).filter((constraint) => constraint.claim === claim);
}
