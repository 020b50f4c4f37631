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
  const lengths = [...new Set(read.map(({ length }) => length))].filter((length) => length > 0);
  const longest = Math.max(0, ...lengths);
  const found = new Map<string, CorpusPlace>();
  let recent: string[] = [];

  const append = (unit: string, at: CorpusPlace): void => {
    recent.push(unit);
    if (recent.length > longest) recent.shift();
    for (const length of lengths) {
      if (length > recent.length) continue;
      const gram = recent.slice(recent.length - length).join(SEPARATOR);
      if (wanted.has(gram) && !found.has(gram)) found.set(gram, at);
    }
  };

  return {
    read: (text, place) => {
      const at = { place, text };
      if (options.unit === 'characters' && recent.length > 0) append(' ', at);
      for (const unit of toUnits(text, options)) append(unit.text, at);
    },
    endDocument: () => {
      recent = [];
    },
    results: () => read.map((question) => measureQuestion(question, found, options.n)),
  };
}
