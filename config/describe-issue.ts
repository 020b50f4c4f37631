import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';

/** What of a schema's insides tells which keys and choices it knows, without loading the schema library. */
interface SchemaNode {
  readonly shape?: Record<string, unknown>;
  readonly def?: {
    readonly innerType?: unknown;
    readonly in?: unknown;
    readonly element?: unknown;
    readonly valueType?: unknown;
    readonly options?: readonly unknown[];
  };
}

type Issue = z.core.$ZodIssue;

const LONGEST_SHOWN = 60;

/** The schemas that may stand at `path`, seen through defaults, optionals, lists, maps and unions. */
function schemasAt(schema: unknown, path: readonly PropertyKey[]): SchemaNode[] {
  const nodes = openChoices(schema);
  const [key, ...rest] = path;
  if (key === undefined) return nodes;
  return nodes.flatMap(({ shape, def }) => {
    const inner = shape?.[String(key)] ?? def?.element ?? def?.valueType;
    return inner === undefined ? [] : schemasAt(inner, rest);
  });
}

function openChoices(schema: unknown): SchemaNode[] {
  const node = schema as SchemaNode | undefined;
  if (node === undefined) return [];
  if (node.shape !== undefined) return [node];
  const inner = node.def?.innerType ?? node.def?.in;
  if (inner !== undefined) return openChoices(inner);
  return node.def?.options?.flatMap(openChoices) ?? [node];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    input,
  );
}

function describeFound(value: unknown): string {
  if (value === undefined) return 'found nothing';
  const text = JSON.stringify(value) ?? String(value);
  return `found ${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text}`;
}

const KINDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'settings (key: value)',
  record: 'settings (key: value)',
  null: 'null',
};

const UNITS: Readonly<Record<string, readonly [string, string]>> = {
  string: [' character', ' characters'],
  array: [' item', ' items'],
};

function describeBound(
  origin: string,
  bound: { readonly at: number; readonly side: 'more' | 'less'; readonly inclusive: boolean },
): string {
  const unit = UNITS[origin]?.[bound.at === 1 ? 0 : 1] ?? '';
  return bound.inclusive ? `${bound.at}${unit} or ${bound.side}` : `${bound.side} than ${bound.at}${unit}`;
}

/** Of the values that may stand there: all, and for text the nearest first. */
function describeChoices(values: readonly unknown[], found: unknown): string {
  if (values.length === 1) return String(values[0]);
  const names = values.map(String);
  const nearest = typeof found === 'string' ? `; the nearest is "${closest(found, names)}"` : '';
  return `one of ${names.join(', ')}${nearest}`;
}

/** What one issue expects in the place of what was found; null: the schema's own sentence says it better. */
function describeExpected(issue: Issue, found: unknown): string | null {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'too_small': {
      const { origin, minimum, inclusive = true } = issue;
      return describeBound(origin, { at: Number(minimum), side: 'more', inclusive });
    }
    case 'too_big': {
      const { origin, maximum, inclusive = true } = issue;
      return describeBound(origin, { at: Number(maximum), side: 'less', inclusive });
    }
    case 'invalid_value':
      return describeChoices(issue.values, found);
    default:
      return null;
  }
}

/** Sentences that a schema declares itself begin otherwise than the library's own. */
const LIBRARY_SENTENCE = /^(?:Too (?:small|big)|Invalid (?:input|option|type|value|string|number))\b/;

/** A value where every choice of a union refuses: those choices that the value's own shape meant, or all of them in one sentence. */
function describeUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  from: IssueSource,
  place: string,
): string[] {
  const found = valueAt(from.input, issue.path);
  if (issue.errors.length === 0) {
    const { options = [], message } = issue as { options?: unknown[]; message: string };
    const expected = options.length > 0 ? `expected ${describeChoices(options, found)}` : message;
    return [`${place}: ${describeFound(found)}, ${expected}`];
  }
  const isOtherKind = ([first]: readonly Issue[]): boolean =>
    first?.code === 'invalid_type' && first.path.length === 0;
  const meant = issue.errors.filter((issues) => !isOtherKind(issues));
  const [chosen] = [...meant].sort((a, b) => a.length - b.length);
  if (chosen !== undefined)
    return chosen.flatMap((inner) =>
      describeIssue({ ...inner, path: [...issue.path, ...inner.path] } as Issue, from),
    );
  const expected = issue.errors.map(([first]) => describeExpected(first!, found) ?? first!.message);
  return [`${place}: ${describeFound(found)}, expected ${[...new Set(expected)].join(' or ')}`];
}

function describeUnknownKeys(
  issue: Extract<Issue, { code: 'unrecognized_keys' }>,
  { schema }: IssueSource,
  place: string,
): string[] {
  const known = schemasAt(schema, issue.path).flatMap(({ shape }) => Object.keys(shape ?? {}));
  return issue.keys.map((key) => {
    const nearest = known.length > 0 ? `; the nearest valid key is "${closest(key, known)}"` : '';
    return `${place === '' ? '' : `${place}.`}${key}: unknown key "${key}"${nearest}`;
  });
}

/** Where an issue comes from. */
export interface IssueSource {
  /** That refused, so that the nearest valid key can be named. */
  readonly schema: unknown;
  /** What it refused. */
  readonly input: unknown;
  /** Prefix of the places named, e.g. `conditions.grpo.training`. */
  readonly place: string;
}

/** A schema's issue as lines `place: found …, expected …`. */
export function describeIssue(issue: Issue, from: IssueSource): string[] {
  const place = [from.place, ...issue.path.map(String)].filter((part) => part !== '').join('.');
  if (issue.code === 'unrecognized_keys') return describeUnknownKeys(issue, from, place);
  if (issue.code === 'invalid_union') return describeUnion(issue, from, place);
  if (issue.code === 'invalid_key')
    return issue.issues.map(
      ({ message }) => `${place}: found the name "${String(issue.path.at(-1))}"; ${message}`,
    );
  const found = valueAt(from.input, issue.path);
  const expected = LIBRARY_SENTENCE.test(issue.message) ? describeExpected(issue, found) : null;
  if (expected !== null) return [`${place}: ${describeFound(found)}, expected ${expected}`];
  if (issue.code === 'custom') return [`${place}: ${issue.message}`];
  return [
    `${place}: ${describeFound(found)}${issue.message.startsWith('expected') ? ',' : ';'} ${issue.message}`,
  ];
}
