import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NamespacedUnregister } from 'tsx/esm/api';
import { parse as parseYaml } from 'yaml';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { isSettings, type Settings } from '../../config/merge.ts';
import { compileParts } from './compile-parts.ts';
import { inlinePrograms } from './inline-programs.ts';
import { inlineProblemFiles } from './problem-file.ts';
import { readSmallFile } from './read-small-file.ts';

/** Declarations are written by hand; anything larger is a mistake or an attack. */
const MAX_DECLARATION_BYTES = 1_000_000;

/** What a file declares: the name of its export. */
type DeclarationKind = 'experiment' | 'claim';

/** Translates declarations, and what they import, apart from the program, which is compiled already. */
let translator: NamespacedUnregister | undefined;

async function importDeclaration(path: string): Promise<unknown> {
  const { register } = await import('tsx/esm/api');
  translator ??= register({ namespace: 'declarations' });
  return translator.import(pathToFileURL(path).href, import.meta.url);
}

async function loadModule(path: string, kind: DeclarationKind): Promise<unknown> {
  const module = (await importDeclaration(path)) as Partial<Record<DeclarationKind, object>> & {
    parts?: unknown;
  };
  const declared = module[kind];
  if (declared !== undefined) return module.parts === undefined ? declared : { ...declared, parts: path };
  const define = kind === 'claim' ? 'defineClaim' : 'defineExperiment';
  throw new InvalidSpecError(
    `${path}: found no export named "${kind}"; expected \`export const ${kind} = ${define}({ … })\``,
  );
}

/** Nesting beyond this is no declaration's, and takes the YAML parser quadratic time. */
const MAX_NESTING = 100;

/** Counts brackets and leading dashes as they stand, also in quotes: an estimate from above of how deep a text nests. */
function estimateNesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const bracket of text.match(/[[\]{}]/g) ?? []) {
    depth = Math.max(0, depth + (bracket === '[' || bracket === '{' ? 1 : -1));
    deepest = Math.max(deepest, depth);
  }
  for (const [lead] of text.matchAll(/^[ \t?:-]+/gm)) deepest = Math.max(deepest, lead.length / 2);
  return deepest;
}

async function loadText(path: string, extension: string): Promise<unknown> {
  const text = await readSmallFile(path, MAX_DECLARATION_BYTES);
  const nesting = estimateNesting(text);
  if (nesting > MAX_NESTING)
    throw new InvalidSpecError(`${path}: nests ${nesting} levels deep, expected at most ${MAX_NESTING}`);
  try {
    return extension === '.json' ? JSON.parse(text) : parseYaml(text, { maxAliasCount: 100 });
  } catch (error) {
    const language = extension === '.json' ? 'JSON' : 'YAML';
    throw new InvalidSpecError(`${path}: not ${language}: ${(error as Error).message}`);
  }
}

/** What the file that `parts` names compiles to, in place of its name. */
async function inlineParts(declared: Settings, path: string): Promise<Settings> {
  const { parts } = declared;
  if (typeof parts !== 'string') return declared;
  return { ...declared, parts: await compileParts(resolve(dirname(path), parts)) };
}

/** Reads a declared experiment; as `loadDeclaration`. */
export function loadExperiment(file: string): Promise<Settings> {
  return loadDeclaration(file, 'experiment');
}

/**
 * Reads a declared experiment or claim from a TypeScript, YAML or JSON file, the rows of problem files and the texts of
 * programs included; not validated yet.
 *
 * @throws {InvalidSpecError} when the file is missing, of another kind or declares nothing
 */
export async function loadDeclaration(file: string, kind: DeclarationKind): Promise<Settings> {
  const path = resolve(file);
  const extension = extname(path);
  let declared: unknown;
  try {
    if (extension === '.ts' || extension === '.mts' || extension === '.js' || extension === '.mjs')
      declared = await loadModule(path, kind);
    else if (extension === '.yaml' || extension === '.yml' || extension === '.json')
      declared = await loadText(path, extension);
    else throw new InvalidSpecError(`${path}: expected a .ts, .yaml or .json file`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ERR_MODULE_NOT_FOUND') {
      throw new InvalidSpecError(`${path}: cannot be read: ${(error as Error).message}`);
    }
    throw error;
  }
  if (!isSettings(declared)) throw new InvalidSpecError(`${path}: expected an object of settings`);
  const withPrograms = await inlinePrograms(await inlineProblemFiles(declared, path), path);
  return inlineParts(withPrograms, path);
}
