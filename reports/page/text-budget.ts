/** Characters that the page may still take in; what would exceed them is left out whole. */
export class TextBudget {
  #left: number;

  constructor(characters: number) {
    this.#left = characters;
  }

  /** Whether the texts fit; if so they are counted. */
  take(texts: readonly string[]): boolean {
    const size = texts.reduce((sum, { length }) => sum + length, 0);
    if (size > this.#left) return false;
    this.#left -= size;
    return true;
  }
}
