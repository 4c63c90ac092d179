import { Folder } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { COPY_TECHNIQUES, type CopyTechnique } from '../../../main/contract/technique.ts'
import { useWords } from '../../i18n/words.ts'
import { copy } from '../../state/send.ts'
import { chooseFolderForDraft, type Draft, openDraft } from '../../state/ui.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { Sheet } from '../../ui/Dialog.tsx'
import { Field, Group } from '../../ui/controls/Field.tsx'
import { MiddleEllipsis } from '../../ui/text/MiddleEllipsis.tsx'
import type { Option } from '../../ui/controls/option.tsx'
import { Select } from '../../ui/controls/Select.tsx'

/** The send sheet for a folder on this computer. */
export function FolderSheet({
  draft,
  folder,
  what,
}: {
  readonly draft: Draft
  /** Absolute path. */
  readonly folder: string
  readonly what: ReactNode
}) {
  const { words, fill } = useWords()
  const [technique, setTechnique] = useState<CopyTechnique | 'auto'>('auto')
  const [copying, setCopying] = useState(false)
  const ready = draft.items.length > 0 && !copying
  const close = (): void => openDraft(null)
  const { technique: texts } = words
  const options: readonly Option<CopyTechnique | 'auto'>[] = [
    { value: 'auto', text: texts.auto, note: words.send.autoCopyText },
    ...COPY_TECHNIQUES.map((one) => ({ value: one, text: one, note: texts.texts[one] })),
  ]
  const go = async (): Promise<void> => {
    setCopying(true)
    const begun = await copy({ paths: draft.items.map(({ path }) => path), folder, technique })
    setCopying(false)
    if (begun) close()
  }
  return (
    <Sheet
      onClose={close}
      title={words.send.titleFolder}
      foot={
        <>
          {draft.items.length === 0 && (
            <p className="flex-1 text-xs text-ink-3">{words.send.chooseWhatFirst}</p>
          )}
          <Button onClick={close}>{words.cancel}</Button>
          <Button look="primary" disabled={!ready} onClick={() => void go()}>
            {words.send.copy}
          </Button>
        </>
      }
    >
      {what}
      <Group title={words.accept.where}>
        <div className="flex items-center gap-2 rounded-card border border-line px-3 py-2.5">
          <Folder size={15} aria-hidden className="shrink-0 text-ink-2" />
          <MiddleEllipsis text={folder} className="selectable flex-1" />
          <Button size="small" onClick={() => void chooseFolderForDraft()}>
            {words.settings.change}
          </Button>
        </div>
        <div className="flex items-center justify-between gap-3 text-xs text-ink-3">
          <span>{fill(words.send.folderText)}</span>
          <Button
            size="small"
            look="link"
            className="-mr-2.5"
            onClick={() => openDraft({ items: draft.items, to: draft.to })}
          >
            {words.send.deviceInstead}
          </Button>
        </div>
      </Group>
      <Group title={words.send.how}>
        <Field label={words.send.technique}>
          {(id) => <Select id={id} value={technique} options={options} onChange={setTechnique} />}
        </Field>
      </Group>
    </Sheet>
  )
}
