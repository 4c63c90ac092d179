import type { Translated } from '../../catalogue.ts'
import type { settingsEn } from '../../en/ui/settings.ts'

/** Simplified Chinese text of the window: settings, closing and what has gone wrong. */
export const settingsZh: Translated<typeof settingsEn> = {
  settings: {
    title: '设置',
    receiving: '接收时',
    pin: 'PIN',
    pinText: '发送方必须输入。留空则不需要。',
    hidden: '隐藏',
    hiddenText: '其他设备的列表中没有本机，但可以发送到它的地址。',
    alias: '本机名称',
    aliasText: '其他设备看到的名称。留空则使用“{host}”。',
    folder: '接收的文件保存到',
    change: '更改…',
    security: '发送时',
    technique: '发送时的技术',
    receiveTechnique: '接收时的技术',
    buffer: '读写缓冲区大小',
    theme: '外观',
    leaveOutSystemFiles: '不发送 .DS_Store 和 Thumbs.db',
    themes: { system: '跟随系统', light: '浅色', dark: '深色' },
    language: '语言',
    languages: { system: '跟随系统', en: 'English', zh: '中文（简体）' },
    fingerprint: '本机指纹',
    transfers: '传输',
    look: '外观与语言',
    device: '本机',
    saved: '更改会自动保存。',
  },
  closing: {
    title: '退出 Penstock？',
    transfers: '{transfers#个传输}正在进行。',
    comparing: '比较正在进行。',
    nothing: '没有正在进行的任务。',
    background: '任务会在后台继续，不显示窗口。再次启动 Penstock 即可恢复窗口。',
    stopping: '停止会取消这些任务，未完成的文件会被删除。',
    keep: '在后台继续',
    stop: '停止并退出',
    quit: '退出',
    show: '显示 Penstock',
  },
  trouble: {
    summary: 'Penstock 内部出错。',
    next: '受影响的传输已结束，其他传输继续进行。',
    showLog: '显示日志',
  },
}
