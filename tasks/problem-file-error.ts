/** A file of problems that cannot be used as it is: mend the line named. */
export class ProblemFileError extends Error {
  constructor(source: string, line: number, found: string) {
    super(`${source}, line ${line}: ${found}`);
    this.name = 'ProblemFileError';
  }
}
