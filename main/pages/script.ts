/**
 * The script of the page that sends files: LocalSend's upload, two files at a time. Names get into the page as text only. It
 * is for any browser of the last years, so it is not compiled.
 */
export const SCRIPT = `'use strict'
const byId = (id) => document.getElementById(id)
const words = JSON.parse(byId('words').dataset.words)
const base = '/api/localsend/v2/'
let session = null
let running = []
let cancelled = false

function browserName() {
  const agent = navigator.userAgent
  const find = (table) => (table.find(([pattern]) => pattern.test(agent)) || [null, ''])[1]
  const program = find([[/Edg/, 'Edge'], [/OPR|Opera/, 'Opera'], [/Firefox|FxiOS/, 'Firefox'], [/Chrome|CriOS/, 'Chrome'], [/Safari/, 'Safari']])
  const system = find([[/Android/, 'Android'], [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Windows/, 'Windows'], [/Mac OS/, 'Mac'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']])
  return [program || 'Browser', system].filter(Boolean).join(' · ')
}

function show(id, visible) { byId(id).hidden = !visible }
function setStatus(text, tone) { const state = byId('state'); state.textContent = text; state.className = tone || '' }

async function entriesOf(entry, path) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject))
    return [{ file, path: path + file.name }]
  }
  const reader = entry.createReader()
  const found = []
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return found
    for (const one of some) found.push(...(await entriesOf(one, path + entry.name + '/')))
  }
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean)
  if (entries.length === 0) return [...transfer.files].map((file) => ({ file, path: file.name }))
  return (await Promise.all(entries.map((entry) => entriesOf(entry, '')))).flat()
}

function list(chosen) {
  byId('list').replaceChildren(...chosen.map((one) => {
    const row = document.createElement('li')
    const line = document.createElement('div')
    line.className = 'row'
    const name = document.createElement('div')
    name.className = 'name'
    const text = document.createElement('bdi')
    text.textContent = one.path
    name.append(text)
    one.status = document.createElement('div')
    one.status.className = 'size'
    line.append(name, one.status)
    row.append(line)
    return row
  }))
}

function end(text, tone) {
  setStatus(text, tone)
  show('bar', false); show('pin', false); show('cancel', false); show('again', true)
}

const REASONS = { 403: 'declined', 409: 'busy', 413: 'tooLarge', 429: 'locked', 507: 'full' }

async function offer(chosen, pin) {
  cancelled = false
  setStatus(words.waiting)
  show('pin', false); show('cancel', true); show('again', false)
  const files = Object.fromEntries(chosen.map(({ file, path }, id) => [String(id), {
    id: String(id), fileName: path, size: file.size, fileType: file.type || 'application/octet-stream',
    metadata: { modified: new Date(file.lastModified).toISOString() },
  }]))
  const info = { alias: browserName(), version: '2.1', deviceModel: null, deviceType: 'web', fingerprint: '', download: false }
  const query = pin === null ? '' : '?pin=' + encodeURIComponent(pin)
  let response
  try {
    response = await fetch(base + 'prepare-upload' + query, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ info, files }),
    })
  } catch {
    return end(cancelled ? words.cancelled : words.failed, 'bad')
  }
  if (cancelled) return end(words.cancelled)
  if (response.status === 401) {
    setStatus(pin === null ? '' : words.pin, pin === null ? '' : 'bad')
    show('pin', true)
    const form = byId('pin')
    form.reset()
    form.elements.pin.focus()
    form.onsubmit = (event) => { event.preventDefault(); offer(chosen, form.elements.pin.value) }
    return
  }
  if (response.status !== 200) return end(words[REASONS[response.status]] || words.failed, 'bad')
  session = await response.json()
  await upload(chosen)
}

function uploadOne(id, { file, status }, progress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    running.push(request)
    const query = new URLSearchParams({ sessionId: session.sessionId, fileId: id, token: session.files[id] })
    request.open('POST', base + 'upload?' + query)
    request.upload.onprogress = (event) => progress(event.loaded)
    request.onloadend = () => {
      const good = request.status === 200
      status.textContent = good ? words.fileDone : words.fileFailed
      status.className = good ? 'size good' : 'size bad'
      progress(file.size)
      resolve(good)
    }
    request.send(file)
  })
}

async function upload(chosen) {
  setStatus(words.sending)
  show('bar', true)
  const wanted = Object.keys(session.files)
  chosen.forEach((one, id) => { if (!wanted.includes(String(id))) one.status.textContent = words.fileSkipped })
  const total = wanted.reduce((sum, id) => sum + chosen[id].file.size, 0) || 1
  const done = new Map()
  const queue = wanted.values()
  let good = 0
  const worker = async () => {
    for (const id of queue) {
      if (cancelled) return
      const progress = (bytes) => {
        done.set(id, bytes)
        byId('bar').value = [...done.values()].reduce((sum, one) => sum + one, 0) / total
      }
      if (await uploadOne(id, chosen[id], progress)) good += 1
    }
  }
  await Promise.all([worker(), worker()])
  running = []
  session = null
  if (cancelled) end(words.cancelled)
  else if (good === chosen.length) end(words.done, 'good')
  else end(words.partly, 'bad')
}

function start(chosen) {
  if (chosen.length === 0) return
  show('drop', false); show('panel', true); show('bar', false)
  byId('bar').value = 0
  list(chosen)
  offer(chosen, null)
}

byId('files').addEventListener('change', (event) => start([...event.target.files].map((file) => ({ file, path: file.name }))))
byId('again').addEventListener('click', () => { byId('files').value = ''; show('panel', false); show('drop', true) })
byId('cancel').addEventListener('click', () => {
  cancelled = true
  const query = session ? '?sessionId=' + encodeURIComponent(session.sessionId) : ''
  for (const request of running) request.abort()
  fetch(base + 'cancel' + query, { method: 'POST' }).catch(() => undefined)
  if (!session) end(words.cancelled)
})
addEventListener('dragover', (event) => { event.preventDefault(); byId('drop').classList.add('over') })
addEventListener('dragleave', () => byId('drop').classList.remove('over'))
addEventListener('drop', async (event) => {
  event.preventDefault()
  byId('drop').classList.remove('over')
  if (!byId('drop').hidden) start(await dropped(event.dataTransfer))
})
show('drop', true)
`
