import { registrationBody, type SelfInfo } from '../../../main/core/protocol/localsend/messages.ts'
import { encodeEnd, encodeOffer, WIRE_VERSION } from '../../../main/core/protocol/penstock/offer.ts'
import type { ManifestEntry } from '../../../main/contract/transfer.ts'

/** A file's line in a manifest. */
export function fileEntry(index: number, size: number, path = `file-${index}`): ManifestEntry {
  return { index, type: 'file', path, size, mode: 0o644, mtimeNs: 1_700_000_000_000_000_000n }
}

/** The line of an entry, as the addon writes it. */
export function encodeEntry(entry: ManifestEntry): string {
  const common = { n: entry.path, m: entry.mode, mt: entry.mtimeNs.toString() }
  switch (entry.type) {
    case 'file':
      return `${JSON.stringify({ t: 'f', ...common, s: entry.size })}\n`
    case 'directory':
      return `${JSON.stringify({ t: 'd', ...common })}\n`
    case 'symlink':
      return `${JSON.stringify({ t: 'l', ...common, l: entry.target })}\n`
  }
}

/** The end of a manifest of these entries. */
export function encodeEndOf(entries: readonly ManifestEntry[], streams = 1): string {
  const of = (type: ManifestEntry['type']) => entries.filter((entry) => entry.type === type).length
  return encodeEnd({
    end: entries.length,
    totals: {
      ...{ files: of('file'), directories: of('directory'), symlinks: of('symlink') },
      bytes: entries.reduce((sum, { size }) => sum + size, 0),
    },
    ...{ streams, technique: null },
  })
}

/** All lines of a manifest. */
export function encodeManifest(entries: readonly ManifestEntry[], streams = 1): string {
  return entries.map(encodeEntry).join('') + encodeEndOf(entries, streams)
}

/** The first line of an offer. */
export function encodeHead(
  self: SelfInfo,
  transferId: string,
  { cipher = 'tls', check = true }: { readonly cipher?: 'none' | 'tls'; readonly check?: boolean } = {},
): string {
  const info = registrationBody(self)
  return encodeOffer({ info, version: WIRE_VERSION, transferId, ciphers: [cipher, 'tls'], check })
}
