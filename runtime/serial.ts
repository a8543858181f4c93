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
    if (this.#busy) this.#waiting.push(job);
    else this.#go(job);
  }

  /** Forgets what waits; the job under way goes on. */
  clear(): void {
    this.#waiting = [];
  }

  #go(first: Job | undefined): void {
    this.#busy = true;
    for (let job = first; job !== undefined; job = this.#waiting.shift()) {
      const pending = job();
      if (pending !== undefined) {
        void pending.finally(() => this.#go(this.#waiting.shift()));
        return;
      }
    }
    this.#busy = false;
  }
}
