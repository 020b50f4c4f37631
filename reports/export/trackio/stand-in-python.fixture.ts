import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** What the client says once it can log, as a shell command. */
export const READY = `echo '{"version":"0.43.0","directory":"/somewhere"}'`;

/** A shell script in Python's place; its path. */
export function writeStandIn(t: TestContext, script: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-tracker-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'python');
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}
