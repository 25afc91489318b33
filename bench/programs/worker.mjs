// Takes samples for a row when told to: `worker.mjs NAME SETTINGS`, with the sampler's name and its settings as JSON.
const [name, settings] = process.argv.slice(2)
const { sampler } = await import(`../samplers/${name}.mjs`)
const opening = sampler(JSON.parse(settings))

/** The answers without repetitions: thousands of equal ones say what one says. */
function distinct(answers) {
  const text = (answer) =>
    Object.values(answer)
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : value))
      .join('\0')
  return [...new Map(answers.map((answer) => [text(answer), answer])).values()]
}

const STEPS = {
  open: async () => {
    await opening
  },
  async sample() {
    const { values, answers } = await (await opening).sample()
    return { values, answers: distinct(answers) }
  },
  close: async () => (await opening).close(),
}

process.on('message', async (step) => {
  try {
    process.send({ done: await STEPS[step]() })
  } catch (error) {
    process.send({ failed: error.message })
  }
  if (step === 'close') process.disconnect()
})
