import { openDatabase, type Database } from '../db/store/connection.ts';
import type { Home } from './home.ts';
import { prepareDirectory } from './prepare-directory.ts';

/** The database of a home that commands write to; home and database are made where there are none. @throws {DirectoryUnusableError} */
export function openHome(home: Home): Database {
  prepareDirectory(home.directory, '--home (ASSAY_HOME)');
  return openDatabase(home.database);
}
