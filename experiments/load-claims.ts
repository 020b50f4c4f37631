import { readdir } from 'node:fs/promises';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closest } from 'fastest-levenshtein';
import { InvalidSpecError } from '../config/invalid-spec-error.ts';
import type { Settings } from '../config/merge.ts';
import { scaleClaim } from './claim.ts';
import { applyOverrides, type Overrides } from './resolve/declare-experiment.ts';
import { loadDeclaration } from './resolve/load.ts';
import { resolveExperiment, type ResolvedExperiment } from './resolve/resolve.ts';
import type { ScaleName } from './scales.ts';

const CLAIMS_DIRECTORY = fileURLToPath(new URL('./claims', import.meta.url));

/** A claim as its file declares it. */
export interface DeclaredClaim {
  readonly name: string;
  readonly file: string;
  readonly declared: Settings;
}

/** How a command names the claim: by its name where the program has it, else by its file, seen from the present directory. */
export function argumentOf({ name, file }: Pick<DeclaredClaim, 'name' | 'file'>): string {
  if (dirname(file) === CLAIMS_DIRECTORY) return name;
  const path = relative('.', file);
  return path.startsWith('..') ? file : `./${path}`;
}

async function readClaim(file: string): Promise<DeclaredClaim> {
  const declared = await loadDeclaration(file, 'claim');
  return { name: String(declared['name']), file, declared };
}

/** Where claims of one's own are found by their names: under the directory that a command is given in. */
const OWN_DIRECTORY = 'claims';

async function listFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return names
    .filter((name) => /\.(ts|yaml)$/.test(name))
    .sort()
    .map((name) => join(directory, name));
}

/** Every claim of experiments/claims, and of `claims/` in the present directory, in the order of their files. */
export async function listClaims(): Promise<DeclaredClaim[]> {
  const own = resolve(OWN_DIRECTORY);
  const directories = own === CLAIMS_DIRECTORY ? [CLAIMS_DIRECTORY] : [CLAIMS_DIRECTORY, own];
  const files = (await Promise.all(directories.map(listFiles))).flat();
  return Promise.all(files.map(readClaim));
}

/**
 * A claim by its name, or by the path of a file that declares one.
 *
 * @throws {InvalidSpecError} with the nearest name
 */
export async function findClaim(nameOrFile: string): Promise<DeclaredClaim> {
  if (extname(nameOrFile) !== '') return readClaim(resolve(nameOrFile));
  const claims = await listClaims();
  const found = claims.find(({ name }) => name === nameOrFile);
  if (found !== undefined) return found;
  const names = claims.map(({ name }) => name);
  throw new InvalidSpecError(
    `there is no claim "${nameOrFile}"; the nearest is "${closest(nameOrFile, names)}" of ${names.join(', ')}`,
  );
}

const NO_OVERRIDES: Overrides = { set: [] };

/**
 * A claim as a matrix that is ready to launch.
 *
 * @param overrides are laid over what the claim means at that scale
 * @throws {InvalidSpecError} naming the claim's file and every place that is wrong
 */
export function resolveClaim(
  claim: DeclaredClaim,
  scale: ScaleName,
  overrides = NO_OVERRIDES,
): ResolvedExperiment {
  try {
    return resolveExperiment(applyOverrides(scaleClaim(claim.declared, scale), overrides));
  } catch (error) {
    if (error instanceof InvalidSpecError) throw new InvalidSpecError(`${claim.file}: ${error.message}`);
    throw error;
  }
}
