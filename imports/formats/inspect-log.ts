import { parsePythonJson } from '../parse-python-json.ts';
import { readJsonMembers } from '../read-json-members.ts';
import type { SourceFile } from '../source-file.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { openZipFile } from '../zip-file.ts';
import { inspectHeaderSchema, type InspectHeader } from './inspect-header.ts';
import { findSampleFault } from './inspect-sample.ts';

export type RawSample = Readonly<Record<string, unknown>>;

/** A log in either of Inspect's two containers. */
export interface InspectLog {
  readonly header: InspectHeader;
  readonly sampleCount: number;
  /** Read anew each time that they are asked for. */
  readSamples(): AsyncGenerator<RawSample>;
}

const HEADER = 'header.json';
const JOURNAL_START = '_journal/start.json';
const SAMPLE = /^samples\/.*\.json$/s;
const SAMPLES = 'samples';

function parse(path: string, place: string, text: string): unknown {
  try {
    return parsePythonJson(text);
  } catch (error) {
    throw new UnreadableSourceError(path, place, `no JSON: ${(error as Error).message}; get a whole log`);
  }
}

function parseHeader(path: string, place: string | null, header: unknown): InspectHeader {
  const result = inspectHeaderSchema.safeParse(header);
  if (result.success) return result.data;
  const [{ path: where, message }] = result.error.issues as [(typeof result.error.issues)[0]];
  throw new UnreadableSourceError(
    path,
    place,
    `no header of an Inspect log: \`${where.join('.')}\`: ${message}`,
  );
}

function parseSample(path: string, place: string, text: string): RawSample {
  const sample = parse(path, place, text);
  const fault = findSampleFault(sample);
  if (fault !== null) throw new UnreadableSourceError(path, place, fault);
  return sample as RawSample;
}

/** A sample that was run again is there twice, under one name: the later one counts. */
const nameSamples = ({ entries }: Pick<SourceFile, 'entries'>): string[] => [
  ...new Set(entries.map(({ name }) => name).filter((name) => SAMPLE.test(name))),
];

async function* readArchiveSamples(path: string): AsyncGenerator<RawSample> {
  const zip = await openZipFile(path);
  try {
    for (const name of nameSamples(zip)) yield parseSample(path, name, await zip.readText(name));
  } finally {
    zip.close();
  }
}

export const isInspectArchive = ({ container, entries }: SourceFile): boolean =>
  container === 'zip' &&
  entries.some(
    ({ name }) => name === JOURNAL_START || (name === HEADER && entries.some((e) => SAMPLE.test(e.name))),
  );

export async function openInspectArchive(file: SourceFile): Promise<InspectLog> {
  // A log that is still being written, or whose run died, has its start only.
  const name = file.entries.some((entry) => entry.name === HEADER) ? HEADER : JOURNAL_START;
  const zip = await openZipFile(file.path);
  try {
    const header = parseHeader(file.path, name, parse(file.path, name, await zip.readText(name)));
    return {
      header,
      sampleCount: nameSamples(file).length,
      readSamples: () => readArchiveSamples(file.path),
    };
  } finally {
    zip.close();
  }
}

const tellPlace = (index: number): string => `item ${index + 1} of \`${SAMPLES}\``;

async function* readJsonSamples(path: string): AsyncGenerator<RawSample> {
  for await (const { index, text } of readJsonMembers({ path }, SAMPLES))
    if (index !== null) yield parseSample(path, tellPlace(index), text);
}

const HEADER_MEMBERS = new Set(['status', 'eval', 'plan', 'results', 'error', 'invalidated']);

/** Reads the file to its end, so that a log that was cut is told before any of its samples is used. */
export async function openInspectJson({ path }: SourceFile): Promise<InspectLog> {
  const members: [string, unknown][] = [];
  let sampleCount = 0;
  for await (const { key, index, text } of readJsonMembers({ path }, SAMPLES)) {
    if (index !== null) sampleCount += 1;
    else if (HEADER_MEMBERS.has(key)) members.push([key, parse(path, key, text)]);
  }
  const header = parseHeader(path, null, Object.fromEntries(members));
  return { header, sampleCount, readSamples: () => readJsonSamples(path) };
}
