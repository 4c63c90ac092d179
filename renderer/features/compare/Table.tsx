import type { ComparePreset, CompareRow } from '../../../main/contract/compare.ts'
import { catalogue, sentence, variantName } from '../../../main/messages/index.ts'
import { useWords } from '../../i18n/words.ts'
import { columnsOf } from './figures.ts'

/** Every figure of every technique; for one that could not run, the reason instead. */
export function CompareTable({
  rows,
  preset,
}: {
  readonly rows: readonly CompareRow[]
  readonly preset: ComparePreset
}) {
  const { words, language } = useWords()
  const texts = catalogue(language)
  const columns = columnsOf(texts.compare, preset)
  return (
    <div
      className="shrink-0 overflow-x-auto rounded-card border border-line bg-surface"
      tabIndex={0}
      role="region"
      aria-label={words.compare.table}
    >
      <table className="selectable w-full border-collapse text-xs">
        <thead>
          <tr className="text-2xs text-ink-3">
            <th scope="col" className="px-3 py-2 text-left font-medium">
              {texts.compare.headers.technique}
            </th>
            {columns.map(({ id, heading }) => (
              <th key={id} scope="col" className="px-3 py-2 text-right align-bottom font-medium">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={variantName(row.variant)} data-testid="compare-row" className="border-t border-line">
              <th scope="row" className="px-3 py-1.5 text-left align-top font-medium whitespace-nowrap">
                {variantName(row.variant)}
              </th>
              {row.problem ? (
                <td colSpan={columns.length} className="px-3 py-2 text-ink-2">
                  {sentence(row.problem, language)}
                </td>
              ) : (
                columns.map(({ id, value, range }) => (
                  <td key={id} className="tabular px-3 py-1.5 text-right align-top whitespace-nowrap">
                    <span data-testid={`cell-${id}`}>{value(row) ?? texts.none}</span>
                    <span data-testid={`range-${id}`} className="block text-2xs text-ink-3">
                      {range?.(row)}
                    </span>
                  </td>
                ))
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
