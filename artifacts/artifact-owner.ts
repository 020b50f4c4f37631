import { randomUUID } from 'node:crypto';
import { constants, copyFile, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ArtifactOwnerError } from './artifact-errors.ts';

/** Says in a directory of artifacts which store they belong to. */
export const OWNER_FILE = 'assay-store.json';

const ownerSchema = z.object({ store: z.uuid(), since: z.iso.datetime() });

/** The store that a directory belongs to, and since when: what is older may be of anyone. */
export type Owner = z.infer<typeof ownerSchema>;

/**
 * Whose the directory is; null when nobody has claimed it.
 *
 * @throws {ArtifactOwnerError} when the file that says so is not readable as such
 */
export async function findOwner(directory: string): Promise<Owner | null> {
  const path = join(directory, OWNER_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    throw new ArtifactOwnerError(
      `${path} does not say which store its directory belongs to; expected {"store": UUID, "since": TIME}. ` +
        'Put it back from a copy, or delete it if no other home uses the directory',
    );
  }
}

/**
 * The owner of a directory that is this store's, or null when it is nobody's yet. Changes nothing.
 *
 * @throws {ArtifactOwnerError} when it is another store's
 */
export async function checkOwner(directory: string, storeId: string): Promise<Owner | null> {
  const owner = await findOwner(directory);
  if (owner === null || owner.store === storeId) return owner;
  throw new ArtifactOwnerError(
    `the artifacts in ${directory} belong to the store ${owner.store}; this home's store is ${storeId}. ` +
      'Name another directory with --artifacts (ASSAY_ARTIFACTS), or the home they belong to with --home; ' +
      `if that home is gone for good, delete ${join(directory, OWNER_FILE)}`,
  );
}

/**
 * Makes a directory that is nobody's this store's; of several stores that try at once one succeeds.
 *
 * @throws {ArtifactOwnerError} when it is another store's
 */
export async function claimDirectory(directory: string, storeId: string): Promise<Owner> {
  const owner = await checkOwner(directory, storeId);
  if (owner !== null) return owner;
  await mkdir(directory, { recursive: true });
  const target = join(directory, OWNER_FILE);
  const beside = `${target}.${randomUUID()}.partial`;
  const claim: Owner = { store: storeId, since: new Date().toISOString() };
  try {
    await writeFile(beside, `${JSON.stringify(claim)}\n`, { flush: true });
    // Neither replaces a file that is there; some file systems know no links.
    await link(beside, target).catch(() => copyFile(beside, target, constants.COPYFILE_EXCL));
    return claim;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return await claimDirectory(directory, storeId);
  } finally {
    await rm(beside, { force: true });
  }
}
