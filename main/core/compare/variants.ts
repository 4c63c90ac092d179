import type { ComparePreset, CompareVariant, TextbookCount } from '../../contract/compare.ts'
import { whyNotSecured } from '../../contract/carries.ts'
import { DURABILITIES } from '../../contract/report.ts'
import { BUFFER_BYTES, MAP_OPTIONS, type SendTechnique, type Technique } from '../../contract/technique.ts'

/** The buffer of the textbook example, one page. */
const PAGE_BYTES = 4096

function variant(
  technique: SendTechnique,
  other: Partial<Omit<CompareVariant, 'technique'>> = {},
): CompareVariant {
  return { technique, bufferBytes: BUFFER_BYTES.default, mapOptions: null, durability: null, ...other }
}

const TEXTBOOK: readonly CompareVariant[] = [
  variant('readwrite', { bufferBytes: PAGE_BYTES }),
  variant('readwrite'),
  variant('mmap'),
  variant('sendfile'),
]

/** `mmap` without options, and with each option alone. */
const MAPPINGS: readonly CompareVariant[] = [[], ...MAP_OPTIONS.map((option) => [option])].map((mapOptions) =>
  variant('mmap', { mapOptions }),
)

/** From one page to the largest buffer, each four times the one before. */
const BUFFERS: readonly CompareVariant[] = Array.from({ length: 7 }, (_, power) =>
  variant('readwrite', { bufferBytes: BUFFER_BYTES.min * 4 ** power }),
)

/** The technique to receivers of each durability: the first that runs here. */
const DURABLE: readonly SendTechnique[] = ['sendfile', 'transmitfile', 'readwrite']

const FIXED: Readonly<Partial<Record<ComparePreset, readonly CompareVariant[]>>> = {
  textbook: TEXTBOOK,
  mapping: MAPPINGS,
  buffer: BUFFERS,
}

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
  const fixed = FIXED[preset]
  if (fixed !== undefined && chosen === null)
    return fixed.filter(({ technique }) => supported.includes(technique))
  if (preset === 'durability') {
    const techniques = chosen ?? DURABLE.filter((technique) => supported.includes(technique)).slice(0, 1)
    return techniques.flatMap((technique) =>
      DURABILITIES.map((durability) => variant(technique, { durability })),
    )
  }
  const secured = supported.filter((technique) => whyNotSecured(security, technique) === null)
  const all = chosen ?? (preset === 'techniques' ? secured : QUEUE)
  return all
    .filter((technique) => chosen !== null || supported.includes(technique))
    .map((technique) => variant(technique))
}
