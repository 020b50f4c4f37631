import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../artifacts/artifact-files.ts';
import type { DataConverter } from '@temporalio/common';
import type { BundleOptions } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));
const workflowsPath = join(root, 'workflows', 'index.ts');

/** A bundle that no worker has asked for in this time is of a former state of the sources. */
const UNUSED_MS = 7 * 24 * 3600 * 1000;

/**
 * Hashes all that the bundle is made of: the workflows, the pure planning they import, the failure converter, and by the manifest,
 * which pins them, the packages, the bundler among them.
 */
async function hashSources(failureConverterPath: string | undefined): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(root, 'package.json')));
  if (failureConverterPath !== undefined) hash.update(await readFile(failureConverterPath));
  for (const room of ['workflows', 'config']) {
    const files = await readdir(join(root, room), { recursive: true });
    for (const file of files.filter((name) => name.endsWith('.ts')).sort())
      hash.update(file).update(await readFile(join(root, room, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

function isOfPackage(path: string): boolean {
  return !path.startsWith(root) || relative(root, path).split(sep).includes('node_modules');
}

type Configuration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

/** The bundler leaves sources below any `node_modules` as they are, where an installed copy of this program lies as a whole. */
function translateOwnSources(configuration: Configuration): Configuration {
  const rules = (configuration.module?.rules ?? []).map((rule) =>
    typeof rule === 'object' && rule !== null && rule.exclude instanceof RegExp
      ? { ...rule, exclude: isOfPackage }
      : rule,
  );
  return { ...configuration, module: { ...configuration.module, rules } };
}

type BundledConverter = Pick<DataConverter, 'failureConverterPath'>;

async function bundle({ failureConverterPath }: BundledConverter): Promise<string> {
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    ...(failureConverterPath === undefined ? {} : { failureConverterPath }),
    webpackConfigHook: translateOwnSources,
    logger: {
      log() {},
      trace() {},
      debug() {},
      info() {},
      warn() {},
      error: (message) => console.error(message),
    },
  });
  return code;
}

async function removeUnused(directory: string, nowMs: number): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    // Another process may remove it first.
    const modifiedMs = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => nowMs,
    );
    if (nowMs - modifiedMs > UNUSED_MS) await rm(path, { force: true });
  }
}

/**
 * The workflow bundle's path: built once per state of what it is made of and kept in the program's cache, so that neither a
 * worker nor a fresh home builds it. Failures are converted inside the bundle, so it holds the worker's converter.
 */
export async function prepareWorkflowBundle(
  cacheDirectory: string,
  converter: BundledConverter = {},
): Promise<string> {
  const directory = join(cacheDirectory, 'workflow-bundles');
  const target = join(directory, `${await hashSources(converter.failureConverterPath)}.js`);
  const now = new Date();
  if (existsSync(target)) {
    // In use again; a cache that only others may write is used as it is.
    await utimes(target, now, now).catch(() => undefined);
    return target;
  }
  const code = await bundle(converter);
  // Nothing looks into a bundle that is there, so it must be whole also after a power cut.
  await writeWhole(target, new TextEncoder().encode(code), { isDurable: true });
  await removeUnused(directory, now.getTime());
  return target;
}
