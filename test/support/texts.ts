/** All texts of a catalogue by their path. */
export function texts(node: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(node)) {
    const here = `${path}/${key}`
    if (typeof value === 'string') found.set(here, value)
    else if (typeof value === 'object' && value !== null) {
      for (const [deeper, text] of texts(value, here)) found.set(deeper, text)
    }
  }
  return found
}
