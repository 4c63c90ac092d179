import { BUFFER_BYTES, type Reason, type Technique } from '../../../main/contract/technique.ts'
import { useWords } from '../../i18n/words.ts'
import type { Option } from '../../ui/controls/option.tsx'

const SIZES = [4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, BUFFER_BYTES.max] as const

function sizeText(bytes: number): string {
  return bytes >= 1_048_576 ? `${bytes / 1_048_576}\u00a0MiB` : `${bytes / 1024}\u00a0KiB`
}

/** Buffer sizes to choose from, including the current one. */
export function bufferOptions(current: number): readonly Option<string>[] {
  const sizes = [...new Set([...SIZES, current])].sort((a, b) => a - b)
  return sizes.map((bytes) => ({ value: String(bytes), text: sizeText(bytes) }))
}

interface Row<T extends Technique> {
  readonly technique: T
  readonly available: boolean
  readonly reason: Reason
}

/**
 * The machine's techniques; one that cannot run shows the reason.
 * @param excludes why one that can run cannot be chosen for what is meant
 */
export function useTechniqueItems<T extends Technique>(
  rows: readonly Row<T>[],
  excludes: (technique: T) => Reason | null = () => null,
): readonly Option<T>[] {
  const { words, reason } = useWords()
  const texts: Readonly<Partial<Record<Technique, string>>> = words.technique.texts
  return rows.map(({ technique, available, reason: why }) => {
    const hindrance = available ? excludes(technique) : why
    const note = hindrance === null ? texts[technique] : reason(hindrance)
    return {
      value: technique,
      text: technique,
      disabled: hindrance !== null,
      ...(note === undefined ? {} : { note }),
    }
  })
}

/** `readwrite` with its option `dontcache`, as one choice of a menu. */
export const READWRITE_DONTCACHE = 'readwrite dontcache'

/** The options of a menu with `readwrite` and its option `dontcache` after it. */
export function useDontcacheOption<T extends string>(
  options: readonly Option<T>[],
): readonly Option<T | typeof READWRITE_DONTCACHE>[] {
  const { technique } = useWords().words
  return options.flatMap<Option<T | typeof READWRITE_DONTCACHE>>((option) => {
    if (option.value !== 'readwrite') return [option]
    const shown = option.disabled === true ? option : { ...option, note: technique.dontcacheText }
    return [option, { ...shown, value: READWRITE_DONTCACHE, text: technique.dontcache }]
  })
}

/** Techniques to choose from, automatic first; what cannot run has its reason. */
export function useTechniqueOptions<T extends Technique>(
  rows: readonly Row<T>[],
  excludes: (technique: T) => Reason | null = () => null,
): readonly Option<T | 'auto'>[] {
  const { technique } = useWords().words
  const items = useTechniqueItems(rows, excludes)
  return [{ value: 'auto', text: technique.auto, note: technique.autoText }, ...items]
}
