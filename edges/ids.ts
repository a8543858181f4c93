/**
 * Names nobody can guess, from the machine's own chance.
 *
 * @module
 */
import { nanoid } from "nanoid";

/** A new name of 21 characters, `A–Z a–z 0–9 _ -`, drawn from 126 bits of the machine's secure chance. */
export function newId(): string {
  return nanoid();
}
