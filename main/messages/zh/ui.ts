import type { UiWords } from '../en/ui.ts'
import { compareZh } from './ui/compare.ts'
import { devicesZh } from './ui/devices.ts'
import { transfersZh } from './ui/transfers.ts'
import { pathZh } from './ui/path.ts'
import { sendZh } from './ui/send.ts'
import { settingsZh } from './ui/settings.ts'

/** Simplified Chinese text of the window; the type requires the keys of the English one. */
export const uiZh: UiWords = {
  app: 'Penstock',
  close: '关闭',
  cancel: '取消',
  back: '返回',
  views: { label: '视图', transfers: '传输', compare: '比较' },
  ...compareZh,
  ...devicesZh,
  ...transfersZh,
  ...pathZh,
  ...sendZh,
  pairing: {
    title: '与 {peer} 配对',
    request: '{peer} 想与本机配对。如果是您在那里发起的，请打开请求。',
    open: '显示数字',
    preparing: '正在等待 {peer}…',
    waiting: '请在 {peer} 上打开请求。随后两个屏幕都会显示六位数字。',
    compare: '{peer} 显示的数字相同吗？',
    digits: '数字',
    same: '相同',
    differ: '不同',
    theirs: '现在请在 {peer} 上确认。',
    paired: '{peer} 已受信任。可在设置中查看它的权限。',
    details: '详细信息',
    address: '地址：{host}',
  },
  trust: {
    title: '受信任的设备',
    empty: '还没有。与设备配对：两个屏幕会显示六位数字，由您核对。',
    alwaysAccept: '始终接受',
    asks: '每次询问',
    name: '在本机上的名称',
    mayClear: '可以发送未加密的内容',
    mayClearText: '它未加密发送的内容，网络中的其他人可以读取和更改。',
    since: '自 {date} 起受信任',
    forget: '忘记',
    forgetSure: '确认忘记',
    forgetText: '{name} 将成为陌生设备：它的请求需要询问，其他设备可以使用它的名称。',
    pairWith: '附近的 Penstock',
    pair: '配对…',
    nobodyNearby: '附近打开的、尚未信任的 Penstock 可以在这里配对。',
    trusted: '受信任：由它的密钥识别。',
    notTrusted: '尚未信任。',
    notTrustedLocalSend: '尚未信任。它向您发送内容时，可勾选“信任此设备”。',
    unproved: '它不加密，因此不能被信任。更新它的程序会有帮助。',
    otherDevice: '这是另一台设备，不是“{name}”',
  },
  ...settingsZh,
  notices: { label: '消息', sentTo: '已向 {peer} 发出“{title}”。', dismiss: '关闭' },
  nextSteps: {
    'peer-not-found': '在那台设备上打开 Penstock 或 LocalSend，或使用“按地址添加”。',
    'peer-ambiguous': '请在设备列表中选择。',
    'device-changed': '如果受信任的设备已更换或重装，请在设置中移除它，再重新配对。',
    'refused-unattended': '请对方接受，然后重新发送。',
    'pin-needed': '重新发送，并输入对方显示的 PIN。',
    'not-encrypted': '请在那台设备的设置中打开加密，或为此传输选择“不加密”。',
    'technique-unavailable': '请选择其他技术，或由 Penstock 选择。',
    'port-in-use': '关闭占用此端口的其他程序，然后重新启动 Penstock。',
    'state-in-use': '另一个 Penstock 或“penstock receive”正在运行。请先关闭它，再启动本程序。',
    'state-unreadable': '移走该文件，然后重新启动 Penstock。',
    usage: '请检查输入的内容。',
  },
  nextStepsReceiving: { 'name-taken': '请重命名本机已有的那个，然后让对方重新发送。' },
  nextStepsCopying: { 'name-taken': '请为其中一个改名，或选择其他文件夹。' },
}
