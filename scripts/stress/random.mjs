//! Choices that only depend on a seed.

export class Random {
  #state

  constructor(seed) {
    // The generator of Park and Miller wants a state from 1 to 2^31 - 2.
    this.#state = (Math.abs(seed) % 2147483646) + 1
    // Neighbouring seeds begin alike.
    for (let i = 0; i < 5; i++) this.#next()
  }

  #next() {
    this.#state = (this.#state * 48271) % 2147483647
    return (this.#state - 1) / 2147483646
  }

  /** A whole number from `low` to `high`. */
  whole(low, high) {
    return low + Math.floor(this.#next() * (high - low + 1))
  }

  /** True once in `times`. */
  once(times) {
    return this.#next() * times < 1
  }

  pick(list) {
    return list[this.whole(0, list.length - 1)]
  }

  word() {
    return Array.from({ length: this.whole(1, 12) }, () => String.fromCharCode(this.whole(97, 122))).join('')
  }

  /** A seed for somebody whose choices must not depend on when others choose. */
  seed() {
    return this.whole(1, 2147483645)
  }
}
