import { File, Folder, X } from 'lucide-react'
import { useId, useState } from 'react'
import { whyNotSecured } from '../../../main/contract/carries.ts'
import type { Item } from '../../../main/contract/ipc.ts'
import { formatBytes } from '../../../main/messages/index.ts'
import { type Speech, useWords } from '../../i18n/words.ts'
import { useDevices } from '../../state/devices.ts'
import { send } from '../../state/send.ts'
import { useSettings } from '../../state/settings.ts'
import { chooseFolderForDraft, chooseForDraft, type Draft, openDraft } from '../../state/ui.ts'
import { Button } from '../../ui/controls/Button.tsx'
import { Choice } from '../../ui/controls/Choice.tsx'
import { Sheet } from '../../ui/Dialog.tsx'
import { Field, Group, TextInput } from '../../ui/controls/Field.tsx'
import { IconButton } from '../../ui/controls/IconButton.tsx'
import { LongList } from '../../ui/LongList.tsx'
import { MiddleEllipsis } from '../../ui/text/MiddleEllipsis.tsx'
import { Sentence } from '../../ui/text/Name.tsx'
import { Select, SelectField } from '../../ui/controls/Select.tsx'
import { deviceOptions, nameOf } from '../devices/DeviceRow.tsx'
import { startTrying } from '../devices/DevicePanel.tsx'
import {
  bufferOptions,
  READWRITE_DONTCACHE,
  useDontcacheOption,
  useTechniqueOptions,
} from '../settings/options.ts'
import { DeviceTrust } from '../trust/TrustedDevices.tsx'
import { FolderSheet } from './FolderSheet.tsx'
import { type Chosen, type SendSecurity, termsFor } from './security.ts'

function ItemRow({
  item,
  speech,
  onRemove,
}: {
  readonly item: Item
  readonly speech: Speech
  readonly onRemove: () => void
}) {
  const { words, fill } = speech
  const Icon = item.type === 'directory' ? Folder : File
  return (
    <>
      <Icon size={15} aria-hidden className="shrink-0 text-ink-2" />
      <MiddleEllipsis text={item.name} className="flex-1" />
      <span className="tabular shrink-0 text-xs text-ink-2">
        {item.type === 'directory' ? words.send.folder : formatBytes(item.size)}
      </span>
      <IconButton label={fill(words.send.remove, { name: item.name })} onClick={onRemove}>
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

/** Sends to a device, or copies to a folder on this computer. */
export function SendSheet({ draft }: { readonly draft: Draft }) {
  if (draft.folder === undefined) return <DeviceSheet draft={draft} />
  return <FolderSheet draft={draft} folder={draft.folder} what={<What draft={draft} />} />
}

/** The files, the device and the settings of an offer. */
function DeviceSheet({ draft }: { readonly draft: Draft }) {
  const speech = useWords()
  const { words, fill, reason } = speech
  const devices = useDevices((state) => state.devices)
  const settings = useSettings((state) => state.settings)
  const techniques = useSettings((state) => state.techniques)
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [technique, setTechnique] = useState(settings.technique)
  const [dontcache, setDontcache] = useState(false)
  const [bufferBytes, setBufferBytes] = useState(settings.bufferBytes)
  const [pin, setPin] = useState('')
  const [sending, setSending] = useState(false)
  /** The device that the user confirmed to be another than the trusted one of its name or address. */
  const [other, setOther] = useState<string | null>(null)
  const missingId = useId()
  // With only one device there is nothing to ask.
  const only = draft.to === null && devices.length === 1 ? devices[0] : undefined
  const device = only ?? devices.find(({ id }) => id === draft.to)
  const { security, plainHttp, mayBeClear, hasTechniques } = termsFor(device, chosen, settings.security)
  const options = useDontcacheOption(
    useTechniqueOptions(techniques.send, (one) => whyNotSecured(security, one)),
  )
  const excluded = technique === 'auto' ? null : whyNotSecured(security, technique)
  const used = hasTechniques && excluded === null ? technique : 'auto'
  const uncached = dontcache && used === 'readwrite'
  const chooseTechnique = (value: (typeof options)[number]['value']): void => {
    setDontcache(value === READWRITE_DONTCACHE)
    setTechnique(value === READWRITE_DONTCACHE ? 'readwrite' : value)
  }
  const choose = (next: SendSecurity): void => setChosen({ security: next, id: device?.id ?? null })
  const missing =
    draft.items.length === 0 || device === undefined
      ? words.send.chooseFirst
      : plainHttp && security === 'encrypted'
        ? words.send.cannotEncrypt
        : device.namesake !== null && other !== device.id
          ? words.send.confirmOther
          : null
  const ready = missing === null && !sending
  const close = (): void => openDraft(null)
  const go = async (): Promise<void> => {
    if (device === undefined) return
    setSending(true)
    const begun = await send({
      paths: draft.items.map(({ path }) => path),
      to: device.id,
      security,
      technique: used,
      dontcache: uncached,
      bufferBytes,
      pin: plainHttp || pin === '' ? null : pin,
      otherDevice: other === device.id,
    })
    setSending(false)
    if (begun) close()
  }
  return (
    <Sheet
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
          {missing !== null && !sending && (
            <p id={missingId} className="flex-1 text-xs text-ink-2">
              {missing}
            </p>
          )}
          <Button onClick={close}>{words.cancel}</Button>
          <Button
            look="primary"
            disabled={!ready}
            aria-describedby={missing === null ? undefined : missingId}
            onClick={() => void go()}
          >
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
            options={deviceOptions(devices, speech)}
            onChange={(to) => openDraft({ ...draft, to })}
          />
        )}
        {device !== undefined && (
          <DeviceTrust
            id={device.id}
            confirmed={other === device.id}
            onConfirm={(confirmed) => setOther(confirmed ? device.id : null)}
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
          value={security}
          onChange={choose}
          options={[
            {
              value: 'encrypted',
              text: words.send.encrypted,
              note: plainHttp ? words.send.cannotEncrypt : words.send.encryptedText,
            },
            {
              value: 'clear',
              text: plainHttp ? words.send.clearHttp : words.send.clear,
              note: plainHttp
                ? words.send.clearHttpText
                : device !== undefined && !mayBeClear
                  ? fill(words.send.clearPeer, { peer: nameOf(device, speech) })
                  : words.send.clearText,
              disabled: !mayBeClear,
            },
          ]}
        />
      </Group>
      {!plainHttp && (
        <Group title={words.send.options}>
          <div className="grid grid-cols-2 gap-3">
            <SelectField
              label={words.send.technique}
              value={uncached ? READWRITE_DONTCACHE : used}
              disabled={!hasTechniques}
              options={options}
              onChange={chooseTechnique}
            />
            <SelectField
              label={words.send.buffer}
              value={String(bufferBytes)}
              disabled={!hasTechniques || security === 'encrypted'}
              options={bufferOptions(bufferBytes)}
              onChange={(value) => setBufferBytes(Number(value))}
            />
          </div>
          {hasTechniques && excluded !== null && (
            <p className="text-xs text-ink-3" data-testid="technique-excluded">
              {fill(words.send.techniqueExcluded, { technique, reason: reason(excluded) })}
            </p>
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
      )}
    </Sheet>
  )
}
