/**
 * One thing at a time: a supervisor's to-do list.
 *
 * @module
 */

/** Something to do; a promise when it takes time. */
export type Job = () => Promise<void> | void;

/** Does jobs in order, each after the one before has ended; a job that takes no time is done on the spot. */
export class Serial {
  #waiting: Job[] = [];
  #busy = false;

  run(job: Job): void {
    this.#waiting.push(job);
    if (!this.#busy) this.#go();
  }

  /** Forgets what waits; the job under way goes on. */
  clear(): void {
    this.#waiting = [];
  }

  #go(): void {
    this.#busy = false;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      this.#busy = true;
      const pending = job();
      if (pending !== undefined) {
        void pending.finally(() => this.#go());
        return;
      }
      this.#busy = false;
    }
  }
}
