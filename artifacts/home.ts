import { join, resolve } from 'node:path';

/** Where one workspace keeps everything it makes; deleting the directory forgets it all. */
export interface Home {
  readonly directory: string;
  readonly database: string;
  readonly artifacts: string;
  /** Copies of a bucket's objects. */
  readonly copies: string;
  readonly reports: string;
  /** What gates of base models came to. */
  readonly cards: string;
  readonly policies: string;
  readonly logs: string;
  /** The embedded Temporal server's persistent file. */
  readonly serverDatabase: string;
  /** Who uses the embedded server, and where it listens. */
  readonly server: string;
}

/**
 * How directories of a home are made: for their owner alone, since they hold every payload. A directory that is there
 * already keeps the rights that it was given.
 */
export const PRIVATE_DIRECTORY = { recursive: true, mode: 0o700 } as const;

/** Layout of the home directory: `--home`, else `ASSAY_HOME`, else `.assay` in the current directory. */
export function toHome(directory: string): Home {
  const root = resolve(directory);
  return {
    directory: root,
    database: join(root, 'assay.db'),
    artifacts: join(root, 'artifacts'),
    copies: join(root, 'copies'),
    reports: join(root, 'reports'),
    cards: join(root, 'cards'),
    policies: join(root, 'policies'),
    logs: join(root, 'logs'),
    serverDatabase: join(root, 'temporal.db'),
    server: join(root, 'server'),
  };
}
