import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { arch, cpus, hostname, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ComputedBy } from '../activities/train-dependencies.ts';
import type { BackendProvenance } from '../model/backend.ts';
import { canonicalJson } from '../spec/canonical.ts';

const requireFromHere = createRequire(import.meta.url);

function versionOf(name: string): string {
  return (requireFromHere(`${name}/package.json`) as { version: string }).version;
}

async function git(...parameters: string[]): Promise<string | null> {
  try {
    const cwd = fileURLToPath(new URL('..', import.meta.url));
    return (await promisify(execFile)('git', parameters, { cwd })).stdout.trim();
  } catch {
    // An installed copy has no repository; the revision is unknown then, not clean.
    return null;
  }
}

/** What a run records about where and with what it was computed, as canonical JSON, and the part of it that each step repeats. */
export async function collectProvenance(
  backend: BackendProvenance,
): Promise<{ readonly provenance: string; readonly computedBy: ComputedBy }> {
  const changes = await git('status', '--porcelain', '--untracked-files=no');
  const revision = await git('rev-parse', 'HEAD');
  const processor = cpus()[0]?.model ?? null;
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
