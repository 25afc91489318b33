// What a list of samples says: its middle, its edges and its spread.

/** The value below which the share `q` of the samples lies, interpolated. */
export function quantile(samples, q) {
  if (samples.length === 0) throw new Error('no samples')
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const below = Math.floor(at)
  const above = Math.ceil(at)
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below)
}

export const median = (samples) => quantile(samples, 0.5)

/** Everything the report and the JSON say about one side of a row. */
export function summary(samples) {
  return {
    median: median(samples),
    min: Math.min(...samples),
    max: Math.max(...samples),
    quartiles: [quantile(samples, 0.25), quantile(samples, 0.75)],
    samples,
  }
}
