/** What an n-gram is made of. */
export interface GramOptions {
  /** Units per n-gram; a text of fewer units is one n-gram of its own length. */
  readonly n: number;
  /** `words`: runs of letters or digits, the rest is ignored; `characters`: every character, blanks as one. */
  readonly unit: 'words' | 'characters';
}

/** Where in the corpus something was found: whatever the caller numbers, and the text it handed over there. */
export interface CorpusPlace {
  readonly place: number;
  readonly text: string;
}

/** Part of a question whose every n-gram occurs in the corpus. */
export interface OverlapMatch {
  /** As the question writes it. */
  readonly text: string;
  /** Where the first of its n-grams was first found to end. */
  readonly found: CorpusPlace;
}

/** How much of one question occurs in the corpus. */
export interface QuestionOverlap {
  /** Distinct n-grams; 0 for a question without a unit. */
  readonly grams: number;
  /** Those found in the corpus. */
  readonly found: number;
  /** Fewer units than n, so that the whole question counts as one n-gram. */
  readonly isShort: boolean;
  /** Maximal matching parts, in the question's order. */
  readonly matches: readonly OverlapMatch[];
}

/** A scan under way: hand it the corpus piece by piece, then ask. */
export interface OverlapScan {
  /** Goes on with the current document; n-grams may span pieces, which count as separated by a blank. */
  read(text: string, place: number): void;
  /** No n-gram spans what comes before and after. */
  endDocument(): void;
  /** By question. */
  results(): QuestionOverlap[];
}

interface Unit {
  readonly text: string;
  /** Place in the question, in UTF-16 units. */
  readonly from: number;
  readonly to: number;
}

const UNITS = { words: /\p{L}+|\p{N}+/gu, characters: /\s+|\S/gu } as const;

function toUnits(text: string, { unit }: GramOptions): Unit[] {
  const units = Array.from(text.matchAll(UNITS[unit]), (match): Unit => {
    const written = match[0].toLowerCase();
    return {
      text: written.trim() === '' ? ' ' : written,
      from: match.index,
      to: match.index + match[0].length,
    };
  });
  const isBlank = (at: number): boolean => units[at]?.text === ' ';
  return units.slice(isBlank(0) ? 1 : 0, isBlank(units.length - 1) ? -1 : undefined);
}

/** A unit never holds this, so different n-grams never join to the same text. */
const SEPARATOR = '\u0000';

interface ReadQuestion {
  readonly text: string;
  readonly units: readonly Unit[];
  readonly length: number;
  /** n-grams by the position they begin at */
  readonly grams: readonly string[];
}

/** The units of a text without their places: what the corpus needs of it, and much cheaper. */
function listUnits(text: string, unit: GramOptions['unit']): string[] {
  const written = unit === 'words' ? (text.match(UNITS.words) ?? []) : [...text.trim().replace(/\s+/g, ' ')];
  // Unit by unit as in a question: lowering a whole text can change where its units end.
  return written.map((one) => one.toLowerCase());
}

function readQuestion(text: string, options: GramOptions): ReadQuestion {
  const units = toUnits(text, options);
  const length = Math.min(options.n, units.length);
  const count = units.length === 0 ? 0 : units.length - length + 1;
  const grams = Array.from({ length: count }, (_, at) =>
    units
      .slice(at, at + length)
      .map((unit) => unit.text)
      .join(SEPARATOR),
  );
  return { text, units, length, grams };
}

type Found = ReadonlyMap<string, CorpusPlace>;

function findMatches({ text, units, length, grams }: ReadQuestion, found: Found): OverlapMatch[] {
  const matches: OverlapMatch[] = [];
  let begin = 0;
  while (begin < grams.length) {
    const first = found.get(grams[begin]!);
    if (first === undefined) {
      begin += 1;
      continue;
    }
    let end = begin;
    while (end + 1 < grams.length && found.has(grams[end + 1]!)) end += 1;
    matches.push({ text: text.slice(units[begin]!.from, units[end + length - 1]!.to), found: first });
    begin = end + 1;
  }
  return matches;
}

function measureQuestion(question: ReadQuestion, found: Found, n: number): QuestionOverlap {
  const distinct = new Set(question.grams);
  return {
    grams: distinct.size,
    found: [...distinct].filter((gram) => found.has(gram)).length,
    isShort: question.units.length < n,
    matches: findMatches(question, found),
  };
}

/** Odd, so that multiplying by it modulo 2³² loses nothing. */
const BASE = 0x01000193;

/** FNV-1a of a unit. */
function hashUnit(unit: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < unit.length; i += 1) hash = Math.imul(hash ^ unit.charCodeAt(i), 0x01000193);
  return hash;
}

function powerOfBase(exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i += 1) power = Math.imul(power, BASE);
  return power;
}

/** The last `length` units of a document with their polynomial hash, which follows each unit in constant time. */
interface Window {
  push(unit: string, hash: number): void;
  clear(): void;
  isFull(): boolean;
  hash(): number;
  gram(): string;
}

function createWindow(length: number): Window {
  const units: string[] = new Array<string>(length).fill('');
  const hashes = new Int32Array(length);
  const oldest = powerOfBase(length);
  let count = 0;
  let rolling = 0;
  return {
    push: (unit, hash) => {
      const slot = count % length;
      rolling = (Math.imul(rolling, BASE) + hash - Math.imul(hashes[slot]!, oldest)) | 0;
      units[slot] = unit;
      hashes[slot] = hash;
      count += 1;
    },
    clear: () => {
      hashes.fill(0);
      count = 0;
      rolling = 0;
    },
    isFull: () => count >= length,
    hash: () => rolling,
    gram: () => Array.from({ length }, (_, i) => units[(count + i) % length]!).join(SEPARATOR),
  };
}

function hashGram(gram: string): number {
  const units = gram.split(SEPARATOR);
  const window = createWindow(units.length);
  for (const unit of units) window.push(unit, hashUnit(unit));
  return window.hash();
}

/**
 * Looks for the n-grams of questions in a corpus of any size, which is read once; letters' case never counts. Thirteen words
 * are the usual length (arXiv 2005.14165, appendix C). Memory grows with the questions, not with the corpus.
 *
 * @throws RangeError when n is no whole number of at least 1
 */
export function createOverlapScan(questions: readonly string[], options: GramOptions): OverlapScan {
  if (!Number.isInteger(options.n) || options.n < 1) {
    throw new RangeError(`n must be a whole number of at least 1, found ${options.n}`);
  }
  const read = questions.map((question) => readQuestion(question, options));
  const wanted = new Set(read.flatMap(({ grams }) => grams));
  const hashes = new Set([...wanted].map(hashGram));
  const lengths = [...new Set(read.map(({ length }) => length))].filter((length) => length > 0);
  const windows = lengths.map(createWindow);
  const found = new Map<string, CorpusPlace>();
  let isEmpty = true;

  const append = (unit: string, at: CorpusPlace): void => {
    isEmpty = false;
    const hash = hashUnit(unit);
    for (const window of windows) {
      window.push(unit, hash);
      if (!window.isFull() || !hashes.has(window.hash())) continue;
      const gram = window.gram();
      if (wanted.has(gram) && !found.has(gram)) found.set(gram, at);
    }
  };

  return {
    read: (text, place) => {
      const at = { place, text };
      if (options.unit === 'characters' && !isEmpty) append(' ', at);
      for (const unit of listUnits(text, options.unit)) append(unit, at);
    },
    endDocument: () => {
      isEmpty = true;
      for (const window of windows) window.clear();
    },
    results: () => read.map((question) => measureQuestion(question, found, options.n)),
  };
}
