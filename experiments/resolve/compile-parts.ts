import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Larger than any set of parts written by hand; the source travels with every run's plan. */
const MAX_SOURCE_BYTES = 200_000;

/** What a parts file finds under the name `assay`: declarations are taken as they are, arithmetic is that of this program. */
const publicModule = `
export { z } from 'zod';
${[
  'Experiment',
  'Scheme',
  'Claim',
  'Parts',
  'Shape',
  'Reward',
  'Judge',
  'Signal',
  'Gate',
  'Comparison',
  'CreditRule',
  'Term',
  'Task',
]
  .map((name) => `/* @__NO_SIDE_EFFECTS__ */ export function define${name}(declared) { return declared; }`)
  .join('\n')}
export { maskTop } from './schemes/credit/mask-top.ts';
export { measureCovariances } from './schemes/credit/token-covariance.ts';
export { AUTHORS, requireColumns } from './rollouts/rollout-batch.ts';
export { listGroups } from './rollouts/groups.ts';
`;

/**
 * The export `parts` of a TypeScript or JavaScript file with all that it imports, as one script without a module system. What else
 * the file declares is left out, so that another seed is no other source.
 *
 * @throws {InvalidSpecError} when it does not compile
 */
export async function compileParts(file: string): Promise<string> {
  const { build } = await import('esbuild');
  const path = resolve(file);
  const isPublic = (importer: string, name: string): boolean =>
    name === 'assay' || resolve(dirname(importer), name) === join(root, 'experiments', 'public.ts');
  try {
    const { outputFiles } = await build({
      stdin: { contents: `export { parts } from ${JSON.stringify(path)};`, resolveDir: dirname(path) },
      absWorkingDir: dirname(path),
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'neutral',
      target: 'node20.11',
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: 'none',
      treeShaking: true,
      logLevel: 'silent',
      plugins: [
        {
          name: 'assay',
          setup: ({ onResolve, onLoad }) => {
            onResolve({ filter: /.*/ }, ({ path: name, importer }) => {
              if (isPublic(importer, name)) return { path: 'assay', namespace: 'assay', sideEffects: false };
              // Packages are left to whoever runs the script, who knows the schema library alone and says so.
              return /^[./]/.test(name) ? undefined : { path: name, external: true };
            });
            onLoad({ filter: /.*/, namespace: 'assay' }, () => ({
              contents: publicModule,
              resolveDir: root,
            }));
          },
        },
      ],
    });
    const source = outputFiles[0]!.text;
    if (source.length <= MAX_SOURCE_BYTES) return source;
    throw new InvalidSpecError(
      `${path}: its parts compile to ${source.length} characters, expected at most ${MAX_SOURCE_BYTES}; import less`,
    );
  } catch (error) {
    if (error instanceof InvalidSpecError) throw error;
    throw new InvalidSpecError(`${path}: its parts do not compile: ${(error as Error).message}`);
  }
}
