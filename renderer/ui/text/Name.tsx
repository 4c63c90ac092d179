import { formatParts, type Params, segmentsOf, visible } from '../../../main/messages/index.ts'
import { useWords } from '../../i18n/words.ts'

/** A text whose hidden characters are already marks: the marks stand out. */
export function Marked({ text }: { readonly text: string }) {
  return segmentsOf(text).map((segment, index) =>
    segment.mark ? (
      <mark key={index} className="rounded-[3px] bg-cpu-soft px-0.5 text-cpu-ink">
        {segment.text}
      </mark>
    ) : (
      segment.text
    ),
  )
}

/** A name or path from outside: hidden characters become marks, and its direction does not affect the text around it. */
export function Name({ text }: { readonly text: string }) {
  return (
    <bdi>
      <Marked text={visible(text)} />
    </bdi>
  )
}

/** A template filled in, with each text from outside shown as a {@link Name}. */
export function Sentence({ template, params = {} }: { readonly template: string; readonly params?: Params }) {
  const { language } = useWords()
  return formatParts({ template, params }, language).map(({ text, value }, index) =>
    value ? <Name key={index} text={text} /> : text,
  )
}
