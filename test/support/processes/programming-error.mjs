// Loaded before the program: an error that no code handles, once the first line of progress has been printed.
const write = process.stdout.write.bind(process.stdout)
let thrown = false
process.stdout.write = (text, ...rest) => {
  if (!thrown && String(text).includes('"event":"progress"')) {
    thrown = true
    setTimeout(() => {
      const error = new TypeError('made on purpose')
      if (process.env['PROGRAMMING_ERROR'] === 'rejection') void Promise.reject(error)
      else throw error
    }, 0)
  }
  return write(text, ...rest)
}
