// One script, run again and again: a sample is the mean over as many calls as fill `sampleMs`.
import { open } from '../contestants.mjs'
import { repeated } from './repeated.mjs'

export async function sampler({ side, addon, workDir, script, sampleMs }) {
  const contestant = await open(side, workDir, { addon })
  return repeated(() => contestant.sh(script), sampleMs, () => contestant.close())
}
