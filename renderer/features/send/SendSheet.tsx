import { File, Folder, X } from 'lucide-react'
import { useState } from 'react'
import type { Item } from '../../../main/contract/ipc.ts'
import { formatBytes } from '../../../main/messages/index.ts'
import { type Speech, useWords } from '../../i18n/words.ts'
import { useDevices } from '../../state/devices.ts'
import { send, takesClear } from '../../state/send.ts'
import { useSettings } from '../../state/settings.ts'
import { chooseFolderForDraft, chooseForDraft, type Draft, openDraft } from '../../state/ui.ts'
import { Button } from '../../ui/Button.tsx'
import { Choice } from '../../ui/Choice.tsx'
import { Sheet } from '../../ui/Dialog.tsx'
import { Field, Group, TextInput } from '../../ui/Field.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { LongList } from '../../ui/LongList.tsx'
import { MiddleEllipsis } from '../../ui/MiddleEllipsis.tsx'
import { Sentence } from '../../ui/Name.tsx'
import { Select } from '../../ui/Select.tsx'
import { nameOf } from '../devices/DeviceRow.tsx'
import { startTrying } from '../devices/DevicePanel.tsx'
import { bufferOptions, useTechniqueOptions } from '../settings/options.ts'
import { FolderSheet } from './FolderSheet.tsx'

function ItemRow({
  item,
  speech,
  onRemove,
}: {
  readonly item: Item
  readonly speech: Speech
  readonly onRemove: () => void
}) {
  const { words, say } = speech
  const Icon = item.type === 'directory' ? Folder : File
  return (
    <>
      <Icon size={15} aria-hidden className="shrink-0 text-ink-2" />
      <MiddleEllipsis text={item.name} className="flex-1" />
      <span className="tabular shrink-0 text-xs text-ink-2">
        {item.type === 'directory' ? words.send.folder : formatBytes(item.size)}
      </span>
      <IconButton label={say(words.send.remove, { name: item.name })} onClick={onRemove}>
        <X size={14} aria-hidden />
      </IconButton>
    </>
  )
}

function What({ draft }: { readonly draft: Draft }) {
  const speech = useWords()
  const { words } = speech
  const { items } = draft
  return (
    <Group title={words.send.what}>
      {items.length === 0 ? (
        <p className="rounded-card border border-dashed border-line px-3 py-4 text-center text-ink-3">
          {words.send.nothing}
        </p>
      ) : (
        <LongList
          items={items}
          keyOf={({ path }) => path}
          rowHeight={32}
          label={words.send.what}
          testid="draft"
          className="max-h-48"
        >
          {(item) => (
            <ItemRow
              item={item}
              speech={speech}
              onRemove={() => openDraft({ ...draft, items: items.filter(({ path }) => path !== item.path) })}
            />
          )}
        </LongList>
      )}
      <div className="flex gap-2">
        <Button size="small" onClick={() => void chooseForDraft('files')}>
          {words.send.addFiles}
        </Button>
        <Button size="small" onClick={() => void chooseForDraft('folder')}>
          {words.send.addFolder}
        </Button>
      </div>
    </Group>
  )
}

/** What goes to whom and how: a device, or a folder on this computer. */
export function SendSheet({ draft }: { readonly draft: Draft }) {
  if (draft.folder === undefined) return <DeviceSheet draft={draft} />
  return <FolderSheet draft={draft} folder={draft.folder} what={<What draft={draft} />} />
}

/** What goes to a device and how, before it is offered. */
function DeviceSheet({ draft }: { readonly draft: Draft }) {
  const speech = useWords()
  const { words, say } = speech
  const devices = useDevices((state) => state.devices)
  const settings = useSettings((state) => state.settings)
  const techniques = useSettings((state) => state.techniques)
  const [security, setSecurity] = useState(settings.security)
  const [technique, setTechnique] = useState(settings.technique)
  const [bufferBytes, setBufferBytes] = useState(settings.bufferBytes)
  const [pin, setPin] = useState('')
  const [sending, setSending] = useState(false)
  const options = useTechniqueOptions(techniques.send)
  // Where there is only one device, nobody has to be asked which.
  const only = draft.to === null && devices.length === 1 ? devices[0] : undefined
  const device = only ?? devices.find(({ id }) => id === draft.to)
  const clearRefused = device !== undefined && !takesClear(device)
  const held = clearRefused ? 'encrypted' : security
  const clear = held === 'clear'
  const ready = draft.items.length > 0 && device !== undefined && !sending
  const close = (): void => openDraft(null)
  const go = async (): Promise<void> => {
    if (device === undefined) return
    setSending(true)
    const begun = await send({
      paths: draft.items.map(({ path }) => path),
      to: device.id,
      security: held,
      technique: clear ? technique : 'auto',
      bufferBytes,
      pin: pin === '' ? null : pin,
    })
    setSending(false)
    if (begun) close()
  }
  return (
    <Sheet
      open
      onClose={close}
      title={
        device ? (
          <Sentence template={words.send.titleTo} params={{ peer: nameOf(device, speech) }} />
        ) : (
          words.send.title
        )
      }
      foot={
        <>
          {!ready && !sending && <p className="flex-1 text-xs text-ink-3">{words.send.chooseFirst}</p>}
          <Button onClick={close}>{words.cancel}</Button>
          <Button look="primary" disabled={!ready} onClick={() => void go()}>
            {words.send.go}
          </Button>
        </>
      }
    >
      <What draft={draft} />
      <Group title={words.send.to}>
        {devices.length === 0 ? (
          <div className="flex items-center justify-between gap-2 rounded-card border border-dashed border-line px-3 py-2.5">
            <span className="text-ink-3">{words.send.nobody}</span>
            <Button size="small" onClick={() => void startTrying()}>
              {words.devices.tryHere}
            </Button>
          </div>
        ) : (
          <Select
            label={words.send.to}
            value={device?.id ?? ''}
            placeholder={words.send.chooseDevice}
            options={devices.map((one) => ({
              value: one.id,
              text: nameOf(one, speech),
              note: `${words.devices[one.kind]} · ${one.host}`,
            }))}
            onChange={(to) => openDraft({ ...draft, to })}
          />
        )}
        <div>
          <Button size="small" onClick={() => void chooseFolderForDraft()}>
            {words.send.copyToFolder}
          </Button>
        </div>
      </Group>
      <Group title={words.send.how}>
        <Choice
          label={words.send.how}
          value={held}
          onChange={setSecurity}
          options={[
            { value: 'encrypted', text: words.send.encrypted, note: words.send.encryptedText },
            {
              value: 'clear',
              text: words.send.clear,
              note: clearRefused
                ? say(words.send.clearPeer, { peer: nameOf(device, speech) })
                : words.send.clearText,
              disabled: clearRefused,
            },
          ]}
        />
      </Group>
      <Group title={words.send.options}>
        <div className="grid grid-cols-2 gap-3">
          <Field label={words.send.technique}>
            {(id) => (
              <Select
                id={id}
                value={clear ? technique : 'auto'}
                disabled={!clear}
                options={options}
                onChange={setTechnique}
              />
            )}
          </Field>
          <Field label={words.send.buffer}>
            {(id) => (
              <Select
                id={id}
                value={String(bufferBytes)}
                disabled={!clear}
                options={bufferOptions(bufferBytes)}
                onChange={(value) => setBufferBytes(Number(value))}
              />
            )}
          </Field>
        </div>
        {!clear && (
          <div className="flex items-center justify-between gap-3 text-xs text-ink-3">
            <span>{words.send.needsClear}</span>
            {device !== undefined && !clearRefused && (
              <Button size="small" look="link" className="-mr-2.5" onClick={() => setSecurity('clear')}>
                {words.send.switchToClear}
              </Button>
            )}
          </div>
        )}
        <Field label={words.send.pin} help={words.send.pinText}>
          {(id, helpId) => (
            <TextInput
              id={id}
              aria-describedby={helpId}
              className="max-w-40"
              value={pin}
              onChange={(event) => setPin(event.currentTarget.value)}
            />
          )}
        </Field>
      </Group>
    </Sheet>
  )
}
