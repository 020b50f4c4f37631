import { existsSync } from 'node:fs';
import { findOwner } from './artifact-owner.ts';
import { openReadonlyDatabase, readStoreId, type Database } from '../db/store/connection.ts';
import { openHome } from './open-home.ts';
import { openLocationBucket, type ArtifactLocation } from './artifact-location.ts';
import type { Home } from './home.ts';

/** Which store a worker is to serve is not clear, or not the one it can serve: name it with `--store`. */
export class StoreUnclearError extends Error {
  override readonly name = 'StoreUnclearError';
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The stores that have artifacts at a location: at most one in a directory, any number in a bucket. */
export async function findStoreIds(location: ArtifactLocation): Promise<string[]> {
  if (location.kind === 'directory') {
    const owner = await findOwner(location.directory);
    return owner === null ? [] : [owner.store];
  }
  const { toKeyPrefix } = await import('./object-artifact-store.ts');
  const bucket = await openLocationBucket(location);
  const folders = await bucket.listFolders(toKeyPrefix(location.prefix));
  return folders.filter((folder) => UUID.test(folder));
}

function readAndClose(db: Database): string {
  try {
    return readStoreId(db);
  } finally {
    db.$client.close();
  }
}

/** The store of a home on the host that records, made where there is none yet. */
export function provideStoreId(home: Home): string {
  return readAndClose(openHome(home));
}

async function findOnlyStoreId(location: ArtifactLocation): Promise<string> {
  const ids = await findStoreIds(location);
  if (ids.length === 1) return ids[0]!;
  const where =
    location.kind === 'directory' ? location.directory : `s3://${location.bucket}/${location.prefix}`;
  throw new StoreUnclearError(
    ids.length === 0
      ? `no store has artifacts in ${where} yet, and this home has no database; start \`assay run\` on the host that records first, ` +
          'or name its store with --store, as `assay db check` prints it there'
      : `${ids.length} stores have artifacts in ${where}; name the one to work for with --store: ${ids.join(', ')}`,
  );
}

/**
 * The store that a worker serves: the one named, that of the home's database, or the only one with artifacts at the location.
 *
 * @throws {StoreUnclearError} when that names none, several, or not the one of the database it would write to
 */
export async function resolveStoreId(settings: {
  readonly role: 'store' | 'train';
  readonly home: Home;
  readonly artifacts: ArtifactLocation;
  /** As `--store` names it; a train worker that is told takes it as it is, since its home may be empty. */
  readonly named: string | undefined;
}): Promise<string> {
  const { role, home, artifacts, named } = settings;
  if (role === 'train' && named !== undefined) return named;
  if (role === 'store') {
    const own = provideStoreId(home);
    if (named === undefined || named === own) return own;
    throw new StoreUnclearError(
      `--store is ${named}, but the database ${home.database} is the store ${own}; leave --store out, or name the other home with --home`,
    );
  }
  if (existsSync(home.database)) return readAndClose(openReadonlyDatabase(home.database));
  return findOnlyStoreId(artifacts);
}
