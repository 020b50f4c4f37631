import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of a page of docs/: every block of code below a line that begins with its name. */
export function readTutorialFiles(page: string): ReadonlyMap<string, string> {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const blocks = text.matchAll(/^`([\w.-]+)`[^\n]*:[^\n]*\n\n```\w*\n(.*?)^```$/gms);
  return new Map([...blocks].map(([, name, code]) => [name!, code!]));
}

/** What the page says a command prints: its blocks of plain text, in order. */
export function readTutorialOutputs(page: string): string[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```text\n(.*?)^```$/gms)].map(([, output]) => output!.trimEnd());
}

/** Writes a page's files into a directory. */
export function writeTutorialFiles(page: string, directory: string): void {
  for (const [name, text] of readTutorialFiles(page)) writeFileSync(join(directory, name), text);
}

/** The commands of a page's blocks of shell, in order, without their comments. */
export function readTutorialCommands(page: string): string[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code]) => code!);
  const lines = blocks.join('').split('\n');
  return lines.map((line) => line.replace(/\s+#.*$/, '').trim()).filter((line) => line !== '');
}
