import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { type Asked, BATCH_CHANNEL, type Bridge, channelOf, type RequestName } from '../../contract/ipc.ts'

function request<N extends RequestName>(name: N): (asked: Asked<N>) => Promise<unknown> {
  return (asked) => ipcRenderer.invoke(channelOf(name), asked)
}

const bridge: Bridge = {
  open: request('open'),
  probe: request('probe'),
  look: request('look'),
  describe: request('describe'),
  choose: request('choose'),
  send: request('send'),
  copy: request('copy'),
  cancel: request('cancel'),
  setTechnique: request('setTechnique'),
  forget: request('forget'),
  show: request('show'),
  offered: request('offered'),
  answerOffer: request('answerOffer'),
  changeSettings: request('changeSettings'),
  answerClosing: request('answerClosing'),
  dismissTrouble: request('dismissTrouble'),
  showLog: request('showLog'),
  tryHere: request('tryHere'),
  startCompare: request('startCompare'),
  stopCompare: request('stopCompare'),
  saveCompare: request('saveCompare'),
  onBatch(listener) {
    const heard = (_: unknown, batch: unknown): void => listener(batch)
    ipcRenderer.on(BATCH_CHANNEL, heard)
    return () => {
      ipcRenderer.off(BATCH_CHANNEL, heard)
    }
  },
  pathOf: (file) => (file instanceof File ? webUtils.getPathForFile(file) : ''),
}

contextBridge.exposeInMainWorld('penstock', bridge)
