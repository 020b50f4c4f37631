import { z } from 'zod';
import { baseRecipeSchema } from './base-recipe.ts';
import { experimentSchema } from './experiment.ts';
import { schemeSchema } from './scheme.ts';
import { evaluationSchema, trainingSchema } from './training.ts';

/** One key of a declaration, as `--set` and a file write it. */
export interface Setting {
  /** Dotted; `*` stands for a name of the declaration's own, `[]` for an item of a list. */
  readonly path: string;
  /** In words, bounds included, e.g. `integer ≥ 1`. */
  readonly type: string;
  /** What an absent key means; undefined: nothing, or `isRequired`. */
  readonly default?: unknown;
  readonly isRequired: boolean;
  readonly description: string;
}

/** The keys of one object of a declaration. */
export interface SettingGroup {
  /** Path of the object; empty for the declaration itself. */
  readonly path: string;
  /** Of one object among several that may stand there: what tells it from the others, e.g. `name pass@k`; else empty. */
  readonly which: string;
  readonly description: string;
  readonly settings: readonly Setting[];
}

type Node = z.core.JSONSchema.BaseSchema;

const { shape } = experimentSchema;

/** The declaration with the plans it frames in their own schemas. A named scheme gives what its object form leaves out. */
const declarationSchema = z.strictObject({
  ...shape,
  base: baseRecipeSchema.prefault({}).describe(shape.base.description!),
  scheme: z
    .union([z.string(), schemeSchema.partial({ title: true, source: true, rewards: true })])
    .default('grpo')
    .describe(shape.scheme.description!),
  training: trainingSchema.prefault({}).describe(shape.training.description!),
  evaluation: evaluationSchema.prefault({}).describe(shape.evaluation.description!),
});

const BOUNDS = Number.MAX_SAFE_INTEGER;

function describeRange({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Node): string {
  const low = exclusiveMinimum ?? (minimum === -BOUNDS ? undefined : minimum);
  const high = exclusiveMaximum ?? (maximum === BOUNDS ? undefined : maximum);
  if (low !== undefined && high !== undefined) {
    return ` in ${exclusiveMinimum === undefined ? '[' : '('}${low}, ${high}${exclusiveMaximum === undefined ? ']' : ')'}`;
  }
  if (low !== undefined) return ` ${exclusiveMinimum === undefined ? '≥' : '>'} ${low}`;
  return high === undefined ? '' : ` ${exclusiveMaximum === undefined ? '≤' : '<'} ${high}`;
}

function describeObject(node: Node): string {
  const { additionalProperties, propertyNames } = node;
  const isMap = typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0;
  if (node.properties !== undefined || !isMap) return 'settings';
  const names = (propertyNames as Node | undefined)?.enum;
  return `map of ${names === undefined ? 'name' : names.join(' | ')} to ${describeType(additionalProperties)}`;
}

function describeType(node: Node): string {
  const choices = node.anyOf ?? node.oneOf;
  if (choices !== undefined)
    return [...new Set(choices.map((choice) => describeType(choice as Node)))].join(' or ');
  if (node.enum !== undefined) return node.enum.join(' | ');
  if (node.const !== undefined) return String(node.const);
  if (node.type === 'array') return `list of ${describeType(node.items as Node)}`;
  if (node.type === 'object') return describeObject(node);
  if (node.type === 'string') return 'text';
  return `${node.type}${describeRange(node)}`;
}

/** An object whose keys are listed below a node, with the path that leads to it. */
interface Listed {
  readonly node: Node;
  readonly path: string;
  /** Of one among several: what tells it from the others, e.g. `name pass@k`; empty otherwise. */
  readonly which: string;
}

/** What one of several objects says that the others do not. */
function nameChoice({ properties = {} }: Node): string {
  const told = Object.entries(properties as Record<string, Node>).find(
    ([, { const: value }]) => value !== undefined,
  );
  return told === undefined ? '' : `${told[0]} ${String(told[1].const)}`;
}

/** The objects whose keys are listed below `node`; none for a plain value. */
function findObjects(node: Node, path: string): Listed[] {
  if (node.properties !== undefined) return [{ node, path, which: '' }];
  const { additionalProperties, items, anyOf, oneOf } = node;
  if (node.type === 'array') return findObjects(items as Node, `${path}[]`);
  if (typeof additionalProperties === 'object') return findObjects(additionalProperties, `${path}.*`);
  if (oneOf !== undefined)
    return oneOf.map((choice) => ({ node: choice as Node, path, which: nameChoice(choice as Node) }));
  for (const choice of anyOf ?? []) {
    const found = findObjects(choice as Node, path);
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * `defaults` are those the surrounding object gives its members, which come before the members' own; `told` holds where a choice
 * of several objects was listed, so that one that may stand in many places is listed once.
 */
function describeGroup(
  node: Node,
  at: Omit<Listed, 'node'> & {
    readonly description: string;
    readonly defaults: unknown;
    readonly told: Map<string, string>;
  },
): SettingGroup[] {
  const { told } = at;
  const settings: Setting[] = [];
  const inner: SettingGroup[] = [];
  for (const [key, child] of Object.entries(node.properties ?? {}) as [string, Node][]) {
    const path = at.path === '' ? key : `${at.path}.${key}`;
    const { description = '' } = child;
    const given = (at.defaults as Record<string, unknown> | undefined)?.[key];
    const value = given ?? child.default;
    const isRequired = node.required?.includes(key) ?? false;
    const objects = findObjects(child, path);
    const choices = objects.length > 1 ? JSON.stringify(objects.map(({ node: choice }) => choice)) : '';
    const twin = choices === '' ? undefined : told.get(choices);
    if (child.properties === undefined) {
      const known = value === undefined ? {} : { default: value };
      const type = twin === undefined ? describeType(child) : `${describeType(child)}, as ${twin}`;
      settings.push({ path, type, ...known, isRequired, description });
    }
    if (twin !== undefined) continue;
    if (choices !== '') told.set(choices, path);
    for (const object of objects)
      inner.push(...describeGroup(object.node, { ...object, description, defaults: value, told }));
  }
  const own = { path: at.path, which: at.which, description: at.description, settings };
  return settings.length === 0 ? inner : [own, ...inner];
}

/** The keys of options that one of several parts takes at `path`, e.g. a task family's at `task`. */
export function describeOptions(
  schema: z.ZodType,
  at: { readonly path: string; readonly which: string; readonly description: string },
): SettingGroup[] {
  const node = z.toJSONSchema(schema, { io: 'input' }) as Node;
  return describeGroup(node, { ...at, defaults: undefined, told: new Map() });
}

/** Every key of a declaration, grouped by the object it stands in, derived from the schemas that validate it. */
export function describeSettings(): SettingGroup[] {
  const root = z.toJSONSchema(declarationSchema, { io: 'input' }) as Node;
  const description = 'The declared experiment: defaults, the conditions that differ from them, seeds.';
  return describeGroup(root, { path: '', which: '', description, defaults: undefined, told: new Map() });
}
