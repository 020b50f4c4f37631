import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, hostname, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ComputedBy } from '../activities/train-dependencies.ts';
import type { BackendProvenance } from '../model/backends/backend.ts';
import { canonicalJson } from '../config/canonical.ts';
import { readProcessor } from './describe-processor.ts';

const requireFromHere = createRequire(import.meta.url);

function versionOf(name: string): string {
  return (requireFromHere(`${name}/package.json`) as { version: string }).version;
}

const root = fileURLToPath(new URL('..', import.meta.url));

/** What git says of this copy; null where it has no repository of its own, whose revision is then unknown, not clean. */
async function git(...parameters: string[]): Promise<string | null> {
  const ask = async (words: string[]): Promise<string> =>
    (await promisify(execFile)('git', words, { cwd: root })).stdout.trim();
  try {
    // An installed copy may lie within the repository of the project that uses it.
    const top = await ask(['rev-parse', '--show-toplevel']);
    return (await realpath(top)) === (await realpath(root)) ? await ask(parameters) : null;
  } catch {
    return null;
  }
}

/** What a run records about where and with what it was computed, as canonical JSON, and the part of it that each step repeats. */
export async function collectProvenance(
  backend: BackendProvenance,
): Promise<{ readonly provenance: string; readonly computedBy: ComputedBy }> {
  const changes = await git('status', '--porcelain', '--untracked-files=no');
  const revision = await git('rev-parse', 'HEAD');
  const processor = readProcessor();
  const { name, flags, device } = backend;
  const provenance = canonicalJson({
    revision,
    isDirty: changes === null ? null : changes !== '',
    versions: {
      assay: (requireFromHere('../package.json') as { version: string }).version,
      node: process.version,
      temporal: versionOf('@temporalio/worker'),
      ...backend.versions,
    },
    backend: name,
    flags,
    device,
    host: { name: hostname(), platform: platform(), architecture: arch(), processor },
  });
  const { tensorflow = null, tfjs = null } = backend.versions;
  const kind = { platform: platform(), architecture: arch(), processor, backend: name, flags, device };
  const machine = canonicalJson({ ...kind, tensorflow, tfjs });
  return { provenance, computedBy: { machine, revision: changes ? `${revision}+` : revision } };
}
