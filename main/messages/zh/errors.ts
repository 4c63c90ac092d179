import type { ErrorCode } from '../../contract/errors.ts'
import type { ErrorText } from '../en/errors.ts'

export const errorsZh = {
  usage: { summary: '无法理解这条命令[：{detail}]。', next: '运行“penstock help”查看可用的命令。' },
  'no-such-path': { summary: '这个路径下没有可以发送的内容[：{path}]。', next: '请检查路径是否写对。' },
  'not-readable': {
    summary: '无法读取[：{path}][（{errno}）]。',
    next: '请确认您有权打开它，然后重新发送。',
  },
  'nothing-to-send': {
    summary: '没有可发送的内容[：所选 {count:count} 项均无法使用]。',
    next: '请至少选择一个文件或文件夹。',
  },
  'folder-into-itself': {
    summary: '不能把文件夹复制到它自身之中[：{path}]。',
    next: '请选择它之外的文件夹。',
  },
  'file-onto-itself': { summary: '它已经在那个文件夹里[：{path}]。', next: '请选择另一个文件夹。' },
  'peer-not-found': {
    summary: '在此网络上没有找到[名为“{to}”的]设备。',
    next: '请在对方设备上启动 Penstock 或 LocalSend，或以“主机:端口”的形式给出地址。',
  },
  'peer-ambiguous': {
    summary: '有多台设备[都叫“{to}”][：{fingerprints}]。',
    next: '请用指纹或地址指定其中一台。',
  },
  'peer-unreachable': {
    summary: '设备没有应答[，地址 {host}][，端口 {port}][（{errno}）]。',
    next: '请确认它已开机、在同一网络中，并且防火墙放行此端口。',
  },
  'peer-identity-mismatch': {
    summary: '设备[ {host} ]出示的证书与它公布的不同，因此没有发送任何内容。',
    next: '请重新搜索设备。如果再次发生，可能有其他设备在冒充它。',
  },
  'device-changed': {
    summary: '设备[ {host} ]使用了您信任的设备[“{name}”]的名称或地址，但密钥不同，因此没有发送任何内容。',
    next: '如果受信任的设备已更换或重装，请用“penstock devices forget”移除它，再重新配对。要发送到另一台设备，请使用它的指纹。',
  },
  'not-trusted': {
    summary: '没有[名为“{to}”的]受信任设备。',
    next: '运行“penstock devices”查看列表。',
  },
  'pairing-declined': {
    summary: '配对已[被 {peer} ]拒绝。',
    next: '如果数字不同，两台设备之间可能有其他设备：请不要信任。否则请重新开始。',
  },
  'pairing-broken': {
    summary: '配对在双方确认之前中断，因此两台设备都没有获得信任。',
    next: '请重新开始并核对数字。如果再次发生，两台设备之间可能有其他设备。',
  },
  'pairing-late': {
    summary: '配对超过了 2 分钟，因此两台设备都没有获得信任。',
    next: '请重新开始，并同时看着两个屏幕。',
  },
  'pairing-locked': {
    summary: '[{peer} 的]配对已锁定，因为十分钟内有三次失败。',
    next: '请稍后再试[：{minutes} 分钟后]。',
  },
  'pairing-busy': {
    summary: '[{peer} ]正在进行另一次配对。',
    next: '请等它结束后重新开始。',
  },
  'pairing-unattended': {
    summary: '设备[ {peer} ]现在不显示配对请求。',
    next: '请在对方打开 Penstock 窗口，或在终端中运行“penstock receive”。',
  },
  'pairing-unsupported': {
    summary: '设备[ {peer} ]不能配对：只有 Penstock 之间可以。',
    next: '要信任 LocalSend 设备，请核对它的指纹并运行“penstock devices trust 指纹”。没有加密的设备不能被信任；更新它的程序会有帮助。',
  },
  'not-a-peer': {
    summary: '应答的既不是 Penstock 也不是 LocalSend[，地址 {host}][，端口 {port}]。',
    next: '请检查地址和端口。',
  },
  refused: { summary: '传输被[“{peer}”]拒绝。', next: '请与对方确认后重新发送。' },
  'refused-unattended': {
    summary: '接收方无人值守，而且没有设为始终接受此设备。',
    next: '请在终端中运行接收方并输入一次 a，或用 --accept all 启动它。',
  },
  'nothing-selected': {
    summary: '对方没有接收任何文件。',
    next: '请重新发送，并请对方先选择文件再接受。',
  },
  'pin-needed': { summary: '接收方要求输入 PIN。', next: '请加上 --pin 重新发送，并输入对方设置的 PIN。' },
  'pin-wrong': { summary: 'PIN 不正确。', next: '请查看接收方的 PIN 后重新发送。' },
  'pin-needs-encryption': {
    summary: '与此设备的连接未加密，PIN 不会以这种方式发送。',
    next: '请在那台设备的设置中打开加密，或关闭其 PIN，然后重新发送。',
  },
  busy: { summary: '接收方正忙于另一项传输。', next: '请等它结束后重新发送。' },
  'too-many-attempts': { summary: '尝试次数过多，接收方已暂停响应。', next: '请等几分钟后重新发送。' },
  'not-encrypted': {
    summary: '与此设备的连接未加密，因此没有发送任何内容。',
    next: '请在那台设备的设置中打开加密，或加上 --clear 以未加密方式发送。',
  },
  'cancelled-here': { summary: '传输已在本机取消。', next: '可随时重新发送。未完成的文件已被删除。' },
  'cancelled-by-peer': { summary: '对方取消了传输。', next: '请与对方确认后重新发送。' },
  'cancel-unconfirmed': {
    summary: '传输在全部内容发出后被取消，但接收方没有确认。',
    next: '请在接收方查看：文件可能已经保存。',
  },
  'peer-gone': { summary: '与对方的连接已断开。', next: '请检查双方的网络后重新发送。' },
  'peer-failed': {
    summary: '对方设备报告了错误[（状态 {status}）]。',
    next: '请在那台设备上查看原因，然后重新发送。',
  },
  'timed-out': { summary: '对方[在 {seconds:seconds} 内]没有应答。', next: '请检查双方的网络后重新发送。' },
  protocol: { summary: '对方设备发来了意外的内容[：{detail}]。', next: '请将双方的程序更新到最新版本。' },
  'version-unsupported': { summary: '对方使用另一个版本的协议[（{version}）]。', next: '请更新双方的程序。' },
  'disk-full': {
    summary: '接收方的磁盘已满[：需要 {needed:bytes}，可用 {free:bytes}]。',
    next: '请在对方腾出空间，或选择另一磁盘上的文件夹，然后重新发送。',
  },
  'folder-full': {
    summary: '此文件夹所在的磁盘已满[：{path}][（需要 {needed:bytes}，可用 {free:bytes}）]。',
    next: '请在该磁盘上腾出空间，或选择另一磁盘上的文件夹，然后重试。',
  },
  'too-large': {
    summary: '此文件超出接收方文件系统或其限制允许的大小[：{path}]。',
    next: '请将其拆分，或在对方选择另一磁盘上的文件夹，然后重新发送。',
  },
  'target-unusable': {
    summary: '无法使用[ {peer} 上的]接收文件夹[：{path}][（{errno}）][。那里是文件，而不是文件夹：{file}]。',
    next: '请[在 {peer} 上]检查它是否为可写磁盘上的文件夹，或另选一个。',
  },
  'no-permission': {
    summary: '[{peer} 上]权限不足[：{path}][（{syscall}）]。',
    next: '请[在 {peer} 上]选择可以写入的文件夹，或更改其权限。',
  },
  io: {
    summary: '[{peer} ]读取或写入失败[：{path}][（{syscall}）][（{errno}）]。',
    next: '请检查[ {peer} 的]磁盘和连接后重试。',
  },
  'file-changed': {
    summary: '文件在发送过程中被修改，因此没有送达[：{path}]。',
    next: '请在没有程序写入它时重新发送。',
  },
  'file-shrank': {
    summary: '文件在发送过程中被截断，因此没有送达[：{path}]。',
    next: '请在没有程序写入它时重新发送。',
  },
  'file-vanished': { summary: '文件在发送之前消失了[：{path}]。', next: '请检查它是否被移动或删除。' },
  'check-failed': { summary: '数据到达时已损坏[：{path}]。', next: '请检查网线和双方机器的内存后重新发送。' },
  'unsafe-name': {
    summary: '这个名称在接收方不安全，因此没有写入[：{path}][：{name}]。',
    next: '请改名后重新发送。',
  },
  'name-too-long': { summary: '这个名称超出接收方磁盘允许的长度[：{path}]。', next: '请缩短后重新发送。' },
  'name-not-utf8': {
    summary: '这个名称不是有效的 UTF-8，无法发送[：{path}]。',
    next: '请改名后重新发送。其他文件不受影响。',
  },
  'name-collision': {
    summary: '两个名称在接收方的磁盘上相同[：{path}][ 与 {other}]。',
    next: '请为其中一个改名后重新发送。',
  },
  'name-taken': { summary: '同名文件或文件夹已存在[：{path}]。', next: '请在任意一方重命名，然后重新发送。' },
  'link-outside': {
    summary: '这个链接指向发送范围之外，因此没有创建[：{path}][ → {target}]。',
    next: '如有需要，请同时发送它指向的内容。',
  },
  'links-unsupported': {
    summary: '目标文件夹所在的文件系统不支持链接，因此没有创建[：{path}]。',
    next: '请改为发送链接指向的文件，或接收到其他磁盘上的文件夹。',
  },
  'size-unknown': {
    summary: '系统没有报告此文件的大小[：{path}]：其内容在读取时才生成。',
    next: '请先将其复制为普通文件，再发送该文件。',
  },
  'not-regular': {
    summary: '这既不是文件、文件夹也不是链接，因此没有发送[：{path}]。',
    next: '无需处理：套接字、管道和设备没有可发送的内容。',
  },
  'files-only': {
    summary: 'LocalSend 只能传输文件，因此未发送此链接或空文件夹[：{path}]。',
    next: '请先将其打包成压缩文件，或在该设备上也使用 Penstock。',
  },
  'link-not-shared': {
    summary: '这是一个链接，浏览器无法打开，因此没有分享[：{path}]。',
    next: '请分享它所指向的文件。',
  },
  'too-many-files': {
    summary: '一次传输包含的文件过多[：{count:count}][，上限为 {limit:count}]。',
    next: '请分几次发送。',
  },
  'offer-too-large': {
    summary: '文件列表太长，无法一次传输。',
    next: '请分几次发送这些文件夹。',
  },
  'technique-unavailable': {
    summary: '技术[“{technique}”]在此不可用[：{detail}]。',
    next: '运行“penstock techniques”查看可用的技术，或让 Penstock 自行选择。',
  },
  'port-in-use': {
    summary: '端口[ {port} ]已被另一个程序占用。',
    next: '请用 --port 指定另一个端口，或用 --port 0 自动选择空闲端口。',
  },
  'state-in-use': {
    summary: '另一个接收方正在使用这个状态文件夹[：{path}]。',
    next: '请使用那一个，或用 --state DIR 为这一个指定单独的文件夹。',
  },
  'state-unreadable': {
    summary: '无法读取 Penstock 保存的状态[：{path}][（{detail}）]。',
    next: '请移走该文件后重新启动，或用 --state DIR 选择另一个文件夹。',
  },
  'receiver-ended': {
    summary: '在本机启动的接收方已退出[：{message}]。',
    next: '请运行“penstock receive”查看原因。',
  },
  internal: {
    summary: 'Penstock 内部出错[：{message}]。',
    next: '请重试。如果再次发生，请附上这段文字反馈。',
  },
} as const satisfies Record<ErrorCode, ErrorText>

/** The host is reachable, but no program listens on the port. */
export const notListeningZh = {
  summary: '没有程序在监听[，地址 {host}][，端口 {port}]：连接被拒绝。',
  next: '请在对方启动 Penstock 或 LocalSend，并检查端口。',
} as const satisfies ErrorText

/** The address is link-local, and its zone names no interface of this computer. */
export const noSuchZoneZh = {
  summary: '本机没有与此地址[ {host}] 对应的网络接口。',
  next: '链路本地地址须以 % 加本机接口名结尾，例如 fe80::1%eth0。',
} as const satisfies ErrorText
