// Solves one puzzle: for each part a number whose SHA-256, after the seed and the part, begins with so many empty bits.
"use strict";

const K = new Uint32Array(64), START = new Uint32Array(8), W = new Uint32Array(64);

// the constants of SHA-256: fractions of the roots of the first primes
(function constants() {
  const part = root => ((root - Math.floor(root)) * 4294967296) >>> 0;
  for (let found = 0, number = 2; found < 64; number += 1) {
    let prime = true;
    for (let by = 2; by * by <= number; by += 1) if (number % by === 0) { prime = false; break; }
    if (!prime) continue;
    if (found < 8) START[found] = part(Math.sqrt(number));
    K[found] = part(Math.cbrt(number));
    found += 1;
  }
})();

const turn = (x, by) => (x >>> by) | (x << (32 - by));

// one block of 64 bytes in W[0..15]; the state goes on in s
function block(s) {
  for (let t = 16; t < 64; t += 1) {
    const x = W[t - 15], y = W[t - 2];
    W[t] = (W[t - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + W[t - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
  }
  let [a, b, c, d, e, f, g, h] = s;
  for (let t = 0; t < 64; t += 1) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + W[t]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
  }
  s[0] += a; s[1] += b; s[2] += c; s[3] += d; s[4] += e; s[5] += f; s[6] += g; s[7] += h;
}

function digest(text) {
  const length = text.length, whole = Math.ceil((length + 9) / 64) * 64;
  const bytes = new DataView(new ArrayBuffer(whole));
  for (let at = 0; at < length; at += 1) bytes.setUint8(at, text.charCodeAt(at));
  bytes.setUint8(length, 0x80);
  bytes.setUint32(whole - 4, length * 8);
  const state = Uint32Array.from(START);
  for (let from = 0; from < whole; from += 64) {
    for (let t = 0; t < 16; t += 1) W[t] = bytes.getUint32(from + t * 4);
    block(state);
  }
  return state;
}

// seed (32 bytes), part (1), number (4), then the padding of a message of 37 bytes: always one block
function solve(seed, part, bits) {
  const state = new Uint32Array(8), mask = bits >= 32 ? 0xffffffff : ~(0xffffffff >>> bits);
  for (let number = 0; number < 4294967296; number += 1) {
    W.set(seed);
    W[8] = (part << 24) | (number >>> 8);
    W[9] = (number << 24) | 0x00800000;
    W.fill(0, 10, 15);
    W[15] = 37 * 8;
    state.set(START);
    block(state);
    if ((state[0] & mask) === 0) return number;
  }
  return 0;
}

self.addEventListener("message", event => {
  const { puzzle, bits, parts } = event.data;
  const seed = digest(puzzle);
  self.postMessage(Array.from({ length: parts }, (_, part) => solve(seed, part, bits)));
});
