import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A file below a directory, as it was when listed. */
export interface FoundFile {
  /** Relative to the listed directory, with `/` between its parts. */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly inode: number;
}

/** What lies below a directory. */
export interface FoundTree {
  readonly files: readonly FoundFile[];
  /** Directories without any entry. */
  readonly emptyDirectories: readonly string[];
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** The file at `path` of `directory`, not what it links to; null when it is gone. */
export async function findFile(directory: string, path: string): Promise<FoundFile | null> {
  try {
    const { size: bytes, mtimeMs: modifiedMs, ino: inode } = await lstat(join(directory, path));
    return { path, bytes, modifiedMs, inode };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** All files below `directory`, by path. Links are listed, never followed; what goes away meanwhile is left out. */
export async function listFiles(directory: string): Promise<FoundTree> {
  const files: FoundFile[] = [];
  const emptyDirectories: string[] = [];
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(join(directory, below), { withFileTypes: true }).catch((error: unknown) => {
      if (isAbsent(error)) return null;
      throw error;
    });
    if (entries?.length === 0 && below !== '') emptyDirectories.push(below);
    for (const entry of (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        await walk(path);
        continue;
      }
      const found = await findFile(directory, path);
      if (found !== null) files.push(found);
    }
  };
  await walk('');
  return { files, emptyDirectories };
}
