import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as zod from 'zod';
import type { RolloutShape } from '../rollouts/shapes/shape.ts';
import { takeTask } from '../tasks/index.ts';
import type { TaskFamily } from '../tasks/task-family.ts';
import type { Comparison } from './comparisons/comparison.ts';
import type { CreditRule } from './credit/credit-rule.ts';
import type { Gate } from './gates/gate.ts';
import type { Judge } from './judges/judge.ts';
import { families } from './open-scheme.ts';
import type { Reward } from './rewards/reward.ts';
import { signals } from './signals/index.ts';
import type { Signal } from './signals/signal.ts';
import type { ObjectiveTerm } from './terms/term.ts';

/** Parts of a declaration's own, by family; each as a file of this program would export it. */
export interface OwnParts {
  readonly rollouts?: readonly RolloutShape<object>[];
  readonly rewards?: readonly Reward<object>[];
  readonly judges?: readonly Judge<object>[];
  readonly signals?: readonly Signal<object>[];
  readonly gates?: readonly Gate<object>[];
  readonly comparisons?: readonly Comparison<object>[];
  readonly credit?: readonly CreditRule<object>[];
  readonly objective?: readonly ObjectiveTerm<object>[];
  readonly tasks?: readonly TaskFamily<object>[];
}

export type OwnFamily = keyof OwnParts;

/** The names of a declaration's own parts → the names they have in conditions, which tell their source too. */
export type OwnNames = Readonly<Record<OwnFamily, ReadonlyMap<string, string>>>;

/** What a file exports as its parts is none, or cannot be loaded: mend that file. */
export class OwnPartsError extends Error {
  override readonly name = 'OwnPartsError';
}

const takers = {
  ...families,
  signals,
  tasks: { take: takeTask },
} as unknown as Readonly<Record<OwnFamily, { take(part: unknown, name: string): void }>>;

export const ownFamilies = Object.keys(takers) as OwnFamily[];

const NAME = /^[a-z][a-z0-9-]*$/;

/**
 * The parts that `compileParts` made into one script, as they are declared; of packages the script may know the schema library alone.
 *
 * @throws OwnPartsError
 */
export function evaluateParts(source: string): OwnParts {
  const module: { exports: { parts?: unknown } } = { exports: {} };
  const require = (name: string): unknown => {
    if (name === 'zod') return zod;
    throw new OwnPartsError(
      `parts of your own import "${name}"; they may import assay, zod and files of their own`,
    );
  };
  // The user's own program, as the declaration itself is.
  new Function('require', 'module', source)(require, module);
  const { parts } = module.exports;
  if (typeof parts !== 'object' || parts === null) {
    throw new OwnPartsError(
      'found no export named "parts"; expected `export const parts = defineParts({ … })`',
    );
  }
  return parts;
}

/** @throws OwnPartsError when it has no name or no options that can be parsed */
export function requirePart(family: OwnFamily, part: unknown): { readonly name: string } {
  const { name, optionsSchema } = (part ?? {}) as { name?: unknown; optionsSchema?: { parse?: unknown } };
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new OwnPartsError(
      `parts.${family}: found the name ${JSON.stringify(name)}, expected lower-case words joined by hyphens`,
    );
  }
  if (typeof optionsSchema?.parse !== 'function') {
    throw new OwnPartsError(
      `parts.${family}: ${name} has no optionsSchema; expected \`z.strictObject({ … })\``,
    );
  }
  return part as { readonly name: string };
}

const taken = new Map<string, OwnNames>();

/**
 * Makes the parts of a declaration's own known to this process, each under a name that ends in a hash of their source: two versions
 * of a part never meet under one name.
 *
 * @param source what `compileParts` made; undefined: there are none
 * @throws OwnPartsError
 */
export function takeParts(source: string | undefined): OwnNames | null {
  if (source === undefined) return null;
  const known = taken.get(source);
  if (known !== undefined) return known;
  const mark = bytesToHex(sha256(utf8ToBytes(source))).slice(0, 8);
  const parts = evaluateParts(source) as Partial<Record<string, readonly unknown[]>>;
  const stranger = Object.keys(parts).find((family) => !Object.hasOwn(takers, family));
  if (stranger !== undefined) {
    throw new OwnPartsError(`parts.${stranger}: the families are ${ownFamilies.join(', ')}`);
  }
  const names = ownFamilies.map((family) => {
    const entries = (parts[family] ?? []).map((each) => {
      const part = requirePart(family, each);
      const name = `${part.name}@${mark}`;
      takers[family].take(part, name);
      return [part.name, name] as const;
    });
    return [family, new Map(entries)] as const;
  });
  const own: OwnNames = Object.fromEntries(names) as unknown as OwnNames;
  taken.set(source, own);
  return own;
}
