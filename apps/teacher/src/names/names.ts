import { createHmac } from "node:crypto";
import { adjectives, animals } from "./words.js";

/** What students are called outside of the server: only it, and those who have the class's secret, can tell whom it means. */
export interface Names {
  /** Names a student in requests and addresses: 16 characters, the same in every copy and after a restart. */
  refOf(studentId: string): string;
  /** What people read, e.g. "Amber Heron": no two students of a class have the same one. */
  pseudonymOf(studentId: string): string;
}

const block = adjectives.length * animals.length;

/** @see Names */
export function createNames(secret: string): Names {
  const digest = (text: string) => createHmac("sha256", secret).update(text).digest();
  return {
    refOf: (studentId) => digest(`ref ${studentId}`).toString("base64url").slice(0, 16),
    pseudonymOf(studentId) {
      const id = Number(studentId);
      const number = Math.floor(id / block);
      const [first, second] = shuffled(id % block, (round, half) => digest(`name ${number} ${round} ${half}`)[0] ?? 0);
      // A number distinguishes ids beyond the first block of names. It says no more than the block.
      const suffix = number === 0 ? "" : ` ${number + 1}`;
      return `${adjectives[first]} ${animals[second]}${suffix}`;
    },
  };
}

const rounds = 4;

/** A permutation of the 4,096 pairs of words (a Feistel network over twice six bits), so that none is given twice. */
function shuffled(place: number, mix: (round: number, half: number) => number): readonly [number, number] {
  let left = place >> 6;
  let right = place & 63;
  for (let round = 0; round < rounds; round += 1) [left, right] = [right, left ^ (mix(round, right) & 63)];
  return [left, right];
}
