// Pauses with full jitter: each may be twice as long as the one before it, up to a limit.

export class Backoff {
  #machine;
  #first;
  #most;
  #tries = 0;

  constructor(machine, first = 1000, most = 30_000) {
    this.#machine = machine;
    this.#first = first;
    this.#most = most;
  }

  next() {
    return this.#machine.random() * Math.min(this.#most, this.#first * 2 ** this.#tries++);
  }

  reset() {
    this.#tries = 0;
  }
}
