import { z } from 'zod';
import { canonicalJson, fingerprint } from './canonical.ts';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256: 64 hexadecimal digits');
const countSchema = z.number().int().min(1);

/** A base recipe that a claim starts from. */
const lockedRecipeSchema = z.strictObject({
  /** Of the settled recipe and task, without the seed. */
  fingerprint: sha256Schema,
  /** SHA-256 of the recipe's card; null: none was made. */
  card: sha256Schema.nullable(),
});

/** As declared, whatever later versions may add. */
const declaredSchema = z.record(z.string(), z.unknown());

/** What a claim fixes before its first run. */
const fixedSchema = z.strictObject({
  version: z.literal(1),
  claim: z.string(),
  scale: z.string(),
  /** The experiment that the declaration means: it follows from baseline, hypotheses and conditions. */
  experiment: sha256Schema,
  baseline: z.string(),
  /** With margins and the smallest effects of interest. */
  hypotheses: z.array(declaredSchema),
  /** Name → positive control or manipulation check. */
  checks: z.record(z.string(), declaredSchema),
  /** Name → fingerprint. */
  conditions: z.record(z.string(), sha256Schema),
  bases: z.array(z.number().int()),
  /** Numbers of bases at which the claim is decided, the last one all of them; absent: only there. */
  looks: z.array(countSchema).min(2).optional(),
  seeds: z.array(z.number().int()),
  /** Split → problems of the final evaluation. */
  problems: z.record(z.string(), countSchema),
  samplesPerProblem: countSchema,
  /** Level of each family of errors (docs/metrics.md, section 4). */
  alpha: z.number(),
  /** SHA-256 of the sources that decide verdicts. */
  analysis: sha256Schema,
  /** Name → recipe. */
  recipes: z.record(z.string(), lockedRecipeSchema),
});
export type FixedByLock = z.infer<typeof fixedSchema>;

const lockSchema = fixedSchema.extend({
  /** Locks that this one replaced after runs had started, and why. */
  history: z.array(z.strictObject({ sha256: sha256Schema, reason: z.string().min(1) })),
  /** ISO 8601, UTC; no part of the hash. */
  lockedAt: z.string(),
  /** Of the canonical JSON of all the rest but the date. */
  sha256: sha256Schema,
});
export type ClaimLock = z.infer<typeof lockSchema>;

/** A lock file that cannot be trusted: it is no lock, or was changed by hand. Write it anew with `assay claims lock`. */
export class BrokenLockError extends Error {
  override readonly name = 'BrokenLockError';
}

type Unsealed = Omit<ClaimLock, 'sha256'>;

function hashLock({ lockedAt: _, sha256: __, ...hashed }: Unsealed & { readonly sha256?: string }): string {
  return fingerprint(hashed);
}

export function sealLock(lock: Unsealed): ClaimLock {
  return { ...lock, sha256: hashLock(lock) };
}

/**
 * @param place of the file, for the message
 * @throws {BrokenLockError} for anything that `sealLock` did not make
 */
export function parseLock(value: unknown, place: string): ClaimLock {
  const parsed = lockSchema.safeParse(value);
  if (!parsed.success)
    throw new BrokenLockError(`${place}: not a lock of a claim: ${z.prettifyError(parsed.error)}`);
  const { sha256 } = parsed.data;
  const computed = hashLock(parsed.data);
  if (sha256 === computed) return parsed.data;
  throw new BrokenLockError(
    `${place}: says sha256 ${sha256}, but its content has ${computed}; a lock is not edited: restore it from version control`,
  );
}

/** What a lock fixes, without its own making. */
export function fixedBy({ history: _, lockedAt: __, sha256: ___, ...fixed }: ClaimLock): FixedByLock {
  return fixed;
}

/** One field in which a declaration differs from its lock; a side that lacks the field is null. */
export interface LockDeviation {
  /** e.g. `hypotheses.0.margin.value` */
  readonly path: string;
  readonly locked: unknown;
  readonly now: unknown;
}

type Members = Readonly<Record<string, unknown>>;

/** Objects, and lists of objects, are compared member by member; lists of numbers as a whole. */
function membersOf(value: unknown): Members | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return value as Members;
  return value.some((each) => typeof each === 'object') ? { ...value } : null;
}

function compare(path: string, locked: unknown, now: unknown): LockDeviation[] {
  const [left, right] = [membersOf(locked), membersOf(now)];
  if (left !== null && right !== null) {
    const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
    return names.flatMap((name) => compare(`${path}.${name}`, left[name], right[name]));
  }
  if (canonicalJson(locked ?? null) === canonicalJson(now ?? null)) return [];
  return [{ path, locked: locked ?? null, now: now ?? null }];
}

/** Every field in which what is declared now differs from what was locked. The experiment's id says nothing that others do not. */
export function listDeviations(locked: FixedByLock, now: FixedByLock): LockDeviation[] {
  const without = ({ experiment: _, ...rest }: FixedByLock): Members => rest;
  return compare('', without(locked), without(now)).map(({ path, ...sides }) => ({
    path: path.slice(1),
    ...sides,
  }));
}

const show = (value: unknown): string => (value === null ? 'absent' : canonicalJson(value));

/** "training.steps: locked 20, now 10" */
export function describeDeviation({ path, locked, now }: LockDeviation): string {
  return `${path}: locked ${show(locked)}, now ${show(now)}`;
}
