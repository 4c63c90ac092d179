import { useState } from 'react'
import type { Problem } from '../../../main/contract/errors.ts'
import { invoke } from '../../bridge.ts'
import { useWords } from '../../i18n/words.ts'
import { listDevice } from '../../state/devices.ts'
import { openDraft, openPage, useUi } from '../../state/ui.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field, TextInput } from '../../ui/controls/Field.tsx'
import { Sentence } from '../../ui/text/Name.tsx'

/** Finds a device by its address, then opens the send sheet with it chosen. */
export function AddressDialog() {
  const { words, explanation } = useWords()
  const [address, setAddress] = useState('')
  const [asking, setAsking] = useState(false)
  const [problem, setProblem] = useState<Problem | null>(null)
  const find = async (): Promise<void> => {
    if (address.trim() === '' || asking) return
    setAsking(true)
    setProblem(null)
    const result = await invoke('probe', { address: address.trim() })
    setAsking(false)
    if (!result.ok) {
      setProblem(result.problem)
      return
    }
    listDevice(result.value)
    openPage(null)
    openDraft({ items: useUi.getState().draft?.items ?? [], to: result.value.id })
  }
  const shown = problem === null ? null : explanation(problem)
  return (
    <Dialog
      onClose={() => openPage(null)}
      title={words.address.title}
      foot={
        <>
          <Button onClick={() => openPage(null)}>{words.cancel}</Button>
          <Button look="primary" disabled={address.trim() === '' || asking} onClick={() => void find()}>
            {asking ? words.address.finding : words.address.find}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3 pb-3"
        onSubmit={(event) => {
          event.preventDefault()
          void find()
        }}
      >
        <p className="text-ink-2">{words.address.text}</p>
        <Field label={words.address.label}>
          {(id) => (
            <TextInput
              id={id}
              data-autofocus
              value={address}
              placeholder={words.address.example}
              onChange={(event) => setAddress(event.currentTarget.value)}
            />
          )}
        </Field>
        {shown !== null && (
          <p role="alert" className="selectable text-bad [overflow-wrap:anywhere]">
            <Sentence {...shown.summary} />{' '}
            <span className="text-ink-2">
              <Sentence {...shown.next} />
            </span>
          </p>
        )}
      </form>
    </Dialog>
  )
}
