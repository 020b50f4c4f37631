/** A string, or a constant that Python writes and JSON does not know. */
const STRING_OR_CONSTANT = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs;

/**
 * Parses JSON as Python's tools write it: `NaN` and `Infinity`, which are no JSON, become null.
 *
 * @throws SyntaxError when it is no JSON even so
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(text.replace(STRING_OR_CONSTANT, (found) => (found.startsWith('"') ? found : 'null')));
  }
}
