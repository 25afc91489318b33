//! What happened, as counts and samples of what was wrong. Plain data, so that workers can send theirs.

const WRONGS_KEPT = 20

export class Tally {
  started = 0
  settled = 0
  wrong = 0
  /** The first wrong answers, in words. */
  wrongs = []
  /** How often each kind of call was settled in each way: an exit status or the code of an error. */
  ways = {}
  /** How many calls of each kind have not been settled. */
  open = {}
  sandboxes = 0

  start(kind) {
    this.started++
    this.open[kind] = (this.open[kind] ?? 0) + 1
  }

  settle(kind, way) {
    this.settled++
    this.ways[`${kind}: ${way}`] = (this.ways[`${kind}: ${way}`] ?? 0) + 1
    if (--this.open[kind] === 0) delete this.open[kind]
  }

  fault(text) {
    this.wrong++
    if (this.wrongs.length < WRONGS_KEPT) this.wrongs.push(text)
  }

  /** Adds what another one counted. */
  add(other) {
    for (const count of ['started', 'settled', 'wrong', 'sandboxes']) this[count] += other[count]
    for (const table of ['ways', 'open']) {
      for (const [key, count] of Object.entries(other[table])) this[table][key] = (this[table][key] ?? 0) + count
    }
    this.wrongs = [...this.wrongs, ...other.wrongs].slice(0, WRONGS_KEPT)
  }
}
