/**
 * ZAP requests, replies and rules, without a socket.
 *
 * @module
 */
import assert from "node:assert/strict";
import { allowAddresses, decodeZapRequest, encodeZapReply } from "../../edges/zmq/zap.ts";

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const request = (address: string) => ({
  requestId: new Uint8Array(),
  domain: "bitten-1",
  address,
  mechanism: "NULL",
  credentials: [],
});

Deno.test("decodeZapRequest() reads a request of each mechanism with its credentials", () => {
  const head = (mechanism: string) => ["1.0", "7", "bitten-1", "10.8.0.3", "", mechanism].map(bytes);

  const none = decodeZapRequest(head("NULL"));
  const plain = decodeZapRequest([...head("PLAIN"), bytes("user_demo_00017"), bytes("secret")]);
  const curve = decodeZapRequest([...head("CURVE"), new Uint8Array(32)]);

  const common = { requestId: bytes("7"), domain: "bitten-1", address: "10.8.0.3" };
  assert.deepEqual([none, plain, curve], [
    { ...common, mechanism: "NULL", credentials: [] },
    { ...common, mechanism: "PLAIN", credentials: [bytes("user_demo_00017"), bytes("secret")] },
    { ...common, mechanism: "CURVE", credentials: [new Uint8Array(32)] },
  ]);
});

Deno.test("decodeZapRequest() refuses another version, too few frames and nothing at all", () => {
  const frames = ["2.0", "7", "bitten-1", "10.8.0.3", "", "NULL"].map(bytes);

  const answers = [
    decodeZapRequest(frames),
    decodeZapRequest([bytes("1.0"), bytes("7")]),
    decodeZapRequest([]),
  ];

  assert.deepEqual(answers, [null, null, null]);
});

Deno.test("decodeZapRequest() gives an IPv4 peer of an IPv6 socket its IPv4 address", () => {
  const frames = ["1.0", "7", "", "::ffff:192.0.2.9", "", "NULL"].map(bytes);

  assert.equal(decodeZapRequest(frames)?.address, "192.0.2.9");
});

Deno.test("encodeZapReply() has the six frames of RFC 27, and refuses for now, not for good", () => {
  const id = bytes("7");

  assert.deepEqual([encodeZapReply(id, true), encodeZapReply(id, false)], [
    ["1.0", id, "200", "OK", "", ""],
    ["1.0", id, "300", "Not allowed", "", ""],
  ]);
});

Deno.test("allowAddresses() admits addresses and networks it names, and no neighbour", () => {
  const rule = allowAddresses(["127.0.0.1", "10.8.0.0/16", "192.0.2.128/25", "::1"]);
  const asked = [
    "127.0.0.1",
    "127.0.0.2",
    "10.8.255.255",
    "10.9.0.0",
    "192.0.2.128",
    "192.0.2.127",
    "::1",
    "::2",
    "",
  ];

  const admitted = asked.filter((address) => rule(request(address)));

  assert.deepEqual(admitted, ["127.0.0.1", "10.8.255.255", "192.0.2.128", "::1"]);
});

Deno.test("allowAddresses() of nothing admits nobody, and of 0.0.0.0/0 every IPv4 peer", () => {
  const [nobody, all] = [allowAddresses([]), allowAddresses(["0.0.0.0/0"])];

  const answers = [nobody(request("127.0.0.1")), all(request("203.0.113.7")), all(request("::1"))];

  assert.deepEqual(answers, [false, true, false]);
});

Deno.test("allowAddresses() throws at an entry that is no address", () => {
  for (const entry of ["localhost", "10.8.0.0/33", "10.8.0/16", "1.2.3.256", "10.8.0.0/", ""]) {
    assert.throws(() => allowAddresses([entry]), /^Error: Cannot read allow-list as /, entry);
  }
});
