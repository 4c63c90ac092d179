import mime from 'mime'

/** The MIME type of a name. Phones put a file into their gallery only by it. */
export function fileTypeOf(path: string): string {
  return mime.getType(path) ?? 'application/octet-stream'
}
