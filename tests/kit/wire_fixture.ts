/**
 * Wire fixtures: the messages of generation 2 as bytes, one file each, and changes to them.
 *
 * @module
 */

const encoder = new TextEncoder();

/** The payload in `tests/fixtures/wire/<name>.frame`. */
export function fixture(name: string): Uint8Array {
  return Deno.readFileSync(new URL(`../fixtures/wire/${name}.frame`, import.meta.url));
}

/** The payload as text, to change it. */
export function fixtureText(name: string): string {
  return new TextDecoder().decode(fixture(name));
}

/** The payload with every `from` replaced, which must be there. */
export function changed(name: string, from: string, to: string): Uint8Array {
  const text = fixtureText(name);
  if (!text.includes(from)) throw new Error(`Cannot change ${name} as it must hold ${from}: it does not`);
  return encoder.encode(text.replaceAll(from, to));
}

/** Text as a payload. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}
