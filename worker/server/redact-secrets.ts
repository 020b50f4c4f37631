const SECRET_NAME =
  /API_?KEY|SECRET|TOKEN|PASSWORD|PASSWD|PRIVATE_?KEY|CREDENTIAL|ENCRYPTION_?KEY|CODEC_?KEY/i;
/** Shorter values are words that occur anyway, e.g. a number of tokens. */
const SHORTEST = 8;

/** `text` with the value of every variable that is named like a secret replaced by the variable's name. */
export function redactSecrets(text: string, environment: NodeJS.ProcessEnv): string {
  const secrets = Object.entries(environment)
    .filter(([name, value]) => SECRET_NAME.test(name) && (value?.trim().length ?? 0) >= SHORTEST)
    .flatMap(([name, value]) =>
      // Also as it stands in JSON, where a line break or a quote is written in another way.
      [value!, value!.trim(), JSON.stringify(value).slice(1, -1)].map((form) => [name, form] as const),
    )
    .sort(([, a], [, b]) => b.length - a.length);
  return secrets.reduce((redacted, [name, value]) => redacted.replaceAll(value, `[${name}]`), text);
}
