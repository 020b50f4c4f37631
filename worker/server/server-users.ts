import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRIVATE_DIRECTORY, type Home } from '../../artifacts/home.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts';

function usersOf(home: Home): string {
  return join(home.server, 'users');
}

/** Enters this process as a user of the home's server; the file's path is the entry. */
export function enterUser(home: Home): string {
  mkdirSync(usersOf(home), PRIVATE_DIRECTORY);
  const entry = join(usersOf(home), randomUUID());
  writeFileSync(entry, JSON.stringify(identifyProcess(process.pid)));
  return entry;
}

function listEntries(home: Home): string[] {
  try {
    return readdirSync(usersOf(home)).map((name) => join(usersOf(home), name));
  } catch (error) {
    // No command has used a server here.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function isUsed(entry: string): boolean {
  try {
    return isRunning(JSON.parse(readFileSync(entry, 'utf8')) as ProcessIdentity);
  } catch {
    // Cut short by a kill, or gone with its command.
    return false;
  }
}

/** Whether any command uses the home's server still; changes nothing. */
export function hasUsers(home: Home): boolean {
  return listEntries(home).some(isUsed);
}

/** Removes the entries of commands that were killed. */
export function removeDeadUsers(home: Home): void {
  for (const entry of listEntries(home)) if (!isUsed(entry)) rmSync(entry, { force: true });
}
