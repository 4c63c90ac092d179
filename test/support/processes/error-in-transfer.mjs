// Loaded before the program: a programming error in a transfer, when it makes its report.
const cpuUsage = process.cpuUsage.bind(process)
process.cpuUsage = (previous) => {
  if (previous !== undefined) throw new TypeError('made on purpose')
  return cpuUsage()
}
