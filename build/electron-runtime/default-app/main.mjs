// Loads the application that the command line names, as the default application of Electron's own distribution does.
import { app } from 'electron'
import { existsSync, readFileSync } from 'node:fs'
import Module from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const preloaded = []
let named = null
const args = process.argv.slice(1)
while (args.length > 0 && named === null) {
  const arg = args.shift()
  if (arg === '-r' || arg === '--require') preloaded.push(args.shift())
  else if (arg.startsWith('--app=')) named = arg.slice('--app='.length)
  else if (!arg.startsWith('-')) named = arg
}

function stop(message) {
  console.error(message)
  app.exit(1)
}

async function load(path) {
  Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true })
  const folder = resolve(path)
  const description = join(folder, 'package.json')
  let appPath = null
  if (existsSync(description)) {
    const { name, productName, version, desktopName } = JSON.parse(readFileSync(description, 'utf8'))
    if (version) app.setVersion(version)
    if (productName ?? name) app.name = productName ?? name
    app.setDesktopName(desktopName ?? `${app.name}.desktop`)
    appPath = folder
  }
  const file = Module._resolveFilename(folder, null, true)
  app.setAppPath(appPath ?? dirname(file))
  await import(pathToFileURL(file).href)
}

if (preloaded.length > 0) Module._preloadModules(preloaded)
if (named === null) stop('Name the folder of an application.')
else {
  // Electron becomes ready when this module has loaded: what has to come before that is in the application.
  await load(named).catch((error) => stop(`The application at ${named} could not be loaded.\n${error.stack}`))
}
