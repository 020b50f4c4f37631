import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import type { Part } from '../../config/part.ts';
import { listBreaches, type Breach } from '../../schemes/conformance/claims.ts';
import { partClaims } from '../../schemes/conformance/part-claims.ts';
import { rewardClaims } from '../../schemes/conformance/reward-claims.ts';
import { trySettings } from '../../schemes/conformance/vary-options.ts';
import { evaluateParts, ownFamilies, requirePart, type OwnFamily } from '../../schemes/own-parts.ts';
import { deadlineOf, type Reward } from '../../schemes/rewards/reward.ts';
import { compileParts } from './compile-parts.ts';
import { loadExperiment } from './load.ts';
import { resolveExperiment } from './resolve.ts';

/** What is to be mended in a file. */
export interface FileProblem extends Breach {
  readonly file: string;
  /** From 1; null where it cannot be told. */
  readonly line: number | null;
  readonly family: string | null;
  readonly part: string | null;
}

/** What was looked at. */
export interface CheckedFile {
  readonly file: string;
  /** `FAMILY NAME` of each part. */
  readonly parts: readonly string[];
  /** What is not tried here, in words. */
  readonly untried: readonly string[];
  readonly problems: readonly FileProblem[];
}

/** Families whose promises beyond those of every part are tried here; those of the others need tensors, models or problems. */
const isTried = (family: OwnFamily): boolean => family === 'rewards';

/** The line on which a part or, behind that, one of its options begins. */
function findLine(text: string, name: string, found: string): number | null {
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => new RegExp(`\\bname:\\s*['"\`]${name}['"\`]`).test(line));
  if (begin < 0) return null;
  const option = /\boption (\w+) /.exec(found)?.[1];
  const member = /\b(sees|needs|metrics|description|optionsSchema|score)\b/.exec(found)?.[1];
  const sought = option ?? member;
  if (sought === undefined) return begin + 1;
  const at = lines.findIndex((line, i) => i >= begin && new RegExp(`\\b${sought}\\b\\s*[:(]`).test(line));
  return (at < 0 ? begin : at) + 1;
}

function listRewardBreaches(part: Reward<object>): Breach[] {
  const options = part.optionsSchema.parse({}) as Readonly<Record<string, unknown>>;
  if (deadlineOf({ options }) !== null) return [];
  const tried = { part, settings: trySettings(part) };
  const [isFunction, ...others] = rewardClaims;
  const random = listBreaches([isFunction!], tried);
  // What is not the same twice, or throws, breaks all others too.
  return random.length > 0 ? random : listBreaches(others, tried);
}

function checkPart(
  family: OwnFamily,
  declared: unknown,
): { readonly name: string | null; readonly breaches: Breach[] } {
  const named = (declared as { name?: unknown } | null)?.name;
  const name = typeof named === 'string' ? named : null;
  try {
    requirePart(family, declared);
  } catch (error) {
    return { name, breaches: [{ claim: 'it has a name and options', found: (error as Error).message }] };
  }
  // A task has no description, and its options may have no defaults.
  if (family === 'tasks') return { name, breaches: [] };
  const general = listBreaches(partClaims, declared as Part<object>);
  // What has no defaults cannot be tried.
  const breaches =
    family === 'rewards' && general.length === 0 ? listRewardBreaches(declared as Reward<object>) : [];
  return { name, breaches: [...general, ...breaches] };
}

function describeUntried(family: OwnFamily, name: string, declared: unknown): string[] {
  if (!isTried(family)) return [`${family} ${name}: what it computes; a run with --dry-run rehearses it`];
  const { optionsSchema } = declared as Partial<Part<object>>;
  const options = optionsSchema?.safeParse({}).data as Readonly<Record<string, unknown>> | undefined;
  return options !== undefined && deadlineOf({ options }) !== null
    ? [`${family} ${name}: its answers; it is asked when a run needs them`]
    : [];
}

/** Checks every part that a TypeScript file exports. @throws {InvalidSpecError} when it does not compile */
async function checkPartsFile(file: string): Promise<CheckedFile> {
  const parts = evaluateParts(await compileParts(file)) as Partial<Record<string, readonly unknown[]>>;
  const text = await readFile(file, 'utf8');
  const strangers = Object.keys(parts).filter((family) => !ownFamilies.includes(family as OwnFamily));
  const checked = ownFamilies.flatMap((family) =>
    (parts[family] ?? []).map((declared) => ({ family, declared, ...checkPart(family, declared) })),
  );
  return {
    file,
    parts: checked.map(({ family, name }) => `${family} ${name ?? '(without a name)'}`),
    untried: checked.flatMap(({ family, name, declared }) => describeUntried(family, name ?? '', declared)),
    problems: [
      ...strangers.map((family) => ({
        ...{ file, line: null, family, part: null, claim: 'its families are known' },
        found: `found ${family}, expected some of ${ownFamilies.join(', ')}`,
      })),
      ...checked.flatMap(({ family, name, breaches }) =>
        breaches.map((breach) => ({
          ...{ file, line: name === null ? null : findLine(text, name, breach.found), family, part: name },
          ...breach,
        })),
      ),
    ],
  };
}

/** Checks a declaration: everything that a launch would refuse. */
async function checkDeclaration(file: string): Promise<CheckedFile> {
  const { conditions } = resolveExperiment(await loadExperiment(file));
  return {
    file,
    parts: conditions.map(({ name }) => `condition ${name}`),
    untried: [],
    problems: [],
  };
}

async function exportsParts(file: string): Promise<boolean> {
  if (!/\.[mc]?[jt]s$/.test(extname(file))) return false;
  return /\bexport\b[^;]*\bparts\b/.test(await readFile(file, 'utf8'));
}

/**
 * Looks at a file of parts, or at a declaration, as a launch would, and tries the parts as the program's own are tried.
 *
 * @returns all problems at once
 */
export async function checkFile(given: string): Promise<CheckedFile> {
  const file = resolve(given);
  try {
    return (await exportsParts(file)) ? await checkPartsFile(file) : await checkDeclaration(file);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isTold = error instanceof InvalidSpecError || error.name === 'OwnPartsError';
    if (!isTold && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const problems = error.message
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((found) => ({
        ...{ file, line: null, family: null, part: null, claim: 'it can be loaded' },
        found,
      }));
    return { file, parts: [], untried: [], problems };
  }
}
