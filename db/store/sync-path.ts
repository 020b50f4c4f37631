import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Gives a written file its name for good: content before name, and the name before anything that relies on it. */
export function renameDurably(written: string, path: string): void {
  syncPath(written);
  renameSync(written, path);
  syncPath(dirname(path));
}
