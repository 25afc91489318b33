// A command and its arguments as one line of shell, for those who take nothing else.

const quoteWord = (word) => (/^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

export const quote = (command, args) => [command, ...args].map(quoteWord).join(' ')
