/**
 * TypeScript as tokens.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { tokensOf } from "../../scripts/lib/tokens.ts";

/** Kind and text of every token but marks, which stand for themselves. */
function shown(text: string): string[] {
  return tokensOf(text).map((token) => token.kind === "mark" ? token.text : `${token.kind}:${token.text}`);
}

/** Only what the test is about. */
function regexesIn(text: string): string[] {
  return tokensOf(text).filter(({ kind }) => kind === "regex").map((token) => token.text);
}

Deno.test("tokensOf() leaves comments out and numbers lines through them", () => {
  const text = "#!/usr/bin/env deno\n/** one\n * two */ a // b\n/* c */ d\n\n'x\\\ny' e";

  assert.deepEqual(tokensOf(text).map((token) => [token.text, token.line]), [
    ["a", 3],
    ["d", 4],
    ["x\\\ny", 6],
    ["e", 7],
  ]);
});

Deno.test("tokensOf() takes comment signs and quotes inside texts as text", () => {
  assert.deepEqual(shown(`"a // b" '/* "' "\\"" x`), [
    "string:a // b",
    'string:/* "',
    'string:\\"',
    "word:x",
  ]);
});

Deno.test("tokensOf() sees the code in a template, in templates within it too, and its text as text", () => {
  assert.deepEqual(shown("`a \\` \\${b} $ ${f({ c: `${d}` })} e // f`.g"), [
    "template:a \\` \\${b} $ ",
    "${",
    "word:f",
    "(",
    "{",
    "word:c",
    ":",
    "template:",
    "${",
    "word:d",
    "}",
    "template:",
    "}",
    ")",
    "}",
    "template: e // f",
    ".",
    "word:g",
  ]);
});

Deno.test("tokensOf() knows a regular expression where a value is awaited", () => {
  const text = [
    `a = /"/; f(/'/g, [/\`/], !/\\//u); return /[/"]/;`,
    "x => /1/; a && /2/; a ? /3/ : /4/; if (a) /5/.test(b); while (a) /6/.test(b);",
    "for await (const a of /7/) /8/.test(b); typeof /9/; { /10/.test(b) } a.b in /11/;",
    "case /12/: default: /13/; `${/14/}`; async () => { await /15/; }",
  ].join("\n");

  assert.deepEqual(
    regexesIn(text),
    [
      `/"/`,
      "/'/g",
      "/`/",
      "/\\//u",
      '/[/"]/',
      ...Array.from({ length: 15 }, (_, index) => `/${index + 1}/`),
    ],
  );
});

Deno.test("tokensOf() knows a division after a value", () => {
  const text = [
    "a / b / c; f(a) / b / c; a[0] / b / c; 2 / b / c; 'a' / b / c; `a` / b / c; a! / b / c;",
    "a++ / b / c; this / b / c; a.of / b / c; a.default / b / c; (a) / b / c; x = {} / b / c; a /= b / c;",
    "f({ a }) / b / c; #a / b / c; a?.b / c / d; a?.5:.5 / c / d",
  ].join("\n");

  assert.deepEqual(regexesIn(text), []);
});

Deno.test("tokensOf() goes on after a slash that is no regular expression's beginning", () => {
  assert.deepEqual(shown("= / a\n/ b"), ["=", "/", "word:a", "/", "word:b"]);
});

Deno.test("tokensOf() reads marks as long as they are, numbers whole, and escaped names plainly", () => {
  assert.deepEqual(shown("a?.b ?? c ? .5 : 1_0.2e-3; x >= 0xFFn; y === !z; (...w) => #v; D\\u0061t\\u{65}"), [
    ...["word:a", "?.", "word:b", "??", "word:c", "?", "number:.5", ":", "number:1_0.2e-3", ";"],
    ...["word:x", ">=", "number:0xFFn", ";", "word:y", "===", "!", "word:z", ";"],
    ...["(", "...", "word:w", ")", "=>", "word:#v", ";", "word:Date"],
  ]);
});

Deno.test("tokensOf() pairs brackets and says what each token stands in", () => {
  const tokens = tokensOf("f(a, { b: [c] })");

  assert.deepEqual(tokens.map(({ text, partner, inside }) => [text, partner, inside]), [
    ["f", null, null],
    ["(", 11, null],
    ["a", null, 1],
    [",", null, 1],
    ["{", 10, 1],
    ["b", null, 4],
    [":", null, 4],
    ["[", 9, 4],
    ["c", null, 7],
    ["]", 7, 4],
    ["}", 4, 1],
    [")", 1, null],
  ]);
});

Deno.test("tokensOf() reads any text to its end, in order", () => {
  const pieces = [
    "`",
    "${",
    "}",
    '"',
    "'",
    "/",
    "/*",
    "*/",
    "//",
    "\n",
    "\\",
    "[",
    "]",
    "(",
    ")",
    "{",
    "a",
    "!",
  ];
  const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 40 });
  fc.assert(fc.property(text, (parts) => {
    const all = parts.join("");

    const lines = tokensOf(all).map(({ line }) => line);

    assert.deepEqual(lines, lines.toSorted((a, b) => a - b));
    assert.ok(lines.every((line) => line >= 1 && line <= all.split("\n").length));
  }));
});

Deno.test("tokensOf() sees what stands between comments, texts and regular expressions, whatever is in them", () => {
  const words = fc.stringMatching(/^[ a-z"'`$[({<]*$/);
  const hidden = fc.oneof(
    words.map((inner) => `// ${inner}`),
    words.map((inner) => `/* ${inner}\n */`),
    words.map((inner) => JSON.stringify(inner)),
    words.map((inner) => `'${inner.replaceAll("'", "\\'")}'`),
    words.map((inner) => "`" + inner.replace(/[`$]/g, "\\$&") + "`"),
    words.map((inner) => `/x${inner.replace(/[[({]/g, "\\$&")}/`),
  );
  fc.assert(fc.property(fc.array(hidden), (parts) => {
    const text = parts.map((part, index) => `seen${index} =\n${part}\n;`).join("\n");

    const seen = tokensOf(text).filter(({ kind }) => kind === "word").map((token) => token.text);

    assert.deepEqual(seen, parts.map((_, index) => `seen${index}`));
  }));
});
