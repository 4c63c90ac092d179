import type { ComparePreset, CompareVariant, TextbookCount } from '../../contract/compare.ts'
import { whyNotSecured } from '../../contract/carries.ts'
import { BUFFER_BYTES, MAP_OPTIONS, type SendTechnique, type Technique } from '../../contract/technique.ts'

/** The buffer of the textbook example, one page. */
const PAGE_BYTES = 4096

const TEXTBOOK: readonly CompareVariant[] = [
  { technique: 'readwrite', bufferBytes: PAGE_BYTES, mapOptions: null },
  { technique: 'readwrite', bufferBytes: BUFFER_BYTES.default, mapOptions: null },
  { technique: 'mmap', bufferBytes: BUFFER_BYTES.default, mapOptions: null },
  { technique: 'sendfile', bufferBytes: BUFFER_BYTES.default, mapOptions: null },
]

/** `mmap` without options, and with each option alone. */
const MAPPINGS: readonly CompareVariant[] = [[], ...MAP_OPTIONS.map((option) => [option])].map(
  (mapOptions) => ({ technique: 'mmap', bufferBytes: BUFFER_BYTES.default, mapOptions }),
)

/** The techniques of the message-queue cases: a buffer, a mapping, many ranges in one call, and the kernel alone. */
const QUEUE: readonly SendTechnique[] = ['readwrite', 'mmap', 'gather', 'sendfile']

/**
 * Copies per byte (CPU and DMA) and mode switches per buffer, as textbooks count them: W. R. Stevens' read and write, the
 * mapped file, and sendfile without scatter-gather.
 */
const TEXTBOOK_COUNTS: Readonly<Partial<Record<Technique, TextbookCount>>> = {
  readwrite: { copies: 4, switches: 4 },
  mmap: { copies: 3, switches: 4 },
  sendfile: { copies: 3, switches: 2 },
}
/** With scatter-gather, which textbooks call zero-copy. */
const SENDFILE_GATHERING: TextbookCount = { copies: 2, switches: 2 }

/** The textbook's count for a variant; for sendfile with scatter-gather, as the comparison is usually made. */
export function textbookCount({ technique }: CompareVariant): TextbookCount | null {
  return technique === 'sendfile' ? SENDFILE_GATHERING : (TEXTBOOK_COUNTS[technique] ?? null)
}

/**
 * The variants of a preset that this machine supports.
 * @param chosen techniques named by the user; they replace those of the preset
 * @param security transfers that the preset `techniques` compares
 */
export function variantsOf(
  preset: ComparePreset,
  supported: readonly SendTechnique[],
  chosen: readonly SendTechnique[] | null,
  security: 'encrypted' | 'clear' = 'clear',
): CompareVariant[] {
  const fixed = preset === 'textbook' ? TEXTBOOK : preset === 'mapping' ? MAPPINGS : null
  if (fixed !== null && chosen === null) return fixed.filter(({ technique }) => supported.includes(technique))
  const secured = supported.filter((technique) => whyNotSecured(security, technique) === null)
  const all = chosen ?? (preset === 'techniques' ? secured : QUEUE)
  return all
    .filter((technique) => chosen !== null || supported.includes(technique))
    .map((technique) => ({ technique, bufferBytes: BUFFER_BYTES.default, mapOptions: null }))
}
