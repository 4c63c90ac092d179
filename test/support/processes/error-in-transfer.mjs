// Loaded before the program: an error of the program itself in a transfer, when it makes its report.
const cpuUsage = process.cpuUsage.bind(process)
process.cpuUsage = (previous) => {
  if (previous !== undefined) throw new TypeError('made on purpose')
  return cpuUsage()
}
