import * as pulumi from "@pulumi/pulumi";

/** Wrap every argument in which a secret value appears, however deep. */
export function encryptSecrets<Args extends object>(args: Args, secrets: readonly string[]) {
  const holdsSecret = (value: unknown) => {
    const text = JSON.stringify(value) ?? "";
    return secrets.some((secret) => text.includes(JSON.stringify(secret).slice(1, -1)));
  };
  // Networks are other resources' outputs, which have no text yet and no secrets ever.
  const secretKeys = Object.entries(args).flatMap(([key, value]) =>
    key !== "networksAdvanced" && holdsSecret(value) ? [key] : [],
  );
  const wrapped = Object.fromEntries(secretKeys.map((key) => [key, pulumi.secret(args[key as keyof Args])]));
  return { encrypted: { ...args, ...wrapped } as Args, options: { additionalSecretOutputs: secretKeys } };
}

/**
 * Wrap every text in which a secret value appears, where it is: what is not known yet beside it stays apart from it.
 * The state needs `additionalSecretOutputs` all the same.
 */
export function encryptTexts<Value>(value: Value, secrets: readonly string[]): Value {
  const encrypt = (part: unknown): unknown => {
    if (typeof part === "string") return secrets.some((secret) => part.includes(secret)) ? pulumi.secret(part) : part;
    if (Array.isArray(part)) return part.map(encrypt);
    if (part === null || typeof part !== "object" || pulumi.Output.isInstance(part)) return part;
    return Object.fromEntries(Object.entries(part).map(([key, entry]) => [key, encrypt(entry)]));
  };
  return encrypt(value) as Value;
}
