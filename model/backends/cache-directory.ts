import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where programs too large for the repository are kept between runs: the native TensorFlow binding and the Temporal server.
 * `ASSAY_CACHE` names the directory itself; otherwise it is `assay` under `XDG_CACHE_HOME` or under `~/.cache`.
 */
export function defaultCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment['ASSAY_CACHE']) return environment['ASSAY_CACHE'];
  if (environment['XDG_CACHE_HOME']) return join(environment['XDG_CACHE_HOME'], 'assay');
  return join(homedir(), '.cache', 'assay');
}
