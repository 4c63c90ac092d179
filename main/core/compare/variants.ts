import type { ComparePreset, CompareVariant, TextbookCount } from '../../contract/compare.ts'
import { BUFFER_BYTES, MAP_OPTIONS, type SendTechnique, type Technique } from '../../contract/technique.ts'

/** The buffer of the classic example, one page. */
const PAGE_BYTES = 4096

const TEXTBOOK: readonly CompareVariant[] = [
  { technique: 'readwrite', bufferBytes: PAGE_BYTES, mapOptions: null },
  { technique: 'readwrite', bufferBytes: BUFFER_BYTES.default, mapOptions: null },
  { technique: 'mmap', bufferBytes: BUFFER_BYTES.default, mapOptions: null },
  { technique: 'sendfile', bufferBytes: BUFFER_BYTES.default, mapOptions: null },
]

/** `mmap` without any option, and with each alone. */
const MAPPINGS: readonly CompareVariant[] = [[], ...MAP_OPTIONS.map((option) => [option])].map(
  (mapOptions) => ({ technique: 'mmap', bufferBytes: BUFFER_BYTES.default, mapOptions }),
)

/** What the message-queue cases are told apart by: a buffer, a mapping, many ranges in one call, and the kernel alone. */
const QUEUE: readonly SendTechnique[] = ['readwrite', 'mmap', 'gather', 'sendfile']

/**
 * Copies of each byte (by CPU and DMA) and mode switches for each buffer, as textbooks count them: W. R. Stevens' read and
 * write, the mapped file, and sendfile without a card that gathers.
 */
const TEXTBOOK_COUNTS: Readonly<Partial<Record<Technique, TextbookCount>>> = {
  readwrite: { copies: 4, switches: 4 },
  mmap: { copies: 3, switches: 4 },
  sendfile: { copies: 3, switches: 2 },
}
/** With a card that gathers, which is what textbooks call zero-copy. */
const SENDFILE_GATHERING: TextbookCount = { copies: 2, switches: 2 }

/** The textbook's count for a variant; for sendfile with the card that gathers, as the comparison is usually drawn. */
export function textbookCount({ technique }: CompareVariant): TextbookCount | null {
  return technique === 'sendfile' ? SENDFILE_GATHERING : (TEXTBOOK_COUNTS[technique] ?? null)
}

/**
 * What a preset compares, of what can be sent with here.
 * @param chosen techniques that the user named; they replace those of the preset
 */
export function variantsOf(
  preset: ComparePreset,
  supported: readonly SendTechnique[],
  chosen: readonly SendTechnique[] | null,
): CompareVariant[] {
  const fixed = preset === 'textbook' ? TEXTBOOK : preset === 'mapping' ? MAPPINGS : null
  if (fixed !== null && chosen === null) return fixed.filter(({ technique }) => supported.includes(technique))
  const all = chosen ?? (preset === 'techniques' ? supported : QUEUE)
  return all
    .filter((technique) => chosen !== null || supported.includes(technique))
    .map((technique) => ({ technique, bufferBytes: BUFFER_BYTES.default, mapOptions: null }))
}
