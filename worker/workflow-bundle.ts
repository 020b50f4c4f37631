import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { bundleWorkflowCode } from '@temporalio/worker';

const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

/** Sources the bundle is made of: the workflows and the pure planning they import. */
async function hashSources(failureConverterPath: string | undefined): Promise<string> {
  const hash = createHash('sha256');
  const { version } = createRequire(import.meta.url)('@temporalio/workflow/package.json') as {
    version: string;
  };
  hash.update(version);
  if (failureConverterPath !== undefined) hash.update(await readFile(failureConverterPath));
  for (const room of ['workflows', 'spec']) {
    const directory = fileURLToPath(new URL(`../${room}`, import.meta.url));
    for (const file of (await readdir(directory)).sort()) {
      if (file.endsWith('.ts')) hash.update(file).update(await readFile(join(directory, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

type BundledConverter = Pick<DataConverter, 'failureConverterPath'>;

/** File name of the bundle of the present sources. */
export async function workflowBundleName({ failureConverterPath }: BundledConverter = {}): Promise<string> {
  return `workflow-bundle-${await hashSources(failureConverterPath)}.js`;
}

/**
 * The workflow bundle's path: built once per version of the sources and kept in `directory`, so that a worker starts
 * without building. Failures are converted inside the bundle, so it holds the worker's converter.
 */
export async function prepareWorkflowBundle(
  directory: string,
  converter: BundledConverter = {},
): Promise<string> {
  const target = join(directory, await workflowBundleName(converter));
  try {
    await readFile(target);
    return target;
  } catch {
    // Not built yet for these sources.
  }
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    ...(converter.failureConverterPath === undefined
      ? {}
      : { failureConverterPath: converter.failureConverterPath }),
    logger: {
      log() {},
      trace() {},
      debug() {},
      info() {},
      warn() {},
      error: (message) => console.error(message),
    },
  });
  await mkdir(directory, { recursive: true });
  await writeFile(`${target}.${process.pid}`, code);
  await rename(`${target}.${process.pid}`, target);
  return target;
}
