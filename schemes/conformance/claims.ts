/** Something that a family promises of each of its parts. */
export interface Claim<Subject> {
  /** In the present tense, e.g. `its description is one sentence`. */
  readonly claim: string;
  /** Where the subject breaks it: what was found, what was expected; none: it holds. */
  find(subject: Subject): readonly string[];
}

/** What a part does otherwise than its family promises. */
export interface Breach {
  readonly claim: string;
  readonly found: string;
}

/** Every claim that a subject breaks; an error that it throws breaks the claim that was looked at. */
export function listBreaches<Subject>(claims: readonly Claim<Subject>[], subject: Subject): Breach[] {
  return claims.flatMap(({ claim, find }) => {
    try {
      return find(subject).map((found) => ({ claim, found }));
    } catch (error) {
      return [
        {
          claim,
          found: `it throws ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
        },
      ];
    }
  });
}
